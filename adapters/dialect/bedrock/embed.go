package bedrock

import (
	"bytes"
	"errors"
	"strconv"

	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// Values of Embed.Shape: the format of the request.
const (
	shapeTitan = iota
	shapeCohere
)

var errVectors = errors.New("cannot read the reply: it holds no embedding")

// embeds is the face for embeddings, which are bodies of InvokeModel: Titan's with one input, or Cohere's with
// a list. Which one a request is written for depends on the model's name.
//
// Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html and
// https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html
func embeds() *core.EmbedCodec {
	return &core.EmbedCodec{
		ParseRequest: parseEmbed, AppendRequest: appendEmbed, ParseReply: parseVectors, AppendReply: appendVectors,
	}
}

func parseEmbed(e *core.Embed, raw []byte) *core.Fault {
	w := scan.Members(raw)
	for {
		key, v, ok := w.Next()
		if !ok {
			break
		}
		switch string(key) {
		case "inputText":
			e.Inputs = append(e.Inputs, core.Input{Text: inside(v)})
		case "inputImage":
			e.Inputs = append(e.Inputs, core.Input{Image: inside(v)})
		case "dimensions", "output_dimension":
			e.Size = number(v)
		case "texts", "images", "embedding_types":
			e.Shape = shapeCohere
			readList(e, string(key), v)
		case "input_type":
			e.Kind = kindOf(inside(v))
		case "truncate":
			e.Cut = core.Of(string(v) != `"NONE"`)
			e.Keep(&e.More, key, v)
		default:
			e.Keep(&e.More, key, v)
		}
	}
	if w.Rest() == nil || len(e.Inputs) == 0 {
		return body.Invalid("inputText", "cannot read the request: it has neither inputText nor texts", "send Titan's or Cohere's body")
	}
	return nil
}

// readList reads one of Cohere's arrays of strings.
func readList(e *core.Embed, key string, raw []byte) {
	list := scan.Elements(raw)
	for {
		_, one, more := list.Next()
		if !more {
			return
		}
		switch t := inside(one); key {
		case "texts":
			e.Inputs = append(e.Inputs, core.Input{Text: t})
		case "images":
			e.Inputs = append(e.Inputs, core.Input{Image: t})
		default:
			e.Types = append(e.Types, t)
		}
	}
}

// inputs are Cohere's words for the purpose of vectors, and the neutral ones.
var inputs = [...]struct{ kind, word core.Text }{
	{core.Text("document"), core.Text("search_document")},
	{core.Text("query"), core.Text("search_query")},
	{core.Text("classification"), core.Text("classification")},
	{core.Text("clustering"), core.Text("clustering")},
	{core.Text("image"), core.Text("image")},
}

func kindOf(word core.Text) core.Text {
	for _, i := range inputs {
		if string(i.word) == string(word) {
			return i.kind
		}
	}
	return word
}

func appendEmbed(dst []byte, e *core.Embed, s *core.Send) ([]byte, *core.Fault) {
	at := len(dst)
	var f *core.Fault
	if bytes.Contains(s.Model, []byte("cohere.")) {
		dst, f = appendCohere(dst, e)
	} else {
		dst, f = appendTitan(dst, e)
	}
	if f != nil {
		return dst, f
	}
	if e.User != nil {
		dropped(e, "user")
	}
	return body.Edit(dst, at, s.Face), nil
}

func dropped(e *core.Embed, field string) { e.Dropped = append(e.Dropped, field) }

func appendTitan(dst []byte, e *core.Embed) ([]byte, *core.Fault) {
	if len(e.Inputs) != 1 {
		return dst, cannot("input", "Titan makes one embedding a request, and there are "+strconv.Itoa(len(e.Inputs))+" inputs", "send one input at a time")
	}
	in := &e.Inputs[0]
	switch {
	case in.Text != nil:
		dst = scan.AppendQuoted(append(dst, `{"inputText":`...), in.Text)
	case in.Image != nil:
		dst = scan.AppendQuoted(append(dst, `{"inputImage":`...), base64Of(in.Image))
	default:
		return dst, cannot("input", "Bedrock takes no token ids", "send text")
	}
	if e.Size != nil {
		dst = append(append(dst, `,"dimensions":`...), e.Size...)
	}
	if e.Kind != nil && !ours(e.From) {
		dropped(e, "input_type")
	}
	if ours(e.From) && e.Shape == shapeTitan {
		dst = appendChain(dst, &e.Tree, e.More)
	}
	return append(dst, '}'), nil
}

// base64Of returns the base64 of a data URL; any other text is returned unchanged.
func base64Of(url core.Text) core.Text {
	if i := bytes.Index(url, []byte("base64,")); i >= 0 {
		return url[i+len("base64,"):]
	}
	return url
}

func appendCohere(dst []byte, e *core.Embed) ([]byte, *core.Fault) {
	if len(e.Inputs) == 0 {
		return dst, cannot("input", "there is none", "send text")
	}
	image := e.Inputs[0].Image != nil
	if image {
		dst = append(dst, `{"images":[`...)
	} else {
		dst = append(dst, `{"texts":[`...)
	}
	for i := range e.Inputs {
		in := &e.Inputs[i]
		switch {
		case image && in.Image != nil:
			dst = append(scan.AppendQuoted(dst, in.Image), ',')
		case !image && in.Text != nil:
			dst = append(scan.AppendQuoted(dst, in.Text), ',')
		default:
			return dst, cannot("input", "Cohere at Bedrock takes texts or images, not both in one request, and no token ids", "send text")
		}
	}
	dst[len(dst)-1] = ']'
	dst = scan.AppendQuoted(append(dst, `,"input_type":`...), inputType(e, image))
	if e.Types != nil {
		dst = append(dst, `,"embedding_types":[`...)
		for _, t := range e.Types {
			dst = append(scan.AppendQuoted(dst, t), ',')
		}
		dst[len(dst)-1] = ']'
	}
	if e.Size != nil {
		dst = append(append(dst, `,"output_dimension":`...), e.Size...)
	}
	switch {
	case ours(e.From) && e.Shape == shapeCohere:
		dst = appendChain(dst, &e.Tree, e.More)
	case e.Cut == core.Yes:
		dst = append(dst, `,"truncate":"END"`...)
	case e.Cut == core.No:
		dst = append(dst, `,"truncate":"NONE"`...)
	}
	return append(dst, '}'), nil
}

// inputType returns the input type, which Cohere requires; the default is documents.
func inputType(e *core.Embed, image bool) core.Text {
	for _, i := range inputs {
		if string(i.kind) == string(e.Kind) {
			return i.word
		}
	}
	switch {
	case image:
		return core.Text("image")
	case e.Kind != nil:
		return e.Kind
	}
	return inputs[0].word
}
