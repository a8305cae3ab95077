package gemini

import (
	"asbru/core"
	"asbru/core/scan"
)

// jsonSchema returns the JSON Schema that is equivalent to an OpenAPI schema of Gemini's
// (https://ai.google.dev/api/caching#Schema): types in lower case, nullable as the type null, and sizes as numbers, where
// the JSON of protocol buffers has strings. It is schema itself if nothing differs, otherwise in t's memory.
func jsonSchema(t *core.Tree, schema []byte) []byte {
	room, changed := appendSchema(t.Room(), schema, 0)
	if !changed {
		return schema
	}
	return t.Took(room)
}

// appendSchema appends schema as JSON Schema and reports whether it differs.
func appendSchema(dst, schema []byte, level int) (out []byte, changed bool) {
	if len(schema) == 0 || schema[0] != '{' || level == maxLevels {
		return append(dst, schema...), false
	}
	nullable := isNullable(schema)
	dst = append(dst, '{')
	n := 0
	w := scan.Members(schema)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		if (string(key) == "nullable" && nullable) || string(value) == `"TYPE_UNSPECIFIED"` {
			changed = true
			continue
		}
		if n > 0 {
			dst = append(dst, ',')
		}
		n++
		dst = append(scan.AppendQuoted(dst, key), ':')
		also := false
		dst, also = appendKeyword(dst, key, value, nullable, level)
		changed = changed || also
	}
	return append(dst, '}'), changed
}

func isNullable(schema []byte) bool {
	w := scan.Members(schema)
	for {
		key, value, ok := w.Next()
		if !ok {
			return false
		}
		if string(key) == "nullable" {
			return string(value) == "true"
		}
	}
}

func appendKeyword(dst, key, value []byte, nullable bool, level int) (out []byte, changed bool) {
	switch string(key) {
	case "type":
		return appendType(dst, value, nullable)
	case "items", "additionalProperties", "not":
		return appendSchema(dst, value, level+1)
	case "properties", "$defs", "defs", "definitions", "patternProperties":
		return appendSchemas(dst, value, '{', level)
	case "anyOf", "any_of", "oneOf", "allOf", "prefixItems":
		return appendSchemas(dst, value, '[', level)
	case "minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties",
		"min_items", "max_items", "min_length", "max_length", "min_properties", "max_properties":
		if n := number(value); n != nil && len(n) < len(value) {
			return append(dst, n...), true
		}
	}
	return append(dst, value...), false
}

// appendSchemas appends the schemas in an object or an array.
func appendSchemas(dst, value []byte, open byte, level int) (out []byte, changed bool) {
	if len(value) == 0 || value[0] != open {
		return append(dst, value...), false
	}
	w := scan.Elements(value)
	if open == '{' {
		w = scan.Members(value)
	}
	dst = append(dst, open)
	for n := 0; ; n++ {
		key, one, ok := w.Next()
		if !ok {
			return append(dst, open+2), changed
		}
		if n > 0 {
			dst = append(dst, ',')
		}
		if open == '{' {
			dst = append(scan.AppendQuoted(dst, key), ':')
		}
		also := false
		dst, also = appendSchema(dst, one, level+1)
		changed = changed || also
	}
}

// appendType appends the type, or a list of types.
func appendType(dst, value []byte, nullable bool) (out []byte, changed bool) {
	text, ok := scan.Inside(value)
	if !ok {
		return append(dst, value...), false
	}
	if nullable {
		dst, changed = append(dst, '['), true
	}
	dst = append(dst, '"')
	for _, c := range text {
		if 'A' <= c && c <= 'Z' {
			c, changed = c|0x20, true
		}
		dst = append(dst, c)
	}
	dst = append(dst, '"')
	if nullable {
		dst = append(dst, `,"null"]`...)
	}
	return dst, changed
}
