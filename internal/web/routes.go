package web

import (
	"net/http"
	"strings"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/door"
	"github.com/connectplaza/plaza/internal/web/assets"
)

// mount mounts a page at a route.
type mount func(door.Route, handler)

func (m mount) get(pattern string, v plaza.Verb, h handler) {
	m(door.Route{Method: http.MethodGet, Pattern: pattern, Verb: v, Object: object(pattern)}, h)
}

func (m mount) post(pattern string, v plaza.Verb, h handler) {
	m(door.Route{Method: http.MethodPost, Pattern: pattern, Verb: v, Object: object(pattern)}, h)
}

// ask mounts what profiles below make a request of.
func (m mount) ask(method, pattern string, v plaza.Verb, h handler) {
	m(door.Route{Method: method, Pattern: pattern, Verb: v, Object: object(pattern), Else: plaza.RequestMake}, h)
}

// public mounts what anyone may come in by.
func (m mount) public(method, pattern string, h handler) {
	m(door.Route{Method: method, Pattern: pattern, Public: true}, h)
}

// object returns the kind of what the ID in a pattern is of; empty if there is none.
func object(pattern string) string {
	before, _, ok := strings.Cut(pattern, "/{id}")
	switch {
	case !ok:
		return ""
	case before == "/partners", before == "/statements":
		return "profile"
	case before == "/batches":
		return "batch"
	case before == "/deliveries":
		return "delivery"
	case before == "/access/inside":
		return "acting"
	case before == "/account/factors":
		return "factor"
	case before == "/account/browsers":
		return "browser"
	}
	return strings.TrimSuffix(strings.TrimPrefix(before, "/"), "s")
}

// routes mounts every page; each noun's are in its own file. Who may come in by
// them stands once more, in other words, in internal/matrixtest.
func (s *Web) routes(m mount) {
	s.overviewRoutes(m)
	s.profileRoutes(m)
	s.moveRoutes(m)
	s.actingRoutes(m)
	s.accessRoutes(m)
	s.factorRoutes(m)
	s.licenseRoutes(m)
	s.renewalRoutes(m)
	s.deletionRoutes(m)
	s.transferRoutes(m)
	s.allowanceRoutes(m)
	s.statementRoutes(m)
	s.billingRoutes(m)
	s.agentRoutes(m)
	s.batchRoutes(m)
	s.exportRoutes(m)
	s.importRoutes(m)
	s.planRoutes(m)
	s.offerRoutes(m)
	s.releaseRoutes(m)
	s.artifactRoutes(m)
	s.activationRoutes(m)
	s.fileRoutes(m)
	s.downloadRoutes(m)
	s.signingKeyRoutes(m)
	s.monitorRoutes(m)
	s.notificationRoutes(m)
	s.alarmRoutes(m)
	s.loginRoutes(m)
	s.requestRoutes(m)
	s.auditRoutes(m)
	s.noticeRoutes(m)
	s.webhookRoutes(m)
	s.deliveryRoutes(m)
	s.mailRoutes(m)
	s.searchRoutes(m)
	s.documentationRoutes(m)
	s.referenceRoutes(m)
	s.sessionRoutes(m)
	s.accountRoutes(m)
	s.tokenRoutes(m)
	s.expiryRoutes(m)
	s.themeRoutes(m)
	m.public("", "/", s.nowhere)
}

// static mounts what is the same for everybody.
func (s *Web) static(mux *door.Mux) {
	mux.Handle(door.Route{Method: http.MethodGet, Pattern: "/assets/", Public: true}, assets.Handler())
}
