package client

import (
	"context"
	"time"

	"github.com/connectplaza/plaza"
)

const moves = "/moves"

// Move is that a profile goes to another reseller, once all sides agree.
type Move struct {
	ID        string          `json:"id"`
	Profile   Ref             `json:"profile"` // that goes
	From      Ref             `json:"from"`    // right above it until then
	To        *Ref            `json:"to"`      // right above it from then on; nil until the vendor has chosen
	Whom      string          `json:"whom"`    // who is meant, while To is nil
	State     plaza.MoveState `json:"state"`
	Reason    string          `json:"reason"`
	Why       string          `json:"why"` // of a decline
	CreatedAt time.Time       `json:"created_at"`
	LapsesAt  time.Time       `json:"lapses_at"`  // unless it is done before
	GivenAt   *time.Time      `json:"given_at"`   // when the side that gives agreed
	TakenAt   *time.Time      `json:"taken_at"`   // when the side that takes agreed
	AllowedAt *time.Time      `json:"allowed_at"` // when the vendor agreed
	DecidedAt *time.Time      `json:"decided_at"`
	Version   int             `json:"version"`
}

// MoveFilter chooses moves.
type MoveFilter struct {
	Profile string // ID: of this profile only
	States  []plaza.MoveState
}

// Moves returns those in which one's profile has a side.
func (c *Client) Moves(ctx context.Context, f MoveFilter, p Page) (List[Move], error) {
	q := p.where()
	q.text("filter[profile]", f.Profile)
	filterWords(q, "state", f.States)
	return thing[List[Move]](ctx, c, reading(moves, q.Values))
}

// Move returns a move.
func (c *Client) Move(ctx context.Context, id string) (Move, error) {
	return thing[Move](ctx, c, reading(at(moves, id), nil))
}

// NewMove is what a move is made of.
type NewMove struct {
	Profile string `json:"profile"`        // ID
	To      string `json:"to,omitempty"`   // ID of the reseller; empty: the vendor chooses
	Whom    string `json:"whom,omitempty"` // who is meant, if the vendor is to choose
	Reason  string `json:"reason"`
}

// ProposeMove proposes that a profile goes to somebody else. People agree to it, on the
// dashboard.
func (c *Client) ProposeMove(ctx context.Context, in NewMove) (Move, error) {
	return thing[Move](ctx, c, making(moves, in))
}

// WithdrawMove takes back what one's own profile proposed.
func (c *Client) WithdrawMove(ctx context.Context, id string, version int) (Move, error) {
	return thing[Move](ctx, c, changing(at(moves, id, "withdraw"), version, nil))
}
