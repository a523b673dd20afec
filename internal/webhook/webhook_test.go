package webhook_test

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/connectplaza/plaza/internal/webhook"
)

// message returns one to an address, signed with a new secret.
func message(url string) webhook.Message {
	return webhook.Message{
		URL: url, ID: "0197", At: time.Now(), Body: []byte(`{"type":"plaza.webhook.test"}`), Secrets: []string{webhook.NewSecret()}, //nolint:forbidigo // the library that verifies looks at the clock
	}
}

func TestThePublicLibraryVerifiesWhatIsSent(t *testing.T) {
	t.Parallel()
	m := message("")
	m.Secrets = append(m.Secrets, webhook.NewSecret()) // the one before
	verified := make(chan error, 2)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		for _, secret := range m.Secrets {
			wh, err := standard.NewWebhook(secret)
			if err == nil {
				err = wh.Verify(body, r.Header)
			}
			verified <- err
		}
	}))
	defer server.Close()
	m.URL = server.URL
	if a := webhook.NewClient(true).Send(t.Context(), m); a.Status != http.StatusOK || a.Err != nil {
		t.Fatalf("it answered %d, %v", a.Status, a.Err)
	}
	for range m.Secrets {
		if err := <-verified; err != nil {
			t.Error(err)
		}
	}
}

func TestSignaturesAreThoseOfTheSpecification(t *testing.T) {
	t.Parallel()
	// As in the tests of the public libraries.
	got, err := webhook.Sign("msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; got != want || err != nil {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	if _, err := webhook.Sign("1", time.Unix(1, 0), nil, "whsec_no base64"); err == nil || strings.Contains(err.Error(), "base64") {
		t.Errorf("got %v", err)
	}
}

func TestSecretsAreLongAndNeverTheSame(t *testing.T) {
	t.Parallel()
	one, other := webhook.NewSecret(), webhook.NewSecret()
	raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(one, "whsec_"))
	if one == other || err != nil || len(raw) < 24 {
		t.Errorf("got %q and %q", one, other)
	}
}

func TestOnlyThePublicInternetIsPublic(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"93.184.216.34": true, "8.8.8.8": true, "2606:4700::6810:84e5": true, "2a00:1450:400e:80f::200e": true,
		"64:ff9b::808:808": true, "2002:808:808::1": true, "::ffff:8.8.8.8": true, // 8.8.8.8 in other words

		"0.0.0.0": false, "127.0.0.1": false, "127.255.255.254": false, "10.1.2.3": false, "172.16.0.1": false, "172.31.255.255": false, "192.168.1.1": false,
		"169.254.169.254": false, "100.64.0.1": false, "100.127.255.255": false, "198.18.0.1": false, "192.0.0.8": false, "192.0.2.1": false,
		"198.51.100.7": false, "203.0.113.9": false, "192.88.99.1": false, "224.0.0.1": false, "239.255.255.250": false, "255.255.255.255": false, "240.0.0.1": false,
		"::": false, "::1": false, "fe80::1": false, "fe80::1%eth0": false, "fec0::1": false, "fc00::1": false, "fd12:3456::1": false, "ff02::1": false,
		"2001:db8::1": false, "2001::1": false, "3fff::1": false, "100::1": false, "5f00::1": false, "::127.0.0.1": false,
		"::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "::ffff:169.254.169.254": false,
		"64:ff9b::7f00:1": false, "64:ff9b::a9fe:a9fe": false, "64:ff9b:1::1": false, "2002:7f00:1::1": false, "2002:a00:1::1": false, "2002:c0a8:101::": false,
		"172.32.0.1": true, "172.15.255.255": true, "100.128.0.1": true, "100.63.255.255": true, "169.253.0.1": true, "192.167.1.1": true, "223.255.255.255": true,
	} {
		if got := webhook.Public(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s: got %t", text, got)
		}
	}
	if webhook.Public(netip.Addr{}) {
		t.Error("no address at all is public")
	}
}

// TestWhereTheMachineItselfIsNothingIsSent: also if a name leads there, of which nobody
// could tell before it was called.
func TestWhereTheMachineItselfIsNothingIsSent(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 10)
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked <- struct{}{} }))
	defer server.Close()
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	closed := webhook.NewClient(false)
	for _, host := range []string{"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433", "127.1"} {
		a := closed.Send(t.Context(), message("http://"+host+":"+port+"/"))
		if f := webhook.FailureOf(a.Err); a.Err == nil || f != webhook.FailedPrivate && host != "[::1]" && host != "2130706433" && host != "127.1" {
			t.Errorf("%s: got %d, %v", host, a.Status, a.Err)
		}
	}
	if len(asked) > 0 {
		t.Errorf("it was asked %d times", len(asked))
	}
	if a := webhook.NewClient(true).Send(t.Context(), message("http://localhost:"+port+"/")); a.Err != nil || len(asked) != 1 {
		t.Errorf("where it may, it does not: %v", a.Err) // the control
	}
}

