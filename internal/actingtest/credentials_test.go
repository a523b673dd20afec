package actingtest

import (
	"maps"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/apptest"
)

// scene is a world in which there is one credential of every kind, all of them
// around one actor and four profiles below its own that it acts in, or may.
type scene struct {
	*story

	actor         plaza.Actor
	vendor, owner plaza.Actor // of the vendor, and of the actor's profile
	stranger      plaza.Actor // of another reseller
	room          map[string]room
	tokens        map[string]string      // of sessions, by the name of the credential
	inside        map[string]plaza.Actor // who came in with them
	links         map[string]string
	browser       string   // in which the actor is not asked for a second step
	recovery      []string // codes of the actor's
}

// room is a profile that the actor acts in, or may.
type room struct {
	owner, target plaza.Actor
	consent       plaza.Consent // zero: it lets everybody in
}

// The rooms: which one a credential is for.
const (
	freely = "Freely" // everybody is let in
	until  = "Until"  // by a consent until an end
	once   = "Once"   // by a consent that was used up
	unused = "Unused" // by a consent for once that was not used yet
	asked  = "Asked"  // where nobody answered yet
)

const consentFor = 2 * 24 * time.Hour

// newScene makes the world.
func newScene(t *testing.T, engine string) *scene {
	t.Helper()
	w, address := newBase(t, engine)
	s := &scene{
		story: &story{}, room: map[string]room{}, tokens: map[string]string{}, inside: map[string]plaza.Actor{}, links: map[string]string{},
		vendor: w.Vendor, owner: w.Reseller, stranger: w.Stranger,
	}
	s.actor = w.Invite(t, w.Reseller, w.Reseller.Profile, "Actor", plaza.Administrator)
	s.tokens["the actor's session"] = w.Tokens[s.actor.Login]
	for _, name := range []string{freely, until, once, unused, asked} {
		s.furnish(t, w, name)
	}
	shut := s.room[freely].owner // lets nobody in, for as long as it takes to break the glass
	must(t, w.SetSupportAccess(t.Context(), shut, plaza.AccessNever, 1))
	_ = w.Invite(t, w.Vendor, w.Vendor.Profile, "Firefighter", plaza.Administrator)
	s.enter(t, w, "a broken glass", "firefighter@example.com", plaza.NewActing{Login: s.room[freely].target.Login, BreakGlass: true})
	must(t, w.SetSupportAccess(t.Context(), shut, plaza.AccessAllowed, 2))
	s.enter(t, w, "an acting session", "actor@example.com", plaza.NewActing{Login: s.room[freely].target.Login})
	s.enter(t, w, "an acting session under a consent", "actor@example.com", plaza.NewActing{Login: s.room[until].target.Login})
	s.enter(t, w, "an acting session under a consent used up", "actor@example.com", plaza.NewActing{Login: s.room[once].target.Login})

	s.token(t, w, actorsToken, s.actor, plaza.NewToken{})
	s.token(t, w, sharedToken, s.actor, plaza.NewToken{Shared: true, Root: s.room[freely].owner.Profile})
	s.token(t, w, targetsToken, s.room[freely].target, plaza.NewToken{})

	at := s.room[freely]
	s.tokens["the target's session"] = w.Tokens[at.target.Login]
	for name, profile := range map[string]string{"an invitation below": at.owner.Profile, "an invitation at home": s.actor.Profile} {
		email := map[bool]string{true: "below@example.com", false: "home@example.com"}[profile == at.owner.Profile]
		must1(w.CreateLogin(t.Context(), s.actor, plaza.NewLogin{Profile: profile, Name: "New", Email: email, Role: plaza.Support, Dashboard: true}))(t)
		s.links[name] = w.Link(t, email, "/invitation/")
	}
	for name, email := range map[string]string{"the actor's reset link": "actor@example.com", "the target's reset link": "target-freely@example.com"} {
		must(t, w.Gate.ForgotPassword(t.Context(), email, plaza.Origin{Address: email}))
		s.links[name] = w.Link(t, email, "/reset-password/")
	}
	s.links["a link to answer a consent"] = w.Link(t, "asked@example.com", "/consent/")
	s.exports(t, w)
	s.factors(t, w)
	s.end(t, w, engine, address)
	return s
}

