package openai

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// embeds is the face of embeddings for OpenAI, Voyage and compatible servers, which differ only in the
// names of optional members.
//
// Source: https://platform.openai.com/docs/api-reference/embeddings,
// https://docs.voyageai.com/reference/embeddings-api
var embeds = &core.EmbedCodec{
	ParseRequest:  parseEmbed,
	AppendRequest: appendEmbed,
	ParseReply:    parseVectors,
	AppendReply:   appendVectors,
}

// Embed.Shape: how a request was written.
const (
	embedSingle  = 1 << iota // input is a string, or one array of tokens
	embedFormat              // encoding_format was given
	embedVoyage              // output_dimension
	vectorObject             // Vectors.Shape: "object":"list"
	vectorUsage              // Vectors.Shape: usage is among the extras
)

func parseEmbed(e *core.Embed, raw []byte) *core.Fault {
	e.From = &dialect
	var room [keyRoom]byte
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		name := plainKey(key, &room)
		if string(name) == "input" && parseInputs(e, value) {
			continue
		}
		if !embedField(e, name, value) {
			e.Keep(&e.More, key, value)
		}
	}
	if len(e.Inputs) == 0 {
		return body.Invalid("input", "cannot read input: it must be a string, an array of strings, or token ids", "")
	}
	return nil
}

// embedField reads one member. ok is false if it is to be kept among the extras.
func embedField(e *core.Embed, name, value []byte) (ok bool) {
	text := quoted(value)
	switch string(name) {
	case "model":
		e.Model = text
	case "user":
		e.User = text
	case "input_type": // Voyage, NVIDIA
		e.Kind = text
	case "encoding_format":
		if string(text) == "base64" {
			e.Base64 = true
		} else if string(text) != "float" {
			return false
		}
		e.Shape |= embedFormat
	case "dimensions", "output_dimension":
		if !isNumber(value) || e.Size != nil {
			return false
		}
		if e.Size = value; name[0] == 'o' {
			e.Shape |= embedVoyage
		}
		return true
	case "truncation":
		return setTri(&e.Cut, value)
	default:
		return false
	}
	return text != nil
}

// parseInputs reads the inputs to embed.
func parseInputs(e *core.Embed, raw []byte) bool {
	if text := quoted(raw); text != nil {
		e.Inputs = append(e.Inputs, core.Input{Text: text})
		e.Shape |= embedSingle
		return true
	}
	w := scan.Elements(raw)
	for {
		_, value, ok := w.Next()
		if !ok {
			return true
		}
		switch value[0] {
		case '"':
			e.Inputs = append(e.Inputs, core.Input{Text: quoted(value)})
		case '[':
			e.Inputs = append(e.Inputs, core.Input{Tokens: value})
		default:
			if !isNumber(value) || len(e.Inputs) > 0 {
				e.Inputs = e.Inputs[:0]
				return false
			}
			e.Inputs = append(e.Inputs, core.Input{Tokens: raw})
			e.Shape |= embedSingle
			return true
		}
	}
}

func appendEmbed(dst []byte, e *core.Embed, s *core.Send) ([]byte, *core.Fault) {
	at, own := len(dst), e.From == &dialect
	for _, t := range e.Types {
		if string(t) != "float" && string(t) != "base64" {
			return dst, body.Invalid("embedding_types", "cannot ask "+string(s.Model)+" for vectors of "+string(t)+": it has only float", `ask for "float"`)
		}
	}
	dst = scan.AppendString(append(dst, `{"model":`...), s.Model)
	dst = append(dst, `,"input":`...)
	single := own && e.Shape&embedSingle != 0
	if !single {
		dst = append(dst, '[')
	}
	for i, in := range e.Inputs {
		if i > 0 {
			dst = append(dst, ',')
		}
		switch {
		case in.Text != nil:
			dst = scan.AppendQuoted(dst, in.Text)
		case in.Tokens != nil:
			dst = append(dst, in.Tokens...)
		default:
			return dst, body.Invalid("input", "cannot embed an image with "+string(s.Model)+": it takes only text", "send text")
		}
	}
	if !single {
		dst = append(dst, ']')
	}
	dst = appendEmbedOptions(dst, e, own)
	return body.Edit(append(dst, '}'), at, s.Face), nil
}

// appendEmbedOptions appends the optional members. For a client of another format that wants base64,
// floats are requested, which every server has, and converted.
func appendEmbedOptions(dst []byte, e *core.Embed, own bool) []byte {
	if e.Size != nil {
		name := "dimensions"
		if own && e.Shape&embedVoyage != 0 {
			name = "output_dimension"
		}
		dst = appendMember(dst, name, e.Size)
	}
	if e.User != nil {
		dst = appendTextMember(dst, "user", e.User)
	}
	if !own {
		if e.Kind != nil {
			dropEmbed(e, "input_type")
		}
		if e.Title != nil {
			dropEmbed(e, "title")
		}
		if e.Cut != core.Unsaid {
			dropEmbed(e, "truncate")
		}
		for more := e.More; more != 0; {
			var x core.Extra
			x, more = e.Extra(more)
			dropEmbed(e, string(x.Key))
		}
		return dst
	}
	if e.Shape&embedFormat != 0 {
		word := `"float"`
		if e.Base64 {
			word = `"base64"`
		}
		dst = appendMember(dst, "encoding_format", []byte(word))
	}
	if e.Kind != nil {
		dst = appendTextMember(dst, "input_type", e.Kind)
	}
	dst = appendTri(dst, "truncation", e.Cut)
	return appendExtras(dst, &e.Tree, e.More, "")
}

func dropEmbed(e *core.Embed, name string) {
	for _, d := range e.Dropped {
		if d == name {
			return
		}
	}
	e.Dropped = append(e.Dropped, name)
}
