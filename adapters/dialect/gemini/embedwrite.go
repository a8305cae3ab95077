package gemini

import (
	"strconv"
	"strings"

	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// wanted returns the kind of request that the face's path takes.
func wanted(f *core.Face) uint32 {
	switch {
	case f == nil:
		return embedBatch
	case strings.HasSuffix(f.Paths[core.OpEmbed], ":predict"):
		return embedPredict
	case strings.HasSuffix(f.Paths[core.OpEmbed], ":embedContent"):
		return embedOne
	}
	return embedBatch
}

// appendEmbed is the codec's AppendRequest. A request of this format is written unchanged for a path that takes the same
// kind of request.
func appendEmbed(dst []byte, e *core.Embed, s *core.Send) ([]byte, *core.Fault) {
	at, shape := len(dst), wanted(s.Face)
	var f *core.Fault
	switch kept := e.From == &api; {
	case kept && shape == embedShape(e):
		raw, _ := e.Extra(int32(e.Shape >> embedBits))
		dst = keptEmbed(dst, raw.Value, s.Model, shape)
	case kept && shape == embedBatch && embedShape(e) == embedOne:
		raw, _ := e.Extra(int32(e.Shape >> embedBits))
		dst = append(appendNamed(append(dst, `{"requests":[`...), raw.Value, s.Model), `]}`...)
	case shape == embedPredict:
		dst, f = appendInstances(dst, e)
	case shape == embedOne:
		if len(e.Inputs) != 1 {
			return dst, body.Invalid("input", "cannot embed "+strconv.Itoa(len(e.Inputs))+" inputs at once with this model: it takes one a request", "send them one by one")
		}
		dst, f = appendOne(dst, e, &e.Inputs[0], s)
	default:
		dst, f = appendBatch(dst, e, s)
	}
	if f != nil {
		return dst, f
	}
	if e.User != nil {
		e.Dropped = append(e.Dropped, "user")
	}
	return body.Edit(dst, at, s.Face), nil
}

func appendBatch(dst []byte, e *core.Embed, s *core.Send) ([]byte, *core.Fault) {
	dst = append(dst, `{"requests":[`...)
	for i := range e.Inputs {
		var f *core.Fault
		if dst, f = appendOne(sep(dst), e, &e.Inputs[i], s); f != nil {
			return dst, f
		}
	}
	return append(dst, `]}`...), nil
}

// appendInstances appends the body of a prediction at Vertex AI, which embeds only texts.
func appendInstances(dst []byte, e *core.Embed) ([]byte, *core.Fault) {
	dst = append(dst, `{"instances":[`...)
	for i := range e.Inputs {
		if e.Inputs[i].Text == nil || e.Inputs[i].Image != nil {
			return dst, body.Invalid("input", "cannot embed anything but text at Vertex AI", "send the text")
		}
		dst = scan.AppendQuoted(append(sep(dst), `{"content":`...), e.Inputs[i].Text)
		if e.Kind != nil {
			dst = append(appendTask(append(field(dst, "task_type"), '"'), e.Kind), '"')
		}
		if e.Title != nil {
			dst = scan.AppendQuoted(field(dst, "title"), e.Title)
		}
		dst = append(dst, '}')
	}
	dst = append(dst, `],"parameters":{`...)
	if !scan.IsNull(e.Size) {
		dst = append(field(dst, "outputDimensionality"), e.Size...)
	}
	if e.Cut != core.Unsaid {
		dst = append(field(dst, "autoTruncate"), boolean(e.Cut == core.Yes)...)
	}
	return append(dst, `}}`...), nil
}

func boolean(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

// keptEmbed appends a request unchanged, except for the target's model in a batch.
func keptEmbed(dst, raw, model []byte, shape uint32) []byte {
	if shape == embedBatch {
		return keptBatch(dst, raw, model)
	}
	return append(dst, raw...)
}

// keptBatch appends a batch unchanged, except for the target's model.
func keptBatch(dst, raw, model []byte) []byte {
	dst = append(dst, '{')
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			return append(dst, '}')
		}
		dst = append(scan.AppendQuoted(sep(dst), key), ':')
		if string(key) != "requests" {
			dst = append(dst, value...)
			continue
		}
		dst = append(dst, '[')
		list := scan.Elements(value)
		for {
			_, one, ok := list.Next()
			if !ok {
				break
			}
			dst = appendNamed(sep(dst), one, model)
		}
		dst = append(dst, ']')
	}
}

// appendNamed appends the request one with the target's model.
func appendNamed(dst, one, model []byte) []byte {
	dst = append(scan.AppendEscaped(append(dst, `{"model":"models/`...), model), '"')
	w := scan.Members(one)
	for {
		key, value, ok := w.Next()
		if !ok {
			return append(dst, '}')
		}
		if string(key) != "model" {
			dst = append(append(scan.AppendQuoted(sep(dst), key), ':'), value...)
		}
	}
}

func appendOne(dst []byte, e *core.Embed, in *core.Input, s *core.Send) ([]byte, *core.Fault) {
	if in.Text == nil && in.Image == nil {
		return dst, body.Invalid("input", "cannot embed token ids at Gemini: it has another tokenizer", "send the text")
	}
	dst = append(scan.AppendEscaped(append(dst, `{"model":"models/`...), s.Model), `","content":{"parts":[`...)
	if in.Text != nil {
		dst = append(scan.AppendQuoted(append(dst, `{"text":`...), in.Text), '}')
	}
	if in.Image != nil {
		p := core.Part{Kind: core.PartImage}
		if !splitURL(in.Image, &p) {
			return dst, body.Invalid("input", "cannot embed a picture by its URL at Gemini", "send a data URL")
		}
		dst, _ = appendMedia(dst, &p)
	}
	dst = append(dst, `]}`...)
	if e.Kind != nil {
		dst = append(field(dst, "taskType"), '"')
		dst = append(appendTask(dst, e.Kind), '"')
	}
	if e.Title != nil {
		dst = scan.AppendQuoted(field(dst, "title"), e.Title)
	}
	if !scan.IsNull(e.Size) {
		dst = append(field(dst, "outputDimensionality"), e.Size...)
	}
	return append(dst, '}'), nil
}

func appendTask(dst []byte, kind core.Text) []byte {
	for _, k := range taskTypes {
		if string(kind) == k[0] {
			return append(dst, k[1]...)
		}
	}
	return append(dst, kind...)
}

// splitURL reads a data URL (RFC 2397) in base64; its slashes may be escaped.
func splitURL(url core.Text, p *core.Part) bool {
	if len(url) < 5 || string(url[:5]) != "data:" {
		return false
	}
	for i := 5; i < len(url); i++ {
		if url[i] != ',' {
			continue
		}
		const mark = ";base64"
		if n := i - len(mark); n >= 5 && string(url[n:i]) == mark {
			p.Media, p.Data = url[5:n], url[i+1:]
			return true
		}
		return false
	}
	return false
}
