package client

import (
	"context"
	"time"

	"github.com/connectplaza/plaza"
)

const batches = "/batches"

// Batch is work on many things, which goes on by itself.
type Batch struct {
	ID         string          `json:"id"`
	Kind       plaza.BatchKind `json:"kind"`
	Reason     string          `json:"reason"`
	Whole      bool            `json:"whole"` // it is done to all of them or to none
	CreatedAt  time.Time       `json:"created_at"`
	FinishedAt *time.Time      `json:"finished_at"` // nil while it goes on
	Total      int             `json:"total"`
	Done       int             `json:"done"`
	Failed     int             `json:"failed"`
	Problems   []BatchProblem  `json:"problems"` // the first of those that failed; in a list, none
}

// BatchProblem says what of a batch failed, and why.
type BatchProblem struct {
	Object string `json:"object"` // ID; empty if it is not in reach any more
	Name   string `json:"name"`
	Detail string `json:"detail"`
}

// BatchFilter chooses batches: there is nothing to choose by yet.
type BatchFilter struct{}

// Batches returns work on many things that was started in one's profile.
func (c *Client) Batches(ctx context.Context, _ BatchFilter, p Page) (List[Batch], error) {
	return thing[List[Batch]](ctx, c, reading(batches, p.where().Values))
}

// Batch returns how far work on many things is.
func (c *Client) Batch(ctx context.Context, id string) (Batch, error) {
	return thing[Batch](ctx, c, reading(at(batches, id), nil))
}

// Bulk is what is to be done to which licenses.
type Bulk struct {
	Kind     plaza.BatchKind `json:"kind"`     // one of [plaza.BulkKinds]
	Licenses []string        `json:"licenses"` // IDs, up to [plaza.MostAtOnce]
	Reason   string          `json:"reason,omitempty"`
	Whole    bool            `json:"whole,omitempty"` // to all of them or to none: up to [plaza.MostWhole], and not to end them
}

// StartBatch begins to do the same to many licenses.
func (c *Client) StartBatch(ctx context.Context, in Bulk) (Batch, error) {
	return thing[Batch](ctx, c, making(batches, in))
}

// Finish waits until a batch is finished, and returns it as it is then. It calls progress,
// which may be nil, each time it has looked.
func (c *Client) Finish(ctx context.Context, id string, progress func(Batch)) (Batch, error) {
	for {
		b, err := c.Batch(ctx, id)
		if err != nil {
			return b, err
		}
		if progress != nil {
			progress(b)
		}
		if b.FinishedAt != nil {
			return b, nil
		}
		if err := c.wait(ctx, time.Second); err != nil {
			return b, err
		}
	}
}
