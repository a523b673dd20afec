package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/connectplaza/plaza"
)

const webhooks = Prefix + "/webhooks"

func (s *API) webhookOperations() {
	op(s, plaza.WebhookRead, huma.Operation{
		OperationID: "list-webhooks", Summary: "List the webhooks of your profile", Method: http.MethodGet, Path: webhooks,
		Description: "By name. Their addresses may be as good as secrets.",
	}, s.listWebhooks)
	op(s, plaza.WebhookCreate, huma.Operation{
		OperationID: "create-webhook", Summary: "Have events sent to an address", Method: http.MethodPost, Path: webhooks, DefaultStatus: http.StatusCreated,
		Description: "From now on, what happens in your profile and below it. The answer has the secret with which Plaza signs what it sends: it is shown this once.",
	}, s.createWebhook)
	op(s, plaza.WebhookRead, huma.Operation{
		OperationID: "get-webhook", Summary: "Get a webhook", Method: http.MethodGet, Path: webhooks + "/{id}",
	}, s.getWebhook)
	op(s, plaza.WebhookEdits, huma.Operation{
		OperationID: "update-webhook", Summary: "Change a webhook", Method: http.MethodPatch, Path: webhooks + "/{id}",
		Description: "What is left out stays as it is. At another address, what failed before is tried at once.",
	}, s.updateWebhook)
	op(s, plaza.WebhookPause, huma.Operation{
		OperationID: "pause-webhook", Summary: "Have nothing sent to a webhook", Method: http.MethodPost, Path: webhooks + "/{id}/pause",
		Description: "What happens meanwhile is kept for it.",
	}, s.pauseWebhook)
	op(s, plaza.WebhookResume, huma.Operation{
		OperationID: "resume-webhook", Summary: "Have everything sent that was kept for a webhook", Method: http.MethodPost, Path: webhooks + "/{id}/resume",
	}, s.resumeWebhook)
	op(s, plaza.WebhookRotate, huma.Operation{
		OperationID: "rotate-webhook", Summary: "Give a webhook another secret", Method: http.MethodPost, Path: webhooks + "/{id}/rotate",
		Description: "The answer has it, this once. The one before signs, too, for 24 hours.",
	}, s.rotateWebhook)
	op(s, plaza.WebhookRemove, huma.Operation{
		OperationID: "remove-webhook", Summary: "Remove a webhook", Method: http.MethodDelete, Path: webhooks + "/{id}", DefaultStatus: http.StatusNoContent,
		Description: "With what was delivered to it, and what waits.",
	}, s.removeWebhook)
	op(s, plaza.WebhookTest, huma.Operation{
		OperationID: "test-webhook", Summary: "Send a test to a webhook", Method: http.MethodPost, Path: webhooks + "/{id}/test", DefaultStatus: http.StatusCreated,
		Description: "An event that says nothing but that it is a test. The answer is its delivery, which waits; what came of it is told where that is.",
	}, s.testWebhook)
}

// webhook is a [plaza.Webhook] on the wire.
type webhook struct {
	ID             string     `json:"id"`
	Name           string     `json:"name"`
	URL            string     `json:"url"              doc:"Where events are sent; only its scheme and host to a token without webhook.read"`
	All            bool       `json:"all"              doc:"Events of every kind are sent, those that there are not yet among them"`
	Kinds          []string   `json:"kinds"            doc:"Of the events that are sent; none if all are"`
	State          string     `json:"state"            enum:"active,failing,paused,halted" doc:"halted: as its profile is"`
	PausedAt       *time.Time `json:"paused_at"        doc:"Nothing is sent since; null: it is not paused"`
	PauseReason    string     `json:"pause_reason"     enum:",hand,failing,gone" doc:"hand: somebody paused it; failing: it took nothing for three days; gone: it said that it is there no more; empty: it is not paused"`
	Failures       int        `json:"failures"         doc:"One after the other, since something was delivered"`
	FailingSince   *time.Time `json:"failing_since"    doc:"null: it does not fail"`
	DeliveredAt    *time.Time `json:"delivered_at"     doc:"When something was last delivered; null: nothing was"`
	Waiting        int        `json:"waiting"          doc:"Deliveries that were not delivered yet"`
	WaitingSince   *time.Time `json:"waiting_since"    doc:"When that happened which waits longest of them; null: nothing waits"`
	Behind         behind     `json:"behind"           doc:"What of the log it has not looked at yet"`
	OldSecretUntil *time.Time `json:"old_secret_until" doc:"Until then the secret before the present one signs, too; null: there is none"`
	CreatedAt      time.Time  `json:"created_at"`
	Version        int        `json:"version"`
}

