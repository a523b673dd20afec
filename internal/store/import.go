package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/connectplaza/plaza"
)

// ImportPart is some rows of the file of an import, and what is wrong with them.
type ImportPart struct {
	Number   int // from 1
	Lines    []plaza.ImportLine
	Bad      int // rows of it that cannot be made
	Problems []plaza.ImportProblem
}

// InsertImport adds i with the parts of its file.
func (tx *Tx) InsertImport(ctx context.Context, i plaza.Import, parts []ImportPart) error {
	headings, columns, err := importTexts(i)
	if err != nil {
		return err
	}
	err = tx.must(ctx, `
		INSERT INTO imports (id, profile_id, login_id, pass_id, kind, state, filename, headings, columns, total, done, bad, problem, created_at, changed_at, claimed_until)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0, '', $11, $11, 0)`,
		i.ID, i.Profile, i.Login, i.Pass, i.Kind, i.State, i.File, headings, columns, i.Rows, when(i.Created))
	if err != nil {
		return err
	}
	rows := make([][]any, len(parts))
	for n, p := range parts {
		lines, err := json.Marshal(p.Lines)
		if err != nil {
			return fmt.Errorf("encode rows of an import: %w", err)
		}
		rows[n] = []any{i.ID, i.Profile, p.Number, string(lines)}
	}
	return tx.insert(ctx, `import_parts (import_id, profile_id, number, lines, bad, problems)`, `(?, ?, ?, ?, 0, '')`, rows)
}

func importTexts(i plaza.Import) (headings, columns string, err error) {
	h, err := json.Marshal(i.Headings)
	if err != nil {
		return "", "", fmt.Errorf("encode headings: %w", err)
	}
	c, err := json.Marshal(i.Columns)
	if err != nil {
		return "", "", fmt.Errorf("encode columns: %w", err)
	}
	return string(h), string(c), nil
}

const (
	importColumns = `i.id, i.profile_id, p.name, i.login_id, l.name, i.pass_id, i.kind, i.state, i.filename, i.headings, i.columns,
		i.total, i.done, i.bad, i.problem, i.created_at, i.changed_at`
	importFrom = `imports i JOIN profiles p ON p.id = i.profile_id JOIN logins l ON l.id = i.login_id`
)

func scanImport(row scanner) (i plaza.Import, err error) {
	var headings, columns, problem string
	err = row.Scan(&i.ID, &i.Profile, &i.ProfileName, &i.Login, &i.LoginName, &i.Pass, &i.Kind, &i.State, &i.File, &headings, &columns,
		&i.Rows, &i.Done, &i.Bad, &problem, at(&i.Created), at(&i.Changed))
	if err != nil {
		return i, err
	}
	if err := json.Unmarshal([]byte(headings), &i.Headings); err != nil {
		return i, err
	}
	if err := json.Unmarshal([]byte(columns), &i.Columns); err != nil || problem == "" {
		return i, err
	}
	return i, json.Unmarshal([]byte(problem), &i.Problem)
}

// Import returns the import with the given ID, or NotFound if it is none of a profile, in
// scope.
func (tx *Tx) Import(ctx context.Context, scope plaza.Scope, profile, id string) (plaza.Import, error) {
	a := args{id, profile}
	query := `SELECT ` + importColumns + ` FROM ` + importFrom + ` WHERE i.id = $1 AND i.profile_id = $2 AND ` + a.within(scope, "i.profile_id")
	return one(ctx, tx, scanImport, query, a...)
}

// HoldImport is Import for who changes it: nobody else does before this transaction ends.
func (tx *Tx) HoldImport(ctx context.Context, scope plaza.Scope, profile, id string) (plaza.Import, error) {
	if tx.forUpdate != "" {
		a := args{id, profile}
		if _, err := collect(ctx, tx, scanID, `SELECT id FROM imports WHERE id = $1 AND profile_id = $2 AND `+a.within(scope, "profile_id")+tx.forUpdate, a...); err != nil {
			return plaza.Import{}, err
		}
	}
	return tx.Import(ctx, scope, profile, id)
}

// Imports returns the imports of a profile in scope, newest first. Sorts: created.
func (tx *Tx) Imports(ctx context.Context, scope plaza.Scope, profile string, p plaza.Page) (plaza.List[plaza.Import], error) {
	l := listing[plaza.Import]{
		columns: importColumns, from: importFrom, id: "i.id",
		times: map[string]string{"created": "i.created_at"}, first: "-created", scan: scanImport,
	}
	l.and("i.profile_id = " + l.add(profile))
	l.and(l.within(scope, "i.profile_id"))
	return l.page(ctx, tx, p)
}

