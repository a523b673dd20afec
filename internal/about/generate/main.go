// Command generate writes the list of everything that Plaza holds, with its
// license, for package about. It looks at the Go modules that the given packages
// need and at the npm packages whose files go to a browser, and fails on a
// license that asks more of Plaza than to be named.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// shipped is what of node_modules goes to a browser.
var shipped = []string{"@scalar/api-reference", "@tabler/core", "@tabler/icons", "htmx.org"} //nolint:gochecknoglobals // a constant table

// part is about.Part, which cannot be imported: it embeds what is made here.
type part struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	License string `json:"license"`
	Text    string `json:"text"`
}

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "about:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) < 2 {
		return errors.New("usage: generate FILE PACKAGE…")
	}
	parts, err := modules(ctx, args[1:])
	if err != nil {
		return err
	}
	language, err := goItself()
	if err != nil {
		return err
	}
	browser, err := packages("node_modules")
	if err != nil {
		return err
	}
	parts = slices.Concat(parts, language, browser)
	slices.SortFunc(parts, func(a, b part) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	out, err := json.MarshalIndent(parts, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(args[0], append(out, '\n'), 0o600) //nolint:gosec // the Makefile says which file
}

// module is what the go command tells of one.
type module struct {
	Path    string `json:"Path"`
	Version string `json:"Version"`
	Dir     string `json:"Dir"`
	Main    bool   `json:"Main"`
}

// modules returns the modules that the packages need, other than our own.
func modules(ctx context.Context, patterns []string) (parts []part, err error) {
	args := append([]string{"list", "-e", "-deps", "-json=Module"}, patterns...)
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, "go", args...) //nolint:gosec // the Makefile says which packages
	cmd.Stdout, cmd.Stderr = &out, os.Stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	seen := map[string]bool{}
	for d := json.NewDecoder(&out); ; {
		var listed struct {
			Module *module `json:"Module"`
		}
		err := d.Decode(&listed)
		if errors.Is(err, io.EOF) {
			return parts, nil
		}
		if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		m := listed.Module
		if m == nil || m.Main || seen[m.Path] {
			continue
		}
		seen[m.Path] = true
		p, err := read(m.Dir, part{Name: m.Path, Version: m.Version})
		if err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
}

// goItself returns the standard library, which is in every binary.
func goItself() ([]part, error) {
	p, err := read(runtime.GOROOT(), part{Name: "Go", Version: strings.TrimPrefix(runtime.Version(), "go")}) //nolint:staticcheck // the go command runs this: it knows
	return []part{p}, err
}

// packages returns the npm packages that go to a browser.
func packages(root string) (parts []part, err error) {
	for _, name := range shipped {
		dir := filepath.Join(root, name)
		raw, err := os.ReadFile(filepath.Join(dir, "package.json")) //nolint:gosec // a file of a package we name
		if err != nil {
			return nil, err
		}
		var says struct {
			Version  string `json:"version"`
			License  string `json:"license"`
			Homepage string `json:"homepage"`
		}
		if err := json.Unmarshal(raw, &says); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		p, err := read(dir, part{Name: name, Version: says.Version})
		if errors.Is(err, errNoFile) && permissive(says.License) {
			// Some packages leave the file out, and name the license only.
			p.License, p.Text, err = says.License, says.License+", see "+says.Homepage, nil
		}
		if err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	return parts, nil
}

var errNoFile = errors.New("has no license file")

// read fills in p's license from the files in dir.
func read(dir string, p part) (part, error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return p, fmt.Errorf("%s: %w", p.Name, err)
	}
	var texts []string
	for _, f := range files {
		stem := strings.ToUpper(strings.TrimSuffix(f.Name(), filepath.Ext(f.Name())))
		if f.IsDir() || !ofLicense(stem) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, f.Name())) //nolint:gosec // a file of a package we name
		if err != nil {
			return p, fmt.Errorf("%s: %w", p.Name, err)
		}
		texts = append(texts, strings.TrimSpace(string(text)))
		if !whole(stem) {
			continue
		}
		if p.License = name(string(text)); p.License == "" {
			return p, fmt.Errorf("%s %s: %s is no license that is known to ask nothing but to be named", p.Name, p.Version, f.Name())
		}
	}
	if p.License == "" {
		return p, fmt.Errorf("%s %s: %w", p.Name, p.Version, errNoFile)
	}
	p.Text = strings.Join(texts, "\n\n")
	return p, nil
}

// ofLicense reports whether a file belongs to what must be passed on.
func ofLicense(stem string) bool {
	return whole(stem) || strings.HasPrefix(stem, "LICENSE-") || strings.HasPrefix(stem, "LICENCE-") || stem == "NOTICE"
}

// whole reports whether a file is the license of all of a package, rather than
// of some part of it.
func whole(stem string) bool {
	return slices.Contains([]string{"LICENSE", "LICENCE", "COPYING", "UNLICENSE"}, stem)
}

// known tells licenses that ask nothing but to be named by what only they say,
// the ones that say more first.
var known = []struct { //nolint:gochecknoglobals // a constant table
	name string
	says []string
}{
	{"Apache-2.0", []string{"Apache License", "Version 2.0, January 2004"}},
	{"MIT", []string{"Permission is hereby granted, free of charge", "The above copyright notice and this permission notice"}},
	{"ISC", []string{"Permission to use, copy, modify, and", "provided that the above copyright notice"}},
	{"0BSD", []string{"Permission to use, copy, modify, and", "with or without fee is hereby granted"}},
	{"BSD-3-Clause", []string{"Redistribution and use in source and binary forms", "endorse or promote products"}},
	{"BSD-2-Clause", []string{"Redistribution and use in source and binary forms"}},
	{"Unlicense", []string{"This is free and unencumbered software released into the public domain"}},
	{"Zlib", []string{"This software is provided 'as-is'", "Altered source versions must be plainly marked"}},
}

// not is what a license says that asks more, whatever else it says.
var not = []string{"GENERAL PUBLIC LICENSE", "Mozilla Public License", "Commons Clause", "Business Source License"} //nolint:gochecknoglobals // a constant table

// name returns what the license with the given text is called, or nothing if it
// is not known or asks more than to be named.
func name(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	for _, words := range not {
		if strings.Contains(strings.ToLower(text), strings.ToLower(words)) {
			return ""
		}
	}
	for _, l := range known {
		if !slices.ContainsFunc(l.says, func(words string) bool { return !strings.Contains(text, words) }) {
			return l.name
		}
	}
	return ""
}

func permissive(name string) bool {
	for _, l := range known {
		if l.name == name {
			return true
		}
	}
	return false
}
