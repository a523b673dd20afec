package web_test

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/web"
)

const hostile = `<script>canary()</script>"'`

// beat lets an agent speak at the present time.
func beat(t *testing.T, w *apptest.World, agent string, h plaza.Health, told ...plaza.NewNotification) {
	t.Helper()
	ok(t, w.RecordHeartbeats(t.Context(), plaza.Simulator, []plaza.Heartbeat{{
		Agent: agent, At: w.Clock.Now(), Health: h, Message: hostile, Build: "5.4.2", Notifications: told,
	}}))
}

func TestMonitorShowsATileForEachAgent(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		want(t, s.get(w.Reseller, "/monitor"), http.StatusOK, "No ConnectAgents yet", "Nothing to acknowledge")
		one := newAgent(t, w, w.Reseller, w.Partner.Profile, "Kassa-1")
		newAgent(t, w, w.Reseller, w.Enterprise.Profile, "Lager-1")
		beat(t, w, one.ID, plaza.HealthError)
		page := s.get(w.Reseller, "/monitor")
		want(t, page, http.StatusOK, "2 shown", "Kassa-1 Error just now 5.4.2", "Lager-1 Never seen", "As of 2 Jan 2026", "Partner 1 0 Online", "canary()")
		if strings.Contains(page.Body.String(), "<script>canary") {
			t.Error("what an agent says is taken at its word")
		}
		for path, n := range map[string]string{
			"/monitor?state=error": "1 shown", "/monitor?q=lager": "1 shown", "/monitor?profile=" + w.Partner.Profile: "1 shown",
			"/monitor?state=error,never": "2 shown", "/monitor?state=online": "Nothing matches",
		} {
			want(t, s.get(w.Reseller, path), http.StatusOK, n)
		}
		// What stands on a chip is what one gets by it.
		chips := regexp.MustCompile(`href="(/monitor\?state=\w+)"[^>]*>(?s:.*?)data-count>(\d+)<`).FindAllStringSubmatch(page.Body.String(), -1)
		if len(chips) != len(plaza.AgentStatuses()) {
			t.Fatalf("%d chips: %v", len(chips), chips)
		}
		for _, chip := range chips {
			body := s.get(w.Reseller, chip[1]).Body.String()
			if got := strings.Count(body, `id="tile-`); chip[2] != string(rune('0'+got)) || !strings.Contains(body, `data-shown="all">`+chip[2]+`<`) {
				t.Errorf("%s has %d tiles, and says so of %s", chip[1], got, chip[2])
			}
		}
		for _, from := range []string{"/monitor", "/partners/" + w.Partner.Profile + "/agents"} {
			if body := s.get(w.Reseller, from).Body.String(); !strings.Contains(body, `href="/monitor?profile=`+w.Partner.Profile+`"`) {
				t.Errorf("%s does not lead to the partner's wall", from)
			}
		}
		want(t, s.get(w.Reseller, "/monitor?profile="+w.Reseller.Profile), http.StatusOK, "without those of the profiles below it")
		if tiles := s.page(w.Partner, "/monitor"); strings.Contains(tiles, "Lager") || !strings.Contains(tiles, "Kassa-1") {
			t.Errorf("the partner sees %s", tiles)
		}
		for _, stranger := range []plaza.Actor{w.Stranger, w.StrangerPartner} {
			want(t, s.get(stranger, "/monitor"), http.StatusOK, "No ConnectAgents yet")
			want(t, s.get(stranger, "/monitor?profile="+w.Partner.Profile), http.StatusNotFound)
			want(t, s.get(stranger, "/monitor/stream?profile="+w.Partner.Profile), http.StatusNotFound)
			want(t, s.get(stranger, "/monitor?agent="+one.ID), http.StatusNotFound)
		}
		wantsSignIn(t, s.get(nobody, "/monitor"))
		wantsSignIn(t, s.get(nobody, "/monitor/stream"))
	})
}

func TestLongPagesAreSqueezed(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		r := s.request(w.Reseller, http.MethodGet, "/monitor", nil)
		r.Header.Set("Accept-Encoding", "gzip, br")
		rec := s.do(r)
		z, err := gzip.NewReader(rec.Body)
		ok(t, err)
		page, err := io.ReadAll(z)
		ok(t, err)
		if rec.Header().Get("Content-Encoding") != "gzip" || !strings.Contains(string(page), "<h1>Monitor</h1>") {
			t.Errorf("%v: %s", rec.Header(), page)
		}
	})
}

