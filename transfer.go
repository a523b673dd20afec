package plaza

import "slices"

// Transfer is what it would do at this moment to give a license to another profile.
type Transfer struct {
	License License
	To      Profile     // who would hold it; zero: nobody was chosen yet
	Alarm   bool        // there is one, which ends
	Keeps   bool        // whoever holds it now lies above who would, and goes on to see it
	Revives bool        // it stands still with its profile now, and would no longer
	Near    []Allowance // those of who would hold it, as they would be then, that come near or are used up
	Clash   Text        // why it cannot be done; zero: it can
}

// Lineage is a profile and those above it, the nearest first, by their IDs.
type Lineage []string

// Common returns the nearest profile that is in both; empty if there is none.
func (l Lineage) Common(other Lineage) string {
	for _, id := range l {
		if slices.Contains(other, id) {
			return id
		}
	}
	return ""
}
