package gemini

import (
	"bytes"

	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// parseBlob reads an inlineData.
func parseBlob(p *core.Part, raw []byte) {
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch word(key) {
		case kMimeType:
			p.Media, _ = scan.Inside(value)
		case kData:
			p.Data, _ = scan.Inside(value)
		case kDisplayName:
			p.Name, _ = scan.Inside(value)
		}
	}
	p.Kind = mediaKind(p.Media)
}

// standard returns data in the standard base64 alphabet with padding. Google accepts the alphabet for URLs as well
// (https://protobuf.dev/programming-guides/json), and its SDK for Python uses it.
func standard(t *core.Tree, data core.Text) core.Text {
	if bytes.IndexByte(data, '-') < 0 && bytes.IndexByte(data, '_') < 0 {
		return data
	}
	room := t.Room()
	at := len(room)
	for _, c := range data {
		switch c {
		case '-':
			c = '+'
		case '_':
			c = '/'
		case '\\': // before a slash
			continue
		}
		room = append(room, c)
	}
	for (len(room)-at)%4 > 1 {
		room = append(room, '=')
	}
	return t.Took(room)
}

// parseFile reads a fileData. A file that was uploaded to the Gemini API is Google's; any other URI is on the web, or at
// Google Cloud.
func parseFile(p *core.Part, raw []byte) {
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch word(key) {
		case kMimeType:
			p.Media, _ = scan.Inside(value)
		case kFileURI:
			p.URL, _ = scan.Inside(value)
		case kDisplayName:
			p.Name, _ = scan.Inside(value)
		}
	}
	p.Kind = mediaKind(p.Media)
	if len(p.Media) == 0 && bytes.Contains(p.URL, []byte("youtu")) {
		p.Kind = core.PartVideo
	}
	if uploaded(p.URL) {
		p.File, p.URL = p.URL, nil
	}
}

// uploaded reports whether uri names a file of the Gemini API.
func uploaded(uri core.Text) bool {
	return bytes.HasPrefix(uri, []byte("files/")) || bytes.Contains(uri, []byte("generativelanguage.googleapis.com"))
}

// mediaKind returns the kind of part for a MIME type.
func mediaKind(media core.Text) core.PartKind {
	switch {
	case bytes.HasPrefix(media, []byte("image")):
		return core.PartImage
	case bytes.HasPrefix(media, []byte("audio")):
		return core.PartAudio
	case bytes.HasPrefix(media, []byte("video")):
		return core.PartVideo
	}
	return core.PartFile
}

// appendMedia appends an image, document, audio or video: its bytes, or its URI.
func appendMedia(dst []byte, p *core.Part) ([]byte, *core.Fault) {
	switch {
	case len(p.Data) > 0:
		dst = append(sep(dst), `{"inlineData":{"mimeType":"`...)
		if len(p.Media) > 0 {
			dst = append(dst, p.Media...)
		} else {
			dst = append(dst, sniff(p)...)
		}
		return append(scan.AppendQuoted(append(dst, `","data":`...), p.Data), `}}`...), nil
	case len(p.URL) > 0:
		if bytes.HasPrefix(p.URL, []byte("s3:")) {
			return dst, body.Invalid("messages", "cannot send what is at "+string(p.URL)+" to Gemini: it cannot read from S3", "send the bytes, or an https or gs URL")
		}
		return appendURI(dst, p.Media, p.URL), nil
	case len(p.File) > 0:
		if !uploaded(p.File) && !bytes.HasPrefix(p.File, []byte("gs:")) && !bytes.HasPrefix(p.File, []byte("http")) {
			return dst, body.Invalid("file_id", "cannot send the file "+string(p.File)+" to Gemini: it was uploaded to another provider",
				"upload it to Google, or send its bytes")
		}
		return appendURI(dst, p.Media, p.File), nil
	}
	if len(p.Name) > 0 {
		dst = append(append(append(sep(dst), `{"text":"`...), p.Name...), `:\n`...)
		return append(append(dst, p.Text...), `"}`...), nil
	}
	return appendText(dst, p.Text), nil
}

func appendURI(dst []byte, media, uri core.Text) []byte {
	dst = append(sep(dst), `{"fileData":{`...)
	if len(media) > 0 {
		dst = scan.AppendQuoted(field(dst, "mimeType"), media)
	}
	return append(scan.AppendQuoted(field(dst, "fileUri"), uri), `}}`...)
}

// sniff returns the MIME type of a part without one, from its first bytes in base64.
func sniff(p *core.Part) string {
	for _, m := range [...][2]string{
		{"iVBORw0KGgo", "image/png"}, {"/9j/", "image/jpeg"}, {`\/9j\/`, "image/jpeg"}, {"R0lGOD", "image/gif"},
		{"JVBERi0", "application/pdf"}, {"SUQz", "audio/mpeg"}, {"T2dnUw", "audio/ogg"},
	} {
		if bytes.HasPrefix(p.Data, []byte(m[0])) {
			return m[1]
		}
	}
	switch p.Kind {
	case core.PartImage:
		return "image/webp"
	case core.PartAudio:
		return "audio/wav"
	case core.PartVideo:
		return "video/mp4"
	}
	return "application/pdf"
}
