package sheet

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// chosen returns those of all whose names the parameter holds, separated by commas or
// repeated; what is unknown is left out.
func chosen[T ~string](q url.Values, parameter string, all []T) (some []T) {
	for _, value := range q[parameter] {
		for name := range strings.SplitSeq(value, ",") {
			if i := slices.Index(all, T(name)); i >= 0 && !slices.Contains(some, T(name)) {
				some = append(some, T(name))
			}
		}
	}
	return some
}

// day returns the moment at which the day in a parameter begins, in zone; zero if there is
// none or it cannot be read.
func day(q url.Values, parameter string, zone *time.Location) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, q.Get(parameter), zone)
	if err != nil {
		return time.Time{}
	}
	return t
}
