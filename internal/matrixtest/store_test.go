package matrixtest

import (
	"context"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// call is a method of [store.Tx] on something of P's within a scope: what it
// returns.
type call func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error)

// calls returns every method that takes a scope, ready to be called.
func (w *world) calls() map[string]call {
	ids, now := w.ids["P"], w.Clock.Now()
	first := plaza.Page{}
	change := func(f func(*store.Tx, plaza.Scope) error) call {
		return func(_ context.Context, tx *store.Tx, s plaza.Scope) (any, error) { return nil, f(tx, s) }
	}
	ctx := context.Background()
	version := func(of thing) int {
		n := 0
		for _, c := range w.versions[ids[of]] {
			n = n*10 + int(c-'0')
		}
		return n
	}
	all := map[string]call{
		"Actings": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.Actings(ctx, s, ids[aProfile], plaza.ActingFilter{}, first, now)
		},
		"ActingIn": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.ActingIn(ctx, s, ids[aVisit])
		},
		"AuditEvents": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.AuditEvents(ctx, s, plaza.AuditFilter{}, first)
		},
		"UnsealedSince": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) { return tx.UnsealedSince(ctx, s) },

		"Agent": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.Agent(ctx, s, ids[anAgent])
		},
		"Agents": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.Agents(ctx, s, plaza.AgentFilter{}, first, now)
		},
		"AgentCounts": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.AgentCounts(ctx, s, now)
		},
		"Tiles": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) { return tx.Tiles(ctx, s, "", 100) },
		"Shifted": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.Shifted(ctx, s, now.Add(time.Hour), 100)
		},
		"NoteStates": change(func(tx *store.Tx, s plaza.Scope) error {
			if err := tx.NoteStates(ctx, s, []string{ids[anAgent]}, before()); err != nil { // there it has a line, and takes its state
				return err
			}
			return tx.NoteStates(ctx, s, []string{ids[anAgent]}, now.Add(time.Hour))
		}),
		"Export": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			who := w.exporter("P")
			return tx.Export(ctx, s, ids[anExport], who.ExportOwner(), now)
		},
		"Exports": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			who := w.exporter("P")
			return tx.Exports(ctx, s, who.ExportOwner(), now)
		},
		"ExportPart": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.ExportPart(ctx, s, ids[anExport], 1)
		},
		"ClaimExport": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.ClaimExport(ctx, s, now, now)
		},
		"AgentStates": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.AgentStates(ctx, s, ids[anAgent], now)
		},
		"DropAgentStates": change(func(tx *store.Tx, s plaza.Scope) error { return tx.DropAgentStates(ctx, s, now.AddDate(1, 0, 0)) }),
		"Report": change(func(tx *store.Tx, s plaza.Scope) error {
			_, err := tx.Report(ctx, s, ids[anAgent], plaza.Report{Health: plaza.HealthError, Message: "other"})
			return err
		}),
		"TrimNotifications": change(func(tx *store.Tx, s plaza.Scope) error { return tx.TrimNotifications(ctx, s, ids[anAgent], "", 1) }),
		"InsertNotification": change(func(tx *store.Tx, s plaza.Scope) error {
			return tx.InsertNotification(ctx, s, plaza.AgentNotification{ID: never, Agent: ids[anAgent], Level: plaza.LevelInfo, At: now, Received: now})
		}),
		"Notifications": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.Notifications(ctx, s, plaza.NotificationFilter{}, first, now)
		},
		"Acknowledge": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.Acknowledge(ctx, s, []string{ids[aNotification]}, ids[anOwner], now)
		},
		"Reopen": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.Reopen(ctx, s, []string{ids[aSeen]})
		},
		"Alarm": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.Alarm(ctx, s, ids[anAgent])
		},
		"PutAlarm": change(func(tx *store.Tx, s plaza.Scope) error {
			return tx.PutAlarm(ctx, s, plaza.AgentAlarm{Agent: ids[anAgent], After: time.Hour, Address: "other@example.com", Version: 1})
		}),
		"RaiseAlarms": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.RaiseAlarms(ctx, s, now.Add(time.Hour), now)
		},
		"ClearAlarms": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			everyone := plaza.Everyone("each has one to be cleared, and none afterwards")
			if _, err := tx.RaiseAlarms(ctx, everyone, now.Add(time.Hour), now); err != nil {
				return nil, err
			}
			back, err := tx.ClearAlarms(ctx, s, now)
			if err != nil {
				return nil, err
			}
			_, err = tx.ClearAlarms(ctx, everyone, now)
			return back, err
		},
		"RenameAgent": change(func(tx *store.Tx, s plaza.Scope) error {
			return tx.RenameAgent(ctx, s, plaza.ConnectAgent{ID: ids[anAgent], Name: "Other", Version: version(anAgent)})
		}),
		"PutHeartbeat": change(func(tx *store.Tx, s plaza.Scope) error {
			return tx.PutHeartbeat(ctx, s, plaza.Heartbeat{Agent: ids[anAgent], At: now, Health: plaza.HealthOK})
		}),
		"Activation": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.Activation(ctx, s, ids[anActivation])
		},
		"Activations": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.Activations(ctx, s, ids[anAgentLicense], true)
		},
		"Components": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.Components(ctx, s, ids[anAgentLicense], "")
		},
		"Processes": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.Processes(ctx, s, ids[anAgentLicense], "")
		},
		"FleetLicenseByID": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			l, err := tx.FleetLicenseByID(ctx, s, ids[anAgentLicense])
			return l.License, err
		},
		"FleetLicenses": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.FleetLicenses(ctx, s, "", 1000)
		},
		"FleetActivations": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.FleetActivations(ctx, s, "", "g")
		},
		"HoldLicense": change(func(tx *store.Tx, s plaza.Scope) error {
			if err := tx.HoldLicense(ctx, s, ids[anAgentLicense]); err != nil {
				return err
			}
			return tx.ChangedLicense(ctx, ids[anAgentLicense], now) // so that it shows that it was held
		}),
		"HoldLicenses": change(func(tx *store.Tx, s plaza.Scope) error {
			held, err := tx.HoldLicenses(ctx, s, []string{ids[aLicense], ids[anAgentLicense]})
			for _, id := range slices.Sorted(maps.Keys(held)) {
				err = errors.Join(err, tx.ChangedLicense(ctx, id, now)) // so that it shows that it was held
			}
			return err
		}),
		"Token": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.Token(ctx, s, ids[aToken])
		},
		"Tokens": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.Tokens(ctx, s, ids[aProfile], "", first)
		},
		"ExpiringTokens": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.ExpiringTokens(ctx, s, store.ExpiringToken{}, now, now.AddDate(1, 0, 0), 100)
		},
		"ToldToken": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.ToldToken(ctx, s, ids[aToken], 7)
		},
		"AdoptToken": change(func(tx *store.Tx, s plaza.Scope) error {
			return tx.AdoptToken(ctx, s, plaza.Token{ID: ids[aToken], Login: ids[aLogin], Version: version(aToken)}, []byte("another"))
		}),
		"RevokeToken": change(func(tx *store.Tx, s plaza.Scope) error {
			return tx.RevokeToken(ctx, s, plaza.Token{ID: ids[aToken], Revoked: now, Version: version(aToken)})
		}),
		"SettleAgent": change(func(tx *store.Tx, s plaza.Scope) error {
			return tx.SettleAgent(ctx, s, plaza.Activation{ID: ids[anActivation], Agent: ids[anAgent], Host: "other", Created: now})
		}),
		"DescribeActivation": change(func(tx *store.Tx, s plaza.Scope) error {
			return tx.DescribeActivation(ctx, s, plaza.Activation{ID: ids[anActivation], Host: "other", Updated: now})
		}),
		"EndActivation": change(func(tx *store.Tx, s plaza.Scope) error {
			return tx.EndActivation(ctx, s, plaza.Activation{ID: ids[anActivation], License: ids[anAgentLicense], Ended: now, EndedWhy: plaza.EndReleased})
		}),
		"MarkCloned": change(func(tx *store.Tx, s plaza.Scope) error {
			_, err := tx.MarkCloned(ctx, s, ids[anActivation], now)
			return err
		}),
		"CheckedOut": change(func(tx *store.Tx, s plaza.Scope) error {
			if err := tx.CheckedOut(ctx, s, ids[anAgentLicense], "", now); err != nil {
				return err
			}
			return tx.CheckedOut(ctx, s, ids[anAgentLicense], ids[anActivation], now)
		}),
		"SetFileUntil": change(func(tx *store.Tx, s plaza.Scope) error {
			return tx.SetFileUntil(ctx, s, ids[anActivation], now.AddDate(0, 0, 1))
		}),
		"SetBuild": change(func(tx *store.Tx, s plaza.Scope) error { return tx.SetBuild(ctx, s, ids[anAgentLicense], "9.9.9", now) }),
		"RenameComponent": change(func(tx *store.Tx, s plaza.Scope) error {
			return tx.RenameComponent(ctx, s, ids[aComponent], "other", now)
		}),
		"EndComponent": change(func(tx *store.Tx, s plaza.Scope) error { return tx.EndComponent(ctx, s, ids[aComponent], now) }),
		"BeginPulse": change(func(tx *store.Tx, s plaza.Scope) error {
			if err := tx.BeginPulse(ctx, s, ids[anActivation], now); err != nil {
				return err
			}
			return tx.ChangedLicense(ctx, ids[anAgentLicense], now) // so that it shows that it stood
		}),
		"DropProcesses": change(func(tx *store.Tx, s plaza.Scope) error {
			if err := tx.EndProcess(ctx, s, ids[aProcess], now); err != nil {
				return err
			}
			return tx.DropProcesses(ctx, s, now.Add(time.Second))
		}),
		"SilentMachines": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			all, _, err := tx.SilentMachines(ctx, s, "", 1000, now.Add(time.Hour))
			return all, err
		},
		"SilentProcesses": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			all, _, err := tx.SilentProcesses(ctx, s, "", 1000, now.Add(time.Hour))
			return all, err
		},
		"EndSilentProcess": change(func(tx *store.Tx, s plaza.Scope) error {
			return tx.EndSilentProcess(ctx, s, plaza.Process{ID: ids[aProcess], Beat: now.Add(time.Hour)}, now)
		}),
		"EndProcess": change(func(tx *store.Tx, s plaza.Scope) error { return tx.EndProcess(ctx, s, ids[aProcess], now) }),

		"SetSupportAccess": change(func(tx *store.Tx, s plaza.Scope) error {
			return tx.SetSupportAccess(ctx, s, plaza.Profile{ID: ids[aProfile], Access: plaza.AccessNever, Version: version(aProfile)})
		}),
		"Consent": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.Consent(ctx, s, ids[aConsent])
		},
		"Consents": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.Consents(ctx, s, ids[aProfile], now)
		},
		"ConsentOf": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.ConsentOf(ctx, s, w.ids["R"][anOwner], ids[aProfile], now)
		},
		"AnswerConsent": change(func(tx *store.Tx, s plaza.Scope) error {
			return tx.AnswerConsent(ctx, s, plaza.Consent{ID: ids[aConsent], Answer: plaza.ConsentGranted, Answered: now, Version: version(aConsent)})
		}),

		"License": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.License(ctx, s, ids[aLicense])
		},
		"LicenseKeySealed": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.LicenseKeySealed(ctx, s, ids[aLicense])
		},
		"Licenses": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.Licenses(ctx, s, plaza.LicenseFilter{}, first, now)
		},
		"LicenseCounts": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.LicenseCounts(ctx, s, now)
		},
		"LicenseEnds": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.LicenseEnds(ctx, s, now, now.AddDate(5, 0, 0))
		},
		"SetLicenseHalt": change(func(tx *store.Tx, s plaza.Scope) error {
			return tx.SetLicenseHalt(ctx, s, plaza.License{ID: ids[aLicense], Suspended: now, Updated: now, Version: version(aLicense)})
		}),
		"LicenseTerms": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.LicenseTerms(ctx, s, ids[aLicense])
		},
		"SetLicenseTerm": change(func(tx *store.Tx, s plaza.Scope) error {
			return tx.SetLicenseTerm(ctx, s, plaza.License{
				ID: ids[aLicense], Plan: w.Plans[plaza.Development].ID, Starts: now, Ends: now.AddDate(9, 0, 0), Machines: 3, Updated: now, Version: version(aLicense),
			})
		}),

		"Batch": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.Batch(ctx, s, ids[aBatch])
		},
		"Batches": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.Batches(ctx, s, first)
		},
		"BatchProblems": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.BatchProblems(ctx, s, ids[aBatch], 10)
		},
		"ClaimBatch": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			b, items, err := tx.ClaimBatch(ctx, s, 10)
			if len(items) == 0 {
				return b.ID, err
			}
			return []any{b, items}, err
		},
		"Import": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.Import(ctx, s, ids[aProfile], ids[anImport])
		},
		"HoldImport": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.HoldImport(ctx, s, ids[aProfile], ids[anImport])
		},
		"Imports": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.Imports(ctx, s, ids[aProfile], first)
		},
		"ImportParts": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.ImportParts(ctx, s, ids[anImport], 0, 9, true)
		},
		"OpenImports": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.OpenImports(ctx, s, w.owners["P"].Login)
		},
		"ImportFaults": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.ImportFaults(ctx, s, ids[anImport])
		},
		"ClaimImport": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			i, err := tx.ClaimImport(ctx, s, now, now.Add(time.Hour))
			return i.ID, err
		},
		"KeepImport": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			i, err := tx.Import(ctx, plaza.Everyone("to be worked on"), ids[aProfile], ids[anImport])
			if err != nil {
				return nil, err
			}
			i.Done = 2
			return tx.KeepImport(ctx, s, i, store.ImportPart{Number: 1}, now.Add(time.Hour))
		},
		"SetImport": change(func(tx *store.Tx, s plaza.Scope) error {
			i, err := tx.Import(ctx, plaza.Everyone("to be discarded"), ids[aProfile], ids[anImport])
			if err != nil {
				return err
			}
			i.State = plaza.ImportDiscarded
			return tx.SetImport(ctx, s, i)
		}),
		"LapseImports": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			if err := w.e.run("UPDATE imports SET state = 'faulty'"); err != nil { // each waits for somebody then
				return nil, err
			}
			return tx.LapseImports(ctx, s, now.Add(time.Hour), now, 100)
		},
		"ProfilesNamed": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.ProfilesNamed(ctx, s, []string{ids[aProfile]})
		},
		"ProfilesThere": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			p, err := tx.Profile(ctx, plaza.Everyone("to be asked for"), ids[aProfile])
			if err != nil {
				return nil, err
			}
			return tx.ProfilesThere(ctx, s, []string{strings.ToLower(p.Name)})
		},
		"LoginsThere": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			l, err := tx.Login(ctx, plaza.Everyone("to be asked for"), ids[anOwner])
			if err != nil {
				return nil, err
			}
			return tx.LoginsThere(ctx, s, []string{strings.ToLower(l.Email)})
		},
		"OlderEditions": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.OlderEditions(ctx, s, w.Plans[plaza.Development].ID, now)
		},
		"OlderLicenses": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.OlderLicenses(ctx, s, w.Plans[plaza.Development].ID, now, 9)
		},
		"ExpiringLicenses": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.ExpiringLicenses(ctx, s, store.Expiring{}, now, now.AddDate(5, 0, 0), true, 100)
		},
		"PassedEnds": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.PassedEnds(ctx, s, store.Passed{At: now}, now.AddDate(5, 0, 0), 100)
		},
		"ToldEnd": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			all, err := tx.ExpiringLicenses(ctx, plaza.Everyone("to be told of"), store.Expiring{}, now, now.AddDate(5, 0, 0), true, 100)
			if err != nil {
				return nil, err
			}
			for _, one := range all {
				if one.Profile == ids[aProfile] {
					return tx.ToldEnd(ctx, s, one, 7)
				}
			}
			return nil, errors.New("nothing ends")
		},
		"DueDigests": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.DueDigests(ctx, s, "", now.AddDate(-1, 0, 0), now.Add(time.Hour), 100)
		},
		"UntoldOfStatement": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.UntoldOfStatement(ctx, s, plaza.MonthOf(now), "", 100)
		},
		"TellOfStatement": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.TellOfStatement(ctx, s, ids[aProfile], plaza.MonthOf(now))
		},
		"TakeOwed": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.TakeOwed(ctx, s, ids[anOwner])
		},
		"BatchDone": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.BatchDone(ctx, s, ids[aBatch], 10)
		},
		"LicensesByID": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.LicensesByID(ctx, s, []string{ids[aLicense], ids[anAgentLicense]})
		},

		"DeleteLicense": change(func(tx *store.Tx, s plaza.Scope) error {
			return tx.DeleteLicense(ctx, s, plaza.License{ID: ids[aLicense], Version: version(aLicense)}, now)
		}),
		"Stays": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			stays, _, err := tx.Stays(ctx, s, ids[aProfile])
			return stays, err
		},
		"Sight": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			_, seen, err := tx.Sight(ctx, s, ids[aProfile])
			return seen, err
		},
		"Formers": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.Formers(ctx, s, w.ids["R"][aProfile]) // M's
		},
		"SetLicenseBilling": change(func(tx *store.Tx, s plaza.Scope) error {
			return tx.SetLicenseBilling(ctx, s, plaza.License{ID: ids[aLicense], BillingID: "L-1", Version: version(aLicense)}, "by")
		}),
		"TransferLicense": change(func(tx *store.Tx, s plaza.Scope) error {
			l := plaza.License{ID: ids[aLicense], Profile: w.Stranger.Profile, Version: version(aLicense), Updated: now}
			return tx.TransferLicense(ctx, s, l, []byte("sealed"))
		}),
		"DueRenewals": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.DueRenewals(ctx, s, now.AddDate(9, 0, 0), 100)
		},
		"Offers": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			plans, chosen, err := tx.Offers(ctx, s, ids[aProfile])
			return []any{plans, chosen}, err
		},
		"SetOffers": change(func(tx *store.Tx, s plaza.Scope) error {
			return tx.SetOffers(ctx, s, plaza.Profile{ID: ids[aProfile], Version: version(aProfile)}, true, []string{w.Plans[plaza.Development].ID})
		}),
		"PlanUse": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			all, older, err := tx.PlanUse(ctx, s, w.Plans[plaza.Development].ID)
			return [2]int{all, older}, err
		},
		"Allowance": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.Allowance(ctx, s, ids[anAllowance])
		},
		"AllowancesBelow": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.AllowancesBelow(ctx, s, plaza.AllowanceFilter{}, first)
		},
		"Allowances": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.Allowances(ctx, s, ids[aProfile])
		},
		"UpdateAllowance": change(func(tx *store.Tx, s plaza.Scope) error {
			return tx.UpdateAllowance(ctx, s, plaza.Allowance{ID: ids[anAllowance], Most: 99, Version: version(anAllowance)})
		}),
		"DeleteAllowance": change(func(tx *store.Tx, s plaza.Scope) error {
			return tx.DeleteAllowance(ctx, s, plaza.Allowance{ID: ids[anAllowance], Version: version(anAllowance)})
		}),

		"Move": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.Move(ctx, s, w.ids["R"][aMove])
		},
		"Moves": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.Moves(ctx, s, plaza.MoveFilter{}, first, now)
		},
		"UpdateMove": change(func(tx *store.Tx, s plaza.Scope) error {
			return tx.UpdateMove(ctx, s, plaza.Move{ID: w.ids["R"][aMove], Decision: plaza.MoveDeclined, Decided: now, Version: 1})
		}),
		"MoveProfile": change(func(tx *store.Tx, s plaza.Scope) error {
			return tx.MoveProfile(ctx, s, plaza.Profile{ID: ids[aProfile], Version: version(aProfile)}, w.ids["S"][aProfile], now)
		}),

		"Login": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.Login(ctx, s, ids[aLogin])
		},
		"HasLogin": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.HasLogin(ctx, s, ids[aProfile], email("P", plaza.Owner))
		},
		"Logins": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.Logins(ctx, s, plaza.LoginFilter{}, first)
		},
		"LoginCounts": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) { return tx.LoginCounts(ctx, s) },
		"UpdateLogin": change(func(tx *store.Tx, s plaza.Scope) error {
			return tx.UpdateLogin(ctx, s, plaza.Login{ID: ids[aLogin], Name: "Other", Role: plaza.Owner, Version: version(aLogin)})
		}),

		"ClaimMails": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.ClaimMails(ctx, s, 1, now, now.Add(time.Minute))
		},
		"SetMail": change(func(tx *store.Tx, s plaza.Scope) error {
			return tx.SetMail(ctx, s, plaza.Mail{ID: ids[aMail], LastError: "lost", Next: now, Dead: now})
		}),
		"Mail": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.Mail(ctx, s, ids[aMail])
		},
		"Mails": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.Mails(ctx, s, plaza.MailFilter{}, first)
		},

		"Notices": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.Notices(ctx, s, ids[anOwner], first)
		},
		"UnreadNotices": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.UnreadNotices(ctx, s, ids[anOwner])
		},
		"ReadNotices": change(func(tx *store.Tx, s plaza.Scope) error { return tx.ReadNotices(ctx, s, ids[anOwner], now) }),

		"Profile": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.Profile(ctx, s, ids[aProfile])
		},
		"Profiles": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.Profiles(ctx, s, plaza.ProfileFilter{}, first)
		},
		"ProfileStates": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) { return tx.ProfileStates(ctx, s) },
		"UpdateProfile": change(func(tx *store.Tx, s plaza.Scope) error {
			return tx.UpdateProfile(ctx, s, plaza.Profile{ID: ids[aProfile], Name: "Other", Version: version(aProfile)})
		}),
		"SetProfileHalt": change(func(tx *store.Tx, s plaza.Scope) error {
			return tx.SetProfileHalt(ctx, s, plaza.Profile{ID: ids[aProfile], Suspended: now, Version: version(aProfile)}, now)
		}),
		"ProfileImpact": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.ProfileImpact(ctx, s, ids[aProfile], now)
		},

		"Facts": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.Facts(ctx, s, ids[aProfile], now, now.Add(time.Hour))
		},
		"Places": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.Places(ctx, s, ids[aProfile], ids[aProfile], now, now.Add(time.Hour))
		},
		"Running": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.Running(ctx, s, ids[aProfile], now, now.Add(time.Hour))
		},
		"BillingTerms": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.BillingTerms(ctx, s, ids[aProfile])
		},
		"Adjustments": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.Adjustments(ctx, s, ids[aProfile], plaza.MonthOf(now))
		},

		"Request": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.Request(ctx, s, ids[aRequest])
		},
		"Requests": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.Requests(ctx, s, plaza.RequestFilter{}, first, now)
		},
		"OpenRequests": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.OpenRequests(ctx, s, "", now)
		},
		"Comments": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.Comments(ctx, s, ids[aRequest])
		},
		"ApproveRequestOnce": change(func(tx *store.Tx, s plaza.Scope) error {
			return tx.ApproveRequestOnce(ctx, s, plaza.Request{ID: ids[aRequest], Profile: ids[aProfile], First: ids[anOwner], FirstAt: now, Version: version(aRequest)}, ids[aProfile])
		}),
		"DecideRequest": change(func(tx *store.Tx, s plaza.Scope) error {
			return tx.DecideRequest(ctx, s, plaza.Request{ID: ids[aRequest], Decision: plaza.RequestApproved, Decided: now, Version: version(aRequest)})
		}),
	}
	maps.Copy(all, w.webhookCalls())
	return all
}

