package web_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/connectplaza/plaza/internal/apptest"
)

// routes is every way in and the verb it needs, for people to read and for
// TestRoutes to hold the dashboard to. What stands behind "else" is asked of
// somebody who may not do the first.
const routes = `
GET  /{$}                           overview.read
GET  /profile                       profile.read
POST /profile                       profile.edit
GET  /partners                      profile.read
GET  /partners/new                  profile.create else request.make
POST /partners                      profile.create else request.make
GET  /partners/{id}                 profile.read
GET  /partners/{id}/licenses        license.read
GET  /partners/{id}/agents          agent.read
GET  /partners/{id}/logins          login.read
GET  /partners/{id}/requests        request.read
GET  /partners/{id}/audit           audit.read
GET  /partners/{id}/settings        profile.edit
POST /partners/{id}/settings        profile.edit
GET  /partners/{id}/suspend         profile.suspend
POST /partners/{id}/suspend         profile.suspend
POST /partners/{id}/resume          profile.resume
GET  /partners/{id}/close           profile.close
POST /partners/{id}/close           profile.close
POST /partners/{id}/reopen          profile.reopen
GET  /partners/{id}/login-as        acting.start
POST /partners/{id}/login-as        acting.start
POST /acting/mode                   acting.raise
POST /acting/leave                  acting.stop
GET  /access                        access.read
POST /access/setting                access.set
POST /access/login-as               acting.switch
POST /access/inside/{id}/end        acting.end
POST /partners/{id}/consent         consent.ask
POST /consents/{id}/grant           consent.grant
POST /consents/{id}/refuse          consent.refuse
POST /consents/{id}/revoke          consent.revoke
POST /consents/{id}/withdraw        consent.withdraw
GET  /consent/{token}               public
POST /consent/{token}               public
GET  /licenses                      license.read
GET  /licenses/new                  license.issue else request.make
POST /licenses                      license.issue else request.make
GET  /licenses/{id}                 license.read
POST /licenses/{id}/key             license.reveal
GET  /licenses/{id}/suspend         license.suspend
POST /licenses/{id}/suspend         license.suspend
POST /licenses/{id}/resume          license.resume
GET  /licenses/{id}/end             license.end
POST /licenses/{id}/end             license.end
GET  /agents                        agent.read
GET  /agents/new                    agent.create else request.make
POST /agents                        agent.create else request.make
GET  /agents/{id}                   agent.read
POST /agents/{id}/key               license.reveal
GET  /agents/{id}/rename            agent.rename
POST /agents/{id}/rename            agent.rename
GET  /logins                        login.read
GET  /logins/new                    login.create else request.make
POST /logins                        login.create else request.make
GET  /logins/{id}                   login.read
GET  /logins/{id}/edit              login.edit
POST /logins/{id}/edit              login.edit
POST /logins/{id}/disable           login.disable
POST /logins/{id}/enable            login.enable
POST /logins/{id}/reinvite          login.reinvite
GET  /requests                      request.read
GET  /requests/{id}                 request.read
POST /requests/{id}/approve         request.approve
GET  /requests/{id}/decline         request.decline
POST /requests/{id}/decline         request.decline
POST /requests/{id}/withdraw        request.withdraw
GET  /audit                         audit.read
GET  /audit/export                  audit.export
GET  /notices                       notice.read
POST /notices/read                  notice.read
GET  /mails                         mail.read
POST /mails/{id}/retry              mail.retry
GET  /mailbox                       public
GET  /mailbox/{id}                  public
GET  /search                        overview.read
GET  /documentation                 public
GET  /documentation/{page}          public
GET  /documentation/img/{file}      public
GET  /about                         public
GET  /about/licenses                public
GET  /sign-in                       public
POST /sign-in                       public
POST /sign-out                      public
GET  /forgot-password               public
POST /forgot-password               public
GET  /reset-password/{token}        public
POST /reset-password/{token}        public
GET  /invitation/{token}            public
POST /invitation/{token}            public
GET  /profiles                      public
POST /profiles                      public
GET  /account                       account.read
POST /account                       account.edit
GET  /account/password              account.password
POST /account/password              account.password
POST /theme                         public
     /                              public
GET  /assets/                       public
`

func TestRoutes(t *testing.T) {
	t.Parallel()
	s := newDemoSite(t, apptest.New(t, openSQLite(t)))
	var got strings.Builder
	got.WriteByte('\n')
	for _, rt := range s.Routes() {
		needs := string(rt.Verb)
		switch {
		case rt.Public:
			needs = "public"
		case rt.Else != "":
			needs += " else " + string(rt.Else)
		}
		fmt.Fprintf(&got, "%-4s %-30s %s\n", rt.Method, rt.Pattern, needs)
		if rt.Public == (rt.Verb != "") {
			t.Errorf("%s must either have a verb or be public", rt)
		}
	}
	if diff := cmp.Diff(routes, got.String()); diff != "" {
		t.Errorf("routes differ from those written down here (-written +mounted):\n%s", diff)
	}
}
