package demo

import (
	"context"

	"github.com/connectplaza/plaza"
)

// planWebhook has the reseller of the story make a webhook, which waits until somebody
// names an address at which something listens.
func (s *story) planWebhook() {
	reseller := s.named("ComputersAreUs Holding")
	s.at(s.on(3), "make a webhook", func(ctx context.Context) error {
		in := plaza.WebhookEdit{Name: "Accounting", URL: "https://accounting.example/plaza", All: true}
		w, _, err := s.app.CreateWebhook(ctx, reseller.actor, in)
		if err != nil {
			return err
		}
		if _, err := s.app.TestWebhook(ctx, reseller.actor, w.ID); err != nil {
			return err
		}
		return s.app.PauseWebhook(ctx, reseller.actor, w.ID, w.Version)
	})
}
