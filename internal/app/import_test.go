package app_test

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/apptest"
)

// posted keeps a file as an import of who, whose columns say by themselves what they hold.
func posted(t testing.TB, w *apptest.World, who plaza.Actor, kind plaza.ImportKind, file string) plaza.Import {
	t.Helper()
	return must1[plaza.Import](t)(w.CreateImport(t.Context(), who, plaza.NewImport{Kind: kind, File: "file.csv"}, strings.NewReader(file)))
}

// tried is posted, and tried.
func tried(t testing.TB, w *apptest.World, who plaza.Actor, kind plaza.ImportKind, file string) app.ImportReport {
	t.Helper()
	i := posted(t, w, who, kind, file)
	must(t, w.CheckImport(t.Context(), who, i.ID, i.Columns))
	return carried(t, w, who, i.ID)
}

// looked tries a file, and throws it away.
func looked(t testing.TB, w *apptest.World, who plaza.Actor, kind plaza.ImportKind, file string) app.ImportReport {
	t.Helper()
	r := tried(t, w, who, kind, file)
	must(t, w.DiscardImport(t.Context(), who, r.ID))
	return r
}

// carried works on imports until there is nothing to do, and returns one.
func carried(t testing.TB, w *apptest.World, who plaza.Actor, id string) app.ImportReport {
	t.Helper()
	for range 5 {
		if !must1[bool](t)(w.WorkOnImport(t.Context(), plaza.Clerk)) {
			return must1[app.ImportReport](t)(w.Import(t.Context(), who, id))
		}
	}
	t.Fatal("there is work left")
	return app.ImportReport{}
}

// applied tries a file and makes what is in it.
func applied(t testing.TB, w *apptest.World, who plaza.Actor, kind plaza.ImportKind, file string) app.ImportReport {
	t.Helper()
	r := tried(t, w, who, kind, file)
	if r.State != plaza.ImportReady {
		t.Fatalf("%s: %+v", r.State, r.Problems)
	}
	must(t, w.ApplyImport(t.Context(), who, r.ID))
	if r = carried(t, w, who, r.ID); r.State != plaza.ImportApplied {
		t.Fatalf("%s: %+v %v", r.State, r.Problems, r.Problem)
	}
	return r
}

func TestImportPartners(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx, under := t.Context(), w.Plans[plaza.PartnerLicense]
		middle := w.Add(t, w.Reseller, plaza.Reseller, "Middle")
		file := "Name;Kind;Parent;Plan;Support address;Billing ID;Owner's name;Owner's e-mail\n" +
			"Alpha;Partner;;" + under.Name + ";help@alpha.example;B-1;Ann;Ann@alpha.example\n" +
			"Beta;;Middle;" + strings.ToUpper(under.Name) + ";;;;\n"
		r := applied(t, w, w.Reseller, plaza.ImportPartners, file)
		below := must1[plaza.List[plaza.Profile]](t)(w.Profiles(ctx, w.Reseller, plaza.ProfileFilter{Text: "alpha"}, plaza.Page{})).Rows
		if len(below) != 1 || below[0].Parent != w.Reseller.Profile || below[0].SupportEmail != "help@alpha.example" || below[0].Licenses != 1 || below[0].Logins != 1 {
			t.Fatalf("%+v", below)
		}
		if _, terms, err := w.BillingTerms(ctx, w.Reseller, below[0].ID); err != nil || terms.BillingID != "B-1" || terms.Number != 1 {
			t.Errorf("%+v, %v", terms, err)
		}
		w.Link(t, "ann@alpha.example", "/invitation/")
		if beta := must1[plaza.List[plaza.Profile]](t)(w.Profiles(ctx, middle, plaza.ProfileFilter{Text: "beta"}, plaza.Page{})).Rows; len(beta) != 1 || beta[0].Licenses != 1 {
			t.Errorf("%+v", beta)
		}
		events := must1[plaza.List[plaza.AuditLine]](t)(w.History(ctx, w.Reseller, below[0].ID, plaza.Page{})).Rows
		if !slices.ContainsFunc(events, func(e plaza.AuditLine) bool {
			return e.Verb == plaza.ProfileCreate && slices.Contains(e.Changes, plaza.Change{Field: "import", New: r.ID})
		}) {
			t.Errorf("%+v", events)
		}
		licenses := must1[plaza.List[plaza.License]](t)(w.Licenses(ctx, w.Reseller, plaza.LicenseFilter{Profile: below[0].ID}, plaza.Page{})).Rows
		by := must1[plaza.License](t)(w.License(ctx, w.Reseller, licenses[0].ID))
		one := must1[plaza.Profile](t)(w.CreateProfile(ctx, w.Reseller, plaza.NewProfile{Parent: w.Reseller.Profile, Kind: plaza.Partner, Name: "By hand", Plan: under.ID}))
		hand := must1[plaza.List[plaza.License]](t)(w.Licenses(ctx, w.Reseller, plaza.LicenseFilter{Profile: one.ID}, plaza.Page{})).Rows[0]
		hand.ID, hand.Profile, hand.ProfileName, hand.KeyHint = by.ID, by.Profile, by.ProfileName, by.KeyHint
		equal(t, "a license that came from a file", by, hand)
		if again := tried(t, w, w.Reseller, plaza.ImportPartners, file); again.State != plaza.ImportFaulty || again.Bad != 2 {
			t.Errorf("the same file again: %s, %+v", again.State, again.Problems)
		}
	})
}

