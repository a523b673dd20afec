// Package sheet makes files of lists: it says which columns each list has, reads the rows
// through the use case that its page shows, filtered and sorted in the same way, and writes
// them for people (Excel) or for programs (CSV).
//
// What is in it depends on who asks: it knows no permission and no scope. It never holds
// more than some thousand rows.
package sheet

import (
	"context"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/clock"
	"github.com/connectplaza/plaza/internal/i18n"
)

// Maker makes files of lists.
type Maker struct {
	app   *app.App
	texts *i18n.Catalogue
	now   clock.Func
}

// New returns a Maker of what a shows.
func New(a *app.App, texts *i18n.Catalogue, now clock.Func) *Maker { return &Maker{a, texts, now} }

// Count returns how many rows a list has that is asked for. Kinds: Invalid if there is no
// such list, and those of its use case.
func (m *Maker) Count(ctx context.Context, who plaza.Actor, in plaza.NewExport) (int, error) {
	v, of, err := m.view(who, in)
	if err != nil {
		return 0, err
	}
	return of.count(ctx, m.app, v)
}

// Write writes a file and returns how many rows are in it; it tells done meanwhile.
// Whoever knows how many there will be about says so in total. Kinds: as [Maker.Count].
func (m *Maker) Write(ctx context.Context, who plaza.Actor, in plaza.NewExport, total int, w io.Writer, done func(rows int)) (int, error) {
	v, of, err := m.view(who, in)
	if err != nil {
		return 0, err
	}
	out, err := m.open(w, v, in, of.names())
	if err != nil {
		return 0, err
	}
	n := 0
	err = of.each(ctx, m.app, v, total, func(row []Value) error {
		n++
		return out.row(row)
	}, func() { done(n) })
	if err != nil {
		out.abandon()
		return n, err
	}
	return n, out.end()
}

// Export is Write for what is made while nobody waits.
func (m *Maker) Export(ctx context.Context, who plaza.Actor, e plaza.Export, w io.Writer, done func(rows int)) error {
	n, err := m.Write(ctx, who, e.NewExport, e.Total, w, done)
	done(n)
	return err
}

// view returns what a file is of, as somebody sees it.
func (m *Maker) view(who plaza.Actor, in plaza.NewExport) (*View, list, error) {
	of, ok := lists()[in.List]
	q, err := url.ParseQuery(in.Query)
	if !ok || err != nil {
		return nil, nil, plaza.Errorf(plaza.Invalid, "error.invalid")
	}
	zone, err := time.LoadLocation(in.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	return &View{Who: who, Query: q, Now: m.now(), Printer: m.texts.Printer(in.Language, zone)}, of, nil
}

// View is a list as somebody sees it.
type View struct {
	*i18n.Printer

	Who   plaza.Actor
	Query url.Values
	Now   time.Time
}

// page returns in which order the list is.
func (v *View) page() plaza.Page {
	name, desc := strings.CutPrefix(v.Query.Get("sort"), "-")
	return plaza.Page{Sort: name, Desc: desc}
}

// list is a list that files are made of.
type list interface {
	verb() plaza.Verb // of who may see it
	names() []string  // of its columns
	count(ctx context.Context, a *app.App, v *View) (int, error)
	each(ctx context.Context, a *app.App, v *View, total int, row func([]Value) error, part func()) error
}

// Verb returns what one needs to be allowed to see a list.
func Verb(l plaza.ExportList) plaza.Verb {
	if of, ok := lists()[l]; ok {
		return of.verb()
	}
	return ""
}

// lists returns every list by its name.
func lists() map[plaza.ExportList]list {
	return map[plaza.ExportList]list{
		plaza.ExportLicenses: licenses(), plaza.ExportPartners: partners(), plaza.ExportAgents: agents(), plaza.ExportNotifications: notifications(),
		plaza.ExportLogins: logins(), plaza.ExportRequests: requests(), plaza.ExportAllowances: allowances(), plaza.ExportPlans: plans(),
		plaza.ExportBatches: batches(), plaza.ExportMoves: moves(), plaza.ExportReleases: releases(), plaza.ExportDeliveries: deliveries(),
		plaza.ExportVisits: visits(), plaza.ExportTokens: tokens(), plaza.ExportNotices: notices(), plaza.ExportMails: mails(),
	}
}
