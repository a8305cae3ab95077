package openai

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// content writes the content of a message and returns its number of parts. Without parts it is an empty
// string if must is set, otherwise null.
func (o *chatOut) content(parts []core.Part, shape uint16, must bool) (n int) {
	thinking := !o.own && o.quirks&core.QuirkAnyChoice != 0 // Mistral has thinking in the content
	only := -1
	for i := 0; i < len(parts); i += 1 + int(parts[i].Inner) {
		if o.within(&parts[i], thinking) {
			n++
			only = i
		}
	}
	if o.own && shape&(saidText|saidList) == 0 && n == 0 {
		return 0 // absent, or null among the extras
	}
	o.dst = append(o.dst, `,"content":`...)
	single := n == 1 && parts[only].Kind == core.PartText
	switch {
	case o.own && shape&saidList != 0, n > 0 && !single:
		o.dst = append(o.dst, '[')
		from := len(o.dst)
		for i := 0; i < len(parts); i += 1 + int(parts[i].Inner) {
			if p := &parts[i]; o.within(p, thinking) {
				if len(o.dst) > from {
					o.dst = append(o.dst, ',')
				}
				o.part(p)
			}
		}
		o.dst = append(o.dst, ']')
	case single:
		o.dst = scan.AppendQuoted(o.dst, parts[only].Text)
	case o.own || must:
		o.dst = append(o.dst, `""`...)
	default:
		o.dst = append(o.dst, "null"...)
	}
	return n
}

// within reports whether p belongs in the content of its message. A part that this format does not have is
// recorded as dropped.
func (o *chatOut) within(p *core.Part, thinking bool) bool {
	switch p.Kind {
	case core.PartText:
		return o.own || len(p.Text) > 0
	case core.PartImage, core.PartFile, core.PartVideo:
		return p.Shape&partMember == 0
	case core.PartAudio:
		return p.ID == nil
	case core.PartRefusal:
		return o.own && p.Shape&partMember == 0
	case core.PartThought:
		if o.own {
			return p.Shape&(partDetail|partContent|partReason|partMistral) == 0
		}
		return thinking && len(p.Text) > 0
	case core.PartOther:
		if !o.own {
			o.c.Drop("messages.content." + string(p.Type))
			return false
		}
		return p.Shape&(partDetail|partCall) == 0
	}
	return false
}

// part writes one element of a content array.
func (o *chatOut) part(p *core.Part) {
	if o.own && (p.Shape&partRaw != 0 || p.Kind == core.PartOther) {
		o.dst = append(o.dst, p.Raw...)
		return
	}
	if o.own && p.Shape&partBare != 0 {
		o.dst = scan.AppendQuoted(o.dst, p.Text)
		return
	}
	o.dst = append(o.dst, '{')
	at := len(o.dst)
	typed := !o.own || p.Shape&partNoType == 0
	switch p.Kind {
	case core.PartText:
		o.dst = appendTextMember(appendType(o.dst, typed, "text"), "text", p.Text)
	case core.PartRefusal:
		o.dst = appendTextMember(appendType(o.dst, typed, "refusal"), "refusal", p.Text)
	case core.PartThought:
		o.dst = append(appendType(o.dst, typed, "thinking"), `,"thinking":[{"type":"text","text":`...)
		o.dst = append(scan.AppendQuoted(o.dst, p.Text), '}', ']')
	case core.PartImage:
		o.dst = append(appendType(o.dst, typed, "image_url"), `,"image_url":{"url":`...)
		o.source(p, "image/png")
		if p.Hint != nil {
			o.dst = appendTextMember(o.dst, "detail", p.Hint)
		}
		o.dst = append(o.dst, '}')
	case core.PartVideo:
		o.dst = append(appendType(o.dst, typed, "video_url"), `,"video_url":{"url":`...)
		o.source(p, "video/mp4")
		o.dst = append(o.dst, '}')
	case core.PartAudio:
		o.audio(p, typed)
	case core.PartFile:
		o.file(p, typed)
	}
	if o.own {
		o.dst = appendExtras(o.dst, o.t, p.More, "")
	}
	o.dst = append(uncomma(o.dst, at), '}')
}

// appendType appends the type member if typed is set.
func appendType(dst []byte, typed bool, name string) []byte {
	if !typed {
		return dst
	}
	return append(append(append(dst, `,"type":"`...), name...), '"')
}

