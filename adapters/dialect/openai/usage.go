package openai

import (
	"asbru/core"
	"asbru/core/scan"
)

// readUsage is the dialect's ReadUsage, for all kinds of replies, which have usage in the same place.
func readUsage(body []byte, u *core.Usage, seen *core.Forms) {
	if lastUsage(body, u, seen) {
		return
	}
	w := scan.Members(body)
	for {
		key, value, more := w.Next()
		if !more {
			return
		}
		if string(key) == "usage" {
			tokens(value, u)
		}
	}
}

// lastUsage reads the usage of a reply from its end, where providers put it, so that the long text before it
// need not be read, or by the form of an earlier reply. The searched bytes cannot be inside a string, whose quotes would be escaped; that they
// are in the outermost object is checked by what follows them.
func lastUsage(body []byte, u *core.Usage, seen *core.Forms) bool {
	found, i := seen.Read(body)
	known := i >= 0
	if !known { // what is known begins with the last such key as well
		i = lastKey(body)
	}
	if i < 0 || i > 0 && body[i-1] == '\\' {
		return false
	}
	if known {
		var c usageReading
		for _, f := range found {
			c.take(part(f.Role), f.N)
		}
		c.conclude(u)
		return true
	}
	w := scan.MembersFrom(body, i)
	if key, ok := w.Key(); !ok || string(key) != "usage" || !opens(w.Tail()) {
		return false
	}
	got := usageReading{seen: seen}
	seen.Begin()
	w.Resume(got.read(w.Tail()))
	for {
		if _, _, more := w.Next(); !more {
			break
		}
	}
	rest := w.Rest()
	if rest == nil {
		return false
	}
	for _, c := range rest {
		if c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			return false
		}
	}
	if got.conclude(u); !got.odd { // a form cannot say that a text stands where a count belongs
		seen.Learn(body[i:])
	}
	return true
}

const usageKey = `"usage"`

// leaps is how far the search window moves to the left for each value of its first byte: to where the key has
// that byte, or past it.
var leaps = func() (t [256]uint8) {
	for i := range t {
		t[i] = uint8(len(usageKey))
	}
	for i := len(usageKey) - 1; i > 0; i-- {
		t[usageKey[i]] = uint8(i)
	}
	return t
}()

// lastKey returns the last index of the key in b, or -1. It uses Horspool's search from the end, which reads
// about one byte in six.
func lastKey(b []byte) int {
	for i := len(b) - len(usageKey); i >= 0; {
		c := b[i]
		if c == usageKey[0] && string(b[i:i+len(usageKey)]) == usageKey {
			return i
		}
		i -= int(leaps[c])
	}
	return -1
}

// tokens reads the usage object at the start of raw and returns the bytes after it, nil if it is malformed.
func tokens(raw []byte, u *core.Usage) (rest []byte) {
	var c usageReading
	rest = c.read(raw)
	c.conclude(u)
	return rest
}

// A part of a usage is what one of its numbers counts.
type part uint8

const (
	noPart part = iota
	promptPart
	completionPart // this and the one above are the bits of a naming
	totalPart
	cachedPart
	writtenPart
	reasoningPart
	promptAudio
	promptImage
	completionAudio
	completionImage
	usageParts // how many there are
)

// A naming says which of the counts that are charged a usage has.
type naming uint8

const (
	namesIn  = naming(promptPart)
	namesOut = naming(completionPart)
)

// main reports whether a usage that has nothing but p says something.
func (p part) main() bool { return p-promptPart <= totalPart-promptPart }

// A usageReading has the numbers of a usage as far as it was read.
type usageReading struct {
	n          [usageParts]int64
	known, bad bool // as in core.Usage
	odd        bool // likewise
	named      naming
	seen       *core.Forms // is told what counts where; nil: nobody is
}

// take sets one counter if n is plausible. One of the main ones makes the usage known or bad.
func (c *usageReading) take(p part, n int64) {
	good := n >= 0 && n <= maxCount
	if good {
		c.n[p] = n
	}
	if p.main() {
		c.known = c.known || good
		c.bad = c.bad || !good
		if p != totalPart {
			c.named |= naming(p)
		}
		return
	}
	c.odd = c.odd || !good
}

// conclude makes a usage of what was counted. A usage without main counts changes nothing.
func (c *usageReading) conclude(u *core.Usage) {
	if !c.known {
		u.Bad = u.Bad || c.bad
		return
	}
	n := &c.n
	// xAI does not count reasoning as part of the completion, which shows only in its total.
	if n[reasoningPart] > 0 && n[totalPart] == n[promptPart]+n[completionPart]+n[reasoningPart] {
		n[completionPart] += n[reasoningPart]
	}
	got := core.Usage{
		In: n[promptPart], CachedIn: n[cachedPart], WrittenIn: n[writtenPart], AudioIn: n[promptAudio], ImageIn: n[promptImage],
		Out: n[completionPart], Reasoning: n[reasoningPart], AudioOut: n[completionAudio], ImageOut: n[completionImage],
		Known: true, Bad: c.bad, Odd: c.odd,
	}
	fillUsage(&got, u, c.named, n[totalPart])
	*u = got
}

