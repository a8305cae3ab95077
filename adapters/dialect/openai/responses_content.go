package openai

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// part appends one part of a message of role, or of the output of a tool.
func (w *writer) part(dst []byte, p *core.Part, role core.Role) ([]byte, *core.Fault) {
	own, more := w.own, int32(0)
	if own {
		more = p.More
		if p.Shape&partBegins != 0 {
			_, more = w.item(p.More)
		}
	}
	at := len(dst)
	dst = append(dst, '{')
	var f *core.Fault
	switch p.Kind {
	case core.PartText:
		dst = w.text(dst, p, role)
	case core.PartRefusal:
		dst = appendField(append(dst, `"type":"refusal"`...), "refusal", p.Text)
	case core.PartImage:
		dst, f = w.image(dst, p, role)
	case core.PartFile:
		dst, f = w.file(dst, p, role)
	case core.PartAudio:
		dst, f = w.audio(dst, p, role)
	case core.PartOther:
		if own {
			return append(dst[:at], p.Raw...), nil
		}
		f = body.Invalid("messages", "cannot send content of type "+string(p.Type)+" to the Responses API", "leave it out, or name a model that is served by the API you speak")
	default:
		f = body.Invalid("messages", "cannot send video to the Responses API", "leave it out, or name another model")
	}
	if f != nil {
		return dst, f
	}
	dst, _ = appendChain(dst, &w.Tree, more)
	if len(dst) > at+1 && dst[at+1] == ',' { // the first extra is the first member
		dst = append(dst[:at+1], dst[at+2:]...)
	}
	return append(dst, '}'), nil
}

// item returns where the extras of an item begin in a chain, and those of its first part.
func (w *writer) item(more int32) (item, part int32) {
	for n := more; n != 0; {
		e, next := w.Extra(n)
		if n = next; e.Value == nil {
			return more, n
		}
	}
	return more, 0
}

func (w *writer) text(dst []byte, p *core.Part, role core.Role) []byte {
	switch {
	case w.own && p.Shape&partOddType != 0:
	case role == core.Assistant:
		dst = append(dst, `"type":"output_text"`...)
	default:
		dst = append(dst, `"type":"input_text"`...)
	}
	if w.own && p.Text == nil {
		return dst
	}
	return appendField(dst, "text", p.Text)
}

// said refuses media that a message of the assistant cannot have.
func said(role core.Role, what string) *core.Fault {
	if role != core.Assistant {
		return nil
	}
	return body.Invalid("messages", "cannot send "+what+" in an assistant's message to the Responses API", "put it into a user's message")
}

// uploaded refuses the id of a file that another provider holds.
func (w *writer) uploaded(p *core.Part) *core.Fault {
	if p.File == nil || w.From == &dialect {
		return nil
	}
	return body.Invalid("messages", "cannot use the file "+string(p.File)+": another provider holds it", "send its content")
}

func (w *writer) image(dst []byte, p *core.Part, role core.Role) ([]byte, *core.Fault) {
	if f := w.uploaded(p); f != nil {
		return dst, f
	}
	if f := said(role, "an image"); f != nil && !w.own {
		return dst, f
	}
	dst = append(dst, `"type":"input_image"`...)
	switch {
	case p.URL != nil:
		dst = appendField(dst, "image_url", p.URL)
	case p.Data != nil && !(w.own && p.Shape&partRawMedia != 0):
		dst = appendData(append(dst, `,"image_url":`...), p.Media, p.Data, "image/png")
	}
	if p.File != nil {
		dst = appendField(dst, "file_id", p.File)
	}
	if p.Hint != nil {
		dst = appendField(dst, "detail", p.Hint)
	}
	return dst, nil
}

// file appends a document. A text document is written as text, because not every model accepts text files.
func (w *writer) file(dst []byte, p *core.Part, role core.Role) ([]byte, *core.Fault) {
	if f := w.uploaded(p); f != nil {
		return dst, f
	}
	if f := said(role, "a document"); f != nil && !w.own {
		return dst, f
	}
	if p.Text != nil && p.Data == nil && p.URL == nil && p.File == nil {
		return appendTitled(append(dst, `"type":"input_text","text":`...), p), nil
	}
	dst = append(dst, `"type":"input_file"`...)
	if p.Name != nil {
		dst = appendField(dst, "filename", p.Name)
	}
	if p.Data != nil && !(w.own && p.Shape&partRawMedia != 0) {
		if p.Name == nil && !w.own {
			dst = append(dst, `,"filename":"document.pdf"`...) // a name is required
		}
		dst = appendData(append(dst, `,"file_data":`...), p.Media, p.Data, "application/pdf")
	}
	if p.URL != nil {
		dst = appendField(dst, "file_url", p.URL)
	}
	if p.File != nil {
		dst = appendField(dst, "file_id", p.File)
	}
	return dst, nil
}

func (w *writer) audio(dst []byte, p *core.Part, role core.Role) ([]byte, *core.Fault) {
	if f := said(role, "audio"); f != nil && !w.own {
		return dst, f
	}
	dst = append(dst, `"type":"input_audio"`...)
	if w.own && p.Shape&partRawMedia != 0 {
		return dst, nil
	}
	if p.Data == nil && !w.own {
		return dst, body.Invalid("messages", "cannot send audio by its address to the Responses API", "send it as base64")
	}
	dst = scan.AppendQuoted(append(dst, `,"input_audio":{"data":`...), p.Data)
	dst = appendAudioFormat(append(dst, `,"format":"`...), p.Media)
	return append(dst, `"}`...), nil
}
