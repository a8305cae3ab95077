package ollama

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// Bits of Embed.Shape.
const (
	embedText   uint32 = 1 << iota // input was a string
	embedPrompt                    // for /api/embeddings, where the input is called prompt
)

// vectorsOne is a bit of Vectors.Shape: the reply is from /api/embeddings, with one embedding.
const vectorsOne uint32 = 1

// parseEmbed is the codec's ParseRequest, for /api/embed and its predecessor /api/embeddings:
// https://docs.ollama.com/api/embed
func parseEmbed(e *core.Embed, b []byte) *core.Fault {
	e.From = &self
	w := scan.Members(b)
	for {
		key, value, ok := w.Next()
		if !ok {
			return nil
		}
		good := true
		switch {
		case value[0] == 'n':
			e.Keep(&e.More, key, value)
		case string(key) == "model":
			e.Model, good = scan.Inside(value)
		case string(key) == "input" && value[0] == '"', string(key) == "prompt":
			e.Shape |= embedText
			if key[0] == 'p' {
				e.Shape |= embedPrompt
			}
			in := core.Input{}
			in.Text, good = scan.Inside(value)
			e.Inputs = append(e.Inputs, in)
		case string(key) == "input":
			good = body.Texts(e, value)
		case string(key) == "dimensions":
			e.Size = value
		case string(key) == "truncate":
			var v bool
			v, good = scan.Bool(value)
			e.Cut = core.Of(v)
		default:
			e.Keep(&e.More, key, value)
		}
		if !good {
			return body.Invalid(string(key), "cannot read "+string(key)+": see https://docs.ollama.com/api/embed for what it may be", "")
		}
	}
}

// appendEmbed is the codec's AppendRequest.
func appendEmbed(dst []byte, e *core.Embed, s *core.Send) ([]byte, *core.Fault) {
	own, at := e.From == &self, len(dst)
	dst = scan.AppendString(append(dst, `{"model":`...), s.Model)
	for i := range e.Inputs {
		if e.Inputs[i].Text == nil {
			return dst, body.Invalid("input", "cannot send images or tokens to Ollama: it embeds texts", "send the text itself")
		}
	}
	for _, t := range e.Types {
		if string(t) != "float" && !own {
			return dst, body.Invalid("embedding_types", "cannot ask Ollama for "+string(t)+": its vectors are floats", "ask for float")
		}
	}
	switch {
	case own && e.Shape&embedText != 0 && len(e.Inputs) == 1:
		key := `,"input":`
		if e.Shape&embedPrompt != 0 {
			key = `,"prompt":`
		}
		dst = scan.AppendQuoted(append(dst, key...), e.Inputs[0].Text)
	case len(e.Inputs) > 0 || !own:
		dst = append(dst, `,"input":[`...)
		for i := range e.Inputs {
			dst = scan.AppendQuoted(comma(dst), e.Inputs[i].Text)
		}
		dst = append(dst, ']')
	}
	if e.Size != nil {
		dst = append(append(dst, `,"dimensions":`...), e.Size...)
	}
	switch e.Cut {
	case core.Yes:
		dst = append(dst, `,"truncate":true`...)
	case core.No:
		dst = append(dst, `,"truncate":false`...)
	}
	if own {
		dst = appendExtras(dst, &e.Tree, e.More, false)
	} else {
		dropEmbed(e)
	}
	return body.Edit(append(dst, '}'), at, s.Face), nil
}

func dropEmbed(e *core.Embed) {
	if e.Kind != nil {
		e.Dropped = append(e.Dropped, "input_type")
	}
	if e.Title != nil {
		e.Dropped = append(e.Dropped, "title")
	}
	if e.User != nil {
		e.Dropped = append(e.Dropped, "user")
	}
	for more := e.More; more != 0; {
		var x core.Extra
		x, more = e.Extra(more)
		e.Dropped = append(e.Dropped, string(x.Key))
	}
}
