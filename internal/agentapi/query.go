package agentapi

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// parseQuery reads a query. What cannot be read in it is left out.
func parseQuery(query string) (url.Values, error) {
	if query == "" {
		return nil, nil
	}
	q, _ := url.ParseQuery(query)
	for name, values := range q {
		if !clean(name) || slices.ContainsFunc(values, func(v string) bool { return !clean(v) }) {
			return nil, badEncoding()
		}
	}
	return q, nil
}

// page says which part of a list is asked for (agent API 2.5).
type page struct {
	from, size int
	number     int // 0: the list is not divided into pages
	oldest     bool
	query      url.Values
}

const (
	usualPage = 10
	mostPage  = 100

	pageNumber = "page[number]"
	pageSize   = "page[size]"
)

func (e *exchange) page() (p page, err error) {
	if p.query, err = parseQuery(e.query); err != nil {
		return p, err
	}
	p.size = within(p.query, "limit", usualPage, &err)
	if p.query.Has(pageNumber) || p.query.Has(pageSize) {
		p.size = within(p.query, pageSize, usualPage, &err)
		p.number = within(p.query, pageNumber, 1, &err)
		p.from = (p.number - 1) * p.size
	}
	switch p.query.Get("order") {
	case "", "desc":
	case "asc":
		p.oldest = true
	default:
		err = badParameter("PARAMETER_INVALID", "order", "asc or desc")
	}
	return p, err
}

// within reads a number from 1 to 100.
func within(q url.Values, name string, usual int, err *error) int {
	if !q.Has(name) {
		return usual
	}
	n, bad := strconv.Atoi(q.Get(name))
	if (bad != nil || n < 1 || n > mostPage) && *err == nil {
		*err = badParameter("PARAMETER_INVALID", name, "an integer from 1 to 100")
	}
	return n
}

// list answers with the part of all, the newest first, that is asked for.
func list[T any](e *exchange, p page, all []T, write func(*T)) {
	if p.oldest {
		all = slices.Clone(all)
		slices.Reverse(all)
	}
	e.pen.open()
	e.pen.array("data")
	for i := p.from; i < min(len(all), p.from+p.size); i++ {
		write(&all[i])
	}
	e.pen.closeArray()
	if p.number > 0 {
		e.links(p, (len(all)+p.size-1)/p.size)
	}
	e.pen.close()
}

// links writes where the other pages are, of so many.
func (e *exchange) links(p page, pages int) {
	last := max(pages, 1)
	e.pen.object("links")
	for _, link := range []struct {
		name string
		page int
	}{{"self", p.number}, {"prev", p.number - 1}, {"next", p.number + 1}, {"first", 1}, {"last", last}} {
		if link.page < 1 || link.page > last && link.name != "self" {
			e.pen.null(link.name)
			continue
		}
		p.query.Set(pageNumber, strconv.Itoa(link.page))
		p.query.Set(pageSize, strconv.Itoa(p.size))
		p.query.Del("auth")
		p.query.Del("token")
		e.pen.text(link.name, base+e.path+"?"+p.query.Encode())
	}
	e.pen.close()
}

// included returns what is asked for beside a resource, as parts of "a,b", "a" and
// "b" or a list in the body; ok is false if nothing is.
func included(q url.Values, said reader) []string {
	all := slices.Concat(q["include"], q["include[]"])
	switch n := said.of.member("include"); n.kind {
	case absent:
	case null:
		all = nil
	case text:
		all = []string{n.text}
	default:
		all = said.list("include").Value
	}
	var names []string
	for name := range strings.SplitSeq(strings.Join(all, ","), ",") {
		if name = strings.TrimSpace(name); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}
