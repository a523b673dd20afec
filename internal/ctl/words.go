package ctl

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// words is a flag that takes some of what there is to choose from.
type words[T ~string] struct {
	all    []T
	chosen *[]T
}

// String, Set and Type are what pflag asks a flag.
func (w words[T]) String() string {
	if w.chosen == nil {
		return ""
	}
	return joined(*w.chosen)
}

// Set adds to what is chosen.
func (w words[T]) Set(text string) error {
	for name := range strings.SplitSeq(text, ",") {
		if !slices.Contains(w.all, T(name)) {
			return fmt.Errorf("it is one of %s", joined(w.all))
		}
		*w.chosen = append(*w.chosen, T(name))
	}
	return nil
}

// Type names what is chosen.
func (words[T]) Type() string { return "word,…" }

// only is a flag that takes one of what there is to choose from.
type only[T ~string] struct {
	all    []T
	chosen *T
}

// String, Set and Type are what pflag asks a flag.
func (w only[T]) String() string {
	if w.chosen == nil {
		return ""
	}
	return string(*w.chosen)
}

// Set chooses.
func (w only[T]) Set(text string) error {
	if !slices.Contains(w.all, T(text)) {
		return fmt.Errorf("it is one of %s", joined(w.all))
	}
	*w.chosen = T(text)
	return nil
}

// Type names what is chosen.
func (only[T]) Type() string { return "word" }

func joined[T ~string](all []T) string { return strings.Join(texts(all), ", ") }

func texts[T ~string](all []T) []string {
	names := make([]string, len(all))
	for i, one := range all {
		names[i] = string(one)
	}
	return names
}

// some gives c a flag that takes some of all.
func some[T ~string](c *cobra.Command, chosen *[]T, name string, all []T, help string) {
	c.Flags().Var(words[T]{all, chosen}, name, help+": some of "+joined(all))
	completes(c, name, all)
}

// word gives c a flag that takes one of all.
func word[T ~string](c *cobra.Command, flags *pflag.FlagSet, chosen *T, name, short string, all []T, help string) {
	flags.VarP(only[T]{all, chosen}, name, short, help+": "+joined(all))
	completes(c, name, all)
}

func completes[T ~string](c *cobra.Command, flag string, all []T) {
	err := c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(texts(all), cobra.ShellCompDirectiveNoFileComp))
	if err != nil {
		panic(err) // the flag was just made
	}
}

// moment is a flag that takes a day or a time.
type moment struct {
	zone *time.Location
	at   *time.Time
}

// String, Set and Type are what pflag asks a flag.
func (m moment) String() string {
	if m.at == nil || m.at.IsZero() {
		return ""
	}
	return m.at.Format(time.RFC3339)
}

// Set reads a time, or a day, which begins where the program runs.
func (m moment) Set(text string) error {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		at, err = time.ParseInLocation(time.DateOnly, text, m.zone)
	}
	if err != nil {
		return errors.New("it is a day such as 2027-01-31, or a time such as 2027-01-31T12:00:00Z")
	}
	*m.at = at
	return nil
}

// Type names what is taken.
func (moment) Type() string { return "day" }

// when gives c a flag that takes a day or a time.
func (t *tool) when(c *cobra.Command, at *time.Time, name, help string) {
	c.Flags().Var(moment{t.Zone, at}, name, help)
}

// optional returns at, or nothing if it is zero.
func optional(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	return &at
}

// needs says which flags c cannot do without.
func needs(c *cobra.Command, flags ...string) *cobra.Command {
	for _, name := range flags {
		if err := c.MarkFlagRequired(name); err != nil {
			panic(err) // it was just made
		}
	}
	return c
}

// given returns where a flag's value is, or nothing if the flag was not given.
func given[T any](c *cobra.Command, flag string, value *T) *T {
	if c.Flags().Changed(flag) {
		return value
	}
	return nil
}
