package actingtest

import (
	"fmt"

	"pgregory.net/rapid"
)

// actions are all that can happen; what a history is about happens more often.
func (m *machine) actions() map[string]func(*rapid.T) {
	all := map[string]func(*rapid.T){}
	add := func(name string, often int, f func()) {
		for i := range often {
			all[fmt.Sprint(name, " ", i)] = func(t *rapid.T) {
				m.t = t
				m.step(f)
			}
		}
	}
	add("sign in", 4, m.signIn)
	add("sign out", 1, m.signOut)
	add("choose a profile", 1, m.choose)
	add("prove it", 3, m.prove)
	add("start acting", 10, m.start)
	add("start acting where one is let in", 4, m.startAllowed)
	add("raise or lower", 5, m.raise)
	add("stop acting", 2, m.stop)
	add("act", 5, m.act)
	add("act inside", 14, m.actInside)
	add("read", 10, m.read)
	add("hold an actor", 3, m.hold)
	add("act late", 5, m.late)
	add("replay a token", 3, m.replayToken)
	add("ask for consent", 4, m.ask)
	add("answer a consent", 5, m.answer)
	add("answer from a mail", 1, m.answerMail)
	add("end a visit", 2, m.endActing)
	add("set support access", 2, m.setAccess)
	add("switch Login as", 1, m.switchLoginAs)
	add("disable a login", 1, m.disable)
	add("enable a login", 3, m.enable)
	add("edit a login", 2, m.editLogin)
	add("invite", 1, m.invite)
	add("accept", 1, m.accept)
	add("change a password", 1, m.changePassword)
	add("forget a password", 1, m.forgotPassword)
	add("reset a password", 1, m.resetPassword)
	add("suspend", 1, m.suspend)
	add("resume", 3, m.resume)
	add("close", 1, m.closeProfile)
	add("reopen", 2, m.reopen)
	add("tick", 5, m.tick)
	add("leap", 1, m.leap)
	add("to the end of a visit", 1, m.toTheEnd)
	add("put the clock back", 1, m.back)
	add("restart", 1, m.restart)
	add("tidy up", 1, m.tidy)
	return all
}
