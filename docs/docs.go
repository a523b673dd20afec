// Package docs carries the built-in documentation into the binary: a folder of
// Markdown pages for each language, and the pictures that they show. It holds
// files and knows nothing of how they are drawn.
package docs

import "embed"

// Files holds manual/<language>/<page>.md and screens/<name>.png.
//
//go:embed manual screens
var Files embed.FS
