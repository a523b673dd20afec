// Package mail composes letters and sends them.
//
// A letter is written in its reader's language, as plain text and as HTML. The
// package must not know why a letter is written or when it is tried again: it
// says whether trying again makes sense, and keeps nothing.
package mail
