package cli

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync"

	"github.com/connectplaza/plaza/internal/agentapi"
	"github.com/connectplaza/plaza/internal/api"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/config"
	"github.com/connectplaza/plaza/internal/demo"
	"github.com/connectplaza/plaza/internal/door"
	"github.com/connectplaza/plaza/internal/jobs"
	"github.com/connectplaza/plaza/internal/mail"
	"github.com/connectplaza/plaza/internal/server"
	"github.com/connectplaza/plaza/internal/sheet"
	"github.com/connectplaza/plaza/internal/web"
	"github.com/connectplaza/plaza/internal/web/views"
	"github.com/connectplaza/plaza/internal/webhook"
)

// serveCommand is plaza serve.
type serveCommand struct {
	config.Config
}

// Run serves the dashboard until ctx ends.
func (c *serveCommand) Run(ctx context.Context, env Env) error {
	in, err := open(ctx, env, c.Config, c.suits)
	if err != nil {
		return err
	}
	defer in.close()
	if in.madeBy == app.MadeByDemo {
		in.log.WarnContext(ctx, "this is a demo world, whose passwords are known to everybody")
	}
	var sender jobs.Sender
	if in.SMTP.Host != "" {
		sender = in.sender()
	} else {
		in.log.WarnContext(ctx, "no mail server is named: mails wait in the outbox", slog.String("flag", "--smtp-host"))
	}
	return in.run(ctx, sender, false)
}

// suits refuses what has not been set up.
func (c *serveCommand) suits(madeBy string) error {
	switch madeBy {
	case "":
		return config.Wrong("database", "%s has no vendor yet: run plaza setup first", c.Place())
	case app.MadeByUnfinished:
		return config.Wrong("database", "%s holds a demo world that was not finished", c.Place())
	}
	return nil
}

// sender returns who hands mails to the mail server of the settings.
func (in *installation) sender() mail.SMTP {
	s := in.SMTP
	return mail.SMTP{
		Host: s.Host, Port: s.Port, User: s.User, Password: s.Password, TLS: mail.TLSMode(s.TLS), From: s.From, FromName: s.FromName,
	}
}

// run puts everything together and lets it work until ctx ends, and beside it
// whatever else there is to do.
func (in *installation) run(ctx context.Context, sender jobs.Sender, isDemo bool, beside ...func(context.Context, *app.App) error) error {
	mailed, batched, exported := make(chan struct{}, 1), make(chan struct{}, 1), make(chan struct{}, 1)
	a := app.New(in.db, app.Config{
		Now: in.now, Texts: in.texts, Box: in.box, PublicURL: in.url, Zone: in.Zone, KeepMail: isDemo, Mailed: mailed, Batched: batched, Exported: exported, AuditKeep: in.Audit.KeepFor(), Download: in.DownloadFor, Private: in.WebhookPrivate || isDemo,
	})
	gate := app.NewGate(a)

	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ready := server.NewReadiness(gate.Ready)
	mux := new(door.Mux)
	mux.Handle(door.Route{Method: http.MethodGet, Pattern: "/livez", Public: true}, http.HandlerFunc(server.Alive))
	mux.Handle(door.Route{Method: http.MethodGet, Pattern: "/readyz", Public: true}, ready)
	pages := web.Config{
		App: a, Gate: gate, Log: in.log, Texts: in.texts, Now: in.now, Zone: in.Zone, PublicURL: in.url, Demo: isDemo,
		Version: in.version, SignIns: signIns(isDemo), Ends: ctx.Done(),
	}
	web.Mount(mux, pages)
	err := api.Mount(mux, api.Config{App: a, Gate: gate, Log: in.log, Texts: in.texts, Now: in.now, PublicURL: in.url})
	if err != nil {
		return err
	}

	work := &group{stop: cancel}
	fleet, err := app.NewFleet(ctx, a)
	if err != nil {
		return err
	}
	answered, last := context.WithCancel(context.WithoutCancel(ctx)) // until the last agent was answered
	work.do(func() error {
		defer last()
		return server.Run(ctx, in.listener, server.Config{
			Agents:  agentapi.Handler(agentapi.Config{Fleet: fleet, Log: in.log}),
			Handler: mux, Large: mux.Large, Failed: web.Failed(pages), Log: in.log, Now: in.now, TrustedProxies: in.Proxies, Secure: strings.HasPrefix(in.url, "https://"), Ready: ready,
		})
	})
	work.do(func() error { jobs.Fleet(answered, fleet, in.log); return nil })
	work.do(func() error { jobs.Warm(ctx, fleet, in.log); return nil })
	work.do(func() error { jobs.Sweep(ctx, fleet, in.log); return nil })
	work.do(func() error { jobs.Run(ctx, a, sender, mailed, in.log); return nil })
	work.do(func() error { jobs.Work(ctx, a, batched, in.log); return nil })
	work.do(func() error { jobs.Export(ctx, a, sheet.New(a, in.texts, in.now).Export, exported, in.log); return nil })
	posts := webhook.NewClient(in.WebhookPrivate || isDemo)
	defer posts.Close()
	work.do(func() error { jobs.Deliver(ctx, a, posts, in.now, in.log); return nil })
	work.do(func() error { jobs.Watch(ctx, a, in.now, in.log); return nil })
	work.do(func() error {
		jobs.Seal(ctx, a, jobs.Checkpoints{File: in.Audit.CheckpointFile, Webhook: in.Audit.CheckpointWebhook, Mail: in.Audit.CheckpointMail}, in.log)
		return nil
	})
	for _, do := range beside {
		work.do(func() error { return do(ctx, a) })
	}
	in.log.InfoContext(ctx, "serving", slog.String("url", in.url), slog.String("address", in.listener.Addr().String()), slog.String("database", in.db.Engine()))
	return work.wait()
}

// signIns returns how visitors of a demo come in.
func signIns(isDemo bool) views.SignInHint {
	if !isDemo {
		return views.SignInHint{}
	}
	return views.SignInHint{Emails: []string{demo.Reseller, demo.Partner, demo.Vendor}, Password: demo.Password}
}

// group is work that goes on side by side. When one part fails, all of it stops.
type group struct {
	stop  context.CancelFunc
	parts sync.WaitGroup
	once  sync.Once
	err   error
}

func (g *group) do(part func() error) {
	g.parts.Go(func() {
		if err := part(); err != nil {
			g.once.Do(func() { g.err = err })
			g.stop()
		}
	})
}

// wait returns the first error when all parts have ended.
func (g *group) wait() error {
	g.parts.Wait()
	return g.err
}
