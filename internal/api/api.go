// Package api is the JSON door: /api/v1, for programs.
//
// The wire types say what a request looks like, and huma holds callers to that and
// describes it; the rules are those of package plaza, reached by the same use cases as the
// dashboard's. An operation is a function of who asks and what: it decides nothing.
package api

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/clock"
	"github.com/connectplaza/plaza/internal/door"
	"github.com/connectplaza/plaza/internal/i18n"
	"github.com/connectplaza/plaza/internal/sheet"
)

// Prefix is what the paths of the API begin with.
const Prefix = "/api/v1"

// Config is what the API needs.
type Config struct {
	App       *app.App
	Gate      *app.Gate
	Log       *slog.Logger
	Texts     *i18n.Catalogue
	Now       clock.Func
	PublicURL string // where people reach the dashboard
	Pace      Pace   // zero: [DefaultPace]
}

// API serves the REST API.
type API struct {
	app    *app.App
	gate   *app.Gate
	log    *slog.Logger
	texts  *i18n.Catalogue
	now    clock.Func
	url    string // without a slash at the end
	mux    *door.Mux
	huma   huma.API
	cookie door.SessionCookie
	limits *limits
	sheets *sheet.Maker
}

// Mount mounts the API on mux.
func Mount(mux *door.Mux, c Config) error {
	s := &API{
		app: c.App, gate: c.Gate, log: c.Log, texts: c.Texts, now: c.Now, url: strings.TrimSuffix(c.PublicURL, "/"), mux: mux, limits: newLimits(c.Pace),
		sheets: sheet.New(c.App, c.Texts, c.Now),
		cookie: door.SessionCookie{Secure: strings.HasPrefix(c.PublicURL, "https://")},
	}
	s.huma = huma.NewAPI(s.config(), adapter{s})
	s.operations()
	spec, err := json.Marshal(s.huma.OpenAPI())
	if err != nil {
		return fmt.Errorf("describe the API: %w", err)
	}
	mux.Handle(door.Route{Method: http.MethodGet, Pattern: Prefix + "/openapi.json", Public: true}, http.HandlerFunc(
		func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/openapi+json")
			_, _ = w.Write(spec) // fails only if nobody is there to be told
		}))
	mux.Handle(door.Route{Pattern: "/api/", Public: true}, http.HandlerFunc(s.nowhere))
	return nil
}

// operations registers every operation; each noun's are in its own file.
func (s *API) operations() {
	s.meOperations()
	s.profileOperations()
	s.licenseOperations()
	s.agentOperations()
	s.activationOperations()
	s.monitorOperations()
	s.notificationOperations()
	s.alarmOperations()
	s.fileOperations()
	s.releaseOperations()
	s.signingKeyOperations()
	s.loginOperations()
	s.planOperations()
	s.offerOperations()
	s.requestOperations()
	s.commentOperations()
	s.approvalOperations()
	s.moveOperations()
	s.allowanceOperations()
	s.batchOperations()
	s.importOperations()
	s.exportOperations()
	s.statementOperations()
	s.billingOperations()
	s.expiryOperations()
	s.noticeOperations()
	s.mailOperations()
	s.accessOperations()
	s.auditOperations()
	s.webhookOperations()
	s.deliveryOperations()
}

// config leaves huma nothing to mount but operations: what it would serve of its own has
// no verb.
func (s *API) config() huma.Config {
	c := huma.DefaultConfig("Plaza", "1")
	c.Info.Description = "What the dashboard does, a program can do within the rights of its token, and the dashboard itself within those of whoever is signed in: what is described here. A change answers with the thing as it is then."
	c.DocsPath, c.OpenAPIPath, c.SchemasPath = "", "", ""
	c.CreateHooks = nil // no $schema in bodies
	c.RejectUnknownQueryParameters = true
	c.Formats = map[string]huma.Format{"application/json": strictJSON(), "json": strictJSON()}
	c.DefaultFormat = "application/json"
	c.Transformers = []huma.Transformer{s.conform, sparse}
	c.Servers = []*huma.Server{{URL: s.url}}
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token": {Type: "http", Scheme: "bearer", Description: "An API token, which begins with plaza_. Make one on the page API tokens."},
		"session": {
			Type: "apiKey", In: "cookie", Name: s.cookie.Name(),
			Description: "The session of whoever is signed in on the dashboard: for its own pages, such as the API reference. It counts without a token, and if the browser says by " +
				"Sec-Fetch-Site that the request is of the same origin. It may what the person may, but for what only a person at the keyboard does.",
		},
	}
	c.Security = []map[string][]string{{"token": {}}, {"session": {}}}
	return c
}

// adapter mounts huma's operations as routes.
type adapter struct{ *API }

