package ctl

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/client"
)

func (t *tool) agentWatch() *cobra.Command {
	var (
		f     client.AgentFilter
		every time.Duration
	)
	cmd := t.command("watch", "List ConnectAgents, then say what changes until you stop it", cobra.NoArgs, func(ctx context.Context, c *client.Client, _ []string) (err error) {
		if t.output == asCSV {
			return misused("what changes is written as a table or as JSON")
		}
		if every < 2*time.Second {
			return misused("look every two seconds at most: heartbeats come once a minute")
		}
		if f.Profile, err = findProfile(ctx, c, f.Profile); err != nil {
			return err
		}
		if err := t.watch(ctx, c, f, every); !errors.Is(err, context.Canceled) { // which is how one stops it
			return err
		}
		return nil
	})
	agentFilter(cmd, &f)
	cmd.Flags().DurationVar(&every, "every", 10*time.Second, "how often to look")
	return cmd
}

// watch says what changes until ctx ends. What passes, such as a restart of the server,
// does not end it.
func (t *tool) watch(ctx context.Context, c *client.Client, f client.AgentFilter, every time.Duration) error {
	var before map[string]client.Agent
	for {
		now, err := t.look(ctx, c, f)
		switch {
		case err != nil && (before == nil || t.code(err) != unavailable):
			return err
		case err != nil:
			fmt.Fprintf(t.Err, "plazactl: %s; trying again\n", safe(err.Error()))
		case before == nil:
			all := slices.SortedFunc(maps.Values(now), func(a, b client.Agent) int { return strings.Compare(a.Name+a.ID, b.Name+b.ID) })
			if err := t.first(all); err != nil {
				return err
			}
			before = now
		default:
			for _, s := range steps(before, now, t.Now()) {
				if err := t.tell(s); err != nil {
					return err
				}
			}
			before = now
		}
		if err := t.Wait(ctx, every); err != nil {
			return err
		}
	}
}

// look returns the ConnectAgents as they are, by their ID.
func (*tool) look(ctx context.Context, c *client.Client, f client.AgentFilter) (map[string]client.Agent, error) {
	all := map[string]client.Agent{}
	for a, err := range client.Each(ctx, c.Agents, f, whole) {
		if err != nil {
			return nil, err
		}
		all[a.ID] = a
	}
	return all, nil
}

// first writes how things stand when watching begins: in JSON they are steps from nothing.
func (t *tool) first(all []client.Agent) error {
	if t.output == asTable {
		return list(t, slice(all, nil), agentColumns())
	}
	for _, a := range all {
		if err := t.tell(step{At: t.Now().UTC(), ID: a.ID, Name: a.Name, Profile: a.Profile, To: statusOf(a), Message: a.Message}); err != nil {
			return err
		}
	}
	return nil
}

// step is a change of one ConnectAgent.
type step struct {
	At      time.Time   `json:"at"`
	ID      string      `json:"id"`
	Name    string      `json:"name"`
	Profile client.Ref  `json:"profile"`
	From    agentStatus `json:"from"` // empty: it was not there
	To      agentStatus `json:"to"`   // empty: it is not there any more
	Message string      `json:"message"`
}

// agentStatus is how a ConnectAgent is heard of and how it says it is, in one word.
type agentStatus string

func statusOf(a client.Agent) agentStatus {
	if a.Liveness == plaza.Online && a.Health != plaza.HealthOK && a.Health != "" {
		return agentStatus(a.Health)
	}
	return agentStatus(a.Liveness)
}

// steps returns what is otherwise now than before, in the order of names.
func steps(before, now map[string]client.Agent, at time.Time) (all []step) {
	ids := maps.Clone(now)
	maps.Copy(ids, before)
	for id := range ids {
		was, there := before[id]
		is, stays := now[id]
		s := step{At: at.UTC(), ID: id, Name: is.Name, Profile: is.Profile, Message: is.Message}
		if there {
			s.From = statusOf(was)
		}
		if stays {
			s.To = statusOf(is)
		} else {
			s.Name, s.Profile = was.Name, was.Profile
		}
		if s.From != s.To {
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(a, b step) int { return strings.Compare(a.Name+a.ID, b.Name+b.ID) })
	return all
}

// tell writes a step.
func (t *tool) tell(s step) error {
	if t.output == asJSON {
		return json.NewEncoder(t.Out).Encode(s)
	}
	change := string(s.From) + " → " + string(s.To)
	switch {
	case s.From == "":
		change = "new, " + string(s.To)
	case s.To == "":
		change = "gone"
	}
	line := fmt.Sprintf("%s  %s (%s)  %s", s.At.In(t.Zone).Format(time.TimeOnly), s.Name, s.Profile.Name, change)
	if s.Message != "" {
		line += "  " + s.Message
	}
	_, err := fmt.Fprintln(t.Out, safe(line))
	return err
}
