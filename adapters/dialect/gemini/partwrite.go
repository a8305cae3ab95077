package gemini

import (
	"asbru/core"
	"asbru/core/scan"
)

// appendPart appends the part at i of an answer, or of a request that was edited, with its signature, also that of another
// vendor.
func appendPart(dst []byte, t *core.Tree, i int32) []byte {
	p := &t.Parts[i]
	switch p.Kind {
	case core.PartText, core.PartRefusal:
		dst = scan.AppendQuoted(append(sep(dst), `{"text":`...), p.Text)
		return append(signed(dst, p.Vendor, p.Sign), '}')
	case core.PartThought:
		if len(p.Text) == 0 && p.Vendor == core.Google {
			return append(signed(append(sep(dst), `{"text":""`...), p.Vendor, p.Sign), '}')
		}
		dst = scan.AppendQuoted(append(sep(dst), `{"text":`...), p.Text)
		return append(signed(append(dst, `,"thought":true`...), p.Vendor, p.Sign), '}')
	case core.PartVeiled:
		if p.Mute() {
			return dst
		}
		return append(signed(append(sep(dst), `{"thought":true`...), p.Vendor, p.Sign), '}')
	case core.PartCall:
		dst = append(sep(dst), `{"functionCall":{`...)
		if len(p.ID) > 0 && !madeUp(p.ID) {
			dst = scan.AppendQuoted(field(dst, "id"), p.ID)
		}
		dst = scan.AppendQuoted(field(dst, "name"), p.Name)
		dst = append(appendArgs(field(dst, "args"), p), '}')
		return append(signed(dst, p.Vendor, p.Sign), '}')
	case core.PartResult:
		dst = append(sep(dst), `{"functionResponse":{`...)
		if len(p.ID) > 0 && !madeUp(p.ID) {
			dst = scan.AppendQuoted(field(dst, "id"), p.ID)
		}
		dst = scan.AppendQuoted(field(dst, "name"), p.Name)
		dst = appendResponse(field(dst, "response"), p, t.Inside(int(i)))
		return append(dst, `}}`...)
	case core.PartImage, core.PartFile, core.PartAudio, core.PartVideo:
		if p.Kind == core.PartAudio && len(p.Text) > 0 && len(p.Data) > 0 {
			dst = appendText(dst, p.Text) // its transcript
		}
		dst, _ = appendMedia(dst, p) // media that cannot be sent are left out
		return dst
	}
	return dst
}

func signed(dst []byte, v core.Vendor, sign core.Text) []byte {
	if len(sign) == 0 {
		return dst
	}
	return append(appendSign(append(dst, `,"thoughtSignature":"`...), v, sign), '"')
}

// appendBlockPart appends a part that has no parts inside and is not in a tree.
func appendBlockPart(dst []byte, p *core.Part) []byte {
	t := core.Tree{Parts: []core.Part{*p}}
	return appendPart(dst, &t, 0)
}
