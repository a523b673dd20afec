package plaza

import "time"

// Overview is how the licenses of a profile and of those below it stand, and
// what needs attention.
type Overview struct {
	Profile  Profile
	Licenses []LicenseCount
	Agents   []AgentCount
	Logins   []LoginCount
	Profiles map[ProfileState]int // strictly below
	Ends     []MonthCount         // how many terms end in each of twelve months, from this one
	Expiring List[License]        // the first of those that are expiring or in grace
	Silent   List[ConnectAgent]   // the first of those that are overdue or offline
	Unwell   List[ConnectAgent]   // the first of those that are online with errors
	Requests List[Request]        // the first of those that wait
	Moves    List[Move]           // the first of those to which the profile has to agree

	Allowances []Allowance // of the profile itself, of which at least four fifths are used
}

// MonthCount is a number that belongs to a month.
type MonthCount struct {
	Month time.Time // its first moment, in the zone of whoever asks
	Count int
}

// LicensesIn returns how many licenses of the kind, or of all kinds if that is
// empty, are in one of the states.
func (o Overview) LicensesIn(kind LicenseKind, states ...LicenseState) (n int) {
	for _, c := range o.Licenses {
		for _, s := range states {
			if c.State == s && (kind == "" || c.Kind == kind) {
				n += c.Count
			}
		}
	}
	return n
}

// AgentsIn returns how many ConnectAgents have the liveness, or any if that is
// empty, and the health, or any if that is empty.
func (o Overview) AgentsIn(l Liveness, h Health) (n int) {
	for _, c := range o.Agents {
		if (l == "" || c.Liveness == l) && (h == "" || c.Health == h) {
			n += c.Count
		}
	}
	return n
}

// LoginsIn returns how many logins are in the state, or in any if that is empty.
func (o Overview) LoginsIn(s LoginState) (n int) {
	for _, c := range o.Logins {
		if s == "" || c.State == s {
			n += c.Count
		}
	}
	return n
}

// Frame is what every page shows besides its own content.
type Frame struct {
	Requests int     // that wait for the actor's profile
	Notices  int     // unread
	Profiles []Login // that the person can switch to, with the present one
}
