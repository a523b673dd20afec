// Package plaza is the vocabulary of Plaza, the administrative dashboard and
// license server of ConnectPlaza.
//
// It names who exists ([Profile], [Person], [Login]), what they hold
// ([License], [ConnectAgent]), what they want ([Request]) and who is asking
// ([Actor]), and states every rule that needs no database. It imports only the
// standard library; everything else in the module imports it.
package plaza