// heard is a message of a stream.
type heard struct {
	event, id string
	news      struct {
		Whole bool       `json:"whole"`
		Tiles []newsTile `json:"tiles"`
		Gone  []string   `json:"gone"`
	}
}

type newsTile struct {
	Name    string `json:"name"`
	Status  string `json:"status"`
	Message string `json:"message"`
}

// tiles returns what a message says of tiles.
func (h heard) tiles() map[string]string {
	all := map[string]string{}
	for _, t := range h.news.Tiles {
		all[t.Name] = t.Status
	}
	return all
}

// stream is somebody who listens.
type stream struct {
	t     *testing.T
	body  io.ReadCloser
	lines *bufio.Scanner
}

func listen(t *testing.T, base string, w *apptest.World, actor plaza.Actor, path string) *stream {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+path, nil)
	ok(t, err)
	r.Header.Set("Accept", "text/event-stream")
	r.AddCookie(&http.Cookie{Name: sessionCookie, Value: w.Tokens[actor.Login]})
	res, err := new(http.Client).Do(r)
	ok(t, err)
	t.Cleanup(func() { _ = res.Body.Close() })
	if kind := res.Header.Get("Content-Type"); res.StatusCode != http.StatusOK || kind != "text/event-stream" {
		t.Fatalf("%d, %s", res.StatusCode, kind)
	}
	return &stream{t: t, body: res.Body, lines: bufio.NewScanner(res.Body)}
}

// next returns the next message; false if there comes none any more.
func (s *stream) next() (h heard, more bool) {
	s.t.Helper()
	for s.lines.Scan() {
		line := s.lines.Text()
		switch {
		case strings.HasPrefix(line, "event: "):
			h.event = line[7:]
		case strings.HasPrefix(line, "id: "):
			h.id = line[4:]
		case strings.HasPrefix(line, "data: {"):
			ok(s.t, json.Unmarshal([]byte(line[6:]), &h.news))
			more = true
		case strings.HasPrefix(line, "data: "):
			more = true
		case line == "" && more:
			return h, true
		}
	}
	return h, false
}

// over waits for the end of the stream, and returns the last event's name.
func (s *stream) over() (last string) {
	s.t.Helper()
	for {
		h, more := s.next()
		if !more {
			return last
		}
		last = h.event
	}
}

// serving serves w over the network, until ends is called.
func serving(t *testing.T, w *apptest.World) (base string, ends func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	s := mountSite(t, w, func(c *web.Config) { c.Ends, c.Pace = ctx.Done(), time.Millisecond })
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	t.Cleanup(cancel)
	return server.URL, cancel
}

func TestStreamTellsWhatChanges(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, _ *site, w *apptest.World) {
		base, ends := serving(t, w)
		one := newAgent(t, w, w.Reseller, w.Partner.Profile, "Kassa-1")
		theirs := newAgent(t, w, w.Stranger, w.StrangerPartner.Profile, "Theirs")
		s := listen(t, base, w, w.Reseller, "/monitor/stream")
		is := func(s *stream, want map[string]string, whole bool) heard {
			t.Helper()
			h, _ := s.next()
			if diff := cmp.Diff(want, h.tiles()); diff != "" || h.news.Whole != whole || h.id == "" {
				t.Errorf("%+v: %s", h, diff)
			}
			return h
		}
		is(s, map[string]string{"Kassa-1": "never"}, true)
		beat(t, w, one.ID, plaza.HealthWarning)
		beat(t, w, theirs.ID, plaza.HealthWarning)
		w.Clock.Advance(time.Second)
		last := is(s, map[string]string{"Kassa-1": "warning"}, false)
		if last.news.Tiles[0].Message != hostile {
			t.Errorf("its words: %q", last.news.Tiles[0].Message)
		}
		narrow := listen(t, base, w, w.Reseller, "/monitor/stream?state=warning&turn="+url.QueryEscape(last.id))
		newAgent(t, w, w.Reseller, w.Enterprise.Profile, "Lager-1")
		w.Clock.Advance(time.Second)
		is(s, map[string]string{"Lager-1": "never"}, false)
		if h, _ := narrow.next(); len(h.news.Tiles) != 0 || len(h.news.Gone) != 1 {
			t.Errorf("what is not chosen: %+v", h)
		}
		// Nobody says anything for a while: the stream says that it is there, and
		// what time makes of the agents.
		for range 5 {
			w.Clock.Advance(15 * time.Second)
		}
		w.Clock.Advance(2 * time.Second)
		for more := true; more; {
			h, _ := s.next()
			more = h.tiles()["Kassa-1"] != "overdue"
		}
		ends()
		if last := s.over(); last != "" {
			t.Errorf("the server ends, and the stream says %q", last)
		}
		narrow.over()
	})
}