// behind is a [plaza.Behind] on the wire.
type behind struct {
	Events   int        `json:"events"    doc:"About your profile and those below it, counted up to 1,000"`
	More     bool       `json:"more"      doc:"There may be more than were counted"`
	OldestAt *time.Time `json:"oldest_at" doc:"When the first of them happened; null: there is none among those that were counted"`
}

// webhookSecret is a webhook with its secret, which nobody is shown again.
type webhookSecret struct {
	Webhook webhook `json:"webhook"`
	Secret  string  `json:"secret"  doc:"What is sent is signed with it. It is not shown again"`
}

func wireWebhook(actor plaza.Actor, of plaza.Webhook) webhook {
	of = of.Shown(actor)
	w := webhook{
		ID: of.ID, Name: of.Name, URL: of.URL, All: len(of.Kinds) == 0, Kinds: []string{}, State: string(of.State()), PausedAt: at(of.Paused), PauseReason: string(of.Why),
		Failures: of.Failures, FailingSince: at(of.Failing), DeliveredAt: at(of.Delivered), Waiting: of.Waiting, WaitingSince: at(of.Oldest),
		Behind: behind{of.Behind.Events, of.Behind.More, at(of.Behind.Oldest)}, OldSecretUntil: at(of.OldUntil),
		CreatedAt: of.Created.UTC(), Version: of.Version,
	}
	for _, k := range of.Kinds {
		w.Kinds = append(w.Kinds, string(k))
	}
	return w
}

func (s *API) listWebhooks(ctx context.Context, actor plaza.Actor, _ *Pick) (*listOut[webhook], error) {
	all, err := s.app.Webhooks(ctx, actor)
	return wireAll(all, func(of plaza.Webhook) webhook { return wireWebhook(actor, of) }), err
}

func (s *API) getWebhook(ctx context.Context, actor plaza.Actor, in *read) (*answer[webhook], error) {
	return s.webhookAnswer(ctx, actor, in.id(), nil)
}

// webhookAnswer answers with a webhook as it is now, unless what was done to it failed.
func (s *API) webhookAnswer(ctx context.Context, actor plaza.Actor, id string, err error) (*answer[webhook], error) {
	if err != nil {
		return nil, err
	}
	w, err := s.app.Webhook(ctx, seeing(actor, plaza.WebhookRead), id)
	return &answer[webhook]{etag(w.Version), wireWebhook(actor, w)}, err
}

func (s *API) webhookVersion(ctx context.Context, actor plaza.Actor, c Change) (int, error) {
	return s.version(ctx, c, func() (int, error) {
		w, err := s.app.Webhook(ctx, seeing(actor, plaza.WebhookRead), c.id())
		return w.Version, err
	})
}

type createWebhookIn struct {
	Body struct {
		Name  string   `json:"name"`
		URL   string   `json:"url"             doc:"https, and on the public internet unless the operator lets it be elsewhere" example:"https://example.com/plaza"`
		All   bool     `json:"all,omitempty"   doc:"Events of every kind, those that there are not yet among them"`
		Kinds []string `json:"kinds,omitempty" doc:"Of the events that are to be sent, unless all are: see the catalogue of events in the manual" example:"[\"license.issued\"]"`
	}
}

