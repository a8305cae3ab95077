package cache

import (
	"crypto/sha256"
	"strconv"
	"unsafe"

	"asbru/cache/exact"
	"asbru/core"
	"asbru/core/scan"
)

// like finds the answer to a question with the same meaning as w, if the semantic tier
// is on. Only the last turn is compared by meaning: everything else must be equal.
func (v *visit) like(x *core.Exchange, w *wording) *kept {
	c := v.c
	if c.near == nil || v.ask.direct || !v.asks(x, w) {
		return nil
	}
	v.question = Question{Space: v.space, Text: v.text, Threshold: v.ask.threshold}
	if brief(x) {
		return nil
	}
	var ok bool
	v.likeKey, v.match, ok = c.near.Look(&v.question)
	if v.match.Guard != guardUnasked {
		x.Guard = core.GuardOf(v.match.Guard)
	}
	if !ok {
		return nil
	}
	now := wall()
	i, age := c.mem.Get(&v.likeKey, now)
	if age == exact.Due {
		i.Yield() // it is refreshed by requests for its own question
	}
	if i == nil || v.ask.ttl > 0 && now-i.Value.Born >= int64(v.ask.ttl) {
		return nil
	}
	return i.Value
}

// asks makes the last turn the question, and everything else its space. It returns false where
// similar questions may need different answers: if the last turn is more than a text of the
// user's, if tools have been run, if several answers are wanted, or if the temperature asks for
// variety.
func (v *visit) asks(x *core.Exchange, w *wording) bool {
	c := &w.chat
	if len(c.Turns) == 0 || c.N != nil && string(c.N) != "1" || warm(c.Temperature) {
		return false
	}
	for i := range c.Parts {
		if k := c.Parts[i].Kind; k != core.PartText && k != core.PartThought {
			return false
		}
	}
	t := &c.Turns[len(c.Turns)-1]
	if t.Role != core.User || t.To != t.From+1 || c.Parts[t.From].Kind != core.PartText {
		return false
	}
	text := c.Parts[t.From].Text
	v.text = scan.AppendUnescaped(v.text[:0], text)
	r := requestOf(x)
	if v.c.o.frame(&r, &v.ask, w) != Cached || len(v.text) > maxQuestion {
		v.text = v.text[:0]
		return false
	}
	c.Parts[t.From].Text = nil
	w.form.Chat(c)
	c.Parts[t.From].Text = text
	v.space = sha256.Sum256(w.form.Bytes())
	return len(v.text) > 0
}

// warm reports whether a temperature is above 1, which asks for variety.
func warm(raw []byte) bool {
	if raw == nil {
		return false
	}
	t, err := strconv.ParseFloat(unsafe.String(unsafe.SliceData(raw), len(raw)), 64)
	return err == nil && t > 1
}
