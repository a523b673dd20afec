package client_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/connectplaza/plaza/client"
	"github.com/connectplaza/plaza/internal/api"
	"github.com/connectplaza/plaza/internal/clock"
	"github.com/connectplaza/plaza/internal/door"
	"github.com/connectplaza/plaza/internal/i18n"
)

// calls reaches each operation, with everything that can be said to it. What it returns is
// what the client made of the answer.
func calls() map[string]func(context.Context, *client.Client) (any, error) {
	type (
		ctx = context.Context
		cli = *client.Client
	)
	page := client.Page{Sort: "x", Limit: 7, After: "x", Before: "x"}
	return map[string]func(ctx, cli) (any, error){
		"get-me": func(x ctx, c cli) (any, error) { return c.Me(x) },

		"list-profiles":   func(x ctx, c cli) (any, error) { return c.Profiles(x, full[client.ProfileFilter](), page) },
		"create-profile":  func(x ctx, c cli) (any, error) { return c.CreateProfile(x, full[client.NewProfile]()) },
		"get-profile":     func(x ctx, c cli) (any, error) { return c.Profile(x, "1") },
		"update-profile":  func(x ctx, c cli) (any, error) { return c.EditProfile(x, "1", 3, full[client.ProfileEdit]()) },
		"suspend-profile": func(x ctx, c cli) (any, error) { return c.SuspendProfile(x, "1", 3, "x") },
		"resume-profile":  func(x ctx, c cli) (any, error) { return c.ResumeProfile(x, "1", 3) },
		"reopen-profile":  func(x ctx, c cli) (any, error) { return c.ReopenProfile(x, "1", 3) },

		"list-licenses":      func(x ctx, c cli) (any, error) { return c.Licenses(x, full[client.LicenseFilter](), page) },
		"issue-license":      func(x ctx, c cli) (any, error) { return c.IssueLicense(x, full[client.NewLicense]()) },
		"get-license":        func(x ctx, c cli) (any, error) { return c.License(x, "1") },
		"delete-license":     func(x ctx, c cli) (any, error) { return nil, c.DeleteLicense(x, "1", 3, "x") },
		"reveal-license-key": func(x ctx, c cli) (any, error) { return c.RevealLicenseKey(x, "1") },
		"suspend-license":    func(x ctx, c cli) (any, error) { return c.SuspendLicense(x, "1", 3, "x") },
		"resume-license":     func(x ctx, c cli) (any, error) { return c.ResumeLicense(x, "1", 3) },
		"renew-license":      func(x ctx, c cli) (any, error) { return c.RenewLicense(x, "1", 3, "x") },
		"replan-license":     func(x ctx, c cli) (any, error) { return c.ChangePlan(x, "1", 3, "x", "x") },
		"transfer-license":   func(x ctx, c cli) (any, error) { return c.TransferLicense(x, "1", 3, "x", "x") },
		"end-license":        func(x ctx, c cli) (any, error) { return c.EndLicense(x, "1", 3, "x") },

		"list-agents":      func(x ctx, c cli) (any, error) { return c.Agents(x, full[client.AgentFilter](), page) },
		"create-agent":     func(x ctx, c cli) (any, error) { return c.CreateAgent(x, full[client.NewAgent]()) },
		"get-agent":        func(x ctx, c cli) (any, error) { return c.Agent(x, "1") },
		"update-agent":     func(x ctx, c cli) (any, error) { return c.RenameAgent(x, "1", 3, "x") },
		"list-activations": func(x ctx, c cli) (any, error) { return c.Activations(x, "1") },

		"list-logins":    func(x ctx, c cli) (any, error) { return c.Logins(x, full[client.LoginFilter](), page) },
		"create-login":   func(x ctx, c cli) (any, error) { return c.CreateLogin(x, full[client.NewLogin]()) },
		"get-login":      func(x ctx, c cli) (any, error) { return c.Login(x, "1") },
		"update-login":   func(x ctx, c cli) (any, error) { return c.EditLogin(x, "1", 3, full[client.LoginEdit]()) },
		"disable-login":  func(x ctx, c cli) (any, error) { return c.DisableLogin(x, "1", 3) },
		"enable-login":   func(x ctx, c cli) (any, error) { return c.EnableLogin(x, "1", 3) },
		"reinvite-login": func(x ctx, c cli) (any, error) { return nil, c.ReinviteLogin(x, "1") },

		"list-plans": func(x ctx, c cli) (any, error) { return c.Plans(x) },
		"get-plan":   func(x ctx, c cli) (any, error) { return c.Plan(x, "1") },

		"list-requests":    func(x ctx, c cli) (any, error) { return c.Requests(x, full[client.RequestFilter](), page) },
		"make-request":     func(x ctx, c cli) (any, error) { return c.MakeRequest(x, wish()) },
		"get-request":      func(x ctx, c cli) (any, error) { return c.Request(x, "1") },
		"approve-request":  func(x ctx, c cli) (any, error) { return c.ApproveRequest(x, "1", 3) },
		"decline-request":  func(x ctx, c cli) (any, error) { return c.DeclineRequest(x, "1", 3, "x") },
		"withdraw-request": func(x ctx, c cli) (any, error) { return c.WithdrawRequest(x, "1", 3) },

		"list-allowances":  func(x ctx, c cli) (any, error) { return c.Allowances(x, full[client.AllowanceFilter](), page) },
		"create-allowance": func(x ctx, c cli) (any, error) { return c.CreateAllowance(x, full[client.NewAllowance]()) },
		"get-allowance":    func(x ctx, c cli) (any, error) { return c.Allowance(x, "1") },
		"update-allowance": func(x ctx, c cli) (any, error) { return c.EditAllowance(x, "1", 3, full[client.AllowanceEdit]()) },
		"remove-allowance": func(x ctx, c cli) (any, error) { return nil, c.RemoveAllowance(x, "1", 3) },

		"list-batches": func(x ctx, c cli) (any, error) { return c.Batches(x, client.BatchFilter{}, page) },
		"start-batch":  func(x ctx, c cli) (any, error) { return c.StartBatch(x, full[client.Bulk]()) },
		"get-batch":    func(x ctx, c cli) (any, error) { return c.Batch(x, "1") },

		"list-audit-events": func(x ctx, c cli) (any, error) { return c.AuditEvents(x, full[client.AuditFilter](), page) },

		"get-activation":     func(x ctx, c cli) (any, error) { return c.Activation(x, "1") },
		"release-activation": func(x ctx, c cli) (any, error) { return nil, c.ReleaseActivation(x, "1") },
		"get-alarm":          func(x ctx, c cli) (any, error) { return c.Alarm(x, "1") },
		"set-alarm":          func(x ctx, c cli) (any, error) { return c.SetAlarm(x, "1", 3, full[client.AlarmEdit]()) },
		"check-out-license":  func(x ctx, c cli) (any, error) { return c.CheckOutLicense(x, "1", full[client.LicenseFile]()) },
		"activate-offline":   func(x ctx, c cli) (any, error) { return c.ActivateOffline(x, "1", full[client.OfflineRequest]()) },
		"watch-agents":       func(x ctx, c cli) (any, error) { return c.Watch(x, full[client.WallFilter](), "x") },

		"list-notifications":        func(x ctx, c cli) (any, error) { return c.Notifications(x, full[client.NotificationFilter](), page) },
		"acknowledge-notifications": func(x ctx, c cli) (any, error) { return nil, c.AcknowledgeNotifications(x, []string{"x"}) },
		"reopen-notifications":      func(x ctx, c cli) (any, error) { return nil, c.ReopenNotifications(x, []string{"x"}) },

		"request-allowance":    func(x ctx, c cli) (any, error) { return c.RequestAllowance(x, "1", 7, "x") },
		"list-approval-limits": func(x ctx, c cli) (any, error) { return c.ApprovalLimits(x) },
		"set-approval-limits":  func(x ctx, c cli) (any, error) { return c.SetApprovalLimits(x, full[[]client.Money]()) },
		"list-comments":        func(x ctx, c cli) (any, error) { return c.Comments(x, "1") },
		"comment-on-request":   func(x ctx, c cli) (any, error) { return nil, c.Comment(x, "1", "x") },

		"list-expiry-rules": func(x ctx, c cli) (any, error) { return c.ExpiryRules(x) },
		"set-expiry-rules":  func(x ctx, c cli) (any, error) { return c.SetExpiryRules(x, full[[]client.ExpiryRule]()) },
		"list-history":      func(x ctx, c cli) (any, error) { return c.History(x, full[client.HistoryFilter](), page) },
		"list-mails":        func(x ctx, c cli) (any, error) { return c.Mails(x, full[client.MailFilter](), page) },
		"retry-mail":        func(x ctx, c cli) (any, error) { return nil, c.RetryMail(x, "1") },
		"list-notices":      func(x ctx, c cli) (any, error) { return c.Notices(x, client.NoticeFilter{}, page) },
		"read-notices":      func(x ctx, c cli) (any, error) { return nil, c.ReadNotices(x) },
		"list-visits":       func(x ctx, c cli) (any, error) { return c.Visits(x, client.VisitFilter{}, page) },
		"list-signing-keys": func(x ctx, c cli) (any, error) { return c.SigningKeys(x) },

		"list-webhooks":   func(x ctx, c cli) (any, error) { return c.Webhooks(x) },
		"create-webhook":  func(x ctx, c cli) (any, error) { return c.CreateWebhook(x, full[client.NewWebhook]()) },
		"get-webhook":     func(x ctx, c cli) (any, error) { return c.Webhook(x, "1") },
		"update-webhook":  func(x ctx, c cli) (any, error) { return c.EditWebhook(x, "1", 3, full[client.WebhookEdit]()) },
		"pause-webhook":   func(x ctx, c cli) (any, error) { return c.PauseWebhook(x, "1", 3) },
		"resume-webhook":  func(x ctx, c cli) (any, error) { return c.ResumeWebhook(x, "1", 3) },
		"rotate-webhook":  func(x ctx, c cli) (any, error) { return c.RotateWebhook(x, "1", 3) },
		"remove-webhook":  func(x ctx, c cli) (any, error) { return nil, c.RemoveWebhook(x, "1", 3) },
		"test-webhook":    func(x ctx, c cli) (any, error) { return c.TestWebhook(x, "1") },
		"list-deliveries": func(x ctx, c cli) (any, error) { return c.Deliveries(x, full[client.DeliveryFilter](), page) },
		"get-delivery":    func(x ctx, c cli) (any, error) { return c.Delivery(x, "1") },
		"redeliver":       func(x ctx, c cli) (any, error) { return nil, c.Redeliver(x, "1") },
		"redeliver-some":  func(x ctx, c cli) (any, error) { return c.RedeliverSome(x, "1", full[client.Redelivery]()) },

		"list-exports":    func(x ctx, c cli) (any, error) { return c.Exports(x) },
		"create-export":   func(x ctx, c cli) (any, error) { return c.StartExport(x, full[client.NewExport]()) },
		"get-export":      func(x ctx, c cli) (any, error) { return c.Export(x, "1") },
		"download-export": func(x ctx, c cli) (any, error) { return nil, c.DownloadExport(x, "1", io.Discard) },
		"cancel-export":   func(x ctx, c cli) (any, error) { return nil, c.CancelExport(x, "1") },

		"list-imports":  func(x ctx, c cli) (any, error) { return c.Imports(x, client.ImportFilter{}, page) },
		"create-import": func(x ctx, c cli) (any, error) { return c.SendImport(x, "partners", "x", strings.NewReader("x")) },
		"get-import":    func(x ctx, c cli) (any, error) { return c.Import(x, "1") },
		"list-faulty-rows": func(x ctx, c cli) (any, error) {
			return c.FaultyRows(x, "1", client.Page{Limit: page.Limit, After: page.After, Before: page.Before})
		},
		"check-import":   func(x ctx, c cli) (any, error) { return c.CheckImport(x, "1", full[[]client.ImportColumn]()) },
		"apply-import":   func(x ctx, c cli) (any, error) { return c.ApplyImport(x, "1") },
		"discard-import": func(x ctx, c cli) (any, error) { return c.DiscardImport(x, "1") },

		"list-moves":    func(x ctx, c cli) (any, error) { return c.Moves(x, full[client.MoveFilter](), page) },
		"propose-move":  func(x ctx, c cli) (any, error) { return c.ProposeMove(x, full[client.NewMove]()) },
		"get-move":      func(x ctx, c cli) (any, error) { return c.Move(x, "1") },
		"withdraw-move": func(x ctx, c cli) (any, error) { return c.WithdrawMove(x, "1", 3) },

		"create-plan":   func(x ctx, c cli) (any, error) { return c.CreatePlan(x, full[client.NewPlan]()) },
		"update-plan":   func(x ctx, c cli) (any, error) { return c.EditPlan(x, "1", 3, full[client.PlanEdit]()) },
		"withdraw-plan": func(x ctx, c cli) (any, error) { return c.WithdrawPlan(x, "1", 3) },
		"restore-plan":  func(x ctx, c cli) (any, error) { return c.RestorePlan(x, "1", 3) },
		"get-offers":    func(x ctx, c cli) (any, error) { return c.Offers(x, "1") },
		"offer-plans":   func(x ctx, c cli) (any, error) { return c.Offer(x, "1", 3, true, []string{"x"}) },

		"get-billing":      func(x ctx, c cli) (any, error) { return c.Billing(x, "1") },
		"update-billing":   func(x ctx, c cli) (any, error) { return c.SetBilling(x, "1", 3, full[client.BillingEdit]()) },
		"bill-license":     func(x ctx, c cli) (any, error) { return c.BillLicense(x, "1", 3, "x") },
		"adjust-statement": func(x ctx, c cli) (any, error) { return c.Adjust(x, "1", full[client.Money](), "x") },
		"list-statements":  func(x ctx, c cli) (any, error) { return c.Statements(x, "1") },
		"get-statement":    func(x ctx, c cli) (any, error) { return c.Statement(x, "1", "2026-11", 1) },
		"export-statement": func(x ctx, c cli) (any, error) { return c.ExportStatement(x, "1", "2026-11", 1) },

		"list-releases":   func(x ctx, c cli) (any, error) { return c.Releases(x) },
		"create-release":  func(x ctx, c cli) (any, error) { return c.CreateRelease(x, full[client.NewRelease]()) },
		"get-release":     func(x ctx, c cli) (any, error) { return c.Release(x, "1") },
		"publish-release": func(x ctx, c cli) (any, error) { return c.PublishRelease(x, "1") },
		"yank-release":    func(x ctx, c cli) (any, error) { return c.YankRelease(x, "1", "x") },
	}
}

