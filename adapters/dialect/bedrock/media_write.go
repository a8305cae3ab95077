package bedrock

import (
	"bytes"

	"asbru/core"
	"asbru/core/scan"
)

// kinds are the names of media blocks.
var kinds = [...]struct {
	kind  core.PartKind
	block string // name in Converse
	param string // name for clients
}{
	{core.PartImage, "image", "image_url"},
	{core.PartFile, "document", "file"},
	{core.PartVideo, "video", "video"},
	{core.PartAudio, "audio", "input_audio"},
}

// media appends an image, a document, a video or audio: its bytes, or its location in S3.
func (q *requestWriter) media(dst []byte, p *core.Part) []byte {
	k := &kinds[0]
	for i := range kinds {
		if kinds[i].kind == p.Kind {
			k = &kinds[i]
		}
	}
	dst = append(append(append(dst, `{"`...), k.block...), `":`...)
	if q.own && p.Shape&shapeRaw != 0 {
		return append(append(dst, p.Raw...), '}')
	}
	if q.fault = q.fits(p, k.param); q.fault != nil {
		return dst
	}
	dst = append(dst, '{')
	if f := formatOf(p.Kind, mediaType(p, q.own)); f != "" {
		dst = append(append(append(dst, `"format":"`...), f...), `",`...)
	}
	if p.Kind == core.PartFile {
		dst = q.name(dst, p)
	}
	dst = append(dst, `"source":{`...)
	switch {
	case p.Data != nil:
		dst = scan.AppendQuoted(append(dst, `"bytes":`...), p.Data)
	case p.URL != nil:
		dst = append(scan.AppendQuoted(append(dst, `"s3Location":{"uri":`...), p.URL), '}')
	case p.Text != nil:
		dst = scan.AppendQuoted(append(dst, `"text":`...), p.Text)
	}
	dst = append(dst, '}')
	if q.own {
		dst = appendChain(dst, &q.c.Tree, p.More)
	}
	return append(q.appendPaper(dst, p), "}}"...)
}

// appendPaper appends what a document in Anthropic's format says that one here can say as well.
func (q *requestWriter) appendPaper(dst []byte, p *core.Part) []byte {
	if p.Kind != core.PartFile || q.own || !q.cites() {
		return dst
	}
	q.c.PaperOf(p, func(e *core.Extra) {
		dst = append(append(scan.AppendQuoted(append(dst, ','), e.Key), ':'), e.Value...)
	})
	return dst
}

// cites reports whether a request comes in Anthropic's format and goes to a model of theirs, which alone read what
// core.Paper has.
func (q *requestWriter) cites() bool {
	return q.m.claude && q.c.From != nil && (q.c.From.Name == "anthropic" || q.c.Op == core.OpInvoke)
}

// fits returns why Converse does not accept p, nil if it does.
func (q *requestWriter) fits(p *core.Part, param string) *core.Fault {
	if q.own {
		return nil
	}
	switch {
	case p.File != nil:
		return cannot(param, "the file "+string(p.File)+" is kept by another provider", "send its bytes in base64")
	case p.URL != nil && !s3(p.URL):
		return cannot(param, "Bedrock fetches nothing from "+string(p.URL), "send the bytes in base64, or an s3:// address")
	case p.URL == nil && p.Data == nil && p.Text == nil:
		return cannot(param, "it has no content", "send the bytes in base64")
	case p.Kind != core.PartFile && p.Text != nil && p.Data == nil && p.URL == nil:
		return cannot(param, "it has no content", "send the bytes in base64")
	case formatOf(p.Kind, mediaType(p, false)) == "":
		return cannot(param, "Bedrock does not take media of the type "+string(p.Media), "convert it to one that it takes, such as png, pdf, mp4 or wav")
	}
	return nil
}

func s3(u core.Text) bool {
	return bytes.HasPrefix(u, []byte("s3:")) // the rest may have escapes
}

// mediaType returns the MIME type of p: its own, or else that of its name's extension.
func mediaType(p *core.Part, own bool) core.Text {
	if p.Media != nil || own {
		return p.Media
	}
	where := p.Name
	if where == nil {
		where = p.URL
	}
	if i := bytes.LastIndexByte(where, '.'); i >= 0 {
		if m := mediaOf(p.Kind, where[i+1:]); m != nil {
			return m
		}
	}
	if p.Kind == core.PartFile && p.Data == nil && p.Text != nil {
		return mediaOf(core.PartFile, txt)
	}
	return nil
}

var txt = []byte("txt")

// name appends the name of a document, which is required, limited to certain characters, and must be unique.
func (q *requestWriter) name(dst []byte, p *core.Part) []byte {
	dst = append(dst, `"name":`...)
	if q.own {
		if p.Name == nil {
			return dst[:len(dst)-len(`"name":`)]
		}
		return append(scan.AppendQuoted(dst, p.Name), ',')
	}
	dst = appendName(append(dst, '"'), p.Name)
	before := int64(0)
	for i := range q.c.Parts {
		o := &q.c.Parts[i]
		if o == p {
			break
		}
		if o.Kind == core.PartFile && string(o.Name) == string(p.Name) {
			before++
		}
	}
	if before > 0 {
		dst = scan.AppendInt(append(dst, ' '), before+1)
	}
	return append(dst, `",`...)
}

// appendName appends name with a hyphen in place of characters that Converse does not accept: other than
// letters, digits, single spaces, hyphens, parentheses and brackets.
func appendName(dst []byte, name core.Text) []byte {
	at := len(dst)
	for i := 0; i < len(name) && len(dst)-at < maxName-10; i++ {
		c := name[i]
		last := byte(' ')
		if len(dst) > at {
			last = dst[len(dst)-1]
		}
		switch {
		case word(c) && c != '_', c == '(', c == ')', c == '[', c == ']':
			dst = append(dst, c)
		case c == ' ':
			if last != ' ' {
				dst = append(dst, ' ')
			}
		default:
			if c == '\\' && i+1 < len(name) {
				if i++; name[i] == 'u' {
					i = min(i+4, len(name)-1)
				}
			}
			if last != '-' && len(dst) > at {
				dst = append(dst, '-')
			}
		}
	}
	for len(dst) > at && (dst[len(dst)-1] == ' ' || dst[len(dst)-1] == '-') {
		dst = dst[:len(dst)-1]
	}
	if len(dst) == at {
		return append(dst, "document"...)
	}
	return dst
}
