package cli_test

import (
	"crypto/ed25519"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/connectplaza/plaza/internal/licensekey"
)

const (
	licenseDocument = `{"data":{"id":"l-1","type":"licenses","attributes":{"name":"Warehouse","key":"KEY","expiry":EXPIRY},` +
		`"relationships":{"policy":{"data":{"type":"policies","id":"p-1"}}}},` +
		`"included":[{"id":"e-1","type":"entitlements","attributes":{"code":"DEPLOY"}},{"id":"x","type":"products"},{"id":"e-2","type":"entitlements","attributes":{"code":"TEST"}}],` +
		`"meta":{"issued":"2026-11-20T09:00:00.000Z","expiry":ENDS,"ttl":null}}`
	machineDocument = `{"data":{"id":"m-1","type":"machines","attributes":{"fingerprint":"fp","name":null},` +
		`"relationships":{"license":{"data":{"type":"licenses","id":"l-1"}}}}INCLUDED,` +
		`"meta":{"issued":"2026-11-20T09:00:00.000Z","expiry":"2026-12-20T09:00:00.000Z","ttl":2592000}}`
	machineIncludes = `,"included":[{"id":"l-1","type":"licenses","attributes":{"name":"Ware\u001b[2J\u202ehouse","key":"KEY","expiry":null},` +
		`"relationships":{"policy":{"data":{"type":"policies","id":"p-1"}}}}]`
	past, ahead = `"2026-11-23T15:04:04.000Z"`, `"2027-11-23T08:00:00.000Z"`
)

// of returns a license document.
func of(expiry, ends string) []byte {
	return []byte(strings.NewReplacer("EXPIRY", expiry, "ENDS", ends).Replace(licenseDocument))
}

// signing returns what signs, and the flag with its public half.
func signing() (signer ed25519.PrivateKey, flag string) {
	signer = ed25519.NewKeyFromSeed([]byte(strings.Repeat("a", ed25519.SeedSize)))
	return signer, "--public-key=" + hex.EncodeToString(signer[ed25519.SeedSize:])
}

// sealed writes a file and returns how it is verified.
func sealed(t *testing.T, kind licensekey.FileKind, document []byte, secret string, more ...string) []string {
	t.Helper()
	signer, flag := signing()
	path := put(t, "file", string(licensekey.SealFile(signer, kind, document, secret)))
	return append([]string{"license", "verify", path, flag}, more...)
}

// wantSaid fails unless a command says that a signature is right, and then the rest,
// which is compared without the spaces of its table.
func wantSaid(t *testing.T, args []string, what string, rows ...string) {
	t.Helper()
	code, out, err := run(t, "", args...)
	var got []string
	for line := range strings.Lines(out) {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			got = append(got, line)
		}
	}
	want := append([]string{"The signature is right. This is a " + what + "."}, rows...)
	if diff := cmp.Diff(append(want, "Nothing of it is past its date."), got); diff != "" || code != 0 || err != "" {
		t.Errorf("plaza %s: %d %q (-want +got):\n%s", strings.Join(args, " "), code, err, diff)
	}
}

// wantOver fails unless a command shows what was signed, but ends with code 1 and
// one line that has all of the parts.
func wantOver(t *testing.T, args []string, parts ...string) {
	t.Helper()
	code, out, err := run(t, "", args...)
	if code != 1 || !strings.HasPrefix(out, "The signature is right.") || strings.Contains(out, "Nothing of it") || strings.Count(err, "\n") != 1 {
		t.Errorf("plaza %s: %d %q %q", strings.Join(args, " "), code, out, err)
	}
	for _, part := range append(parts, "the signature is right, but") {
		if !strings.Contains(err, part) {
			t.Errorf("plaza %s: got %q, want %q in it", strings.Join(args, " "), err, part)
		}
	}
}

func TestLicenseFileIsVerified(t *testing.T) {
	t.Parallel()
	rows := []string{
		"License l-1", "Plan p-1", "Name Warehouse", "Entitlements DEPLOY, TEST", "Issued 2026-11-20T09:00:00Z", "File ends never", "License ends 2027-11-23T08:00:00Z",
	}
	document := of(ahead, "null")
	wantSaid(t, sealed(t, licensekey.LicenseFile, document, ""), "license file, not encrypted", rows...)
	wantSaid(t, sealed(t, licensekey.LicenseFile, document, "", "--key", "KEY"), "license file, not encrypted", rows...)
	wantSaid(t, sealed(t, licensekey.LicenseFile, document, "KEY", "--key", "KEY"), "license file, encrypted", rows...)
	wantSaid(t, sealed(t, licensekey.LicenseFile, document, "KEY", "--key-file", put(t, "key", "KEY\r\n")), "license file, encrypted", rows...)
}

