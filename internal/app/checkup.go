package app

import (
	"context"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// AgentCheckup returns what each machine of a ConnectAgent would be told if it asked
// now whether its license is valid, and leaves no trace of having asked. Everybody
// with the dashboard may, of their own profile's and those below. Kinds: NotFound.
func (a *App) AgentCheckup(ctx context.Context, actor plaza.Actor, agent string) (c plaza.Checkup, err error) {
	err = a.see(ctx, actor, plaza.AgentRead, agent, func(tx *store.Tx) error {
		of, err := tx.Agent(ctx, actor.Scope(), agent)
		if err != nil {
			return err
		}
		s, err := a.standing(ctx, tx, actor, of.License.ID)
		if err != nil {
			return err
		}
		c = checkup(s, a.now())
		return nil
	})
	return c, err
}

// checkup asks for every machine as it would itself.
func checkup(s plaza.Standing, now time.Time) plaza.Checkup {
	c := plaza.Checkup{License: s.License}
	if len(s.Machines) == 0 {
		c.Verdicts = append(c.Verdicts, plaza.MachineVerdict{Verdict: s.CheckBare(now)})
	}
	for _, m := range s.Machines {
		scope := plaza.CheckScope{Product: plaza.Give(s.Product), Fingerprint: plaza.Give(m.Fingerprint)}
		c.Verdicts = append(c.Verdicts, plaza.MachineVerdict{Verdict: s.Check(scope, now), Machine: m})
	}
	return c
}

// standing reads what a check looks at, as the database has it.
func (a *App) standing(ctx context.Context, tx *store.Tx, actor plaza.Actor, license string) (s plaza.Standing, err error) {
	l, err := tx.FleetLicenseByID(ctx, actor.Scope(), license)
	if err != nil {
		return s, err
	}
	terms, err := plaza.ParseTerms(l.Terms)
	if err != nil {
		return s, err
	}
	terms.Floating = terms.Floating || l.Machines > 1
	s = plaza.Standing{License: l.License, Terms: &terms, Term: termOf(l.Months), PlanMade: l.PlanMade}
	if s.Product, err = tx.Setting(ctx, productID); err != nil {
		return s, err
	}
	if s.Machines, err = tx.Activations(ctx, actor.Scope(), license, false); err != nil {
		return s, err
	}
	processes, err := tx.Processes(ctx, actor.Scope(), license, "")
	for i := range s.Machines {
		for _, p := range processes {
			if p.Activation == s.Machines[i].ID && p.Status(&terms, a.now()) != plaza.HeartbeatDead {
				s.Machines[i].Processes++
			}
		}
	}
	return s, err
}
