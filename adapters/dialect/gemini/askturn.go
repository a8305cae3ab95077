package gemini

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// An asking is a request of another dialect being written.
type asking struct {
	c   *core.Chat
	own core.Vendor // the vendor whose signatures the target reads
	gen generation

	sign   core.Text // the signature of an empty thought, for the next part
	called bool      // the turn has a call already
}

func instructs(r core.Role) bool { return r == core.System || r == core.Developer }

// systemOnly reports whether there are only instructions: then they are written as text of the user, because Gemini
// refuses a request without contents.
func (k *asking) systemOnly() bool {
	for i := range k.c.Turns {
		if !instructs(k.c.Turns[i].Role) {
			return false
		}
	}
	return true
}

// turns appends the contents, consecutive turns of one role as one.
func (k *asking) turns(dst []byte) ([]byte, *core.Fault) {
	only := k.systemOnly()
	turns := k.c.Turns
	open := len(dst)
	for i := 0; i < len(turns); {
		if instructs(turns[i].Role) && !only {
			i++
			continue
		}
		model := turns[i].Role == core.Assistant
		j := i + 1
		for j < len(turns) && (turns[j].Role == core.Assistant == model || instructs(turns[j].Role)) {
			j++
		}
		at := len(dst)
		dst = sep(dst)
		var f *core.Fault
		var parts int
		if model {
			dst = append(dst, `{"role":"model","parts":[`...)
			parts = len(dst)
			dst, f = k.model(dst, i, j)
		} else {
			dst = append(dst, `{"role":"user","parts":[`...)
			parts = len(dst)
			dst, f = k.user(dst, i, j, only)
		}
		if f != nil {
			return dst, f
		}
		if len(dst) == parts {
			dst = dst[:at] // a content without parts would be refused
		} else {
			dst = append(dst, `]}`...)
		}
		i = j
	}
	if len(dst) == open {
		dst = append(dst, `{"role":"user","parts":[{"text":""}]}`...)
	}
	return dst, nil
}

// system appends the member systemInstruction, with all instructions of the conversation.
func (k *asking) system(dst []byte) ([]byte, *core.Fault) {
	at := len(dst)
	dst = append(dst, `,"systemInstruction":{"parts":[`...)
	open := len(dst)
	for _, t := range k.c.Turns {
		if !instructs(t.Role) {
			continue
		}
		for i := t.From; i < t.To; i += 1 + k.c.Parts[i].Inner {
			switch p := &k.c.Parts[i]; {
			case p.Kind == core.PartText || p.Kind == core.PartRefusal:
				dst = appendText(dst, p.Text)
			case p.Kind != core.PartOther:
				return dst, body.Invalid("messages", "cannot send a system message with other content than text to Gemini", "send it in a user message")
			}
		}
	}
	if len(dst) == open {
		return dst[:at], nil
	}
	return append(dst, `]}`...), nil
}

// appendText appends a text part, unless it is empty, as that would be refused.
func appendText(dst []byte, text core.Text) []byte {
	if len(text) == 0 {
		return dst
	}
	return append(scan.AppendQuoted(append(sep(dst), `{"text":`...), text), '}')
}

// model appends the parts of the turns from i to j, which are turns of the model.
func (k *asking) model(dst []byte, i, j int) ([]byte, *core.Fault) {
	k.sign, k.called = nil, false
	for ; i < j; i++ {
		t := k.c.Turns[i]
		if instructs(t.Role) {
			continue
		}
		for n := t.From; n < t.To; n += 1 + k.c.Parts[n].Inner {
			var f *core.Fault
			if dst, f = k.said(dst, &k.c.Parts[n]); f != nil {
				return dst, f
			}
		}
	}
	return k.spend(dst), nil
}

