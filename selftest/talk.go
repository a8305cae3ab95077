package selftest

import "encoding/base64"

// A talk is a client's conversation, independent of a format.
type talk struct {
	model  string
	stream bool
	system string
	turns  []turn
	tools  []tool
	choice string // required, none, or "=" and a tool's name; empty: left to the model
	single bool   // one call at a time
	schema any    // of the answer; nil: text

	limit       int
	temperature string // a number; empty: unset
	topP        string
	stops       []string
	effort      string // of reasoning; empty: unset
	cache       bool   // the system text is marked for the cache
}

// A turn is a turn of the conversation. That of the assistant is as its client got it: see [said].
type turn struct {
	user    string
	files   []file
	replay  any      // the assistant's own message, in the format of the door
	plain   string   // the assistant's text, if nothing is replayed
	results []result // of the calls in the turn before
}

type file struct{ kind, name, data string } // data in base64

type result struct{ id, name, text string }

type tool struct {
	name, description string
	schema            any
}

// The texts of talks.
var (
	png = base64.StdEncoding.EncodeToString([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89" +
		"\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"))
	pdf = base64.StdEncoding.EncodeToString([]byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\xff\n"))
)

// weather and clock are the tools. Their schemas have features that are often lost: nesting, enums, a bound.
func weather() tool {
	return tool{"get_weather", "Tells the weather of a city.", doc{"type": "object", "properties": doc{
		"city": doc{"type": "string", "description": "its name, \"as people say it\""},
		"days": doc{"type": "integer", "minimum": 1},
		"unit": doc{"type": "string", "enum": []any{"celsius", "kelvin"}},
		"at":   doc{"type": "object", "properties": doc{"lat": doc{"type": "number"}, "tags": doc{"type": "array", "items": doc{"type": "string"}}}, "required": []any{"lat"}},
	}, "required": []any{"city"}}}
}

func clock() tool {
	return tool{"get_time", "Tells the time.", doc{"type": "object", "properties": doc{"zone": doc{"type": "string"}}, "required": []any{"zone"}}}
}

// answerSchema is the schema of structured answers. Strict servers accept it.
func answerSchema() any {
	return doc{"type": "object", "additionalProperties": false, "required": []any{"city", "kind", "places"},
		"properties": doc{
			"city":   doc{"type": "string", "description": "where"},
			"kind":   doc{"type": "string", "enum": []any{"sun", "rain"}},
			"places": doc{"type": "array", "items": doc{"$ref": "#/$defs/place"}},
		},
		"$defs": doc{"place": doc{"type": "object", "additionalProperties": false, "required": []any{"lat", "near"},
			"properties": doc{"lat": doc{"type": "number"}, "near": doc{"type": "boolean"}}}},
	}
}

const (
	systemText = "You are \"terse\". Ünïcode 😀 & <b>."
	askText    = "How is the weather in Paris?\n\tBe exact: 1 < 2."
	replyText  = "Sunny, I think."
	againText  = "And tomorrow? Ça va?"
)

// opening is the conversation that most scenarios begin with.
func opening() talk {
	return talk{system: systemText, limit: 4000, turns: []turn{{user: askText}, {plain: replyText}, {user: againText}}}
}
