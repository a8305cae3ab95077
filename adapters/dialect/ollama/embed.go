package ollama

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"math"
	"strconv"

	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// Bits of Embed.Shape.
const (
	embedText   uint32 = 1 << iota // input was a string
	embedPrompt                    // of /api/embeddings, which has a prompt for an input
)

// vectorsOne is a bit of Vectors.Shape: the reply is of /api/embeddings, with one embedding.
const vectorsOne uint32 = 1

// parseEmbed is the codec's ParseRequest, for /api/embed and for /api/embeddings before it:
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
			good = parseInputs(e, value)
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

func parseInputs(e *core.Embed, raw []byte) bool {
	w := scan.Elements(raw)
	for {
		_, value, ok := w.Next()
		if !ok {
			return raw[0] == '['
		}
		text, isText := scan.Inside(value)
		if !isText {
			return false
		}
		e.Inputs = append(e.Inputs, core.Input{Text: text})
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

var errNoVectors = errors.New("the body holds no embeddings")

// parseVectors is the codec's ParseReply.
func parseVectors(v *core.Vectors, b []byte) error {
	v.From = &self
	found := false
	w := scan.Members(b)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch {
		case string(key) == "model" && scan.IsString(value):
			v.Model = inside(value)
			continue
		case string(key) == "embeddings" && value[0] == '[':
			found = true
			list := scan.Elements(value)
			for {
				_, vector, more := list.Next()
				if !more {
					break
				}
				v.List = append(v.List, core.Vector{Floats: vector})
			}
			continue
		case string(key) == "embedding" && value[0] == '[':
			found, v.Shape = true, v.Shape|vectorsOne
			v.List = append(v.List, core.Vector{Floats: value})
			continue
		}
		counter(key, value, &v.Usage)
		v.Keep(&v.More, key, value)
	}
	switch {
	case w.Rest() == nil:
		return errNoObject
	case !found:
		return errNoVectors
	}
	return nil
}

// appendVectors is the codec's AppendReply.
func appendVectors(dst []byte, v *core.Vectors, e *core.Embed, x *core.Crossing) []byte {
	own := v.From == &self
	one := own && v.Shape&vectorsOne != 0 || !own && e != nil && e.Shape&embedPrompt != 0 && e.From == &self
	model := v.Model
	if x != nil && len(x.Model) > 0 {
		model = x.Model
	}
	dst = append(dst, '{')
	if model != nil && !one {
		dst = append(scan.AppendQuoted(append(dst, `"model":`...), model), ',')
	}
	if one {
		dst = append(dst, `"embedding":`...)
	} else {
		dst = append(dst, `"embeddings":[`...)
	}
	for i := range v.List {
		if one && i > 0 {
			break
		}
		if !one {
			dst = comma(dst)
		}
		if in := &v.List[i]; in.Floats != nil {
			dst = append(dst, in.Floats...)
		} else {
			dst = appendFloats(dst, in.Base64)
		}
	}
	switch {
	case !one:
		dst = append(dst, ']')
	case len(v.List) == 0:
		dst = append(dst, `[]`...)
	}
	if own {
		dst = appendExtras(dst, &v.Tree, v.More, false)
	} else if v.Usage.Known && !one {
		dst = scan.AppendInt(append(dst, `,"prompt_eval_count":`...), v.Usage.In)
	}
	if x != nil && x.Extra != nil {
		dst = x.Extra(append(dst, ','))
	}
	return append(dst, '}')
}

// appendFloats appends the numbers that text, little-endian float32 in base64, holds.
func appendFloats(dst []byte, text core.Text) []byte {
	dst = append(dst, '[')
	var quad [4]byte // of characters
	var out [3]byte
	var word [4]byte
	n, have := 0, 0
	for _, c := range text {
		if c == '\\' { // of \/
			continue
		}
		quad[n] = c
		if n++; n < len(quad) {
			continue
		}
		n = 0
		got, err := base64.StdEncoding.Decode(out[:], quad[:])
		if err != nil {
			break
		}
		for _, b := range out[:got] {
			word[have] = b
			if have++; have == len(word) {
				have = 0
				f := math.Float32frombits(binary.LittleEndian.Uint32(word[:]))
				dst = strconv.AppendFloat(comma(dst), float64(f), 'g', -1, 32)
			}
		}
	}
	return append(dst, ']')
}
