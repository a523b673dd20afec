package ctl

import (
	"context"
	"iter"

	"github.com/spf13/cobra"

	"github.com/connectplaza/plaza/client"
)

// order is how much of a list is wanted, and in which order.
type order struct {
	sort string
	most int
}

// lists gives c the flags that each list has.
func lists(c *cobra.Command, o *order, by ...string) *cobra.Command {
	if len(by) > 0 {
		all := make([]string, 0, 2*len(by))
		for _, name := range by {
			all = append(all, name, "-"+name)
		}
		word(c, c.Flags(), &o.sort, "sort", "", all, "order")
	}
	c.Flags().IntVar(&o.most, "limit", 0, "so many at most; 0 is all")
	return c
}

// each returns what is in a list, as far as o wants it.
func each[F, T any](ctx context.Context, read func(context.Context, F, client.Page) (client.List[T], error), f F, o order) iter.Seq2[T, error] {
	p := whole
	p.Sort = o.sort
	if o.most > 0 && o.most < p.Limit {
		p.Limit = o.most
	}
	all := client.Each(ctx, read, f, p)
	if o.most <= 0 {
		return all
	}
	return func(yield func(T, error) bool) {
		n := 0
		for one, err := range all {
			if n++; !yield(one, err) || n == o.most {
				return
			}
		}
	}
}
