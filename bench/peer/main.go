// Command peer is the yardstick *peer* of Plaza's benchmarks: PocketBase, the nearest thing
// that one would build such a product on, with 100,000 records of one collection that
// whoever is signed in may read and update.
//
// It says on its standard output where it listens, with which token to come in and which
// records there are, and ends with its standard input. It is a module of its own: Plaza does
// not need it.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

const records = 100_000

// hello is what the peer says when it is ready.
type hello struct {
	Address string   `json:"address"`
	Token   string   `json:"token"`
	Records []string `json:"records"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "peer:", err)
		os.Exit(1)
	}
}

func run() error {
	dir, err := os.MkdirTemp("", "plaza-peer-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	app := pocketbase.NewWithConfig(pocketbase.Config{DefaultDataDir: dir, HideStartBanner: true})
	if err := app.Bootstrap(); err != nil {
		return err
	}
	if err := app.RunAllMigrations(); err != nil {
		return err
	}
	ids, err := fill(app)
	if err != nil {
		return err
	}
	token, err := person(app)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil { // the peer listens itself
		return err
	}
	failed := make(chan error, 1)
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		if err := json.NewEncoder(os.Stdout).Encode(hello{address, token, ids}); err != nil {
			return err
		}
		return e.Next()
	})
	go func() { failed <- apis.Serve(app, apis.ServeConfig{HttpAddr: address, ShowStartBanner: false}) }()
	go func() { _, err := io.Copy(io.Discard, os.Stdin); failed <- err }()
	return <-failed
}

// fill makes the records, and returns their IDs.
func fill(app core.App) (ids []string, err error) {
	c := core.NewBaseCollection("licenses")
	c.Fields.Add(
		&core.TextField{Name: "name", Required: true}, &core.TextField{Name: "profile"}, &core.TextField{Name: "state"}, &core.TextField{Name: "plan"},
		&core.DateField{Name: "ends"}, &core.NumberField{Name: "machines"},
	)
	signedIn := types.Pointer(`@request.auth.id != ""`)
	c.ListRule, c.ViewRule, c.UpdateRule = signedIn, signedIn, signedIn
	if err := app.Save(c); err != nil {
		return nil, err
	}
	err = app.RunInTransaction(func(tx core.App) error {
		for i := range records {
			r := core.NewRecord(c)
			r.Set("name", "License "+strconv.Itoa(i))
			r.Set("profile", "Profile "+strconv.Itoa(i%1000))
			r.Set("state", "active")
			r.Set("plan", "A year")
			r.Set("ends", types.NowDateTime())
			r.Set("machines", 1)
			if err := tx.Save(r); err != nil {
				return err
			}
			ids = append(ids, r.Id)
		}
		return nil
	})
	return ids, err
}

// person makes somebody who is signed in, and returns their token. There is a superuser too:
// the peer would open a browser to ask for one.
func person(app core.App) (string, error) {
	supers, err := app.FindCollectionByNameOrId(core.CollectionNameSuperusers)
	if err != nil {
		return "", err
	}
	super := core.NewRecord(supers)
	super.SetEmail("super@example.com")
	super.SetPassword("correct horse battery")
	if err := app.Save(super); err != nil {
		return "", err
	}
	users, err := app.FindCollectionByNameOrId("users")
	if err != nil {
		return "", err
	}
	r := core.NewRecord(users)
	r.SetEmail("somebody@example.com")
	r.SetPassword("correct horse battery")
	if err := app.Save(r); err != nil {
		return "", err
	}
	return r.NewAuthToken()
}