func TestStreamSaysThatItIsThere(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, _ *site, w *apptest.World) {
		base, ends := serving(t, w)
		s := listen(t, base, w, w.Reseller, "/monitor/stream")
		s.next()
		w.Clock.Advance(15 * time.Second)
		if h, _ := s.next(); h.event != "still" || h.id != "" {
			t.Errorf("%+v is said, and so a page cannot know that it is not cut off", h)
		}
		ends()
		s.over()
	})
}

// TestStreamsOfOneSessionAreFew: whoever opens one page after the other is not sent
// events on all, and can ask.
func TestStreamsOfOneSessionAreFew(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		base, _ := serving(t, w)
		var all []*stream
		for range 8 {
			all = append(all, listen(t, base, w, w.Reseller, "/monitor/stream"))
		}
		ask := func() int {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/monitor/stream", nil)
			ok(t, err)
			r.Header.Set("Accept", "text/event-stream")
			r.AddCookie(&http.Cookie{Name: sessionCookie, Value: w.Tokens[w.Reseller.Login]})
			res, err := new(http.Client).Do(r)
			ok(t, err)
			ok(t, res.Body.Close())
			return res.StatusCode
		}
		if status := ask(); status != http.StatusTooManyRequests {
			t.Errorf("the ninth: %d", status)
		}
		if rec := s.get(w.Reseller, "/monitor/stream"); rec.Code != http.StatusOK {
			t.Errorf("asking once: %d", rec.Code)
		}
		listen(t, base, w, w.Partner, "/monitor/stream")
		ok(t, all[0].body.Close())
		for ask() != http.StatusOK { // the server learns of it in a moment
			ok(t, t.Context().Err())
		}
	})
}

// TestStreamEndsWithTheRight: whatever takes away the right to see it ends a stream
// within ten seconds, and a stream keeps no session alive.
func TestStreamEndsWithTheRight(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		ctx := t.Context()
		for name, test := range map[string]struct {
			who  func() plaza.Actor
			lose func(plaza.Actor)
		}{
			"signing out": {
				func() plaza.Actor { return w.Invite(t, w.Reseller, w.Reseller.Profile, "Out", plaza.Support) },
				func(a plaza.Actor) { ok(t, w.Gate.SignOut(ctx, w.Tokens[a.Login], plaza.Origin{})) },
			},
			"another role": {
				func() plaza.Actor { return w.Invite(t, w.Reseller, w.Reseller.Profile, "Role", plaza.Support) },
				func(a plaza.Actor) {
					l, err := w.Login(ctx, w.Reseller, a.Login)
					ok(t, err)
					ok(t, w.EditLogin(ctx, w.Reseller, a.Login, plaza.LoginEdit{Name: l.Name, Role: plaza.Auditor, Dashboard: true, Version: l.Version}))
				},
			},
			"no more work inside": {
				func() plaza.Actor {
					a := w.Invite(t, w.Reseller, w.Reseller.Profile, "Inside", plaza.Administrator)
					token, err := w.LogInAs(ctx, a, plaza.NewActing{Login: w.Partner.Login, Reason: "to see how it is"})
					ok(t, err)
					v, err := w.Gate.Identify(ctx, token, plaza.Origin{})
					ok(t, err)
					w.Tokens[v.Actor.Login] = token
					return v.Actor
				},
				func(a plaza.Actor) {
					partner := w.SignIn(t, "partner@example.com")
					ok(t, w.EndActing(ctx, partner, a.Via.ID))
				},
			},
			"sitting still for too long": {
				func() plaza.Actor { return w.Invite(t, w.Reseller, w.Reseller.Profile, "Still", plaza.Support) },
				func(plaza.Actor) { w.Clock.Advance(31 * time.Minute) },
			},
		} {
			w.Reseller = w.SignIn(t, "reseller@example.com")
			base, _ := serving(t, w)
			actor := test.who()
			l := listen(t, base, w, actor, "/monitor/stream")
			if _, more := l.next(); !more {
				t.Errorf("%s: it never began", name)
			}
			test.lose(actor)
			w.Clock.Advance(10 * time.Second)
			if last := l.over(); last != "end" {
				t.Errorf("%s: the last event is %q", name, last)
			}
		}
		_ = s
	})
}

