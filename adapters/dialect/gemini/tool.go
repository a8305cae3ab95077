package gemini

import (
	"asbru/core"
	"asbru/core/scan"
)

// parseTools reads the array of tool objects at the start of tail and returns the bytes after it. Each has declarations of
// functions, tools of Google's, or both.
func parseTools(c *core.Chat, tail []byte) (rest []byte) {
	w := scan.Elements(tail)
	for {
		if _, ok := w.Key(); !ok {
			return w.Rest()
		}
		if !opens(w.Tail(), '{') {
			if _, ok := w.Value(); !ok {
				return w.Rest()
			}
			continue
		}
		first, object := len(c.Tools), w.Tail()
		rest := parseTool(c, object)
		w.Resume(rest)
		if rest == nil {
			return nil
		}
		object = object[:len(object)-len(rest)]
		for i := first; i < len(c.Tools); i++ {
			if i > first {
				c.Tools[i].Shape |= toolJoined
				continue
			}
			c.Keep(&c.Tools[i].More, object[:0], object)
		}
	}
}

func parseTool(c *core.Chat, tail []byte) (rest []byte) {
	m := scan.Members(tail)
	for {
		key, ok := m.Key()
		if !ok {
			return m.Rest()
		}
		declares := word(key) == kFunctionDeclarations
		if declares && opens(m.Tail(), '[') {
			m.Resume(parseDeclarations(c, m.Tail()))
			continue
		}
		value, ok := m.Value()
		if !declares && !scan.IsNull(value) {
			c.Tools = append(c.Tools, core.Tool{Type: key, Raw: value})
		}
		if !ok {
			return m.Rest()
		}
	}
}

func parseDeclarations(c *core.Chat, tail []byte) (rest []byte) {
	w := scan.Elements(tail)
	for {
		if _, ok := w.Key(); !ok {
			return w.Rest()
		}
		if len(c.Tools) >= maxParts {
			return nil
		}
		raw := w.Tail()
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
			switch word(key) {
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
		rest := m.Rest()
		w.Resume(rest)
		if rest == nil {
			return nil
		}
		c.Keep(&t.More, nil, raw[:len(raw)-len(rest)])
		c.Tools = append(c.Tools, t)
	}
}

// around returns the raw objects kept with a tool: its declaration, and the object of tools in which it is the first; nil:
// there is none.
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
