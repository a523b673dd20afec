package ctl

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/client"
)

func tileColumns() []column[client.Tile] {
	return []column[client.Tile]{
		col("id", func(a client.Tile) any { return a.ID }),
		col("profile", func(a client.Tile) any { return a.Profile }),
		col("name", func(a client.Tile) any { return a.Name }),
		col("state", func(a client.Tile) any { return a.State }),
		col("seen", func(a client.Tile) any { return a.SeenAt }),
		col("version", func(a client.Tile) any { return a.Build }),
		col("message", func(a client.Tile) any { return a.Message }),
	}
}

func (t *tool) agentWatch() *cobra.Command {
	var (
		f     client.WallFilter
		every time.Duration
	)
	cmd := t.command("watch", "List ConnectAgents, then say what changes until you stop it", cobra.NoArgs, func(ctx context.Context, c *client.Client, _ []string) (err error) {
		if t.output == asCSV {
			return misused("what changes is written as a table or as JSON")
		}
		if every < time.Second {
			return misused("look once a second at most: heartbeats come once a minute")
		}
		if f.Profile, err = findProfile(ctx, c, f.Profile); err != nil {
			return err
		}
		if err := t.watch(ctx, c, f, every); !errors.Is(err, context.Canceled) { // which is how one stops it
			return err
		}
		return nil
	})
	cmd.Flags().StringVar(&f.Text, "text", "", "part of the name or of its profile's name")
	cmd.Flags().StringVar(&f.Profile, "profile", "", "of this profile only")
	some(cmd, &f.States, "state", plaza.AgentStatuses(), "how they are; one that comes to be otherwise is gone")
	cmd.Flags().DurationVar(&every, "every", 5*time.Second, "how often to look")
	return cmd
}

// watch says what changes until ctx ends. What passes, such as a restart of the server,
// does not end it.
func (t *tool) watch(ctx context.Context, c *client.Client, f client.WallFilter, every time.Duration) error {
	var known map[string]client.Tile
	turn := ""
	for {
		wall, err := c.Watch(ctx, f, turn)
		switch {
		case err != nil && (known == nil || t.code(err) != unavailable):
			return err
		case err != nil:
			fmt.Fprintf(t.Err, "plazactl: %s; trying again\n", safe(err.Error()))
		case wall.Crowded:
			return misused("there are more than %d: choose fewer", plaza.MostTiles)
		default:
			if known, err = t.see(known, wall); err != nil {
				return err
			}
			turn = wall.Turn
		}
		if err := t.Wait(ctx, every); err != nil {
			return err
		}
	}
}

// see writes what is otherwise in wall than it is known, and returns what is known then.
func (t *tool) see(known map[string]client.Tile, wall client.Wall) (map[string]client.Tile, error) {
	now := map[string]client.Tile{}
	if !wall.Whole {
		maps.Copy(now, known)
	}
	for _, a := range wall.Agents {
		now[a.ID] = a
	}
	for _, id := range wall.Gone {
		delete(now, id)
	}
	if known == nil && t.output == asTable {
		return now, list(t, slice(inOrder(now), nil), tileColumns())
	}
	for _, s := range steps(known, now, wall.At) {
		if err := t.tell(s); err != nil {
			return now, err
		}
	}
	return now, nil
}

func inOrder(all map[string]client.Tile) []client.Tile {
	return slices.SortedFunc(maps.Values(all), func(a, b client.Tile) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
}

// step is a change of one ConnectAgent.
type step struct {
	At      time.Time         `json:"at"`
	ID      string            `json:"id"`
	Name    string            `json:"name"`
	Profile client.Ref        `json:"profile"`
	From    plaza.AgentStatus `json:"from"` // empty: it was not there
	To      plaza.AgentStatus `json:"to"`   // empty: it is not there any more
	Message string            `json:"message"`
}

// steps returns what is otherwise now than before, in the order of names.
func steps(before, now map[string]client.Tile, at time.Time) (all []step) {
	ever := maps.Clone(now)
	maps.Copy(ever, before)
	for _, a := range inOrder(ever) {
		was, is := before[a.ID], now[a.ID]
		if was.State != is.State {
			all = append(all, step{at, a.ID, cmp.Or(is.Name, was.Name), a.Profile, was.State, is.State, is.Message})
		}
	}
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
