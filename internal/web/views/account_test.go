package views

import (
	"slices"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/i18n"
)

func accountPages(f Frame) [][2]Page {
	person := plaza.Person{ID: hostile, Email: hostile, Name: hostile, Language: hostile, TimeZone: hostile, Version: 3}
	languages := []i18n.Language{{Code: hostile, Name: hostile}}
	return [][2]Page{
		{Account{Frame: f}, Account{Frame: f, Person: person, Form: hostileForm("name", "language", "time_zone"), Languages: languages, Zone: time.UTC}},
		{Account{Frame: f}, Account{Frame: f, Person: person, Form: staleForm("name", "language"), Languages: languages, Zone: time.UTC}},
		{AccountPassword{Frame: f}, AccountPassword{Frame: f, Person: person, Form: hostileForm("old", "password", "again")}},
	}
}

func TestEveryTimeZoneToChooseFromIsOne(t *testing.T) {
	t.Parallel()
	if !slices.IsSorted(commonZones()) {
		t.Error("the zones are not sorted")
	}
	for _, name := range commonZones() {
		if err := (plaza.PersonEdit{Name: "A name", TimeZone: name}).Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
