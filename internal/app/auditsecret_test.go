package app_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
)

// TestNoSecretStandsInTheLog does everything that can be done, and looks in the log
// for every password, key and token that there was.
func TestNoSecretStandsInTheLog(t *testing.T) {
	t.Parallel()
	bareWorlds(t, func(t *testing.T, w bare) {
		ctx := t.Context()
		for name, d := range deeds(t, w.World) {
			if err := d.make()(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		for _, wrong := range []string{"canary-password-1", "canary-password-2"} {
			_, err := w.Gate.SignIn(ctx, "partner@example.com", wrong, plaza.Origin{})
			want(t, "a wrong password", err, plaza.Unauthenticated)
			_, err = w.Gate.AcceptInvitation(ctx, wrong+"-token", wrong, plaza.Origin{})
			want(t, "a wrong link", err, plaza.NotFound)
		}
		secrets := map[string]string{
			apptest.Password: "a password", "another phrase then": "a password", "canary-password": "a password or a token that was wrong",
		}
		for _, token := range w.Tokens {
			secrets[token] = "a session"
		}
		list := must1[plaza.List[plaza.Mail]](t)(w.Gate.Mailbox(ctx, plaza.Page{Size: plaza.MaxPageSize}))
		for _, m := range list.Rows {
			for _, link := range regexp.MustCompile(`http://plaza\.test/(?:invitation|reset-password|consent)/(\S+)`).FindAllStringSubmatch(m.Text, -1) {
				secrets[link[1]] = "a link"
			}
		}
		licenses := must1[plaza.List[plaza.License]](t)(w.Licenses(ctx, w.Vendor, plaza.LicenseFilter{}, plaza.Page{Size: plaza.MaxPageSize}))
		for _, l := range licenses.Rows {
			secrets[must1[string](t)(w.RevealLicenseKey(ctx, w.Vendor, l.ID))] = "a license key"
		}
		for _, row := range w.rows(t, "persons") {
			if hash := regexp.MustCompile(`\$argon2id\S+`).FindString(row); hash != "" {
				secrets[hash] = "the hash of a password"
			}
		}
		if len(secrets) < 30 {
			t.Fatalf("only %d secrets: the test is blind", len(secrets))
		}
		rows := strings.Join(w.rows(t, "audit_events"), "\n")
		for secret, what := range secrets {
			if strings.Contains(rows, secret) {
				t.Errorf("%s stands in the log: %s", what, secret)
			}
		}
	})
}
