package cli

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/auditlog"
	"github.com/connectplaza/plaza/internal/config"
	"github.com/connectplaza/plaza/internal/i18n"
	"github.com/connectplaza/plaza/internal/secret"
	"github.com/connectplaza/plaza/internal/store"
)

// auditCommand is plaza audit.
type auditCommand struct {
	Verify     auditVerify     `cmd:"" help:"Find out whether the audit log, or an export of it, is what was sealed."`
	Key        auditKey        `cmd:"" help:"Print the key by which others check checkpoints. It is not secret."`
	Checkpoint auditCheckpoint `cmd:"" help:"Print the newest checkpoint of the audit log."`
	Export     auditExport     `cmd:"" help:"Print the whole sealed log as JSON Lines, with what verifying it takes."`
	Forget     auditForget     `cmd:"" help:"Erase a person from the audit log, for good: names, values, reasons, addresses and browsers, in every event that the person did or that is about the person. IDs stay, the log stays whole, and an event says of which events something was erased. Nothing else that Plaza keeps of the person changes."`
}

// sealedLog says where an audit log is, and the secret that it is sealed with.
type sealedLog struct {
	config.Database
	config.Secrecy
}

// box returns the secret. None is made: nothing would be sealed with it.
func (l *sealedLog) box(ctx context.Context, env Env) (box secret.Box, err error) {
	if err := l.Secrecy.Check(l.Database); err != nil {
		return box, err
	}
	return openSecret(ctx, l.Secrecy, true, slog.New(slog.NewTextHandler(env.Err, nil)))
}

// with opens the database, and runs f.
func (l *sealedLog) with(ctx context.Context, env Env, f func(*app.App) error) error {
	return l.mailing(ctx, env, "", f)
}

// mailing is with for what writes mails, whose links lead to url.
func (l *sealedLog) mailing(ctx context.Context, env Env, url string, f func(*app.App) error) error {
	if err := l.Secrecy.Check(l.Database); err != nil {
		return err
	}
	texts, err := i18n.Load()
	if err != nil {
		return err
	}
	return inUse(ctx, env, l.Database, func(db *store.DB) error {
		box, err := l.box(ctx, env)
		if err != nil {
			return err
		}
		return f(app.New(db, app.Config{Now: env.Now, Box: box, Texts: texts, PublicURL: url}))
	})
}

// auditVerify is plaza audit verify.
type auditVerify struct {
	sealedLog

	Checkpoint []string `help:"File with checkpoints that were kept elsewhere; may be given several times. Without one, an end that was cut off is not seen." env:"PLAZA_CHECKPOINT" placeholder:"FILE"`
	Export     string   `help:"Verify this export instead of the database." env:"PLAZA_EXPORT" placeholder:"FILE"`
	Key        string   `help:"Key that plaza audit key has printed, for an export where the secret is not." env:"PLAZA_KEY" placeholder:"KEY"`
}

// Run verifies the log, and fails with the first event that does not fit.
func (c *auditVerify) Run(ctx context.Context, env Env) error {
	notes, err := c.notes()
	if err != nil {
		return err
	}
	var report auditlog.Report
	switch {
	case c.Export != "":
		report, err = c.export(ctx, env, notes)
	case c.Key != "":
		return config.Wrong("key", "goes together with --export: a database is verified with its secret")
	default:
		err = c.with(ctx, env, func(a *app.App) error {
			report, err = a.VerifyAudit(ctx, plaza.Sealer, notes)
			return err
		})
	}
	if err != nil {
		return err
	}
	if report.Fault != nil {
		return fmt.Errorf("the audit log is not whole: %s", report.Fault)
	}
	say(env.Out, "%s", summary(report))
	if len(notes) == 0 {
		say(env.Out, "No checkpoint from elsewhere was given: an end that was cut off would not have been seen.")
	}
	return nil
}