// wish asks for everything at once, as no wish does. Of one's own, things have no profile.
func wish() client.Wish {
	w := full[client.Wish]()
	w.License.Profile, w.Agent.Profile = "", ""
	return w
}

func TestEveryOperationHasItsMethod(t *testing.T) {
	t.Parallel()
	server := &recorder{doc: description(t)}
	at := httptest.NewServer(server)
	t.Cleanup(at.Close)
	c, err := client.New(client.Config{URL: at.URL, Token: "plaza_x"})
	if err != nil {
		t.Fatal(err)
	}
	all := calls()
	for _, o := range server.doc.operations() {
		call := all[o.id()]
		if call == nil {
			t.Errorf("no method calls %s", o.id())
			continue
		}
		delete(all, o.id())
		got, err := call(t.Context(), c)
		if err != nil {
			t.Errorf("%s: %v", o.id(), err)
			continue
		}
		sent := server.last()
		if sent.operation != o.id() {
			t.Errorf("what is to call %s calls %q", o.id(), sent.operation)
			continue
		}
		if diff := cmp.Diff(o.parameters(), sent.parameters); diff != "" {
			t.Errorf("%s: what it can be told (-) and what it was (+): %s", o.id(), diff)
		}
		if diff := cmp.Diff(server.doc.members(o.body(), ""), members(sent.body, "")); diff != "" {
			t.Errorf("%s: what its body can have (-) and what it had (+): %s", o.id(), diff)
		}
		if diff := cmp.Diff(essence(sent.answer), plain(t, got)); diff != "" {
			t.Errorf("%s: what it answers (-) and what became of it (+): %s", o.id(), diff)
		}
	}
	for id := range all {
		t.Errorf("there is no operation %s", id)
	}
}