// read reads the usage object at the start of raw, which all of the body that follows belongs to, and returns the bytes
// after it, nil if it is malformed. Chat and completions call the counts prompt_tokens and completion_tokens, responses
// input_tokens and output_tokens; some providers add names of their own.
func (c *usageReading) read(raw []byte) (rest []byte) {
	w := scan.Members(raw)
	for {
		key, n, ok := w.Count()
		left := w.Left()
		if !ok {
			var more bool
			if key, more = w.Key(); !more {
				return w.Rest()
			}
			if d := detailsOf(key); d.main != noPart && opens(w.Tail()) {
				w.Resume(c.details(w.Tail(), &d))
				continue
			}
			left = len(w.Tail())
			value, more := w.Value()
			if !more {
				return w.Rest()
			}
			left -= len(value)
			if n, ok = scan.Whole(value); !ok {
				if !scan.IsNumber(value) && (scan.IsNull(value) || string(key) == "total_tokens") {
					continue
				}
				n = -1 // present, but not a count
			}
		}
		if p := partOf(key); p != noPart {
			c.take(p, n)
			c.seen.Note(left, uint8(p))
		}
	}
}

func partOf(key []byte) part {
	switch string(key) {
	case "prompt_tokens", "input_tokens":
		return promptPart
	case "completion_tokens", "output_tokens":
		return completionPart
	case "total_tokens":
		return totalPart
	case "prompt_cache_hit_tokens", "cached_tokens": // DeepSeek, Moonshot
		return cachedPart
	case "cache_read_input_tokens": // Claude at Databricks
		return cachedPart
	case "cache_creation_input_tokens":
		return writtenPart
	case "reasoning_tokens": // Perplexity
		return reasoningPart
	}
	return noPart
}

// fillUsage adds to a report what it does not name. Some providers send the prompt's count with the first event of a stream
// and the answer's with the last; before is what the earlier events said. Others send only the total (Voyage, Jina), which is
// that of a prompt: what they sell has no other tokens.
func fillUsage(got, before *core.Usage, named naming, total int64) {
	switch {
	case got.In == 0 && got.Out == 0:
		got.In = total
	case named == namesOut && before.In > 0:
		got.In, got.CachedIn, got.WrittenIn, got.AudioIn, got.ImageIn = before.In, before.CachedIn, before.WrittenIn, before.AudioIn, before.ImageIn
	case named == namesOut:
		got.In = max(total-got.Out, 0)
	case named == namesIn && before.Out > 0:
		got.Out, got.Reasoning, got.AudioOut, got.ImageOut = before.Out, before.Reasoning, before.AudioOut, before.ImageOut
	case named == namesIn:
		got.Out = max(total-got.In, 0)
	}
}

// opens reports whether b begins an object.
func opens(b []byte) bool { return len(b) > 0 && b[0] == '{' }

// details are the counts in an object: the first one is called name.
type details struct {
	name                      string
	main, audio, image, wrote part
}

// detailsOf returns the counts to read from the member key; none for other members.
func detailsOf(key []byte) details {
	switch string(key) {
	case "prompt_tokens_details", "input_tokens_details", "input_token_details": // the last one is that of realtime
		return details{"cached_tokens", cachedPart, promptAudio, promptImage, writtenPart}
	case "completion_tokens_details", "output_tokens_details", "output_token_details":
		return details{"reasoning_tokens", reasoningPart, completionAudio, completionImage, noPart}
	}
	return details{}
}

// of is what the member key counts.
func (d *details) of(key []byte) part {
	switch {
	case string(key) == d.name:
		return d.main
	case string(key) == "audio_tokens":
		return d.audio
	case string(key) == "image_tokens":
		return d.image
	case string(key) == "cache_write_tokens":
		return d.wrote
	}
	return noPart
}

// details reads the counts of the object at the start of raw and returns the bytes after it, nil if it is
// malformed.
func (c *usageReading) details(raw []byte, d *details) (rest []byte) {
	w := scan.Members(raw)
	for {
		key, n, ok := w.Count()
		left := w.Left()
		if !ok {
			if key, ok = w.Key(); !ok {
				return w.Rest()
			}
			left = len(w.Tail())
			var value []byte
			if value, ok = w.Value(); !ok {
				return w.Rest()
			}
			left -= len(value)
			if n, ok = scan.Whole(value); !ok {
				if scan.IsNull(value) {
					continue
				}
				n = -1 // present, but not a count
			}
		}
		if p := d.of(key); p != noPart {
			c.take(p, n)
			c.seen.Note(left, uint8(p))
		}
	}
}

// count reads one counter into to, if it is plausible; see take. u, unless it is nil, becomes known or bad.
func count(raw []byte, to *int64, u *core.Usage) {
	n, ok := scan.Whole(raw)
	if !ok && !scan.IsNumber(raw) {
		return
	}
	good := ok && n >= 0 && n <= maxCount
	if good {
		*to = n
	}
	if u != nil {
		u.Known = u.Known || good
		u.Bad = u.Bad || !good
	}
}

// readAlone is readUsage without what earlier replies have taught.
func readAlone(body []byte, u *core.Usage) { readUsage(body, u, nil) }
