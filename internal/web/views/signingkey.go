package views

import "github.com/connectplaza/plaza"

// now returns the key that signs, and whether there is one: the newest whose time
// has come.
func (p SigningKey) now() (plaza.SigningKey, bool) {
	for _, k := range p.Keys {
		if !k.Signs.After(p.Frame.Now) {
			return k, true
		}
	}
	return plaza.SigningKey{}, false
}

// next returns the key that will sign, if there is one.
func (p SigningKey) next() (plaza.SigningKey, bool) {
	if len(p.Keys) > 0 && p.Keys[0].Signs.After(p.Frame.Now) {
		return p.Keys[0], true
	}
	return plaza.SigningKey{}, false
}

// state returns whether a key signs, will sign, or did.
func (p SigningKey) state(k plaza.SigningKey) (dot string, word plaza.Text) {
	now, _ := p.now()
	switch {
	case k.ID == now.ID:
		return "dot-green", plaza.T("signingkey.signs_now")
	case k.Signs.After(p.Frame.Now):
		return "dot-blue", plaza.T("signingkey.will_sign")
	}
	return "dot-grey", plaza.T("signingkey.signed")
}
