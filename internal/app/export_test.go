package app_test

import (
	"context"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/apptest"
)

// TestSoManyExportsAreMadeForOne: in all their sessions, acting or not, and by all their
// tokens, however many ask at the same time.
func TestSoManyExportsAreMadeForOne(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		admin := w.Invite(t, w.Reseller, w.Reseller.Profile, "admin", plaza.Administrator)
		_, bearer, err := w.CreateToken(ctx, admin, plaza.NewToken{Name: "T", Verbs: plaza.TokenVerbs(admin.Kind, admin.Role, false), Expires: w.Clock.Now().Add(time.Hour)})
		must(t, err)
		program := must1[plaza.Actor](t)(w.Gate.Bearer(ctx, bearer, plaza.Origin{}))
		who := []plaza.Actor{admin, w.SignIn(t, "admin@example.com"), program}
		const each = 4
		var (
			all   sync.WaitGroup
			mu    sync.Mutex
			ended = map[plaza.Kind]int{}
		)
		for _, one := range who {
			for range each {
				all.Go(func() {
					_, err := w.StartExport(ctx, one, anExport, 0)
					mu.Lock()
					defer mu.Unlock()
					if err == nil {
						ended[""]++
						return
					}
					ended[plaza.KindOf(err)]++
				})
			}
		}
		all.Wait()
		if ended[""] != plaza.MostExports || ended[plaza.Conflict] != each*len(who)-plaza.MostExports {
			t.Errorf("they ended as %v", ended)
		}
		must1[plaza.Export](t)(w.StartExport(ctx, w.Reseller, anExport, 0)) // a colleague's take nothing from anybody
	})
}

// TestAnExportStaysClaimed: while its rows are written nobody else begins it, however long no
// part of it is finished; and it tells how far it is.
func TestAnExportStaysClaimed(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx, r := t.Context(), w.Reseller
		e := must1[plaza.Export](t)(w.StartExport(ctx, r, anExport, 0))
		_, err := w.WorkOnExport(ctx, plaza.Clerk, func(_ context.Context, _ plaza.Actor, _ plaza.Export, _ io.Writer, done app.ExportProgress) error {
			for n := range 10 {
				w.Clock.Advance(time.Minute)
				if err := done(n, 10); err != nil {
					return err
				}
				got := must1[plaza.Export](t)(w.Export(ctx, r, e.ID))
				if got.Rows != n || got.Total != 10 || got.Percent() != 10*n {
					t.Errorf("at %d it tells %d of %d", n, got.Rows, got.Total)
				}
				worked, err := w.WorkOnExport(ctx, plaza.Clerk, func(context.Context, plaza.Actor, plaza.Export, io.Writer, app.ExportProgress) error { return nil })
				if must(t, err); worked {
					t.Fatal("somebody else begins it")
				}
			}
			return nil
		})
		must(t, err)
	})
}