// factors gives the actor two factors, recovery codes and a browser that is remembered.
func (s *scene) factors(t *testing.T, w *apptest.World) {
	t.Helper()
	for _, name := range []string{"First", "Second"} {
		seed := must1(w.Seed(t.Context(), s.actor, ""))(t)
		code := must1(totp.GenerateCode(seed.Text, w.Clock.Now()))(t)
		codes := must1(w.AddFactor(t.Context(), s.actor, plaza.NewFactor{Name: name, Seed: seed.Sealed, Code: code, Lasting: true}))(t)
		s.recovery = append(s.recovery, codes...)
	}
	token := must1(w.Gate.SignIn(t.Context(), "actor@example.com", apptest.Password, plaza.Origin{}))(t)
	_, browser, err := w.Gate.SecondStep(t.Context(), token, s.recovery[0], true, plaza.Origin{})
	must(t, err)
	s.browser, s.recovery = browser, s.recovery[1:]
}

// furnish makes one of the rooms.
func (s *scene) furnish(t *testing.T, w *apptest.World, name string) {
	t.Helper()
	r := room{owner: w.Add(t, w.Reseller, plaza.Partner, name)}
	r.target = w.Invite(t, w.Reseller, r.owner.Profile, "Target "+name, plaza.Administrator)
	if name != freely {
		must(t, w.SetSupportAccess(t.Context(), r.owner, plaza.AccessAsk, 1))
		in := plaza.NewConsent{Profile: r.owner.Profile, Reason: because, Until: w.Clock.Now().Add(consentFor)}
		r.consent = must1(w.AskConsent(t.Context(), s.actor, in))(t)
	}
	if name != freely && name != asked {
		must(t, w.GrantConsent(t.Context(), r.owner, r.consent.ID, name != until, 1))
	}
	s.room[name] = r
}

// enter has somebody act in a browser of its own, in Manage.
func (s *scene) enter(t *testing.T, w *apptest.World, name, email string, in plaza.NewActing) {
	t.Helper()
	in.Reason = because
	token := must1(w.LogInAs(t.Context(), w.SignIn(t, email), in))(t)
	must(t, w.RaiseActing(t.Context(), must1(w.Gate.Identify(t.Context(), token, plaza.Origin{}))(t).Actor, plaza.Manage))
	s.tokens[name], s.inside[name] = token, must1(w.Gate.Identify(t.Context(), token, plaza.Origin{}))(t).Actor
}

// The tokens of programs.
const (
	actorsToken  = "the actor's token"
	sharedToken  = "a shared token"
	targetsToken = "the target's token"
)

// token makes a token for everything that one can be for, and comes in with it.
func (s *scene) token(t *testing.T, w *apptest.World, name string, by plaza.Actor, in plaza.NewToken) {
	t.Helper()
	in.Name, in.Expires = name, w.Clock.Now().AddDate(0, 3, 0)
	in.Verbs = plaza.TokenVerbs(by.Kind, by.Role, in.Root != "")
	_, bearer, err := w.CreateToken(t.Context(), by, in)
	must(t, err)
	s.tokens[name], s.inside[name] = bearer, must1(w.Gate.Bearer(t.Context(), bearer, plaza.Origin{}))(t)
}

// stage is a copy of a scene, on which one event happens.
type stage struct {
	*scene
	*world

	t        *testing.T
	password string            // of the actor by now
	tokens   map[string]string // as the scene's, and those that came of them
	made     map[string]bool   // exports, by ID
	used     int               // recovery codes
}

func (s *scene) stage(t *testing.T) *stage {
	t.Helper()
	w := s.open(t.Context())
	t.Cleanup(w.close)
	return &stage{scene: s, world: w, t: t, password: apptest.Password, tokens: maps.Clone(s.tokens), made: map[string]bool{}}
}

func (s *stage) app() *app.App   { return s.apps[0] }
func (s *stage) gate() *app.Gate { return app.NewGate(s.apps[1]) } // so that none knows what the other did

