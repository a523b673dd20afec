package plaza_test

import (
	"testing"
	"time"

	"github.com/connectplaza/plaza"
)

func TestProfileState(t *testing.T) {
	t.Parallel()
	now := noon()
	for _, test := range []struct {
		name  string
		p     plaza.Profile
		want  plaza.ProfileState
		above bool
	}{
		{"as made", plaza.Profile{}, plaza.ProfileActive, false},
		{"suspended", plaza.Profile{Suspended: now, Halted: true}, plaza.ProfileSuspended, false},
		{"below a suspended one", plaza.Profile{Halted: true}, plaza.ProfileSuspended, true},
		{"closed", plaza.Profile{Suspended: now, Closed: now, Halted: true}, plaza.ProfileClosed, false},
	} {
		if got := test.p.State(); got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
		if got := test.p.SuspendedAbove(); got != test.above {
			t.Errorf("%s: suspended above = %t", test.name, got)
		}
	}
}

func TestLoginState(t *testing.T) {
	t.Parallel()
	now := noon()
	for _, test := range []struct {
		name  string
		l     plaza.Login
		want  plaza.LoginState
		unfit string
	}{
		{"invited", plaza.Login{Dashboard: true}, plaza.LoginInvited, "acting.unfit.invited"},
		{"accepted", plaza.Login{Dashboard: true, Accepted: now}, plaza.LoginActive, ""},
		{"without the right", plaza.Login{Accepted: now}, plaza.LoginActive, "acting.unfit.dashboard"},
		{"disabled", plaza.Login{Dashboard: true, Accepted: now, Disabled: now}, plaza.LoginDisabled, "acting.unfit.disabled"},
		{"disabled before accepted", plaza.Login{Dashboard: true, Disabled: now}, plaza.LoginDisabled, "acting.unfit.disabled"},
	} {
		if got := test.l.State(); got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
		if got := test.l.Unfit().Key; got != test.unfit {
			t.Errorf("%s: unfit because of %q, want %q", test.name, got, test.unfit)
		}
	}
}

func TestLiveness(t *testing.T) {
	t.Parallel()
	now := noon()
	for _, test := range []struct {
		name   string
		silent time.Duration
		want   plaza.Liveness
	}{
		{"this moment", 0, plaza.Online},
		{"a clock ahead", -time.Minute, plaza.Online},
		{"75 seconds", 75 * time.Second, plaza.Online},
		{"a moment more", 75*time.Second + 1, plaza.Overdue},
		{"ten minutes", 10 * time.Minute, plaza.Overdue},
		{"a moment more than ten minutes", 10*time.Minute + 1, plaza.Offline},
	} {
		seen := now.Add(-test.silent)
		if got := (plaza.ConnectAgent{Seen: seen}).Liveness(now); got != test.want {
			t.Errorf("silent for %s: got %s, want %s", test.name, got, test.want)
		}
		if got := (plaza.ConnectAgent{Seen: seen, Goodbye: seen}).Liveness(now); got != plaza.Offline {
			t.Errorf("said goodbye %s ago: got %s, want offline", test.name, got)
		}
	}
	if got := (plaza.ConnectAgent{}).Liveness(now); got != plaza.NeverSeen {
		t.Errorf("never heard of: got %s", got)
	}
}

func TestRequestState(t *testing.T) {
	t.Parallel()
	now := noon()
	for _, test := range []struct {
		name string
		r    plaza.Request
		want plaza.RequestState
	}{
		{"new", plaza.Request{Created: now}, plaza.RequestOpen},
		{"the last moment", plaza.Request{Created: now.Add(-30*day + 1)}, plaza.RequestOpen},
		{"thirty days", plaza.Request{Created: now.Add(-30 * day)}, plaza.RequestLapsed},
		{"decided long ago", plaza.Request{Created: now.Add(-99 * day), Decision: plaza.RequestDeclined}, plaza.RequestDeclined},
		{"decided", plaza.Request{Created: now, Decision: plaza.RequestApproved}, plaza.RequestApproved},
	} {
		if got := test.r.State(now); got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
}

func TestMailState(t *testing.T) {
	t.Parallel()
	now := noon()
	for want, m := range map[plaza.MailState]plaza.Mail{
		plaza.MailWaiting: {}, plaza.MailSent: {Sent: now}, plaza.MailDead: {Dead: now},
	} {
		if got := m.State(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestWish(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		wish       plaza.Wish
		kind       plaza.RequestKind
		name, plan string
	}{
		{plaza.Wish{}, "", "", ""},
		{plaza.Wish{License: &plaza.NewLicense{Name: "a", Plan: "p"}}, plaza.RequestDevelopment, "a", "p"},
		{plaza.Wish{Profile: &plaza.NewProfile{Name: "b", Plan: "p"}}, plaza.RequestProfile, "b", "p"},
		{plaza.Wish{Agent: &plaza.NewAgent{Name: "c", Plan: "p"}}, plaza.RequestAgent, "c", "p"},
		{plaza.Wish{Login: &plaza.NewLogin{Name: "d"}}, plaza.RequestLogin, "d", ""},
	} {
		if test.wish.Kind() != test.kind || test.wish.Name() != test.name || test.wish.Plan() != test.plan {
			t.Errorf("%+v: %q %q %q", test.wish, test.wish.Kind(), test.wish.Name(), test.wish.Plan())
		}
	}
}

func TestErrorsGiveNothingAway(t *testing.T) {
	t.Parallel()
	plain := plaza.AsError(plainError{})
	if plain.Kind != plaza.Internal || plain.Msg.Key != "error.internal" || plain.Err == nil {
		t.Errorf("a plain error became %+v", plain)
	}
	if got := plaza.KindOf(plaza.Errorf(plaza.Stale, "error.stale")); got != plaza.Stale {
		t.Errorf("kind = %s", got)
	}
}

type plainError struct{}

func (plainError) Error() string { return "password=hunter2" }
