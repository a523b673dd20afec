package actingtest

import (
	"maps"
	"slices"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
)

// ask asks a profile for consent.
func (m *machine) ask() {
	p := draw(m, "profile", m.mine())
	if asking := slices.DeleteFunc(m.mine(), func(p *mProfile) bool { return p.access != plaza.AccessAsk }); len(asking) > 0 && !m.odds("anywhere", 4) {
		p = draw(m, "profile that asks", asking)
	}
	above := p
	if p.up != nil {
		above = p.up
	}
	a, ok := m.boss(above)
	if !ok {
		return
	}
	until := m.now.Add(draw(m, "until", []time.Duration{20 * time.Minute, 2 * time.Hour, 20 * 24 * time.Hour}))
	own := m.login(a.Login)
	refused := plaza.Kind("")
	switch {
	case !p.below(own.profile):
		refused = plaza.NotFound
	case p == own.profile, p.halted(), p.access != plaza.AccessAsk, m.consentOf(own, p) != nil:
		refused = plaza.Conflict
	}
	var made plaza.Consent
	m.try(a, deed{
		verb: plaza.ConsentAsk, profile: p.id, refused: refused,
		run: func(x *app.App, a plaza.Actor) (err error) {
			made, err = x.AskConsent(m.w.ctx, a, plaza.NewConsent{Profile: p.id, Reason: because, Until: until})
			return err
		},
		then: func() {
			c := &mConsent{id: made.ID, asker: own, of: p, created: m.now, until: until, version: 1, links: map[*mLogin]string{}}
			for _, l := range m.logins {
				if l.profile == p && l.owns() && l.dashboard {
					c.links[l] = m.link(l.person.email, "/consent/")
				}
			}
			m.consents = append(m.consents, c)
		},
	})
}

// answer answers a consent, or takes it back.
func (m *machine) answer() {
	if len(m.consents) == 0 {
		m.t.Skip()
	}
	v := draw(m, "answer", []plaza.Verb{plaza.ConsentGrant, plaza.ConsentGrant, plaza.ConsentGrant, plaza.ConsentGrant, plaza.ConsentRefuse, plaza.ConsentRevoke, plaza.ConsentWithdraw})
	c := draw(m, "consent", m.consents[max(0, len(m.consents)-6):])
	if fit := slices.DeleteFunc(slices.Clone(m.consents), func(c *mConsent) bool { return !m.answerable(c, v) }); len(fit) > 0 && !m.odds("unfit", 5) {
		c = draw(m, "consent that can be", fit)
	}
	a, ok := m.answering(c, v)
	if !ok {
		return
	}
	once := m.odds("once", 2)
	m.try(a, deed{
		verb: v, profile: c.of.id, refused: m.cannotAnswer(a, c, v),
		run: func(x *app.App, a plaza.Actor) error {
			switch v {
			case plaza.ConsentGrant:
				return x.GrantConsent(m.w.ctx, a, c.id, once, c.version)
			case plaza.ConsentRefuse:
				return x.RefuseConsent(m.w.ctx, a, c.id, c.version)
			case plaza.ConsentRevoke:
				return x.RevokeConsent(m.w.ctx, a, c.id, c.version)
			default:
				return x.WithdrawConsent(m.w.ctx, a, c.id, c.version)
			}
		},
		then: func() { m.answered(c, v, once) },
	})
}

// answerable reports whether v can be done to c by whoever may.
func (m *machine) answerable(c *mConsent, v plaza.Verb) bool {
	state := m.state(c)
	holds := state == plaza.ConsentGranted || state == plaza.ConsentUsed
	return v == plaza.ConsentRevoke && holds || v == plaza.ConsentWithdraw && (holds || state == plaza.ConsentOpen) ||
		v != plaza.ConsentRevoke && state == plaza.ConsentOpen
}

// answering returns somebody who does v to c; mostly one who may.
func (m *machine) answering(c *mConsent, v plaza.Verb) (plaza.Actor, bool) {
	if m.odds("another", 5) {
		return m.boss(c.of, plaza.Owner)
	}
	if v == plaza.ConsentWithdraw {
		return m.ensure(c.asker)
	}
	for _, l := range m.logins {
		if l.profile == c.of && l.role == plaza.Owner && l.opens() {
			return m.ensure(l)
		}
	}
	return plaza.Actor{}, false
}

// cannotAnswer returns why a does not do v to c.
func (m *machine) cannotAnswer(a plaza.Actor, c *mConsent, v plaza.Verb) plaza.Kind {
	own := m.login(a.Login)
	switch {
	case !c.of.below(own.profile), v != plaza.ConsentWithdraw && c.of != own.profile:
		return plaza.NotFound
	case !m.answerable(c, v):
		return plaza.Conflict
	case v == plaza.ConsentWithdraw && c.asker != own:
		return plaza.NotFound
	}
	return ""
}

// answered is what becomes of c, and of those who are inside under it.
func (m *machine) answered(c *mConsent, v plaza.Verb, once bool) {
	c.answer = map[plaza.Verb]plaza.ConsentState{
		plaza.ConsentGrant: plaza.ConsentGranted, plaza.ConsentRefuse: plaza.ConsentRefused,
		plaza.ConsentRevoke: plaza.ConsentRevoked, plaza.ConsentWithdraw: plaza.ConsentWithdrawn,
	}[v]
	if v == plaza.ConsentGrant {
		c.once = once
	} else {
		m.cease(plaza.EndAccess, func(x *mActing) bool { return x.consent == c })
	}
	c.version++
	c.links = nil
}

// answerMail answers with the link from the mail, also one that was used.
func (m *machine) answerMail() {
	all := slices.DeleteFunc(slices.Clone(m.consents), func(c *mConsent) bool { return len(c.links) == 0 })
	if len(all) == 0 {
		m.t.Skip()
	}
	c := draw(m, "consent", all)
	owners := slices.SortedFunc(maps.Keys(c.links), func(a, b *mLogin) int { return len(a.id+a.name) - len(b.id+b.name) })
	l := owners[0]
	if len(owners) > 1 {
		owners = slices.DeleteFunc(slices.Clone(m.logins), func(l *mLogin) bool { return c.links[l] == "" })
		l = draw(m, "owner", owners)
	}
	link, grant, once := c.links[l], m.odds("grant", 2), m.odds("once", 2)
	err := m.gate().AnswerConsent(m.w.ctx, link, grant, once, m.from())
	if m.state(c) != plaza.ConsentOpen || !l.owns() || !l.dashboard || c.of.halted() {
		m.expect("I6", "a link of no use", err, plaza.NotFound)
		return
	}
	m.expect("I6", "a link to answer a consent", err, "")
	v := plaza.ConsentRefuse
	if grant {
		v = plaza.ConsentGrant
	}
	m.events = append(m.events, event{verb: v, result: plaza.Done, actor: l.id, profile: c.of.id})
	m.answered(c, v, once)
	m.expect("I10", "a used link", m.gate().AnswerConsent(m.w.ctx, link, grant, once, m.from()), plaza.NotFound)
}