func TestImportLicenses(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx, under := t.Context(), w.Plans[plaza.Development]
		tomorrow := w.Clock.Now().Add(day).Format("2006-01-02")
		r := applied(t, w, w.Reseller, plaza.ImportLicenses, "profile,plan,name,starts\nPartner,"+under.ID+",One,\n"+w.Partner.Profile+","+under.Name+",Two,"+tomorrow+"\n")
		all := must1[plaza.List[plaza.License]](t)(w.Licenses(ctx, w.Partner, plaza.LicenseFilter{Kinds: []plaza.LicenseKind{plaza.Development}}, plaza.Page{Sort: "name"})).Rows
		if len(all) != 2 || all[0].Name != "One" || all[1].State(w.Clock.Now()) != plaza.LicenseScheduled {
			t.Fatalf("%+v", all)
		}
		if key := must1[string](t)(w.RevealLicenseKey(ctx, w.Reseller, all[0].ID)); !strings.HasSuffix(key, all[0].KeyHint) {
			t.Error(key)
		}
		if n := must1[plaza.List[plaza.Notice]](t)(w.Notices(ctx, w.Reseller, plaza.Page{})).Rows; len(n) == 0 || n[0].Kind != plaza.NoticeImportDone || n[0].About != "licenses/2" {
			t.Errorf("%+v", n)
		}
		equal(t, "rows that are left", len(r.Lines), 0)
	})
}

func TestImportLogins(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		applied(t, w, w.Reseller, plaza.ImportLogins, "profiel;naam;e-mailadres;rol;dashboard\nPartner;Piet;Piet@example.com;beheerder;ja\nReseller;Piet P.;piet@example.com;lid;\n")
		all := must1[plaza.List[plaza.Login]](t)(w.Logins(ctx, w.Reseller, plaza.LoginFilter{Text: "piet@"}, plaza.Page{Sort: "name"})).Rows
		if len(all) != 2 || all[0].Person != all[1].Person || all[0].Role != plaza.Administrator || !all[0].Dashboard || all[1].Role != plaza.Member || all[1].Dashboard {
			t.Errorf("%+v", all)
		}
		w.Link(t, "piet@example.com", "/invitation/")
	})
}

