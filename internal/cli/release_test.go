package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/connectplaza/plaza/internal/storetest"
)

// V1 and V6 of agent API 7.6.
const (
	publisherSeed   = "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
	publisherPublic = "29acbae141bccaf0b22e1a94d34d0bc7361e526d0bfe12c89794bc9322966dd7"
	vectorProduct   = "7c1d9f3a-58e2-4b06-8f4d-1a2b3c4d5e6f"
	vectorChecksum  = "A+tgj+wDjtDC1mPlwcktaqLdX6Qsum2xNLgbDimX6LAhpGqSX9Wh7Xl7mj0cXImDR5tG7mvIDDx4JVYX/+g9Pw"
	vectorSignature = "IKpvNGOq2pSJhPktKQ+1Gwtl1eIQl93fFX7hPWrbpSjjS4T3UWco5F2YXiMRzMyOfDBdORvMtn24ddkMUigJAQ"
)

func TestPublisherKeyIsMadeAndSigns(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "publisher.key")
	code, public, said := run(t, "", "release", "keygen", "--out", out)
	if code != 0 || len(strings.TrimSpace(public)) != 64 {
		t.Fatalf("%d %q %q", code, public, said)
	}
	private, err := os.ReadFile(out)
	if err != nil || strings.Contains(public, strings.TrimSpace(string(private))) {
		t.Errorf("%v, or the private key is printed", err)
	}
	if info, err := os.Stat(out); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read the key: %v, %v", info.Mode(), err)
	}
	wantRefusal(t, []string{"release", "keygen", "--out", out}, "--out (PLAZA_OUT)", "there already")
	wantRefusal(t, []string{"release", "keygen", "--out", filepath.Join(out, "below")}, "--out (PLAZA_OUT)", "cannot be written")
	wantRefusal(t, []string{"release", "keygen"}, "--out (PLAZA_OUT)")

	file := put(t, "build", "ConnectAgent 5.0.1\n")
	for name, key := range map[string]string{"a seed": publisherSeed, "both halves": publisherSeed + publisherPublic + "\n"} {
		code, got, said := run(t, "", "release", "sign", file, "--publisher-key", put(t, "key", key), "--product", vectorProduct)
		if want := "checksum   " + vectorChecksum + "\nsignature  " + vectorSignature + "\n"; code != 0 || got != want || said != "" {
			t.Errorf("%s: %d %q %q, want %q", name, code, got, said, want)
		}
	}
	sign := func(more ...string) []string {
		return append([]string{"release", "sign", file, "--product", "p"}, more...)
	}
	wantRefusal(t, sign(), "--publisher-key (PLAZA_PUBLISHER_KEY) is missing")
	wantRefusal(t, sign("--publisher-key", put(t, "key", "abc")), "--publisher-key (PLAZA_PUBLISHER_KEY)", "no private key")
	wantRefusal(t, sign("--publisher-key", out+".none"), "--publisher-key (PLAZA_PUBLISHER_KEY)", "cannot be read")
	wantRefusal(t, []string{"release", "sign", file + ".none", "--publisher-key", out, "--product", "p"}, "the file cannot be read")
}

func TestReleaseIsPublishedAndYanked(t *testing.T) {
	t.Parallel()
	for name, database := range map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { t.Helper(); return filepath.Join(t.TempDir(), "plaza.db") },
		"postgres": storetest.Postgres,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			publishAndYank(t, database(t))
		})
	}
}