func (s *API) createWebhook(ctx context.Context, actor plaza.Actor, in *createWebhookIn) (*created[webhookSecret], error) {
	b := in.Body
	made, secret, err := s.app.CreateWebhook(ctx, actor, plaza.WebhookEdit{Name: b.Name, URL: b.URL, All: b.All, Kinds: words[plaza.EventKind](b.Kinds)})
	if err != nil {
		return nil, err
	}
	return &created[webhookSecret]{etag(made.Version), webhookSecret{wireWebhook(actor, made), secret}, webhooks + "/" + made.ID}, nil
}

type updateWebhookIn struct {
	Change

	Body struct {
		Name  *string   `json:"name,omitempty"`
		URL   *string   `json:"url,omitempty"`
		All   *bool     `json:"all,omitempty"   doc:"Events of every kind; false if kinds are given"`
		Kinds *[]string `json:"kinds,omitempty" doc:"All of them"`
	}
}

func (s *API) updateWebhook(ctx context.Context, actor plaza.Actor, in *updateWebhookIn) (*answer[webhook], error) {
	w, err := s.app.Webhook(ctx, seeing(actor, plaza.WebhookRead), in.id())
	if err != nil {
		return nil, err
	}
	version, err := s.version(ctx, in.Change, func() (int, error) { return w.Version, nil })
	if err != nil {
		return nil, err
	}
	b, kinds := in.Body, w.Kinds
	if b.Kinds != nil {
		kinds = words[plaza.EventKind](*b.Kinds)
	}
	err = s.app.EditWebhook(ctx, actor, w.ID, plaza.WebhookEdit{
		Name: or(b.Name, w.Name), URL: or(b.URL, w.URL), All: or(b.All, len(w.Kinds) == 0 && b.Kinds == nil), Kinds: kinds, Version: version,
	})
	return s.webhookAnswer(ctx, actor, w.ID, err)
}

func (s *API) pauseWebhook(ctx context.Context, actor plaza.Actor, in *Change) (*answer[webhook], error) {
	version, err := s.webhookVersion(ctx, actor, *in)
	if err == nil {
		err = s.app.PauseWebhook(ctx, actor, in.id(), version)
	}
	return s.webhookAnswer(ctx, actor, in.id(), err)
}

func (s *API) resumeWebhook(ctx context.Context, actor plaza.Actor, in *Change) (*answer[webhook], error) {
	version, err := s.webhookVersion(ctx, actor, *in)
	if err == nil {
		err = s.app.ResumeWebhook(ctx, actor, in.id(), version)
	}
	return s.webhookAnswer(ctx, actor, in.id(), err)
}

func (s *API) rotateWebhook(ctx context.Context, actor plaza.Actor, in *Change) (*answer[webhookSecret], error) {
	version, err := s.webhookVersion(ctx, actor, *in)
	if err != nil {
		return nil, err
	}
	_, secret, err := s.app.RotateWebhook(ctx, actor, in.id(), version)
	if err != nil {
		return nil, err
	}
	now, err := s.webhookAnswer(ctx, actor, in.id(), nil)
	if err != nil {
		return nil, err
	}
	return &answer[webhookSecret]{now.ETag, webhookSecret{now.Body, secret}}, nil
}

func (s *API) removeWebhook(ctx context.Context, actor plaza.Actor, in *Change) (*empty, error) {
	version, err := s.webhookVersion(ctx, actor, *in)
	if err != nil {
		return nil, err
	}
	return &empty{}, s.app.RemoveWebhook(ctx, actor, in.id(), version)
}

func (s *API) testWebhook(ctx context.Context, actor plaza.Actor, in *One) (*created[delivery], error) {
	made, err := s.app.TestWebhook(ctx, actor, in.id())
	if err != nil {
		return nil, err
	}
	return &created[delivery]{"", wireDelivery(made), deliveries + "/" + made.ID}, nil
}
