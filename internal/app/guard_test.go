package app_test

import (
	"context"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/apptest"
)

// TestEveryUseCaseTakesAnActor keeps the promise in the package comment: a
// method of App with any other shape, or one that a nobody may call, fails here.
func TestEveryUseCaseTakesAnActor(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		v := reflect.ValueOf(w.App)
		for m := range v.Type().Methods() {
			if m.Type.NumIn() < 3 || m.Type.In(2) != reflect.TypeFor[plaza.Actor]() {
				t.Errorf("%s does not take (ctx, actor, …)", m.Name)
				continue
			}
			args := []reflect.Value{reflect.ValueOf(t.Context())}
			for i := 2; i < m.Type.NumIn(); i++ {
				args = append(args, reflect.Zero(m.Type.In(i)))
			}
			out := v.MethodByName(m.Name).Call(args)
			err, _ := reflect.TypeAssert[error](out[len(out)-1])
			want(t, m.Name+" by nobody", err, plaza.Unauthenticated)
		}
	})
}

// deed is a use case that changes something, ready to be done well.
type deed struct {
	verb plaza.Verb          // that it records
	more map[plaza.Verb]int  // what it entails
	make func() func() error // what must be there first, and then the deed
}

// quiet returns the methods of App that record nothing when they succeed, and why.
func quiet() map[string]string {
	const (
		reads = "changes nothing"
		bell  = "changes what one bell shows"
		post  = "is told by what stands in the outbox"
		heart = "happens once a minute for each agent"
		tidy  = "deletes what can never be used again"
		demo  = "is about the installation"
		seals = "would make news to seal each time"
	)
	return map[string]string{
		"Admit": reads, "Access": reads, "Entrance": reads, "Visits": reads, "Account": reads, "Activation": reads, "Activations": reads, "AgentCheckup": reads, "Agent": reads, "Agents": reads, "AuditSealing": reads, "Frame": reads, "History": reads, "License": reads,
		"LicenseDeal": reads, "Formers": reads, "StatementPeriod": reads, "Licenses": reads, "Login": reads, "Logins": reads, "MadeBy": reads, "Mails": reads, "Notices": reads, "Overview": reads, "Plans": reads, "Batch": reads, "BatchDone": reads, "Batches": reads, "Import": reads, "Imports": reads, "FaultyLines": reads, "FaultyRows": reads, "WorkOnImport": "records each thing that it makes in the name of whoever sent the file", "BulkOutlook": reads, "Export": reads, "Exports": reads, "WorkOnExport": "makes what somebody asked for, which is on record", "RenewDue": "records each renewal as the clerk's", "WorkOnBatch": "records what it does to each thing in the name of whoever started it", "Plan": reads, "Offers": reads, "Statement": reads, "Statements": reads, "BillingTerms": reads, "Allowance": reads, "Allowances": reads, "AllowanceBelow": reads, "AllowancesBelow": reads, "RenewalOf": reads, "RequestOutlook": reads, "PlanChangeOf": reads, "TransferOf": reads,
		"Move": reads, "Moves": reads, "MoveToAnswer": reads, "MovePreview": reads, "ProposedMove": reads,
		"Monitor": reads, "Notifications": reads, "Alarm": reads, "AgentStates": reads, "WatchAgents": heart,
		"Profile": reads, "ProfileImpact": reads, "Profiles": reads, "ReportingAgents": reads, "Request": reads, "Requests": reads, "Comments": reads, "Deletion": reads, "ExpiryRules": reads, "MailChoices": reads, "Factors": reads, "Factor": reads, "FactorRule": reads, "Seed": "what it returns is kept nowhere", "TellEnds": "tells people; it changes nothing that anybody sees", "TellTokens": "tells people; it changes nothing that anybody sees", "TellPassedEnds": "tells webhooks; it changes nothing that anybody sees", "TellStatements": "tells people; it changes nothing that anybody sees", "SendDigests": post, "EditionChange": reads, "ApprovalLimits": reads, "OwnAllowance": reads,
		"SigningKeys": reads, "Releases": reads, "Release": reads, "Releasing": reads, "SealAudit": seals, "MailCheckpoint": post, "VerifyAudit": reads, "AuditKey": reads, "AuditCheckpoint": reads,
		"Webhooks": reads, "Webhook": reads, "Deliveries": reads, "Delivery": reads, "TellWebhooks": post, "ClaimDeliveries": post, "FinishDeliveries": post,
		"EveryProfile": reads, "EveryLogin": reads, "Token": reads, "Tokens": reads, "Answered": reads, "KeepAnswer": "is about what was done, which is on record",
		"ReadNotices": bell, "ClaimMails": post, "FinishMail": post, "RecordHeartbeats": heart, "Tidy": tidy, "FinishDemo": demo,
	}
}