const partColumns = `part.number, part.lines, part.bad, part.problems`

func scanPart(row scanner) (p ImportPart, err error) {
	var lines, problems string
	if err = row.Scan(&p.Number, &lines, &p.Bad, &problems); err != nil {
		return p, err
	}
	if err := json.Unmarshal([]byte(lines), &p.Lines); err != nil || problems == "" {
		return p, err
	}
	return p, json.Unmarshal([]byte(problems), &p.Problems)
}

// ImportParts returns the first n parts of an import in scope after the one with a number;
// if faulty, those only that hold something which cannot be made.
func (tx *Tx) ImportParts(ctx context.Context, scope plaza.Scope, id string, after, n int, faulty bool) ([]ImportPart, error) {
	a := args{id, after}
	query := `SELECT ` + partColumns + ` FROM import_parts part WHERE part.import_id = $1 AND part.number > $2 AND ` + a.within(scope, "part.profile_id")
	if faulty {
		query += ` AND part.bad > 0`
	}
	return collect(ctx, tx, scanPart, query+` ORDER BY part.number LIMIT `+a.add(n), a...)
}

// OpenImports returns how many imports of a login in scope are not over.
func (tx *Tx) OpenImports(ctx context.Context, scope plaza.Scope, login string) (int, error) {
	a := args{login}
	return tx.count(ctx, `SELECT count(*) FROM imports i WHERE i.login_id = $1 AND i.state NOT IN ('applied', 'discarded', 'lapsed') AND `+a.within(scope, "i.profile_id"), a...)
}

// ImportFaults returns, of each part of an import in scope that holds something which cannot
// be made, its number and how much that is.
func (tx *Tx) ImportFaults(ctx context.Context, scope plaza.Scope, id string) ([]ImportPart, error) {
	a := args{id}
	query := `SELECT part.number, part.bad FROM import_parts part WHERE part.import_id = $1 AND part.bad > 0 AND ` + a.within(scope, "part.profile_id") + ` ORDER BY part.number`
	return collect(ctx, tx, func(row scanner) (p ImportPart, err error) {
		err = row.Scan(&p.Number, &p.Bad)
		return p, err
	}, query, a...)
}

// ClaimImport takes the import in scope that has waited longest to be worked on, and that
// nobody else has, until a time. There is none if its ID is empty.
func (tx *Tx) ClaimImport(ctx context.Context, scope plaza.Scope, now, until time.Time) (i plaza.Import, err error) {
	a := args{when(now)}
	claimed, err := collect(ctx, tx, scanID, `
		SELECT i.id FROM imports i WHERE i.state IN ('checking', 'applying') AND i.claimed_until <= $1 AND `+a.within(scope, "i.profile_id")+`
		ORDER BY i.changed_at, i.id LIMIT 1`+tx.claim, a...)
	if err != nil || len(claimed) == 0 {
		return i, err
	}
	if err := tx.must(ctx, `UPDATE imports SET claimed_until = $1 WHERE id = $2`, when(until), claimed[0]); err != nil {
		return i, err
	}
	a = args{claimed[0]}
	return one(ctx, tx, scanImport, `SELECT `+importColumns+` FROM `+importFrom+` WHERE i.id = $1 AND `+a.within(scope, "i.profile_id"), a...)
}

// KeepImport writes what was found about a part of an import, which is claimed and was in
// a state since a time: it is so no more if that is reported. It stays claimed until
// another time.
func (tx *Tx) KeepImport(ctx context.Context, scope plaza.Scope, i plaza.Import, p ImportPart, until time.Time) (still bool, err error) {
	a := args{i.Done, i.Bad, when(until), i.ID, i.State, when(i.Changed)}
	n, err := tx.exec(ctx, `UPDATE imports SET done = $1, bad = $2, claimed_until = $3 WHERE id = $4 AND state = $5 AND changed_at = $6 AND `+a.within(scope, "profile_id"), a...)
	if err != nil || n == 0 {
		return false, err
	}
	problems := []byte{}
	if len(p.Problems) > 0 {
		if problems, err = json.Marshal(p.Problems); err != nil {
			return false, fmt.Errorf("encode problems of an import: %w", err)
		}
	}
	return true, tx.must(ctx, `UPDATE import_parts SET bad = $1, problems = $2 WHERE import_id = $3 AND number = $4`, p.Bad, string(problems), i.ID, p.Number)
}

