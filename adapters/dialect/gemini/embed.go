package gemini

import (
	"errors"

	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// embeds is embedContent and batchEmbedContents of the Gemini API, and predict of Vertex AI:
// all are read, with one shape of request written, batchEmbedContents, unless the
// client used another. https://ai.google.dev/api/embeddings
var embeds = &core.EmbedCodec{
	ParseRequest:  parseEmbed,
	AppendRequest: appendEmbed,
	ParseReply:    parseVectors,
	AppendReply:   appendVectors,
}

// What Embed.Shape says: which of the three a request was. Above the bits is the extra that
// is the raw body.
const (
	embedBatch   = 0
	embedOne     = 1
	embedPredict = 2
	embedBits    = 2
)

func embedShape(e *core.Embed) uint32 { return e.Shape & (1<<embedBits - 1) }

func parseEmbed(e *core.Embed, doc []byte) *core.Fault {
	e.From = &api
	more := int32(0)
	e.Keep(&more, nil, doc)
	e.Shape = uint32(more) << embedBits
	w := scan.Members(doc)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch string(key) {
		case "requests":
			list := scan.Elements(value)
			for {
				_, one, ok := list.Next()
				if !ok {
					break
				}
				if f := parseOne(e, one); f != nil {
					return f
				}
			}
		case "content":
			e.Shape |= embedOne
		case "instances":
			e.Shape |= embedPredict
			list := scan.Elements(value)
			for {
				_, one, ok := list.Next()
				if !ok {
					break
				}
				if f := parseOne(e, one); f != nil {
					return f
				}
			}
		case "parameters":
			parseParameters(e, value)
		}
	}
	if embedShape(e) == embedOne {
		return parseOne(e, doc)
	}
	if len(e.Inputs) == 0 {
		return body.Invalid("requests", "cannot embed nothing: the request has no content", `send "content", or "requests" with one each`)
	}
	return nil
}

func parseParameters(e *core.Embed, raw []byte) {
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			return
		}
		switch string(key) {
		case "outputDimensionality", "output_dimensionality":
			e.Size = number(value)
		case "autoTruncate", "auto_truncate":
			if v, ok := scan.Bool(value); ok {
				e.Cut = core.Of(v)
			}
		}
	}
}

// parseOne reads a request for one vector, or an instance of a prediction. What holds for
// one is taken to hold for all.
func parseOne(e *core.Embed, raw []byte) *core.Fault {
	w := scan.Members(raw)
	n := len(e.Inputs)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch string(key) {
		case "content":
			if f := parseInput(e, value); f != nil {
				return f
			}
		case "taskType", "task_type":
			if text, ok := scan.Inside(value); ok {
				e.Kind = kindOf(text)
			}
		case "title":
			e.Title, _ = scan.Inside(value)
		case "outputDimensionality", "output_dimensionality":
			e.Size = number(value)
		case "autoTruncate", "auto_truncate":
			if v, ok := scan.Bool(value); ok {
				e.Cut = core.Of(v)
			}
		case "model":
			e.Model, _ = scan.Inside(value)
		}
	}
	if len(e.Inputs) == n {
		return body.Invalid("content", "cannot embed nothing: a request has no content with parts", "")
	}
	return nil
}

// parseInput reads a content, or the text that it is in a prediction. Several texts are one
// input, as they make one vector.
func parseInput(e *core.Embed, raw []byte) *core.Fault {
	if text, ok := scan.Inside(raw); ok {
		e.Inputs = append(e.Inputs, core.Input{Text: text})
		return nil
	}
	from := len(e.Parts)
	_, parts := member(raw, kParts)
	if len(parts) > 0 {
		parseParts(&e.Tree, parts, &maker{})
	}
	var in core.Input
	texts := 0
	room := e.Room()
	for i := from; i < len(e.Parts); i++ {
		switch p := &e.Parts[i]; {
		case p.Kind == core.PartText:
			if texts++; texts > 1 {
				room = append(room, `\n`...)
			}
			in.Text = p.Text
			room = append(room, p.Text...)
		case p.Kind == core.PartImage && len(p.Data) > 0 && in.Image == nil:
			in.Shape = 1 // its picture is set below
		default:
			in.Shape = 2
		}
	}
	if texts > 1 {
		in.Text = e.Took(room)
	}
	if in.Shape == 1 {
		in.Image = pictureOf(e, from)
	}
	e.Inputs = append(e.Inputs, in)
	return nil
}

// pictureOf is the first picture in the parts from from, as a data URL in e's room.
func pictureOf(e *core.Embed, from int) core.Text {
	for i := from; i < len(e.Parts); i++ {
		if p := &e.Parts[i]; p.Kind == core.PartImage {
			room := append(append(e.Room(), "data:"...), p.Media...)
			return e.Took(append(append(room, ";base64,"...), p.Data...))
		}
	}
	return nil
}

// kindOf is the neutral word for a task type; others stay as they are.
func kindOf(task core.Text) core.Text {
	for _, k := range taskTypes {
		if string(task) == k[1] {
			return core.Text(k[0])
		}
	}
	return task
}

var taskTypes = [...][2]string{
	{"query", "RETRIEVAL_QUERY"}, {"document", "RETRIEVAL_DOCUMENT"},
	{"classification", "CLASSIFICATION"}, {"clustering", "CLUSTERING"},
}

