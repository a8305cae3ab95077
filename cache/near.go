package cache

import (
	"crypto/sha256"

	"asbru/cache/exact"
	"asbru/core"
	"asbru/core/scan"
)

// like finds the answer to a question that means what s asks, if somebody looks at the
// meaning of questions. Only the last turn is compared: all else has to be the same.
func (v *visit) like(x *core.Exchange, s *scratch, now int64) *kept {
	c := v.c
	if c.near == nil || v.ask.direct || !v.question(x, s) {
		return nil
	}
	q := Question{Space: v.space, Text: v.text, Threshold: v.ask.threshold}
	key, m, ok := c.near.Look(&q)
	if !ok {
		return nil
	}
	i, age := c.mem.Get(&key, now)
	if i == nil || age == exact.Due || v.ask.ttl > 0 && now-i.Value.Born >= int64(v.ask.ttl) {
		return nil
	}
	v.match = m
	return i.Value
}

// question makes of the last turn the question, and of all else the space it stands in.
// It reports false when the last turn is more than a text of the user's.
func (v *visit) question(x *core.Exchange, s *scratch) bool {
	c := &s.chat
	if len(c.Turns) == 0 {
		return false
	}
	t := &c.Turns[len(c.Turns)-1]
	if t.Role != core.User || t.To != t.From+1 || c.Parts[t.From].Kind != core.PartText {
		return false
	}
	text := c.Parts[t.From].Text
	v.text = scan.AppendUnescaped(v.text[:0], text)
	if v.c.o.frame(x, &v.ask, s) != Cached {
		return false
	}
	c.Parts[t.From].Text = nil
	s.form.Chat(c)
	c.Parts[t.From].Text = text
	v.space = sha256.Sum256(s.form.Bytes())
	return len(v.text) > 0
}
