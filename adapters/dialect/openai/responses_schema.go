package openai

import "asbru/core/scan"

// closed reports whether a schema allows strict: every object in it has additionalProperties false and
// requires all its properties. The server refuses strict with any other schema, but only if it was set
// explicitly.
// https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
func closed(schema []byte, depth int) bool {
	if depth == 0 || len(schema) == 0 || schema[0] != '{' {
		return false
	}
	object, shut := false, false
	var has, needs int
	w := scan.Members(schema)
	for {
		key, value, more := w.Next()
		if !more {
			break
		}
		ok := true
		switch string(key) {
		case "type":
			object = object || string(value) == `"object"`
		case "additionalProperties":
			shut = string(value) == "false"
		case "required":
			needs = elements(value)
		case "properties":
			has, ok = closedAll(value, depth)
		case "$defs", "definitions", "anyOf":
			_, ok = closedAll(value, depth)
		case "items":
			ok = closed(value, depth-1)
		case "oneOf", "allOf", "not", "patternProperties", "if":
			ok = false
		}
		if !ok {
			return false
		}
	}
	return !object || shut && has == needs
}

// closedAll is closed for all members of an object or elements of an array, and
// counts them.
func closedAll(raw []byte, depth int) (n int, ok bool) {
	w := scan.Members(raw)
	if len(raw) > 0 && raw[0] == '[' {
		w = scan.Elements(raw)
	}
	for {
		_, value, more := w.Next()
		if !more {
			return n, true
		}
		if !closed(value, depth-1) {
			return n, false
		}
		n++
	}
}

// elements counts the elements of an array.
func elements(raw []byte) (n int) {
	w := scan.Elements(raw)
	for {
		if _, _, more := w.Next(); !more {
			return n
		}
		n++
	}
}