// leaks calls a method within the scope of a profile that has nothing, and returns
// what came of it that ought not to; empty if nothing did.
func (w *world) leaks(t *testing.T, f call) (wrong string) {
	t.Helper()
	w.e.cell(t, func() {
		var got any
		err := w.DB.Tx(t.Context(), func(tx *store.Tx) (err error) {
			got, err = f(t.Context(), tx, plaza.Actor{Profile: never}.Scope())
			return err
		})
		switch {
		case err != nil && plaza.KindOf(err) != plaza.NotFound:
			wrong = err.Error()
		case err == nil && !nothing(reflect.ValueOf(got)):
			wrong = "it returned something"
		default:
			for table := range w.e.wrote {
				if gone, came := w.diff(t, table, true); len(gone)+len(came) > 0 {
					wrong = "it changed " + table
				}
			}
		}
	})
	return wrong
}

// finds calls a method within everything, and returns what is wrong if it comes
// back with nothing: then it would in no scope.
func (w *world) finds(t *testing.T, f call) (wrong string) {
	t.Helper()
	w.e.cell(t, func() {
		var got any
		if err := w.DB.Tx(t.Context(), func(tx *store.Tx) (err error) {
			got, err = f(t.Context(), tx, plaza.Everyone("to see that there is something"))
			return err
		}); err != nil {
			wrong = "within everything: " + err.Error()
		}
		if nothing(reflect.ValueOf(got)) && len(w.e.wrote) == 0 {
			wrong = "it finds nothing within everything"
		}
	})
	return wrong
}