// SetImport writes the state of i, which is held, what its columns hold, and how far it
// is. Of one that is over, the rows are deleted. Nobody works on it any more.
func (tx *Tx) SetImport(ctx context.Context, scope plaza.Scope, i plaza.Import) error {
	_, columns, err := importTexts(i)
	if err != nil {
		return err
	}
	problem := []byte{}
	if !i.Problem.IsZero() {
		if problem, err = json.Marshal(i.Problem); err != nil {
			return fmt.Errorf("encode why an import does not go on: %w", err)
		}
	}
	a := args{i.State, when(i.Changed), i.Done, i.Bad, string(problem), columns, i.ID}
	err = tx.must(ctx, `UPDATE imports SET state = $1, changed_at = $2, done = $3, bad = $4, problem = $5, columns = $6, claimed_until = 0
		WHERE id = $7 AND `+a.within(scope, "profile_id"), a...)
	if err != nil || !i.State.Over() {
		return err
	}
	a = args{i.ID}
	return tx.must(ctx, `DELETE FROM import_parts WHERE import_id = $1 AND `+a.within(scope, "profile_id"), a...)
}

// LapseImports has up to n imports in scope lapse that wait for somebody and on which
// nothing happened since a time, and deletes their rows. It returns how many they were.
func (tx *Tx) LapseImports(ctx context.Context, scope plaza.Scope, since, now time.Time, n int) (int, error) {
	a := args{when(since)}
	ids, err := collect(ctx, tx, scanID, `
		SELECT i.id FROM imports i WHERE i.state IN ('matching', 'ready', 'faulty', 'failed') AND i.changed_at < $1 AND `+a.within(scope, "i.profile_id")+`
		ORDER BY i.changed_at LIMIT `+a.add(n)+tx.claim, a...)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	var b args
	if err := tx.must(ctx, `DELETE FROM import_parts WHERE `+in(&b, "import_id", ids), b...); err != nil {
		return 0, err
	}
	b = args{when(now)}
	return len(ids), tx.must(ctx, `UPDATE imports SET state = 'lapsed', changed_at = $1 WHERE `+in(&b, "id", ids), b...)
}

// NamedProfile is a profile with what it can be named by.
type NamedProfile struct {
	plaza.Profile

	BillingID string // empty: nobody calls it anything, or it is the scope's own
}

// Named reports whether name is how somebody would name p.
func (p NamedProfile) Named(name string) bool {
	return name == p.ID || fold(name) == fold(p.Name) || name == p.BillingID
}

// ProfilesNamed returns the profiles in scope that were not closed and that one of the
// names is the ID of, the name in upper or lower case, or, below scope's own, what another
// system calls it.
func (tx *Tx) ProfilesNamed(ctx context.Context, scope plaza.Scope, names []string) (all []NamedProfile, err error) {
	seen := map[string]bool{}
	for some := range slices.Chunk(names, itemsAtOnce) {
		folded := make([]string, len(some))
		for i, name := range some {
			folded[i] = fold(name)
		}
		for _, which := range []struct {
			condition string
			names     []string
		}{
			{"p.id", some}, {"p.name_fold", folded}, {"b.billing_id <> '' AND p.id <> " + numbered(1) + " AND b.billing_id", some},
		} {
			a := args{scope.Root()}
			query := `SELECT ` + profileColumns + `, CASE WHEN p.id = $1 THEN '' ELSE COALESCE(b.billing_id, '') END
				FROM profiles p LEFT JOIN billing_terms b ON b.profile_id = p.id
					AND b.number = (SELECT max(c.number) FROM billing_terms c WHERE c.profile_id = p.id)
				WHERE p.closed_at IS NULL AND ` + in(&a, which.condition, which.names) + ` AND ` + a.owned(scope, "p.id")
			found, err := collect(ctx, tx, func(row scanner) (n NamedProfile, err error) {
				err = row.Scan(append(profileDest(&n.Profile), &n.BillingID)...)
				return n, err
			}, query, a...)
			if err != nil {
				return nil, err
			}
			for _, p := range found {
				if !seen[p.ID] {
					seen[p.ID] = true
					all = append(all, p)
				}
			}
		}
	}
	return all, nil
}

// ProfilesThere returns which of the names, folded, profiles in scope have that were not
// closed: each as the ID of the parent, a blank, and the name.
func (tx *Tx) ProfilesThere(ctx context.Context, scope plaza.Scope, names []string) (map[string]bool, error) {
	return tx.there(ctx, scope, names, "p.id", `SELECT p.parent_id || ' ' || p.name_fold FROM profiles p WHERE p.closed_at IS NULL AND p.parent_id IS NOT NULL AND `, "p.name_fold")
}

