// Package views draws the dashboard's pages and their parts.
//
// A page is a struct of all it shows, with a method Page that draws it. Drawing
// asks nothing of anyone: of ours, views knows the vocabulary, the catalogues of
// messages and the names of the built assets only.
package views

// templ tears apart a package comment that is in a template; hence this file.
