package i18n

// Gaps returns the names of the gaps of a message, in any language: they are
// the same in all.
func (c *Catalogue) Gaps(key string) []string {
	if m := c.tongues[0].messages[key]; m != nil {
		return m.gaps()
	}
	return nil
}
