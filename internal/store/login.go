package store

import (
	"context"
	"time"

	"github.com/connectplaza/plaza"
)

// InsertLogin adds logins; a second one of the same person in the same profile is a
// Conflict.
func (tx *Tx) InsertLogin(ctx context.Context, all ...plaza.Login) error {
	rows := make([][]any, len(all))
	for i, l := range all {
		rows[i] = []any{l.ID, l.Profile, l.Person, l.Name, fold(l.Name), l.Role, l.Dashboard, when(l.Created), when(l.Accepted)}
	}
	return tx.insert(ctx, `logins (id, profile_id, person_id, name, name_fold, role, dashboard, created_at, accepted_at, version)`,
		`(?, ?, ?, ?, ?, ?, ?, ?, ?, 1)`, rows)
}

const (
	loginColumns = `
		l.id, l.profile_id, p.name, l.person_id, l.name, person.email, l.role, l.dashboard,
		l.created_at, l.accepted_at, l.disabled_at, l.signed_in_at, l.version`
	loginFrom = `logins l JOIN profiles p ON p.id = l.profile_id JOIN persons person ON person.id = l.person_id`
)

func scanLogin(row scanner) (l plaza.Login, err error) {
	err = row.Scan(
		&l.ID, &l.Profile, &l.ProfileName, &l.Person, &l.Name, &l.Email, &l.Role, &l.Dashboard,
		at(&l.Created), at(&l.Accepted), at(&l.Disabled), at(&l.SignedIn), &l.Version)
	return l, err
}

// Login returns the login with the given ID, or NotFound if there is none in
// scope.
func (tx *Tx) Login(ctx context.Context, scope plaza.Scope, id string) (plaza.Login, error) {
	var a args
	query := `SELECT ` + loginColumns + ` FROM ` + loginFrom + `
		WHERE l.id = ` + a.add(id) + ` AND ` + a.owned(scope, "l.profile_id")
	return one(ctx, tx, scanLogin, query, a...)
}

// HoldLogin keeps a login and its profile as they are until this transaction ends,
// for whoever makes something that rests on them: what is read after this stays
// true, and whoever takes a right away, or suspends the profile, waits, and then
// finds what was made. SQLite has one writer at a time, and holds everything.
func (tx *Tx) HoldLogin(ctx context.Context, id string) error {
	if tx.forUpdate == "" {
		return nil
	}
	_, err := collect(ctx, tx, scanID, `
		SELECT l.id FROM logins l JOIN profiles p ON p.id = l.profile_id WHERE l.id = $1`+
		tx.forUpdate+` OF l`+tx.forShare+` OF p`, id)
	return err
}

// HoldLoginsOf is HoldLogin for all that a person has, but without their profiles.
func (tx *Tx) HoldLoginsOf(ctx context.Context, person string) error {
	if tx.forUpdate == "" {
		return nil
	}
	_, err := collect(ctx, tx, scanID, `SELECT id FROM logins WHERE person_id = $1 ORDER BY id`+tx.forUpdate, person)
	return err
}

// HasLogin reports whether the person with the given address has a login in a
// profile in scope.
func (tx *Tx) HasLogin(ctx context.Context, scope plaza.Scope, profile, email string) (bool, error) {
	var a args
	query := `SELECT count(*) FROM ` + loginFrom + ` WHERE l.profile_id = ` + a.add(profile) +
		` AND person.email_fold = ` + a.add(fold(email)) + ` AND ` + a.within(scope, "l.profile_id")
	n, err := tx.count(ctx, query, a...)
	return n > 0, err
}

// loginState is [plaza.Login.State] in SQL.
const loginState = `(CASE WHEN l.disabled_at IS NOT NULL THEN 'disabled' WHEN l.accepted_at IS NULL THEN 'invited' ELSE 'active' END)`

