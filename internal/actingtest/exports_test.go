package actingtest

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/store"
)

// What somebody takes along, and in which session: files that are made, and those that are
// to be.
const (
	exportLink       = "a link to an export"
	exportLinkInside = "a link to an export from inside"
	exportJob        = "an export to be made"
	exportJobInside  = "an export to be made from inside"
	exportLinkToken  = "an export of a token's"
	exportJobToken   = "an export to be made for a token"
	importToken      = "an import that a token sent"
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
	program := s.inside[actorsToken]
	start(exportLinkToken, program)
	for worked := true; worked; {
		worked = must1(w.WorkOnExport(t.Context(), plaza.Clerk, nothing))(t)
	}
	start(exportJob, s.actor)
	start(exportJobInside, inside)
	start(exportJobToken, program)
	i := must1(w.CreateImport(t.Context(), program, plaza.NewImport{Kind: plaza.ImportLogins}, strings.NewReader("profile,name,email,role\n"+s.actor.Profile+",N,n@imported.example,support\n")))(t)
	must(t, w.CheckImport(t.Context(), program, i.ID, nil))
	must1(w.WorkOnImport(t.Context(), plaza.Clerk))(t)
	must(t, w.ApplyImport(t.Context(), program, i.ID))
	s.links[importToken] = i.ID
}

// downloadsByToken is the file of a token.
func downloadsByToken() credential {
	return credential{
		name: exportLinkToken, look: func(s *stage) error {
			who, err := s.gate().Bearer(s.ctx, s.tokens[actorsToken], plaza.Origin{})
			if err == nil {
				_, err = s.app().Export(s.ctx, who, s.links[exportLinkToken])
			}
			return err
		}, use: func(s *stage) error {
			who, now := s.inside[actorsToken], plaza.Actor{}
			if one, err := s.gate().Bearer(s.ctx, s.tokens[actorsToken], plaza.Origin{}); err == nil {
				now = one
			}
			if now.Login != "" && now.Role != who.Role {
				who = now // the token goes on in another role
			}
			return s.app().DownloadExport(s.ctx, who, s.links[exportLinkToken], func(plaza.Export) io.Writer { return io.Discard })
		},
	}
}

// isMadeByToken is a file to be made for a token.
func isMadeByToken() credential {
	one := isMade(exportJobToken, "")
	one.look = func(s *stage) error {
		who, err := s.gate().Bearer(s.ctx, s.tokens[actorsToken], plaza.Origin{})
		if err == nil {
			_, err = s.app().Export(s.ctx, who, s.links[exportJobToken])
		}
		return err
	}
	return one
}

// imports is what a token sent, and is to be made.
func imports() credential {
	return credential{
		name: importToken, look: func(s *stage) error {
			who, err := s.gate().Bearer(s.ctx, s.tokens[actorsToken], plaza.Origin{})
			var i app.ImportReport
			if err == nil {
				i, err = s.app().Import(s.ctx, who, s.links[importToken])
			}
			if err == nil && i.State == plaza.ImportFailed {
				err = plaza.Errorf(plaza.Forbidden, "error.forbidden")
			}
			return err
		}, use: func(s *stage) error {
			for worked := true; worked; {
				var err error
				if worked, err = s.app().WorkOnImport(s.ctx, plaza.Clerk); err != nil {
					return err
				}
			}
			var i plaza.Import
			err := s.dbs[0].Read(s.ctx, func(tx *store.Tx) (err error) {
				i, err = tx.Import(s.ctx, plaza.Everyone("whatever became of it"), s.actor.Profile, s.links[importToken])
				return err
			})
			if err == nil && i.State != plaza.ImportApplied {
				err = plaza.Errorf(plaza.Forbidden, "error.forbidden")
			}
			return err
		},
	}
}

func nothing(context.Context, plaza.Actor, plaza.Export, io.Writer, app.ExportProgress) error {
	return nil
}

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
			worked, err = s.app().WorkOnExport(s.ctx, plaza.Clerk, func(_ context.Context, _ plaza.Actor, e plaza.Export, _ io.Writer, _ app.ExportProgress) error {
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
