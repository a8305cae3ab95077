package gemini

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// embeds is embedContent and batchEmbedContents of the Gemini API, and predict of Vertex AI. It reads all three, and writes
// the one that the face's path ends with, or else batchEmbedContents. https://ai.google.dev/api/embeddings
var embeds = &core.EmbedCodec{
	ParseRequest:  parseEmbed,
	AppendRequest: appendEmbed,
	ParseReply:    parseVectors,
	AppendReply:   appendVectors,
}

// Bits of Embed.Shape: which of the three a request was. Above them is the extra with the raw body.
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

// parseOne reads a request for one vector, or an instance of a prediction. Settings of one are assumed for all.
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

// parseInput reads a content, which is a text in a prediction. Several texts are one input, because they make one vector.
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
			in.Shape = 1 // its image is set below
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

// pictureOf returns the first image in the parts from index from on, as a data URL in e's memory.
func pictureOf(e *core.Embed, from int) core.Text {
	for i := from; i < len(e.Parts); i++ {
		if p := &e.Parts[i]; p.Kind == core.PartImage {
			room := append(append(e.Room(), "data:"...), p.Media...)
			return e.Took(append(append(room, ";base64,"...), p.Data...))
		}
	}
	return nil
}

// kindOf returns the neutral word for a task type; unknown ones are returned unchanged.
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