func TestNotificationsAreAcknowledgedAndUndone(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		one := newAgent(t, w, w.Reseller, w.Partner.Profile, "Kassa-1")
		for _, level := range []string{"error", "info"} {
			beat(t, w, one.ID, plaza.HealthOK, plaza.NewNotification{Level: level, Location: hostile, Message: hostile + level})
			w.Clock.Advance(time.Second)
		}
		page := s.get(w.Partner, "/monitor")
		want(t, page, http.StatusOK, "Acknowledge all 2 shown", "canary()")
		if strings.Contains(page.Body.String(), "<script>canary") {
			t.Error("what an agent tells is taken at its word")
		}
		want(t, s.get(w.Partner, "/monitor?level=error"), http.StatusOK, "1 of 1")
		want(t, s.get(w.Reseller, "/monitor?agent="+one.ID+"&seen=all"), http.StatusOK, "2 of 2", "ConnectAgent: Kassa-1")
		ids := regexp.MustCompile(`name="id" value="([0-9a-f-]+)"`).FindAllStringSubmatch(page.Body.String(), 2)
		form := url.Values{"id": {ids[0][1], ids[1][1]}, "next": {"/monitor?q=kassa"}}
		for _, stranger := range []plaza.Actor{w.Stranger, w.StrangerPartner, w.Enterprise} {
			want(t, s.post(stranger, "/notifications/acknowledge", form), http.StatusNotFound)
		}
		r := s.request(w.Partner, http.MethodGet, "/monitor?newest="+ids[0][1], nil)
		r.Header.Set("X-Plaza-Background", "true") // the page asks by itself whether there is more
		if text := shown(s.do(r)); strings.Contains(text, "newer notifications") {
			t.Error("news of what is known")
		}
		if text := s.page(w.Partner, "/monitor?newest="+ids[1][1]); !strings.Contains(text, "newer notifications") {
			t.Error("no news of what is new")
		}
		path := s.done(w.Partner, "/notifications/acknowledge", form)
		if !strings.HasPrefix(path, "/monitor?done=") || !strings.HasSuffix(path, "&q=kassa#notifications") {
			t.Errorf("leads to %s", path)
		}
		path, _, _ = strings.Cut(path, "#")
		want(t, s.get(w.Partner, path), http.StatusOK, "2 notifications acknowledged.", "Undo", "Nothing to acknowledge")
		want(t, s.get(w.Reseller, "/monitor?seen=yes"), http.StatusOK, "Acknowledged by Partner owner", "2 of 2")
		want(t, s.get(w.Stranger, path), http.StatusOK, "Nothing to acknowledge")
		if to := s.done(w.Reseller, "/notifications/reopen", form); to != "/monitor?q=kassa#notifications" {
			t.Errorf("leads to %s", to)
		}
		want(t, s.get(w.Partner, "/monitor"), http.StatusOK, "2 of 2")
		form.Set("next", "https://elsewhere.example/monitor")
		if to := s.done(w.Partner, "/notifications/acknowledge", form); !strings.HasPrefix(to, "/monitor?done=") {
			t.Errorf("leads to %s", to)
		}
		support := w.Invite(t, w.Reseller, w.Partner.Profile, "Helper", plaza.Support)
		want(t, s.post(support, "/notifications/reopen", form), http.StatusForbidden)
	})
}