// essence returns what a method returns of an answer: the things of a list that is there as
// a whole, and what is alone in it.
func essence(answer any) any {
	object, _ := answer.(map[string]any)
	if data, ok := object["data"]; ok && object["next"] == wholeList {
		return data
	}
	if key, ok := object["key"]; ok && len(object) == 1 {
		return key
	}
	return answer
}

// wholeList stands where a list that has no parts would say which is the next.
const wholeList = "nothing"

func plain(t *testing.T, v any) (out any) {
	t.Helper()
	if v == nil {
		return nil
	}
	text, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(text, &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// full returns a T with something in every field.
func full[T any]() (v T) {
	fill(reflect.ValueOf(&v).Elem())
	return v
}

func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("x")
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)))
			return
		}
		for _, field := range v.Fields() {
			fill(field)
		}
	default:
		panic("fill " + v.Type().String())
	}
}

// members returns the path of everything in a body, with its type.
func members(v any, path string) map[string]string {
	all := map[string]string{}
	switch v := v.(type) {
	case map[string]any:
		for name, one := range v {
			maps.Copy(all, members(one, path+"."+name))
		}
	case []any:
		for _, one := range v {
			maps.Copy(all, members(one, path+"[]"))
		}
	case string:
		all[path] = "string"
	case float64:
		all[path] = "integer"
	case bool:
		all[path] = "boolean"
	}
	return all
}

