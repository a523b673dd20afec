package browsertest

import (
	"strconv"
	"strings"
	"testing"
)

// tiles is what each tile of the Overview leads to.
var tiles = []string{"inactive", "development", "agents", "logins"}

// checkTiles opens the Overview and follows each tile: the number on it is the
// number of rows in its list. It returns the numbers.
func (p *Page) checkTiles() map[string]int {
	p.t.Helper()
	numbers := map[string]int{}
	for _, tile := range tiles {
		p.Go("/")
		selector := `[data-tile="` + tile + `"]`
		number, err := strconv.Atoi(p.Attribute(selector, "data-count"))
		if err != nil {
			p.t.Fatalf("tile %s: %v", tile, err)
		}
		numbers[tile] = number
		if shown := strings.Join(strings.FieldsFunc(p.Text(selector+" .tile-number"), func(r rune) bool { return r < '0' || r > '9' }), ""); shown != strconv.Itoa(number) {
			p.t.Errorf("tile %s shows %q and means %d", tile, shown, number)
		}
		p.ClickFollow(selector)
		if rows := p.countRows(); rows != number {
			p.t.Errorf("tile %s says %d, its list has %d rows", tile, number, rows)
		}
	}
	p.Go("/")
	return numbers
}

// countRows counts the rows of a list on all its pages.
func (p *Page) countRows() int {
	p.t.Helper()
	rows := p.Count("tr[data-row]")
	for p.Count(`a[rel="next"]`) > 0 {
		p.ClickFollow(`a[rel="next"]`)
		rows += p.Count("tr[data-row]")
	}
	return rows
}

// changed fails the test unless exactly the named numbers grew, by the given
// amounts.
func changed(t *testing.T, before, after, by map[string]int) {
	t.Helper()
	for _, tile := range tiles {
		if got := after[tile] - before[tile]; got != by[tile] {
			t.Errorf("tile %s grew by %d, want %d", tile, got, by[tile])
		}
	}
}

// atHome fails the test unless the name at the top right is that of a profile.
func (p *Page) atHome(profile string) {
	p.t.Helper()
	if got := p.Text("[data-profile]"); got != profile {
		p.t.Errorf("the name at the top right is %q, want %q", got, profile)
	}
}

// quick follows one of the quick actions of the page to its form.
func (p *Page) quick(path string) {
	p.t.Helper()
	p.Go("/")
	p.Go(p.Attribute(`.quick a[href^="`+path+`"]`, "href"))
	p.WaitFor("form.form")
}

// openForm follows a link to a form: to its page or, with script, to the sheet
// at the side.
func (p *Page) openForm(selector string) {
	p.t.Helper()
	p.Click(selector)
	p.WaitFor("#sheet[open] form, main form.form")
}

// send sends the form of the page, or of the sheet at its side, which leads to
// another page.
func (p *Page) send() {
	p.t.Helper()
	if p.Count("#sheet[open]") == 0 {
		p.ClickFollow("main form.form button.btn-primary, main form.form button.btn-danger")
		return
	}
	before := p.Path()
	p.Click("#sheet form.form button.btn-primary, #sheet form.form button.btn-danger")
	p.wait("the sheet to close", `!document.querySelector("#sheet[open]") && location.pathname + location.search !== `+js(before))
}

// The partner of the story has a name that must be shown as it is everywhere.
const (
	newPartner = `Café ’t Hoekje & Zn <script>alert("x")</script>`
	newOwner   = "Zoë O'Neill 🥐"
	newEmail   = "zoe@hoekje.example"
	newSecret  = "een lang wachtwoord"
)

// TestTheSeedsDay plays what the reseller's day is made of, with JavaScript and
// without: see where licenses stand, make each of the four things, see a
// partner's own login ask for them, approve that, log in as the partner, make a
// license there, and come back.
func TestTheSeedsDay(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string][]Option{"with script": nil, "without script": {NoScript}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &story{t: t, base: serve(t), opts: opts}
			s.reseller = Open(t, s.base, opts...)
			s.partner = Open(t, s.base, opts...)
			s.resellerMakesThings()
			s.partnerAsks()
			s.resellerDecides()
			s.resellerLogsInAsPartner()
		})
	}
}

type story struct {
	t                 *testing.T
	base              string
	opts              []Option
	reseller, partner *Page
}

