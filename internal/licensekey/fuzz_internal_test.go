package licensekey

import (
	"strings"
	"testing"
	"time"
)

// FuzzVerify: only what was signed is taken for a key, to the last byte.
func FuzzVerify(f *testing.F) {
	v, signer, public := load(f)
	perpetual := said()
	perpetual.For, perpetual.Expiry = 0, time.Time{}
	signed := map[string]Dataset{v.Key: said(), Sign(signer, perpetual): perpetual}
	for key := range signed {
		f.Add(key)
		f.Add(strings.Replace(key, ".", "=.", 1))
		f.Add(key[:len(key)-2])
	}
	f.Add("key/.")
	f.Add(New())
	f.Fuzz(func(t *testing.T, key string) {
		d, err := Verify(public, key)
		want, ok := signed[key]
		if (err == nil) != ok || d != want {
			t.Errorf("%q says %+v, %v; want %+v", key, d, err, want)
		}
	})
}

// FuzzOpenFile: only what was sealed is taken for a file, to the last byte, whatever
// its kind, and says what it said.
func FuzzOpenFile(f *testing.F) {
	v, signer, public := load(f)
	secrets := map[FileKind]string{LicenseFile: Secret(v.Key, ""), MachineFile: Secret(v.Key, v.Fingerprint)}
	sealed := map[FileKind]map[string]string{}
	for kind, plain := range map[FileKind]string{LicenseFile: v.License.Plaintext, MachineFile: v.Machine.Plaintext} {
		sealed[kind] = map[string]string{}
		for _, secret := range []string{"", secrets[kind]} {
			file := string(sealFile(signer, kind, []byte(plain), secret, unhex(f, v.IV)))
			sealed[kind][file] = plain
			f.Add([]byte(file))
			f.Add([]byte(strings.ReplaceAll(file, "\n", "\r\n")))
			f.Add([]byte(strings.ReplaceAll(strings.ReplaceAll(file, "LICENSE", "MACHINE"), "-\n", "-\n\n")))
		}
	}
	f.Add([]byte("-----BEGIN LICENSE FILE-----\n-----END LICENSE FILE-----\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		for kind, secret := range secrets {
			plain, err := OpenFile(public, kind, file, secret)
			want, ok := sealed[kind][string(file)]
			if (err == nil) != ok || string(plain) != want {
				t.Errorf("%q says %q, %v; want %q", file, plain, err, want)
			}
		}
	})
}

// FuzzVerifyAnswer: only a signed answer is taken for one, and only under the header
// that was made for it.
func FuzzVerifyAnswer(f *testing.F) {
	v, _, public := load(f)
	signed := map[Answer]string{}
	for _, right := range v.Answers {
		a := right.answer()
		a.Method = strings.ToLower(a.Method)
		signed[a] = right.header()
		f.Add(a.Method, a.Target, a.Host, a.Date, a.Digest, right.header())
		f.Add(a.Method, a.Target, a.Host+"\ndate: "+a.Date, "", a.Digest, right.header())
		f.Add(a.Method, a.Target, a.Host, a.Date, Digest([]byte("x")), right.header()[:100])
	}
	f.Fuzz(func(t *testing.T, method, target, host, date, digest, header string) {
		a := Answer{Method: method, Target: target, Host: host, Date: date, Digest: digest}
		err := VerifyAnswer(public, said().Account, a, header)
		a.Method = strings.ToLower(method)
		want, ok := signed[a]
		if ok = ok && header == want; (err == nil) != ok {
			t.Errorf("%+v under %q: %v", a, header, err)
		}
	})
}