// TestARowIsJudgedAsTheFormWould: what a file cannot make the form cannot either, and says
// the same; with what somebody may by then.
func TestARowIsJudgedAsTheFormWould(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx, r := t.Context(), w.Reseller
		halted := w.Add(t, r, plaza.Partner, "Halted")
		suspend(t, w, r, halted.Profile)
		picky := w.Add(t, r, plaza.Partner, "Picky")
		must(t, w.OfferPlans(ctx, r, picky.Profile, true, nil, 1))
		full := w.Add(t, r, plaza.Partner, "Full")
		allow(t, w, r, plaza.NewAllowance{Profile: full.Profile, Kind: plaza.Development, Most: 0})
		administrator := w.Invite(t, r, r.Profile, "admin@example.com", plaza.Administrator)
		manager := w.Invite(t, r, r.Profile, "manager@example.com", plaza.Manager)
		dev, base := w.Plans[plaza.Development], w.Plans[plaza.PartnerLicense]
		old := plan(t, w, plaza.NewPlan{Kind: plaza.Development, Name: "Old"})
		must(t, w.WithdrawPlan(ctx, w.Vendor, old.ID, 1))
		long := strings.Repeat("x", plaza.MaxName+1)

		license := func(who plaza.Actor, in plaza.NewLicense, starts string) func() (app.ImportReport, error) {
			return func() (app.ImportReport, error) {
				_, err := w.IssueLicense(ctx, who, in)
				return looked(t, w, who, plaza.ImportLicenses, fmt.Sprintf("profile,plan,name,starts\n%s,%s,%q,%s\n", in.Profile, in.Plan, in.Name, starts)), err
			}
		}
		login := func(who plaza.Actor, in plaza.NewLogin) func() (app.ImportReport, error) {
			return func() (app.ImportReport, error) {
				_, err := w.CreateLogin(ctx, who, in)
				return looked(t, w, who, plaza.ImportLogins, fmt.Sprintf("profile,name,email,role,dashboard\n%s,%q,%q,%s,%v\n", in.Profile, in.Name, in.Email, in.Role, in.Dashboard)), err
			}
		}
		partner := func(who plaza.Actor, in plaza.NewProfile) func() (app.ImportReport, error) {
			return func() (app.ImportReport, error) {
				_, err := w.CreateProfile(ctx, who, in)
				return looked(t, w, who, plaza.ImportPartners, fmt.Sprintf("parent,kind,name,plan,support_email,owner_name,owner_email\n%s,%s,%q,%s,%s,%s,%s\n",
					in.Parent, in.Kind, in.Name, in.Plan, in.SupportEmail, in.OwnerName, in.OwnerEmail)), err
			}
		}
		yesterday := w.Clock.Now().Add(-2 * day)
		good := plaza.NewLogin{Profile: r.Profile, Name: "N", Email: "n@example.com", Role: plaza.Manager, Dashboard: true}
		child := plaza.NewProfile{Parent: r.Profile, Kind: plaza.Partner, Name: "Child", Plan: base.ID}
		with := func(change func(*plaza.NewProfile)) plaza.NewProfile { c := child; change(&c); return c }
		but := func(change func(*plaza.NewLogin)) plaza.NewLogin { l := good; change(&l); return l }
		for name, both := range map[string]func() (app.ImportReport, error){
			"a license of another reseller":        license(r, plaza.NewLicense{Profile: w.Stranger.Profile, Plan: dev.ID}, ""),
			"a license of nobody":                  license(r, plaza.NewLicense{Plan: dev.ID}, ""),
			"a license of one who stands still":    license(r, plaza.NewLicense{Profile: halted.Profile, Plan: dev.ID}, ""),
			"a license under no plan":              license(r, plaza.NewLicense{Profile: r.Profile}, ""),
			"a license under a plan of agents":     license(r, plaza.NewLicense{Profile: r.Profile, Plan: w.Plans[plaza.ConnectAgentLicense].ID}, ""),
			"a license under a withdrawn plan":     license(r, plaza.NewLicense{Profile: r.Profile, Plan: old.ID}, ""),
			"a license under a plan not offered":   license(r, plaza.NewLicense{Profile: picky.Profile, Plan: dev.ID}, ""),
			"a license with too long a name":       license(r, plaza.NewLicense{Profile: r.Profile, Plan: dev.ID, Name: long}, ""),
			"a license that began":                 license(r, plaza.NewLicense{Profile: r.Profile, Plan: dev.ID, Starts: yesterday}, yesterday.Format("2006-01-02")),
			"a license beyond an allowance":        license(r, plaza.NewLicense{Profile: full.Profile, Plan: dev.ID}, ""),
			"a login of another reseller":          login(r, but(func(l *plaza.NewLogin) { l.Profile = w.Stranger.Profile })),
			"a login of one who stands still":      login(r, but(func(l *plaza.NewLogin) { l.Profile = halted.Profile })),
			"a login without a name":               login(r, but(func(l *plaza.NewLogin) { l.Name = "" })),
			"a login with a wrong address":         login(r, but(func(l *plaza.NewLogin) { l.Email = "n@" })),
			"a login with no role":                 login(r, but(func(l *plaza.NewLogin) { l.Role = "king" })),
			"a member with the dashboard":          login(r, but(func(l *plaza.NewLogin) { l.Role = plaza.Member })),
			"a login that there is":                login(r, but(func(l *plaza.NewLogin) { l.Email = "ADMIN@example.com" })),
			"an owner by an administrator":         login(administrator, but(func(l *plaza.NewLogin) { l.Role = plaza.Owner })),
			"a partner below another reseller":     partner(r, with(func(p *plaza.NewProfile) { p.Parent = w.Stranger.Profile })),
			"a partner below a partner":            partner(r, with(func(p *plaza.NewProfile) { p.Parent = w.Partner.Profile })),
			"a partner without a plan":             partner(r, with(func(p *plaza.NewProfile) { p.Plan = "" })),
			"a partner under another's plan":       partner(r, with(func(p *plaza.NewProfile) { p.Plan = dev.ID })),
			"a vendor":                             partner(r, with(func(p *plaza.NewProfile) { p.Kind = plaza.Vendor })),
			"a partner without a name":             partner(r, with(func(p *plaza.NewProfile) { p.Name = "" })),
			"a partner with a wrong address":       partner(r, with(func(p *plaza.NewProfile) { p.SupportEmail = "x" })),
			"a partner with an owner of no name":   partner(r, with(func(p *plaza.NewProfile) { p.OwnerEmail = "o@example.com" })),
			"a partner with an owner of no mail":   partner(r, with(func(p *plaza.NewProfile) { p.OwnerName = "O" })),
			"a license that a manager may issue":   license(manager, plaza.NewLicense{Profile: r.Profile, Plan: dev.ID, Name: "Fine"}, ""),
			"a login that an administrator makes":  login(administrator, but(func(l *plaza.NewLogin) { l.Email = "fine@example.com" })),
			"a partner with a name of its own":     partner(manager, with(func(p *plaza.NewProfile) { p.Name, p.OwnerName, p.OwnerEmail = "Fine", "O", "o@fine.example" })),
			"a reseller, which needs no base plan": partner(r, with(func(p *plaza.NewProfile) { p.Kind, p.Name, p.Plan = plaza.Reseller, "Sub", "" })),
		} {
			report, err := both()
			verdict(t, name, err, report)
		}
		want(t, "logins by a manager", errOf(w.CreateImport(ctx, manager, plaza.NewImport{Kind: plaza.ImportLogins}, strings.NewReader("name\nx\n"))), plaza.Forbidden)
	})
}