// source writes the URL of an image or video, or its bytes as a data URL. media is its type if it is not
// known.
func (o *chatOut) source(p *core.Part, media string) {
	switch {
	case p.Data != nil:
		o.data(p, media)
	case len(p.URL) > 4 && string(p.URL[:4]) == "http":
		o.dst = scan.AppendQuoted(o.dst, p.URL)
	case p.File != nil:
		o.refusePart("file_id", "cannot send the uploaded file "+string(p.File)+" to "+string(o.s.Model)+": chat completions take no ids of files here")
	default:
		o.refusePart("image_url", "cannot send "+string(p.URL)+" to "+string(o.s.Model)+": its provider reads only http and https")
	}
}

func (o *chatOut) refusePart(param, message string) {
	if o.fault == nil {
		o.fault = body.Invalid(param, message, "send its bytes as base64")
	}
}

// data writes a data URL.
func (o *chatOut) data(p *core.Part, media string) {
	o.dst = append(o.dst, `"data:`...)
	if len(p.Media) > 0 {
		o.dst = append(o.dst, p.Media...)
	} else if !o.own {
		o.dst = append(o.dst, media...)
	}
	o.dst = append(append(append(o.dst, `;base64,`...), p.Data...), '"')
}

// audio writes audio input. Audio of the model is written as its transcript.
func (o *chatOut) audio(p *core.Part, typed bool) {
	if len(p.Text) > 0 && (p.Data == nil || o.speaks) {
		o.dst = appendTextMember(append(o.dst, `,"type":"text"`...), "text", p.Text)
		return
	}
	if p.Data == nil {
		o.refusePart("input_audio", "cannot send audio by URL or id to "+string(o.s.Model)+": chat completions take only its bytes")
		return
	}
	o.dst = append(appendType(o.dst, typed, "input_audio"), `,"input_audio":{"data":`...)
	o.dst = scan.AppendQuoted(o.dst, p.Data)
	o.dst = append(o.dst, `,"format":"`...)
	o.dst = append(append(o.dst, audioFormat(p.Media)...), '"', '}')
}

// audioFormat returns this format's name for an audio MIME type.
func audioFormat(media core.Text) []byte {
	switch string(media) {
	case "audio/mpeg", "audio/mp3":
		return []byte("mp3")
	case "audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave", "":
		return []byte("wav")
	}
	for i, c := range media {
		if c == '/' {
			return media[i+1:]
		}
	}
	return media
}

// document writes a file in Mistral's form.
func (o *chatOut) document(p *core.Part) {
	o.dst = append(o.dst, `,"type":"document_url","document_url":`...)
	if p.Data != nil {
		o.data(p, "application/pdf")
	} else {
		o.dst = scan.AppendQuoted(o.dst, p.URL)
	}
	if p.Name != nil {
		o.dst = appendTextMember(o.dst, "document_name", p.Name)
	}
}

func (o *chatOut) file(p *core.Part, typed bool) {
	switch {
	case !o.own && o.quirks&core.QuirkAnyChoice != 0 && (p.Data != nil || p.URL != nil):
		o.document(p)
		return
	case p.File != nil && o.family:
		o.dst = append(appendType(o.dst, typed, "file"), `,"file":{"file_id":`...)
		o.dst = scan.AppendQuoted(o.dst, p.File)
	case p.Data != nil:
		o.dst = append(appendType(o.dst, typed, "file"), `,"file":{"file_data":`...)
		o.data(p, "application/octet-stream")
	case p.Text != nil: // plain text is not a file here
		o.dst = appendTitled(append(o.dst, `,"type":"text","text":`...), p)
		return
	case p.File != nil:
		o.refusePart("file_id", "cannot send the file "+string(p.File)+" to "+string(o.s.Model)+": it was uploaded to another provider")
		return
	default:
		o.refusePart("file_url", "cannot send the file at "+string(p.URL)+" to "+string(o.s.Model)+": chat completions take only its bytes")
		return
	}
	if p.Name != nil {
		o.dst = appendTextMember(o.dst, "filename", p.Name)
	} else if !o.own && p.Data != nil {
		o.dst = append(o.dst, `,"filename":"`...) // OpenAI requires a name
		if string(p.Media) == "application/pdf" {
			o.dst = append(o.dst, `document.pdf"`...)
		} else {
			o.dst = append(o.dst, `document"`...)
		}
	}
	o.dst = append(o.dst, '}')
}
