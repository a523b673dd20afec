package licensekey

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// vectors are those of the agents' API (7.6).
type vectors struct {
	Seed        string     `json:"seed"`
	Public      string     `json:"public"`
	IV          string     `json:"iv"`
	Fingerprint string     `json:"fingerprint"`
	Dataset     string     `json:"dataset"`
	Key         string     `json:"key"`
	License     vector     `json:"license"`
	Machine     vector     `json:"machine"`
	Answers     []answered `json:"answers"`
	Artifact    artifact   `json:"artifact"`
}

type vector struct {
	Plaintext string `json:"plaintext"`
	Clear     sealed `json:"clear"`
	Encrypted sealed `json:"encrypted"`
}

type sealed struct {
	Payload string `json:"payload"` // in one line
	SHA256  string `json:"sha256"`  // of the file
}

type answered struct {
	Method    string `json:"method"`
	Target    string `json:"target"`
	Host      string `json:"host"`
	Date      string `json:"date"`
	Body      string `json:"body"`
	Digest    string `json:"digest"`
	Signature string `json:"signature"`
}

type artifact struct {
	Seed      string `json:"seed"` // of the publisher
	Public    string `json:"public"`
	Content   string `json:"content"`
	Checksum  string `json:"checksum"`
	Signature string `json:"signature"`
}

func load(t testing.TB) (v vectors, signer ed25519.PrivateKey, public ed25519.PublicKey) {
	t.Helper()
	b, err := os.ReadFile("testdata/vectors.json")
	must(t, err)
	must(t, json.Unmarshal(b, &v))
	return v, ed25519.NewKeyFromSeed(unhex(t, v.Seed)), unhex(t, v.Public)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	must(t, err)
	return b
}

// said is the dataset of the vectors.
func said() Dataset {
	created := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	return Dataset{
		Account: "0b6f5c1e-2d47-4a7e-9a5c-5f0e6d3b8a11", Product: "7c1d9f3a-58e2-4b06-8f4d-1a2b3c4d5e6f",
		Policy: "2f8e4d6b-91c3-4e57-b0a8-6d5c4b3a2f10", For: 365 * 24 * time.Hour,
		License: "c5a7e913-4f2b-4d68-8e1a-9b0c7d6e5f42", Created: created, Expiry: created.AddDate(1, 0, 0),
	}
}

func TestSignedKeyIsThatOfTheContract(t *testing.T) {
	t.Parallel()
	v, signer, public := load(t)
	if got := Sign(signer, said()); got != v.Key {
		t.Errorf("the key is\n%s, want\n%s", got, v.Key)
	}
	got, err := Verify(public, v.Key)
	must(t, err)
	if got != said() {
		t.Errorf("it says %+v, want %+v", got, said())
	}
}

func TestPerpetualKeySaysSo(t *testing.T) {
	t.Parallel()
	_, signer, public := load(t)
	d := said()
	d.For, d.Expiry = 0, time.Time{}
	got, err := Verify(public, Sign(signer, d))
	must(t, err)
	if got != d {
		t.Errorf("it says %+v, want %+v", got, d)
	}
}

func TestFilesAreThoseOfTheContract(t *testing.T) {
	t.Parallel()
	v, signer, public := load(t)
	for name, tt := range map[string]struct {
		kind   FileKind
		secret string
		plain  string
		want   sealed
	}{
		"license":            {LicenseFile, "", v.License.Plaintext, v.License.Clear},
		"license, encrypted": {LicenseFile, Secret(v.Key, ""), v.License.Plaintext, v.License.Encrypted},
		"machine, encrypted": {MachineFile, Secret(v.Key, v.Fingerprint), v.Machine.Plaintext, v.Machine.Encrypted},
	} {
		file := sealFile(signer, tt.kind, []byte(tt.plain), tt.secret, unhex(t, v.IV))
		if sum := sha256.Sum256(file); hex.EncodeToString(sum[:]) != tt.want.SHA256 {
			t.Errorf("%s: the file is not that of the contract:\n%s", name, file)
		}
		lines := strings.Split(string(file), "\n")
		if got := strings.Join(lines[1:len(lines)-2], ""); got != tt.want.Payload {
			t.Errorf("%s: the payload is not that of the contract", name)
		}
		plain, err := OpenFile(public, tt.kind, file, tt.secret)
		must(t, err)
		if string(plain) != tt.plain {
			t.Errorf("%s: it says %s", name, plain)
		}
	}
}