// Logins returns those of the logins in scope that f chooses. Sorts: name,
// profile, role, email, signed_in, created.
func (tx *Tx) Logins(ctx context.Context, scope plaza.Scope, f plaza.LoginFilter, p plaza.Page) (plaza.List[plaza.Login], error) {
	l := listing[plaza.Login]{
		columns: loginColumns,
		from:    loginFrom,
		id:      "l.id",
		texts:   map[string]string{"name": "l.name_fold", "profile": "p.name_fold", "role": "l.role", "email": "person.email_fold"},
		times:   map[string]string{"signed_in": "COALESCE(l.signed_in_at, 0)", "created": "l.created_at"},
		first:   "name",
		scan:    scanLogin,
	}
	l.and(l.within(scope, "l.profile_id"))
	if f.Profile != "" {
		l.and("l.profile_id = " + l.add(f.Profile))
	}
	if f.Text != "" {
		l.and(l.like(f.Text, "l.name_fold", "person.email_fold"))
	}
	if len(f.Roles) > 0 {
		l.and(in(&l.args, "l.role", f.Roles))
	}
	if len(f.States) > 0 {
		l.and(in(&l.args, loginState, f.States))
	}
	return l.page(ctx, tx, p)
}

// LoginCounts returns how many logins in scope there are in each state.
func (tx *Tx) LoginCounts(ctx context.Context, scope plaza.Scope) ([]plaza.LoginCount, error) {
	var a args
	query := `SELECT ` + loginState + ` AS state, count(*) FROM logins l
		WHERE ` + a.within(scope, "l.profile_id") + ` GROUP BY state`
	return collect(ctx, tx, func(row scanner) (c plaza.LoginCount, err error) {
		err = row.Scan(&c.State, &c.Count)
		return c, err
	}, query, a...)
}

// LoginsWithRole returns the logins of one profile that work now and have one of
// the roles, whoever asks: they are told something.
func (tx *Tx) LoginsWithRole(ctx context.Context, profile string, roles ...plaza.Role) ([]plaza.Login, error) {
	a := args{profile}
	query := `SELECT ` + loginColumns + ` FROM ` + loginFrom + `
		WHERE l.profile_id = $1 AND l.accepted_at IS NOT NULL AND l.disabled_at IS NULL AND ` +
		in(&a, "l.role", roles) + ` ORDER BY l.id`
	return collect(ctx, tx, scanLogin, query, a...)
}

// OtherOwners returns how many logins besides the given one own its profile and
// can enter it now. The rows stay locked, so that two owners cannot remove each other.
func (tx *Tx) OtherOwners(ctx context.Context, l plaza.Login) (int, error) {
	all, err := collect(ctx, tx, scanID, `
		SELECT id FROM logins
		WHERE profile_id = $1 AND role = 'owner' AND dashboard AND accepted_at IS NOT NULL AND disabled_at IS NULL
		ORDER BY id`+tx.forUpdate, l.Profile)
	n := 0
	for _, id := range all {
		if id != l.ID {
			n++
		}
	}
	return n, err
}

// UpdateLogin writes l's name, role and right, whether it is disabled and when
// it was accepted.
func (tx *Tx) UpdateLogin(ctx context.Context, scope plaza.Scope, l plaza.Login) error {
	a := args{l.Name, fold(l.Name), l.Role, l.Dashboard, when(l.Disabled), when(l.Accepted), l.ID, l.Version}
	return tx.versioned(ctx, "logins", "profile_id", scope, l.ID, `
		UPDATE logins SET name = $1, name_fold = $2, role = $3, dashboard = $4, disabled_at = $5, accepted_at = $6,
			version = version + 1
		WHERE id = $7 AND version = $8`, a)
}

// SignedIn notes when somebody last signed in with a login.
func (tx *Tx) SignedIn(ctx context.Context, login string, now time.Time) error {
	return tx.must(ctx, `UPDATE logins SET signed_in_at = $1 WHERE id = $2`, when(now), login)
}

// PersonLogins returns the logins with which a person can enter a dashboard now.
// Only the person itself may ask.
func (tx *Tx) PersonLogins(ctx context.Context, person string) ([]plaza.Login, error) {
	return collect(ctx, tx, scanLogin, `SELECT `+loginColumns+` FROM `+loginFrom+`
		WHERE l.person_id = $1 AND l.accepted_at IS NOT NULL AND l.disabled_at IS NULL AND l.dashboard AND NOT p.halted
		ORDER BY p.name_fold, l.id`, person)
}
