package actingtest

import (
	"context"
	"io"
	"testing"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
)

// What somebody takes along, and in which session: files that are made, and those that are
// to be.
const (
	exportLink       = "a link to an export"
	exportLinkInside = "a link to an export from inside"
	exportJob        = "an export to be made"
	exportJobInside  = "an export to be made from inside"
)

// exports makes one of each.
func (s *scene) exports(t *testing.T, w *apptest.World) {
	t.Helper()
	start := func(name string, who plaza.Actor) {
		in := plaza.NewExport{List: plaza.ExportLicenses, Form: plaza.ExportComma, Language: "en", TimeZone: "UTC"}
		s.links[name] = must1(w.StartExport(t.Context(), who, in, plaza.ExportAtOnce+1))(t).ID
	}
	inside := s.inside["an acting session"]
	start(exportLink, s.actor)
	start(exportLinkInside, inside)
	for worked := true; worked; {
		worked = must1(w.WorkOnExport(t.Context(), plaza.Clerk, nothing))(t)
	}
	start(exportJob, s.actor)
	start(exportJobInside, inside)
}

func nothing(context.Context, plaza.Actor, plaza.Export, io.Writer, func(int)) error { return nil }

// exporting returns who is at work in the session that an export is for.
func (s *stage) exporting(session string) (plaza.Actor, error) {
	v, err := s.gate().Identify(s.ctx, s.tokens[session], plaza.Origin{})
	if err == nil && v.Ended != nil {
		s.tokens[session+", at home"] = v.Ended.Token
		err = plaza.Errorf(plaza.Forbidden, "error.meanwhile")
	}
	return v.Actor, err
}

// downloads is a link to a file. Whoever was let in before the event may have got as far
// as the download.
func downloads(name, session string) credential {
	return credential{
		name: name, look: func(s *stage) error {
			who, err := s.exporting(session)
			if err == nil {
				_, err = s.app().Export(s.ctx, who, s.links[name])
			}
			return err
		}, use: func(s *stage) error {
			who, ok := s.inside[session]
			if !ok {
				who = s.actor
			}
			if now, err := s.exporting(session); err == nil && now.Role != who.Role {
				who = now // the session goes on in another role
			}
			return s.app().DownloadExport(s.ctx, who, s.links[name], func(plaza.Export) io.Writer { return io.Discard })
		},
	}
}

// isMade is a file to be made: by a program that asks nobody who is there.
func isMade(name, session string) credential {
	look := downloads(name, session).look
	return credential{name: name, look: look, use: func(s *stage) error {
		for worked := true; worked; {
			var err error
			worked, err = s.app().WorkOnExport(s.ctx, plaza.Clerk, func(_ context.Context, _ plaza.Actor, e plaza.Export, _ io.Writer, _ func(int)) error {
				s.made[e.ID] = true
				return nil
			})
			if err != nil {
				return err
			}
		}
		if !s.made[s.links[name]] {
			return plaza.Errorf(plaza.NotFound, "error.not_found")
		}
		return nil
	}}
}
