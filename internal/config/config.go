// Package config holds the settings of a running Plaza as one struct that is
// either valid or says in one line what is wrong.
//
// The tags are read by the command line, which is the only one to import this
// package. It must not know what the settings are used for.
package config

import (
	"encoding/base64"
	"fmt"
	"log/slog"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// Prefix begins the name of every variable.
const Prefix = "PLAZA_"

// Database says where the data is.
type Database struct {
	Database string `help:"Where the data is: the path of a SQLite file, or the address of a PostgreSQL database, postgres://… (default: ${default})." default:"${database}" env:"PLAZA_DATABASE" placeholder:"FILE|URL"`
}

// Postgres reports whether the data is on a PostgreSQL server.
func (d Database) Postgres() bool {
	return strings.HasPrefix(d.Database, "postgres://") || strings.HasPrefix(d.Database, "postgresql://") || strings.HasPrefix(d.Database, "host=")
}

// Place returns where the data is as a person may read it: without a password.
func (d Database) Place() string {
	if d.Postgres() {
		return "the PostgreSQL database"
	}
	return d.Database
}

// Check returns an error that names the setting which is wrong.
func (d Database) Check() error {
	if d.Database == "" {
		return Wrong("database", "is missing: give the path of a SQLite file or a postgres:// address")
	}
	if scheme, _, found := strings.Cut(d.Database, "://"); found && !d.Postgres() {
		return Wrong("database", "%s:// is no database that Plaza knows: give the path of a SQLite file or a postgres:// address", scheme)
	}
	return nil
}

// Secrecy says where the secret is that seals license keys.
type Secrecy struct {
	SecretFile string `help:"File with the secret that seals license keys; it is made if it is not there (default: the SQLite file's name with .secret; required with PostgreSQL). Back it up apart from the database." env:"PLAZA_SECRET_FILE" placeholder:"FILE"`
	Secret     string `help:"The secret itself instead of a file: 32 bytes as base64. Better given as the variable: other users of the machine can read flags." env:"PLAZA_SECRET" placeholder:"BASE64"`
}

// Check returns an error that names the setting which is wrong, and otherwise
// fills in which file the secret of d is in.
func (s *Secrecy) Check(d Database) error {
	switch {
	case s.Secret != "" && s.SecretFile != "":
		return Wrong("secret", "is given, and --secret-file (%s) too: give one of them", Variable("secret-file"))
	case s.Secret != "":
		if raw, err := base64.StdEncoding.DecodeString(s.Secret); err != nil || len(raw) != 32 {
			return Wrong("secret", "is not 32 bytes as base64: make one with  openssl rand -base64 32")
		}
	case s.SecretFile == "" && d.Postgres():
		return Wrong("secret-file", "is missing: with PostgreSQL, name the file that holds the secret (it is made if it is not there), or give the secret as %s", Variable("secret"))
	case s.SecretFile == "":
		s.SecretFile = d.Database + ".secret"
	}
	return nil
}

// SMTP says how mail is sent.
type SMTP struct {
	Host     string `help:"Mail server. Without one, mails wait in the outbox." env:"PLAZA_SMTP_HOST" placeholder:"HOST"`
	Port     int    `help:"Port of the mail server (default: 587 with starttls, 465 with tls, 25 with none)." env:"PLAZA_SMTP_PORT" placeholder:"PORT"`
	User     string `help:"User at the mail server. Without one, nobody signs in." env:"PLAZA_SMTP_USER" placeholder:"NAME"`
	Password string `help:"Password at the mail server. Better given as the variable: other users of the machine can read flags." env:"PLAZA_SMTP_PASSWORD" placeholder:"PASSWORD"`
	TLS      string `name:"tls" help:"How the way to the mail server is protected: none, starttls (required, not merely tried) or tls (from the first byte; default: ${default})." default:"starttls" env:"PLAZA_SMTP_TLS" placeholder:"MODE"`
	From     string `help:"Address that mails come from." env:"PLAZA_SMTP_FROM" placeholder:"ADDRESS"`
	FromName string `help:"Name that mails come from (default: ${default})." default:"Plaza" env:"PLAZA_SMTP_FROM_NAME" placeholder:"NAME"`
}

// Audit says what becomes of the audit log.
type Audit struct {
	Keep              int    `help:"For how many days audit events are kept: 0 for ever, otherwise 365 at least (default: ${default}). What goes leaves its hash." default:"0" env:"PLAZA_AUDIT_KEEP" placeholder:"DAYS"`
	CheckpointFile    string `help:"File that every checkpoint of the audit log is appended to. Best on another machine: it shows when the end of the log was cut off." env:"PLAZA_AUDIT_CHECKPOINT_FILE" placeholder:"FILE"`
	CheckpointWebhook string `help:"Address that every checkpoint is sent to (POST)." env:"PLAZA_AUDIT_CHECKPOINT_WEBHOOK" placeholder:"URL"`
	CheckpointMail    string `help:"Address that a checkpoint is mailed to, once a day." env:"PLAZA_AUDIT_CHECKPOINT_MAIL" placeholder:"ADDRESS"`
}

// leastAuditKeep is the shortest time that audit events may be kept, in days.
const leastAuditKeep = 365

// KeepFor returns how long audit events are kept; 0 is for ever.
func (a Audit) KeepFor() time.Duration { return time.Duration(a.Keep) * 24 * time.Hour }

// Config is every setting of a running Plaza. Call [Config.Check] before
// using it.
type Config struct {
	Database
	Secrecy

	Addr           string        `help:"Where to listen (default: ${default})." default:"localhost:8080" env:"PLAZA_ADDR" placeholder:"HOST:PORT"`
	PublicURL      string        `name:"public-url" help:"Where people reach the dashboard; links in mails begin with it (default: http:// and the address)." env:"PLAZA_PUBLIC_URL" placeholder:"URL"`
	DownloadFor    time.Duration `help:"How long the address of a download is good for, an hour at most (default: ${default})." default:"15m" env:"PLAZA_DOWNLOAD_FOR" placeholder:"DURATION"`
	SMTP           SMTP          `embed:"" prefix:"smtp-"`
	Audit          Audit         `embed:"" prefix:"audit-"`
	WebhookPrivate bool          `help:"Let webhooks be in the network of this machine, and without encryption. Without it events are sent to the public internet only, over HTTPS." env:"PLAZA_WEBHOOK_PRIVATE"`
	TimeZone       string        `help:"Time zone of people who chose none (default: ${default})." default:"Europe/Amsterdam" env:"PLAZA_TIME_ZONE" placeholder:"ZONE"`
	LogFormat      string        `help:"Form of the log: text or json (default: ${default})." default:"text" env:"PLAZA_LOG_FORMAT" placeholder:"FORMAT"`
	LogLevel       string        `help:"What is logged: debug, info, warn or error, and everything graver (default: ${default})." default:"info" env:"PLAZA_LOG_LEVEL" placeholder:"LEVEL"`
	TrustedProxies []string      `help:"Addresses or networks (CIDR), with commas between, of the proxies whose headers X-Forwarded-For and, for agents, X-Forwarded-Host are believed (default: none)." env:"PLAZA_TRUSTED_PROXIES" placeholder:"CIDR"`

	Zone    *time.Location `kong:"-"` // of TimeZone
	Level   slog.Level     `kong:"-"` // of LogLevel
	Proxies []netip.Prefix `kong:"-"` // of TrustedProxies
}

// Check returns an error that names the first setting which is wrong, and
// otherwise fills in what follows from others.
func (c *Config) Check() error {
	for _, check := range []func() error{
		c.Database.Check, c.address, c.publicURL, c.secret, c.smtp, c.audit, c.zone, c.log, c.proxies, c.download,
	} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (c *Config) address() error {
	_, port, err := net.SplitHostPort(c.Addr)
	if err == nil {
		_, err = net.LookupPort("tcp", port) //nolint:noctx // looks into a table; asks no network
	}
	if err != nil {
		return Wrong("addr", "%q is not host:port, as in localhost:8080", c.Addr)
	}
	return nil
}

func (c *Config) download() error {
	if c.DownloadFor < time.Minute || c.DownloadFor > time.Hour {
		return Wrong("download-for", "is %s: give a time from a minute to an hour, as 15m", c.DownloadFor)
	}
	return nil
}

func (c *Config) publicURL() error {
	if c.PublicURL == "" {
		return nil // known once it listens
	}
	u, err := url.Parse(c.PublicURL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil ||
		strings.TrimSuffix(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return Wrong("public-url", "%q is not of the form https://plaza.example.com", c.PublicURL)
	}
	c.PublicURL = u.Scheme + "://" + u.Host
	return nil
}

// URL returns where people reach the dashboard, given the address that it
// listens at.
func (c *Config) URL(listening net.Addr) string {
	if c.PublicURL != "" {
		return c.PublicURL
	}
	host, _, _ := net.SplitHostPort(c.Addr)
	_, port, _ := net.SplitHostPort(listening.String())
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "localhost" // every address of the machine: this one suits who started it
	}
	return "http://" + net.JoinHostPort(host, port)
}

func (c *Config) secret() error { return c.Secrecy.Check(c.Database) }

func (c *Config) smtp() error {
	s := &c.SMTP
	ports := map[string]int{"none": 25, "starttls": 587, "tls": 465}
	if ports[s.TLS] == 0 {
		return Wrong("smtp-tls", "%q is not none, starttls or tls", s.TLS)
	}
	if s.Host == "" {
		return nil
	}
	if s.Port == 0 {
		s.Port = ports[s.TLS]
	}
	if s.Port < 1 || s.Port > 65535 {
		return Wrong("smtp-port", "%d is not a port: give 1 to 65535", s.Port)
	}
	if strings.ContainsAny(s.Host, ":/ ") && net.ParseIP(s.Host) == nil {
		return Wrong("smtp-host", "%q is not the name of a host; the port is --smtp-port", s.Host)
	}
	if s.From == "" {
		return Wrong("smtp-from", "is missing: say which address mails come from")
	}
	if a, err := mail.ParseAddress(s.From); err != nil || a.Address != s.From {
		return Wrong("smtp-from", "%q is not an e-mail address", s.From)
	}
	if (s.User == "") != (s.Password == "") {
		return Wrong("smtp-user", "goes together with --smtp-password (%s): give both or neither", Variable("smtp-password"))
	}
	return nil
}

func (c *Config) audit() error {
	a := c.Audit
	if a.Keep != 0 && a.Keep < leastAuditKeep || a.Keep > 36500 {
		return Wrong("audit-keep", "%d is not a number of days from %d to 36500, nor 0 for ever", a.Keep, leastAuditKeep)
	}
	if a.CheckpointWebhook != "" {
		u, err := url.Parse(a.CheckpointWebhook)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			return Wrong("audit-checkpoint-webhook", "is not of the form https://example.com/path") // it may hold a password
		}
	}
	if a.CheckpointMail != "" {
		if m, err := mail.ParseAddress(a.CheckpointMail); err != nil || m.Address != a.CheckpointMail {
			return Wrong("audit-checkpoint-mail", "%q is not an e-mail address", a.CheckpointMail)
		}
	}
	return nil
}

func (c *Config) zone() (err error) {
	if c.Zone, err = time.LoadLocation(c.TimeZone); err != nil || c.TimeZone == "" || c.TimeZone == "Local" {
		return Wrong("time-zone", "%q is not a time zone, as in Europe/Amsterdam", c.TimeZone)
	}
	return nil
}

func (c *Config) log() error {
	if c.LogFormat != "text" && c.LogFormat != "json" {
		return Wrong("log-format", "%q is not text or json", c.LogFormat)
	}
	switch c.LogLevel {
	case "debug", "info", "warn", "error":
		return c.Level.UnmarshalText([]byte(c.LogLevel))
	}
	return Wrong("log-level", "%q is not debug, info, warn or error", c.LogLevel)
}

func (c *Config) proxies() error {
	c.Proxies = nil
	for _, text := range c.TrustedProxies {
		text = strings.TrimSpace(text)
		network, err := netip.ParsePrefix(text)
		if err != nil {
			var one netip.Addr
			one, err = netip.ParseAddr(text)
			network = netip.PrefixFrom(one, one.BitLen())
		}
		if err != nil {
			return Wrong("trusted-proxies", "%q is not an address or a network, as in 10.0.0.0/8", text)
		}
		c.Proxies = append(c.Proxies, network.Masked())
	}
	return nil
}

// Error says that a setting is wrong, in one line that names it.
type Error struct {
	Flag    string // without the dashes
	Problem string
}

func (e *Error) Error() string {
	return fmt.Sprintf("--%s (%s) %s", e.Flag, Variable(e.Flag), e.Problem)
}

// Wrong returns an [*Error] about a flag. The problem is a sentence of which the
// flag is the subject, or a value and what is wrong with it.
func Wrong(flag, problem string, args ...any) error {
	problem = fmt.Sprintf(problem, args...)
	if strings.HasPrefix(problem, `"`) {
		return &Error{Flag: flag, Problem: "is wrong: " + problem}
	}
	return &Error{Flag: flag, Problem: problem}
}

// Variable returns the name of the variable that stands for a flag.
func Variable(flag string) string {
	return Prefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}
