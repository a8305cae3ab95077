package cohere

import (
	"asbru/core"
	"asbru/core/scan"
)

// readUsage is the dialect's ReadUsage, for chats, embeddings and rankings, and for version 1, whose chats have it in
// meta.
func readUsage(b []byte, u *core.Usage) {
	w := scan.Members(b)
	for {
		key, value, ok := w.Next()
		if !ok {
			return
		}
		switch string(key) {
		case "usage", "meta":
			tokens(value, u)
		}
	}
}

// tokens reads {tokens, billed_units, cached_tokens}. Billed units do not include what Cohere adds to the prompt, and
// are used only if there are no others.
func tokens(raw []byte, u *core.Usage) {
	var got, billed core.Usage
	searches := int64(0)
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch string(key) {
		case "tokens":
			units(value, &got)
		case "billed_units":
			units(value, &billed)
			count(member(value, "search_units"), &searches)
		case "cached_tokens":
			some(value, &got.CachedIn, &got)
		}
	}
	if !got.Known {
		billed.CachedIn, billed.Bad, billed.Odd = got.CachedIn, billed.Bad || got.Bad, billed.Odd || got.Odd
		got = billed
	}
	u.Bad = u.Bad || got.Bad
	if got.Known {
		got.CachedIn = min(got.CachedIn, got.In)
		*u = got
	}
	u.Searches = core.SearchesOf(searches)
}

// units reads {input_tokens, output_tokens, reasoning_tokens, image_tokens}.
func units(raw []byte, u *core.Usage) {
	images := int64(0)
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch string(key) {
		case "input_tokens":
			u.Known = whole(value, &u.In, u) || u.Known
		case "output_tokens":
			u.Known = whole(value, &u.Out, u) || u.Known
		case "image_tokens":
			u.Known = count(value, &images) || u.Known
		case "reasoning_tokens":
			some(value, &u.Reasoning, u)
		}
	}
	u.In += images
}

// whole is count for counts that are charged: a number that is not a valid count makes u bad.
func whole(raw []byte, n *int64, u *core.Usage) bool {
	ok := count(raw, n)
	u.Bad = u.Bad || !ok && scan.IsNumber(raw)
	return ok
}

// some is count for parts of counts: anything but a count is odd.
func some(raw []byte, n *int64, u *core.Usage) {
	u.Odd = !count(raw, n) && !scan.IsNull(raw) || u.Odd
}

// count reads one counter. Version 1 writes some as 5.0.
func count(raw []byte, n *int64) bool {
	v, ok := scan.Whole(raw)
	if !ok || v < 0 || v > maxCount {
		return false
	}
	*n = v
	return true
}

// appendUsage appends the usage object. It has billed units too, because strict clients require them; they are equal to
// the tokens, as providers report nothing else.
func appendUsage(dst []byte, u *core.Usage) []byte {
	dst = append(dst, `{"billed_units":{"input_tokens":`...)
	dst = scan.AppendInt(dst, u.In)
	dst = scan.AppendInt(append(dst, `,"output_tokens":`...), u.Out)
	dst = append(dst, `},"tokens":{"input_tokens":`...)
	dst = scan.AppendInt(dst, u.In)
	dst = scan.AppendInt(append(dst, `,"output_tokens":`...), u.Out)
	if u.Reasoning > 0 {
		dst = scan.AppendInt(append(dst, `,"reasoning_tokens":`...), u.Reasoning)
	}
	dst = append(dst, '}')
	if u.CachedIn > 0 {
		dst = scan.AppendInt(append(dst, `,"cached_tokens":`...), u.CachedIn)
	}
	return append(dst, '}')
}
