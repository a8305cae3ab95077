package body

import (
	"asbru/core"
	"asbru/core/scan"
)

// AppendFit appends schema reduced to the subset that the strict output of Anthropic and of Bedrock accepts:
// without bounds of numbers, lengths and counts, and with objects closed. Order and everything else are kept. A
// schema that fits already is copied unchanged except for white space. What is left out is noted in c, by where it
// stood in the request; nil: nowhere.
//
// Sources: https://docs.anthropic.com/en/docs/build-with-claude/structured-outputs,
// https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html
func AppendFit(dst, schema []byte, c *core.Chat, where string) []byte {
	f := fitter{c: c, where: where}
	return f.schema(dst, schema, 0)
}

// A fitter writes one schema for AppendFit.
type fitter struct {
	c     *core.Chat
	where string
}

// loses notes that a keyword is left out.
func (f *fitter) loses(key []byte) {
	if f.c != nil {
		f.c.Drop(f.where + "." + string(key))
	}
}

func (f *fitter) schema(dst, schema []byte, depth int) []byte {
	if !opens(schema, '{') || depth >= maxSchemaDepth {
		return append(dst, schema...)
	}
	dst = append(dst, '{')
	first, object, closed := true, false, false
	w := scan.Members(schema)
	for {
		key, value, more := w.Next()
		if !more {
			break
		}
		if refused(key, value) {
			f.loses(key)
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		name := key
		switch string(key) {
		case "additionalProperties":
			if closed = true; string(value) != "false" {
				f.loses(key)
			}
			dst = append(dst, `"additionalProperties":false`...)
			continue
		case "oneOf":
			name = []byte("anyOf")
		case "type":
			object = object || says(value, `"object"`)
		case "properties":
			object = true
		}
		dst = append(scan.AppendQuoted(dst, name), ':')
		dst = f.value(dst, key, value, depth)
	}
	if object && !closed {
		if !first {
			dst = append(dst, ',')
		}
		dst = append(dst, `"additionalProperties":false`...)
	}
	return append(dst, '}')
}

// value appends the value of a keyword, which may contain schemas.
func (f *fitter) value(dst, key, value []byte, depth int) []byte {
	switch string(key) {
	case "properties", "$defs", "definitions":
		return f.members(dst, value, depth)
	case "items", "not":
		return f.schema(dst, value, depth+1)
	case "anyOf", "oneOf", "allOf":
		if !opens(value, '[') {
			break
		}
		dst = append(dst, '[')
		w := scan.Elements(value)
		for n := 0; ; n++ {
			_, one, more := w.Next()
			if !more {
				return append(dst, ']')
			}
			if n > 0 {
				dst = append(dst, ',')
			}
			dst = f.schema(dst, one, depth+1)
		}
	}
	return append(dst, value...)
}

// members appends an object whose members are schemas by name.
func (f *fitter) members(dst, value []byte, depth int) []byte {
	if !opens(value, '{') {
		return append(dst, value...)
	}
	dst = append(dst, '{')
	w := scan.Members(value)
	for n := 0; ; n++ {
		key, one, more := w.Next()
		if !more {
			return append(dst, '}')
		}
		if n > 0 {
			dst = append(dst, ',')
		}
		dst = append(scan.AppendQuoted(dst, key), ':')
		dst = f.schema(dst, one, depth+1)
	}
}

// refused reports whether both answer 400 to a schema with this keyword.
func refused(key, value []byte) bool {
	switch string(key) {
	case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength",
		"maxItems", "uniqueItems", "minProperties", "maxProperties", "minContains", "maxContains":
		return true
	case "minItems":
		return string(value) != "0" && string(value) != "1"
	}
	return false
}

// says reports whether value is the string want, or an array with it.
func says(value []byte, want string) bool {
	w := scan.Elements(value)
	for {
		_, one, more := w.Next()
		if !more {
			return string(value) == want
		}
		if string(one) == want {
			return true
		}
	}
}

func opens(b []byte, c byte) bool { return len(b) > 0 && b[0] == c }
