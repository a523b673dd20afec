package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/clock"
	"github.com/connectplaza/plaza/internal/config"
	"github.com/connectplaza/plaza/internal/i18n"
	"github.com/connectplaza/plaza/internal/secret"
	"github.com/connectplaza/plaza/internal/server"
	"github.com/connectplaza/plaza/internal/store"
)

// installation is what a running Plaza rests on.
type installation struct {
	config.Config

	listener net.Listener
	url      string // where people reach the dashboard
	db       *store.DB
	madeBy   string // see [app.App.MadeBy]
	box      secret.Box
	texts    *i18n.Catalogue
	log      *slog.Logger
	now      clock.Func
	version  string // of Plaza
}

// open opens everything that c names. The address comes first: whoever starts a
// second Plaza by mistake is told before it touches anything. Then suits says
// whether an installation is of the right making, before it gets a secret.
func open(ctx context.Context, env Env, c config.Config, suits func(madeBy string) error) (in *installation, err error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	opening := &installation{Config: c, now: env.Now, log: newLog(env.Err, c), version: env.Version}
	defer func() {
		if err != nil {
			opening.close()
		}
	}()
	in = opening
	if in.listener, err = server.Listen(ctx, c.Addr); err != nil {
		return nil, config.Wrong("addr", "cannot be used: %v", err)
	}
	in.url = c.URL(in.listener.Addr())
	if in.db, err = openDatabase(ctx, c.Database); err != nil {
		return nil, err
	}
	if in.madeBy, err = app.New(in.db, app.Config{Now: env.Now}).MadeBy(ctx, plaza.Installer); err != nil {
		return nil, err
	}
	if err = suits(in.madeBy); err != nil {
		return nil, err
	}
	if in.box, err = openSecret(ctx, c.Secrecy, in.madeBy != "", in.log); err != nil {
		return nil, err
	}
	in.texts, err = i18n.Load()
	return in, err
}

// close closes what is open.
func (in *installation) close() {
	if in.listener != nil {
		_ = in.listener.Close() // the server has closed it already, if it ran
	}
	if in.db != nil {
		_ = in.db.Close() // nothing is under way any more
	}
}

// newLog returns the log that c asks for.
func newLog(w io.Writer, c config.Config) *slog.Logger {
	options := &slog.HandlerOptions{Level: c.Level}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// openDatabase opens the database that d names, and brings it up to date.
func openDatabase(ctx context.Context, d config.Database) (*store.DB, error) {
	if err := d.Check(); err != nil {
		return nil, err
	}
	if !d.Postgres() {
		if err := private(d.Database); err != nil {
			return nil, config.Wrong("database", "cannot be used: %v", err)
		}
	}
	db, err := store.Open(ctx, d.Database)
	if err != nil {
		return nil, config.Wrong("database", "cannot be opened: %v", err)
	}
	if err := db.Migrate(ctx); err != nil {
		return nil, config.Wrong("database", "cannot be brought up to date: %v", errors.Join(err, db.Close()))
	}
	return db, nil
}

// inUse runs f on the database that d names, which is there and has been set up.
func inUse(ctx context.Context, env Env, d config.Database, f func(*store.DB) error) error {
	if _, err := os.Stat(d.Database); !d.Postgres() && errors.Is(err, fs.ErrNotExist) {
		return config.Wrong("database", "names %s, which is not there", d.Place())
	}
	db, err := openDatabase(ctx, d)
	if err != nil {
		return err
	}
	defer db.Close()
	by, err := app.New(db, app.Config{Now: env.Now}).MadeBy(ctx, plaza.Installer)
	if err != nil {
		return err
	}
	if by == "" {
		return config.Wrong("database", "%s has no vendor yet: run plaza setup first", d.Place())
	}
	return f(db)
}

// private makes the file of a new database, for its owner's eyes only.
func private(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600) //nolint:gosec // the operator names the file
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// openSecret returns the box of the secret that c names. A secret is made for a
// new database only: with another one, nothing in an old one could be opened.
func openSecret(ctx context.Context, c config.Secrecy, used bool, log *slog.Logger) (secret.Box, error) {
	if c.Secret != "" {
		box, err := secret.Parse(c.Secret)
		if err != nil {
			return box, config.Wrong("secret", "cannot be used: %v", err)
		}
		return box, nil
	}
	if _, err := os.Stat(c.SecretFile); errors.Is(err, fs.ErrNotExist) && used {
		return secret.Box{}, config.Wrong("secret-file", "names %s, which is not there, but the database was made with it: bring it back from a backup", c.SecretFile)
	}
	box, created, err := secret.Load(c.SecretFile)
	if err != nil {
		return box, config.Wrong("secret-file", "cannot be used: %v", err)
	}
	if created {
		log.InfoContext(ctx, "made a new secret: back it up apart from the database", slog.String("file", c.SecretFile))
	}
	return box, nil
}

// say writes a line for the person who started the program.
func say(w io.Writer, text string, args ...any) { fmt.Fprintf(w, text+"\n", args...) }
