package ctl

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/client"
)

// form is how a command writes what there is.
type form string

const (
	asTable form = "table" // for people
	asJSON  form = "json"  // as the API has it
	asCSV   form = "csv"   // RFC 4180, times in RFC 3339
)

// column is one of a table, and of CSV. Its value is a text, a number, a yes or no, a time
// or a [client.Ref].
type column[T any] struct {
	head  string
	value func(T) any
}

// col returns a column.
func col[T, V any](head string, value func(T) V) column[T] {
	return column[T]{head, func(one T) any { return value(one) }}
}

// list writes things as they come.
func list[T any](t *tool, all iter.Seq2[T, error], columns []column[T]) error {
	switch t.output {
	case asJSON:
		return listJSON(t.Out, all)
	case asCSV:
		return listCSV(t.Out, heads(columns), all, rows(columns, func(v any) string { return plaza.GuardCell(t.plain(v)) }))
	case asTable:
	}
	return listTable(t, all, heads(columns), rows(columns, t.readable))
}

func listTable[T any](t *tool, all iter.Seq2[T, error], head []string, row func(T) []string) error {
	w := tabwriter.NewWriter(t.Out, 0, 0, 3, ' ', 0)
	n := 0
	for one, err := range all {
		if err != nil {
			return errors.Join(w.Flush(), err)
		}
		if n++; n == 1 {
			fmt.Fprintln(w, strings.ToUpper(strings.Join(head, "\t")))
		}
		fmt.Fprintln(w, strings.Join(row(one), "\t"))
	}
	if n == 0 {
		_, err := fmt.Fprintln(t.Err, "There are none.")
		return err
	}
	return w.Flush()
}

func listJSON[T any](out io.Writer, all iter.Seq2[T, error]) error {
	before := "[\n"
	for one, err := range all {
		if err != nil {
			return err
		}
		text, err := asWritten(one)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(out, "%s  %s", before, text); err != nil {
			return err
		}
		before = ",\n"
	}
	if before == "[\n" {
		_, err := fmt.Fprintln(out, "[]")
		return err
	}
	_, err := fmt.Fprintln(out, "\n]")
	return err
}

// asWritten returns v as JSON in one line, with & as it is.
func asWritten(v any) ([]byte, error) {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSpace(text.Bytes()), err
}

func listCSV[T any](out io.Writer, head []string, all iter.Seq2[T, error], row func(T) []string) error {
	w := csv.NewWriter(out)
	begun := false
	for one, err := range all {
		if err == nil && !begun {
			begun, err = true, w.Write(head)
		}
		if err == nil {
			err = w.Write(row(one))
		}
		if err != nil {
			w.Flush()
			return err
		}
	}
	if !begun {
		_ = w.Write(head) // what is wrong with it says Error
	}
	w.Flush()
	return w.Error()
}

// show writes one thing.
func show[T any](t *tool, one T, columns []column[T]) error {
	switch t.output {
	case asJSON:
		e := json.NewEncoder(t.Out)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(one)
	case asCSV:
		return list(t, func(yield func(T, error) bool) { yield(one, nil) }, columns)
	case asTable:
	}
	w := tabwriter.NewWriter(t.Out, 0, 0, 3, ' ', 0)
	for i, text := range rows(columns, t.readable)(one) {
		fmt.Fprintf(w, "%s\t%s\n", columns[i].head, text)
	}
	return w.Flush()
}

func heads[T any](columns []column[T]) []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.head
	}
	return names
}

// rows returns what makes a row of a thing.
func rows[T any](columns []column[T], text func(any) string) func(T) []string {
	return func(one T) []string {
		row := make([]string, len(columns))
		for i, c := range columns {
			row[i] = text(c.value(one))
		}
		return row
	}
}

// readable returns a value as people read it, in one line.
func (t *tool) readable(v any) string {
	switch v := v.(type) {
	case time.Time:
		return v.In(t.Zone).Format("2006-01-02 15:04")
	case *time.Time:
		if v == nil {
			return "–"
		}
		return t.readable(*v)
	case bool:
		if v {
			return "yes"
		}
		return "no"
	}
	return safe(t.plain(v))
}

// safe returns a text of somebody else's as it may be written to a terminal: in one line,
// and without what a terminal takes for a command.
func safe(s string) string {
	return strings.Map(func(r rune) rune {
		if strconv.IsPrint(r) {
			return r
		}
		return ' '
	}, s)
}

// plain returns a value as programs read it.
func (*tool) plain(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case time.Time:
		return v.UTC().Format(time.RFC3339)
	case *time.Time:
		if v == nil {
			return ""
		}
		return v.UTC().Format(time.RFC3339)
	case client.Ref:
		return v.Name
	case *client.Ref:
		if v == nil {
			return ""
		}
		return v.Name
	}
	return fmt.Sprint(v)
}
