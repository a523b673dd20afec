package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"slices"
	"strconv"
	"sync"
	"time"
)

// loaded is what the generator of load says at its end.
type loaded struct {
	Answers   int     `json:"answers"`
	Wrong     int     `json:"wrong"` // not 200 or 201, or without what they should say
	PerSecond float64 `json:"per_second"`
	P50       float64 `json:"p50_ms"`
	P99       float64 `json:"p99_ms"`
	Bytes     int     `json:"bytes"` // of an answer, with its headers
	Example   string  `json:"example,omitempty"`

	cpu time.Duration // of the server, for one answer
}

// kinds of requests.
const (
	askPing  = "ping"  // a heartbeat of a machine
	askCheck = "check" // is this license valid on this host?
	askShots = "shots" // what a file says
)

// load is the generator of load, which runs as a process of its own: so many
// connections that are kept, each of which asks again as soon as it was answered.
// Requests are written by hand, and of answers no more is read than must be.
func load(args []string) error {
	fs := flag.NewFlagSet("load", flag.ContinueOnError)
	address := fs.String("addr", "", "where to ask")
	kind := fs.String("kind", askPing, "what to ask")
	keys := fs.String("keys", "", "file of the agents' keys")
	conns := fs.Int("conns", 64, "connections")
	long := fs.Duration("for", 3*time.Second, "how long")
	seed := fs.Uint64("seed", 1, "of which agents ask")
	shotsFile := fs.String("shots", "", "file of what to ask")
	beats := fs.String("beats", "", "where to write when each agent was last heard; empty: nowhere")
	if err := fs.Parse(args); err != nil {
		return err
	}
	g := &generator{kind: *kind, address: *address}
	var err error
	if *kind == askShots {
		g.shots, err = readShots(*shotsFile)
		g.n = len(g.shots.IDs)
	} else if g.agents, err = readAgents(*keys); err == nil {
		g.n = g.agents.n
	}
	if err != nil {
		return err
	}
	g.heard = make([]int64, g.n)
	sum, err := g.run(*conns, *long, *seed)
	if err != nil {
		return err
	}
	if *beats != "" {
		if err := writeBeats(*beats, g.heard); err != nil {
			return err
		}
	}
	return json.NewEncoder(os.Stdout).Encode(sum)
}

type generator struct {
	n       int // of things to ask for
	agents  *agents
	shots   shots
	kind    string
	address string
	heard   []int64 // by agent: when it sent the last heartbeat that was answered, in microseconds
	mu      sync.Mutex
	times   []uint32 // microseconds
	sum     loaded
}

func (g *generator) run(conns int, long time.Duration, seed uint64) (loaded, error) {
	var all sync.WaitGroup
	var failed error
	began := time.Now()
	for i := range conns {
		all.Go(func() {
			if err := g.ask(began.Add(long), rand.New(rand.NewPCG(seed, uint64(i)))); err != nil { //nolint:gosec // the same every time
				g.mu.Lock()
				failed = err
				g.mu.Unlock()
			}
		})
	}
	all.Wait()
	if failed != nil || len(g.times) == 0 {
		return g.sum, errors.Join(failed, errors.New("the load ended early"))
	}
	slices.Sort(g.times)
	g.sum.PerSecond = float64(g.sum.Answers) / time.Since(began).Seconds()
	g.sum.P50 = float64(g.times[len(g.times)/2]) / 1000
	g.sum.P99 = float64(g.times[len(g.times)*99/100]) / 1000
	return g.sum, nil
}

