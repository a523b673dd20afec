package ctl

import (
	"context"
	"iter"
	"regexp"
	"strings"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/client"
)

var uuid = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// whole is as much of a list as one page can have.
var whole = client.Page{Limit: 200} //nolint:gochecknoglobals // a constant

// find returns the ID of the one thing in all that is called name; of returns the ID of a
// thing and what it is called. An ID is its own.
func find[T any](kind, name string, all iter.Seq2[T, error], of func(T) (id string, names []string)) (string, error) {
	if uuid.MatchString(name) {
		return name, nil
	}
	found := ""
	for one, err := range all {
		if err != nil {
			return "", err
		}
		id, names := of(one)
		for _, n := range names {
			if n == "" || !strings.EqualFold(n, name) || id == found {
				continue
			}
			if found != "" {
				return "", misused("more than one %s is called %q: give the ID", kind, name)
			}
			found = id
		}
	}
	if found == "" {
		return "", &client.Problem{Code: plaza.NotFound, Detail: "no " + kind + " is called \"" + name + "\""}
	}
	return found, nil
}

func findProfile(ctx context.Context, c *client.Client, name string) (string, error) {
	if name == "" {
		return "", nil // one's own
	}
	return find("profile", name, client.Each(ctx, c.Profiles, client.ProfileFilter{Text: name}, whole), func(p client.Profile) (string, []string) {
		return p.ID, []string{p.Name}
	})
}

func findPlan(ctx context.Context, c *client.Client, name string) (string, error) {
	if name == "" {
		return "", nil // none is wanted
	}
	return find("plan", name, slice(c.Plans(ctx)), func(p client.Plan) (string, []string) { return p.ID, []string{p.Name} })
}

// findLicense finds one by its name, by what its ConnectAgent is called, or by the end of
// its key.
func findLicense(ctx context.Context, c *client.Client, name string) (string, error) {
	return find("license", name, client.Each(ctx, c.Licenses, client.LicenseFilter{Text: name}, whole), func(l client.License) (string, []string) {
		names := []string{l.Name, l.KeyHint, l.BillingID}
		if l.Agent != nil {
			names = append(names, l.Agent.Name)
		}
		return l.ID, names
	})
}

func findAgent(ctx context.Context, c *client.Client, name string) (string, error) {
	return find("ConnectAgent", name, client.Each(ctx, c.Agents, client.AgentFilter{Text: name}, whole), func(a client.Agent) (string, []string) {
		return a.ID, []string{a.Name}
	})
}

func findLogin(ctx context.Context, c *client.Client, name string) (string, error) {
	return find("login", name, client.Each(ctx, c.Logins, client.LoginFilter{Text: name}, whole), func(l client.Login) (string, []string) {
		return l.ID, []string{l.Email, l.Name}
	})
}

// slice returns what is there as a whole as if it came one by one.
func slice[T any](all []T, err error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		if err != nil {
			yield(*new(T), err)
			return
		}
		for _, one := range all {
			if !yield(one, nil) {
				return
			}
		}
	}
}
