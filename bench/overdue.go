package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/i18n"
	"github.com/connectplaza/plaza/internal/store"
)

// watcher is somebody who looks at agent 0, and at no other that is not well.
type watcher struct {
	engine  fleetEngine
	db      *store.DB
	app     *app.App
	owner   plaza.Actor
	base    string // where the dashboard is
	token   string
	profile string // of agent 0
}

// overdue measures P10: an agent beats once, and the Monitor, which shows as many
// tiles as it can, is listened to until it says that the agent is overdue. Its clock
// is ahead, so that it is a second after the heartbeat. How long the Overview of
// everything takes then is told as well.
func (e fleetEngine) overdue(ctx context.Context, w io.Writer) (err error) {
	ahead := plaza.OnlineWithin - time.Second
	now := func() time.Time { return time.Now().Add(ahead) }
	if err := e.allOnline(ctx); err != nil {
		return err
	}
	v := &watcher{engine: e}
	if v.db, err = store.Open(ctx, e.address); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, v.db.Close()) }()
	texts, err := i18n.Load()
	if err != nil {
		return err
	}
	if v.app, err = openApp(v.db, texts, now); err != nil {
		return err
	}
	handler, gate := dashboard(v.app, texts, now)
	if v.token, err = gate.SignIn(ctx, "owner@vendor.example", password, plaza.Origin{}); err != nil {
		return err
	}
	if v.owner, err = signIn(ctx, v.app); err != nil {
		return err
	}
	agent, err := v.app.Agent(ctx, v.owner, id(ofAgent, 0))
	if err != nil {
		return err
	}
	v.profile = agent.Profile
	base, stop, err := serve(ctx, handler)
	if err != nil {
		return err
	}
	defer stop()
	v.base = base
	return v.report(ctx, w)
}

// allOnline has every agent heard of so late that none is overdue while this lasts.
func (e fleetEngine) allOnline(ctx context.Context) error {
	db, err := e.raw()
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, "UPDATE pulses SET at = $1, goodbye_at = NULL", time.Now().Add(time.Hour).UnixMicro())
	return err
}

// beat has agent 0 heard of now, and never later.
func (v *watcher) beat(ctx context.Context) (time.Time, error) {
	db, err := v.engine.raw()
	if err != nil {
		return time.Time{}, err
	}
	defer db.Close()
	at := time.Now()
	_, err = db.ExecContext(ctx, "UPDATE pulses SET at = $1 WHERE id = $2", at.UnixMicro(), id(ofMachine, 0))
	return at, err
}

func (v *watcher) report(ctx context.Context, w io.Writer) error {
	var worst time.Duration
	tiles := 0
	for range 5 {
		late, n, err := v.monitor(ctx)
		if err != nil {
			return err
		}
		worst, tiles = max(worst, late), n
	}
	fmt.Fprintf(w, "| P10 | %s | %.2f s at most until the Monitor says so, among %d tiles | | | ≤ 2 s | %s |\n", v.engine.name, worst.Seconds(), tiles, met(worst <= 2*time.Second))
	began := time.Now()
	o, err := v.app.Overview(ctx, v.owner)
	if err != nil {
		return err
	}
	if n := o.AgentsIn(plaza.Overdue, ""); n != 1 {
		return fmt.Errorf("the Overview says that %d agents are overdue", n)
	}
	fmt.Fprintf(w, "| – | %s | %.2f s for the Overview of whoever sees all of them | | | | |\n", v.engine.name, time.Since(began).Seconds())
	return nil
}

// tile is what the Monitor says of an agent.
type tile struct {
	ID     string `json:"id"`
	Status string `json:"status"`
}

// monitor listens to the Monitor until agent 0 is overdue there, and returns how
// long after it was due that is, and how many tiles there are.
func (v *watcher) monitor(ctx context.Context) (late time.Duration, tiles int, err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, v.base+"/monitor/stream?profile="+v.profile, nil)
	if err != nil {
		return 0, 0, err
	}
	req.Header.Set("Accept", "text/event-stream")
	req.Header.Set("Cookie", "plaza-session="+v.token)
	at, err := v.beat(ctx)
	if err != nil {
		return 0, 0, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, 0, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return 0, 0, fmt.Errorf("the Monitor says %s", res.Status)
	}
	lines := bufio.NewReader(res.Body)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return 0, 0, err
		}
		data, ok := bytes.CutPrefix(line, []byte("data: "))
		if !ok {
			continue
		}
		var news struct {
			Whole bool   `json:"whole"`
			Tiles []tile `json:"tiles"`
		}
		if err := json.Unmarshal(data, &news); err != nil {
			return 0, 0, err
		}
		if news.Whole {
			tiles = len(news.Tiles)
		}
		for _, t := range news.Tiles {
			if t.ID == id(ofAgent, 0) && t.Status == string(plaza.Overdue) {
				return time.Since(at.Add(time.Second)), tiles, nil
			}
		}
	}
}
