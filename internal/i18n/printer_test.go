package i18n_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/i18n"
)

func load(t testing.TB) *i18n.Catalogue {
	t.Helper()
	c, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func amsterdam() *time.Location { return time.FixedZone("CET", 3600) }

func printers(t testing.TB) (en, nl *i18n.Printer) {
	t.Helper()
	c := load(t)
	return c.Printer("en", amsterdam()), c.Printer("nl", amsterdam())
}

func TestLanguagesNameThemselves(t *testing.T) {
	t.Parallel()
	want := []i18n.Language{{Code: "en", Name: "English"}, {Code: "nl", Name: "Nederlands"}}
	if diff := cmp.Diff(want, load(t).Languages()); diff != "" {
		t.Error(diff)
	}
}

func TestBrowserChoosesTheLanguage(t *testing.T) {
	t.Parallel()
	c := load(t)
	for header, want := range map[string]string{
		"":                          "en",
		"nl":                        "nl",
		"nl-BE":                     "nl",
		"nl-NL,nl;q=0.9,en;q=0.8":   "nl",
		"en-US,en;q=0.9,nl;q=0.8":   "en",
		"en;q=0.1, nl;q=0.9":        "nl",
		"xx, nl;q=0.5":              "nl",
		"ja":                        "en",
		"*":                         "en",
		"nl;q=0, en":                "en",
		";;;=,,q":                   "en",
		strings.Repeat("a-", 50000): "en",
		"<script>alert(1)</script>": "en",
	} {
		if got := c.Match(header); got != want {
			t.Errorf("%.40q: got %s, want %s", header, got, want)
		}
	}
}

func TestPrinterFallsBack(t *testing.T) {
	t.Parallel()
	p := load(t).Printer("tlh", nil)
	if p.Lang() != "en" || p.Zone() != time.UTC {
		t.Errorf("got %s, %s; want en, UTC", p.Lang(), p.Zone())
	}
}

func TestKeysOfNoLanguageAreNone(t *testing.T) {
	t.Parallel()
	if got := load(t).Keys("tlh"); got != nil {
		t.Errorf("got %d keys", len(got))
	}
}

func TestMessagesAreFilled(t *testing.T) {
	t.Parallel()
	en, nl := printers(t)
	for name, tt := range map[string]struct {
		got  func(p *i18n.Printer) string
		want [2]string // English, Dutch
	}{
		"fixed": {
			func(p *i18n.Printer) string { return p.T("error.unauthenticated") },
			[2]string{"Sign in first.", "Log eerst in."},
		},
		"fixed, with args that nobody asked for": {
			func(p *i18n.Printer) string { return p.T("error.unauthenticated", "Count", 3, "odd") },
			[2]string{"Sign in first.", "Log eerst in."},
		},
		"unknown": {
			func(p *i18n.Printer) string { return p.T("no.such.key", "Name", "x") },
			[2]string{"no.such.key", "no.such.key"},
		},
		"unknown, said": {
			func(p *i18n.Printer) string { return p.Say(plaza.T("no.such.key")) },
			[2]string{"no.such.key", "no.such.key"},
		},
		"nothing said": {
			func(p *i18n.Printer) string { return p.Say(plaza.Text{}) },
			[2]string{"", ""},
		},
		"one": {
			func(p *i18n.Printer) string { return p.T("time.days", "Count", 1) },
			[2]string{"1 day", "1 dag"},
		},
		"none": {
			func(p *i18n.Printer) string { return p.T("time.days", "Count", 0) },
			[2]string{"0 days", "0 dagen"},
		},
		"many": {
			func(p *i18n.Printer) string { return p.Say(plaza.T("time.days", "Count", int64(12345))) },
			[2]string{"12,345 days", "12.345 dagen"},
		},
		"a count that is none": {
			func(p *i18n.Printer) string { return p.T("time.days", "Count", "some") },
			[2]string{"some days", "some dagen"},
		},
		"a gap left empty": {
			func(p *i18n.Printer) string { return p.T("mail.greeting") },
			[2]string{"Hello ,", "Hallo ,"},
		},
		"a wait": {
			func(p *i18n.Printer) string { return p.T("error.limited", "Wait", 15*time.Minute) },
			[2]string{"Too many attempts. Try again in 15 minutes.", "Te veel pogingen. Probeer het over 15 minuten opnieuw."},
		},
		"a text in a text": {
			func(p *i18n.Printer) string {
				return p.Say(plaza.T("mail.greeting", "Name", plaza.T("time.yesterday")))
			},
			[2]string{"Hello yesterday,", "Hallo gisteren,"},
		},
		"a date in a text": {
			func(p *i18n.Printer) string {
				return p.Say(plaza.T("mail.greeting", "Name", time.Date(2026, 10, 31, 23, 30, 0, 0, time.UTC)))
			},
			[2]string{"Hello 1 Nov 2026,", "Hallo 1 nov 2026,"},
		},
		"a list in a text": {
			func(p *i18n.Printer) string { return p.T("mail.greeting", "Name", []string{"An", "Bo", "Cy"}) },
			[2]string{"Hello An, Bo and Cy,", "Hallo An, Bo en Cy,"},
		},
		"a name that looks like a gap": {
			func(p *i18n.Printer) string { return p.T("mail.greeting", "Name", "{{.Name}} <b>") },
			[2]string{"Hello {{.Name}} <b>,", "Hallo {{.Name}} <b>,"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, [2]string{tt.got(en), tt.got(nl)}); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestValuesAreDrawnAsTheLanguageDoes(t *testing.T) {
	t.Parallel()
	en, nl := printers(t)
	for _, tt := range []struct {
		v    any
		want [2]string
	}{
		{nil, [2]string{"", ""}},
		{7, [2]string{"7", "7"}},
		{int8(-7), [2]string{"-7", "-7"}},
		{int16(-1234), [2]string{"-1,234", "-1.234"}},
		{int32(1234), [2]string{"1,234", "1.234"}},
		{int64(1234567), [2]string{"1,234,567", "1.234.567"}},
		{uint(1000), [2]string{"1,000", "1.000"}},
		{uint8(200), [2]string{"200", "200"}},
		{uint16(2000), [2]string{"2,000", "2.000"}},
		{uint32(2000), [2]string{"2,000", "2.000"}},
		{uint64(2000), [2]string{"2,000", "2.000"}},
		{plaza.Invalid, [2]string{"invalid", "invalid"}},
		{90 * time.Minute, [2]string{"90 minutes", "90 minuten"}},
		{time.UTC, [2]string{"UTC", "UTC"}},
		{plaza.Money{Currency: "USD", Minor: 123450}, [2]string{"1,234.50\u00a0USD", "1.234,50\u00a0USD"}},
	} {
		if diff := cmp.Diff(tt.want, [2]string{en.Value(tt.v), nl.Value(tt.v)}); diff != "" {
			t.Errorf("%T %[1]v: %s", tt.v, diff)
		}
	}
}

func TestNumbersAndShares(t *testing.T) {
	t.Parallel()
	en, nl := printers(t)
	if got := en.Num(1000000) + " " + nl.Num(1000000) + " " + en.Num(999); got != "1,000,000 1.000.000 999" {
		t.Error(got)
	}
	for share, want := range map[float64][2]string{
		0:           {"0%", "0\u00a0%"},
		0.424:       {"42%", "42\u00a0%"},
		1:           {"100%", "100\u00a0%"},
		-0.001:      {"0%", "0\u00a0%"},
		math.Inf(1): {"0%", "0\u00a0%"},
	} {
		if diff := cmp.Diff(want, [2]string{en.Percent(share), nl.Percent(share)}); diff != "" {
			t.Errorf("%v: %s", share, diff)
		}
	}
	if got := en.Percent(math.NaN()); got != "0%" {
		t.Errorf("NaN: %s", got)
	}
}

func TestMoney(t *testing.T) {
	t.Parallel()
	en, nl := printers(t)
	for minor, want := range map[int64][4]string{ // drawn, and as it is typed
		0:         {"0.00\u00a0EUR", "0,00\u00a0EUR", "0.00", "0,00"},
		5:         {"0.05\u00a0EUR", "0,05\u00a0EUR", "0.05", "0,05"},
		1250:      {"12.50\u00a0EUR", "12,50\u00a0EUR", "12.50", "12,50"},
		123456789: {"1,234,567.89\u00a0EUR", "1.234.567,89\u00a0EUR", "1234567.89", "1234567,89"},
		-50:       {"-0.50\u00a0EUR", "-0,50\u00a0EUR", "-0.50", "-0,50"},
		-123450:   {"-1,234.50\u00a0EUR", "-1.234,50\u00a0EUR", "-1234.50", "-1234,50"},
	} {
		m := plaza.Money{Currency: "EUR", Minor: minor}
		got := [4]string{en.Money(m), nl.Money(m), en.Amount(m), nl.Amount(m)}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d: %s", minor, diff)
		}
		if typed, ok := plaza.ParseMinor(got[3]); minor >= 0 && minor < 1e8 && (!ok || typed != minor) {
			t.Errorf("%s is read as %d", got[3], typed)
		}
	}
}

func TestLists(t *testing.T) {
	t.Parallel()
	en, nl := printers(t)
	for _, tt := range []struct {
		items []string
		want  [2]string
	}{
		{nil, [2]string{"", ""}},
		{[]string{"a"}, [2]string{"a", "a"}},
		{[]string{"a", "b"}, [2]string{"a and b", "a en b"}},
		{[]string{"a", "b", "c"}, [2]string{"a, b and c", "a, b en c"}},
	} {
		if diff := cmp.Diff(tt.want, [2]string{en.List(tt.items), nl.List(tt.items)}); diff != "" {
			t.Error(diff)
		}
	}
}

func TestDatesAreThoseOfTheZone(t *testing.T) {
	t.Parallel()
	en, nl := printers(t)
	late := time.Date(2026, 11, 30, 23, 5, 59, 0, time.UTC) // 00:05 on the first of December
	for _, tt := range []struct {
		draw func(*i18n.Printer, time.Time) string
		want [2]string
	}{
		{(*i18n.Printer).Date, [2]string{"1 Dec 2026", "1 dec 2026"}},
		{(*i18n.Printer).DateTime, [2]string{"1 Dec 2026, 00:05 CET", "1 dec 2026, 00:05 CET"}},
		{(*i18n.Printer).Month, [2]string{"Dec 2026", "dec 2026"}},
	} {
		if diff := cmp.Diff(tt.want, [2]string{tt.draw(en, late), tt.draw(nl, late)}); diff != "" {
			t.Error(diff)
		}
		if got := tt.draw(en, time.Time{}); got != "" {
			t.Errorf("no time is drawn as %q", got)
		}
	}
	if got := nl.Month(time.Date(2026, 3, 5, 0, 0, 0, 0, time.UTC)); got != "mrt 2026" {
		t.Errorf("got %q, want %q", got, "mrt 2026")
	}
	if got := load(t).Printer("en", nil).DateTime(late); got != "30 Nov 2026, 23:05 UTC" {
		t.Errorf("UTC: got %q", got)
	}
}

func TestAgo(t *testing.T) {
	t.Parallel()
	en, nl := printers(t)
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, amsterdam())
	const day = 24 * time.Hour
	for _, tt := range []struct {
		d    time.Duration // from now
		want [2]string
	}{
		{0, [2]string{"just now", "zojuist"}},
		{-59 * time.Second, [2]string{"just now", "zojuist"}},
		{time.Second, [2]string{"in less than a minute", "binnen een minuut"}},
		{-time.Minute, [2]string{"1 minute ago", "1 minuut geleden"}},
		{-3 * time.Minute, [2]string{"3 minutes ago", "3 minuten geleden"}},
		{3 * time.Minute, [2]string{"in 3 minutes", "over 3 minuten"}},
		{-59*time.Minute - 59*time.Second, [2]string{"59 minutes ago", "59 minuten geleden"}},
		{-time.Hour, [2]string{"1 hour ago", "1 uur geleden"}},
		{-23*time.Hour - 59*time.Minute, [2]string{"23 hours ago", "23 uur geleden"}},
		{20 * time.Hour, [2]string{"in 20 hours", "over 20 uur"}},
		{-day, [2]string{"yesterday", "gisteren"}},
		{-35 * time.Hour, [2]string{"yesterday", "gisteren"}},
		{-37 * time.Hour, [2]string{"2 days ago", "2 dagen geleden"}},
		{day, [2]string{"tomorrow", "morgen"}},
		{5 * day, [2]string{"in 5 days", "over 5 dagen"}},
		{-30 * day, [2]string{"30 days ago", "30 dagen geleden"}},
		{-31 * day, [2]string{"1 month ago", "1 maand geleden"}},
		{100 * day, [2]string{"in 3 months", "over 3 maanden"}},
		{-364 * day, [2]string{"11 months ago", "11 maanden geleden"}},
		{-365 * day, [2]string{"1 year ago", "1 jaar geleden"}},
		{800 * day, [2]string{"in 2 years", "over 2 jaar"}},
	} {
		if diff := cmp.Diff(tt.want, [2]string{en.Ago(now.Add(tt.d), now), nl.Ago(now.Add(tt.d), now)}); diff != "" {
			t.Errorf("%v: %s", tt.d, diff)
		}
	}
	if got := en.Ago(time.Time{}, now); got != "" {
		t.Errorf("never: %q", got)
	}
}

func TestYesterdayIsADayAgoAlsoWhenTheClocksChange(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	p := load(t).Printer("en", zone)
	// The day of 25 hours: a day before its last minute it is the same date.
	now := time.Date(2026, 10, 25, 23, 59, 0, 0, zone)
	if got := p.Ago(now.Add(-24*time.Hour), now); got != "yesterday" {
		t.Errorf("got %q", got)
	}
}

func TestDurationsAreRounded(t *testing.T) {
	t.Parallel()
	en, nl := printers(t)
	for d, want := range map[time.Duration][2]string{
		0:                                  {"0 seconds", "0 seconden"},
		time.Second:                        {"1 second", "1 seconde"},
		59 * time.Second:                   {"59 seconds", "59 seconden"},
		60 * time.Second:                   {"1 minute", "1 minuut"},
		90 * time.Second:                   {"90 seconds", "90 seconden"},
		42*time.Minute + 20*time.Second:    {"42 minutes", "42 minuten"},
		59*time.Minute + 59*time.Second:    {"1 hour", "1 uur"},
		90 * time.Minute:                   {"90 minutes", "90 minuten"},
		2 * time.Hour:                      {"2 hours", "2 uur"},
		24 * time.Hour:                     {"1 day", "1 dag"},
		36 * time.Hour:                     {"36 hours", "36 uur"},
		47*time.Hour + 59*time.Minute:      {"2 days", "2 dagen"},
		-48 * time.Hour:                    {"2 days", "2 dagen"},
		400 * 24 * time.Hour:               {"400 days", "400 dagen"},
		time.Duration(math.MinInt64):       {"106,751 days", "106.751 dagen"},
		119*time.Second + time.Millisecond: {"119 seconds", "119 seconden"},
	} {
		if diff := cmp.Diff(want, [2]string{en.Duration(d), nl.Duration(d)}); diff != "" {
			t.Errorf("%v: %s", d, diff)
		}
	}
}

func BenchmarkFixedMessage(b *testing.B) {
	p, _ := printers(b)
	b.ReportAllocs()
	for b.Loop() {
		p.T("error.unauthenticated")
	}
}

func BenchmarkPluralMessage(b *testing.B) {
	p, _ := printers(b)
	b.ReportAllocs()
	for b.Loop() {
		p.T("time.days", "Count", 12)
	}
}

func BenchmarkDate(b *testing.B) {
	p, _ := printers(b)
	t := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	b.ReportAllocs()
	for b.Loop() {
		p.Date(t)
	}
}
