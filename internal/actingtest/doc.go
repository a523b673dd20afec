// Package actingtest drives what surrounds Login as through random histories, and
// holds it to a model: plain maps and a policy written down a second time, by hand.
//
// The state machine signs people in, lets them act in profiles below, takes
// everything away that an acting session can rest on, moves the clock and starts
// the program anew. After each step the model says exactly what must have come of
// it: which tokens open what, what was refused and why, what stands in the log.
// A slice of it runs with every test; make drill-acting runs a million steps.
//
// Beside it stand the cascade, a table of what each revoking event does to each
// kind of credential; the races, in which both come at the same moment; and the
// walls, lines of the program that are taken down to see that the machine misses
// them.
//
// The package knows use cases and the database, and no door.
package actingtest