func (s *story) resellerMakesThings() {
	p := s.reseller
	p.signIn(reseller)
	if h1 := p.Text("h1"); h1 != "Overview" {
		s.t.Errorf("signing in leads to %q, want the Overview", h1)
	}
	p.atHome("ComputersAreUs Holding")
	before := p.checkTiles()

	p.quick("/licenses/new")
	p.Choose("#plan", "Development")
	p.Fill("#name", "Our own workbench")
	p.send()
	p.See("Our own workbench")
	changed(s.t, before, p.checkTiles(), map[string]int{"development": 1})

	p.quick("/partners/new")
	p.Click(`input[name="kind"][value="partner"]`)
	p.Fill("#name", newPartner)
	p.Choose("#plan", "Partner")
	p.Fill("#owner_name", newOwner)
	p.Fill("#owner_email", newEmail)
	p.send()
	p.See(newPartner)
	partner := p.Path()
	changed(s.t, before, p.checkTiles(), map[string]int{"development": 1, "logins": 1})

	// From one's own account, for the partner.
	p.Go(partner)
	p.Go(p.Attribute(`main a[href^="/agents/new"]`, "href"))
	p.Choose("#plan", "ConnectAgent")
	p.Fill("#name", "Kassa 1")
	p.send()
	p.See("Kassa 1")
	p.See(newPartner)

	p.quick("/logins/new")
	p.Choose("#profile", newPartner)
	p.Fill("#name", "Piet Hein")
	p.Fill("#email", "piet@hoekje.example")
	p.Click(`input[name="role"][value="manager"]`)
	p.send()
	p.See("Piet Hein")
	changed(s.t, before, p.checkTiles(), map[string]int{"development": 1, "agents": 1, "logins": 2})
}

// partnerAsks accepts the invitation that was mailed, and asks for each of the
// four things.
func (s *story) partnerAsks() {
	p := s.partner
	p.Go("/mailbox")
	p.Go(p.mailedLink(newEmail, "/invitation/"))
	p.Fill("#password", newSecret)
	p.Fill("#again", newSecret)
	p.send()
	p.atHome(newPartner)
	before := p.checkTiles()

	p.quick("/licenses/new")
	p.Choose("#plan", "Development")
	p.Fill("#name", "Proefopstelling")
	p.Fill("#note", "For the summer trainee")
	p.send()
	p.See("Proefopstelling")

	p.quick("/agents/new")
	p.Choose("#plan", "ConnectAgent")
	p.Fill("#name", "Kassa 2")
	p.send()
	p.See("Kassa 2")

	p.quick("/logins/new")
	p.Fill("#name", "Sanne")
	p.Fill("#email", "sanne@hoekje.example")
	p.Click(`input[name="role"][value="support"]`)
	p.send()
	p.See("Sanne")

	p.quick("/partners/new")
	p.Click(`input[name="kind"][value="enterprise"]`)
	p.Fill("#name", "Hoekje Noord")
	p.Choose("#plan", "Enterprise")
	p.send()
	p.See("Hoekje Noord")

	changed(s.t, before, p.checkTiles(), nil) // asking makes nothing yet
	p.Go("/requests")
	if rows := p.countRows(); rows != 4 {
		s.t.Errorf("%d requests on the partner's list, want 4", rows)
	}
}

func (s *story) resellerDecides() {
	p := s.reseller
	before := p.checkTiles()
	for _, wish := range []string{"Proefopstelling", "Kassa 2", "Sanne", "Hoekje Noord"} {
		p.Go("/requests?state=open&q=" + strings.ReplaceAll(wish, " ", "+"))
		p.ClickFollow(`form[action$="/approve"] button`)
		p.Go("/requests?state=approved&q=" + strings.ReplaceAll(wish, " ", "+"))
		p.See(wish)
	}
	changed(s.t, before, p.checkTiles(), map[string]int{"development": 1, "agents": 1, "logins": 1})
	s.partner.Go("/requests?state=approved")
	if rows := s.partner.countRows(); rows != 4 {
		s.t.Errorf("%d requests approved on the partner's list, want 4", rows)
	}
	s.partner.checkTiles()
}

func (s *story) resellerLogsInAsPartner() {
	p := s.reseller
	p.Go("/partners?q=Hoekje")
	p.Click("tr[data-row]:has(form[action], .row-link) button[popovertarget]")
	p.openForm(`[popover]:popover-open a[href$="/login-as"]`)
	p.Click(`input[name="login"]:not(:disabled)`)
	p.Fill("#reason", "Helping with the new till")
	p.send()
	p.atHome(newPartner)
	p.See("Helping with the new till")
	before := p.checkTiles()

	p.ClickFollow(`form[action="/acting/mode"] button[value="manage"]`)
	p.quick("/licenses/new")
	p.Choose("#plan", "Development")
	p.Fill("#name", "Made from inside")
	p.send()
	p.See("Made from inside")
	p.atHome(newPartner)
	changed(s.t, before, p.checkTiles(), map[string]int{"development": 1})

	p.ClickFollow(`form[action="/acting/leave"] button`)
	p.Go("/")
	p.atHome("ComputersAreUs Holding")
	p.checkTiles()

	// The partner sees who was inside and what they did, with both names.
	s.partner.Go("/audit?verb=license.issue")
	s.partner.See("Made from inside")
	s.partner.See(newOwner)
	s.partner.See(resellerName)
}