func TestMachineFileIsVerified(t *testing.T) {
	t.Parallel()
	with := []byte(strings.Replace(machineDocument, "INCLUDED", machineIncludes, 1))
	without := []byte(strings.Replace(machineDocument, "INCLUDED", "", 1))
	end := []string{"Entitlements none in the file", "Issued 2026-11-20T09:00:00Z", "File ends 2026-12-20T09:00:00Z"}
	wantSaid(t, sealed(t, licensekey.MachineFile, with, licensekey.Secret("KEY", "fp"), "--license-key=KEY", "--fingerprint=fp"), "machine file, encrypted",
		append([]string{"Machine m-1", "Fingerprint fp", "License l-1", "Plan p-1", `Name "Ware\x1b[2J\u202ehouse"`}, append(end, "License ends never")...)...)
	wantSaid(t, sealed(t, licensekey.MachineFile, without, "", "--license-key=KEY"), "machine file, not encrypted",
		append([]string{"Machine m-1", "Fingerprint fp", "License l-1", "License ends not in the file"}, end...)...)
}

func TestSignedKeyIsVerified(t *testing.T) {
	t.Parallel()
	signer, flag := signing()
	d := licensekey.Dataset{Account: "a-1", Product: "c-1", Policy: "p-1", License: "l-1", Created: now().Add(-time.Hour)}
	what := "signed license key; it says what held when the license was issued, not what was changed later"
	key := licensekey.Sign(signer, d)
	wantSaid(t, []string{"license", "verify", put(t, "key", key+"\r\n"), flag}, what,
		"Account a-1", "Product c-1", "License l-1", "Plan p-1", "Issued 2026-11-23T14:04:05Z", "License ends never")
	if code, out, err := run(t, key, "license", "verify", "-", flag); code != 0 || !strings.Contains(out, "l-1") {
		t.Errorf("from the input: %d %q %q", code, out, err)
	}
	d.Expiry = now().Add(time.Second)
	wantSaid(t, []string{"license", "verify", put(t, "key", licensekey.Sign(signer, d)), flag}, what, "Account a-1", "Product c-1", "License l-1", "Plan p-1",
		"Issued 2026-11-23T14:04:05Z", "May go on until 2026-11-23T15:04:06Z, any days of grace included")
	d.Expiry = now().Add(-time.Second)
	wantOver(t, []string{"license", "verify", put(t, "key", licensekey.Sign(signer, d)), flag}, "the license is past its date", "2026-11-23T15:04:04Z")
	wantBroken(t, []string{"license", "verify", put(t, "key", strings.Replace(key, "key/e", "key/f", 1)), flag}, "the signature is wrong")
	wantBroken(t, []string{"license", "verify", put(t, "key", key+"\n"+key), flag}, "it is damaged")
}

func TestEndAndGraceOfALicenseAreTwoDays(t *testing.T) {
	t.Parallel()
	graced := func(ends, expiry string) []string {
		document := strings.Replace(string(of(expiry, "null")), `,"expiry":`, `,"ends":`+ends+`,"expiry":`, 1)
		return sealed(t, licensekey.LicenseFile, []byte(document), "")
	}
	rows := []string{"License l-1", "Plan p-1", "Name Warehouse", "Entitlements DEPLOY, TEST", "Issued 2026-11-20T09:00:00Z", "File ends never"}
	wantSaid(t, graced(`"2027-11-09T08:00:00.000Z"`, ahead), "license file, not encrypted", append(rows,
		"License ends 2027-11-09T08:00:00Z", "May go on until 2027-11-23T08:00:00Z, its days of grace included")...)
	if code, out, err := run(t, "", graced(past, ahead)...); code != 0 || strings.Contains(out, "Nothing of it") ||
		!strings.Contains(out, "The license has ended, and may go on until 2027-11-23T08:00:00Z, in its days of grace.") {
		t.Errorf("in its grace: %d %q %q", code, out, err)
	}
	wantOver(t, graced(`"2026-11-09T15:04:04.000Z"`, past), "the license is past its date: it ended at 2026-11-09T15:04:04Z, and its days of grace at 2026-11-23T15:04:04Z")
}

func TestFileThatIsOverIsShownAndFails(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		expiry, ends string
		parts        []string
	}{
		"file":    {ahead, past, []string{"the file is past its date: it ended at 2026-11-23T15:04:04Z"}},
		"license": {past, "null", []string{"the license is past its date: it ended at 2026-11-23T15:04:04Z"}},
		"both":    {past, past, []string{"the file is past", "and the license is past"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantOver(t, sealed(t, licensekey.LicenseFile, of(tt.expiry, tt.ends), "KEY", "--key", "KEY"), tt.parts...)
		})
	}
	soon := strings.Replace(string(of(ahead, "null")), "2026-11-20T09:00", "2026-11-23T15:09", 1)
	if code, _, err := run(t, "", sealed(t, licensekey.LicenseFile, []byte(soon), "")...); code != 0 {
		t.Errorf("five minutes ahead: %d %s", code, err)
	}
	later := strings.Replace(soon, "15:09", "15:10", 1)
	wantOver(t, sealed(t, licensekey.LicenseFile, []byte(later), ""), "2026-11-23T15:10:00Z", "clock")
}

