package openai

import (
	"asbru/core"
	"asbru/core/scan"
)

// said reads the content of a message of the assistant, a string or a list of parts. The first part also
// holds the shape and extras of the message.
func (it *item) said(content []byte) {
	shape := uint16(partBegins)
	if it.raw[itemType] != nil {
		shape |= partTyped
	}
	separate(it.Tree, &it.more)
	if text, ok := scan.Inside(content); ok {
		it.Add(core.Part{Kind: core.PartText, Text: text, Shape: shape | partString, More: it.more})
		return
	}
	it.parts(content, true, shape, it.more)
}

// parts reads a list of parts. shape and more are the first one's.
func (it *item) parts(list []byte, assistant bool, shape uint16, more int32) {
	w := scan.Elements(list)
	for {
		_, value, ok := w.Next()
		if !ok {
			return
		}
		it.part(value, assistant, shape, more)
		shape, more = 0, 0
	}
}

// part reads one part of a message or of the output of a tool.
func (it *item) part(raw []byte, assistant bool, shape uint16, more int32) {
	kind := member(raw, "type")
	p := core.Part{Shape: shape, More: more}
	switch string(kind) {
	case `"input_text"`, `"output_text"`, `"text"`, "":
		p.Kind = core.PartText
		if assistant && string(kind) != `"output_text"` || !assistant && string(kind) != `"input_text"` {
			p.Shape |= partOddType
		}
	case `"refusal"`:
		p.Kind = core.PartRefusal
	case `"input_image"`:
		p.Kind = core.PartImage
	case `"input_file"`:
		p.Kind = core.PartFile
	case `"input_audio"`:
		p.Kind = core.PartAudio
	default:
		p.Kind = core.PartOther
		p.Type, _ = scan.Inside(kind)
		p.Raw = raw
		it.Add(p)
		return
	}
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		if string(key) == "type" && p.Shape&partOddType == 0 {
			continue
		}
		switch p.Kind {
		case core.PartText:
			ok = it.text(&p, key, value)
		case core.PartRefusal:
			ok = string(key) == "refusal" && inside(&p.Text, value)
		case core.PartImage:
			ok = it.image(&p, key, value)
		case core.PartFile:
			ok = it.file(&p, key, value)
		case core.PartAudio:
			ok = string(key) == "input_audio" && it.audio(&p, value)
		}
		if p.Kind == core.PartOther {
			p.Raw = raw
			break
		}
		if !ok {
			it.Keep(&p.More, key, value)
		}
	}
	it.Add(p)
}

// inside stores the inside of the string value in dst. ok is false if it is not a string.
func inside(dst *core.Text, value []byte) (ok bool) {
	text, ok := scan.Inside(value)
	if ok {
		*dst = text
	}
	return ok
}

// text reads a member of a text. Citations and logprobs are read for other formats, and kept unchanged for
// this face.
func (it *item) text(p *core.Part, key, value []byte) bool {
	switch string(key) {
	case "text":
		return inside(&p.Text, value)
	case "annotations":
		if it.reply {
			w := scan.Elements(value)
			for {
				_, raw, ok := w.Next()
				if !ok {
					break
				}
				it.Cite(&p.Cites, citation(raw))
			}
		}
	case "logprobs":
		if it.reply && it.probs == nil && elements(value) > 0 {
			it.probs = value
		}
	}
	return false
}

// citation reads an annotation. Only citations of web pages exist in other formats.
func citation(raw []byte) core.Cite {
	c := core.Cite{Start: -1, End: -1, Source: -1, From: -1, To: -1, Raw: raw}
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			return c
		}
		switch string(key) {
		case "type":
			if string(value) == `"url_citation"` {
				c.Unit = core.CiteWeb
			}
		case "url":
			inside(&c.URL, value)
		case "title":
			inside(&c.Title, value)
		case "start_index":
			if n, ok := scan.Whole(value); ok {
				c.Start = n
			}
		case "end_index":
			if n, ok := scan.Whole(value); ok {
				c.End = n
			}
		}
	}
}

// image reads a member of an image, which is in the URL or an uploaded file.
func (it *item) image(p *core.Part, key, value []byte) bool {
	switch string(key) {
	case "image_url":
		return it.media(p, value)
	case "file_id":
		return inside(&p.File, value)
	case "detail":
		return inside(&p.Hint, value)
	}
	return false
}

// file reads a member of a document.
func (it *item) file(p *core.Part, key, value []byte) bool {
	switch string(key) {
	case "filename":
		return inside(&p.Name, value)
	case "file_data":
		text, ok := scan.Inside(value)
		if ok && !isData(text) { // base64 without a data URL
			p.Data = text
			p.Shape |= partRawMedia
			return false
		}
		return it.media(p, value)
	case "file_url":
		return it.media(p, value)
	case "file_id":
		return inside(&p.File, value)
	}
	return false
}

// media reads a URL, which may contain the data. It returns false if the URL must be kept unchanged as well.
func (it *item) media(p *core.Part, value []byte) bool {
	url, ok := scan.Inside(value)
	if !ok {
		return false
	}
	if !isData(url) {
		p.URL = url
		return true
	}
	media, data, whole, ok := takeData(it.Tree, url)
	if !ok { // no other family can use it
		p.Kind, p.Type = core.PartOther, it.Took(append(it.Room(), "data URL without base64"...))
		return false
	}
	p.Media, p.Data = media, data
	if !whole {
		p.Shape |= partRawMedia
	}
	return whole
}

// audio reads the object of an audio part.
func (it *item) audio(p *core.Part, value []byte) bool {
	known := true
	w := scan.Members(value)
	for {
		key, v, ok := w.Next()
		if !ok {
			break
		}
		text, isText := scan.Inside(v)
		switch string(key) {
		case "data":
			p.Data = text
		case "format":
			p.Media = audioMedia(it.Tree, text)
		default:
			isText = false
		}
		known = known && isText
	}
	if !known {
		p.Shape |= partRawMedia
	}
	return known
}
