package app

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"unicode"

	"github.com/alexedwards/argon2id"
	"github.com/ccojocar/zxcvbn-go"

	"github.com/connectplaza/plaza"
)

// hasher hashes passwords with Argon2id, at most as many at once as there are
// cores: each takes 19 MiB and tens of milliseconds, and a flood of them must
// not take the machine. The parameters are OWASP's.
type hasher struct {
	params argon2id.Params
	turns  chan struct{}
	dummy  func() string // hash of a password that nobody has
}

func newHasher(fast bool) *hasher {
	h := &hasher{
		params: argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32},
		turns:  make(chan struct{}, runtime.NumCPU()),
	}
	if fast {
		h.params.Memory, h.params.Iterations = 64, 1
	}
	h.dummy = sync.OnceValue(func() string {
		hash, _ := argon2id.CreateHash("nobody has this one", &h.params) // fails only if the system has no random bytes
		return hash
	})
	return h
}

// hash returns the hash of a password.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	hash, err := argon2id.CreateHash(password, &h.params)
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	return hash, nil
}

// matches reports whether hash is that of password, and whether it was made
// with other parameters than today's and should be made anew. An empty hash
// matches nothing but takes as long, so that nobody learns who has an account.
func (h *hasher) matches(ctx context.Context, password, hash string) (ok, old bool, err error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return false, false, err
	}
	defer leave()
	if hash == "" {
		_, _ = argon2id.ComparePasswordAndHash(password, h.dummy())
		return false, false, nil
	}
	ok, params, err := argon2id.CheckHash(password, hash)
	if err != nil {
		return false, false, fmt.Errorf("check password: %w", err)
	}
	return ok, *params != h.params, nil
}

// choice is a password that somebody chooses.
type choice struct {
	field    string // of the form
	password string
	about    []string // what they and their organisation are called
}

// longestJudged is how much of a password is judged, in characters: what begins well is
// good, however it goes on.
const longestJudged = 64

// hashChoice returns the hash of a password that somebody chooses, unless it is one that
// many choose, or is made of their own name or that of their organisation: it is guessed by
// whoever knows these and the few thousand that are the most common. No rule says what has
// to be in it. Kinds: Invalid.
func (h *hasher) hashChoice(ctx context.Context, c choice) (string, error) {
	if err := plaza.CheckPassword(c.field, c.password); err != nil {
		return "", err
	}
	leave, err := h.enter(ctx) // to judge takes long, too
	if err != nil {
		return "", err
	}
	guessed := easilyGuessed(c.password, c.about)
	leave()
	if guessed {
		return "", invalid(c.field, "problem.password_common")
	}
	return h.hash(ctx, c.password)
}

func easilyGuessed(password string, about []string) bool {
	var words []string
	for _, name := range about {
		parts := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		words = append(append(words, parts...), strings.Join(parts, ""))
	}
	judged := []rune(password)
	return zxcvbn.PasswordStrength(string(judged[:min(len(judged), longestJudged)]), words).Score == 0
}

// enter waits for a turn.
func (h *hasher) enter(ctx context.Context) (leave func(), err error) {
	select {
	case h.turns <- struct{}{}:
		return func() { <-h.turns }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
