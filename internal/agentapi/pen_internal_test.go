package agentapi

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
)

// hostile draws text that a writer of JSON could stumble over.
func hostile() *rapid.Generator[string] {
	nasty := rapid.SampledFrom([]string{`"`, `\`, "</script>", "\x00", "\x1f", "\x7f", "\u2028", "\u2029", "\ufffd", "\xff", "\xed\xa0\x80", "é", "😀", "\n", "a", "{", "[", ":", ","})
	return rapid.OneOf(rapid.String(), rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(nasty, 0, 8).Draw(t, "parts"), "")
	}))
}

// times draws a time, or none.
func times() *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		if rapid.Bool().Draw(t, "none") {
			return time.Time{}
		}
		return time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "s"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns")).In(time.FixedZone("", 3600))
	})
}

// encoded is what encoding/json makes of v.
func encoded(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

func TestTextsAreWrittenAsEncodingJSONDoes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := hostile().Draw(t, "s")
		if got, want := appendString(nil, s), encoded(s); !bytes.Equal(got, want) {
			t.Fatalf("%q: %s, want %s", s, got, want)
		}
	})
}

// orNull is what the wire says of something that may be missing.
func orNull[T comparable](v T) any {
	var none T
	if v == none {
		return nil
	}
	return v
}

func wireTime(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

// stamped adds what is never null.
func stamped(m map[string]any, created, updated time.Time) map[string]any {
	if updated.Before(created) {
		updated = created
	}
	const layout = "2006-01-02T15:04:05.000Z"
	m["created"], m["updated"] = created.UTC().Format(layout), updated.UTC().Format(layout)
	return m
}

func toOne(kind, id string) any {
	return map[string]any{"data": map[string]any{"type": kind, "id": id}}
}

func none() any { return map[string]any{"data": nil} }

func linked(path string) any {
	return map[string]any{"links": map[string]any{"related": path}}
}

// same holds what is written to what encoding/json makes of the same document.
func same(t *rapid.T, e *exchange, kind, id string, attributes, relationships map[string]any) {
	t.Helper()
	var got, want any
	if err := json.Unmarshal(e.pen.b, &got); err != nil {
		t.Fatalf("%v\n%s", err, e.pen.b)
	}
	_ = json.Unmarshal(encoded(map[string]any{"type": kind, "id": id, "attributes": attributes, "relationships": relationships}), &want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("%s: -want +got\n%s", kind, diff)
	}
}

// drawn is an exchange with somebody who has all kinds of things.
func drawn(t *rapid.T) *exchange {
	text := hostile()
	number := rapid.IntRange(0, 1<<31-1)
	terms := plaza.DefaultTerms()
	terms.Strict, terms.Floating, terms.Protected, terms.Heartbeat = rapid.Bool().Draw(t, "a"), rapid.Bool().Draw(t, "b"), rapid.Bool().Draw(t, "c"), rapid.Bool().Draw(t, "d")
	terms.Processes, terms.Cores, terms.HeartbeatSeconds = number.Draw(t, "processes"), number.Draw(t, "cores"), rapid.IntRange(60, 86_400).Draw(t, "d")
	b := &app.Bearer{Key: text.Draw(t, "key"), Build: text.Draw(t, "build"), Standing: plaza.Standing{
		Terms: &terms,
		License: plaza.License{
			ID: text.Draw(t, "license"), Name: text.Draw(t, "name"), AgentName: text.Draw(t, "agent"), Plan: text.Draw(t, "plan"), Machines: number.Draw(t, "machines"),
			Ends: times().Draw(t, "ends"), GraceDays: rapid.SampledFrom([]int{0, 14}).Draw(t, "grace"), Created: times().Draw(t, "created"), Updated: times().Draw(t, "updated"), CheckedOut: times().Draw(t, "out"),
		},
		Machines: []plaza.Activation{{Cores: number.Draw(t, "c"), Memory: rapid.Int64().Draw(t, "m"), Disk: 7}, {Cores: 3}},
	}}
	return &exchange{api: &api{}, bearer: b, now: at("09:00:00"), wire: app.Wire{Account: text.Draw(t, "account"), Product: text.Draw(t, "product")}}
}

func TestLicenseIsWrittenInFull(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e := drawn(t)
		l, terms := e.bearer.Standing.License, e.bearer.Standing.Terms
		s := stamps{times().Draw(t, "checked"), l.CheckedOut, e.bearer.Build, nil}
		e.license(e.bearer, s)
		name, status := l.Name, licenseStatus(e.bearer, s, e.now)
		if name == "" {
			name = l.AgentName
		}
		cores := int64(e.bearer.Standing.Machines[0].Cores) + 3
		want := stamped(map[string]any{
			"name": orNull(name), "key": e.bearer.Key, "expiry": wireTime(l.Expiry()), "status": status, "uses": 0, "suspended": status == "SUSPENDED",
			"scheme": orNull(scheme(e.bearer.Key)), "encrypted": false, "strict": terms.Strict, "floating": terms.Floating, "protected": terms.Protected,
			"version": orNull(e.bearer.Build), "maxMachines": orNull(l.Machines), "maxProcesses": orNull(terms.Processes), "maxUsers": nil, "maxCores": orNull(terms.Cores),
			"maxMemory": nil, "maxDisk": nil, "maxUses": nil, "requireHeartbeat": terms.Heartbeat, "requireCheckIn": false, "lastValidated": wireTime(s.checked),
			"lastCheckIn": nil, "nextCheckIn": nil, "lastCheckOut": wireTime(l.CheckedOut), "metadata": struct{}{},
		}, l.Created, l.Updated)
		if l.GraceDays > 0 && !l.Ends.IsZero() {
			want["ends"] = wireTime(l.Ends)
		}
		same(t, e, "licenses", l.ID, want, map[string]any{
			"account": toOne("accounts", e.wire.Account), "product": toOne("products", e.wire.Product), "policy": toOne("policies", l.Plan),
			"owner": none(), "group": none(), "entitlements": linked("/v1/licenses/" + l.ID + "/entitlements"),
			"machines": map[string]any{"meta": map[string]any{"count": 2, "cores": cores, "memory": e.bearer.Standing.Machines[0].Memory, "disk": 7}},
		})
	})
}

func TestMachineIsWrittenInFull(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e, text := drawn(t), hostile()
		m := plaza.Activation{
			ID: rapid.StringMatching(`[0-9a-f-]{1,36}`).Draw(t, "id"), License: text.Draw(t, "license"), Fingerprint: text.Draw(t, "fingerprint"), Name: text.Draw(t, "name"),
			Host: text.Draw(t, "host"), Platform: text.Draw(t, "platform"), IP: text.Draw(t, "ip"), Cores: rapid.IntRange(0, 9).Draw(t, "cores"),
			Memory: rapid.Int64Min(0).Draw(t, "memory"), Disk: rapid.Int64Min(0).Draw(t, "disk"), Metadata: rapid.SampledFrom([]string{"", `{"A b":[null]}`}).Draw(t, "metadata"),
			Created: times().Draw(t, "created"), Updated: times().Draw(t, "updated"), Beat: times().Draw(t, "beat"), CheckedOut: times().Draw(t, "out"),
		}
		e.machine(&m, "")
		terms, next, metadata := e.bearer.Standing.Terms, time.Time{}, any(struct{}{})
		if !m.Beat.IsZero() {
			next = m.Beat.Add(terms.Deadline())
		}
		if m.Metadata != "" {
			metadata = json.RawMessage(m.Metadata)
		}
		same(t, e, "machines", m.ID, stamped(map[string]any{
			"fingerprint": m.Fingerprint, "name": orNull(m.Name), "hostname": orNull(m.Host), "platform": orNull(m.Platform), "ip": orNull(m.IP), "cores": orNull(m.Cores),
			"memory": orNull(m.Memory), "disk": orNull(m.Disk), "requireHeartbeat": terms.Heartbeat || !m.Beat.IsZero(), "heartbeatStatus": m.Status(terms, e.now),
			"heartbeatDuration": terms.HeartbeatSeconds, "lastHeartbeat": wireTime(m.Beat), "nextHeartbeat": wireTime(next), "maxProcesses": orNull(terms.Processes),
			"lastCheckOut": wireTime(m.CheckedOut), "metadata": metadata,
		}, m.Created, m.Updated), map[string]any{
			"account": toOne("accounts", e.wire.Account), "product": toOne("products", e.wire.Product), "license": toOne("licenses", m.License),
			"owner": none(), "group": none(), "components": linked("/v1/machines/" + m.ID + "/components"),
		})
	})
}

func TestThingsOfMachineAreWrittenInFull(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e, text := drawn(t), hostile()
		belongs := map[string]any{
			"account": toOne("accounts", e.wire.Account), "product": toOne("products", e.wire.Product), "license": toOne("licenses", e.bearer.Standing.License.ID), "machine": toOne("machines", "m"),
		}
		c := plaza.Component{ID: text.Draw(t, "id"), Activation: "m", Fingerprint: text.Draw(t, "f"), Name: text.Draw(t, "name"), Created: times().Draw(t, "created"), Updated: times().Draw(t, "updated")}
		e.component(&c)
		same(t, e, "components", c.ID, stamped(map[string]any{"fingerprint": c.Fingerprint, "name": c.Name, "metadata": struct{}{}}, c.Created, c.Updated), belongs)

		p, d := plaza.Process{ID: text.Draw(t, "id"), Activation: "m", PID: text.Draw(t, "pid"), Beat: at("08:59:59.120"), Created: c.Created, Updated: c.Updated}, e.bearer.Standing.Terms.Deadline()
		e.pen.b = nil
		e.process(&p, "ALIVE")
		same(t, e, "processes", p.ID, stamped(map[string]any{
			"pid": p.PID, "status": "ALIVE", "interval": d / time.Second, "metadata": struct{}{}, "lastHeartbeat": wireTime(p.Beat), "nextHeartbeat": wireTime(p.Beat.Add(d)),
		}, p.Created, p.Updated), belongs)
	})
}

func TestReleasesAreWrittenInFull(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e, text := drawn(t), hostile()
		r := plaza.Release{
			ID: text.Draw(t, "id"), Version: "1.20.3-rc.4+build.5", Name: text.Draw(t, "name"), Description: text.Draw(t, "description"), Channel: plaza.RC, Status: plaza.ReleaseStatus(text.Draw(t, "status")),
			Tag: text.Draw(t, "tag"), Created: times().Draw(t, "created"), Updated: times().Draw(t, "updated"), Backdated: times().Draw(t, "backdated"), Yanked: times().Draw(t, "yanked"),
		}
		e.release(&r)
		same(t, e, "releases", r.ID, stamped(map[string]any{
			"name": orNull(r.Name), "description": orNull(r.Description), "version": r.Version, "channel": "rc", "status": string(r.Status), "tag": orNull(r.Tag), "metadata": struct{}{},
			"semver":    map[string]any{"major": 1, "minor": 20, "patch": 3, "prerelease": "rc.4", "build": "build.5"},
			"backdated": wireTime(r.Backdated), "yanked": wireTime(r.Yanked),
		}, r.Created, r.Updated), map[string]any{
			"account": toOne("accounts", e.wire.Account), "product": toOne("products", e.wire.Product), "package": none(), "artifacts": linked("/v1/releases/" + r.ID + "/artifacts"),
		})

		a := plaza.Artifact{
			ID: text.Draw(t, "id"), Release: text.Draw(t, "release"), Filename: text.Draw(t, "file"), Filetype: text.Draw(t, "type"), Size: rapid.Int64().Draw(t, "size"), Platform: text.Draw(t, "p"),
			Arch: text.Draw(t, "arch"), Status: "UPLOADED", Checksum: text.Draw(t, "checksum"), Signature: text.Draw(t, "signature"), Created: r.Created, Updated: r.Updated,
		}
		e.pen.b = nil
		e.artifact(&a)
		var got struct {
			Attributes struct {
				Size int64 `json:"filesize"`
			} `json:"attributes"`
		}
		if _ = json.Unmarshal(e.pen.b, &got); got.Attributes.Size != a.Size {
			t.Fatalf("the size is %d, want %d", got.Attributes.Size, a.Size)
		}
		same(t, e, "artifacts", a.ID, stamped(map[string]any{
			"filename": a.Filename, "filetype": orNull(a.Filetype), "filesize": a.Size, "platform": orNull(a.Platform), "arch": orNull(a.Arch), "status": "UPLOADED", "metadata": struct{}{},
			"checksum": orNull(a.Checksum), "signature": orNull(a.Signature),
		}, a.Created, a.Updated), map[string]any{"account": toOne("accounts", e.wire.Account), "release": toOne("releases", a.Release)})
	})
}

func TestErrorIsWrittenInFull(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := hostile()
		f := &fault{status: 404, code: text.Draw(t, "code"), detail: text.Draw(t, "detail"), pointer: text.Draw(t, "pointer"), parameter: text.Draw(t, "parameter"), header: text.Draw(t, "header"), machine: text.Draw(t, "machine")}
		id := text.Draw(t, "id")
		var p pen
		p.fault(f, id)
		one := map[string]any{"title": "Not found", "detail": f.detail, "code": f.code}
		switch {
		case f.pointer != "":
			one["source"] = map[string]any{"pointer": f.pointer}
		case f.parameter != "":
			one["source"] = map[string]any{"parameter": f.parameter}
		case f.header != "":
			one["source"] = map[string]any{"header": f.header}
		}
		if f.machine != "" {
			one["meta"] = map[string]any{"machineId": f.machine}
		}
		var got, want any
		if err := json.Unmarshal(p.b, &got); err != nil {
			t.Fatalf("%v: %s", err, p.b)
		}
		_ = json.Unmarshal(encoded(map[string]any{"meta": map[string]any{"id": id}, "errors": []any{one}}), &want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}
