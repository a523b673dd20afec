package app

import (
	"context"
	"io"
	"slices"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/agentkit"
	"github.com/connectplaza/plaza/internal/store"
)

// DownloadAgent returns a ZIP file with everything to run a ConnectAgent on a
// platform. It holds the license key, and so is recorded as showing that, too; the
// same people may: owners, administrators and managers, of their own profile's and
// those below. Kinds: Invalid, NotFound, Conflict if the license has ended.
func (a *App) DownloadAgent(ctx context.Context, actor plaza.Actor, id string, on plaza.AgentPlatform) (f plaza.File, err error) {
	var kit agentkit.Kit
	var program *file
	event := plaza.AuditEvent{Verb: plaza.AgentDownload, ObjectKind: "agent", Object: id}
	err = a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		agent, err := tx.Agent(ctx, actor.Scope(), id)
		if err != nil {
			return err
		}
		if !slices.Contains(plaza.AgentPlatforms(), on) {
			return &plaza.Error{Kind: plaza.Invalid, Msg: plaza.T("error.invalid"), Fields: map[string]plaza.Text{"platform": plaza.T("problem.platform")}}
		}
		if !agent.License.Ended.IsZero() {
			return plaza.Errorf(plaza.Conflict, "license.ended_already")
		}
		e.About(agent.Profile, "agent", agent.ID, agent.Name)
		e.Changed("platform", "", string(on))
		err = a.entail(ctx, tx, actor, plaza.AuditEvent{Verb: plaza.LicenseReveal}, func(_ *store.Tx, e *plaza.AuditEvent) error {
			e.About(agent.Profile, "license", agent.License.ID, agent.Name)
			return nil
		})
		if err != nil {
			return err
		}
		f.Name = plaza.Slug("connectagent "+agent.Name+" "+string(on)) + ".zip"
		if kit, err = a.agentKit(ctx, tx, actor, agent); err != nil {
			return err
		}
		kit.System = on.System()
		program, err = a.program(ctx, tx, actor, agent, on)
		return err
	})
	if err != nil {
		return plaza.File{}, err
	}
	if program != nil { // it is large: nobody waits for it to be packed
		if kit.Program, err = io.ReadAll(program); err != nil {
			return plaza.File{}, err
		}
	}
	f.Data, err = kit.Zip()
	return f, err
}

// agentKit returns what a ConnectAgent is told. It is given the public keys that
// sign now or later, and those before, by which its license key may be signed.
func (a *App) agentKit(ctx context.Context, tx *store.Tx, actor plaza.Actor, agent plaza.ConnectAgent) (k agentkit.Kit, err error) {
	sealed, err := tx.LicenseKeySealed(ctx, actor.Scope(), agent.License.ID)
	if err != nil {
		return k, err
	}
	key, err := a.openKey(agent.License, sealed)
	if err != nil {
		return k, err
	}
	ring, err := a.keyring(ctx, tx)
	if err != nil {
		return k, err
	}
	const interval = int(plaza.HeartbeatInterval / time.Second)
	k.Made = a.now()
	public, former := ring.public(k.Made)
	k.Config = agentkit.Config{
		Server: a.url, Account: ring.wire.Account, Product: ring.wire.Product, PublicKeys: public, FormerKeys: former, LicenseKey: key,
		Name: agent.Name, HeartbeatInterval: interval, CheckInterval: interval, GraceDays: agent.License.GraceDays,
	}
	return k, nil
}

// program returns the newest program for a platform that the agent's license may
// have; nil if there is none. It can be read once tx has ended.
func (a *App) program(ctx context.Context, tx *store.Tx, actor plaza.Actor, agent plaza.ConnectAgent, on plaza.AgentPlatform) (*file, error) {
	s, err := a.standing(ctx, tx, actor, agent.License.ID)
	if err != nil {
		return nil, err
	}
	build, ok, err := newestBuild(ctx, tx, s, agent.Build, string(on))
	if err != nil || !ok {
		return nil, err
	}
	return a.file(ctx, build), nil
}
