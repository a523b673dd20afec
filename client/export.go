package client

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/connectplaza/plaza"
)

const exports = "/exports"

// Export is a file that is made of a list.
type Export struct {
	ID        string            `json:"id"`
	List      plaza.ExportList  `json:"list"`
	Query     string            `json:"query"` // what the list is filtered and sorted by
	Form      plaza.ExportForm  `json:"form"`
	Language  string            `json:"language"`
	TimeZone  string            `json:"time_zone"`
	State     plaza.ExportState `json:"state"`
	Rows      int               `json:"rows"`    // that are in the file so far
	Total     int               `json:"total"`   // that the list has; 0 until they are counted
	Size      int               `json:"size"`    // bytes, once it is ready
	File      string            `json:"file"`    // what the file is called
	Problem   string            `json:"problem"` // why it could not be made; empty: it could, so far
	CreatedAt time.Time         `json:"created_at"`
	ExpiresAt *time.Time        `json:"expires_at"` // nil while it is made
}

// NewExport is what a file is asked for.
type NewExport struct {
	List     plaza.ExportList `json:"list"`
	Query    string           `json:"query,omitempty"` // as in the address of its page on the dashboard
	Form     plaza.ExportForm `json:"form,omitempty"`  // empty: CSV with commas
	Language string           `json:"language,omitempty"`
	TimeZone string           `json:"time_zone,omitempty"`
}

// Exports returns the files that this token asked for, and that are still there.
func (c *Client) Exports(ctx context.Context) ([]Export, error) {
	l, err := thing[List[Export]](ctx, c, reading(exports, nil))
	return l.Data, err
}

// Export returns how far a file is.
func (c *Client) Export(ctx context.Context, id string) (Export, error) {
	return thing[Export](ctx, c, reading(at(exports, id), nil))
}

// StartExport has a file made of a list.
func (c *Client) StartExport(ctx context.Context, in NewExport) (Export, error) {
	return thing[Export](ctx, c, making(exports, in))
}

// DownloadExport writes a file that is ready to w. What is there when it breaks off is not
// the whole.
func (c *Client) DownloadExport(ctx context.Context, id string, w io.Writer) error {
	r, err := c.request(ctx, reading(at(exports, id, "file"), nil), nil)
	if err != nil {
		return err
	}
	answered, err := c.files.Do(r)
	if err != nil {
		return err
	}
	defer answered.Body.Close()
	if answered.StatusCode >= http.StatusMultipleChoices {
		text, err := io.ReadAll(io.LimitReader(answered.Body, answer))
		if err != nil {
			return fmt.Errorf("the answer broke off: %w", err)
		}
		return problem(answered, text)
	}
	if _, err := io.Copy(w, answered.Body); err != nil {
		return fmt.Errorf("the file broke off: %w", err)
	}
	return nil
}

// CancelExport makes a file no further, or deletes it.
func (c *Client) CancelExport(ctx context.Context, id string) error {
	return c.send(ctx, making(at(exports, id, "cancel"), nil), nil)
}

// FinishExport waits until a file is made no further, and returns how it is then. It calls
// progress, which may be nil, each time it has looked.
func (c *Client) FinishExport(ctx context.Context, id string, progress func(Export)) (Export, error) {
	for {
		e, err := c.Export(ctx, id)
		if err != nil {
			return e, err
		}
		if progress != nil {
			progress(e)
		}
		if e.State != plaza.ExportRunning {
			return e, nil
		}
		if err := c.wait(ctx, time.Second); err != nil {
			return e, err
		}
	}
}