func publishAndYank(t *testing.T, db string) {
	t.Helper()
	at := []string{"--database", db, "--secret-file", filepath.Join(t.TempDir(), "secret")}
	release := func(args ...string) []string { return append(append([]string{"release"}, args...), at...) }
	said := func(want string, args ...string) string {
		t.Helper()
		code, out, err := run(t, "", release(args...)...)
		if code != 0 || !strings.Contains(out, want) || err != "" {
			t.Fatalf("plaza %s: %d %q %q, want %q", strings.Join(args, " "), code, out, err, want)
		}
		return out
	}
	if code, _, err := run(t, "five small blue ducks\n", append(setup(db), at[2:]...)...); code != 0 {
		t.Fatal(err)
	}
	key, file := put(t, "key", publisherSeed), put(t, "build", "ConnectAgent 5.0.1\n")
	linux, windows := "linux/amd64="+file, "windows/amd64="+file
	publish := func(more ...string) []string {
		return append([]string{"publish", "--version", "5.0.1", "--artifact", linux}, more...)
	}
	wantRefusal(t, release(publish()...), "--artifact (PLAZA_ARTIFACT)", "no signature for linux/amd64")
	wantRefusal(t, release(publish("--publisher-key", key)...), "Say first by which key", "plaza release trust KEY")
	if list := said("VERSION", "list"); strings.Contains(list, "5.0.1") {
		t.Errorf("a draft is left of it: %q", list)
	}
	wantRefusal(t, release("trust", "abc"), "64 hexadecimal characters")
	trusted := said("Builds are signed with "+publisherPublic, "trust", publisherPublic)
	product := strings.TrimSuffix(trusted[strings.LastIndex(trusted, " ")+1:], ".\n")
	other := strings.Repeat("A", 86)
	wantRefusal(t, release("publish", "--version", "5.0.1", "--artifact", linux+":"+other), "not the publisher key's signature")
	_, signature, _ := run(t, "", "release", "sign", file, "--publisher-key", key, "--product", product)
	signature = strings.TrimSpace(signature[strings.LastIndex(signature, " "):])
	halfway := func(done, refused string, args ...string) {
		t.Helper()
		if code, out, err := run(t, "", release(args...)...); code != 2 || out != done || !strings.Contains(err, refused) {
			t.Errorf("plaza %s: %d %q %q", strings.Join(args, " "), code, out, err)
		}
	}
	halfway("Uploaded connectagent_linux_amd64, 19 bytes.\n", "not the publisher key's signature",
		"publish", "--version", "5.0.1", "--artifact", linux+":"+signature, "--artifact", windows+":"+other)
	for flag, value := range map[string]string{
		"--module": "DEPLOY", "--requires": "4.2.0", "--backdated": "2026-01-31", "--channel": "rc", "--name": "Another", "--description": "Repairs",
	} {
		wantRefusal(t, release(publish("--publisher-key", key, flag, value)...), "There is a draft of 5.0.1 already, with another "+flag+": ", `you asked for "`+value+`"`)
	}
	out := said("Published 5.0.1.", publish("--artifact", windows, "--publisher-key", key)...)
	if !strings.Contains(out, "There already: linux/amd64.") || !strings.Contains(out, "Uploaded connectagent_windows_amd64.exe, 19 bytes.") {
		t.Errorf("got %q", out)
	}
	published := func(want string, args ...string) {
		t.Helper()
		code, out, err := run(t, "", release(args...)...)
		if code != 1 || out != "" || !strings.Contains(err, "5.0.1 ") || !strings.Contains(err, want) || strings.Count(err, "\n") != 1 {
			t.Errorf("plaza %s: %d %q %q, want %q", strings.Join(args, " "), code, out, err, want)
		}
	}
	for range 2 { // it does not matter how often, nor whether all of it is named
		said("Published already, and nothing differs: 5.0.1.", publish("--artifact", windows, "--publisher-key", key)...)
		said("Published already, and nothing differs: 5.0.1.", "publish", "--version", "5.0.1", "--artifact", linux+":"+signature)
	}
	another := put(t, "build", "ConnectAgent 5.0.2\n")
	published("with another build for linux/amd64; what is published never changes", "publish", "--version", "5.0.1", "--artifact", "linux/amd64="+another, "--publisher-key", key)
	published("another build for linux/amd64", "publish", "--version", "5.0.1", "--artifact", "linux/amd64="+another+":"+signature)
	published("another signature for linux/amd64", "publish", "--version", "5.0.1", "--artifact", linux+":"+other)
	published("no build for darwin/arm64", publish("--artifact", "darwin/arm64="+file, "--publisher-key", key)...)
	published(`another --name: it has "ConnectAgent 5.0.1", and you asked for "Another"`, publish("--publisher-key", key, "--name", "Another")...)
	published(`another --module: it has none, and you asked for "DEPLOY"`, publish("--publisher-key", key, "--module", "DEPLOY")...)
	next := func(artifact string) []string {
		return []string{
			"publish", "--version", "5.1.0-rc.1", "--channel", "rc", "--name", "Next", "--requires", "5.0.1", "--module", "MONITOR", "--module", "DEPLOY",
			"--backdated", "2026-01-31", "--artifact", artifact, "--publisher-key", key,
		}
	}
	halfway("", "not the publisher key's signature", next(linux+":"+other)...)
	wantRefusal(t, release("publish", "--version", "5.1.0-rc.1", "--channel", "rc", "--requires", "5.0.1", "--backdated", "2026-01-31",
		"--artifact", linux, "--publisher-key", key), `another --module: it has "DEPLOY, MONITOR", and you asked for none`)
	said("Published 5.1.0-rc.1.", next(linux)...)
	list := said("5.1.0-rc.1", "list")
	if rows := strings.Split(strings.TrimSpace(list), "\n"); len(rows) != 3 || !strings.Contains(list, "published") || !strings.Contains(list, "Next") {
		t.Errorf("got %q", list)
	}
	for text, parts := range map[string][]string{
		"linux=" + file: {"is not PLATFORM=FILE"}, "linux/amd64": {"is not PLATFORM=FILE"}, "linux/amd64=": {"is not PLATFORM=FILE"},
		linux + ".none:" + other: {"cannot be read"},
	} {
		wantRefusal(t, release("publish", "--version", "6.0.0", "--artifact", text), append(parts, "--artifact (PLAZA_ARTIFACT)")...)
	}
	wantRefusal(t, release("publish", "--version", "6", "--artifact", linux, "--publisher-key", key), "three numbers")
	wantRefusal(t, release("publish", "--version", "6.0.0", "--artifact", linux, "--publisher-key", key, "--backdated", "soon"), "--backdated (PLAZA_BACKDATED)")
	wantRefusal(t, release("yank", "9.9.9", "--reason", "it eats the disk"), "there is no version 9.9.9")
	wantRefusal(t, release("yank", "5.0.1", "--reason", "no"), "Say why")
	said("Yanked 5.0.1.", "yank", "5.0.1", "--reason", "it eats the disk")
	said("yanked", "list")
	published("was published and taken back already", publish("--publisher-key", key)...)
}
