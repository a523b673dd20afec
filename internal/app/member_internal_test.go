package app

import (
	"reflect"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// fill puts another value into every field of what v points to.
func fill(v any, n int) {
	for _, f := range reflect.ValueOf(v).Elem().Fields() {
		n += 7
		switch f.Kind() {
		case reflect.String:
			f.SetString("text " + strconv.Itoa(n))
		case reflect.Int, reflect.Int64:
			f.SetInt(int64(n))
		case reflect.Bool:
			f.SetBool(true)
		case reflect.Struct:
			if f.Type() != reflect.TypeFor[time.Time]() {
				fill(f.Addr().Interface(), n)
				continue
			}
			f.Set(reflect.ValueOf(time.UnixMicro(1_800_000_000_000_000 + int64(n%5-2)*1_000_000).UTC()))
		default:
		}
	}
}

// TestWhatIsPackedIsUnpacked, every field of it: a new one that is forgotten fails
// here.
func TestWhatIsPackedIsUnpacked(t *testing.T) {
	t.Parallel()
	terms := plaza.DefaultTerms()
	for _, filled := range []bool{true, false} {
		for n := range manyMachines + 2 {
			l := store.FleetLicense{Digest: make([]byte, 32), Months: 12, Build: "5"}
			l.Created = time.UnixMicro(1_800_000_000_000_000).UTC()
			machines := make([]plaza.Activation, n)
			if filled {
				fill(&l.License, 1)
			}
			l.Edition, l.TermMonths, l.BillsSuspended, l.BillingID = 0, 0, false, "" // which are no agent's business
			l.Kind, l.WarningDays, l.Halted, l.ID = plaza.ConnectAgentLicense, 0, false, "license"
			for i := range machines {
				if filled {
					fill(&machines[i], i)
				}
				m := &machines[i]
				m.Profile, m.License, m.Agent = l.Profile, l.ID, l.Agent
				m.Beat, m.Goodbye, m.Generation = time.Time{}, time.Time{}, 0                           // the pulse knows
				m.Ended, m.EndedWhy, m.EndedBy, m.EndedByName, m.Processes = time.Time{}, "", "", "", 0 // it stands
			}
			m := newMember(l, &terms, "product", machines)
			got := m.standing(nil)
			want := plaza.Standing{License: l.License, Terms: &terms, Product: "product", Term: termOf(12), PlanMade: l.PlanMade}
			if n > 0 {
				want.Machines = machines
			}
			if diff := cmp.Diff(want, got); diff != "" || m.id() != "license" {
				t.Fatalf("%d machines (-want +got):\n%s", n, diff)
			}
		}
	}
}