func TestFileThatWasTamperedWithIsRefused(t *testing.T) {
	t.Parallel()
	signer, flag := signing()
	verify := func(file string) []string { return []string{"license", "verify", put(t, "file", file), flag} }
	file := string(licensekey.SealFile(signer, licensekey.LicenseFile, of(ahead, "null"), ""))
	other := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))

	wantBroken(t, verify(string(licensekey.SealFile(other, licensekey.LicenseFile, of(ahead, "null"), ""))), "the signature is wrong", "another Plaza")
	wantBroken(t, verify(string(licensekey.SealFile(other, licensekey.LicenseFile, of(ahead, "null"), "KEY"))), "the signature is wrong")
	wantBroken(t, verify(strings.ReplaceAll(file, "LICENSE", "MACHINE")), "the signature is wrong")
	for _, changed := range []string{
		strings.ReplaceAll(file, "\n", "\r\n"), file[:len(file)-1], file + "\n", strings.Replace(file, "ey", "fy", 1),
	} {
		wantBroken(t, verify(changed), "it is damaged")
	}
	for _, text := range []string{"", "KEY", " " + file, strings.Repeat("x", 16<<20+1)} {
		wantBroken(t, verify(text), "neither a license file nor a machine file, nor a signed license key")
	}
	for _, document := range []string{"", "[]", "{}", machineDocument, `{"data":{"id":"l-1","type":"licenses"}}`} {
		wantBroken(t, sealed(t, licensekey.LicenseFile, []byte(document), ""), "the signature is right", "cannot be understood")
	}
}

func TestFileOfAnotherIsRefused(t *testing.T) {
	t.Parallel()
	license := of(ahead, "null")
	machine := []byte(strings.Replace(machineDocument, "INCLUDED", machineIncludes, 1))
	wantBroken(t, sealed(t, licensekey.LicenseFile, license, "KEY", "--key", "OTHER"), "the license key is wrong", "the signature is right")
	wantBroken(t, sealed(t, licensekey.MachineFile, machine, "KEYfp", "--key", "KEY", "--fingerprint", "other"), "the license key or the fingerprint is wrong")

	wantBroken(t, sealed(t, licensekey.LicenseFile, license, "", "--key", "OTHER"), "the license key is wrong")
	wantBroken(t, sealed(t, licensekey.MachineFile, machine, "", "--key", "OTHER"), "the license key is wrong")
	wantBroken(t, sealed(t, licensekey.MachineFile, machine, "", "--fingerprint", "other"), "the fingerprint is wrong")
	// The secret is the same, the key and the fingerprint are not.
	wantBroken(t, sealed(t, licensekey.MachineFile, machine, "KEYfp", "--key", "KE", "--fingerprint", "Yfp"), "the license key is wrong")
}

func TestLicenseVerifyRefusesWhatIsMissing(t *testing.T) {
	t.Parallel()
	license, machine := of(ahead, "null"), []byte(strings.Replace(machineDocument, "INCLUDED", "", 1))
	wantRefusal(t, sealed(t, licensekey.LicenseFile, license, "KEY"), "--license-key (PLAZA_LICENSE_KEY) is missing", "encrypted")
	wantRefusal(t, sealed(t, licensekey.MachineFile, machine, "KEYfp", "--fingerprint", "fp"), "--license-key (PLAZA_LICENSE_KEY) is missing")
	wantRefusal(t, sealed(t, licensekey.MachineFile, machine, "KEYfp", "--key", "KEY"), "--fingerprint (PLAZA_FINGERPRINT) is missing", "encrypted", "connectagent status shows it on that machine")

	file, none := put(t, "file", ""), put(t, "file", "")+".none"
	_, flag := signing()
	verify := func(more ...string) []string { return append([]string{"license", "verify"}, more...) }
	wantRefusal(t, verify(flag), "file")
	wantRefusal(t, verify(none, flag), "the file cannot be read")
	wantRefusal(t, verify(t.TempDir(), flag), "the file cannot be read")
	wantRefusal(t, verify(file), "--public-key (PLAZA_PUBLIC_KEY) is missing", "Settings > Signing key")
	for _, key := range []string{"x", flag[len("--public-key=")+2:], strings.Repeat("g", 64)} {
		wantRefusal(t, verify(file, "--public-key", key), "--public-key (PLAZA_PUBLIC_KEY)", "64 hexadecimal", "Settings > Signing key")
	}
	wantRefusal(t, verify(file, flag, "--key-file", none), "--license-key-file (PLAZA_LICENSE_KEY_FILE) cannot be read")
	wantRefusal(t, verify(file, flag, "--key-file", file), "--license-key-file (PLAZA_LICENSE_KEY_FILE)", "empty")
	wantRefusal(t, verify(file, flag, "--key", "KEY", "--key-file", file), "--license-key (PLAZA_LICENSE_KEY)", "--license-key-file (PLAZA_LICENSE_KEY_FILE)")
}

func TestLicenseKeyCanBeAVariable(t *testing.T) {
	t.Setenv("PLAZA_LICENSE_KEY", "KEY")
	if code, _, err := run(t, "", sealed(t, licensekey.LicenseFile, of(ahead, "null"), "KEY")...); code != 0 {
		t.Errorf("%d %s", code, err)
	}
}
