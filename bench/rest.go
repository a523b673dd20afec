package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/i18n"
	"github.com/connectplaza/plaza/internal/store"
)

// measureREST measures P4 and P5 on each engine, and the peer before and after in the same
// minutes.
func measureREST(ctx context.Context, w io.Writer, o fleetOptions) error {
	fmt.Fprintf(w, "%d licenses, chosen at random for each request, with one token; 64 connections that are kept, from a process of its own on the same cores.\n", o.agents)
	fmt.Fprintln(w, "*peer* is PocketBase v0.39.10 with 100,000 records: it reads one, and updates one at synchronous=NORMAL; Plaza creates a license with its audit event in one transaction at synchronous=FULL. Rates are answers per second.")
	fmt.Fprintln(w, "\n| Goal | Engine | Measured | Yardstick | Ratio | Goal | Met |\n|---|---|---|---|---|---|---|")
	for _, e := range fleetEngines(o) {
		if err := measureAPI(ctx, w, o, e); err != nil {
			return fmt.Errorf("%s: %w", e.name, err)
		}
	}
	return nil
}

func measureAPI(ctx context.Context, w io.Writer, o fleetOptions, e fleetEngine) error {
	if err := e.ready(ctx, o.agents); err != nil {
		return err
	}
	token, plan, err := e.program(ctx)
	if err != nil {
		return err
	}
	peerRead, peerUpdate, err := o.peers(ctx)
	if err != nil {
		return err
	}
	read, create, err := o.rest(ctx, e, token, plan)
	if err != nil {
		return err
	}
	againRead, againUpdate, err := o.peers(ctx)
	if err != nil {
		return err
	}
	if o.peer != "" {
		fmt.Fprintf(w, "| peer reads | – | %s; after Plaza %s | | | | |\n| peer updates | – | %s; after Plaza %s | | | | |\n", peerRead, againRead, peerUpdate, againUpdate)
	}
	goal(w, "P4", e.name, read, (peerRead.PerSecond+againRead.PerSecond)/2, 3) // a machine is not as fast all the time
	goal(w, "P5", e.name, create, (peerUpdate.PerSecond+againUpdate.PerSecond)/2, 1)
	return nil
}

// goal writes how fast something was, and how often as fast as the peer.
func goal(w io.Writer, name, engine string, l loaded, peer, least float64) {
	if peer == 0 {
		fmt.Fprintf(w, "| %s | %s | %s, %d wrong | the peer was not measured: `make bench-peer` | | ≥ %.0f × peer | |\n", name, engine, l, l.Wrong, least)
		return
	}
	fmt.Fprintf(w, "| %s | %s | %s, %d wrong | %.0f peer | %.2f | ≥ %.0f × peer | %s |\n", name, engine, l, l.Wrong, peer, l.PerSecond/peer, least, met(l.PerSecond >= least*peer && l.Wrong == 0))
}

// program makes a token of the vendor's for a program, and a plan for it to issue licenses
// under.
func (e fleetEngine) program(ctx context.Context) (token, plan string, err error) {
	db, err := store.Open(ctx, e.address)
	if err != nil {
		return "", "", err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	texts, err := i18n.Load()
	if err != nil {
		return "", "", err
	}
	a, err := openApp(db, texts, time.Now)
	if err != nil {
		return "", "", err
	}
	owner, err := signIn(ctx, a)
	if err != nil {
		return "", "", err
	}
	run := strconv.FormatInt(time.Now().UnixMilli(), 36) // worlds are kept
	p, err := a.CreatePlan(ctx, owner, plaza.NewPlan{Kind: plaza.Development, Name: "A year of development " + run, TermMonths: 12, GraceDays: 14, Machines: 1})
	if err != nil {
		return "", "", err
	}
	_, token, err = a.CreateToken(ctx, owner, plaza.NewToken{Name: "Bench " + run, Verbs: []plaza.Verb{plaza.LicenseRead, plaza.LicenseIssue}, Expires: time.Now().AddDate(0, 1, 0)})
	return token, p.ID, err
}

// rest puts the API under both loads.
func (o fleetOptions) rest(ctx context.Context, e fleetEngine, token, plan string) (read, create loaded, err error) {
	ids := make([]string, o.agents)
	for i := range ids {
		ids[i] = id(ofLicense, i)
	}
	body := `{"plan":"` + plan + `","name":"From a program"}`
	head := "Host: localhost\r\nAccept: application/json\r\nAuthorization: Bearer " + token + "\r\n"
	var h hello
	server, err := start(ctx, &h, os.Args[0], append([]string{"serve", "-what", serveREST, "-db", e.address}, o.profiles(e)...)...)
	if err != nil {
		return read, create, err
	}
	read, err = o.shoot(ctx, server, h.Address, shots{"GET /api/v1/licenses/", ids, " HTTP/1.1\r\n" + head + "\r\n"})
	if err == nil {
		create, err = o.shoot(ctx, server, h.Address, shots{"POST /api/v1/licenses", []string{""}, " HTTP/1.1\r\n" + head + written(body)})
	}
	return read, create, errors.Join(err, server.end(&goodbye{}))
}

// written returns the end of a request that has a body.
func written(body string) string {
	return "Content-Type: application/json\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body
}

// peers puts the peer under both loads; nothing if there is none.
func (o fleetOptions) peers(ctx context.Context) (read, update loaded, err error) {
	if o.peer == "" {
		return read, update, nil
	}
	var h struct {
		Address string   `json:"address"`
		Token   string   `json:"token"`
		Records []string `json:"records"`
	}
	server, err := start(ctx, &h, o.peer)
	if err != nil {
		return read, update, err
	}
	if err := answered(ctx, h.Address); err != nil {
		return read, update, errors.Join(err, server.end(nil))
	}
	const path = "/api/collections/licenses/records/"
	head := " HTTP/1.1\r\nHost: localhost\r\nAuthorization: " + h.Token + "\r\n"
	read, err = o.shoot(ctx, server, h.Address, shots{"GET " + path, h.Records, head + "\r\n"})
	if err == nil {
		update, err = o.shoot(ctx, server, h.Address, shots{"PATCH " + path, h.Records, head + written(`{"machines":2}`)})
	}
	return read, update, errors.Join(err, server.end(nil))
}

// answered waits until somebody listens at an address.
func answered(ctx context.Context, address string) error {
	for {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
		if err == nil {
			return conn.Close()
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// shoot puts a server under a load of requests that differ in an ID.
func (o fleetOptions) shoot(ctx context.Context, server *process, address string, s shots) (loaded, error) {
	text, err := json.Marshal(s)
	if err != nil {
		return loaded{}, err
	}
	path := filepath.Join(o.dir, "shots")
	if err := os.WriteFile(path, text, 0o600); err != nil { // there is a token in it
		return loaded{}, err
	}
	defer os.Remove(path)
	l, err := o.load(ctx, server.Process.Pid, address, "-kind", askShots, "-shots", path)
	if l.Wrong > 0 {
		fmt.Fprintf(os.Stderr, "bench: %d wrong answers, such as %.300s\n", l.Wrong, l.Example)
	}
	return l, err
}
