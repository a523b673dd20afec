package agentapi

import (
	"context"
	"net/http"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/door"
)

// route is one way in, below the base.
type route struct {
	method  string
	pattern string
	verb    plaza.Verb // what an agent must be allowed to do; empty: anybody may
	object  string     // kind of what the ID in pattern is of
	guests  bool       // whoever comes without a credential is let in
	beats   bool       // it is a heartbeat, which is never refused for there being many
	do      func(context.Context, *exchange) error
}

// String is the route as it may be logged: paths hold keys.
func (r *route) String() string {
	if r == nil {
		return "none"
	}
	return r.method + " " + base + r.pattern
}

// base is where the routes begin; the other one names the account.
const (
	base        = "/v1/"
	baseAccount = "/v1/accounts/{account}/"
)

// Routes returns every way in, as the register of routes has them.
func Routes() []door.Route {
	var all []door.Route
	for _, r := range routes() {
		for _, b := range []string{base, baseAccount} {
			all = append(all, door.Route{Method: r.method, Pattern: b + r.pattern, Verb: r.verb, Object: r.object, Public: r.verb == ""})
		}
	}
	return all
}

// routes is the table of agent API 4, in its order.
func routes() []route {
	const (
		get, post, patch, del = http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodDelete

		license, machine, component, process, release = "license", "activation", "component", "process", "release"
	)
	return []route{
		{method: get, pattern: "ping", guests: true, beats: true, do: ping},
		{method: get, pattern: "me", verb: plaza.AgentCheck, do: showLicense},
		{method: get, pattern: "licenses/{id}", verb: plaza.AgentCheck, object: license, do: showLicense},
		{method: get, pattern: "licenses/{id}/actions/validate", verb: plaza.AgentCheck, object: license, do: validateBare},
		{method: post, pattern: "licenses/{id}/actions/validate", verb: plaza.AgentCheck, object: license, do: validate},
		{method: post, pattern: "licenses/actions/validate-key", guests: true, do: validateKey},
		{method: post, pattern: "licenses/{id}/actions/check-out", verb: plaza.FileCheckOut, object: license, do: checkOutLicense},
		{method: get, pattern: "licenses/{id}/actions/check-out", verb: plaza.FileCheckOut, object: license, do: checkOutLicense},
		{method: get, pattern: "licenses/{id}/machines", verb: plaza.AgentCheck, object: license, do: listMachines},
		{method: get, pattern: "licenses/{id}/machines/{m}", verb: plaza.AgentCheck, object: license, do: showMachine},
		{method: get, pattern: "licenses/{id}/entitlements", verb: plaza.AgentCheck, object: license, do: listEntitlements},
		{method: get, pattern: "licenses/{id}/entitlements/{eid}", verb: plaza.AgentCheck, object: license, do: showEntitlement},

		{method: get, pattern: "machines", verb: plaza.AgentCheck, do: listMachines},
		{method: post, pattern: "machines", verb: plaza.AgentActivate, do: activate},
		{method: get, pattern: "machines/{m}", verb: plaza.AgentCheck, object: machine, do: showMachine},
		{method: patch, pattern: "machines/{m}", verb: plaza.AgentDescribe, object: machine, do: describe},
		{method: del, pattern: "machines/{m}", verb: plaza.AgentRelease, object: machine, do: deactivate},
		{method: post, pattern: "machines/{m}/actions/ping", verb: plaza.AgentCheck, object: machine, beats: true, do: pingMachine},
		{method: post, pattern: "machines/{m}/actions/ping-heartbeat", verb: plaza.AgentCheck, object: machine, beats: true, do: pingMachine},
		{method: post, pattern: "machines/{m}/actions/reset", verb: plaza.AgentCheck, object: machine, do: reset},
		{method: post, pattern: "machines/{m}/actions/reset-heartbeat", verb: plaza.AgentCheck, object: machine, do: reset},
		{method: post, pattern: "machines/{m}/actions/check-out", verb: plaza.FileCheckOut, object: machine, do: checkOutMachine},
		{method: get, pattern: "machines/{m}/actions/check-out", verb: plaza.FileCheckOut, object: machine, do: checkOutMachine},
		{method: post, pattern: "machines/{m}/actions/report", verb: plaza.AgentDescribe, object: machine, do: report},
		{method: post, pattern: "machines/{m}/actions/goodbye", verb: plaza.AgentCheck, object: machine, do: goodbye},
		{method: get, pattern: "machines/{m}/components", verb: plaza.AgentCheck, object: machine, do: listComponents},
		{method: get, pattern: "machines/{m}/components/{id}", verb: plaza.AgentCheck, object: machine, do: showComponent},
		{method: get, pattern: "machines/{m}/processes", verb: plaza.AgentCheck, object: machine, do: listProcesses},
		{method: get, pattern: "machines/{m}/processes/{id}", verb: plaza.AgentCheck, object: machine, do: showProcess},

		{method: post, pattern: "components", verb: plaza.AgentDescribe, do: addComponent},
		{method: get, pattern: "components", verb: plaza.AgentCheck, do: listComponents},
		{method: get, pattern: "components/{id}", verb: plaza.AgentCheck, object: component, do: showComponent},
		{method: patch, pattern: "components/{id}", verb: plaza.AgentDescribe, object: component, do: renameComponent},
		{method: del, pattern: "components/{id}", verb: plaza.AgentDescribe, object: component, do: removeComponent},

		{method: post, pattern: "processes", verb: plaza.AgentDescribe, do: spawn},
		{method: get, pattern: "processes", verb: plaza.AgentCheck, do: listProcesses},
		{method: get, pattern: "processes/{id}", verb: plaza.AgentCheck, object: process, do: showProcess},
		{method: del, pattern: "processes/{id}", verb: plaza.AgentDescribe, object: process, do: endProcess},
		{method: post, pattern: "processes/{id}/actions/ping", verb: plaza.AgentCheck, object: process, beats: true, do: pingProcess},

		{method: get, pattern: "releases/{r}", verb: plaza.AgentCheck, object: release, do: showRelease},
		{method: get, pattern: "releases/{r}/upgrade", verb: plaza.AgentCheck, object: release, do: upgrade},
		{method: get, pattern: "releases/{r}/artifacts", verb: plaza.AgentCheck, object: release, do: listArtifacts},
		{method: get, pattern: "releases/{r}/artifacts/{a}", verb: plaza.AgentCheck, object: release, do: fetchArtifact},
	}
}
