package connectagent

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/connectplaza/plaza/internal/licensekey"
)

// statusCommand is connectagent status.
type statusCommand struct {
	place
}

// Run says what the agent last knew, and fails if it may not run.
func (c *statusCommand) Run(ctx context.Context, env Env) error {
	a, err := c.open(ctx, env)
	if err != nil {
		return err
	}
	now, stands := a.time.now(), a.standing()
	verdict := "the server has not been asked yet"
	if a.state.Code != "" {
		verdict = reason(a.state.Code)
	}
	activation := "none"
	switch {
	case a.state.Machine != "":
		activation = a.state.Machine
	case !a.state.Deactivated.IsZero():
		activation += ", deactivated on " + inUTC(a.state.Deactivated)
		if a.state.Code == "" {
			verdict = "not asked about since this machine was deactivated"
		}
	}
	if !a.state.Activated.IsZero() {
		activation += ", since " + inUTC(a.state.Activated)
	}
	if a.state.Cloned {
		activation += ", CLONED: another ConnectAgent beats with the same fingerprint"
	}
	rows := [][2]string{
		{"May run", "yes"},
		{"License", verdict},
		{"Fingerprint", a.host.Fingerprint},
		{"Activation", activation},
		{"Last heartbeat", ago(now, a.state.LastBeat)},
		{"Last check", ago(now, a.state.LastCheck)},
		{"Valid offline until", a.offline(now)},
	}
	if a.state.Detail != "" {
		rows = append(rows, [2]string{"The server says", a.state.Detail})
	}
	if a.unfit != nil {
		rows = append(rows, [2]string{"Machine file", a.unfit.Error()})
	}
	if !stands.Works {
		rows[0][1] = "no: " + stands.Why
	}
	env.table(rows)
	if !stands.Works {
		return errSaid
	}
	return nil
}

// offline says until when a may work without the server.
func (a *agent) offline(now time.Time) string {
	until, why := a.until()
	switch {
	case until.IsZero() && why != "":
		return "not at all: there is no machine file"
	case until.IsZero():
		return "without end"
	case !now.Before(until):
		return inUTC(until) + ", which has passed"
	}
	return inUTC(until)
}

// ago says when something was.
func ago(now, t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return fmt.Sprintf("%s, %s ago", inUTC(t), now.Sub(t).Round(time.Second))
}

// table writes rows of a name and a value.
func (env Env) table(rows [][2]string) {
	w := tabwriter.NewWriter(env.Out, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%s\n", r[0], r[1])
	}
	_ = w.Flush() // as with every other line, nobody is left to tell
}

// licenseCommand is connectagent license.
type licenseCommand struct {
	place
}

// Run says what the machine file says of the license, or without one what the key does.
func (c *licenseCommand) Run(ctx context.Context, env Env) error {
	a, err := c.open(ctx, env)
	if err != nil {
		return err
	}
	key := "…" + licensekey.Hint(a.config.LicenseKey)
	if g := a.grant; g != nil {
		modules := strings.Join(g.Entitlements, ", ")
		if modules == "" {
			modules = "none"
		}
		rows := [][2]string{{"License", g.Name}, {"ID", g.License}, {"Key", key}}
		if g.Ends.IsZero() {
			rows = append(rows, [2]string{"Ends", inUTC(g.Expires)})
		} else {
			rows = append(rows, [2]string{"Ends", inUTC(g.Ends)}, [2]string{"May go on until", inUTC(g.Expires) + ", its days of grace included"})
		}
		env.table(append(rows, [][2]string{
			{"Entitlements", modules},
			{"Machine", g.Machine},
			{"Machine file", "issued " + inUTC(g.Issued) + ", expires " + inUTC(g.Expiry)},
		}...))
		return nil
	}
	if a.unfit != nil {
		env.say("%s", a.unfit)
	}
	d, err := a.config.dataset()
	if err != nil {
		env.table([][2]string{{"Key", key}})
		env.say("There is no machine file yet, and the key tells nothing by itself.")
		return errSaid
	}
	until := inUTC(d.Expiry)
	if !d.Expiry.IsZero() {
		until += ", any days of grace included"
	}
	env.table([][2]string{{"ID", d.License}, {"Key", key}, {"Issued", inUTC(d.Created)}, {"May go on until", until}})
	env.say("There is no machine file yet: this is what the key says of the time it was issued.")
	return nil
}
