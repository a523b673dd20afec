package cli

import (
	"context"

	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/clock"
	"github.com/connectplaza/plaza/internal/config"
	"github.com/connectplaza/plaza/internal/demo"
	"github.com/connectplaza/plaza/internal/mail"
)

// demoCommand is plaza demo.
type demoCommand struct {
	config.Config
}

// Run serves the demo world until ctx ends, and makes it first if it is not
// there.
func (c *demoCommand) Run(ctx context.Context, env Env) error {
	in, err := open(ctx, env, c.Config, c.suits)
	if err != nil {
		return err
	}
	defer in.close()
	if in.madeBy == "" {
		say(env.Out, "Making the demo world …")
		if err := demo.Build(ctx, in.openDemo, in.now()); err != nil {
			return err
		}
	}
	sender, beside := in.sender(), []func(context.Context, *app.App) error{in.keepAgentsAlive}
	if sender.Host == "" {
		sink, err := demo.NewSink(ctx)
		if err != nil {
			return err
		}
		sender = mail.SMTP{
			Host: sink.Host, Port: sink.Port, TLS: mail.TLSNone, From: "plaza@connectplaza.example", FromName: in.SMTP.FromName, Hello: "localhost",
		}
		beside = append(beside, func(ctx context.Context, _ *app.App) error { return sink.Run(ctx) })
	}
	in.welcome(env)
	return in.run(ctx, sender, true, beside...)
}

// suits refuses what was not made by this command, or not finished.
func (c *demoCommand) suits(madeBy string) error {
	switch madeBy {
	case "", app.MadeByDemo:
		return nil
	case app.MadeByUnfinished:
		return config.Wrong("database", "%s holds a demo world that was not finished: run make run-fresh, or delete it", c.Place())
	}
	return config.Wrong("database", "%s was not made by plaza demo: name another one", c.Place())
}

// openDemo returns an App for making the demo world, which costs less than a
// real one: its password is no secret.
func (in *installation) openDemo(now clock.Func, mailed chan<- struct{}) *app.App {
	return app.New(in.db, app.Config{
		Now: now, Texts: in.texts, Box: in.box, PublicURL: in.url, Zone: in.Zone, KeepMail: true, FastHash: true, Mailed: mailed,
	})
}

// keepAgentsAlive lets the agents of the demo world speak until ctx ends.
func (in *installation) keepAgentsAlive(ctx context.Context, a *app.App) error {
	agents, err := demo.Wake(ctx, a)
	if err == nil {
		err = agents.Beat(ctx, in.now())
	}
	if err != nil && ctx.Err() == nil {
		return err
	}
	if err != nil {
		return nil //nolint:nilerr // interrupted before it began
	}
	agents.KeepAlive(ctx, in.now, in.log)
	return nil
}

// welcome says where the demo world is, and who can sign in.
func (in *installation) welcome(env Env) {
	say(env.Out, `
Plaza's demo world is at %s

  Reseller   %s
  Partner    %s
  Vendor     %s
  Password   %s  (everybody's)

What it mails stands on its Mailbox page. Ctrl-C stops it; its data stays in %s.
`, in.url, demo.Reseller, demo.Partner, demo.Vendor, demo.Password, in.Place())
}
