package canon

import (
	"bytes"
	"slices"

	"asbru/core"
	"asbru/core/scan"
)

// keeps reports whether a chain of members holds one that an answer may depend on. It marks
// the others as written.
func (w *Writer) keeps(t *core.Tree, n int32) bool {
	for n != 0 {
		at := n
		var e core.Extra
		if e, n = t.Extra(n); counts(&e, false) {
			return true
		}
		w.seen[at-1] = true
	}
	return false
}

// extras writes a chain of members that have no place in the neutral form, sorted.
func (w *Writer) extras(t *core.Tree, n int32, top bool) {
	if n == 0 {
		return
	}
	w.chain = w.chain[:0]
	for n != 0 {
		w.seen[n-1] = true
		var e core.Extra
		if e, n = t.Extra(n); counts(&e, top) {
			w.chain = append(w.chain, e)
		}
	}
	if len(w.chain) <= maxMembers {
		slices.SortFunc(w.chain, func(a, b core.Extra) int { return bytes.Compare(a.Key, b.Key) })
	}
	for i := range w.chain {
		w.member(w.chain[i].Key, w.chain[i].Value)
	}
}

// member writes a member that only its own format knows.
func (w *Writer) member(key core.Text, value []byte) {
	w.tied = true
	w.text(tagKey, key)
	w.value(tagExtra, value, false)
}

// hidden writes the members that no chain of the form leads to: a format may keep the source of
// what it has parsed, to write it again. Of settings that were parsed number by number,
// only the unparsed members count.
func (w *Writer) hidden(c *core.Chat) {
	for i := range w.seen {
		if w.seen[i] {
			continue
		}
		e, _ := c.Extra(int32(i + 1))
		switch {
		case !counts(&e, true) || string(e.Key) == "model" || copied(e.Value):
		case string(e.Key) == "generationConfig" || string(e.Key) == "generation_config":
			w.config(e.Value)
		default:
			w.member(e.Key, e.Value)
		}
	}
}

// config writes the members of Gemini's settings that have no place in the form.
func (w *Writer) config(raw []byte) {
	m := scan.Members(raw)
	for {
		k, v, ok := m.Next()
		if !ok {
			break
		}
		number := len(v) > 0 && (v[0] == '-' || '0' <= v[0] && v[0] <= '9')
		switch string(k) {
		case "temperature", "topP", "topK", "maxOutputTokens", "candidateCount", "seed", "presencePenalty", "frequencyPenalty":
			if number {
				continue
			}
		case "stopSequences":
			if texts(v) {
				continue
			}
		}
		w.member(k, v)
	}
	if m.Rest() == nil {
		w.member(nil, raw)
	}
}

// texts reports whether raw is a list of strings and nothing else.
func texts(raw []byte) bool {
	e := scan.Elements(raw)
	for {
		_, v, ok := e.Next()
		if !ok {
			return e.Rest() != nil
		}
		if _, ok := scan.Inside(v); !ok {
			return false
		}
	}
}

// counts reports whether an answer may depend on a kept member.
func counts(e *core.Extra, top bool) bool {
	switch {
	case e.Value == nil:
		return false // how its format groups or places what is kept elsewhere
	case len(e.Key) == 0:
		return !copied(e.Value)
	}
	return !top || !skips(e)
}

// copied reports whether raw, the object that a part or turn was parsed from, holds nothing
// besides what was parsed.
func copied(raw []byte) bool {
	m := scan.Members(raw)
	for {
		k, _, ok := m.Next()
		if !ok {
			return m.Rest() != nil
		}
		if string(k) != "text" && string(k) != "role" && string(k) != "parts" {
			return false
		}
	}
}

// skips reports whether no answer depends on a top-level member of a request.
func skips(e *core.Extra) bool {
	if string(bytes.TrimSpace(e.Value)) == "null" {
		return true // it requests nothing
	}
	switch string(e.Key) {
	case "stream", "stream_options", "fallbacks", "user", "safety_identifier", "metadata", "store",
		"service_tier", "prompt_cache_key", "prompt_cache_retention":
		return true
	}
	return false
}
