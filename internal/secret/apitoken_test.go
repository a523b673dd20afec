package secret_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/connectplaza/plaza/internal/secret"
)

func TestAPITokenIsKnownByItsForm(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^plaza_[a-z2-7]{59}$`)
	seen := map[string]bool{}
	for range 100 {
		token := secret.APIToken()
		if !form.MatchString(token) || !secret.IsAPIToken(token) || seen[token] {
			t.Fatalf("%q is no new token", token)
		}
		seen[token] = true
	}
}

func TestNothingButAWholeAPITokenIsOne(t *testing.T) {
	t.Parallel()
	token := secret.APIToken()
	wrong := []string{"", secret.APIPrefix, strings.ToUpper(token), " " + token, token + " ", token + "a", strings.TrimPrefix(token, secret.APIPrefix)}
	for i := range token {
		wrong = append(wrong, token[:i])
		for _, c := range "a7" {
			if changed := token[:i] + string(c) + token[i+1:]; changed != token {
				wrong = append(wrong, changed)
			}
		}
	}
	for _, text := range wrong {
		if secret.IsAPIToken(text) {
			t.Errorf("%q is taken for a token", text)
		}
	}
}