// verdict compares what the form said of something with what a file was told that asks for
// the same; what the form has made is there already.
func verdict(t *testing.T, name string, err error, report app.ImportReport) {
	t.Helper()
	if err == nil {
		there := slices.ContainsFunc(report.Problems, func(p plaza.ImportProblem) bool {
			return p.Why.Key == "problem.has_login" || p.Why.Key == "problem.import_there"
		})
		if len(report.Problems) > 1 || len(report.Problems) == 1 && !there {
			t.Errorf("%s: the form takes it, and the file is told %+v", name, report.Problems)
		}
		return
	}
	e := plaza.AsError(err)
	if report.State != plaza.ImportFaulty || report.Bad != 1 {
		t.Errorf("%s: the form says %v, and the file is %s", name, err, report.State)
		return
	}
	for _, p := range report.Problems {
		says, known := e.Fields[p.Field]
		switch {
		case e.Kind == plaza.Invalid && known:
			equal(t, name+" at "+p.Field, p.Why, says)
		case e.Kind == plaza.Conflict || e.Kind == plaza.Forbidden:
			equal(t, name, p.Why, e.Msg)
		case e.Kind != plaza.NotFound || p.Why.Key != "problem.import_profile":
			t.Errorf("%s: the form says %v, and the file is told %+v", name, err, p)
		}
	}
}

