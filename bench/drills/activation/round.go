package main

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
)

// result is what came of a round, or of all of them.
type result struct {
	tried    int
	distinct int // fingerprints
	in       int // acknowledged
	taken    int // told that they are there already
	full     int // told that there is no place
	out      int // deactivated
	strange  int // told anything else, or which machine it is wrongly
	most     int // that stood at any moment that was looked at
	stood    int // at the end
	single   int // … different ones
	looks    int
	why      error // of something strange
}

// fault says what is wrong; nothing if all is well.
func (r result) fault() string {
	switch {
	case r.strange > 0:
		return "a strange answer"
	case r.most > seats:
		return "" // counted
	case r.stood != r.single:
		return "a fingerprint stands twice"
	case r.stood != r.in-r.out:
		return "what was acknowledged does not stand"
	case r.out == 0 && r.in != min(seats, r.distinct):
		return "one was refused that fits, or the same came in twice"
	case r.in+r.taken+r.full+r.strange != r.tried:
		return "an answer is missing"
	}
	return ""
}

func (w *world) sum(r result) {
	w.total.tried += r.tried
	w.total.in += r.in
	w.total.taken += r.taken
	w.total.full += r.full
	w.total.out += r.out
	w.total.looks += r.looks
}

// round sends so many activations of a new license at the same time, of fewer
// fingerprints, through all of fleets. With leave every other one that comes in is
// deactivated at once.
func (w *world) round(ctx context.Context, fleets []*app.Fleet, parallel int, leave bool) (r result, err error) {
	license, key, err := w.sell(ctx)
	if err != nil {
		return r, err
	}
	r.tried, r.distinct = parallel, min(parallel, 1+w.draw.IntN(60))
	of := w.draw.Perm(parallel)
	var mu sync.Mutex
	ids := map[string]string{} // by fingerprint, of what was acknowledged
	told := map[string][]string{}
	note := func(fingerprint string, m plaza.Activation, err error) {
		mu.Lock()
		defer mu.Unlock()
		var refused *plaza.Refusal
		switch {
		case err == nil:
			r.in++
			ids[fingerprint] = m.ID
		case errors.As(err, &refused) && refused.Code == "FINGERPRINT_TAKEN":
			r.taken++
			told[fingerprint] = append(told[fingerprint], refused.Machine)
		case errors.As(err, &refused) && refused.Code == "MACHINE_LIMIT_EXCEEDED":
			r.full++
		default:
			r.strange++
			r.why = err
		}
	}
	start, done := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	for i := range parallel {
		f, fingerprint := fleets[i%len(fleets)], "machine "+strconv.Itoa(of[i]%r.distinct)
		all.Go(func() {
			<-start
			b, err := f.Identify(ctx, key, plaza.Origin{Address: "192.0.2.1"})
			var m plaza.Activation
			if err == nil {
				m, err = f.Activate(ctx, b, plaza.NewActivation{Fingerprint: fingerprint, Host: fingerprint})
			}
			note(fingerprint, m, err)
			if err != nil || !leave || i%2 == 0 {
				return
			}
			if b, err = f.Identify(ctx, key, plaza.Origin{}); err == nil {
				err = f.Deactivate(ctx, b, m.ID)
			}
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				r.strange++
				r.why = err
			}
			r.out++
		})
	}
	go func() { all.Wait(); close(done) }()
	close(start)
	for running := true; running; {
		select {
		case <-done:
			running = false
		case <-time.After(time.Millisecond):
		}
		if r.stood, r.single, err = w.standing(ctx, license); err != nil {
			break
		}
		r.most = max(r.most, r.stood)
		r.looks++
	}
	<-done
	for fingerprint, machines := range told {
		for _, id := range machines {
			if !leave && id != ids[fingerprint] {
				r.strange++
				r.why = errors.New("it names another machine")
			}
		}
	}
	return r, err
}
