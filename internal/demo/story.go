package demo

import (
	"container/heap"
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"regexp"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/clock"
)

// story is the year that is being told: what happens when, and who is in it.
type story struct {
	app    *app.App
	gate   *app.Gate
	clock  *clock.Manual
	now    time.Time // the end of it
	zone   *time.Location
	rng    *rand.Rand
	mailed chan struct{}
	deeds  deeds
	known  int                   // how many deeds there were
	taken  map[string]bool       // addresses
	plans  map[string]plaza.Plan // by name

	vendor  *tenant
	tenants []*tenant // resellers first
	agents  []string  // IDs, in the order they were made
}

// days is how long the story is.
const days = 396

func newStory(open Open, now time.Time) *story {
	s := &story{
		clock: clock.NewManual(now.AddDate(0, 0, -days)), now: now, zone: now.Location(),
		rng:    rand.New(rand.NewPCG(2026, 42)), //nolint:gosec // must be the same each time
		mailed: make(chan struct{}, 1), taken: map[string]bool{}, plans: map[string]plaza.Plan{},
	}
	s.app = open(s.clock.Now, s.mailed)
	s.gate = app.NewGate(s.app)
	return s
}

// deed is one thing that happens.
type deed struct {
	at    time.Time
	order int // among those at the same time
	what  string
	do    func(context.Context) error
}

// deeds is a heap of what is yet to happen, the next first.
type deeds []deed

func (d deeds) Len() int { return len(d) }

func (d deeds) Less(i, j int) bool {
	return d[i].at.Before(d[j].at) || d[i].at.Equal(d[j].at) && d[i].order < d[j].order
}

func (d deeds) Swap(i, j int) { d[i], d[j] = d[j], d[i] }

func (d *deeds) Push(x any) { *d = append(*d, x.(deed)) } //nolint:errcheck,forcetypeassert // only at puts something in

func (d *deeds) Pop() any {
	last := (*d)[len(*d)-1]
	*d = (*d)[:len(*d)-1]
	return last
}

// at lets something happen. What it is called stands in the error if it fails.
func (s *story) at(t time.Time, what string, do func(context.Context) error) {
	s.known++
	heap.Push(&s.deeds, deed{t, s.known, what, do})
}

// tell lets everything happen, one after the other.
func (s *story) tell(ctx context.Context) error {
	for s.deeds.Len() > 0 {
		d := heap.Pop(&s.deeds).(deed) //nolint:errcheck,forcetypeassert // only at puts something in
		if d.at.After(s.now) {
			return fmt.Errorf("%s: at %s, which is not in the story", d.what, d.at)
		}
		s.clock.Set(latest(s.clock.Now(), d.at)) // what took its time may have begun before
		if err := d.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", d.what, err)
		}
		if err := s.deliver(ctx); err != nil {
			return err
		}
	}
	s.clock.Set(s.now)
	return nil
}

// today is how long before the end mails are left in the outbox, for the real
// postman to deliver.
const today = 12 * time.Hour

// deliver notes that the mails of the moment were sent.
func (s *story) deliver(ctx context.Context) error {
	select {
	case <-s.mailed:
	default:
		return nil
	}
	if s.clock.Now().After(s.now.Add(-today)) {
		return nil
	}
	due, err := s.app.ClaimMails(ctx, plaza.Postman)
	if err != nil {
		return err
	}
	for _, m := range due {
		if err := s.app.FinishMail(ctx, plaza.Postman, m, nil, false); err != nil {
			return err
		}
	}
	return nil
}

// on returns a moment of the working hours of a day so many days ago; on a
// Friday if that was a weekend.
func (s *story) on(ago int) time.Time {
	day := s.now.AddDate(0, 0, -ago)
	t := time.Date(day.Year(), day.Month(), day.Day(), 8, 0, 0, 0, s.zone)
	switch t.Weekday() {
	case time.Saturday:
		t = t.AddDate(0, 0, -1)
	case time.Sunday:
		t = t.AddDate(0, 0, -2)
	case time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday:
	}
	return t.Add(time.Duration(s.rng.IntN(9*3600)) * time.Second)
}

// later returns a moment between so many hours after now, but no later than the
// end of the story.
func (s *story) later(t time.Time, least, most int) time.Time {
	t = t.Add(time.Duration(least*3600+s.rng.IntN((most-least)*3600)) * time.Second)
	if last := s.now.Add(-time.Minute); t.After(last) {
		return last
	}
	return t
}

// between returns a number from least to most.
func (s *story) between(least, most int) int { return least + s.rng.IntN(most-least+1) }

func pick[T any](s *story, from []T) T { return from[s.rng.IntN(len(from))] }

// origin returns where somebody's requests come from: from the same place and
// browser each time, in networks that are set apart for examples.
func origin(email string) plaza.Origin {
	h := fnv.New32a()
	_, _ = h.Write([]byte(email)) // never fails
	n := h.Sum32()
	network := []string{"192.0.2", "198.51.100", "203.0.113"}[n%3]
	return plaza.Origin{
		Address:   fmt.Sprintf("%s.%d", network, 1+n/3%254),
		UserAgent: browsers[n/1024%uint32(len(browsers))], //nolint:gosec // there are three
	}
}

// invitation finds the link in a mail.
var invitation = regexp.MustCompile(`/invitation/(\S+)`)

// accept takes up the newest invitation of l's address, and returns who came in
// if that opens the dashboard.
func (s *story) accept(ctx context.Context, l plaza.Login) (plaza.Actor, error) {
	list, err := s.gate.Mailbox(ctx, plaza.Page{Size: plaza.MaxPageSize})
	if err != nil {
		return plaza.Actor{}, err
	}
	for _, m := range list.Rows {
		found := invitation.FindStringSubmatch(m.Text)
		if m.Kind != plaza.MailInvitation || m.To != l.Email || m.Profile != l.Profile || found == nil {
			continue
		}
		token, err := s.gate.AcceptInvitation(ctx, found[1], Password, origin(l.Email))
		if plaza.KindOf(err) == plaza.Forbidden && err != nil {
			return plaza.Actor{}, nil //nolint:nilerr // accepted, but no way in
		}
		if err != nil {
			return plaza.Actor{}, err
		}
		return s.enter(ctx, token, l)
	}
	return plaza.Actor{}, fmt.Errorf("no invitation of %s was mailed", l.Email)
}

// signIn returns who has the login, with a new session.
func (s *story) signIn(ctx context.Context, l plaza.Login) (plaza.Actor, error) {
	token, err := s.gate.SignIn(ctx, l.Email, Password, origin(l.Email))
	if err != nil {
		return plaza.Actor{}, err
	}
	return s.enter(ctx, token, l)
}

// enter returns who holds a token, in the profile of l.
func (s *story) enter(ctx context.Context, token string, l plaza.Login) (plaza.Actor, error) {
	v, err := s.gate.Identify(ctx, token, origin(l.Email))
	if err != nil || v.Wants != app.WantsProfile {
		return v.Actor, err
	}
	if token, err = s.gate.ChooseProfile(ctx, token, l.ID, origin(l.Email)); err != nil {
		return plaza.Actor{}, err
	}
	v, err = s.gate.Identify(ctx, token, origin(l.Email))
	return v.Actor, err
}
