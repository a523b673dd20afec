package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const mit = "MIT License\n\nCopyright (c) 2026 Somebody\n\nPermission is hereby granted, free of\ncharge, to any person …\n" +
	"The above copyright notice and this\npermission notice shall be included …"

func TestName(t *testing.T) {
	t.Parallel()
	const bsd = "Redistribution and use in source and binary forms, with or without modification, are permitted …"
	for text, want := range map[string]string{
		mit: "MIT",
		bsd: "BSD-2-Clause",
		bsd + " may not be used to endorse or promote products derived …": "BSD-3-Clause",
		"Apache License\n  Version 2.0, January 2004":                     "Apache-2.0",
		mit + "\n“Commons Clause” License Condition v1.0":                 "",
		"GNU GENERAL PUBLIC LICENSE\nVersion 3":                           "",
		"GNU Lesser General Public License":                               "",
		"Mozilla Public License Version 2.0":                              "",
		"All rights reserved.":                                            "",
		"":                                                                "",
	} {
		if got := name(text); got != want {
			t.Errorf("%.40q: %q, want %q", text, got, want)
		}
	}
}

func TestReadTakesAllThatBelongsToALicense(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{"LICENSE.txt": mit, "LICENSE-3RD-PARTY.md": "musl: …", "NOTICE": "Named.", "README.md": "Hello"})
	p, err := read(dir, part{Name: "x"})
	if err != nil {
		t.Fatal(err)
	}
	if p.License != "MIT" || !strings.Contains(p.Text, "musl: …") || !strings.Contains(p.Text, "Named.") || strings.Contains(p.Text, "Hello") {
		t.Errorf("%+v", p)
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for what, files := range map[string]map[string]string{
		"no license":      {"README.md": mit},
		"unknown":         {"LICENSE": "Ask me."},
		"one is not good": {"LICENSE": mit, "COPYING": "GNU AFFERO GENERAL PUBLIC LICENSE"},
	} {
		if p, err := read(folder(t, files), part{Name: "x"}); err == nil {
			t.Errorf("%s: %q", what, p.License)
		}
	}
}

func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
