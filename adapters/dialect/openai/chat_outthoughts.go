package openai

import (
	"asbru/core"
	"asbru/core/scan"
)

// thoughts writes the thoughts of the model: for the same family as they came, otherwise as text with the
// signatures that the target can read.
func (o *chatOut) thoughts(parts []core.Part) {
	if o.own && !mistrals(parts) {
		o.ownThoughts(parts)
		return
	}
	if o.vendor == core.OpenAI { // OpenAI's chat completions refuse unknown members
		for i := range parts {
			if k := parts[i].Kind; o.c != nil && (k == core.PartThought || k == core.PartVeiled) {
				o.c.Drop(core.LostThought)
			}
		}
		return
	}
	signed, open := false, false
	name := `,"reasoning_content":"`
	if o.quirks&core.QuirkReasoningField != 0 {
		name = `,"reasoning":"`
	}
	for i := range parts {
		p := &parts[i]
		signed = signed || o.reads(p)
		if o.c != nil && (p.Kind == core.PartVeiled || p.Kind == core.PartThought && len(p.Text) == 0 && len(p.Sign) > 0) && !o.reads(p) {
			o.c.Drop(core.LostThought)
		}
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
		if !o.reads(p) && (p.Kind != core.PartThought || len(p.Text) == 0) {
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

// signFormat returns OpenRouter's name for the format of a vendor's signatures.
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

// ownThoughts writes thinking in the members in which it came.
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

// ownDetail writes one entry of reasoning_details as it came, but without a signature that is not for the
// target.
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