// LoginsThere returns which of the addresses, folded, logins in scope are for: each as the ID of the
// profile, a blank, and the address.
func (tx *Tx) LoginsThere(ctx context.Context, scope plaza.Scope, emails []string) (map[string]bool, error) {
	return tx.there(ctx, scope, emails, "l.profile_id", `SELECT l.profile_id || ' ' || person.email_fold
		FROM logins l JOIN persons person ON person.id = l.person_id WHERE `, "person.email_fold")
}

func (tx *Tx) there(ctx context.Context, scope plaza.Scope, values []string, profile, query, column string) (map[string]bool, error) {
	found := map[string]bool{}
	for some := range slices.Chunk(values, itemsAtOnce) {
		var a args
		all, err := collect(ctx, tx, scanID, query+in(&a, column, some)+` AND `+a.owned(scope, profile), a...)
		if err != nil {
			return nil, err
		}
		for _, one := range all {
			found[one] = true
		}
	}
	return found, nil
}

// NotOffered returns which plans are not offered to which of the profiles with the given
// IDs: each as the ID of the profile, a blank, and that of the plan. It is [offered] the
// other way about, for many.
func (tx *Tx) NotOffered(ctx context.Context, profiles []string) (map[string]bool, error) {
	found := map[string]bool{}
	for some := range slices.Chunk(profiles, itemsAtOnce) {
		var a args
		all, err := collect(ctx, tx, scanID, `
			SELECT DISTINCT t.profile_id || ' ' || pl.id FROM profile_tree t JOIN profiles a ON a.id = t.ancestor_id, plans pl
			WHERE a.plans_chosen AND `+in(&a, "t.profile_id", some)+`
				AND NOT EXISTS (SELECT 1 FROM plan_offers o WHERE o.profile_id = a.id AND o.plan_id = pl.id)`, a...)
		if err != nil {
			return nil, err
		}
		for _, one := range all {
			found[one] = true
		}
	}
	return found, nil
}

// SharePlans keeps plans as they are until this transaction ends: what is issued under them
// has what they promise.
func (tx *Tx) SharePlans(ctx context.Context) error {
	if tx.forShare == "" {
		return nil
	}
	_, err := collect(ctx, tx, scanID, `SELECT id FROM plans ORDER BY id`+tx.forShare)
	return err
}

// HoldOffAllowances has whoever makes an allowance wait until this transaction ends: what
// it finds of them is all that there are.
func (tx *Tx) HoldOffAllowances(ctx context.Context) error {
	if tx.busy == "" {
		return nil
	}
	return tx.must(ctx, tx.busy)
}

// AllowancesCounting returns the IDs of the allowances that count what each of the profiles with
// the given IDs holds: its own, and those above, by profile.
func (tx *Tx) AllowancesCounting(ctx context.Context, profiles []string) (map[string][]string, error) {
	found := map[string][]string{}
	for some := range slices.Chunk(profiles, itemsAtOnce) {
		var a args
		all, err := collect(ctx, tx, scanID, `SELECT t.profile_id || ' ' || w.id FROM profile_tree t JOIN allowances w ON w.profile_id = t.ancestor_id
			WHERE `+in(&a, "t.profile_id", some)+` ORDER BY w.id`, a...)
		if err != nil {
			return nil, err
		}
		for _, one := range all {
			profile, id, _ := strings.Cut(one, " ")
			found[profile] = append(found[profile], id)
		}
	}
	return found, nil
}

// AllowancesByID returns the allowances with the given IDs, in their order. If they are
// held, nobody else counts them before this transaction ends, as with
// [Tx.HoldAllowances].
func (tx *Tx) AllowancesByID(ctx context.Context, ids []string, hold bool) (all []plaza.Allowance, err error) {
	for some := range slices.Chunk(slices.Sorted(slices.Values(ids)), itemsAtOnce) {
		var a args
		which := ` WHERE ` + in(&a, "w.id", some) + ` ORDER BY w.id`
		if hold && tx.forUpdate != "" {
			if _, err := collect(ctx, tx, scanID, `SELECT w.id FROM allowances w`+which+tx.forUpdate, a...); err != nil {
				return nil, err
			}
		}
		found, err := collect(ctx, tx, scanAllowance, `SELECT `+allowanceColumns+` FROM `+allowanceFrom+which, a...)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}