// files returns a short file of each kind by each algorithm, and how to open it.
func files(t testing.TB) map[string]opened {
	t.Helper()
	v, signer, public := load(t)
	all := map[string]opened{}
	for kind, secret := range map[FileKind]string{LicenseFile: Secret(v.Key, ""), MachineFile: Secret(v.Key, v.Fingerprint)} {
		for _, secret := range []string{"", secret} {
			plain := `{"data":{"type":"` + string(kind) + `s","id":"` + said().License + `"}}`
			all[fmt.Sprintf("%s, encrypted: %v", kind, secret != "")] = opened{
				text: sealFile(signer, kind, []byte(plain), secret, unhex(t, v.IV)),
				open: func(file []byte) (string, error) {
					b, err := OpenFile(public, kind, file, secret)
					return string(b), err
				},
				plain: plain,
			}
		}
	}
	return all
}

// opened is something signed, how it is opened, and what it then says.
type opened struct {
	text  []byte
	open  func([]byte) (string, error)
	plain string
}

func TestEveryBitCounts(t *testing.T) {
	t.Parallel()
	v, _, public := load(t)
	all := files(t)
	all["key"] = opened{[]byte(v.Key), func(b []byte) (string, error) {
		d, err := Verify(public, string(b))
		return d.License, err
	}, said().License}
	if len(all) != 5 {
		t.Errorf("%d things are tried, want 5", len(all))
	}
	for name, tt := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := tt.open(tt.text)
			must(t, err)
			if got != tt.plain {
				t.Errorf("it says %q, want %q", got, tt.plain)
			}
			for i := range 8 * len(tt.text) {
				if got, err := tt.open([]byte(flip(string(tt.text), i))); err == nil || got != "" {
					t.Errorf("bit %d of byte %d can be changed", i%8, i/8)
				}
			}
			for i := range tt.text {
				if _, err := tt.open(tt.text[:i]); err == nil {
					t.Errorf("it can be cut off at %d", i)
				}
			}
			for _, more := range []string{"\n", " ", "=", "\x00"} {
				if _, err := tt.open([]byte(string(tt.text) + more)); err == nil {
					t.Errorf("%q can be added", more)
				}
				if _, err := tt.open([]byte(more + string(tt.text))); err == nil {
					t.Errorf("%q can be put before it", more)
				}
			}
		})
	}
}

func TestFileSaysItsKind(t *testing.T) {
	t.Parallel()
	for name, tt := range files(t) {
		if kind, ok := KindOf(tt.text); !ok || !strings.HasPrefix(name, string(kind)) {
			t.Errorf("%s is a %q, %v", name, kind, ok)
		}
	}
	for _, text := range []string{"", "key/", "-----BEGIN LICENSE KEY-----\n", "\n-----BEGIN LICENSE FILE-----\n"} {
		if kind, ok := KindOf([]byte(text)); ok {
			t.Errorf("%q is a %q", text, kind)
		}
	}
}

func TestOtherLineBreaksAreRefused(t *testing.T) {
	t.Parallel()
	for name, tt := range files(t) {
		text := string(tt.text)
		for how, changed := range map[string]string{
			"CR LF":         strings.ReplaceAll(text, "\n", "\r\n"),
			"an empty line": strings.Replace(text, "\n", "\n\n", 1),
			"none":          strings.Replace(text, "\n", "", 2),
		} {
			if _, err := tt.open([]byte(changed)); !errors.Is(err, ErrShape) {
				t.Errorf("%s with %s: %v", name, how, err)
			}
		}
	}
}

func TestNothingIsTakenForAnother(t *testing.T) {
	t.Parallel()
	v, signer, public := load(t)
	other := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	file := SealFile(signer, LicenseFile, []byte(v.License.Plaintext), v.Key)
	for name, tt := range map[string]struct {
		err  error
		want error
	}{
		"another's key":    {second(Verify(public, Sign(other, said()))), ErrSignature},
		"no public key":    {second(Verify(nil, v.Key)), ErrSignature},
		"a random key":     {second(Verify(public, New())), ErrShape},
		"another's file":   {second(OpenFile(public, LicenseFile, SealFile(other, LicenseFile, []byte("{}"), ""), "")), ErrSignature},
		"another's secret": {second(OpenFile(public, LicenseFile, file, v.Key+"x")), ErrSecret},
		"another kind":     {second(OpenFile(public, MachineFile, file, v.Key)), ErrShape},
		"renamed": {second(OpenFile(public, MachineFile,
			[]byte(strings.ReplaceAll(string(file), "LICENSE FILE", "MACHINE FILE")), v.Key)), ErrSignature},
		"nothing": {second(OpenFile(public, LicenseFile, nil, "")), ErrShape},
	} {
		if tt.err != tt.want { //nolint:errorlint // these very errors
			t.Errorf("%s: %v, want %v", name, tt.err, tt.want)
		}
	}
}

func second[T any](_ T, err error) error { return err }