// object is a part of a description.
type object map[string]any

// description returns what the API says of itself.
func description(t *testing.T) object {
	t.Helper()
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	mux := new(door.Mux)
	if err := api.Mount(mux, api.Config{Log: slog.New(slog.DiscardHandler), Texts: texts, Now: clock.Fixed(time.Time{}), PublicURL: "http://plaza.test"}); err != nil {
		t.Fatal(err)
	}
	rec := httptest.NewRecorder()
	mux.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, api.Prefix+"/openapi.json", http.NoBody))
	var doc object
	if err := json.Unmarshal(rec.Body.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

func (o object) at(path ...string) object {
	for _, name := range path {
		inner, _ := o[name].(map[string]any)
		o = inner
	}
	return o
}

// whole returns o, or what it refers to.
func (o object) whole(of object) object {
	if ref, ok := of["$ref"].(string); ok {
		return o.at("components", "schemas", ref[strings.LastIndex(ref, "/")+1:])
	}
	return of
}

// operation is one of a description.
type operation struct {
	object

	method, path string
}

func (o object) operations() (all []operation) {
	for path, methods := range o.at("paths") {
		for method := range methods.(map[string]any) { //nolint:errcheck,forcetypeassert // a test may panic
			all = append(all, operation{o.at("paths", path, method), strings.ToUpper(method), path})
		}
	}
	return all
}

func (o operation) id() string { id, _ := o.object["operationId"].(string); return id }

func (o operation) body() object {
	return o.at("requestBody", "content", "application/json", "schema")
}

// parameters returns what o can be told outside of its body: but for what a client reads
// whole, and for what a page is never after and before at once.
func (o operation) parameters() (names []string) {
	all, _ := o.object["parameters"].([]any)
	for _, p := range all {
		p, _ := p.(map[string]any)
		if p["in"] != "path" && p["name"] != "fields" {
			names = append(names, strings.ToLower(p["name"].(string))) //nolint:errcheck,forcetypeassert // a test may panic
		}
	}
	slices.Sort(names)
	return names
}

// members returns the path of everything that a schema has room for, with its type.
func (o object) members(schema object, path string) map[string]string {
	all := map[string]string{}
	schema = o.whole(schema)
	for name := range schema.at("properties") {
		maps.Copy(all, o.members(schema.at("properties", name), path+"."+name))
	}
	switch typeOf(schema) {
	case "array":
		maps.Copy(all, o.members(schema.at("items"), path+"[]"))
	case "object", "":
	default:
		all[path] = typeOf(schema)
	}
	return all
}

// typeOf returns the type of what a schema describes, null apart.
func typeOf(schema object) string {
	switch v := schema["type"].(type) {
	case string:
		return v
	case []any:
		for _, one := range v {
			if one != "null" {
				return one.(string) //nolint:errcheck,forcetypeassert // a test may panic
			}
		}
	}
	return ""
}

// example returns something that a schema describes, with everything in it.
func (o object) example(schema object) any {
	schema = o.whole(schema)
	if either, ok := schema["oneOf"].([]any); ok {
		return o.example(either[0].(map[string]any)) //nolint:errcheck,forcetypeassert // a test may panic
	}
	if words, ok := schema["enum"].([]any); ok {
		return words[0]
	}
	switch typeOf(schema) {
	case "object":
		thing := map[string]any{}
		for name := range schema.at("properties") {
			thing[name] = o.example(schema.at("properties", name))
		}
		return thing
	case "array":
		return []any{o.example(schema.at("items"))}
	case "integer", "number":
		return 5.0
	case "boolean":
		return true
	case "string":
		if schema["format"] == "date-time" {
			return "2031-02-03T04:05:06Z"
		}
		return "text"
	}
	return nil
}

// recorder answers every request with an example of what the description says, and keeps
// what it was sent.
type recorder struct {
	doc object

	mu   sync.Mutex
	seen sent
}

// sent is what was sent, and how it was answered.
type sent struct {
	operation    string
	parameters   []string
	body, answer any
}

func (s *recorder) last() sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen
}