// nothing reports whether v is what a method returns that found nothing.
func nothing(v reflect.Value) bool {
	switch {
	case !v.IsValid():
		return true
	case v.Kind() == reflect.Slice, v.Kind() == reflect.Map:
		return v.Len() == 0
	}
	return v.IsZero()
}

// counted returns what wrong numbers are told before a profile is suspended or moved: what
// is in another one does not count.
func (w *world) counted(t *testing.T) (wrong string) {
	t.Helper()
	impact := func() []any {
		var all [4]any
		must(t, w.DB.Read(t.Context(), func(tx *store.Tx) (err error) {
			ctx, id, now := t.Context(), w.ids["P"][aProfile], w.Clock.Now()
			if all[0], err = tx.ProfileImpact(ctx, w.owners["R"].Scope(), id, now); err != nil {
				return err
			}
			if all[1], err = tx.MoveLoad(ctx, id, now); err != nil {
				return err
			}
			all[2], all[3], err = tx.MoveEnds(ctx, id, []string{w.ids["R"][aProfile], w.ids["V"][aProfile]}, now)
			return err
		}))
		return all[:]
	}
	w.e.cell(t, func() {
		elsewhere := " WHERE profile_id <> '" + w.ids["P"][aProfile] + "'"
		must(t, w.e.run("UPDATE connectagents SET activation_id = id"))
		must(t, w.e.run("INSERT INTO pulses (id, at, generation) SELECT id, "+strconv.FormatInt(w.Clock.Now().UnixMicro(), 10)+", 0 FROM connectagents"))
		before := impact()
		must(t, w.e.run("UPDATE connectagents SET activation_id = NULL"+elsewhere))
		must(t, w.e.run("UPDATE licenses SET ended_at = 1"+elsewhere))
		must(t, w.e.run("UPDATE logins SET disabled_at = 1"+elsewhere))
		must(t, w.e.run("UPDATE requests SET decision = 'declined', decided_at = 1"+elsewhere))
		must(t, w.e.run("UPDATE consents SET answer = 'refused', answered_at = 1"+elsewhere))
		must(t, w.e.run("UPDATE acting_sessions SET ended_at = 1 WHERE target_profile_id <> '"+w.ids["P"][aProfile]+"'"))
		must(t, w.e.run("UPDATE profiles SET halted = TRUE WHERE id <> '"+w.ids["P"][aProfile]+"'"))
		if after := impact(); !reflect.DeepEqual(after, before) {
			wrong = "what is elsewhere counts"
		}
	})
	if wrong == "" {
		wrong = w.strays(t)
	}
	return wrong
}

// strays moves a profile, and returns what is wrong if others move with it.
func (w *world) strays(t *testing.T) (wrong string) {
	t.Helper()
	p := w.ids["P"][aProfile]
	version, err := strconv.Atoi(w.versions[p])
	must(t, err)
	w.e.cell(t, func() {
		err := w.DB.Tx(t.Context(), func(tx *store.Tx) error {
			everyone := plaza.Everyone("to see what moves")
			return tx.MoveProfile(t.Context(), everyone, plaza.Profile{ID: p, Version: version}, w.ids["S"][aProfile], w.Clock.Now())
		})
		if err != nil {
			wrong = err.Error()
		}
		gone, came := w.diff(t, "profile_tree", true)
		for _, r := range append(gone, came...) {
			if r["profile_id"] != p {
				wrong = "what is elsewhere moves too"
			}
		}
	})
	return wrong
}
