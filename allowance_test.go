package plaza_test

import (
	"testing"

	"github.com/connectplaza/plaza"
)

func TestAllowanceState(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		used, most, overage int
		want                plaza.AllowanceState
		level               int
		exceeded            bool
	}{
		{0, 10, 0, plaza.AllowanceFree, 0, false},
		{7, 10, 0, plaza.AllowanceFree, 0, false},
		{8, 10, 0, plaza.AllowanceNear, 80, false},
		{3, 4, 0, plaza.AllowanceFree, 0, false},
		{10, 10, 0, plaza.AllowanceFull, 100, false},
		{11, 10, 0, plaza.AllowanceOver, 100, true},
		{11, 10, 1, plaza.AllowanceOver, 100, false},
		{12, 10, 1, plaza.AllowanceOver, 100, true},
		{0, 0, 0, plaza.AllowanceFull, 100, false},
		{1, 0, 0, plaza.AllowanceOver, 100, true},
	} {
		a := plaza.Allowance{Used: test.used, Most: test.most, Overage: test.overage}
		if a.State() != test.want || a.Level() != test.level || a.Exceeded() != test.exceeded {
			t.Errorf("%d of %d and %d: %s, %d%%, exceeded %t", test.used, test.most, test.overage, a.State(), a.Level(), a.Exceeded())
		}
	}
}

func TestParseMinor(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"0": 0, "12": 1200, " 12.5 ": 1250, "12,05": 1205, "0.01": 1, "1000000": 100_000_000,
	} {
		got, ok := plaza.ParseMinor(text)
		if !ok || got != want {
			t.Errorf("%q: %d, %t", text, got, ok)
		}
	}
	for _, text := range []string{"", "-1", "+1", "1.", ".5", "1.234", "1.2.3", "1e3", "1 000", "1000000.01", "99999999999999999999", "٣"} {
		if got, ok := plaza.ParseMinor(text); ok {
			t.Errorf("%q is taken for %d", text, got)
		}
	}
	for minor, want := range map[int64]string{0: "0.00", 5: "0.05", 1250: "12.50", -199: "-1.99"} {
		if got := (plaza.Money{Minor: minor}).Decimal(); got != want {
			t.Errorf("%d: %s", minor, got)
		}
	}
}
