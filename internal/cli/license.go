package cli

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/connectplaza/plaza/internal/config"
	"github.com/connectplaza/plaza/internal/licensekey"
)

// licenseCommand is plaza license.
type licenseCommand struct {
	Verify licenseVerify `cmd:"" help:"Find out whether a license file, a machine file or a signed license key is one that was made here, what it says, and whether its time is over. Needs neither a server nor a database."`
}

// licenseVerify is plaza license verify.
type licenseVerify struct {
	File string `arg:"" help:"License file, machine file, or file with a signed license key in one line; - is the input."`

	PublicKey      string `help:"Key that the signature is checked with: 64 hexadecimal characters. The dashboard shows it under Settings > Signing key. It is not secret." env:"PLAZA_PUBLIC_KEY" placeholder:"HEX"`
	LicenseKey     string `aliases:"key" help:"License key that the file was made for; an encrypted one cannot be read without (--key for short). Better given as the variable or in a file: other users of the machine can read flags." env:"PLAZA_LICENSE_KEY" placeholder:"KEY"`
	LicenseKeyFile string `aliases:"key-file" help:"File that holds the license key (--key-file for short)." env:"PLAZA_LICENSE_KEY_FILE" placeholder:"FILE"`
	Fingerprint    string `help:"Fingerprint of the machine that a machine file was made for, as connectagent status shows it there." env:"PLAZA_FINGERPRINT" placeholder:"TEXT"`
}

// Run says what the file is and holds, and fails if its signature is wrong, if it
// is for somebody else, or if its time is over.
func (c *licenseVerify) Run(env Env) error {
	public, err := c.public()
	if err != nil {
		return err
	}
	if err := c.readKey(); err != nil {
		return err
	}
	file, err := c.read(env)
	if err != nil {
		return err
	}
	said, err := c.open(public, file)
	if err != nil {
		return err
	}
	said.print(env.Out)
	if err := said.inTime(env.Now()); err != nil {
		return err
	}
	say(env.Out, "\n%s", said.conclusion(env.Now()))
	return nil
}

func (c *licenseVerify) public() (ed25519.PublicKey, error) {
	const where = "the dashboard shows it under Settings > Signing key"
	if c.PublicKey == "" {
		return nil, config.Wrong("public-key", "is missing: %s", where)
	}
	b, err := hex.DecodeString(strings.TrimSpace(c.PublicKey))
	if err != nil || len(b) != ed25519.PublicKeySize {
		return nil, config.Wrong("public-key", "is not 64 hexadecimal characters: %s", where)
	}
	return b, nil
}

// readKey fills in the license key if it is in a file.
func (c *licenseVerify) readKey() error {
	switch {
	case c.LicenseKeyFile == "":
		return nil
	case c.LicenseKey != "":
		return config.Wrong("license-key", "is given, and --license-key-file (%s) too: give one of them", config.Variable("license-key-file"))
	}
	text, err := os.ReadFile(c.LicenseKeyFile)
	if err != nil {
		return config.Wrong("license-key-file", "cannot be read: %v", err)
	}
	if c.LicenseKey = strings.TrimSpace(string(text)); c.LicenseKey == "" {
		return config.Wrong("license-key-file", "names %s, which is empty", c.LicenseKeyFile)
	}
	return nil
}

// largestFile is more than any file that Plaza makes has, in bytes.
const largestFile = 16 << 20

func (c *licenseVerify) read(env Env) ([]byte, error) {
	in := env.In
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return nil, refuse("the file cannot be read: %v", err)
		}
		defer f.Close()
		in = f
	}
	b, err := io.ReadAll(io.LimitReader(in, largestFile+1))
	switch {
	case err != nil:
		return nil, refuse("the file cannot be read: %v", err)
	case len(b) > largestFile:
		return nil, errNoLicense
	}
	return b, nil
}

// What can be wrong with a file.
var (
	errNoLicense    = errors.New("this is neither a license file nor a machine file, nor a signed license key")
	errDamaged      = errors.New("it is damaged: something was changed, added or cut off after it was made, be it the ends of its lines")
	errSignature    = errors.New("the signature is wrong: it was changed after it was made, or was made by another Plaza than that of the public key")
	errOtherKey     = errors.New("the license key is wrong: the signature is right, but the file was made for another key")
	errOtherMachine = errors.New("the fingerprint is wrong: the signature is right, but the file was made for another machine; " + whereFingerprint)
	errOtherEither  = errors.New("the license key or the fingerprint is wrong: the signature is right, but the file was made for another key or another machine; connectagent status shows the fingerprint on that machine")
	errUnreadable   = errors.New("the signature is right, but what was signed cannot be understood: it may be of a later version of Plaza")
)

// open verifies file, and returns what it says.
func (c *licenseVerify) open(public ed25519.PublicKey, file []byte) (verified, error) {
	if kind, ok := licensekey.KindOf(file); ok {
		return c.openFile(public, kind, file)
	}
	key := string(bytes.TrimSpace(file))
	if !licensekey.Signed(key) {
		return verified{}, errNoLicense
	}
	d, err := licensekey.Verify(public, key)
	if err != nil {
		return verified{}, inFile(err)
	}
	return ofKey(d), nil
}

func (c *licenseVerify) openFile(public ed25519.PublicKey, kind licensekey.FileKind, file []byte) (verified, error) {
	what := string(kind) + " file, not encrypted"
	plain, err := licensekey.OpenFile(public, kind, file, "")
	if errors.Is(err, licensekey.ErrSecret) {
		what = string(kind) + " file, encrypted"
		if err = c.complete(kind); err == nil {
			plain, err = licensekey.OpenFile(public, kind, file, c.secret(kind))
		}
	}
	switch {
	case errors.Is(err, licensekey.ErrSecret) && kind == licensekey.MachineFile:
		return verified{}, errOtherEither
	case err != nil:
		return verified{}, inFile(err)
	}
	d, err := readDocument(kind, plain)
	if err != nil {
		return verified{}, err
	}
	return d.verified(what), c.fits(d)
}

const whereFingerprint = "connectagent status shows it on that machine"

// complete returns an error if what an encrypted file is read with was not given.
func (c *licenseVerify) complete(kind licensekey.FileKind) error {
	const why = "is missing: the signature is right, but the file is encrypted and cannot be read without"
	switch {
	case c.LicenseKey == "":
		return config.Wrong("license-key", why)
	case c.Fingerprint == "" && kind == licensekey.MachineFile:
		return config.Wrong("fingerprint", "%s; %s", why, whereFingerprint)
	}
	return nil
}

func (c *licenseVerify) secret(kind licensekey.FileKind) string {
	if kind == licensekey.MachineFile {
		return licensekey.Secret(c.LicenseKey, c.Fingerprint)
	}
	return licensekey.Secret(c.LicenseKey, "")
}

// fits returns an error if a file that can be read by anybody is of another license
// or machine than was named.
func (c *licenseVerify) fits(d document) error {
	if key := d.license().Attributes.Key; c.LicenseKey != "" && key != "" && key != c.LicenseKey {
		return errOtherKey
	}
	if fingerprint := d.Data.Attributes.Fingerprint; c.Fingerprint != "" && fingerprint != "" && fingerprint != c.Fingerprint {
		return errOtherMachine
	}
	return nil
}

// inFile says in plain words what is wrong with a file.
func inFile(err error) error {
	switch {
	case errors.Is(err, licensekey.ErrShape):
		return errDamaged
	case errors.Is(err, licensekey.ErrSignature):
		return errSignature
	case errors.Is(err, licensekey.ErrSecret):
		return errOtherKey
	}
	return err
}
