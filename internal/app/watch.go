package app

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

const (
	statesKept = 90 * 24 * time.Hour
	atOnce     = 500 // whose states are written in one transaction
	storm      = 5   // of a profile that may turn at the same time before one mail speaks of all
)

// WatchAgents adds to the history of ConnectAgents what changed by itself, as they
// fall silent or are back, and tells those whom alarms name. It may be done by
// several at once, and again. Silence that began before since, when whoever asks
// began to listen, or before this node could tell it from a leap of its clock or its
// own deafness, raises no alarm. Only [plaza.Janitor] may.
func (a *App) WatchAgents(ctx context.Context, actor plaza.Actor, since time.Time) error {
	if err := a.may(ctx, actor, plaza.AgentWatch); err != nil {
		return err
	}
	if err := a.noteStates(ctx); err != nil {
		return err
	}
	now := a.now()
	if listens := a.listens(); listens.After(since) {
		since = listens
	}
	return a.db.Tx(ctx, func(tx *store.Tx) error {
		raised, err := tx.RaiseAlarms(ctx, everyAgent(), now, since)
		if err != nil {
			return err
		}
		back, err := tx.ClearAlarms(ctx, everyAgent(), now)
		if err != nil {
			return err
		}
		return a.tellTurns(ctx, tx, slices.Concat(raised, back))
	})
}

func everyAgent() plaza.Scope { return plaza.Everyone("the janitor watches every agent") }

// noteStates looks without keeping anybody from writing, and writes in portions.
func (a *App) noteStates(ctx context.Context) error {
	var ids []string
	now := a.now()
	err := a.db.Read(ctx, func(tx *store.Tx) (err error) {
		ids, err = tx.Shifted(ctx, everyAgent(), now, 100*atOnce)
		return err
	})
	for part := range slices.Chunk(ids, atOnce) {
		if err == nil {
			err = a.db.Tx(ctx, func(tx *store.Tx) error {
				if err := tx.HoldTree(ctx); err != nil { // who is above, and told of it, stays so
					return err
				}
				return a.noteStatesOf(ctx, tx, everyAgent(), part, now)
			})
		}
	}
	return err
}

// tellTurns tells of alarms that were raised or are over: of many in one profile at
// once, in one mail and one notice.
func (a *App) tellTurns(ctx context.Context, tx *store.Tx, all []plaza.AlarmTurn) error {
	slices.SortStableFunc(all, func(x, y plaza.AlarmTurn) int { return strings.Compare(turnKey(x), turnKey(y)) })
	for len(all) > 0 {
		n := 1
		for n < len(all) && turnKey(all[n]) == turnKey(all[0]) {
			n++
		}
		portions := [][]plaza.AlarmTurn{all[:n]}
		if n <= storm {
			portions = slices.Collect(slices.Chunk(all[:n], 1))
		}
		for _, some := range portions {
			if err := a.tellTurn(ctx, tx, some); err != nil {
				return err
			}
		}
		all = all[n:]
	}
	return nil
}

// turnKey is what those turns have in common that are told together.
func turnKey(t plaza.AlarmTurn) string { return t.Profile + strconv.FormatBool(t.Back) }

func (a *App) tellTurn(ctx context.Context, tx *store.Tx, some []plaza.AlarmTurn) error {
	first := some[0]
	people, err := tx.LoginsWithRole(ctx, first.Profile, plaza.ManagingRoles()...)
	if err != nil {
		return err
	}
	kind, about := plaza.NoticeAgentSilent, first.AgentName
	switch {
	case len(some) > 1 && first.Back:
		kind, about = plaza.NoticeAgentsBack, strconv.Itoa(len(some))
	case len(some) > 1:
		kind, about = plaza.NoticeAgentsSilent, strconv.Itoa(len(some))
	case first.Back:
		kind = plaza.NoticeAgentBack
	}
	if err := a.notify(ctx, tx, kind, about, first.Agent, people...); err != nil {
		return err
	}
	byAddress := map[string][]plaza.AlarmTurn{}
	var addresses []string
	for _, t := range some {
		if byAddress[t.Address] == nil {
			addresses = append(addresses, t.Address)
		}
		byAddress[t.Address] = append(byAddress[t.Address], t)
	}
	for _, address := range addresses {
		if err := a.postTurn(ctx, tx, address, byAddress[address]); err != nil {
			return err
		}
	}
	return nil
}

// postTurn mails of some turns of one sort to one address.
func (a *App) postTurn(ctx context.Context, tx *store.Tx, address string, some []plaza.AlarmTurn) error {
	first := some[0]
	kind, key, path := plaza.MailAgentSilent, "mail.agent_silent.", "/agents/"+first.Agent
	if first.Back {
		kind, key = plaza.MailAgentBack, "mail.agent_back."
	}
	l := letter{button: plaza.T(key + "button")}
	if len(some) == 1 {
		l.subject = plaza.T(key+"subject", "Agent", first.AgentName)
		l.lines = []plaza.Text{plaza.T(key+"body", "Agent", first.AgentName, "Profile", first.ProfileName, "Silent", a.now().Sub(first.Seen), "After", first.After)}
	} else {
		path = "/monitor?profile=" + first.Profile
		l.subject = plaza.T(key+"subject_many", "Count", len(some), "Profile", first.ProfileName)
		l.lines = []plaza.Text{plaza.T(key+"body_many", "Count", len(some), "Profile", first.ProfileName)}
		l.as = turnNames(some)
	}
	l.path = path
	return a.post(ctx, tx, kind, first.Profile, recipient{address: address, name: first.ProfileName}, l)
}

// turnNames lists whom a mail is about, a line each, and how many more there are.
func turnNames(some []plaza.AlarmTurn) string {
	const most = 100
	var lines []string
	for _, t := range some[:min(len(some), most)] {
		lines = append(lines, t.AgentName)
	}
	if len(some) > most {
		lines = append(lines, "… +"+strconv.Itoa(len(some)-most))
	}
	return strings.Join(lines, "\n")
}

// AgentStates returns how a ConnectAgent was from a time on, and with which state
// that began. Everybody with the dashboard may, of their own profile's and those
// below.
func (a *App) AgentStates(ctx context.Context, actor plaza.Actor, agent string, from time.Time) (all []plaza.AgentState, err error) {
	err = a.see(ctx, actor, plaza.AgentRead, "", func(tx *store.Tx) error {
		all, err = tx.AgentStates(ctx, actor.Scope(), agent, from)
		return err
	})
	return all, err
}
