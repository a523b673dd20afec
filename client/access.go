package client

import (
	"context"
	"time"

	"github.com/connectplaza/plaza"
)

// Visit is that somebody of a profile above was inside.
type Visit struct {
	ID         string          `json:"id"`
	Who        string          `json:"who"` // name of who was really at the keyboard
	Of         string          `json:"of"`  // name of that person's profile
	As         Ref             `json:"as"`  // the login that they acted as
	Mode       plaza.Mode      `json:"mode"`
	Reason     string          `json:"reason"`
	Ticket     string          `json:"ticket"`
	BreakGlass bool            `json:"break_glass"` // although nobody is let in
	Changes    int             `json:"changes"`     // how many things they changed
	StartedAt  time.Time       `json:"started_at"`
	ExpiresAt  time.Time       `json:"expires_at"`
	EndedAt    *time.Time      `json:"ended_at"` // nil: not by anything but the clock
	End        plaza.EndReason `json:"end"`      // why it ended
}

// VisitFilter chooses visits: there is nothing to choose by yet.
type VisitFilter struct{}

// Visits returns who of those above was inside one's profile.
func (c *Client) Visits(ctx context.Context, _ VisitFilter, p Page) (List[Visit], error) {
	return thing[List[Visit]](ctx, c, reading("/visits", p.where().Values))
}
