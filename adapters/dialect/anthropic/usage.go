package anthropic

import (
	"asbru/core"
	"asbru/core/scan"
)

// readUsage is the dialect's ReadUsage, of replies and of counts.
func readUsage(body []byte, u *core.Usage) {
	w := scan.Members(body)
	for {
		key, value, more := w.Next()
		if !more {
			return
		}
		switch string(key) {
		case "usage":
			tokens(value, u)
		case "input_tokens":
			count(value, &u.In, u)
		}
	}
}

// tokens reads a usage object over the counts known so far, since the last one of a stream may leave out counts
// that the first had. In this format input_tokens does not include cached tokens; In does.
func tokens(raw []byte, u *core.Usage) {
	in := u.In - u.CachedIn - u.WrittenIn
	w := scan.Members(raw)
	for {
		key, value, more := w.Next()
		if !more {
			break
		}
		switch string(key) {
		case "input_tokens":
			count(value, &in, u)
		case "output_tokens":
			count(value, &u.Out, u)
		case "cache_read_input_tokens":
			some(value, &u.CachedIn, u)
		case "cache_creation_input_tokens":
			some(value, &u.WrittenIn, u)
		case "cache_creation":
			d := scan.Members(value)
			for {
				name, n, more := d.Next()
				if !more {
					break
				}
				if string(name) == "ephemeral_1h_input_tokens" {
					some(n, &u.KeptIn, u)
				}
			}
		case "output_tokens_details":
			d := scan.Members(value)
			for {
				name, n, more := d.Next()
				if !more {
					break
				}
				if string(name) == "thinking_tokens" {
					some(n, &u.Reasoning, u)
				}
			}
		}
	}
	if u.In = max(in, 0); u.Known {
		u.In += u.CachedIn + u.WrittenIn
	}
}

// some reads a part of a count. Anything but a plausible one is odd.
func some(raw []byte, n *int64, u *core.Usage) {
	count(raw, n, nil)
	v, ok := scan.Whole(raw)
	u.Odd = u.Odd || !scan.IsNull(raw) && !(ok && v == *n)
}

// count reads one counter. A plausible one makes u known, another number makes it bad.
func count(raw []byte, n *int64, u *core.Usage) {
	v, ok := scan.Whole(raw)
	ok = ok && v >= 0 && v <= maxCount
	if ok {
		*n = v
	}
	if u != nil && (ok || scan.IsNumber(raw)) {
		u.Known = u.Known || ok
		u.Bad = u.Bad || !ok
	}
}

// appendUsage appends the object usage.
func appendUsage(dst []byte, u *core.Usage) []byte {
	dst = append(dst, `{"input_tokens":`...)
	dst = scan.AppendInt(dst, max(u.In-u.CachedIn-u.WrittenIn, 0))
	dst = append(dst, `,"cache_creation_input_tokens":`...)
	dst = scan.AppendInt(dst, u.WrittenIn)
	dst = append(dst, `,"cache_read_input_tokens":`...)
	dst = scan.AppendInt(dst, u.CachedIn)
	dst = append(dst, `,"output_tokens":`...)
	dst = scan.AppendInt(dst, u.Out)
	if u.KeptIn > 0 {
		dst = scan.AppendInt(append(dst, `,"cache_creation":{"ephemeral_5m_input_tokens":`...), max(u.WrittenIn-u.KeptIn, 0))
		dst = append(scan.AppendInt(append(dst, `,"ephemeral_1h_input_tokens":`...), u.KeptIn), '}')
	}
	if u.Reasoning > 0 {
		dst = append(dst, `,"output_tokens_details":{"thinking_tokens":`...)
		dst = append(scan.AppendInt(dst, u.Reasoning), '}')
	}
	return append(dst, '}')
}
