package anthropic

import (
	"bytes"
	"encoding/base64"

	"asbru/core"
	"asbru/core/scan"
)

// media appends an image or a document without its closing brace. It returns false if it cannot be sent.
func (w *writer) media(p *core.Part) bool {
	at := len(w.b)
	more, side := w.more, w.side
	w.comma()
	if p.Kind == core.PartImage {
		w.b = append(w.b, `{"type":"image"`...)
	} else {
		w.b = append(w.b, `{"type":"document"`...)
	}
	if !w.own || p.Shape&partRawSource == 0 {
		if fault := w.source(p); fault != nil {
			w.fault = fault
			w.b, w.more, w.side = w.b[:at], more, side
			return false
		}
	}
	if p.Hint != nil && string(p.Hint) != "auto" {
		w.c.Drop("detail")
	}
	if p.Kind == core.PartFile && p.Name != nil {
		w.b = append(w.b, `,"title":`...)
		w.b = scan.AppendQuoted(w.b, p.Name)
	}
	if p.Kind == core.PartFile && w.cites() {
		w.c.PaperOf(p, func(e *core.Extra) {
			w.b = append(append(scan.AppendQuoted(append(w.b, ','), e.Key), ':'), e.Value...)
		})
	}
	return true
}

// source appends the source of p.
func (w *writer) source(p *core.Part) *core.Fault {
	media, data, url := p.Media, p.Data, p.URL
	if rest, ok := bytes.CutPrefix(url, []byte("data:")); ok {
		if media, data, ok = dataURL(rest); !ok {
			return w.lacks("messages", "takes data URLs in base64 alone", "encode it in base64")
		}
		url = nil
	}
	switch {
	case p.File != nil && w.own:
		w.b = append(w.b, `,"source":{"type":"file","file_id":`...)
		w.b = append(scan.AppendQuoted(w.b, p.File), '}')
	case data != nil:
		return w.bytes(p, media, data)
	case url != nil:
		if !w.own && !bytes.HasPrefix(url, []byte("http")) {
			return w.lacks("messages", "fetches from http and https alone", "send the bytes in base64")
		}
		w.b = append(w.b, `,"source":{"type":"url","url":`...)
		w.b = append(scan.AppendQuoted(w.b, url), '}')
	case p.Kind == core.PartFile && p.Text != nil:
		w.b = append(w.b, `,"source":{"type":"text","media_type":"text/plain","data":`...)
		w.b = append(scan.AppendQuoted(w.b, p.Text), '}')
	case p.File != nil:
		return w.lacks("messages", "cannot read file "+string(p.File)+" of another provider", "send the bytes in base64")
	default:
		return w.lacks("messages", "takes no file without bytes", "send the bytes in base64")
	}
	return nil
}

// bytes appends a source with the data itself.
func (w *writer) bytes(p *core.Part, media, data core.Text) *core.Fault {
	if media == nil {
		media = sniff(data)
	}
	if !w.own && p.Kind == core.PartFile && !isPDF(media) {
		if !bytes.HasPrefix(media, []byte("text")) {
			return w.lacks("messages", "takes PDF and text, not "+string(media), "send the file as one of them")
		}
		return w.plain(data)
	}
	w.b = append(w.b, `,"source":{"type":"base64"`...)
	if media != nil {
		w.b = append(w.b, `,"media_type":`...)
		w.b = scan.AppendQuoted(w.b, media)
	}
	w.b = append(w.b, `,"data":`...)
	w.b = append(scan.AppendQuoted(w.b, data), '}')
	return nil
}

// plain appends a text document, which this format does not accept in base64.
func (w *writer) plain(data core.Text) *core.Fault {
	room := w.c.Room()
	at := len(room)
	room = scan.AppendUnescaped(room, data)
	n, err := base64.StdEncoding.Decode(room[at:], room[at:])
	if err != nil {
		return w.lacks("messages", "takes documents in base64, and this one cannot be read", "encode it in base64")
	}
	w.b = append(w.b, `,"source":{"type":"text","media_type":"text/plain","data":`...)
	w.b = append(scan.AppendString(w.b, room[at:at+n]), '}')
	return nil
}

// dataURL splits the rest of a URL after "data:" into its type and its base64 (RFC 2397).
func dataURL(rest core.Text) (media, data core.Text, ok bool) {
	head, data, ok := bytes.Cut(rest, []byte(","))
	if !ok {
		return nil, nil, false
	}
	if head, ok = bytes.CutSuffix(head, []byte(";base64")); !ok {
		return nil, nil, false
	}
	head, _, _ = bytes.Cut(head, []byte(";"))
	if len(head) == 0 {
		head = nil
	}
	return head, data, true
}

// sniff returns the media type of data from its first bytes; nil: unknown.
func sniff(data core.Text) core.Text {
	for _, m := range magics {
		if len(data) >= len(m.begins) && string(data[:len(m.begins)]) == m.begins {
			return m.media
		}
	}
	return nil
}

// magics are the first bytes of files, in base64.
var magics = [...]struct {
	begins string
	media  core.Text
}{
	{"/9j/", core.Text("image/jpeg")}, {`\/9j\/`, core.Text("image/jpeg")}, {"iVBORw", core.Text("image/png")},
	{"R0lGOD", core.Text("image/gif")}, {"UklGR", core.Text("image/webp")}, {"JVBERi", core.Text("application/pdf")},
}

func isPDF(media core.Text) bool {
	return string(media) == "application/pdf" || string(media) == `application\/pdf`
}
