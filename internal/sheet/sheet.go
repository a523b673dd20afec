// Package sheet makes files of lists: it says which columns each list has, reads the rows
// through the use case that its page shows, filtered and sorted in the same way, and writes
// them for people (Excel) or for programs (CSV).
//
// What is in it depends on who asks: it knows no permission and no scope. It never holds
// more than some thousand rows.
package sheet

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/clock"
	"github.com/connectplaza/plaza/internal/i18n"
	"github.com/connectplaza/plaza/internal/seats"
)

// How many files are made at once at the same time, each of which is in memory: on this node,
// and for one person; and when somebody who found no seat may try again.
const (
	seatsOfAll = 4
	seatsOfOne = 2
	busyFor    = 5 * time.Second
)

// Maker makes files of lists.
type Maker struct {
	app   *app.App
	texts *i18n.Catalogue
	now   clock.Func
	seats *seats.Seats
}

// New returns a Maker of what a shows.
func New(a *app.App, texts *i18n.Catalogue, now clock.Func) *Maker {
	return &Maker{app: a, texts: texts, now: now, seats: seats.New(seatsOfAll, seatsOfOne)}
}

// Make makes a file of a short list at once, and has one of a long list made meanwhile: then
// there is none yet. Kinds: Invalid, those of the list's use case, Conflict if too many are
// being made for them, Limited if too many are being made at once.
func (m *Maker) Make(ctx context.Context, who plaza.Actor, in plaza.NewExport) (e plaza.Export, file *bytes.Buffer, err error) {
	free, ok := m.seats.Take(who.Home().Person)
	if !ok {
		busy := plaza.Errorf(plaza.Limited, "export.busy")
		busy.Wait = busyFor
		return e, nil, busy
	}
	defer free()
	rows, long, err := m.few(ctx, who, in)
	if err != nil {
		return e, nil, err
	}
	if long {
		e, err = m.app.StartExport(ctx, who, in, 0)
		return e, nil, err
	}
	file = new(bytes.Buffer)
	if rows, err = m.Write(ctx, who, in, rows, file, func(int, int) error { return nil }); err != nil {
		return e, nil, err
	}
	if err := m.app.RecordExport(ctx, who, in, rows); err != nil {
		return e, nil, err
	}
	return plaza.Export{NewExport: in, Created: m.now(), Rows: rows, Size: file.Len()}, file, nil
}

// Start has a file made of a list meanwhile, for a program: its query has to say something to
// the list. Kinds: as [Maker.Make].
func (m *Maker) Start(ctx context.Context, who plaza.Actor, in plaza.NewExport) (plaza.Export, error) {
	if err := checkQuery(who, in.List, in.Query); err != nil {
		return plaza.Export{}, err
	}
	rows, _, err := m.few(ctx, who, in)
	if err != nil {
		return plaza.Export{}, err
	}
	return m.app.StartExport(ctx, who, in, rows)
}

// countFor is how long somebody waits until it is known whether a list is long.
const countFor = 2 * time.Second

// few returns how many rows a list has, unless it is long, or that takes too long to say: then
// they are counted when the file is made.
func (m *Maker) few(ctx context.Context, who plaza.Actor, in plaza.NewExport) (rows int, long bool, err error) {
	if err := m.check(in); err != nil {
		return 0, false, err
	}
	v, of, err := m.view(who, in)
	if err != nil {
		return 0, false, err
	}
	hurried, cancel := context.WithTimeout(ctx, countFor)
	defer cancel()
	rows, err = of.count(hurried, m.app, v, plaza.ExportAtOnce)
	switch {
	case err != nil && ctx.Err() == nil && hurried.Err() != nil, err == nil && rows > plaza.ExportAtOnce:
		return 0, true, nil
	}
	return rows, false, err
}

// check reports what of in cannot be accepted as an Invalid error.
func (m *Maker) check(in plaza.NewExport) error {
	if err := in.Validate(0); err != nil {
		return err
	}
	if !slices.ContainsFunc(m.texts.Languages(), func(l i18n.Language) bool { return l.Code == in.Language }) {
		return unknown("language")
	}
	if _, err := time.LoadLocation(in.TimeZone); err != nil {
		return unknown("time_zone")
	}
	return nil
}

func unknown(field string) error {
	return &plaza.Error{Kind: plaza.Invalid, Msg: plaza.T("error.invalid"), Fields: map[string]plaza.Text{field: plaza.T("problem.choice")}}
}

// Count returns how many rows a list has that is asked for. Kinds: Invalid if there is no
// such list, and those of its use case.
func (m *Maker) Count(ctx context.Context, who plaza.Actor, in plaza.NewExport) (int, error) {
	v, of, err := m.view(who, in)
	if err != nil {
		return 0, err
	}
	return of.count(ctx, m.app, v, 0)
}

// Write writes a file and returns how many rows are in it; it tells done meanwhile.
// Whoever knows how many there will be about says so in total. Kinds: as [Maker.Count].
func (m *Maker) Write(ctx context.Context, who plaza.Actor, in plaza.NewExport, total int, w io.Writer, done app.ExportProgress) (int, error) {
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
	}, func(total int) error { return done(n, total) })
	if err != nil {
		return n, err
	}
	return n, out.end()
}

// Export is Write for what is made while nobody waits. It counts the rows first, unless that
// was done when it was asked for.
func (m *Maker) Export(ctx context.Context, who plaza.Actor, e plaza.Export, w io.Writer, done app.ExportProgress) (err error) {
	total := e.Total
	if total == 0 {
		if total, err = m.Count(ctx, who, e.NewExport); err != nil {
			return err
		}
	}
	if err := e.Validate(total); err != nil {
		return err
	}
	if err := done(0, total); err != nil {
		return err
	}
	n, err := m.Write(ctx, who, e.NewExport, total, w, done)
	return errors.Join(err, done(n, total))
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
	verb() plaza.Verb                                                      // of who may see it
	names() []string                                                       // of its columns
	count(ctx context.Context, a *app.App, v *View, most int) (int, error) // no more than most and one; 0: all
	each(ctx context.Context, a *app.App, v *View, total int, row func([]Value) error, told func(total int) error) error
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
