package openai

import (
	"asbru/core"
	"asbru/core/scan"
)

// parseCalls reads tool_calls. ok is false if there are none.
func parseCalls(t *core.Tree, raw []byte) (ok bool) {
	w := scan.Elements(raw)
	for {
		_, value, more := w.Next()
		if !more {
			return ok
		}
		ok = true
		parseCall(t, value)
	}
}

// parseCall reads one entry of tool_calls.
func parseCall(t *core.Tree, raw []byte) {
	p := core.Part{Kind: core.PartCall, Raw: raw, Shape: partNoType}
	var function []byte
	w := scan.Members(raw)
	for {
		key, value, more := w.Next()
		if !more {
			break
		}
		switch text := quoted(value); {
		case string(key) == "id" && len(text) > 0:
			p.ID = text
		case string(key) == "function" && opens(value):
			function = value
		case string(key) == "type" && text != nil:
			p.Type = text
			p.Shape &^= partNoType
		case string(key) == "extra_content":
			if sign := googleSign(value); sign != nil {
				p.Vendor, p.Sign = core.ReadSign(sign, core.Google)
				p.Shape |= partSignedBy
			}
			t.Keep(&p.More, key, value)
		default:
			t.Keep(&p.More, key, value)
		}
	}
	// Some providers leave the type empty; an entry with a function is one.
	if function == nil || len(p.Type) > 0 && string(p.Type) != "function" {
		p.Kind, p.Shape = core.PartOther, partRaw|partCall
		t.Add(p)
		return
	}
	if p.Shape&partNoType == 0 && string(p.Type) != "function" {
		p.Shape |= partRaw
	}
	p.Type = nil
	fillCall(&p, function)
	if p.Shape&partRaw == 0 {
		p.Raw = nil
	}
	t.Add(p)
}

// fillCall reads {name, arguments}. Arguments are a string that contains JSON; some servers send the
// object itself.
func fillCall(p *core.Part, raw []byte) {
	p.Shape |= partNoArgs
	w := scan.Members(raw)
	for {
		key, value, more := w.Next()
		if !more {
			return
		}
		text := quoted(value)
		switch {
		case string(key) == "name" && text != nil:
			p.Name = text
		case string(key) == "arguments" && text != nil:
			p.Args, p.Wraps = text, true
			p.Shape &^= partNoArgs
		case string(key) == "arguments" && opens(value):
			p.Args = value
			p.Shape &^= partNoArgs
		default:
			p.Shape |= partRaw
		}
	}
}

// parseOldCall reads function_call, the predecessor of tool_calls. It has no id, so its name serves as
// one. ok is false if it names no function.
func parseOldCall(t *core.Tree, raw []byte) (ok bool) {
	p := core.Part{Kind: core.PartCall, Shape: partOldCall}
	fillCall(&p, raw)
	if len(p.Name) == 0 {
		return false
	}
	if p.Shape&partRaw != 0 {
		p.Raw = raw
	}
	p.ID = oldID(t, p.Name)
	t.Add(p)
	return true
}

// oldID returns the id for an old call of the function name, and for its result.
func oldID(t *core.Tree, name core.Text) core.Text {
	return t.Took(append(append(t.Room(), "call_"...), name...))
}

// parseDetails reads reasoning_details: the visible thinking, and what only the model's vendor can read.
// ok is false if it is empty.
//
// Source: https://openrouter.ai/docs/use-cases/reasoning-tokens
func parseDetails(t *core.Tree, raw []byte) (ok bool) {
	w := scan.Elements(raw)
	for {
		_, value, more := w.Next()
		if !more {
			return ok
		}
		ok = true
		parseDetail(t, value)
	}
}

func parseDetail(t *core.Tree, raw []byte) {
	p := core.Part{Raw: raw, Shape: partDetail}
	var kind, text, summary, sign, data []byte
	w := scan.Members(raw)
	for {
		key, value, more := w.Next()
		if !more {
			break
		}
		to := (*[]byte)(nil)
		switch string(key) {
		case "type":
			to = &kind
		case "text":
			to = &text
		case "summary":
			to = &summary
		case "signature":
			to = &sign
		case "data":
			to = &data
		}
		if to == nil || !scan.IsString(value) {
			t.Keep(&p.More, key, value)
			continue
		}
		*to = quoted(value)
	}
	switch {
	case string(kind) == "reasoning.text" && summary == nil && data == nil:
		p.Kind, p.Text = core.PartThought, text
		p.Vendor, p.Sign = readSign(sign)
	case string(kind) == "reasoning.summary" && text == nil && data == nil && sign == nil:
		p.Kind, p.Text = core.PartThought, summary
		p.Shape |= partSummary
	case string(kind) == "reasoning.encrypted" && text == nil && summary == nil && sign == nil && data != nil:
		p.Kind = core.PartVeiled
		p.Vendor, p.Sign = readSign(data)
	default:
		p.Kind, p.Type = core.PartOther, kind
		p.Shape |= partRaw
		t.Add(p)
		return
	}
	p.Raw = nil
	t.Add(p)
}

// readSign reads a signature in a field of this format, with its vendor; nil: there is none.
func readSign(field core.Text) (core.Vendor, core.Text) {
	if field == nil {
		return core.NoVendor, nil
	}
	return core.ReadSign(field, core.Elsewhere)
}