// appendEmbed writes what came in this format as it came, and anything else as a
// batchEmbedContents.
func appendEmbed(dst []byte, e *core.Embed, s *core.Send) ([]byte, *core.Fault) {
	at := len(dst)
	if e.From == &api && embedShape(e) != embedBatch {
		// One vector is asked for as a batch of one, since that is what the path is for.
		if len(e.Inputs) == 1 && embedShape(e) == embedOne {
			raw, _ := e.Extra(int32(e.Shape >> embedBits))
			dst = append(dst, `{"requests":[`...)
			dst = append(appendNamed(dst, raw.Value, s.Model), `]}`...)
			return body.Edit(dst, at, s.Face), nil
		}
	}
	if e.From == &api && embedShape(e) == embedBatch {
		raw, _ := e.Extra(int32(e.Shape >> embedBits))
		dst = keptBatch(dst, raw.Value, s.Model)
		return body.Edit(dst, at, s.Face), nil
	}
	dst = append(dst, `{"requests":[`...)
	for i := range e.Inputs {
		var f *core.Fault
		if dst, f = appendOne(sep(dst), e, &e.Inputs[i], s); f != nil {
			return dst, f
		}
	}
	if e.User != nil {
		e.Dropped = append(e.Dropped, "user")
	}
	return body.Edit(append(dst, `]}`...), at, s.Face), nil
}

// keptBatch appends a batch as it came, with the target's model.
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
	dst = append(append(dst, `{"model":"models/`...), model...)
	dst = append(dst, '"')
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

// parseVectors reads the vectors of a reply of any of the three.
func parseVectors(v *core.Vectors, doc []byte) error {
	if err := scan.Valid(doc); err != nil {
		return err
	}
	v.From = &api
	w := scan.Members(doc)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch string(key) {
		case "embedding":
			addVector(v, value)
		case "embeddings", "predictions":
			list := scan.Elements(value)
			for {
				_, one, ok := list.Next()
				if !ok {
					break
				}
				addVector(v, one)
			}
		case "usageMetadata":
			readTokens(value, &v.Usage)
			v.Keep(&v.More, key, value)
		default:
			v.Keep(&v.More, key, value)
		}
	}
	if len(v.List) == 0 {
		return errors.New("cannot read the vectors: the reply has none")
	}
	if !v.Usage.Known {
		readUsage(doc, &v.Usage)
	}
	return nil
}

// addVector reads a ContentEmbedding, or a prediction that holds one.
func addVector(v *core.Vectors, raw []byte) {
	var out core.Vector
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch string(key) {
		case "values":
			out.Floats = value
		case "embeddings":
			addVector(v, value)
			return
		default:
			v.Keep(&out.More, key, value)
		}
	}
	v.List = append(v.List, out)
}

// predictedTokens sums what the predictions of Vertex AI say of their inputs.
func predictedTokens(list []byte, u *core.Usage) {
	w := scan.Elements(list)
	for {
		_, one, ok := w.Next()
		if !ok {
			return
		}
		m := scan.Members(one)
		_, embedding, _ := m.Next()
		m = scan.Members(embedding)
		for {
			key, value, ok := m.Next()
			if !ok {
				break
			}
			if string(key) != "statistics" {
				continue
			}
			d := scan.Members(value)
			for {
				key, value, ok := d.Next()
				if !ok {
					break
				}
				n := int64(0)
				if string(key) == "token_count" && count(number(value), &n) {
					u.In, u.Known = u.In+n, true
				}
			}
		}
	}
}

// appendVectors writes the reply to the kind of request that e was.
func appendVectors(dst []byte, v *core.Vectors, e *core.Embed, x *core.Crossing) []byte {
	shape := uint32(embedBatch)
	if e != nil && e.From == &api {
		shape = embedShape(e)
	}
	dst = append(dst, '{')
	switch {
	case shape == embedOne && len(v.List) == 1:
		dst = appendVector(append(dst, `"embedding":`...), v, 0)
	case shape == embedPredict:
		dst = append(dst, `"predictions":[`...)
		for i := range v.List {
			dst = append(appendVector(append(sep(dst), `{"embeddings":`...), v, i), '}')
		}
		dst = append(dst, ']')
	default:
		dst = append(dst, `"embeddings":[`...)
		for i := range v.List {
			dst = appendVector(sep(dst), v, i)
		}
		dst = append(dst, ']')
	}
	if v.From == &api {
		for n := v.More; n != 0; {
			var m core.Extra
			m, n = v.Extra(n)
			dst = append(append(scan.AppendQuoted(sep(dst), m.Key), ':'), m.Value...)
		}
	} else if v.Usage.Known && shape != embedPredict {
		dst = scan.AppendInt(append(field(dst, "usageMetadata"), `{"promptTokenCount":`...), v.Usage.In)
		dst = append(dst, '}')
	}
	if x != nil && x.Extra != nil {
		dst = x.Extra(sep(dst))
	}
	return append(dst, '}')
}

func appendVector(dst []byte, v *core.Vectors, i int) []byte {
	one := &v.List[i]
	dst = append(dst, '{')
	if v.From == &api {
		for n := one.More; n != 0; {
			var m core.Extra
			m, n = v.Extra(n)
			dst = append(append(scan.AppendQuoted(sep(dst), m.Key), ':'), m.Value...)
		}
	}
	dst = field(dst, "values")
	if one.Floats != nil {
		dst = append(dst, one.Floats...)
	} else {
		dst = appendFloats(dst, one.Base64)
	}
	return append(dst, '}')
}
