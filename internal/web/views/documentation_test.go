package views

import "github.com/a-h/templ"

func documentationPages(f Frame) [][2]Page {
	open := f
	open.Framed, open.Open = false, true
	link := DocumentationLink{Path: "/" + hostile, Title: hostile, Lead: hostile, Here: true}
	hit := DocumentationHit{Path: "/" + hostile, Title: hostile, Heading: hostile, Excerpt: []DocumentationPiece{{Text: hostile}, {hostile, true}}}
	part := AboutPart{hostile, hostile, hostile}
	return [][2]Page{
		{Documentation{Frame: f}, Documentation{Frame: open, Pages: []DocumentationLink{link}}},
		{Reference{Frame: open}, Reference{Frame: f}},
		{Documentation{Frame: open, Query: hostile}, Documentation{Frame: f, Query: hostile, Hits: []DocumentationHit{hit, hit}}},
		{DocumentationPage{Frame: f}, DocumentationPage{
			Frame: open, Title: hostile, Body: templ.NopComponent, Pages: []DocumentationLink{link}, Before: link, After: link,
		}},
		{About{Frame: f}, About{Frame: open, Version: hostile, Parts: []AboutPart{part}}},
	}
}