// notes returns the checkpoints in the files that were named.
func (c *auditVerify) notes() (all []string, err error) {
	for _, path := range c.Checkpoint {
		text, err := os.ReadFile(path) //nolint:gosec // the operator names the file
		if err != nil {
			return nil, config.Wrong("checkpoint", "cannot be read: %v", err)
		}
		all = append(all, auditlog.Notes(string(text))...)
	}
	return all, nil
}

// export verifies an export.
func (c *auditVerify) export(ctx context.Context, env Env, notes []string) (report auditlog.Report, err error) {
	key, err := c.publicKey(ctx, env)
	if err != nil {
		return report, err
	}
	f, err := os.Open(c.Export)
	if err != nil {
		return report, config.Wrong("export", "cannot be read: %v", err)
	}
	defer f.Close()
	return auditlog.VerifyExport(f, key, notes)
}

func (c *auditVerify) publicKey(ctx context.Context, env Env) (auditlog.PublicKey, error) {
	if c.Key != "" {
		key, err := auditlog.ParseKey(c.Key)
		if err != nil {
			return key, config.Wrong("key", "cannot be used: %v", err)
		}
		return key, nil
	}
	box, err := c.box(ctx, env)
	if err != nil {
		return auditlog.PublicKey{}, err
	}
	return auditlog.NewKey(box).Public()
}

// summary says that a log is whole.
func summary(r auditlog.Report) string {
	lines := []string{fmt.Sprintf("%d events, sealed to position %d, root %s: whole", r.Size, r.Size-1, r.Root)}
	if r.Size == 0 {
		lines[0] = "0 events, nothing is sealed yet: whole"
	}
	for _, more := range []struct {
		n    int64
		what string
	}{
		{r.Unsealed, "not sealed yet"}, {r.Gone, "gone, as their time was over; their hashes are there"}, {r.Erased, "without what may tell something of a person"},
	} {
		if more.n > 0 {
			lines = append(lines, fmt.Sprintf("%d %s", more.n, more.what))
		}
	}
	return strings.Join(lines, "\n")
}

// auditKey is plaza audit key.
type auditKey struct{ sealedLog }

// Run prints the key.
func (c *auditKey) Run(ctx context.Context, env Env) error {
	return c.with(ctx, env, func(a *app.App) error {
		key, err := a.AuditKey(ctx, plaza.Sealer)
		if err == nil {
			say(env.Out, "%s", key)
		}
		return err
	})
}

// auditCheckpoint is plaza audit checkpoint.
type auditCheckpoint struct{ sealedLog }

// Run prints the newest checkpoint.
func (c *auditCheckpoint) Run(ctx context.Context, env Env) error {
	return c.with(ctx, env, func(a *app.App) error {
		note, err := a.AuditCheckpoint(ctx, plaza.Sealer)
		switch {
		case err != nil:
			return err
		case note == "":
			return refuse("nothing is sealed yet: plaza serve seals every few seconds")
		}
		_, err = fmt.Fprint(env.Out, note)
		return err
	})
}

// auditExport is plaza audit export.
type auditExport struct{ sealedLog }

// Run prints the log.
func (c *auditExport) Run(ctx context.Context, env Env) error {
	return c.with(ctx, env, func(a *app.App) error { return a.ExportSealedAudit(ctx, plaza.Sealer, env.Out) })
}

// auditForget is plaza audit forget.
type auditForget struct {
	sealedLog

	Person string `help:"Mail address of the person." env:"PLAZA_PERSON" placeholder:"EMAIL" required:""`
}

// Run erases the person.
func (c *auditForget) Run(ctx context.Context, env Env) error {
	return c.with(ctx, env, func(a *app.App) error {
		n, err := a.ForgetInAudit(ctx, plaza.Janitor, c.Person)
		switch {
		case err != nil && plaza.KindOf(err) == plaza.NotFound:
			return config.Wrong("person", "names %s, and nobody has that address", c.Person)
		case err != nil:
			return err
		case n == 0:
			say(env.Out, "No event tells anything of %s.", c.Person)
		default:
			say(env.Out, "Erased %s from %d events.", c.Person, n)
		}
		return nil
	})
}