// said appends a part of the model's turn.
func (k *asking) said(dst []byte, p *core.Part) ([]byte, *core.Fault) {
	switch p.Kind {
	case core.PartText, core.PartRefusal:
		if len(p.Text) == 0 {
			return dst, nil
		}
		dst = scan.AppendQuoted(append(sep(dst), `{"text":`...), p.Text)
		sign := k.sign
		if len(p.Sign) > 0 && p.Vendor == k.own {
			sign = p.Sign
		}
		k.sign = nil
		return append(withSign(dst, sign), '}'), nil
	case core.PartThought, core.PartVeiled:
		if p.Vendor != k.own || len(p.Sign) == 0 {
			k.c.Drop(core.LostThought)
			return dst, nil // thoughts without a signature are of no use
		}
		dst = k.spend(dst)
		if p.Kind == core.PartVeiled || len(p.Text) == 0 {
			k.sign = p.Sign
			return dst, nil
		}
		dst = scan.AppendQuoted(append(sep(dst), `{"text":`...), p.Text)
		return append(withSign(append(dst, `,"thought":true`...), p.Sign), '}'), nil
	case core.PartCall:
		return k.call(dst, p), nil
	case core.PartImage, core.PartFile, core.PartAudio, core.PartVideo:
		if p.Kind == core.PartAudio && len(p.Data) == 0 && len(p.URL) == 0 && len(p.File) == 0 {
			return appendText(dst, p.Text), nil // the transcript of audio that the provider holds
		}
		return appendMedia(k.spend(dst), p)
	}
	return dst, nil
}

// spend appends the signature that waits for a part, in an empty text, if no part follows.
func (k *asking) spend(dst []byte) []byte {
	if len(k.sign) == 0 {
		return dst
	}
	dst = append(withSign(append(sep(dst), `{"text":""`...), k.sign), '}')
	k.sign = nil
	return dst
}

func withSign(dst []byte, sign core.Text) []byte {
	if len(sign) == 0 {
		return dst
	}
	return scan.AppendQuoted(append(dst, `,"thoughtSignature":`...), sign)
}

// unsigned replaces the signature of a call that Gemini did not make. Gemini 3 refuses the first call of a turn without a
// signature, and accepts this one:
// https://ai.google.dev/gemini-api/docs/thought-signatures
const unsigned = "skip_thought_signature_validator"

// call appends a functionCall. Ids are written for models that have them.
func (k *asking) call(dst []byte, p *core.Part) []byte {
	sign := p.Sign
	if p.Vendor != k.own {
		sign = nil
	}
	if len(sign) > 0 {
		dst = k.spend(dst)
	} else {
		sign, k.sign = k.sign, nil
	}
	dst = append(sep(dst), `{"functionCall":{`...)
	dst = k.id(dst, p.ID)
	dst = scan.AppendQuoted(field(dst, "name"), p.Name)
	dst = append(appendArgs(field(dst, "args"), p), '}')
	switch {
	case len(sign) > 0:
		dst = withSign(dst, sign)
	case !k.called && k.gen == thinksByLevel:
		dst = append(append(append(dst, `,"thoughtSignature":"`...), unsigned...), '"')
	}
	k.called = true
	return append(dst, '}')
}

func (k *asking) id(dst []byte, id core.Text) []byte {
	if k.gen != thinksByLevel || len(id) == 0 || madeUp(id) {
		return dst
	}
	return scan.AppendQuoted(field(dst, "id"), id)
}

// appendArgs appends the arguments of a call as an object. Others, because the model was cut off or made a mistake, become
// text in its member "arguments".
func appendArgs(dst []byte, p *core.Part) []byte {
	at := len(dst)
	if p.Wraps {
		dst = scan.AppendUnescaped(dst, p.Args)
	} else {
		dst = append(dst, p.Args...)
	}
	args := trim(dst[at:])
	switch {
	case len(args) == 0 || string(args) == "null":
		return append(dst[:at], '{', '}')
	case args[0] == '{' && scan.Valid(args) == nil:
		return dst
	}
	dst = append(dst[:at], `{"arguments":"`...)
	if p.Wraps {
		dst = append(dst, p.Args...)
	} else {
		dst = scan.AppendEscaped(dst, p.Args)
	}
	return append(dst, `"}`...)
}

// trim removes white space at both ends.
func trim(b []byte) []byte {
	for len(b) > 0 && b[0] <= ' ' {
		b = b[1:]
	}
	for len(b) > 0 && b[len(b)-1] <= ' ' {
		b = b[:len(b)-1]
	}
	return b
}
