package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

// figures is how fast something was.
type figures struct {
	p50, p99  time.Duration // of one client
	perSecond float64       // of eight
	bytes     int           // of one answer, as it is
}

const clients = 8

// measure asks for a page, first alone and then with others at once, for so long
// each.
func measure(ctx context.Context, base, page, token string, long time.Duration) (figures, error) {
	c := &client{http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}, url: base + page, token: token}
	for range 20 { // warm up
		if _, err := c.ask(ctx); err != nil {
			return figures{}, err
		}
	}
	var f figures
	var times []time.Duration
	for end := time.Now().Add(long); time.Now().Before(end); {
		began := time.Now()
		n, err := c.ask(ctx)
		if err != nil {
			return f, err
		}
		times = append(times, time.Since(began))
		f.bytes = n
	}
	slices.Sort(times)
	f.p50, f.p99 = times[len(times)/2], times[len(times)*99/100]
	var err error
	f.perSecond, err = c.together(ctx, long)
	return f, err
}

type client struct {
	http       *http.Client
	url, token string
}

// ask asks once and returns how long the answer is.
func (c *client) ask(ctx context.Context) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url, nil)
	if err != nil {
		return 0, err
	}
	if c.token != "" {
		req.Header.Set("Cookie", "plaza-session="+c.token)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	n, err := io.Copy(io.Discard, res.Body)
	if err == nil && (res.StatusCode != http.StatusOK || res.Request.URL.String() != c.url) {
		err = fmt.Errorf("%s from %s", res.Status, res.Request.URL)
	}
	return int(n), err
}

// together returns how many answers a second several clients get at once.
func (c *client) together(ctx context.Context, long time.Duration) (float64, error) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	var failed error
	total, began := 0, time.Now()
	for range clients {
		wg.Go(func() {
			n := 0
			for time.Since(began) < long {
				if _, err := c.ask(ctx); err != nil {
					mu.Lock()
					failed = err
					mu.Unlock()
					return
				}
				n++
			}
			mu.Lock()
			total += n
			mu.Unlock()
		})
	}
	wg.Wait()
	return float64(total) / time.Since(began).Seconds(), failed
}