func (s *recorder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var got sent
	var status string
	for _, o := range s.doc.operations() {
		if o.method == r.Method && matches(o.path, r.URL.Path) {
			got.operation = o.id()
			for code := range o.at("responses") {
				if strings.HasPrefix(code, "2") {
					status = code
				}
			}
			got.answer = s.doc.example(o.at("responses", status, "content", "application/json", "schema"))
			if object, ok := got.answer.(map[string]any); ok && object["next"] != nil && !slices.Contains(o.parameters(), "after") {
				object["next"] = wholeList
			}
		}
	}
	for name := range r.URL.Query() {
		got.parameters = append(got.parameters, name)
	}
	for _, name := range []string{"If-Match", "Idempotency-Key"} {
		if r.Header.Get(name) != "" {
			got.parameters = append(got.parameters, strings.ToLower(name))
		}
	}
	slices.Sort(got.parameters)
	text, err := io.ReadAll(r.Body)
	if err == nil && r.Header.Get("Content-Type") == "application/json" {
		err = json.Unmarshal(text, &got.body)
	}
	if err != nil || got.operation == "" {
		http.Error(w, "no such operation", http.StatusNotFound)
		return
	}
	s.mu.Lock()
	s.seen = got
	s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	if status == "204" {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	_ = json.NewEncoder(w).Encode(got.answer) // whoever asks sees that it broke
}

func matches(pattern, path string) bool {
	a, b := strings.Split(pattern, "/"), strings.Split(path, "/")
	return len(a) == len(b) && !slices.ContainsFunc(a, func(part string) bool {
		i := slices.Index(a, part)
		return !strings.HasPrefix(part, "{") && part != b[i]
	})
}