func TestNobodyIsFollowedElsewhere(t *testing.T) {
	t.Parallel()
	elsewhere := make(chan struct{}, 1)
	target := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere <- struct{}{} }))
	defer target.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		server := httptest.NewServer(http.RedirectHandler(target.URL, status))
		if a := webhook.NewClient(true).Send(t.Context(), message(server.URL)); a.Status != status {
			t.Errorf("got %d, %v, want %d", a.Status, a.Err, status)
		}
		server.Close()
	}
	if len(elsewhere) > 0 {
		t.Error("it followed")
	}
}

func TestHostileAnswersAreHarmless(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", r.URL.Query().Get("again"))
		w.WriteHeader(http.StatusTeapot)
		switch r.URL.Path {
		case "/marks":
			_, _ = io.WriteString(w, "a\x1b[31m\x00b\u202ec\u2028\xff<script>\nd\u200be")
		case "/huge":
			for range 1 << 10 {
				if _, err := io.WriteString(w, strings.Repeat("x", 1<<10)); err != nil {
					return
				}
			}
		}
	}))
	defer server.Close()
	client := webhook.NewClient(true)
	a := client.Send(t.Context(), message(server.URL+"/marks"))
	if want := "a\ufffd[31m\ufffdb\ufffdc\ufffd\ufffd<script>\nd\ufffde"; a.Body != want || a.Status != http.StatusTeapot {
		t.Errorf("got %q, want %q", a.Body, want)
	}
	if a := client.Send(t.Context(), message(server.URL+"/huge")); len(a.Body) != 1<<10 || a.Status != http.StatusTeapot {
		t.Errorf("it kept %d bytes", len(a.Body))
	}
	for text, want := range map[string]time.Duration{
		"": 0, "120": 2 * time.Minute, "-5": 0, "99999999": 24 * time.Hour, "999999999999999999999": 0, "soon": 0, "1.5": 0,
		"Thu, 01 Jan 1970 00:00:00 GMT": 0,
	} {
		if a := client.Send(t.Context(), message(server.URL+"/?again="+strings.ReplaceAll(text, " ", "+"))); a.Again != want {
			t.Errorf("Retry-After %q: got %s, want %s", text, a.Again, want)
		}
	}
}

func TestAHeadWithoutEndIsNoAnswer(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for i := range 1000 {
			w.Header().Set("X-"+strconv.Itoa(i), strings.Repeat("x", 100))
		}
	}))
	defer server.Close()
	if a := webhook.NewClient(true).Send(t.Context(), message(server.URL)); a.Err == nil {
		t.Error("it took a head of 100 KB")
	}
}

func TestFailuresAreToldApart(t *testing.T) {
	t.Parallel()
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	defer secure.Close()
	plain := httptest.NewServer(http.NotFoundHandler())
	gone := plain.URL
	plain.Close()
	hanging := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body) // only then it sees that nobody waits any more
		<-r.Context().Done()
	}))
	defer hanging.Close()
	client := webhook.NewClient(true)
	for url, want := range map[string]webhook.Failure{
		secure.URL:                        webhook.FailedTLS, // nobody vouches for it
		gone:                              webhook.FailedNetwork,
		"http://nobody.invalid/s3cret":    webhook.FailedName,
		"https://169.254.169.254/latest/": webhook.FailedPrivate,
	} {
		c := client
		if want == webhook.FailedPrivate {
			c = webhook.NewClient(false)
		}
		a := c.Send(t.Context(), message(url))
		if got := webhook.FailureOf(a.Err); got != want || a.Err == nil || a.Status != 0 {
			t.Errorf("%s: got %s, %v, want %s", url, got, a.Err, want)
		}
		if strings.Contains(a.Err.Error(), "s3cret") {
			t.Errorf("it tells the address: %v", a.Err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if a := client.Send(ctx, message(hanging.URL)); webhook.FailureOf(a.Err) != webhook.FailedTimeout {
		t.Errorf("got %v", a.Err)
	}
	if a := client.Send(t.Context(), message("http://a b/")); a.Err == nil || errors.Is(a.Err, webhook.ErrPrivate) {
		t.Errorf("got %v", a.Err)
	}
	bad := message(hanging.URL)
	bad.Secrets = []string{"whsec_"}
	if a := client.Send(t.Context(), bad); a.Err == nil {
		t.Error("it sent something that nobody signed")
	}
}
