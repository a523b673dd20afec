// Package i18n says things to a person in that person's language: messages,
// numbers, dates and lists.
//
// The texts are in catalog/<language>/*.toml. A further language is a folder
// with the same files and one line in the table of locales. The package must
// not know who is asking or where the words end up: it escapes nothing, and
// whoever draws a page or a mail does.
package i18n
