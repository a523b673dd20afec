package app

import (
	"context"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/heartbeat"
	"github.com/connectplaza/plaza/internal/licensekey"
	"github.com/connectplaza/plaza/internal/store"
)

// Check tells whether b's license is valid for scope, or with bare, whatever the
// scope, by itself. When it was checked is noted, and returned. It costs a
// transaction only if it looks at components, processes or releases.
func (f *Fleet) Check(ctx context.Context, b *Bearer, scope plaza.CheckScope, bare bool) (v plaza.Verdict, checked time.Time, err error) {
	now := f.app.now()
	v, version, err := f.verdict(ctx, b, scope, bare, now)
	if again := f.elsewhere(v); err == nil && again != nil {
		if err = again(ctx, b); err == nil {
			v, version, err = f.verdict(ctx, b, scope, bare, now)
		}
	}
	if err == nil {
		err = f.runs(ctx, b, version)
	}
	if err != nil {
		return v, now, err
	}
	return v, f.noteCheck(b, now), nil
}

// elsewhere returns how to find out whether another node knows better; nil if none
// can.
func (f *Fleet) elsewhere(v plaza.Verdict) func(context.Context, *Bearer) error {
	switch {
	case v.Unknown():
		return f.reread
	case v.Code == plaza.CheckHeartbeatDead:
		return f.ask
	}
	return nil
}

// noteCheck notes that b's license is checked, and returns when.
func (f *Fleet) noteCheck(b *Bearer, now time.Time) time.Time {
	m := b.member
	p := m.checked.Load()
	if p == nil {
		p = f.book.Learn(plaza.Pulse{ID: b.Standing.License.ID, At: m.lastChecked()})
		m.checked.Store(p)
	}
	return p.Beat(heartbeat.Beat{At: now, Generation: -1}).At
}

// verdict returns what the check says, and the version that b says it is, if that is
// one which it may use.
func (f *Fleet) verdict(ctx context.Context, b *Bearer, scope plaza.CheckScope, bare bool, now time.Time) (v plaza.Verdict, version string, err error) {
	s := b.Standing
	s.Machines = b.machinesIn(b.moment[:0])
	if version, err = f.complete(ctx, b, &s, scope, now); err != nil {
		return v, "", err
	}
	if bare {
		return s.CheckBare(now), version, nil
	}
	return s.Check(scope, now), version, nil
}

// complete reads what a check looks at beside the license and its machines. It
// returns the version that b says it is, if that is one which it may use.
func (f *Fleet) complete(ctx context.Context, b *Bearer, s *plaza.Standing, scope plaza.CheckScope, now time.Time) (version string, err error) {
	if !scope.Components.Is && s.Terms.Processes == 0 && !scope.Version.Is && !scope.Checksum.Is {
		return "", nil
	}
	err = f.app.db.Read(ctx, func(tx *store.Tx) error {
		if version, err = builds(ctx, tx, s, scope); err != nil {
			return err
		}
		var components []plaza.Component
		var processes []plaza.Process
		if scope.Components.Is {
			if components, err = tx.Components(ctx, b.Actor.Scope(), s.License.ID, ""); err != nil {
				return err
			}
		}
		if s.Terms.Processes > 0 {
			if processes, err = tx.Processes(ctx, b.Actor.Scope(), s.License.ID, ""); err != nil {
				return err
			}
		}
		for i := range s.Machines {
			m := &s.Machines[i]
			for _, c := range components {
				if c.Activation == m.ID {
					m.Components = append(m.Components, c)
				}
			}
			for _, p := range processes {
				if p.Activation == m.ID && f.process(&p).Status(s.Terms, now) != plaza.HeartbeatDead {
					m.Processes++
				}
			}
		}
		return nil
	})
	return version, err
}

// CheckKey is [Fleet.Check] for who only names a key: b is nil if that is not known.
// Kinds: Limited for who tries many keys.
func (f *Fleet) CheckKey(ctx context.Context, key string, scope plaza.CheckScope, from plaza.Origin) (b *Bearer, v plaza.Verdict, checked time.Time, err error) {
	if b, err = f.bearer(ctx, key, from); err != nil {
		return nil, v, checked, err
	}
	if b == nil {
		return nil, plaza.Verdict{Code: plaza.CheckNotFound, Detail: "this license key is not known here"}, f.app.now(), nil
	}
	v, checked, err = f.Check(ctx, b, scope, false)
	return b, v, checked, err
}

// Checked returns when b's license was last checked; zero if never.
func (f *Fleet) Checked(b *Bearer) time.Time { return b.member.lastChecked() }

// CheckOut notes, and records, that a file is made of a machine, or if none is named of b's
// license, and returns when. Kinds: NotFound.
func (f *Fleet) CheckOut(ctx context.Context, b *Bearer, machine string) (m plaza.Activation, at time.Time, err error) {
	at = f.app.now()
	if machine != "" {
		if m, err = f.Machine(ctx, b, machine); err != nil {
			return m, at, err
		}
	}
	l, event := b.Standing.License, plaza.AuditEvent{Verb: plaza.FileCheckOut}
	err = f.perform(ctx, b, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		e.About(l.Profile, "agent", l.Agent, l.AgentName)
		if machine == "" {
			e.Changed("file", "", string(licensekey.LicenseFile))
		} else {
			e.Changed("file", "", string(licensekey.MachineFile))
			e.Changed("machine", "", machineName(m))
		}
		if err := tx.CheckedOut(ctx, b.Actor.Scope(), b.Standing.License.ID, m.ID, at); err != nil {
			return err
		}
		return tx.ChangedLicense(ctx, b.Standing.License.ID, at)
	})
	m.CheckedOut = at
	return m, at, err
}
