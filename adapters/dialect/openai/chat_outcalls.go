package openai

import (
	"asbru/core"
	"asbru/core/scan"
)

// calls writes tool_calls, or the older function_call.
func (o *chatOut) calls(parts []core.Part) {
	open := false
	for i := range parts {
		p := &parts[i]
		if p.Kind != core.PartCall && (p.Kind != core.PartOther || !o.own || p.Shape&partCall == 0) {
			continue
		}
		if o.own && p.Shape&partOldCall != 0 {
			continue
		}
		if open {
			o.dst = append(o.dst, ',')
		} else {
			o.dst = append(o.dst, `,"tool_calls":[`...)
			open = true
		}
		o.call(p)
	}
	if open {
		o.dst = append(o.dst, ']')
	}
	for i := range parts {
		if p := &parts[i]; o.own && p.Kind == core.PartCall && p.Shape&partOldCall != 0 {
			o.dst = append(o.dst, `,"function_call":`...)
			o.dst = appendFunction(o.dst, p, true)
		}
	}
}

// call writes one entry of tool_calls.
func (o *chatOut) call(p *core.Part) {
	if o.own && p.Shape&partRaw != 0 {
		o.dst = append(o.dst, p.Raw...)
		return
	}
	at := len(o.dst) + 1
	o.dst = append(o.dst, '{')
	if !o.own || p.ID != nil && p.Shape&partNoID == 0 {
		o.dst = append(o.dst, `,"id":`...)
		o.id(p)
	}
	if !o.own || p.Shape&partNoType == 0 {
		o.dst = append(o.dst, `,"type":"function"`...)
	}
	o.dst = append(o.dst, `,"function":`...)
	o.dst = appendFunction(o.dst, p, o.own)
	except := ""
	if sends := o.vendor == core.NoVendor || o.vendor == core.Google; !sends {
		except = "extra_content"
	} else if p.Sign != nil && p.Shape&partSignedBy == 0 && p.Vendor == core.Google {
		o.dst = appendGoogleSign(o.dst, p.Vendor, p.Sign)
	}
	if o.own {
		o.dst = appendExtras(o.dst, o.t, p.More, except)
	}
	o.dst = append(uncomma(o.dst, at), '}')
}

// appendGoogleSign appends the member with the signature of a call.
func appendGoogleSign(dst []byte, v core.Vendor, sign core.Text) []byte {
	dst = append(dst, `,"extra_content":{"google":{"thought_signature":"`...)
	return append(core.AppendSign(dst, core.Google, v, sign), `"}}`...)
}

// appendFunction appends {name, arguments}. With own, arguments that came as an object are written as one.
func appendFunction(dst []byte, p *core.Part, own bool) []byte {
	if own && p.Shape&partRaw != 0 {
		return append(dst, p.Raw...)
	}
	at := len(dst) + 1
	dst = append(dst, '{')
	if p.Name != nil {
		dst = appendTextMember(dst, "name", p.Name)
	}
	switch {
	case own && p.Shape&partNoArgs != 0:
	case own && p.Wraps:
		dst = appendTextMember(dst, "arguments", p.Args)
	case own:
		dst = appendMember(dst, "arguments", p.Args)
	default:
		dst = appendArguments(append(dst, `,"arguments":"`...), p)
		dst = append(dst, '"')
	}
	return append(uncomma(dst, at), '}')
}

// appendArguments appends the arguments of a call as the inside of a string, {} if there are none.
func appendArguments(dst []byte, p *core.Part) []byte {
	switch {
	case len(p.Args) == 0:
		return append(dst, '{', '}')
	case p.Wraps:
		return append(dst, p.Args...)
	}
	return scan.AppendEscaped(dst, p.Args)
}

// maxID is the most bytes that OpenAI accepts in the id of a call.
const maxID = 40

// id writes the id of a call, or of its result. An id that the target does not accept is replaced by one
// derived from it, so that both remain equal.
func (o *chatOut) id(p *core.Part) {
	id := p.ID
	if len(id) == 0 {
		id = p.Name
	}
	short := o.quirks&core.QuirkShortIDs != 0
	switch {
	case short && !isShortID(id):
		o.dst = append(appendShortID(append(o.dst, '"'), id), '"')
	case !o.own && (len(id) > maxID || len(p.ID) == 0):
		o.dst = append(appendShortID(append(o.dst, `"call_`...), id), '"')
	default:
		o.dst = scan.AppendQuoted(o.dst, p.ID)
	}
}

// shortID is the length of the ids that Mistral accepts, which consist of letters and digits.
const shortID = 9

func isShortID(id core.Text) bool {
	if len(id) != shortID {
		return false
	}
	for _, c := range id {
		if c-'0' > 9 && c|0x20-'a' > 25 {
			return false
		}
	}
	return true
}

// appendShortID appends nine letters and digits derived from id: its FNV-1a hash (RFC 9923), mixed so that
// ids which differ only at their end differ in all characters.
func appendShortID(dst []byte, id core.Text) []byte {
	const letters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	h := uint64(14695981039346656037)
	for _, c := range id {
		h = (h ^ uint64(c)) * 1099511628211
	}
	h ^= h >> 32
	h *= 0x9e3779b97f4a7c15
	h ^= h >> 29
	for range shortID {
		dst = append(dst, letters[h%62])
		h /= 62
	}
	return dst
}
