package openai

import (
	"asbru/core"
	"asbru/core/scan"
)

// readUsage is the dialect's ReadUsage, for all kinds of replies, which have usage in the same place.
func readUsage(body []byte, u *core.Usage) {
	if lastUsage(body, u) {
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
// need not be read. The searched bytes cannot be inside a string, whose quotes would be escaped; that they
// are in the outermost object is checked by what follows them.
func lastUsage(body []byte, u *core.Usage) bool {
	i := lastKey(body)
	if i < 0 || i > 0 && body[i-1] == '\\' {
		return false
	}
	w := scan.MembersFrom(body, i)
	if key, ok := w.Key(); !ok || string(key) != "usage" || !opens(w.Tail()) {
		return false
	}
	got := *u
	w.Resume(tokens(w.Tail(), &got))
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
	*u = got
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

// A naming says which of the counts that are charged an object of usage has.
type naming uint8

const (
	namesIn naming = 1 << iota
	namesOut
)

// tokens reads the usage object at the start of raw and returns the bytes after it, nil if it is malformed.
// Chat and completions call the counts prompt_tokens and completion_tokens, responses input_tokens and
// output_tokens; some providers add names of their own. An object without counts changes nothing.
func tokens(raw []byte, u *core.Usage) (rest []byte) {
	var got core.Usage
	var named naming
	total := int64(0)
	w := scan.Members(raw)
	for {
		key, n, ok := w.Count()
		if !ok {
			var more bool
			if key, more = w.Key(); !more {
				break
			}
			if d := detailsOf(key, &got); d.main != nil && opens(w.Tail()) {
				w.Resume(d.read(w.Tail()))
				continue
			}
			value, more := w.Value()
			if !more {
				break
			}
			if n, ok = scan.Whole(value); !ok {
				if !scan.IsNumber(value) && (scan.IsNull(value) || string(key) == "total_tokens") {
					continue
				}
				n = -1 // present, but not a count
			}
		}
		switch string(key) {
		case "prompt_tokens", "input_tokens":
			take(n, &got.In, &got)
			named |= namesIn
		case "completion_tokens", "output_tokens":
			take(n, &got.Out, &got)
			named |= namesOut
		case "total_tokens":
			take(n, &total, &got)
		case "prompt_cache_hit_tokens", "cached_tokens": // DeepSeek, Moonshot
			take(n, &got.CachedIn, nil)
		case "cache_read_input_tokens": // Claude at Databricks
			take(n, &got.CachedIn, nil)
		case "cache_creation_input_tokens":
			take(n, &got.WrittenIn, nil)
		case "reasoning_tokens": // Perplexity
			take(n, &got.Reasoning, nil)
		}
	}
	rest = w.Rest()
	if !got.Known {
		u.Bad = u.Bad || got.Bad
		return rest
	}
	// xAI does not count reasoning as part of the completion, which shows only in its total.
	if got.Reasoning > 0 && total == got.In+got.Out+got.Reasoning {
		got.Out += got.Reasoning
	}
	fillUsage(&got, u, named, total)
	*u = got
	return rest
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

// details are the names of counts in an object, and where to store them.
type details struct {
	name                      string
	main, audio, image, wrote *int64
}

// detailsOf returns the counts to read from the member key; none for other members.
func detailsOf(key []byte, u *core.Usage) details {
	switch string(key) {
	case "prompt_tokens_details", "input_tokens_details", "input_token_details": // the last one is that of realtime
		return details{"cached_tokens", &u.CachedIn, &u.AudioIn, &u.ImageIn, &u.WrittenIn}
	case "completion_tokens_details", "output_tokens_details", "output_token_details":
		return details{"reasoning_tokens", &u.Reasoning, &u.AudioOut, &u.ImageOut, nil}
	}
	return details{}
}

// count reads one counter; see take.
func count(raw []byte, to *int64, u *core.Usage) {
	if n, ok := scan.Whole(raw); ok {
		take(n, to, u)
	} else if scan.IsNumber(raw) {
		take(-1, to, u)
	}
}

// take sets one counter if n is plausible, which makes u known; otherwise u is bad.
func take(n int64, to *int64, u *core.Usage) {
	good := n >= 0 && n <= maxCount
	if good {
		*to = n
	}
	if u != nil {
		u.Known = u.Known || good
		u.Bad = u.Bad || !good
	}
}

// read reads the counts of the object at the start of raw and returns the bytes after it, nil if it is
// malformed.
func (d *details) read(raw []byte) (rest []byte) {
	w := scan.Members(raw)
	for {
		key, n, ok := w.Count()
		if !ok {
			var value []byte
			if key, value, ok = w.Next(); !ok {
				return w.Rest()
			}
			if n, ok = scan.Whole(value); !ok {
				continue
			}
		}
		switch {
		case string(key) == d.name:
			take(n, d.main, nil)
		case string(key) == "audio_tokens":
			take(n, d.audio, nil)
		case string(key) == "image_tokens":
			take(n, d.image, nil)
		case d.wrote != nil && string(key) == "cache_write_tokens":
			take(n, d.wrote, nil)
		}
	}
}
