package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"github.com/connectplaza/plaza/internal/licensekey"
)

// document is what a license file or a machine file holds, as far as it is shown.
type document struct {
	Data     resource   `json:"data"`
	Included []resource `json:"included"`
	Meta     struct {
		Issued time.Time  `json:"issued"`
		Expiry *time.Time `json:"expiry"`
	} `json:"meta"`
}

// resource is a license, a machine, an entitlement or another thing in a document.
type resource struct {
	ID         string `json:"id"`
	Type       string `json:"type"`
	Attributes struct {
		Name        string     `json:"name"`
		Key         string     `json:"key"`
		Code        string     `json:"code"`
		Fingerprint string     `json:"fingerprint"`
		Expiry      *time.Time `json:"expiry"` // the days of grace of a license included
		Ends        *time.Time `json:"ends"`   // of a license that has days of grace
	} `json:"attributes"`
	Relationships struct {
		Policy  related `json:"policy"`
		License related `json:"license"`
	} `json:"relationships"`
}

type related struct {
	Data struct {
		ID string `json:"id"`
	} `json:"data"`
}

const (
	ofLicense     = "licenses"
	ofEntitlement = "entitlements"
)

func readDocument(kind licensekey.FileKind, plain []byte) (d document, err error) {
	err = json.Unmarshal(plain, &d)
	if err != nil || d.Data.Type != string(kind)+"s" || d.Data.ID == "" || d.Meta.Issued.IsZero() {
		return d, errUnreadable
	}
	return d, nil
}

// license returns the license that a file is about. Of one that a machine file does
// not include it knows the ID only.
func (d document) license() resource {
	if d.Data.Type == ofLicense {
		return d.Data
	}
	for _, r := range d.Included {
		if r.Type == ofLicense {
			return r
		}
	}
	return resource{ID: d.Data.Relationships.License.Data.ID}
}

func (d document) entitlements() string {
	var codes []string
	for _, r := range d.Included {
		if r.Type == ofEntitlement {
			codes = append(codes, legible(r.Attributes.Code))
		}
	}
	if codes == nil {
		return "none in the file"
	}
	return strings.Join(codes, ", ")
}

// verified is what something says whose signature is right.
type verified struct {
	what   string
	rows   []row
	issued time.Time
	ends   []ending
}

type row struct{ name, value string }

// ending is when something is over; a zero time is never.
type ending struct {
	of     string
	at     time.Time
	grace  time.Time // it may go on until then; zero: no longer than at
	graced bool      // at is with the days of grace, and nothing says how many
}

func (d document) verified(what string) verified {
	v := verified{what: what, issued: d.Meta.Issued, ends: []ending{{of: "file", at: orNever(d.Meta.Expiry)}}}
	if d.Data.Type != ofLicense {
		v.rows = append(v.rows, row{"Machine", legible(d.Data.ID)}, row{"Fingerprint", legible(d.Data.Attributes.Fingerprint)})
	}
	l := d.license()
	v.rows = append(v.rows, row{"License", legible(l.ID)})
	if l.Type == "" {
		v.rows = append(v.rows, row{"License ends", "not in the file"})
	} else {
		v.rows = append(v.rows, row{"Plan", legible(l.Relationships.Policy.Data.ID)}, row{"Name", legible(l.Attributes.Name)})
		end := ending{of: "license", at: orNever(l.Attributes.Expiry)}
		if l.Attributes.Ends != nil {
			end.at, end.grace = *l.Attributes.Ends, end.at
		}
		v.ends = append(v.ends, end)
	}
	v.rows = append(v.rows, row{"Entitlements", d.entitlements()})
	return v
}

// ofKey returns what a signed key says.
func ofKey(d licensekey.Dataset) verified {
	return verified{
		what: "signed license key; it says what held when the license was issued, not what was changed later",
		rows: []row{
			{"Account", legible(d.Account)}, {"Product", legible(d.Product)}, {"License", legible(d.License)}, {"Plan", legible(d.Policy)},
		},
		issued: d.Created, ends: []ending{{of: "license", at: d.Expiry, graced: true}},
	}
}

func (v verified) print(w io.Writer) {
	say(w, "The signature is right. This is a %s.\n", v.what)
	rows := append(v.rows, row{"Issued", stamp(v.issued)})
	for _, e := range v.ends {
		const goesOn = "May go on until"
		if e.graced && !e.at.IsZero() {
			rows = append(rows, row{goesOn, stamp(e.at) + ", any days of grace included"})
			continue
		}
		rows = append(rows, row{strings.ToUpper(e.of[:1]) + e.of[1:] + " ends", stamp(e.at)})
		if !e.grace.IsZero() {
			rows = append(rows, row{goesOn, stamp(e.grace) + ", its days of grace included"})
		}
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		fmt.Fprintf(table, "%s\t%s\n", r.name, r.value)
	}
	_ = table.Flush() // as say, it tells nobody that nobody can be told
}

// aheadAtMost is how far the clock of Plaza may be ahead of that of whoever checks a
// file: no agent accepts more.
const aheadAtMost = 5 * time.Minute

// inTime returns an error that names everything that is over at now.
func (v verified) inTime(now time.Time) error {
	var problems []string
	if v.issued.After(now.Add(aheadAtMost)) {
		problems = append(problems, "it was issued at "+stamp(v.issued)+", which lies ahead: the clock of this machine or that of Plaza is wrong")
	}
	for _, e := range v.ends {
		switch {
		case e.at.IsZero() || !now.After(e.at) || now.Before(e.grace):
		case e.grace.IsZero():
			problems = append(problems, "the "+e.of+" is past its date: it ended at "+stamp(e.at))
		default:
			problems = append(problems, "the "+e.of+" is past its date: it ended at "+stamp(e.at)+", and its days of grace at "+stamp(e.grace))
		}
	}
	if problems == nil {
		return nil
	}
	return errors.New("the signature is right, but " + strings.Join(problems, ", and "))
}

// conclusion says how far what inTime has nothing against is from its end at now.
func (v verified) conclusion(now time.Time) string {
	for _, e := range v.ends {
		if now.After(e.at) && now.Before(e.grace) {
			return "The " + e.of + " has ended, and may go on until " + stamp(e.grace) + ", in its days of grace. Have it renewed."
		}
	}
	return "Nothing of it is past its date."
}

func orNever(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format(time.RFC3339)
}

// legible returns s so that it can do a terminal no harm: names come from people,
// fingerprints from machines.
func legible(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.Quote(s)
	}
	return s
}
