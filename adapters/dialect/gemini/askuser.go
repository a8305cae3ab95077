package gemini

import (
	"bytes"

	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// user appends the parts of the turns from i to j, which are the user's and of tools: first
// the results, in the order of the calls before them, then the media in them, then the rest.
func (k *asking) user(dst []byte, i, j int, only bool) ([]byte, *core.Fault) {
	dst, f := k.results(dst, i, j)
	if f != nil {
		return dst, f
	}
	for ; i < j; i++ {
		t := k.c.Turns[i]
		if instructs(t.Role) && !only {
			continue
		}
		for n := t.From; n < t.To; n += 1 + k.c.Parts[n].Inner {
			if dst, f = k.asked(dst, n); f != nil {
				return dst, f
			}
		}
	}
	return dst, nil
}

// asked appends a part of a user's turn that is no result.
func (k *asking) asked(dst []byte, n int32) ([]byte, *core.Fault) {
	p := &k.c.Parts[n]
	switch p.Kind {
	case core.PartText, core.PartRefusal:
		return appendText(dst, p.Text), nil
	case core.PartImage, core.PartFile, core.PartAudio, core.PartVideo:
		if p.Inner > 0 {
			return k.inner(dst, n)
		}
		if p.Hint != nil && string(p.Hint) != "auto" {
			k.c.Drop("detail")
		}
		return appendMedia(dst, p)
	}
	return dst, nil
}

// inner appends the parts that a document is made of.
func (k *asking) inner(dst []byte, n int32) ([]byte, *core.Fault) {
	for i := n + 1; i <= n+k.c.Parts[n].Inner; i += 1 + k.c.Parts[i].Inner {
		var f *core.Fault
		if dst, f = k.asked(dst, i); f != nil {
			return dst, f
		}
	}
	return dst, nil
}

// results appends the results in the turns from i to j.
func (k *asking) results(dst []byte, i, j int) ([]byte, *core.Fault) {
	parts := k.c.Parts
	from, to := k.c.Turns[i].From, k.c.Turns[j-1].To
	first := k.calls(i)
	for n := first; n < from; n++ {
		if parts[n].Kind != core.PartCall || earlier(parts[first:n], parts[n].ID) {
			continue
		}
		for r := from; r < to; r++ {
			if parts[r].Kind == core.PartResult && len(parts[r].ID) > 0 && bytes.Equal(parts[r].ID, parts[n].ID) {
				dst = k.result(dst, r, parts[n].Name)
			}
		}
	}
	for r := from; r < to; r++ {
		if parts[r].Kind != core.PartResult || len(parts[r].ID) > 0 && earlier(parts[first:from], parts[r].ID) {
			continue
		}
		name := k.nameOf(first, &parts[r])
		if name == nil {
			return dst, body.Invalid("messages", "cannot tell which tool a result is of: no call before it has the id "+string(parts[r].ID),
				"send the message with the call, too")
		}
		dst = k.result(dst, r, name)
	}
	for r := from; r < to; r++ {
		if parts[r].Kind != core.PartResult || k.gen == thinksByLevel {
			continue
		}
		var f *core.Fault
		if dst, f = k.media(dst, r); f != nil {
			return dst, f
		}
	}
	return dst, nil
}

// calls is where the parts of the model's turns right before turn i begin.
func (k *asking) calls(i int) int32 {
	at := k.c.Turns[i].From
	for i--; i >= 0 && (k.c.Turns[i].Role == core.Assistant || instructs(k.c.Turns[i].Role)); i-- {
		at = k.c.Turns[i].From
	}
	return at
}

func earlier(parts []core.Part, id core.Text) bool {
	for i := range parts {
		if parts[i].Kind == core.PartCall && bytes.Equal(parts[i].ID, id) {
			return true
		}
	}
	return false
}

// nameOf is the name of the tool whose result r is: of a call further up, or its own.
func (k *asking) nameOf(before int32, r *core.Part) core.Text {
	for n := before - 1; n >= 0; n-- {
		if p := &k.c.Parts[n]; p.Kind == core.PartCall && len(r.ID) > 0 && bytes.Equal(p.ID, r.ID) {
			return p.Name
		}
	}
	if len(r.Name) > 0 {
		return r.Name
	}
	return nil
}

// result appends a functionResponse. Gemini 3 takes media inside.
func (k *asking) result(dst []byte, r int32, name core.Text) []byte {
	p := &k.c.Parts[r]
	dst = append(sep(dst), `{"functionResponse":{`...)
	dst = k.id(dst, p.ID)
	dst = scan.AppendQuoted(field(dst, "name"), name)
	dst = appendResponse(field(dst, "response"), p, k.c.Inside(int(r)))
	if k.gen == thinksByLevel {
		at := len(dst)
		dst = append(dst, `,"parts":[`...)
		open := len(dst)
		if with, f := k.media(dst, r); f == nil && len(with) > open {
			dst = append(with, ']')
		} else {
			dst = dst[:at]
		}
	}
	return append(dst, `}}`...)
}

// media appends the pictures, files and sounds in the result at r.
func (k *asking) media(dst []byte, r int32) ([]byte, *core.Fault) {
	for n := r + 1; n <= r+k.c.Parts[r].Inner; n++ {
		switch p := &k.c.Parts[n]; p.Kind {
		case core.PartImage, core.PartFile, core.PartAudio, core.PartVideo:
			var f *core.Fault
			if dst, f = k.asked(dst, n); f != nil {
				return dst, f
			}
			n += p.Inner
		}
	}
	return dst, nil
}

// appendResponse appends what a tool answered as the object it must be: an object as it is, a list
// or a text as the output, a failure as the error.
func appendResponse(dst []byte, p *core.Part, inside []core.Part) []byte {
	one, several := core.Text(nil), false
	for i := range inside {
		if inside[i].Kind == core.PartText {
			several = several || one != nil
			if one == nil {
				one = inside[i].Text
			}
		}
	}
	at := len(dst)
	if !several {
		dst = scan.AppendUnescaped(dst, one)
		switch json := trim(dst[at:]); {
		case len(json) > 0 && json[0] == '{' && !p.Fails && scan.Object(json, nil, nil) == nil:
			return dst
		case len(json) > 0 && (json[0] == '[' || json[0] == '{') && scan.Valid(json) == nil:
			end := len(dst)
			dst = append(outcome(dst, p.Fails), json...)
			n := copy(dst[at:], dst[end:])
			return append(dst[:at+n], '}')
		}
		dst = dst[:at]
	}
	dst = append(outcome(dst, p.Fails), '"')
	n := 0
	for i := range inside {
		if inside[i].Kind != core.PartText {
			continue
		}
		if n++; n > 1 {
			dst = append(dst, `\n`...)
		}
		dst = append(dst, inside[i].Text...)
	}
	return append(dst, `"}`...)
}

func outcome(dst []byte, fails bool) []byte {
	if fails {
		return append(dst, `{"error":`...)
	}
	return append(dst, `{"output":`...)
}

// appendMedia appends a picture, document, sound or film: its bytes, or where they are.
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
	return appendText(dst, p.Text), nil
}

func appendURI(dst []byte, media, uri core.Text) []byte {
	dst = append(sep(dst), `{"fileData":{`...)
	if len(media) > 0 {
		dst = scan.AppendQuoted(field(dst, "mimeType"), media)
	}
	return append(scan.AppendQuoted(field(dst, "fileUri"), uri), `}}`...)
}

// sniff is the MIME type of data that came without one, from its first bytes in base64.
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
