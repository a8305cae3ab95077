package cohere

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// Bits of Embed.Shape.
const (
	embedTexts     uint32 = 1 << iota // texts was present
	embedImages                       // images was present
	embedInputs                       // inputs was present
	embedRawInputs                    // inputs is an extra, because one has several pieces
	embedEnd                          // truncate was END
	embedStart                        // truncate was START
	embedBase64                       // embedding_types was ["base64"]
	embedNoTypes                      // embedding_types was []
)

// Bits of Vectors.Shape.
const (
	vectorsBare uint32 = 1 << iota // embeddings was an array
	vectorsRaw                     // embeddings is an extra: it has several types
	vectorsType                    // this bit and those above: 1 + the index of the only type in typeNames
)

// typeNames are the number types of embeddings.
var typeNames = [...]string{"float", "int8", "uint8", "binary", "ubinary", "base64"}

const base64Type = len(typeNames) - 1

// parseEmbed is the codec's ParseRequest:
// https://docs.cohere.com/reference/embed
func parseEmbed(e *core.Embed, b []byte) *core.Fault {
	e.From = &self
	w := scan.Members(b)
	for {
		key, value, ok := w.Next()
		if !ok {
			return nil
		}
		if value[0] == 'n' {
			e.Keep(&e.More, key, value)
			continue
		}
		good := true
		switch string(key) {
		case "model":
			e.Model = inside(value)
			good = e.Model != nil
		case "texts":
			e.Shape |= embedTexts
			good = body.Texts(e, value)
		case "images":
			e.Shape |= embedImages
			good = parseImages(e, value)
		case "inputs":
			e.Shape |= embedInputs
			good = parseInputs(e, key, value)
		case "input_type":
			e.Kind = purpose(e, inside(value))
			good = e.Kind != nil
		case "embedding_types":
			good = parseTypes(e, value)
		case "output_dimension":
			e.Size = value
		case "truncate":
			good = parseTruncate(e, value)
		default:
			e.Keep(&e.More, key, value)
		}
		if !good {
			return body.Invalid(string(key), "cannot read "+string(key)+": see https://docs.cohere.com/reference/embed for what it may be", "")
		}
	}
}

func parseImages(e *core.Embed, raw []byte) bool {
	w := scan.Elements(raw)
	for {
		_, value, ok := w.Next()
		if !ok {
			return raw[0] == '['
		}
		url, isText := scan.Inside(value)
		if !isText {
			return false
		}
		e.Inputs = append(e.Inputs, core.Input{Image: url})
	}
}

// parseInputs reads inputs [{content [{type, text|image_url}]}]. One with several pieces has no neutral form.
func parseInputs(e *core.Embed, key, raw []byte) bool {
	w := scan.Elements(raw)
	for {
		_, value, ok := w.Next()
		if !ok {
			break
		}
		pieces := scan.Elements(member(value, "content"))
		_, first, ok := pieces.Next()
		_, _, several := pieces.Next()
		in := core.Input{Text: inside(member(first, "text"))}
		if in.Text == nil {
			in.Image = inside(member(member(first, "image_url"), "url"))
		}
		if !ok || several || in.Text == nil && in.Image == nil {
			e.Shape |= embedRawInputs
		}
		e.Inputs = append(e.Inputs, in)
	}
	if e.Shape&embedRawInputs != 0 {
		e.Keep(&e.More, key, raw)
	}
	return raw[0] == '['
}

func parseTypes(e *core.Embed, raw []byte) bool {
	w := scan.Elements(raw)
	for {
		_, value, ok := w.Next()
		if !ok {
			break
		}
		text, isText := scan.Inside(value)
		if !isText {
			return false
		}
		e.Types = append(e.Types, text)
	}
	switch {
	case len(e.Types) == 0:
		e.Shape |= embedNoTypes
	case len(e.Types) == 1 && string(e.Types[0]) == typeNames[base64Type]:
		e.Shape |= embedBase64
		e.Types, e.Base64 = e.Types[:0], true
	}
	return raw[0] == '['
}

func parseTruncate(e *core.Embed, raw []byte) bool {
	switch string(raw) {
	case `"NONE"`:
		e.Cut = core.No
	case `"END"`:
		e.Cut, e.Shape = core.Yes, e.Shape|embedEnd
	case `"START"`:
		e.Cut, e.Shape = core.Yes, e.Shape|embedStart
	default:
		return false
	}
	return true
}

// purposes are the neutral names for the input types that other formats have too.
var purposes = [...][2]string{
	{"search_document", "document"}, {"search_query", "query"}, {"classification", "classification"}, {"clustering", "clustering"},
}

// purpose returns the neutral name of an input type.
func purpose(e *core.Embed, kind core.Text) core.Text {
	for _, p := range purposes {
		if string(kind) == p[0] {
			return e.Took(append(e.Room(), p[1]...))
		}
	}
	return kind
}
