// Package matrixtest is the isolation matrix: every way into Plaza, tried by
// every kind of person with the IDs of everybody's things.
//
// A cell is one request. What ought to become of it is written down by hand in
// doors_test.go, in other words than the program has for it, and the answer is
// held to that; so are all rows of the database, before and after. That the
// matrix sees something is shown by mutants: programs in which one entry of the
// policy is another, or one query has lost its scope. See
// docs/decisions/009-isolation-matrix.md.
package matrixtest
