package web

import (
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/door"
	"github.com/connectplaza/plaza/internal/sheet"
)

// exportFor is how long taking the log along may take: longer than a page may.
const exportFor = 15 * time.Minute

// auditExport sends what the address filters by, as it is read. What goes wrong
// after the first event breaks the answer off: a part of the log must not pass for
// the whole.
func (s *Web) auditExport(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	form := plaza.AuditFormat(cmp.Or(r.FormValue("format"), string(plaza.AuditCSV)))
	kinds := map[plaza.AuditFormat]string{plaza.AuditCSV: "text/csv; charset=utf-8; header=present", plaza.AuditOCSF: "application/jsonl"}
	if kinds[form] == "" {
		return plaza.Errorf(plaza.Invalid, "error.invalid")
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), exportFor) // who hangs up is noticed when writing
	defer cancel()
	_ = http.NewResponseController(w).SetWriteDeadline(s.now().Add(exportFor)) // the usual time is enough for most

	begun := false
	var write lineWriter
	begin := func() error {
		begun = true
		w.Header().Set("Content-Type", kinds[form])
		w.Header().Set("Content-Disposition", `attachment; filename="audit-`+s.now().UTC().Format("20060102-150405")+"."+string(form)+`"`)
		if form == plaza.AuditCSV {
			write = csvWriter(w)
		} else {
			write = ocsfWriter(w, s.version)
		}
		return write.head()
	}
	err := s.app.ExportAudit(ctx, actor, auditFilter(r, s.printer(r, actor).Zone()), form, func(e plaza.AuditLine) error {
		if !begun {
			if err := begin(); err != nil {
				return err
			}
		}
		return write.line(e)
	})
	if err == nil && !begun {
		err = begin() // there is nothing but the head
	}
	if err == nil {
		err = write.flush()
	}
	if err != nil && begun {
		s.log.WarnContext(ctx, "an export of the audit log broke off", slog.String("request", r.Header.Get(door.HeaderRequest)), slog.Any("error", err))
		panic(http.ErrAbortHandler)
	}
	return err
}

// lineWriter writes events in one form.
type lineWriter struct {
	head, flush func() error
	line        func(plaza.AuditLine) error
}

func done() error { return nil }

// csvWriter writes CSV (RFC 4180), in UTF-8 with a mark that spreadsheets need to
// see that it is.
func csvWriter(w io.Writer) lineWriter {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	return lineWriter{
		head: func() error {
			if _, err := io.WriteString(w, "\uFEFF"); err != nil {
				return err
			}
			return out.Write(csvHead())
		},
		line: func(e plaza.AuditLine) error {
			row := csvRow(e)
			for i := range row {
				row[i] = sheet.Guard(row[i])
			}
			return out.Write(row)
		},
		flush: func() error { out.Flush(); return out.Error() },
	}
}

func csvHead() []string {
	return []string{
		"time", "who", "above", "acting", "verb", "result", "refusal", "object_kind", "object", "object_name", "profile", "profile_name",
		"changes", "reason", "ticket", "acting_session", "mode", "address", "user_agent", "request", "id", "token",
	}
}

func csvRow(e plaza.AuditLine) []string {
	above := ""
	if e.ActorAbove {
		above = "yes"
	}
	who := e.ActorName
	if e.Actor.Own != "" {
		who = "Plaza (" + e.Actor.Own + ")"
	}
	via := viaOf(e)
	return []string{
		e.At.UTC().Format(time.RFC3339Nano), who, above, e.ViaName, string(e.Verb), string(e.Result), string(e.Refusal),
		e.ObjectKind, e.Object, e.ObjectName, e.Profile, e.ProfileName, changesText(e.Changes),
		e.Reason, via.Ticket, via.ID, string(via.Mode), e.Address, e.UserAgent, e.Actor.From.Request, e.ID, e.PassName,
	}
}

func viaOf(e plaza.AuditLine) plaza.Acting {
	if e.Actor.Via == nil {
		return plaza.Acting{}
	}
	return *e.Actor.Via
}

func changesText(changes []plaza.Change) string {
	all := make([]string, len(changes))
	for i, c := range changes {
		all[i] = c.Field + ": " + c.Old + " → " + c.New
	}
	return strings.Join(all, "; ")
}

// ocsfWriter writes JSON Lines.
func ocsfWriter(w io.Writer, version string) lineWriter {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	return lineWriter{head: done, flush: done, line: func(e plaza.AuditLine) error { return out.Encode(ocsf(e, version)) }}
}
