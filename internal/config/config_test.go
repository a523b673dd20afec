package config_test

import (
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/connectplaza/plaza/internal/config"
)

// valid returns what the command line makes of no flags at all.
func valid() config.Config {
	return config.Config{
		Database: config.Database{Database: "plaza.db"}, Addr: "localhost:8080", TimeZone: "Europe/Amsterdam",
		SMTP: config.SMTP{TLS: "starttls", FromName: "Plaza"}, LogFormat: "text", LogLevel: "info", DownloadFor: 15 * time.Minute,
	}
}

func withMail(c *config.Config) { c.SMTP.Host, c.SMTP.From = "mail.example.com", "plaza@example.com" }

func TestWrongSettingIsNamedWithItsVariable(t *testing.T) {
	t.Parallel()
	for flag, spoil := range map[string]func(*config.Config){
		"database":                 func(c *config.Config) { c.Database.Database = "" },
		"database ":                func(c *config.Config) { c.Database.Database = "mysql://localhost/plaza" },
		"addr":                     func(c *config.Config) { c.Addr = "8080" },
		"addr ":                    func(c *config.Config) { c.Addr = "localhost:http!" },
		"public-url":               func(c *config.Config) { c.PublicURL = "plaza.example.com" },
		"public-url ":              func(c *config.Config) { c.PublicURL = "https://plaza.example.com/below" },
		"public-url  ":             func(c *config.Config) { c.PublicURL = "javascript:alert(1)" },
		"secret":                   func(c *config.Config) { c.Secret = "c2hvcnQ=" },
		"secret ":                  func(c *config.Config) { c.Secret, c.SecretFile = "x", "y" },
		"secret-file":              func(c *config.Config) { c.Database.Database = "postgres://localhost/plaza" },
		"smtp-tls":                 func(c *config.Config) { c.SMTP.TLS = "ssl" },
		"smtp-port":                func(c *config.Config) { withMail(c); c.SMTP.Port = 70000 },
		"smtp-host":                func(c *config.Config) { withMail(c); c.SMTP.Host = "mail.example.com:25" },
		"smtp-from":                func(c *config.Config) { withMail(c); c.SMTP.From = "" },
		"smtp-from ":               func(c *config.Config) { withMail(c); c.SMTP.From = "Plaza <plaza@example.com>" },
		"smtp-user":                func(c *config.Config) { withMail(c); c.SMTP.User = "plaza" },
		"audit-keep":               func(c *config.Config) { c.Audit.Keep = 364 },
		"audit-keep ":              func(c *config.Config) { c.Audit.Keep = -1 },
		"audit-checkpoint-webhook": func(c *config.Config) { c.Audit.CheckpointWebhook = "ftp://user:confidential@example.com" },
		"audit-checkpoint-mail":    func(c *config.Config) { c.Audit.CheckpointMail = "nobody" },
		"download-for":             func(c *config.Config) { c.DownloadFor = time.Minute - 1 },
		"download-for ":            func(c *config.Config) { c.DownloadFor = time.Hour + 1 },
		"time-zone":                func(c *config.Config) { c.TimeZone = "Amsterdam" },
		"time-zone ":               func(c *config.Config) { c.TimeZone = "" },
		"log-format":               func(c *config.Config) { c.LogFormat = "xml" },
		"log-level":                func(c *config.Config) { c.LogLevel = "loud" },
		"trusted-proxies":          func(c *config.Config) { c.TrustedProxies = []string{"10.0.0.0/33"} },
		"trusted-proxies  ":        func(c *config.Config) { c.TrustedProxies = []string{"10.0.0.1", "proxy"} },
	} {
		t.Run(flag, func(t *testing.T) {
			t.Parallel()
			c := valid()
			spoil(&c)
			err := c.Check()
			if err == nil {
				t.Fatal("accepted")
			}
			flag := strings.TrimSpace(flag)
			if want := "--" + flag + " (" + config.Variable(flag) + ") "; !strings.HasPrefix(err.Error(), want) {
				t.Errorf("got %q, want it to begin with %q", err, want)
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("got %q, want one line", err)
			}
		})
	}
}

func TestSecretIsNotRepeated(t *testing.T) {
	t.Parallel()
	c := valid()
	c.Secret = "not base64 but confidential"
	if err := c.Check(); err == nil || strings.Contains(err.Error(), "confidential") {
		t.Errorf("got %v", err)
	}
}

func TestWhatFollowsFromOtherSettings(t *testing.T) {
	t.Parallel()
	c := valid()
	withMail(&c)
	c.PublicURL, c.LogLevel, c.TrustedProxies = "https://plaza.example.com/", "warn", []string{" 10.1.2.3/8", "::1"}
	if err := c.Check(); err != nil {
		t.Fatal(err)
	}
	if want := "https://plaza.example.com"; c.PublicURL != want {
		t.Errorf("public URL %q, want %q", c.PublicURL, want)
	}
	if want := "plaza.db.secret"; c.SecretFile != want {
		t.Errorf("secret file %q, want %q", c.SecretFile, want)
	}
	if c.SMTP.Port != 587 || c.Level != slog.LevelWarn || c.Zone.String() != "Europe/Amsterdam" {
		t.Errorf("port %d, level %v, zone %v", c.SMTP.Port, c.Level, c.Zone)
	}
	want := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	if diff := cmp.Diff(want, c.Proxies, cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
}

func TestURL(t *testing.T) {
	t.Parallel()
	listening := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 4711}
	for addr, want := range map[string]string{
		"localhost:0": "http://localhost:4711", ":8080": "http://localhost:4711", "0.0.0.0:80": "http://localhost:4711",
		"[::]:80": "http://localhost:4711", "[::1]:80": "http://[::1]:4711", "plaza.lan:80": "http://plaza.lan:4711",
	} {
		c := valid()
		c.Addr = addr
		if got := c.URL(listening); got != want {
			t.Errorf("URL of %s = %s, want %s", addr, got, want)
		}
	}
	c := valid()
	c.PublicURL = "https://plaza.example.com"
	if got := c.URL(listening); got != c.PublicURL {
		t.Errorf("URL = %s, want the one given", got)
	}
}