// ask asks over one connection until the time is over.
func (g *generator) ask(end time.Time, draw *rand.Rand) error {
	conn, err := net.Dial("tcp", g.address) //nolint:noctx // it ends by itself
	if err != nil {
		return err
	}
	defer conn.Close()
	read := bufio.NewReaderSize(conn, 8<<10)
	times := make([]uint32, 0, 1<<16)
	answers, wrong, size, example := 0, 0, 0, ""
	var request []byte
	for now := time.Now(); now.Before(end); {
		i := draw.IntN(g.n)
		request = g.request(request[:0], i)
		if _, err := conn.Write(request); err != nil {
			return err
		}
		n, ok, said, err := answer(read, example == "")
		if err != nil {
			return err
		}
		answers++
		if size = n; !ok {
			if wrong++; example == "" {
				example = said
			}
		}
		g.heard[i] = max(g.heard[i], now.UnixMicro()) // of two connections with one agent either will do
		then := time.Now()
		times = append(times, uint32(then.Sub(now).Microseconds())) //nolint:gosec // it is short
		now = then
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.times = append(g.times, times...)
	g.sum.Answers += answers
	g.sum.Wrong += wrong
	g.sum.Bytes = size
	if g.sum.Example == "" {
		g.sum.Example = example
	}
	return nil
}

// request writes what agent i asks.
func (g *generator) request(b []byte, i int) []byte {
	if g.kind == askShots {
		return append(append(append(b, g.shots.Before...), g.shots.IDs[i]...), g.shots.After...)
	}
	if g.kind == askPing {
		b = append(b, "POST /v1/machines/"...)
		b = append(b, id(ofMachine, i)...)
		b = append(b, "/actions/ping HTTP/1.1\r\nHost: localhost\r\nAccept: application/vnd.api+json\r\nAuthorization: License "...)
		b = append(b, g.agents.key(i)...)
		return append(b, "\r\nContent-Length: 0\r\n\r\n"...)
	}
	b = append(b, "POST /v1/licenses/actions/validate-key HTTP/1.1\r\nHost: localhost\r\nAccept: application/vnd.api+json\r\nContent-Type: application/vnd.api+json\r\nContent-Length: "...)
	const before, between, beside, after = `{"meta":{"key":"`, `","scope":{"product":"`, `","fingerprint":"`, `"}}}`
	host := fingerprint(i)
	b = strconv.AppendInt(b, int64(len(before)+g.agents.size+len(between)+len(g.agents.product)+len(beside)+len(host)+len(after)), 10)
	b = append(append(append(b, "\r\n\r\n"...), before...), g.agents.key(i)...)
	b = append(append(append(b, between...), g.agents.product...), beside...)
	return append(append(b, host...), after...)
}

// answer reads one answer, and returns its size and whether it is a good one.
func answer(r *bufio.Reader, tell bool) (size int, ok bool, said string, err error) {
	body := -1
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return 0, false, "", err
		}
		if size == 0 {
			ok = bytes.HasPrefix(line, []byte("HTTP/1.1 20"))
		}
		size += len(line)
		if length, is := bytes.CutPrefix(line, []byte("Content-Length: ")); is {
			if body, err = strconv.Atoi(string(bytes.TrimSpace(length))); err != nil {
				return 0, false, "", err
			}
		}
		if len(line) == 2 {
			break
		}
	}
	if body < 0 {
		return 0, false, "", errors.New("an answer without its length")
	}
	size += body
	if peek, err := r.Peek(min(body, 8<<10)); err == nil {
		if bytes.Contains(peek, []byte(`"valid":false`)) {
			ok = false
		}
		if !ok && tell {
			said = string(peek[:min(len(peek), 600)])
		}
	}
	_, err = r.Discard(body)
	return size, ok, said, err
}

// shots are requests that differ in an ID.
type shots struct {
	Before string   `json:"before"`
	IDs    []string `json:"ids"`
	After  string   `json:"after"`
}

func readShots(path string) (s shots, err error) {
	b, err := os.ReadFile(path) //nolint:gosec // our own
	if err != nil {
		return s, err
	}
	return s, json.Unmarshal(b, &s)
}

// writeBeats writes when each agent was last heard.
func writeBeats(path string, heard []int64) error {
	var b bytes.Buffer
	if err := binary.Write(&b, binary.LittleEndian, heard); err != nil {
		return err
	}
	return os.WriteFile(path, b.Bytes(), 0o600)
}

func readBeats(path string, n int) ([]int64, error) {
	f, err := os.Open(path) //nolint:gosec // our own
	if err != nil {
		return nil, err
	}
	defer f.Close()
	heard := make([]int64, n)
	if err := binary.Read(bufio.NewReader(f), binary.LittleEndian, heard); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return heard, nil
}
