package cohere

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// part appends one element of a content array.
func (a *asked) part(dst []byte, mark int, p *core.Part) ([]byte, *core.Fault) {
	switch p.Kind {
	case core.PartOther:
		if !a.own {
			return dst, nil
		}
		return append(next(dst, mark), p.Raw...), nil
	case core.PartFile, core.PartVideo:
		return dst, noMedia(p)
	case core.PartAudio:
		if p.Text == nil { // otherwise its transcript is written
			return dst, noMedia(p)
		}
	case core.PartImage:
		if f := unshown(p); f != nil {
			return dst, f
		}
	}
	dst = next(dst, mark)
	if a.own && p.Shape&partDocument != 0 {
		return append(dst, p.Raw...), nil
	}
	switch p.Kind {
	case core.PartImage:
		if !a.own || p.Shape&partRawImage == 0 {
			dst = image(dst, p)
			dst = dst[:len(dst)-1]
		} else {
			dst = append(dst, `{"type":"image_url"`...)
		}
	case core.PartThought, core.PartVeiled:
		dst = scan.AppendQuoted(append(dst, `{"type":"thinking","thinking":`...), p.Text)
		if p.Kind == core.PartVeiled {
			dst = append(dst, `,"redacted":true`...)
		}
	default:
		dst = scan.AppendQuoted(append(dst, `{"type":"text","text":`...), p.Text)
	}
	if a.own {
		if len(p.Sign) > 0 && p.Vendor == core.Cohere {
			dst = scan.AppendQuoted(append(dst, `,"signature":`...), p.Sign)
		}
		dst = appendExtras(dst, &a.c.Tree, p.More)
	}
	return append(dst, '}'), nil
}

// unshown returns why an image cannot be sent, nil if it can.
func unshown(p *core.Part) *core.Fault {
	if p.URL != nil || p.Data != nil {
		return nil
	}
	return body.Invalid("messages", `cannot send the image "`+string(p.File)+`" to Cohere: its id is another provider's`,
		"send the image as a data URL")
}

// noMedia returns why a part cannot be sent.
func noMedia(p *core.Part) *core.Fault {
	what := "audio"
	switch p.Kind {
	case core.PartVideo:
		what = "video"
	case core.PartFile:
		what = "a file that is no plain text"
	}
	return body.Invalid("messages", "cannot send "+what+" to Cohere: its chat models read text and images", "send its text")
}

// image appends {"type":"image_url",…}.
func image(dst []byte, p *core.Part) []byte {
	dst = append(dst, `{"type":"image_url","image_url":{"url":"`...)
	if p.Data != nil {
		dst = append(dst, "data:"...)
		if p.Media == nil {
			dst = append(dst, "image/png"...) // readers detect the type from the bytes
		}
		dst = append(append(append(dst, p.Media...), ";base64,"...), p.Data...)
	} else {
		dst = append(dst, p.URL...)
	}
	dst = append(dst, '"')
	switch string(p.Hint) {
	case "":
	case "original":
		dst = append(dst, `,"detail":"high"`...)
	default:
		dst = scan.AppendQuoted(append(dst, `,"detail":`...), p.Hint)
	}
	return append(dst, `}}`...)
}
