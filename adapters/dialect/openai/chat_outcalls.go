package openai

import (
	"asbru/core"
	"asbru/core/scan"
)

// calls writes tool_calls, or the function_call of old.
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

// appendGoogleSign appends the member that holds a signature of a call.
func appendGoogleSign(dst []byte, v core.Vendor, sign core.Text) []byte {
	dst = append(dst, `,"extra_content":{"google":{"thought_signature":"`...)
	return append(core.AppendSign(dst, core.Google, v, sign), `"}}`...)
}

// appendFunction appends {name, arguments}. own: arguments that came as an object go as one.
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

// appendArguments appends the arguments of a call as the inside of a string. None are {}.
func appendArguments(dst []byte, p *core.Part) []byte {
	switch {
	case len(p.Args) == 0:
		return append(dst, '{', '}')
	case p.Wraps:
		return append(dst, p.Args...)
	}
	return scan.AppendEscaped(dst, p.Args)
}

// maxID is what OpenAI lets the id of a call be, in bytes.
const maxID = 40

// id writes the id of a call, or of the result that answers it. Both get the same: what
// the target cannot bear is replaced by what is made of it.
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

// shortID is the length of the ids that Mistral takes: letters and digits.
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

// appendShortID appends nine letters and digits made of id: FNV-1a (RFC 9923), stirred so
// that ids which differ at their end alone do so everywhere.
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

// thoughts writes what the model thought: as it came to its own family; else as text, with
// those signatures that the target can read.
func (o *chatOut) thoughts(parts []core.Part) {
	if o.own {
		o.ownThoughts(parts)
		return
	}
	if o.vendor == core.OpenAI {
		return // OpenAI's own chat completions refuse members they do not know
	}
	signed, open := false, false
	name := `,"reasoning_content":"`
	if o.quirks&core.QuirkReasoningField != 0 {
		name = `,"reasoning":"`
	}
	for i := range parts {
		p := &parts[i]
		signed = signed || o.reads(p)
		if p.Kind != core.PartThought || len(p.Text) == 0 || o.quirks&core.QuirkAnyChoice != 0 {
			continue
		}
		if !open {
			o.dst = append(o.dst, name...)
			open = true
		}
		o.dst = append(o.dst, p.Text...)
	}
	if open {
		o.dst = append(o.dst, '"')
	}
	if signed {
		o.details(parts)
	}
}

// reads reports whether the target can read the signature of the thought p.
func (o *chatOut) reads(p *core.Part) bool {
	return (p.Kind == core.PartThought || p.Kind == core.PartVeiled) && p.Sign != nil && (o.vendor == core.NoVendor || p.Vendor == o.vendor)
}

// details writes reasoning_details.
func (o *chatOut) details(parts []core.Part) {
	o.dst = append(o.dst, `,"reasoning_details":[`...)
	from, n := len(o.dst), int64(0)
	for i := range parts {
		p := &parts[i]
		if p.Kind != core.PartThought && !o.reads(p) {
			continue
		}
		sign := p.Sign
		if !o.reads(p) {
			sign = nil
		}
		o.dst = appendDetail(append(o.dst, ','), p, sign, n)
		n++
	}
	o.dst = append(uncomma(o.dst, from), ']')
}

// appendDetail appends the n-th entry of reasoning_details: p with the signature sign.
func appendDetail(dst []byte, p *core.Part, sign core.Text, n int64) []byte {
	if p.Kind == core.PartVeiled {
		dst = append(dst, `{"type":"reasoning.encrypted","data":"`...)
		dst = append(core.AppendSign(dst, core.Elsewhere, p.Vendor, sign), '"')
	} else {
		dst = append(dst, `{"type":"reasoning.text","text":"`...)
		dst = append(append(dst, p.Text...), '"')
		if sign != nil {
			dst = append(dst, `,"signature":"`...)
			dst = append(core.AppendSign(dst, core.Elsewhere, p.Vendor, sign), '"')
		}
	}
	dst = append(append(dst, `,"format":"`...), signFormat(p.Vendor)...)
	return append(scan.AppendInt(append(dst, `","index":`...), n), '}')
}

// signFormat is what OpenRouter calls the way a vendor's thinking is signed.
func signFormat(v core.Vendor) string {
	switch v {
	case core.Anthropic, core.Amazon:
		return "anthropic-claude-v1"
	case core.Google:
		return "google-gemini-v1"
	case core.OpenAI:
		return "openai-responses-v1"
	}
	return "unknown"
}

// ownThoughts writes thinking in the members it came in.
func (o *chatOut) ownThoughts(parts []core.Part) {
	for i := range parts {
		switch p := &parts[i]; {
		case p.Kind != core.PartThought:
		case p.Shape&partContent != 0:
			o.dst = appendTextMember(o.dst, "reasoning_content", p.Text)
		case p.Shape&partReason != 0:
			o.dst = appendTextMember(o.dst, "reasoning", p.Text)
		}
	}
	from := 0
	for i := range parts {
		p := &parts[i]
		if p.Shape&partDetail == 0 || p.Kind == core.PartVeiled && !o.reads(p) {
			continue
		}
		if from == 0 {
			o.dst = append(o.dst, `,"reasoning_details":[`...)
			from = len(o.dst)
		}
		o.dst = append(o.dst, ',')
		o.ownDetail(p)
	}
	if from > 0 {
		o.dst = append(uncomma(o.dst, from), ']')
	}
}

// ownDetail writes one entry of reasoning_details as it came, without a signature that
// is not for the target.
func (o *chatOut) ownDetail(p *core.Part) {
	sign := p.Sign
	if o.vendor != core.NoVendor && p.Vendor != o.vendor {
		sign = nil
	}
	o.dst = appendOwnDetail(o.dst, o.t, p, sign)
}

func appendOwnDetail(dst []byte, t *core.Tree, p *core.Part, sign core.Text) []byte {
	if p.Kind == core.PartOther {
		return append(dst, p.Raw...)
	}
	switch {
	case p.Kind == core.PartVeiled:
		dst = append(dst, `{"type":"reasoning.encrypted","data":"`...)
		dst = append(core.AppendSign(dst, core.Elsewhere, p.Vendor, sign), '"')
		sign = nil
	case p.Shape&partSummary != 0:
		dst = append(dst, `{"type":"reasoning.summary"`...)
		if p.Text != nil {
			dst = appendTextMember(dst, "summary", p.Text)
		}
	default:
		dst = append(dst, `{"type":"reasoning.text"`...)
		if p.Text != nil && p.Shape&partFilled == 0 {
			dst = appendTextMember(dst, "text", p.Text)
		}
	}
	if sign != nil {
		dst = append(dst, `,"signature":"`...)
		dst = append(core.AppendSign(dst, core.Elsewhere, p.Vendor, sign), '"')
	}
	return append(appendExtras(dst, t, p.More, ""), '}')
}
