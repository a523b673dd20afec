package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/web/views"
)

// page returns which part of a list the address asks for: ?sort=name or
// ?sort=-name, ?after=… or ?before=….
func page(r *http.Request) plaza.Page {
	name, desc := strings.CutPrefix(r.FormValue("sort"), "-")
	p := plaza.Page{Sort: name, Desc: desc, After: r.FormValue("after")}
	if p.After == "" {
		p.Before = r.FormValue("before")
	}
	return p
}

// listing returns the address of a list in parts, for views to link to its
// other pages and orders.
func listing(r *http.Request) views.Listing {
	q := r.URL.Query()
	return views.Listing{Path: r.URL.Path, Query: q}
}

// chosen returns those of all whose names the parameter holds, separated by
// commas or repeated; what is unknown is left out.
func chosen[T ~string](r *http.Request, parameter string, all []T) (some []T) {
	for _, value := range r.Form[parameter] {
		for name := range strings.SplitSeq(value, ",") {
			if i := slices.Index(all, T(name)); i >= 0 && !slices.Contains(some, T(name)) {
				some = append(some, T(name))
			}
		}
	}
	return some
}

// day returns the moment at which the day in a form begins, in zone; zero if
// there is none or it cannot be read.
func day(r *http.Request, field string, zone *time.Location) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, r.FormValue(field), zone)
	if err != nil {
		return time.Time{}
	}
	return t
}
