package ctl

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/client"
)

// settings say which Plaza to speak to, and with which token.
type settings struct {
	URL   string `json:"url"`
	Token string `json:"token"`

	tokenFile string
}

// settle returns the settings: of flags, else of variables, else of the file that configure
// writes.
func (t *tool) settle() (settings, error) {
	s := settings{URL: or(t.flags.URL, t.Getenv("PLAZACTL_URL")), Token: t.Getenv("PLAZACTL_TOKEN")}
	if file := or(t.flags.tokenFile, t.Getenv("PLAZACTL_TOKEN_FILE")); file != "" && (t.flags.tokenFile != "" || s.Token == "") {
		text, err := os.ReadFile(file) //nolint:gosec // whoever runs it may read it
		if err != nil {
			return s, misused("the file of the token cannot be read: %v", err)
		}
		s.Token = strings.TrimSpace(string(text))
	}
	if s.URL != "" && s.Token != "" {
		return s, nil
	}
	kept, err := t.kept()
	if err != nil {
		return s, err
	}
	switch {
	case s.URL == "" && s.Token == "":
		s = kept
	case s.URL == "" || s.URL == kept.URL:
		s.URL, s.Token = kept.URL, or(s.Token, kept.Token)
	}
	switch { // a token is sent nowhere but to the Plaza that it was kept for
	case s.URL == "":
		return s, misused("which Plaza? Run plazactl configure, or set PLAZACTL_URL and PLAZACTL_TOKEN")
	case s.Token == "":
		return s, misused("an API token is missing: run plazactl configure, or set PLAZACTL_TOKEN")
	}
	return s, nil
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// kept returns what configure wrote; nothing if it never did.
func (t *tool) kept() (s settings, err error) {
	text, err := os.ReadFile(t.Settings)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &s)
	}
	if err != nil {
		return s, fmt.Errorf("the settings cannot be read; run plazactl configure: %w", err)
	}
	return s, nil
}

// connect returns the client that the settings ask for.
func (t *tool) connect() (*client.Client, error) {
	s, err := t.settle()
	if err != nil {
		return nil, err
	}
	return t.client(s)
}

func (t *tool) client(s settings) (*client.Client, error) {
	c, err := client.New(client.Config{URL: s.URL, Token: s.Token, Agent: "plazactl/" + t.Version, Wait: t.Wait})
	if err != nil {
		return nil, misused("%v", err)
	}
	return c, nil
}

// configure returns the command that keeps settings for the next time.
func (t *tool) configure() *cobra.Command {
	return &cobra.Command{
		Use: "configure", Short: "Say which Plaza to speak to, and with which token", Args: cobra.NoArgs,
		Long: "Asks for the address of Plaza and for the token, tries them, and keeps them in\n" + t.Settings + ", which only you can read.\nThe token is read from the first line of the input if nobody is at a terminal.",
		RunE: t.keep,
	}
}

func (t *tool) keep(cmd *cobra.Command, _ []string) (err error) {
	t.began = true
	s := settings{URL: or(t.flags.URL, t.Getenv("PLAZACTL_URL"))}
	if _, ok := t.terminal(); s.URL == "" && !ok {
		return misused("which Plaza? Say --url")
	}
	if s.URL == "" {
		if s.URL, err = t.ask("Address of Plaza"); err != nil {
			return err
		}
	}
	if s.Token, err = t.secret("API token"); err != nil {
		return err
	}
	c, err := t.client(s)
	if err != nil {
		return err
	}
	me, err := c.Me(cmd.Context())
	if err != nil && client.KindOf(err) != plaza.Forbidden { // a token need not be for looking at its profile
		return err
	}
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(t.Settings), 0o700); err != nil {
		return err
	}
	if err := write(t.Settings, append(text, '\n')); err != nil {
		return err
	}
	if me.Login.Name == "" {
		_, err = fmt.Fprintf(t.Err, "Kept in %s.\n", t.Settings)
	} else {
		_, err = fmt.Fprintf(t.Err, "You are %s of %s, by the token %s. Kept in %s.\n", me.Login.Name, me.Profile.Name, me.Token.Name, t.Settings)
	}
	return err
}

// write puts a file in place that nobody else ever can read.
func write(name string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), "plazactl-*") // it is made for its owner alone
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // which is there no more if all is well
	_, err = f.Write(text)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

// terminal returns where somebody can be asked.
func (t *tool) terminal() (*os.File, bool) {
	f, ok := t.In.(*os.File)
	return f, ok && term.IsTerminal(int(f.Fd()))
}

// ask asks whoever is at the terminal.
func (t *tool) ask(question string) (string, error) {
	fmt.Fprint(t.Err, question+": ")
	return t.line()
}

// secret asks for something that is not shown while it is typed.
func (t *tool) secret(question string) (string, error) {
	f, ok := t.terminal()
	if !ok {
		return t.line()
	}
	fmt.Fprint(t.Err, question+": ")
	text, err := term.ReadPassword(int(f.Fd()))
	fmt.Fprintln(t.Err)
	return strings.TrimSpace(string(text)), err
}

// line reads a line of the input.
func (t *tool) line() (string, error) {
	text, err := bufio.NewReader(t.In).ReadString('\n')
	if text = strings.TrimSpace(text); text == "" && errors.Is(err, io.EOF) {
		return "", misused("nobody answered")
	}
	return text, nil
}
