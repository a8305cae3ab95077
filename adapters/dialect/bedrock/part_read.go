package bedrock

import (
	"encoding/base64"

	"asbru/core"
	"asbru/core/scan"
)

// Bits of Part.Shape: how a block was written.
const (
	shapeRaw    = 1 << iota // Raw is the value of the block, kept whole
	shapeGuard              // a text within guardContent
	shapeCited              // a text within citationsContent
	shapeJSON               // Text is JSON that was not in a string
	shapeStatus             // the status of a result was given
)

// A reader reads content blocks into a Tree.
type reader struct {
	t         *core.Tree
	last      int  // the part that a cachePoint would mark; -1: none
	assistant bool // it is content of the assistant
	reply     bool // it is from a server, which may add members; unknown members of a client are significant
	within    bool // it is the content of a toolResult
}

// content reads an array of blocks and returns the bytes after it, nil if it is malformed.
func (r *reader) content(tail []byte) []byte {
	r.last = -1
	list := scan.Elements(tail)
	for {
		if _, ok := list.Key(); !ok {
			return list.Rest()
		}
		if !opens(list.Tail(), '{') {
			return nil
		}
		list.Resume(r.block(list.Tail()))
	}
}

// block reads one block and returns the bytes after it. A block is an object with one member, whose name is its
// type. One that is not fully understood is kept unchanged.
func (r *reader) block(tail []byte) (rest []byte) {
	t := r.t
	at := len(t.Parts)
	var key, value, other []byte
	said, beside := 0, 0
	w := scan.Members(tail)
	for k, v, more := w.Next(); more; k, v, more = w.Next() {
		switch {
		case scan.IsNull(v):
		case isBlock(string(k)):
			said++
			key, value = k, v
		default:
			if beside++; other == nil {
				other = k
			}
		}
	}
	if rest = w.Rest(); rest == nil {
		return nil
	}
	known := said == 1 && (beside == 0 || r.reply || string(key) == "text") && r.known(string(key), value)
	if key == nil {
		key = other
	}
	switch {
	case !known:
		t.Parts = t.Parts[:at]
		t.Add(core.Part{Kind: core.PartOther, Type: key, Raw: tail[:len(tail)-len(rest)]})
	case beside > 0 && len(t.Parts) > at && t.Parts[at].Kind == core.PartText && t.Parts[at].Shape == 0:
		r.beside(&t.Parts[at].More, tail)
	}
	if len(t.Parts) > at {
		r.last = at
	}
	return rest
}

// alone reports whether an object has one member.
func alone(object []byte) bool {
	w := scan.Members(object)
	w.Next()
	_, _, more := w.Next()
	return !more
}

// beside keeps the other members of a block.
func (r *reader) beside(more *int32, block []byte) {
	w := scan.Members(block)
	for {
		k, v, ok := w.Next()
		if !ok {
			return
		}
		if !isBlock(string(k)) && !scan.IsNull(v) {
			r.t.Keep(more, k, v)
		}
	}
}

// isBlock reports whether key is the name of a type of block.
func isBlock(key string) bool {
	switch key {
	case "text", "image", "document", "video", "audio", "cachePoint", "json", "toolUse", "toolResult",
		"reasoningContent", "guardContent", "citationsContent":
		return true
	}
	return false
}

// known reads the value of a block and reports whether it understood all of it.
func (r *reader) known(key string, value []byte) bool {
	switch key {
	case "text":
		s := inside(value)
		r.t.Add(core.Part{Kind: core.PartText, Text: s})
		return s != nil
	case "image":
		return r.media(core.PartImage, value)
	case "document":
		return r.media(core.PartFile, value)
	case "video":
		return r.media(core.PartVideo, value)
	case "audio":
		return r.media(core.PartAudio, value)
	case "cachePoint":
		return !r.within && r.mark(value)
	case "json":
		if !r.within {
			return false
		}
		s := r.t.Took(scan.AppendEscaped(r.t.Room(), value))
		r.t.Add(core.Part{Kind: core.PartText, Text: s, Shape: shapeJSON})
		return true
	case "toolUse":
		return !r.within && r.call(value)
	case "toolResult":
		return !r.within && !r.assistant && r.result(value)
	case "reasoningContent":
		return !r.within && r.thought(value)
	case "guardContent":
		return !r.within && r.guard(value)
	case "citationsContent":
		return !r.within && r.cited(value)
	}
	return false
}