func deeds(t *testing.T, w *apptest.World) map[string]deed {
	ctx := t.Context()
	r, p := w.Reseller, w.Partner
	n := 0
	name := func() string {
		n++
		return "New " + string(rune('a'+n%26)) + string(rune('a'+n/26))
	}
	version := func() string { n++; return "1.0." + strconv.Itoa(n) }
	below := func() plaza.Actor { return w.Add(t, r, plaza.Partner, name()) }
	wish := plaza.Wish{License: &plaza.NewLicense{Plan: w.Plans[plaza.Development].ID}}
	asked := func() plaza.Request { return must1[plaza.Request](t)(w.MakeRequest(ctx, p, wish, "")) }
	invited := func() (plaza.Login, string) {
		email := name()[4:] + "@example.com"
		l := must1[plaza.Login](t)(w.CreateLogin(ctx, r, plaza.NewLogin{Profile: p.Profile, Name: "N", Email: email, Role: plaza.Manager, Dashboard: true}))
		return l, email
	}
	moves := func(b plaza.Actor) plaza.Move {
		return must1[plaza.Move](t)(w.ProposeMove(ctx, w.Vendor, plaza.NewMove{Profile: b.Profile, To: w.Stranger.Profile, Reason: reason}))
	}
	colleague := func() plaza.Actor { return w.Invite(t, r, r.Profile, name(), plaza.Administrator) }
	return map[string]deed{
		"CreateProfile": {verb: plaza.ProfileCreate, more: map[plaza.Verb]int{plaza.LicenseIssue: 1, plaza.LoginCreate: 1}, make: func() func() error {
			return func() error {
				_, err := w.CreateProfile(ctx, r, plaza.NewProfile{
					Parent: r.Profile, Kind: plaza.Partner, Name: "N", Plan: w.Plans[plaza.PartnerLicense].ID, OwnerName: "O", OwnerEmail: "fresh@example.com",
				})
				return err
			}
		}},
		"EditProfile": {verb: plaza.ProfileEdits, make: func() func() error {
			v := profile(t, w, p.Profile).Version
			return func() error { return w.EditProfile(ctx, p, p.Profile, plaza.ProfileEdit{Name: "Partner", Version: v}) }
		}},
		"SuspendProfile": {verb: plaza.ProfileSuspend, make: func() func() error {
			id := below().Profile
			return func() error { return w.SuspendProfile(ctx, r, id, reason, 1) }
		}},
		"ResumeProfile": {verb: plaza.ProfileResume, make: func() func() error {
			id := below().Profile
			suspend(t, w, r, id)
			return func() error { return w.ResumeProfile(ctx, r, id, 2) }
		}},
		"CloseProfile": {verb: plaza.ProfileClose, make: func() func() error {
			b := below()
			suspend(t, w, r, b.Profile)
			return func() error { return w.CloseProfile(ctx, r, b.Profile, b.ProfileName, reason, 2) }
		}},
		"ReopenProfile": {verb: plaza.ProfileReopen, make: func() func() error {
			b := below()
			suspend(t, w, r, b.Profile)
			must(t, w.CloseProfile(ctx, r, b.Profile, b.ProfileName, reason, 2))
			return func() error { return w.ReopenProfile(ctx, r, b.Profile, 3) }
		}},
		"ProposeMove": {verb: plaza.MovePropose, make: func() func() error {
			in := plaza.NewMove{Profile: below().Profile, To: w.Stranger.Profile, Reason: reason}
			return func() error { return errOf(w.ProposeMove(ctx, w.Vendor, in)) }
		}},
		"AgreeToMove": {verb: plaza.MoveAgree, more: map[plaza.Verb]int{plaza.ProfileMove: 3}, make: func() func() error {
			m := moves(below())
			must(t, agree(t, w, r, m))
			return func() error { return agree(t, w, w.Stranger, m) }
		}},
		"DeclineMove": {verb: plaza.MoveDecline, make: func() func() error {
			id := moves(below()).ID
			return func() error { return w.DeclineMove(ctx, r, id, reason, 1) }
		}},
		"WithdrawMove": {verb: plaza.MoveWithdraw, make: func() func() error {
			id := moves(below()).ID
			return func() error { return w.WithdrawMove(ctx, w.Vendor, id, 1) }
		}},
		"CreatePlan": {verb: plaza.PlanCreate, make: func() func() error {
			in := plaza.NewPlan{Kind: plaza.Development, Name: name(), Machines: 1}
			return func() error { _, err := w.CreatePlan(ctx, w.Vendor, in); return err }
		}},
		"EditPlan": {verb: plaza.PlanEdit, make: func() func() error {
			p := plan(t, w, plaza.NewPlan{Kind: plaza.Development, Name: name()})
			return func() error {
				return w.EditPlan(ctx, w.Vendor, p.ID, plaza.NewPlan{Name: p.Name, Machines: 2}, 1)
			}
		}},
		"WithdrawPlan": {verb: plaza.PlanWithdraw, make: func() func() error {
			p := plan(t, w, plaza.NewPlan{Kind: plaza.Development, Name: name()})
			return func() error { return w.WithdrawPlan(ctx, w.Vendor, p.ID, 1) }
		}},
		"RestorePlan": {verb: plaza.PlanRestore, make: func() func() error {
			p := plan(t, w, plaza.NewPlan{Kind: plaza.Development, Name: name()})
			must(t, w.WithdrawPlan(ctx, w.Vendor, p.ID, 1))
			return func() error { return w.RestorePlan(ctx, w.Vendor, p.ID, 2) }
		}},
		"OfferPlans": {verb: plaza.PlanOffer, make: func() func() error {
			id := below().Profile
			return func() error { return w.OfferPlans(ctx, r, id, true, nil, 1) }
		}},
		"CreateAllowance": {verb: plaza.AllowanceCreate, make: func() func() error {
			in := plaza.NewAllowance{Profile: below().Profile, Kind: plaza.Development, Most: 1}
			return func() error { return errOf(w.CreateAllowance(ctx, r, in)) }
		}},
		"EditAllowance": {verb: plaza.AllowanceEdits, make: func() func() error {
			a := allow(t, w, r, plaza.NewAllowance{Profile: below().Profile, Kind: plaza.Development, Most: 1})
			return func() error { return w.EditAllowance(ctx, r, a.ID, plaza.AllowanceEdit{Most: 2, Version: 1}) }
		}},
		"RemoveAllowance": {verb: plaza.AllowanceRemove, make: func() func() error {
			a := allow(t, w, r, plaza.NewAllowance{Profile: below().Profile, Kind: plaza.Development, Most: 1})
			return func() error { return w.RemoveAllowance(ctx, r, a.ID, 1) }
		}},
		"CreateWebhook": {verb: plaza.WebhookCreate, make: func() func() error {
			return func() error {
				return errOf2(w.CreateWebhook(ctx, p, plaza.WebhookEdit{Name: "N", URL: "https://example.com", All: true}))
			}
		}},
		"EditWebhook": {verb: plaza.WebhookEdits, make: func() func() error {
			id := webhookOf(t, w, p).ID
			in := plaza.WebhookEdit{Name: "M", URL: "https://example.com", All: true, Version: 1}
			return func() error { return w.EditWebhook(ctx, p, id, in) }
		}},
		"PauseWebhook": {verb: plaza.WebhookPause, make: func() func() error {
			id := webhookOf(t, w, p).ID
			return func() error { return w.PauseWebhook(ctx, p, id, 1) }
		}},
		"ResumeWebhook": {verb: plaza.WebhookResume, make: func() func() error {
			id := webhookOf(t, w, p).ID
			must(t, w.PauseWebhook(ctx, p, id, 1))
			return func() error { return w.ResumeWebhook(ctx, p, id, 2) }
		}},
		"RotateWebhook": {verb: plaza.WebhookRotate, make: func() func() error {
			id := webhookOf(t, w, p).ID
			return func() error { return errOf2(w.RotateWebhook(ctx, p, id, 1)) }
		}},
		"RemoveWebhook": {verb: plaza.WebhookRemove, make: func() func() error {
			id := webhookOf(t, w, p).ID
			return func() error { return w.RemoveWebhook(ctx, p, id, 1) }
		}},
		"TestWebhook": {verb: plaza.WebhookTest, make: func() func() error {
			id := webhookOf(t, w, p).ID
			return func() error { return errOf(w.TestWebhook(ctx, p, id)) }
		}},
		"Redeliver": {verb: plaza.DeliveryRedeliver, make: func() func() error {
			d := must1[plaza.Delivery](t)(w.TestWebhook(ctx, p, webhookOf(t, w, p).ID))
			return func() error { return w.Redeliver(ctx, p, d.ID) }
		}},
		"RedeliverSome": {verb: plaza.DeliveryRedeliver, make: func() func() error {
			h := webhookOf(t, w, p)
			must1[plaza.Delivery](t)(w.TestWebhook(ctx, p, h.ID))
			carry(t, w, taken)
			now := w.Clock.Now()
			return func() error {
				return errOf(w.RedeliverSome(ctx, p, h.ID, plaza.Redelivery{From: now.Add(-day), Till: now.Add(day)}))
			}
		}},
		"RenewLicense": {verb: plaza.LicenseRenew, make: func() func() error {
			id := issued(t, w).ID
			return func() error { return w.RenewLicense(ctx, r, id, "", 1) }
		}},
		"ChangeLicenses": {verb: plaza.BatchStart, make: func() func() error {
			ids := many(t, w, 2)
			return func() error {
				return errOf(w.ChangeLicenses(ctx, r, plaza.Bulk{Kind: plaza.BatchRenew, Licenses: ids}))
			}
		}},
		"CreateImport": {verb: plaza.ImportCreate, make: func() func() error {
			return func() error {
				return errOf(w.CreateImport(ctx, r, plaza.NewImport{Kind: plaza.ImportLogins}, strings.NewReader("name\nN\n")))
			}
		}},
		"CheckImport": {verb: plaza.ImportCheck, make: func() func() error {
			i := posted(t, w, r, plaza.ImportLicenses, "profile,plan\nPartner,x\n")
			return func() error { return w.CheckImport(ctx, r, i.ID, i.Columns) }
		}},
		"ApplyImport": {verb: plaza.ImportApply, make: func() func() error {
			i := tried(t, w, r, plaza.ImportLicenses, "profile,plan\n"+p.Profile+","+w.Plans[plaza.Development].ID+"\n")
			return func() error { return w.ApplyImport(ctx, r, i.ID) }
		}},
		"DiscardImport": {verb: plaza.ImportDiscard, make: func() func() error {
			i := posted(t, w, r, plaza.ImportLogins, "name\nN\n")
			return func() error { return w.DiscardImport(ctx, r, i.ID) }
		}},
		"IssueLicenses": {verb: plaza.BatchStart, make: func() func() error {
			in := plaza.NewLicense{Profile: p.Profile, Plan: w.Plans[plaza.Development].ID, Name: name()}
			return func() error { return errOf(w.IssueLicenses(ctx, r, in, 2)) }
		}},
		"CreateAgents": {verb: plaza.BatchStart, make: func() func() error {
			in := plaza.NewAgent{Profile: p.Profile, Plan: w.Plans[plaza.ConnectAgentLicense].ID, Name: name()}
			return func() error { return errOf(w.CreateAgents(ctx, r, in, 2)) }
		}},
		"ApplyEdition": {verb: plaza.BatchStart, make: func() func() error {
			old := plan(t, w, plaza.NewPlan{Kind: plaza.Development, Name: name()})
			must1[plaza.License](t)(w.IssueLicense(ctx, r, plaza.NewLicense{Profile: p.Profile, Plan: old.ID}))
			must(t, w.EditPlan(ctx, w.Vendor, old.ID, plaza.NewPlan{Name: old.Name, Machines: 3}, 1))
			return func() error { return errOf(w.ApplyEdition(ctx, r, old.ID, reason)) }
		}},
		"DeleteLicense": {verb: plaza.LicenseDelete, make: func() func() error {
			id := issued(t, w).ID
			return func() error { return w.DeleteLicense(ctx, r, id, reason, 1) }
		}},
		"BillLicense": {verb: plaza.LicenseBill, make: func() func() error {
			id := issued(t, w).ID
			return func() error { return w.BillLicense(ctx, r, id, plaza.LicenseBilling{BillingID: "L-1", Version: 1}) }
		}},
		"TransferLicense": {verb: plaza.LicenseTransfer, more: map[plaza.Verb]int{plaza.LicenseTransfer: 1}, make: func() func() error {
			id := issued(t, w).ID
			return func() error { return w.TransferLicense(ctx, r, id, r.Profile, reason, 1) }
		}},
		"ChangePlan": {verb: plaza.LicensePlan, make: func() func() error {
			id, to := issued(t, w).ID, plan(t, w, plaza.NewPlan{Kind: plaza.Development, Name: name()}).ID
			return func() error { return w.ChangePlan(ctx, r, id, to, reason, 1) }
		}},
		"RotateSigningKey": {verb: plaza.KeyRotate, make: func() func() error {
			return func() error { _, err := w.RotateSigningKey(ctx, w.Vendor, w.Clock.Now().Add(day)); return err }
		}},
		"CreateRelease": {verb: plaza.ReleaseCreate, make: func() func() error {
			in := plaza.NewRelease{Version: version(), Channel: plaza.Stable}
			return func() error { return errOf(w.CreateRelease(ctx, w.Vendor, in)) }
		}},
		"UploadArtifact": {verb: plaza.ReleaseUpload, make: func() func() error {
			id := w.Draft(t, plaza.NewRelease{Version: version()}, nil).ID
			_, signature := w.Sign(t, build)
			in := plaza.NewArtifact{Platform: "linux", Arch: "amd64", Signature: signature}
			return func() error { return errOf(w.UploadArtifact(ctx, w.Vendor, id, in, strings.NewReader(build))) }
		}},
		"PublishRelease": {verb: plaza.ReleasePublish, make: func() func() error {
			id := w.Draft(t, plaza.NewRelease{Version: version()}, map[string]string{"linux/amd64": build}).ID
			return func() error { return w.PublishRelease(ctx, w.Vendor, id) }
		}},
		"YankRelease": {verb: plaza.ReleaseYank, make: func() func() error {
			id := w.Publish(t, version()).ID
			return func() error { return w.YankRelease(ctx, w.Vendor, id, reason) }
		}},
		"SetPublisherKey": {verb: plaza.PublisherKey, make: func() func() error {
			return func() error { return w.SetPublisherKey(ctx, plaza.Publisher, strings.Repeat("ab", 32)) }
		}},
		"IssueLicense": {verb: plaza.LicenseIssue, make: func() func() error {
			return func() error {
				_, err := w.IssueLicense(ctx, r, plaza.NewLicense{Profile: p.Profile, Plan: w.Plans[plaza.Development].ID})
				return err
			}
		}},
		"ExportStatement": {verb: plaza.StatementExport, make: func() func() error {
			return func() error {
				return errOf(w.ExportStatement(ctx, p, p.Profile, plaza.MonthOf(w.Clock.Now()), 0, plaza.StatementPDF))
			}
		}},
		"EditBilling": {verb: plaza.BillingEdits, make: func() func() error {
			held := billedOn(t, w, p.Profile)
			return func() error {
				return w.EditBilling(ctx, r, p.Profile, plaza.BillingEdit{Currency: "EUR", Discount: 100, TimeZone: "UTC", Number: held.Number})
			}
		}},
		"Adjust": {verb: plaza.StatementAdjust, make: func() func() error {
			return func() error { return errOf(w.Adjust(ctx, r, p.Profile, plaza.NewAdjustment{Minor: 5, Reason: reason})) }
		}},
		"RevealLicenseKey": {verb: plaza.LicenseReveal, make: func() func() error {
			id := issued(t, w).ID
			return func() error { _, err := w.RevealLicenseKey(ctx, p, id); return err }
		}},
		"SuspendLicense": {verb: plaza.LicenseSuspend, make: func() func() error {
			id := issued(t, w).ID
			return func() error { return w.SuspendLicense(ctx, r, id, reason, 1) }
		}},
		"ResumeLicense": {verb: plaza.LicenseResume, make: func() func() error {
			id := issued(t, w).ID
			must(t, w.SuspendLicense(ctx, r, id, reason, 1))
			return func() error { return w.ResumeLicense(ctx, r, id, 2) }
		}},
		"EndLicense": {verb: plaza.LicenseEnd, make: func() func() error {
			id := issued(t, w).ID
			return func() error { return w.EndLicense(ctx, r, id, reason, 1) }
		}},
		"CreateAgent": {verb: plaza.AgentCreate, more: map[plaza.Verb]int{plaza.LicenseIssue: 1}, make: func() func() error {
			return func() error {
				_, err := w.CreateAgent(ctx, r, plaza.NewAgent{Profile: p.Profile, Plan: w.Plans[plaza.ConnectAgentLicense].ID, Name: "A"})
				return err
			}
		}},
		"RenameAgent": {verb: plaza.AgentRename, make: func() func() error {
			id := agent(t, w).ID
			return func() error { return w.RenameAgent(ctx, p, id, plaza.AgentEdit{Name: "B", Version: 1}) }
		}},
		"CheckOutLicense": {verb: plaza.FileCheckOut, make: func() func() error {
			id := agent(t, w).ID
			return func() error {
				return errOf(w.CheckOutLicense(ctx, p, id, plaza.NewFile{Encrypted: true, Days: 30}))
			}
		}},
		"ActivateOffline": {verb: plaza.FileCheckOut, more: map[plaza.Verb]int{plaza.AgentActivate: 1}, make: func() func() error {
			a := agent(t, w)
			in := plaza.NewOffline{Request: request(t, w, a, "host"), Days: 30}
			return func() error { return errOf(w.ActivateOffline(ctx, p, a.ID, in)) }
		}},
		"ReleaseActivation": {verb: plaza.AgentRelease, make: func() func() error {
			id := activated(t, w, agent(t, w), "host").ID
			return func() error { return errOf(w.ReleaseActivation(ctx, p, id)) }
		}},
		"DownloadAgent": {verb: plaza.AgentDownload, more: map[plaza.Verb]int{plaza.LicenseReveal: 1}, make: func() func() error {
			id := agent(t, w).ID
			return func() error { return errOf(w.DownloadAgent(ctx, p, id, "linux/amd64")) }
		}},
		"SetAlarm": {verb: plaza.AgentAlarms, make: func() func() error {
			id := agent(t, w).ID
			return func() error {
				return w.SetAlarm(ctx, p, id, plaza.AlarmEdit{On: true, Minutes: 5, Address: "a@example.com"})
			}
		}},
		"AcknowledgeNotifications": {verb: plaza.NotificationAcknowledge, make: func() func() error {
			ids := told(t, w, agent(t, w).ID)
			return func() error { return errOf(w.AcknowledgeNotifications(ctx, p, ids)) }
		}},
		"ReopenNotifications": {verb: plaza.NotificationReopen, make: func() func() error {
			ids := told(t, w, agent(t, w).ID)
			must(t, errOf(w.AcknowledgeNotifications(ctx, p, ids)))
			return func() error { return w.ReopenNotifications(ctx, p, ids) }
		}},
		"CreateLogin": {verb: plaza.LoginCreate, make: func() func() error {
			email := name()[4:] + "@example.com"
			return func() error {
				_, err := w.CreateLogin(ctx, r, plaza.NewLogin{Profile: p.Profile, Name: "N", Email: email, Role: plaza.Manager, Dashboard: true})
				return err
			}
		}},
		"EditLogin": {verb: plaza.LoginEdits, make: func() func() error {
			l, _ := invited()
			return func() error {
				return w.EditLogin(ctx, p, l.ID, plaza.LoginEdit{Name: "M", Role: plaza.Support, Version: 1})
			}
		}},
		"DisableLogin": {verb: plaza.LoginDisable, make: func() func() error {
			l, _ := invited()
			return func() error { return w.DisableLogin(ctx, p, l.ID, 1) }
		}},
		"EnableLogin": {verb: plaza.LoginEnable, make: func() func() error {
			l, _ := invited()
			must(t, w.DisableLogin(ctx, p, l.ID, 1))
			return func() error { return w.EnableLogin(ctx, p, l.ID, 2) }
		}},
		"ReinviteLogin": {verb: plaza.LoginReinvite, make: func() func() error {
			l, _ := invited()
			return func() error { return w.ReinviteLogin(ctx, p, l.ID) }
		}},
		"CreateToken": {verb: plaza.TokenCreate, make: func() func() error {
			return func() error {
				_, _, err := w.CreateToken(ctx, r, looker(w))
				return err
			}
		}},
		"AdoptToken": {verb: plaza.TokenAdopt, make: func() func() error {
			in := looker(w)
			in.Shared = true
			k, _, err := w.CreateToken(ctx, r, in)
			must(t, err)
			other := colleague()
			return func() error { return errOf(w.AdoptToken(ctx, other, k.ID, 1)) }
		}},
		"RevokeToken": {verb: plaza.TokenRevoke, make: func() func() error {
			k, _, err := w.CreateToken(ctx, r, looker(w))
			must(t, err)
			return func() error { return w.RevokeToken(ctx, r, k.ID, 1) }
		}},
		"MakeRequest": {verb: plaza.RequestMake, make: func() func() error {
			return func() error { _, err := w.MakeRequest(ctx, p, wish, "a note"); return err }
		}},
		"RequestAllowance": {verb: plaza.AllowanceAsk, make: func() func() error {
			b := below()
			a := allow(t, w, r, plaza.NewAllowance{Profile: b.Profile, Kind: plaza.Development, Most: 1})
			return func() error { return errOf(w.RequestAllowance(ctx, b, a.ID, 2, "")) }
		}},
		"CommentOnRequest": {verb: plaza.RequestComment, make: func() func() error {
			id := asked().ID
			return func() error { return w.CommentOnRequest(ctx, p, id, "a word") }
		}},
		"SetExpiryRules": {verb: plaza.ExpirySet, make: func() func() error {
			n++
			rules := []plaza.ExpiryRule{{Kind: plaza.Development, Steps: plaza.ExpirySteps{n}, Own: true}}
			return func() error { return w.SetExpiryRules(ctx, r, rules) }
		}},
		"ChooseMails": {verb: plaza.AccountMails, make: func() func() error {
			n++
			choice := plaza.MailChoices()[n%2]
			return func() error {
				return w.ChooseMails(ctx, p, map[plaza.MailTopic]plaza.MailChoice{plaza.TopicEnds: choice})
			}
		}},
		"SetApprovalLimits": {verb: plaza.RequestLimits, make: func() func() error {
			n++
			limits := []plaza.Money{{Currency: "EUR", Minor: int64(1000000 + n)}}
			return func() error { return w.SetApprovalLimits(ctx, w.Vendor, limits) }
		}},
		"WithdrawRequest": {verb: plaza.RequestWithdraw, make: func() func() error {
			id := asked().ID
			return func() error { return w.WithdrawRequest(ctx, p, id, 1) }
		}},
		"DeclineRequest": {verb: plaza.RequestDecline, make: func() func() error {
			id := asked().ID
			return func() error { return w.DeclineRequest(ctx, r, id, reason, 1) }
		}},
		"ApproveRequest": {verb: plaza.RequestApprove, more: map[plaza.Verb]int{plaza.LicenseIssue: 1}, make: func() func() error {
			id := asked().ID
			return func() error { _, err := w.ApproveRequest(ctx, r, id, 1); return err }
		}},
		"LogInAs": {verb: plaza.ActingStart, make: func() func() error {
			a := colleague()
			return func() error {
				_, err := w.LogInAs(ctx, a, plaza.NewActing{Login: p.Login, Reason: reason})
				return err
			}
		}},
		"RaiseActing": {verb: plaza.ActingRaise, make: func() func() error {
			a, _ := logInAs(t, w, colleague(), p.Login, plaza.Look)
			return func() error { return w.RaiseActing(ctx, a, plaza.Manage) }
		}},
		"StopActing": {verb: plaza.ActingStop, make: func() func() error {
			a, _ := logInAs(t, w, colleague(), p.Login, plaza.Look)
			return func() error { _, err := w.StopActing(ctx, a); return err }
		}},
		"SetSupportAccess": {verb: plaza.AccessSet, make: func() func() error {
			b := below()
			return func() error { return w.SetSupportAccess(ctx, b, plaza.AccessNever, 1) }
		}},
		"SwitchLoginAs": {verb: plaza.ActingSet, make: func() func() error {
			return func() error { return w.SwitchLoginAs(ctx, w.Vendor, true) }
		}},
		"EndActing": {verb: plaza.ActingEnd, more: map[plaza.Verb]int{plaza.ActingStop: 1}, make: func() func() error {
			inside, _ := logInAs(t, w, colleague(), p.Login, plaza.Look)
			return func() error { return w.EndActing(ctx, p, inside.Via.ID) }
		}},
		"AskConsent": {verb: plaza.ConsentAsk, make: func() func() error {
			b := asks(t, w, below())
			in := plaza.NewConsent{Profile: b.Profile, Reason: reason, Until: w.Clock.Now().Add(day)}
			return func() error { _, err := w.AskConsent(ctx, r, in); return err }
		}},
		"WithdrawConsent": {verb: plaza.ConsentWithdraw, make: func() func() error {
			c := consent(t, w, r, asks(t, w, below()))
			return func() error { return w.WithdrawConsent(ctx, r, c.ID, 1) }
		}},
		"GrantConsent": {verb: plaza.ConsentGrant, make: func() func() error {
			b := asks(t, w, below())
			c := consent(t, w, r, b)
			return func() error { return w.GrantConsent(ctx, b, c.ID, true, 1) }
		}},
		"RefuseConsent": {verb: plaza.ConsentRefuse, make: func() func() error {
			b := asks(t, w, below())
			c := consent(t, w, r, b)
			return func() error { return w.RefuseConsent(ctx, b, c.ID, 1) }
		}},
		"RevokeConsent": {verb: plaza.ConsentRevoke, make: func() func() error {
			b := asks(t, w, below())
			c := consent(t, w, r, b)
			must(t, w.GrantConsent(ctx, b, c.ID, false, 1))
			return func() error { return w.RevokeConsent(ctx, b, c.ID, 2) }
		}},
		"Gate.AnswerConsent": {verb: plaza.ConsentGrant, make: func() func() error {
			b := asks(t, w, below())
			consent(t, w, r, b)
			link := w.Link(t, login(t, w, b.Login).Email, "/consent/")
			return func() error { return w.Gate.AnswerConsent(ctx, link, true, false, plaza.Origin{}) }
		}},
		"EditAccount": {verb: plaza.AccountEdit, make: func() func() error {
			v := must1[plaza.Person](t)(w.Account(ctx, p)).Version
			return func() error { return w.EditAccount(ctx, p, plaza.PersonEdit{Name: "P", Version: v}) }
		}},
		"ChangePassword": {verb: plaza.AccountPassword, make: func() func() error {
			a := colleague()
			return func() error { return w.ChangePassword(ctx, a, apptest.Password, "another phrase then") }
		}},
		"AddFactor": {verb: plaza.FactorAdd, make: func() func() error {
			a := colleague()
			seed := must1[app.Seed](t)(w.Seed(ctx, a, ""))
			code := scan(t, w, seed).now(t)
			return func() error {
				return errOf(w.AddFactor(ctx, a, plaza.NewFactor{Name: "Phone", Seed: seed.Sealed, Code: code}))
			}
		}},
		"RemoveFactor": {verb: plaza.FactorRemove, make: func() func() error {
			a := colleague()
			enrol(t, w, a)
			id := must1[app.Factors](t)(w.Factors(ctx, a)).All[0].ID
			return func() error { return w.RemoveFactor(ctx, a, id) }
		}},
		"RenewRecovery": {verb: plaza.FactorRecovery, make: func() func() error {
			a := colleague()
			enrol(t, w, a)
			return func() error { return errOf(w.RenewRecovery(ctx, a)) }
		}},
		"ForgetBrowser": {verb: plaza.BrowserForget, make: func() func() error {
			a := colleague()
			mine, _ := enrol(t, w, a)
			token := must1[string](t)(w.Gate.SignIn(ctx, login(t, w, a.Login).Email, apptest.Password, plaza.Origin{}))
			_, _, err := w.Gate.SecondStep(ctx, token, mine.next(t), true, plaza.Origin{})
			must(t, err)
			id := must1[app.Factors](t)(w.Factors(ctx, a)).Browsers[0].ID
			return func() error { return w.ForgetBrowser(ctx, a, id) }
		}},
		"SetFactorRule": {verb: plaza.FactorDemand, make: func() func() error {
			return func() error { return w.SetFactorRule(ctx, w.Stranger, plaza.FactorOwn) }
		}},
		"Gate.Prove": {verb: plaza.SessionProve, make: func() func() error {
			a := colleague()
			token := w.Tokens[a.Login]
			return func() error {
				return errOf(w.Gate.Prove(ctx, token, plaza.Proof{Password: apptest.Password}, plaza.Origin{}))
			}
		}},
		"SignOut": {verb: plaza.SessionSignOut, make: func() func() error {
			a := colleague()
			return func() error { return w.SignOut(ctx, a) }
		}},
		"AuditEvents": {verb: plaza.AuditRead, make: func() func() error {
			return func() error { return errOf(w.AuditEvents(ctx, p, plaza.AuditFilter{Login: p.Login}, plaza.Page{})) }
		}},
		"ExportAudit": {verb: plaza.AuditExport, make: func() func() error {
			return func() error {
				return w.ExportAudit(ctx, p, plaza.AuditFilter{}, plaza.AuditCSV, func(plaza.AuditLine) error { return nil })
			}
		}},
		"RecordExport": {verb: plaza.ExportCreate, make: func() func() error {
			return func() error { return w.RecordExport(ctx, p, anExport, 3) }
		}},
		"StartExport": {verb: plaza.ExportCreate, make: func() func() error {
			return func() error { return errOf(w.StartExport(ctx, p, anExport, plaza.ExportAtOnce+1)) }
		}},
		"CancelExport": {verb: plaza.ExportCancel, make: func() func() error {
			e := must1[plaza.Export](t)(w.StartExport(ctx, r, anExport, plaza.ExportAtOnce+1))
			return func() error { return w.CancelExport(ctx, r, e.ID) }
		}},
		"DownloadExport": {verb: plaza.ExportDownload, make: func() func() error {
			a := w.Vendor
			e := must1[plaza.Export](t)(w.StartExport(ctx, a, anExport, plaza.ExportAtOnce+1))
			for worked := true; worked; { // those that others began come first
				worked = must1[bool](t)(w.WorkOnExport(ctx, plaza.Clerk, func(context.Context, plaza.Actor, plaza.Export, io.Writer, app.ExportProgress) error { return nil }))
			}
			return func() error {
				return w.DownloadExport(ctx, a, e.ID, func(plaza.Export) io.Writer { return io.Discard })
			}
		}},
		"ExportSealedAudit": {verb: plaza.AuditExport, make: func() func() error {
			return func() error { return w.ExportSealedAudit(ctx, plaza.Sealer, io.Discard) }
		}},
		"ForgetInAudit": {verb: plaza.AuditForget, make: func() func() error {
			return func() error { return errOf(w.ForgetInAudit(ctx, plaza.Janitor, "stranger-partner@example.com")) }
		}},
		"RetryMail": {verb: plaza.MailRetry, make: func() func() error {
			due := must1[[]plaza.Mail](t)(w.ClaimMails(ctx, plaza.Postman))
			must(t, w.FinishMail(ctx, plaza.Postman, due[0], permanentError{}, false))
			return func() error { return w.RetryMail(ctx, w.Vendor, due[0].ID) }
		}},
		"Gate.SignIn": {verb: plaza.SessionSignIn, make: func() func() error {
			return func() error {
				_, err := w.Gate.SignIn(ctx, "partner@example.com", apptest.Password, plaza.Origin{})
				return err
			}
		}},
		"ResetLink": {verb: plaza.PasswordLink, make: func() func() error {
			return func() error {
				_, err := w.ResetLink(ctx, plaza.Operator, "partner@example.com")
				return err
			}
		}},
		"ResetFactors": {verb: plaza.FactorReset, make: func() func() error {
			a := colleague()
			enrol(t, w, a)
			email := login(t, w, a.Login).Email
			return func() error { return w.ResetFactors(ctx, plaza.Operator, email) }
		}},
		"EndSessions": {verb: plaza.SessionEnd, make: func() func() error {
			return func() error { return w.EndSessions(ctx, plaza.Operator, "enterprise@example.com") }
		}},
		"Gate.ForgotPassword": {verb: plaza.PasswordReset, make: func() func() error {
			return func() error { return w.Gate.ForgotPassword(ctx, "partner@example.com", plaza.Origin{}) }
		}},
		"Gate.ResetPassword": {verb: plaza.PasswordReset, make: func() func() error {
			must(t, w.Gate.ForgotPassword(ctx, "enterprise@example.com", plaza.Origin{}))
			link := w.Link(t, "enterprise@example.com", "/reset-password/")
			return func() error { return w.Gate.ResetPassword(ctx, link, "another phrase then", plaza.Origin{}) }
		}},
		"Gate.AcceptInvitation": {verb: plaza.InvitationAccept, more: map[plaza.Verb]int{plaza.SessionSignIn: 1}, make: func() func() error {
			_, email := invited()
			link := w.Link(t, email, "/invitation/")
			return func() error {
				_, err := w.Gate.AcceptInvitation(ctx, link, apptest.Password, plaza.Origin{})
				return err
			}
		}},
	}
}

