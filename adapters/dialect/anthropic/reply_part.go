package anthropic

import (
	"asbru/core"
	"asbru/core/scan"
)

// appendPart appends the part at i of an answer as a content block; nothing if this format has none for it.
//
// A signature of another vendor takes the place of Claude's, marked with the vendor. For a text or a call,
// which have no field for one, it is put in a thought without text before it.
func appendPart(dst []byte, t *core.Tree, i int, own bool) []byte {
	p := &t.Parts[i]
	if own && p.Raw != nil {
		return append(dst, p.Raw...)
	}
	if !own && p.Mute() {
		return dst // the API refuses such a block in the next request
	}
	if len(p.Sign) > 0 && (p.Kind == core.PartCall || p.Kind == core.PartText) {
		dst = append(appendSigned(dst, p.Vendor, p.Sign), ',')
	}
	switch p.Kind {
	case core.PartText, core.PartRefusal:
		if !own && len(p.Text) == 0 {
			if n := len(dst); n > 0 && len(p.Sign) > 0 {
				return dst[:n-1]
			}
			return dst
		}
		dst = append(dst, `{"type":"text","text":`...)
		dst = scan.AppendQuoted(dst, p.Text)
		if own && p.Shape&partCites != 0 || !own && p.Cites != 0 {
			dst = appendCites(dst, t, p, own)
		}
	case core.PartCall:
		dst = append(dst, `{"type":"tool_use","id":`...)
		dst = scan.AppendQuoted(dst, p.ID)
		dst = append(dst, `,"name":`...)
		dst = scan.AppendQuoted(dst, p.Name)
		dst = appendInputMember(dst, p, own)
	case core.PartThought:
		dst = append(dst, `{"type":"thinking","thinking":`...)
		dst = scan.AppendQuoted(dst, p.Text)
		if !own || p.Shape&partBare == 0 {
			dst = append(dst, `,"signature":"`...)
			dst = append(core.AppendSign(dst, core.Anthropic, p.Vendor, p.Sign), '"')
		}
	case core.PartVeiled:
		dst = append(dst, `{"type":"redacted_thinking","data":"`...)
		dst = append(core.AppendSign(dst, core.Anthropic, p.Vendor, p.Sign), '"')
	case core.PartImage:
		return appendPicture(dst, p)
	case core.PartAudio:
		if len(p.Text) == 0 {
			return dst
		}
		dst = append(dst, `{"type":"text","text":`...)
		dst = scan.AppendQuoted(dst, p.Text)
	default:
		return dst
	}
	if own {
		if p.Cache != nil && p.Shape&partRawCache == 0 {
			dst = appendMark(dst, p.Cache)
		}
		dst = appendExtras(dst, t, p.More, "")
	}
	return append(dst, '}')
}

// appendSigned appends a thought without text, which carries the signature of the block after it.
func appendSigned(dst []byte, v core.Vendor, sign []byte) []byte {
	dst = append(dst, `{"type":"thinking","thinking":"","signature":"`...)
	return append(core.AppendSign(dst, core.Anthropic, v, sign), `"}`...)
}

// appendPicture appends an image of an answer in the form in which users send them: Claude makes none, so
// the format has no other.
func appendPicture(dst []byte, p *core.Part) []byte {
	media, data, url := p.Media, p.Data, p.URL
	if len(url) > 5 && string(url[:5]) == "data:" {
		var ok bool
		if media, data, ok = dataURL(url[5:]); !ok {
			return dst
		}
	}
	switch {
	case data != nil:
		if media == nil {
			media = sniff(data)
		}
		dst = append(dst, `{"type":"image","source":{"type":"base64","media_type":`...)
		dst = scan.AppendQuoted(dst, media)
		dst = append(dst, `,"data":`...)
		return append(scan.AppendQuoted(dst, data), `}}`...)
	case url != nil:
		dst = append(dst, `{"type":"image","source":{"type":"url","url":`...)
		return append(scan.AppendQuoted(dst, url), `}}`...)
	}
	return dst
}