// mark adds the cache mark of a cachePoint to the part before it.
func (r *reader) mark(value []byte) bool {
	if r.last < 0 || r.t.Parts[r.last].Cache != nil || r.t.Parts[r.last].Kind == core.PartOther {
		return false
	}
	ttl, plain := cachePoint(value)
	if plain {
		r.t.Parts[r.last].Cache = ttl
	}
	return plain
}

func (r *reader) call(value []byte) bool {
	at := r.t.Add(core.Part{Kind: core.PartCall})
	w := scan.Members(value)
	for {
		key, v, ok := w.Next()
		if !ok {
			return w.Rest() != nil
		}
		p := &r.t.Parts[at]
		switch string(key) {
		case "toolUseId":
			p.ID = inside(v)
		case "name":
			p.Name = inside(v)
		case "input":
			p.Args = v
		case "type":
			if string(v) != `"tool_use"` {
				return false // the provider runs it, so it is not a call for the client
			}
			r.t.Keep(&p.More, key, v)
		default:
			r.t.Keep(&p.More, key, v)
		}
	}
}

func (r *reader) result(value []byte) bool {
	at := r.t.Add(core.Part{Kind: core.PartResult})
	w := scan.Members(value)
	for {
		key, v, ok := w.Next()
		if !ok {
			break
		}
		switch p := &r.t.Parts[at]; string(key) {
		case "toolUseId":
			p.ID = inside(v)
		case "status":
			p.Fails = string(v) == `"error"`
			p.Shape |= shapeStatus
		case "content":
			r.within = true
			r.content(v)
			r.within = false
			r.t.Close(at)
		default:
			r.t.Keep(&p.More, key, v)
		}
	}
	return w.Rest() != nil
}

// thought reads reasoningContent: {reasoningText: {text, signature}} or {redactedContent}.
// Only Claude signs, so a signature without a mark is taken for Anthropic's.
func (r *reader) thought(value []byte) bool {
	key, v := union(value, "reasoningText", "redactedContent")
	if !r.reply && !alone(value) {
		return false
	}
	switch string(key) {
	case "reasoningText":
		p := core.Part{Kind: core.PartThought}
		inner := scan.Members(v)
		for {
			k, s, ok := inner.Next()
			if !ok {
				break
			}
			switch string(k) {
			case "text":
				p.Text = inside(s)
			case "signature":
				p.Vendor, p.Sign = core.ReadSign(inside(s), core.Anthropic)
			default:
				r.t.Keep(&p.More, k, s)
			}
		}
		r.t.Add(p)
	case "redactedContent":
		p := core.Part{Kind: core.PartVeiled}
		room, vendor := unveil(r.t.Room(), inside(v))
		p.Vendor, p.Sign = vendor, r.t.Took(room)
		if vendor == core.Anthropic {
			p.Vendor, p.Sign = core.ReadSign(p.Sign, core.Anthropic)
		}
		r.t.Add(p)
	default:
		return false
	}
	return true
}

// unveil appends the content of redactedContent. For Claude it is the base64 of Anthropic's own text; any other
// is appended unchanged, with Amazon as its vendor.
func unveil(dst []byte, data core.Text) ([]byte, core.Vendor) {
	at := len(dst)
	out, err := base64.StdEncoding.AppendDecode(dst, data)
	if err != nil {
		return append(dst[:at], data...), core.Amazon
	}
	for _, c := range out[at:] {
		if c < ' ' || c > '~' || c == '"' || c == '\\' {
			return append(out[:at], data...), core.Amazon
		}
	}
	return out, core.Anthropic
}

// guard reads {text: {text, qualifiers}}.
func (r *reader) guard(value []byte) bool {
	w := scan.Members(value)
	key, v, _ := w.Next()
	if _, _, more := w.Next(); more || string(key) != "text" {
		return false
	}
	p := core.Part{Kind: core.PartText, Shape: shapeGuard}
	inner := scan.Members(v)
	for {
		k, s, ok := inner.Next()
		if !ok {
			break
		}
		if string(k) == "text" {
			p.Text = inside(s)
		} else {
			r.t.Keep(&p.More, k, s)
		}
	}
	r.t.Add(p)
	return p.Text != nil
}