// anExport is a list to take along.
var anExport = plaza.NewExport{List: plaza.ExportLicenses, Form: plaza.ExportComma, Language: "en", TimeZone: "UTC"}

type permanentError struct{}

func (permanentError) Error() string { return "550 no such mailbox" }

// TestEveryChangeIsRecorded does every use case that changes something: if it
// cannot be recorded, nothing is changed; otherwise it leaves exactly one event of
// its verb, and of each deed that it entails.
func TestEveryChangeIsRecorded(t *testing.T) {
	t.Parallel()
	bareWorlds(t, func(t *testing.T, w bare) {
		all := deeds(t, w.World)
		for m := range reflect.TypeFor[*app.App]().Methods() {
			_, done := all[m.Name]
			_, still := quiet()[m.Name]
			if done == still && m.Name != "Setup" { // which makes the world
				t.Errorf("%s: list it with how to do it, or with the reason why it records nothing", m.Name)
			}
		}
		for name, d := range all {
			do := d.make()
			w.exec(t, "ALTER TABLE audit_events RENAME TO gone")
			before := w.dump(t)
			if err := do(); err == nil {
				t.Errorf("%s succeeds without being recorded", name)
			}
			if diff := cmp.Diff(before, w.dump(t)); diff != "" {
				t.Errorf("%s, which could not be recorded, changed something (-before +after):\n%s", name, diff)
			}
			w.exec(t, "ALTER TABLE gone RENAME TO audit_events")

			known := log(t, w.World)
			if err := do(); err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			wanted := map[plaza.Verb]int{d.verb: 1}
			for v, n := range d.more {
				wanted[v] += n
			}
			got := map[plaza.Verb]int{}
			for _, e := range log(t, w.World) {
				if slices.ContainsFunc(known, func(k plaza.AuditLine) bool { return k.ID == e.ID }) {
					continue
				}
				got[e.Verb]++
				if e.Result != plaza.Done || e.Refusal != "" || e.Profile == "" || e.Object == "" || e.ObjectKind == "" || !e.At.Equal(w.Clock.Now()) {
					t.Errorf("%s recorded %+v", name, e)
				}
			}
			if diff := cmp.Diff(wanted, got); diff != "" {
				t.Errorf("%s recorded (-want +got):\n%s", name, diff)
			}
			w.Clock.Advance(time.Second) // so that the newest come first
		}
	})
}

