package gemini

import (
	"bytes"

	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

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

// calls returns the index of the first part of the model's turns directly before turn i.
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

// nameOf returns the name of the tool for the result r: that of its call, or its own.
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

// result appends a functionResponse. For Gemini 3 it contains media.
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

// media appends the images, files and audio in the result at r.
func (k *asking) media(dst []byte, r int32) ([]byte, *core.Fault) {
	for n := r + 1; n <= r+k.c.Parts[r].Inner; n++ {
		switch p := &k.c.Parts[n]; p.Kind {
		case core.PartImage, core.PartFile, core.PartAudio, core.PartVideo, core.PartOther:
			var f *core.Fault
			if dst, f = k.asked(dst, n); f != nil {
				return dst, f
			}
			n += p.Inner
		}
	}
	return dst, nil
}

// appendResponse appends the content of a result as an object, which is required: an object unchanged, a list or a text
// as its output, a failure as its error.
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