// TestAnImportIsAllOrNothing: when something comes in between, or breaks, at whichever
// point, nothing of it is there.
func TestAnImportIsAllOrNothing(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx, r := t.Context(), w.Reseller
		rows := func(from, till int) (b strings.Builder) {
			b.WriteString("profile,name,email,role\n")
			for n := from; n < till; n++ {
				fmt.Fprintf(&b, "Partner,N %d,n%d@example.com,manager\n", n, n)
			}
			return b
		}
		count := func() int {
			return must1[plaza.List[plaza.Login]](t)(w.Logins(ctx, r, plaza.LoginFilter{Profile: w.Partner.Profile}, plaza.Page{})).Total
		}
		before, events := count(), w.Events(t, plaza.LoginCreate, plaza.Done)
		file := rows(0, 1200)
		i := tried(t, w, r, plaza.ImportLogins, file.String())
		equal(t, "that it can be made", i.State, plaza.ImportReady)
		must(t, w.ApplyImport(ctx, r, i.ID))

		// The last of them gets a login meanwhile: those before are not made.
		must1[plaza.Login](t)(w.CreateLogin(ctx, r, plaza.NewLogin{Profile: w.Partner.Profile, Name: "X", Email: "n1199@example.com", Role: plaza.Manager}))
		got := carried(t, w, r, i.ID)
		if got.State != plaza.ImportFaulty || got.Bad != 1 || got.Problems[0].Row != 1201 || got.Problems[0].Why.Key != "problem.has_login" {
			t.Errorf("%s, %+v", got.State, got.Problems)
		}
		equal(t, "logins", count(), before+1)
		equal(t, "events", w.Events(t, plaza.LoginCreate, plaza.Done), events+1)

		// Whoever works on it stops in the midst; another goes on.
		file = rows(2000, 3200)
		i = tried(t, w, r, plaza.ImportLogins, file.String())
		must(t, w.ApplyImport(ctx, r, i.ID))
		stopped, stop := context.WithCancel(ctx)
		defer stop()
		inTheMidst(w, stop)
		_, err := w.WorkOnImport(stopped, plaza.Clerk)
		w.Clock.OnLook(nil)
		if err == nil {
			t.Error("it was not stopped")
		}
		equal(t, "logins after it was stopped", count(), before+1)
		w.Clock.Advance(importClaimed)
		equal(t, "in the end", carried(t, w, r, i.ID).State, plaza.ImportApplied)
		equal(t, "logins in the end", count(), before+1+1200)
		equal(t, "events in the end", w.Events(t, plaza.LoginCreate, plaza.Done), events+1+1200)
	})
}

// TestImportsThatWaitAreBounded: whoever sends file after file is told to finish one first.
func TestImportsThatWaitAreBounded(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		var one plaza.Import
		for range plaza.MostImports {
			one = posted(t, w, w.Reseller, plaza.ImportLogins, "name\nN\n")
		}
		send := func(who plaza.Actor) error {
			return errOf(w.CreateImport(t.Context(), who, plaza.NewImport{Kind: plaza.ImportLogins}, strings.NewReader("name\nN\n")))
		}
		want(t, "one more", send(w.Reseller), plaza.Conflict)
		must(t, send(w.Stranger))
		must(t, w.DiscardImport(t.Context(), w.Reseller, one.ID))
		must(t, send(w.Reseller))
	})
}

// inTheMidst has f called once, when some hundred things of a file of 1200 rows, and more,
// have been made, and as many are left to be: the time of each is noted.
func inTheMidst(w *apptest.World, f func()) {
	looked := 0
	w.Clock.OnLook(func() {
		if looked++; looked == midst {
			f()
		}
	})
}

const midst = 2000

// TestAnImportRestsOnItsToken: what a token sent is made with its rights as they are then;
// once it is let in no more, also in the midst, nothing is.
func TestAnImportRestsOnItsToken(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		admin := w.Invite(t, w.Reseller, w.Reseller.Profile, "admin", plaza.Administrator)
		var file strings.Builder
		file.WriteString("profile,name,email,role\n")
		for n := range 1200 {
			fmt.Fprintf(&file, "Partner,N %d,n%d@example.com,manager\n", n, n)
		}
		expires := w.Clock.Now().Add(10 * time.Hour)
		ready := func() (plaza.Actor, plaza.Token, plaza.Import) {
			k, bearer, err := w.CreateToken(ctx, admin, plaza.NewToken{Name: "T", Verbs: plaza.TokenVerbs(admin.Kind, admin.Role, false), Expires: expires})
			must(t, err)
			who := must1[plaza.Actor](t)(w.Gate.Bearer(ctx, bearer, plaza.Origin{}))
			i := tried(t, w, who, plaza.ImportLogins, file.String())
			equal(t, "whose it is", i.Pass, k.ID)
			must(t, w.ApplyImport(ctx, who, i.ID))
			return who, k, i.Import
		}
		nothing := func(what string, i plaza.Import, why string) {
			t.Helper()
			got := carried(t, w, w.Reseller, i.ID)
			if got.State != plaza.ImportFailed || got.Problem.Key != why {
				t.Errorf("%s: %s, %v", what, got.State, got.Problem)
			}
			if n := must1[plaza.List[plaza.Login]](t)(w.Logins(ctx, w.Reseller, plaza.LoginFilter{Profile: w.Partner.Profile}, plaza.Page{})).Total; n > 1 {
				t.Fatalf("%s: there are %d logins", what, n)
			}
		}

		_, k, i := ready()
		must(t, w.RevokeToken(ctx, admin, k.ID, k.Version))
		nothing("revoked", i, "batch.token_gone")

		_, _, i = ready()
		inTheMidst(w, func() { w.Clock.Set(expires.Add(time.Second)) })
		must1[bool](t)(w.WorkOnImport(ctx, plaza.Clerk))
		w.Clock.OnLook(nil)
		w.Reseller, admin = w.SignIn(t, "Reseller@example.com"), w.SignIn(t, "admin@example.com")
		nothing("expired in the midst", i, "batch.token_gone")

		expires = w.Clock.Now().Add(10 * time.Hour)
		_, _, i = ready()
		as := must1[plaza.Login](t)(w.Login(ctx, w.Reseller, admin.Login))
		must(t, w.EditLogin(ctx, w.Reseller, as.ID, plaza.LoginEdit{Name: as.Name, Role: plaza.Support, Dashboard: true, Version: as.Version}))
		nothing("with another role", i, "batch.starter_gone")
	})
}

