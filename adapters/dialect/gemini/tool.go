package gemini

import (
	"asbru/core"
	"asbru/core/scan"
)

// parseTools reads an array of tool objects: each holds declarations of functions, tools
// of Google's, or both.
func parseTools(c *core.Chat, raw []byte) {
	w := scan.Elements(raw)
	for {
		_, object, ok := w.Next()
		if !ok {
			return
		}
		first := len(c.Tools)
		m := scan.Members(object)
		for {
			key, value, ok := m.Next()
			if !ok {
				break
			}
			switch {
			case word(key, new([maxKey]byte)) == kFunctionDeclarations:
				parseDeclarations(c, value)
			case !scan.IsNull(value):
				c.Tools = append(c.Tools, core.Tool{Type: key, Raw: value})
			}
		}
		for i := first; i < len(c.Tools); i++ {
			if i > first {
				c.Tools[i].Shape |= toolJoined
				continue
			}
			c.Keep(&c.Tools[i].More, object[:0], object)
		}
	}
}

func parseDeclarations(c *core.Chat, list []byte) {
	w := scan.Elements(list)
	for {
		_, raw, ok := w.Next()
		if !ok {
			return
		}
		var t core.Tool
		m := scan.Members(raw)
		for {
			key, value, ok := m.Next()
			if !ok {
				break
			}
			if scan.IsNull(value) {
				continue
			}
			switch word(key, new([maxKey]byte)) {
			case kName:
				t.Name, _ = scan.Inside(value)
			case kDescription:
				t.Note, _ = scan.Inside(value)
			case kParameters:
				t.Schema = jsonSchema(&c.Tree, value)
			case kParametersJSONSchema:
				t.Schema = value
			}
		}
		c.Keep(&t.More, nil, raw)
		c.Tools = append(c.Tools, t)
	}
}

// around are the raw objects kept with a tool: its declaration, and the object of tools it
// stands first in; nil: there is none.
func around(c *core.Chat, t *core.Tool) (declaration, object []byte) {
	for n := t.More; n != 0; {
		var e core.Extra
		if e, n = c.Extra(n); e.Key == nil {
			declaration = e.Value
		} else {
			object = e.Value
		}
	}
	return declaration, object
}