// Handle mounts h at o's path, for whoever may do o's verb.
func (a adapter) Handle(o *huma.Operation, h func(huma.Context)) {
	verb, _ := o.Extensions["x-verb"].(plaza.Verb) // set by op
	object, _ := o.Extensions["x-object"].(string)
	rt := door.Route{Method: o.Method, Pattern: o.Path, Verb: verb, Object: object, Large: large(o)}
	a.mux.Handle(rt, a.admit(rt, func(w http.ResponseWriter, r *http.Request) { h(humago.NewContext(o, r, w)) }))
}

// large returns how much o may bring or answer with if that is more than JSON has, or 0.
func large(o *huma.Operation) int64 {
	const usual = 1 << 20 // which huma has, too
	if o.MaxBodyBytes > usual {
		return o.MaxBodyBytes
	}
	return 0
}

// ServeHTTP is there for huma, which serves nothing itself.
func (a adapter) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.mux.ServeHTTP(w, r) }

// op registers f as operation o, which does verb. It hands f the actor and turns the error
// that f returns into a problem.
func op[In, Out any](s *API, verb plaza.Verb, o huma.Operation, f func(context.Context, plaza.Actor, *In) (*Out, error)) {
	noun, _, _ := strings.Cut(string(verb), ".")
	o.Extensions = map[string]any{"x-verb": verb}
	if object := objectIn(o.Path); object != "" {
		o.Extensions["x-object"] = object
	}
	if o.DefaultStatus == 0 {
		o.DefaultStatus = http.StatusOK
	}
	if len(o.Tags) == 0 {
		o.Tags = []string{noun}
	}
	o.Description = strings.TrimSpace(o.Description + "\n\nNeeds the verb `" + string(verb) + "`.")
	if o.Method == http.MethodPost && verb != plaza.LicenseReveal && large(&o) == 0 {
		o.Parameters = append(o.Parameters, &huma.Param{
			Name: headerOnce, In: "header", Schema: &huma.Schema{Type: huma.TypeString, MaxLength: new(longestOnce)},
			Description: "Any text that is new for each thing to be done, such as a UUID. Who sends the same request with the same key again, within 24 hours, gets the same answer, and nothing is done twice.",
		})
	}
	problem := s.huma.OpenAPI().Components.Schemas.Schema(problemType, true, "Problem")
	if o.Responses == nil {
		o.Responses = map[string]*huma.Response{}
	}
	o.Responses["default"] = &huma.Response{
		Description: "What went wrong, see the page of the manual on problems.",
		Content:     map[string]*huma.MediaType{problemMedia: {Schema: problem}},
	}
	var members []string // of an answer
	o.Middlewares = huma.Middlewares{func(c huma.Context, next func(huma.Context)) {
		for name := range strings.SplitSeq(c.Query("fields"), ",") {
			if name != "" && !slices.Contains(members, name) {
				r, w := humago.Unwrap(c)
				s.fail(w, r, plaza.Errorf(plaza.Invalid, "api.no_field", "Name", name, "Names", strings.Join(members, ", ")))
				return
			}
		}
		next(c)
	}}
	huma.Register(s.huma, o, func(ctx context.Context, in *In) (*Out, error) {
		actor, _ := ctx.Value(actorKey{}).(plaza.Actor)
		out, err := f(ctx, actor, in)
		if err != nil {
			return nil, s.problem(ctx, err)
		}
		return out, nil
	})
	members = s.members(o)
}

// objectIn returns the kind of what the ID in a path is of; empty if there is none.
func objectIn(path string) string {
	before, _, ok := strings.Cut(path, "/{id}")
	switch {
	case !ok:
		return ""
	case before == batches:
		return "batch"
	case before == deliveries:
		return "delivery"
	}
	return strings.TrimSuffix(strings.TrimPrefix(before, Prefix+"/"), "s")
}

// members returns the names of the members of what o answers, or of the things in its list.
func (s *API) members(o huma.Operation) (names []string) {
	answer := o.Responses[strconv.Itoa(o.DefaultStatus)]
	if answer == nil || answer.Content["application/json"] == nil {
		return nil
	}
	schemas := s.huma.OpenAPI().Components.Schemas
	whole := func(of *huma.Schema) *huma.Schema {
		if of.Ref != "" {
			return schemas.SchemaFromRef(of.Ref)
		}
		return of
	}
	schema := whole(answer.Content["application/json"].Schema)
	if data := schema.Properties["data"]; data != nil && data.Items != nil {
		schema = whole(data.Items)
	}
	return slices.Sorted(maps.Keys(schema.Properties))
}

// nowhere answers what no route matches.
func (s *API) nowhere(w http.ResponseWriter, r *http.Request) {
	if allowed := s.mux.Allowed(r); len(allowed) > 0 {
		if slices.Contains(allowed, http.MethodGet) {
			allowed = append(allowed, http.MethodHead)
		}
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		s.write(w, r, &Problem{Type: s.typeOf("method"), Code: "method", Title: http.StatusText(http.StatusMethodNotAllowed), Status: http.StatusMethodNotAllowed})
		return
	}
	s.fail(w, r, plaza.Errorf(plaza.NotFound, "error.not_found"))
}