// importClaimed is longer than somebody who is dead has an import.
const importClaimed = time.Minute

// TestAnImportRestsOnWhoSentIt: who may not do it any more has nothing made, and what nobody
// goes on with is deleted.
func TestAnImportRestsOnWhoSentIt(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx, r := t.Context(), w.Reseller
		colleague := w.Invite(t, r, r.Profile, "colleague", plaza.Administrator)
		file := "profile,name,email,role\nPartner,N,n@example.com,manager\n"
		i := tried(t, w, colleague, plaza.ImportLogins, file)
		must(t, w.ApplyImport(ctx, colleague, i.ID))
		must(t, w.DisableLogin(ctx, r, colleague.Login, 2))
		got := carried(t, w, r, i.ID)
		if got.State != plaza.ImportFailed || got.Problem.Key != "batch.starter_gone" {
			t.Errorf("%s: %v", got.State, got.Problem)
		}
		equal(t, "logins", must1[plaza.List[plaza.Login]](t)(w.Logins(ctx, r, plaza.LoginFilter{Text: "n@example.com"}, plaza.Page{})).Total, 0)

		waits := posted(t, w, r, plaza.ImportLogins, file)
		want(t, "another's", w.DiscardImport(ctx, w.Stranger, waits.ID), plaza.NotFound)
		w.Clock.Advance(plaza.ImportKept + time.Hour)
		must(t, w.Tidy(ctx, plaza.Janitor))
		r = w.SignIn(t, "Reseller@example.com")
		after := must1[app.ImportReport](t)(w.Import(ctx, r, waits.ID))
		if after.State != plaza.ImportLapsed || len(after.Lines) != 0 {
			t.Errorf("%s with %d rows", after.State, len(after.Lines))
		}
	})
}

// TestASlowFileKeepsNobodyElseFromSending: only its own profile waits.
func TestASlowFileKeepsNobodyElseFromSending(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		var slow sync.WaitGroup
		var ends []*io.PipeWriter
		for range 2 {
			r, end := io.Pipe()
			ends = append(ends, end)
			slow.Go(func() {
				if _, err := w.CreateImport(t.Context(), w.Reseller, plaza.NewImport{Kind: plaza.ImportLogins}, r); plaza.KindOf(err) != plaza.Invalid {
					t.Errorf("of nothing: %v", err)
				}
			})
			must1[int](t)(end.Write([]byte("profile,name,email,role"))) // read, so that it is being sent
		}
		file := func() io.Reader { return strings.NewReader("profile,name,email,role\nx,N,n@example.com,manager\n") }
		want(t, "a third of the profile", errOf(w.CreateImport(t.Context(), w.Reseller, plaza.NewImport{Kind: plaza.ImportLogins}, file())), plaza.Limited)
		must(t, errOf(w.CreateImport(t.Context(), w.Stranger, plaza.NewImport{Kind: plaza.ImportLogins}, file())))
		for _, end := range ends {
			must(t, end.Close())
		}
		slow.Wait()
		must(t, errOf(w.CreateImport(t.Context(), w.Reseller, plaza.NewImport{Kind: plaza.ImportLogins}, file())))
	})
}