// signIn returns who has an address, signed in anew.
func (s *stage) signIn(email, password string) (plaza.Actor, error) {
	token, err := s.gate().SignIn(s.ctx, email, password, plaza.Origin{Address: "192.0.2.1"})
	if err != nil {
		return plaza.Actor{}, err
	}
	v, err := s.gate().Identify(s.ctx, token, plaza.Origin{})
	if err != nil || v.Wants != app.WantsFactor {
		return v.Actor, err
	}
	if token, err = s.gate().Recognized(s.ctx, token, s.browser, plaza.Origin{}); err != nil {
		return plaza.Actor{}, err
	}
	if v, err = s.gate().Identify(s.ctx, token, plaza.Origin{}); err == nil && v.Wants == app.WantsFactor {
		v, err = s.secondStep(token) // the browser is not remembered any more
	}
	return v.Actor, err
}

// secondStep gives a recovery code that nobody gave before.
func (s *stage) secondStep(token string) (app.Visit, error) {
	s.used++
	fresh, _, err := s.gate().SecondStep(s.ctx, token, s.recovery[s.used-1], false, plaza.Origin{Address: "192.0.2.1"})
	if err != nil {
		return app.Visit{}, err
	}
	return s.gate().Identify(s.ctx, fresh, plaza.Origin{})
}

// asked gives the actor's password, and returns the token of a session that waits for a
// second step.
func (s *stage) asked() (string, error) {
	token, err := s.gate().SignIn(s.ctx, "actor@example.com", s.password, plaza.Origin{Address: "192.0.2.1"})
	if err != nil {
		return "", err
	}
	v, err := s.gate().Identify(s.ctx, token, plaza.Origin{})
	if err == nil && v.Wants != app.WantsFactor {
		err = plaza.Errorf(plaza.Forbidden, "error.meanwhile") // there is no second step to stand for
	}
	return token, err
}

// recognized returns nil if the actor is let in by the browser that is remembered.
func (s *stage) recognized() error {
	token, err := s.asked()
	if err != nil {
		return err
	}
	if token, err = s.gate().Recognized(s.ctx, token, s.browser, plaza.Origin{}); err != nil {
		return err
	}
	v, err := s.gate().Identify(s.ctx, token, plaza.Origin{})
	if err == nil && v.Wants != app.WantsNothing {
		err = plaza.Errorf(plaza.Forbidden, "error.meanwhile")
	}
	return err
}

// recovered returns nil if the actor is let in by a recovery code.
func (s *stage) recovered() error {
	token, err := s.asked()
	if err != nil {
		return err
	}
	_, err = s.secondStep(token)
	return err
}

// credential is a kind of it: look asks whether it opens what it is for, and uses
// nothing up; use does what it is for.
type credential struct {
	name string
	look func(s *stage) error
	use  func(s *stage) error // nil: to look is all
	ends bool                 // to use it ends every session of a person
}

// credentials are all kinds that there are, in the order in which they can be
// used without harm to the next one.
func credentials() []credential {
	out := plaza.Errorf(plaza.Forbidden, "error.meanwhile")
	sits := func(name string) credential {
		return credential{name: name, look: func(s *stage) error {
			v, err := s.gate().Identify(s.ctx, s.tokens[name], plaza.Origin{})
			if err == nil {
				_, err = s.app().Overview(s.ctx, v.Actor)
			}
			return err
		}}
	}
	// Whoever was let in before the event may have got as far as the deed.
	acts := func(name string) credential {
		return credential{
			name: name, look: func(s *stage) error {
				v, err := s.gate().Identify(s.ctx, s.tokens[name], plaza.Origin{})
				if err == nil && v.Ended != nil {
					s.tokens[name+", at home"] = v.Ended.Token
					err = out
				}
				return err
			}, use: func(s *stage) error {
				_, err := s.app().IssueLicense(s.ctx, s.inside[name], plaza.NewLicense{Profile: s.inside[name].Profile, Plan: s.world.plan})
				return err
			},
		}
	}
	return []credential{
		sits("the actor's session"),
		sits("the target's session"),
		acts("an acting session"),
		acts("an acting session under a consent"),
		acts("an acting session under a consent used up"),
		acts("a broken glass"),
		downloads(exportLink, "the actor's session"),
		downloads(exportLinkInside, "an acting session"),
		isMade(exportJob, "the actor's session"),
		isMade(exportJobInside, "an acting session"),
		downloadsByToken(),
		isMadeByToken(),
		imports(),
		programs(actorsToken),
		programs(sharedToken),
		programs(targetsToken),
		letter(),
		{name: "the actor's remembered browser", look: (*stage).recognized},
		{name: "the actor's recovery codes", look: (*stage).recovered},
		enters("a consent until its end", until),
		enters("a consent for once", unused),
		answers(),
		accepts("an invitation below"),
		accepts("an invitation at home"),
		resets("the actor's reset link"),
		resets("the target's reset link"),
	}
}