// TestRefusalsAreRecorded: who tried what they may not, or reached for what is
// not theirs, stands in the log of their own profile.
func TestRefusalsAreRecorded(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx, id := t.Context(), issued(t, w).ID
		for _, test := range []struct {
			name string
			who  plaza.Actor
			do   func(plaza.Actor) error
			verb plaza.Verb
			kind plaza.Kind
		}{
			{"a partner ends its license", w.Partner, func(a plaza.Actor) error { return w.EndLicense(ctx, a, id, reason, 1) }, plaza.LicenseEnd, plaza.Forbidden},
			{"a stranger ends it", w.Stranger, func(a plaza.Actor) error { return w.EndLicense(ctx, a, id, reason, 1) }, plaza.LicenseEnd, plaza.NotFound},
			{"a partner plays the postman", w.Partner, func(a plaza.Actor) error { _, err := w.ClaimMails(ctx, a); return err }, plaza.MailDeliver, plaza.Forbidden},
			{"a partner plays the janitor", w.Partner, func(a plaza.Actor) error { return w.Tidy(ctx, a) }, plaza.Tidy, plaza.Forbidden},
			{"a partner plays the sealer", w.Partner, func(a plaza.Actor) error { _, err := w.AuditKey(ctx, a); return err }, plaza.AuditSeal, plaza.Forbidden},
			{"a reseller makes a plan", w.Reseller, func(a plaza.Actor) error { _, err := w.CreatePlan(ctx, a, plaza.NewPlan{}); return err }, plaza.PlanCreate, plaza.Forbidden},
			{"a hostile ID", w.Partner, func(a plaza.Actor) error { _, err := w.RevealLicenseKey(ctx, a, "\x00\xff<script>"); return err }, plaza.LicenseReveal, plaza.NotFound},
		} {
			want(t, test.name, test.do(test.who), test.kind)
			e := log(t, w)[0]
			if e.Verb != test.verb || e.Result != plaza.Refused || e.Refusal != test.kind || e.Profile != test.who.Profile || e.Actor.Login != test.who.Login {
				t.Errorf("%s: on record stands %+v", test.name, e)
			}
			w.Clock.Advance(time.Second)
		}
		// What was merely wrong is no refusal.
		before := len(log(t, w))
		want(t, "no reason", w.EndLicense(ctx, w.Reseller, id, "", 1), plaza.Invalid)
		want(t, "stale", w.EndLicense(ctx, w.Reseller, id, reason, 9), plaza.Stale)
		if after := len(log(t, w)); after != before {
			t.Errorf("%d events, then %d", before, after)
		}
	})
}

// TestHostileOrigins: whatever headers a request has, it is recorded.
func TestHostileOrigins(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		for _, s := range []string{"\x00", "caf\xe9", string(make([]byte, 1e5))} {
			from := plaza.Origin{Address: s, UserAgent: s, Request: s}
			token, err := w.Gate.SignIn(t.Context(), "partner@example.com", apptest.Password, from)
			must(t, err)
			v, err := w.Gate.Identify(t.Context(), token, from)
			must(t, err)
			must(t, w.SignOut(t.Context(), v.Actor))
			_, err = w.Gate.SignIn(t.Context(), s+"@example.com", s, from)
			want(t, "a hostile address", err, plaza.Unauthenticated)
			must(t, w.Gate.ForgotPassword(t.Context(), s, from))
		}
	})
}
