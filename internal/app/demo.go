package app

import (
	"context"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// What MadeBy says of an installation.
const (
	MadeBySetup      = "setup"
	MadeByDemo       = "demo"
	MadeByUnfinished = "unfinished demo" // the demo world is being made, or its making failed
)

// FinishDemo notes that the demo world is complete. Only [plaza.Installer] may.
// Kinds: Conflict unless one was begun.
func (a *App) FinishDemo(ctx context.Context, actor plaza.Actor) error {
	if err := a.may(ctx, actor, plaza.Install); err != nil {
		return err
	}
	return a.db.Tx(ctx, func(tx *store.Tx) error {
		by, err := tx.Setting(ctx, madeBy)
		if err == nil && by != MadeByUnfinished {
			err = plaza.Errorf(plaza.Conflict, "setup.done_already")
		}
		if err != nil {
			return err
		}
		if err := tx.PutSetting(ctx, madeBy, MadeByDemo); err != nil {
			return err
		}
		return tx.Analyze(ctx)
	})
}

// ReportingAgents returns every ConnectAgent that has been heard of. Only
// [plaza.Simulator] may, which speaks for them.
func (a *App) ReportingAgents(ctx context.Context, actor plaza.Actor) (all []plaza.ConnectAgent, err error) {
	if err := a.may(ctx, actor, plaza.AgentReport); err != nil {
		return nil, err
	}
	heard := plaza.AgentFilter{Liveness: []plaza.Liveness{plaza.Online, plaza.Overdue, plaza.Offline}}
	page := plaza.Page{Size: plaza.MaxPageSize}
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		for {
			list, err := tx.Agents(ctx, plaza.Everyone("the simulator speaks for every agent"), heard, page, a.now())
			if err != nil {
				return err
			}
			all = append(all, list.Rows...)
			if page.After = list.Next; page.After == "" {
				return nil
			}
		}
	})
	return all, err
}