func TestAlarmIsSetAndShown(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		path := "/agents/" + newAgent(t, w, w.Reseller, w.Partner.Profile, "Kassa-1").ID
		want(t, s.get(w.Partner, path), http.StatusOK, "Nobody is mailed", "How it was", "Never seen")
		form := s.get(w.Partner, path+"/alarm")
		want(t, form, http.StatusOK, "Alarm of Kassa-1")
		if value(form, "minutes") != "10" || value(form, "address") != "support-Partner@example.com" {
			t.Errorf("proposes %s and %s", value(form, "minutes"), value(form, "address"))
		}
		in := url.Values{"on": {"yes"}, "minutes": {"x"}, "address": {"a@example.com"}, "version": {"0"}}
		want(t, s.post(w.Partner, path+"/alarm", in), http.StatusUnprocessableEntity)
		in.Set("minutes", "15")
		if to := s.done(w.Partner, path+"/alarm", in); to != path+"#alarm" {
			t.Errorf("leads to %s", to)
		}
		want(t, s.get(w.Reseller, path+"?band=week"), http.StatusOK, "After 15 minutes of silence a mail goes to a@example.com")
		in.Set("minutes", "20")
		want(t, s.post(w.Reseller, path+"/alarm", in), http.StatusPreconditionFailed, "15", "20", "Save my version")
		for _, stranger := range []plaza.Actor{w.Stranger, w.Enterprise} {
			want(t, s.get(stranger, path+"/alarm"), http.StatusNotFound)
			want(t, s.post(stranger, path+"/alarm", in), http.StatusNotFound)
		}
		s.done(w.Partner, path+"/alarm", url.Values{"version": {"1"}})
		want(t, s.get(w.Partner, path), http.StatusOK, "Nobody is mailed")
	})
}

// TestNotificationsAreThoseOfTheWall: where the wall is narrowed, so is what stands
// below it, and all that is acknowledged at once is what one sees.
func TestNotificationsAreThoseOfTheWall(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		told := func(message string) (some []plaza.NewNotification) {
			for i := range 2 {
				some = append(some, plaza.NewNotification{Level: string(plaza.LevelError), Message: message + string(rune('1'+i)), At: w.Clock.Now()})
			}
			return some
		}
		one := newAgent(t, w, w.Reseller, w.Partner.Profile, "Kassa-1")
		beat(t, w, one.ID, plaza.HealthError, told("printer ")...)
		beat(t, w, newAgent(t, w, w.Reseller, w.Enterprise.Profile, "Lager-1").ID, plaza.HealthOK, told("scanner ")...)
		says := func(path string, printer, scanner, narrowed bool) (page string) {
			t.Helper()
			page = s.page(w.Reseller, path)
			for words, want := range map[string]bool{"printer 1": printer, "scanner 1": scanner, "Only of the ConnectAgents that the wall above shows.": narrowed} {
				if strings.Contains(page, words) != want {
					t.Errorf("%s: %q is there: %v", path, words, !want)
				}
			}
			return page
		}
		says("/monitor", true, true, false)
		says("/monitor?agent="+one.ID, true, false, false)
		says("/monitor?q=lager", false, true, true)
		says("/monitor?state=error", true, false, true)
		says("/monitor?state=overdue", false, false, true)
		path := "/monitor?profile=" + w.Partner.Profile
		says(path, true, false, true)

		page := s.get(w.Reseller, path).Body.String()
		form := regexp.MustCompile(`(?s)<form method="post" action="/notifications/acknowledge">(.*?)Acknowledge all 2 shown`).FindStringSubmatch(page)
		if form == nil {
			t.Fatalf("nothing acknowledges all: %s", page)
		}
		in := url.Values{}
		for _, field := range regexp.MustCompile(`name="(id|next)" value="([^"]*)"`).FindAllStringSubmatch(form[1], -1) {
			in.Add(field[1], field[2])
		}
		if to := s.done(w.Reseller, "/notifications/acknowledge", in); !strings.HasPrefix(to, path[:len("/monitor?")]) || !strings.Contains(to, "profile="+w.Partner.Profile) {
			t.Errorf("leads to %s", to)
		}
		says("/monitor", false, true, false)
	})
}