// letter is what waits in the outbox, with a link in it.
func letter() credential {
	return credential{name: "a letter with a link", look: func(s *stage) error {
		if len(s.query(`SELECT id FROM mails WHERE kind = 'invitation' AND sent_at IS NULL AND dead_at IS NULL AND text_body LIKE '%/invitation/%'`)) == 0 {
			return plaza.Errorf(plaza.NotFound, "error.not_found")
		}
		return nil
	}}
}

// programs is a token of a program. What has come in with it before the event may have got
// as far as the deed; with another role it does what is left of it.
func programs(name string) credential {
	look := func(s *stage) (plaza.Actor, error) {
		a, err := s.gate().Bearer(s.ctx, s.tokens[name], plaza.Origin{})
		if err == nil {
			_, err = s.app().Licenses(s.ctx, a, plaza.LicenseFilter{}, plaza.Page{})
		}
		return a, err
	}
	return credential{
		name: name, look: func(s *stage) error { _, err := look(s); return err },
		use: func(s *stage) error {
			before := s.inside[name]
			if now, err := look(s); err == nil && now.Role != before.Role {
				return nil
			}
			p := s.profile(before.Pass.Root)
			return s.app().EditProfile(s.ctx, before, p.ID, plaza.ProfileEdit{Name: p.Name, WarningDays: p.WarningDays, Version: p.Version})
		},
	}
}

// enters is a consent to enter a room.
func enters(name, where string) credential {
	return credential{
		name: name, look: func(s *stage) error {
			a, err := s.signIn("actor@example.com", s.password)
			if err != nil {
				return err
			}
			e, err := s.app().Entrance(s.ctx, a, s.room[where].owner.Profile)
			if err == nil && (!e.Free(s.clock.Now()) || e.Profile.Halted) {
				err = plaza.Errorf(plaza.Conflict, "error.conflict")
			}
			return err
		}, use: func(s *stage) error {
			a, err := s.signIn("actor@example.com", s.password)
			if err == nil {
				_, err = s.app().LogInAs(s.ctx, a, plaza.NewActing{Login: s.room[where].owner.Login, Reason: because})
			}
			return err
		},
	}
}

func answers() credential {
	const name = "a link to answer a consent"
	return credential{
		name: name,
		look: func(s *stage) error { _, err := s.gate().ConsentAsked(s.ctx, s.links[name]); return err },
		use: func(s *stage) error {
			return s.gate().AnswerConsent(s.ctx, s.links[name], true, false, plaza.Origin{})
		},
	}
}

func accepts(name string) credential {
	return credential{
		name: name,
		look: func(s *stage) error { _, _, err := s.gate().Invitation(s.ctx, s.links[name]); return err },
		use: func(s *stage) error {
			_, err := s.gate().AcceptInvitation(s.ctx, s.links[name], apptest.Password, plaza.Origin{})
			return err
		},
	}
}

func resets(name string) credential {
	return credential{
		name: name, ends: true,
		look: func(s *stage) error { return s.gate().CheckReset(s.ctx, s.links[name]) },
		use: func(s *stage) error {
			return s.gate().ResetPassword(s.ctx, s.links[name], "a password from a link", plaza.Origin{})
		},
	}
}
