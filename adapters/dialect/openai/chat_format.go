package openai

import (
	"asbru/core"
	"asbru/core/scan"
)

// parseFormat reads response_format. taken is false if only this family has such a format, or if the
// neutral form cannot hold all of it: then it is kept among the extras as well.
func parseFormat(c *core.Chat, raw []byte) (taken bool) {
	taken = true
	var kind, schema []byte
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch string(key) {
		case "type":
			kind = quoted(value)
		case "json_schema":
			schema = value
		default:
			taken = false
		}
	}
	switch string(kind) {
	case "text":
		c.Format = core.FormatText
	case "json_object":
		c.Format = core.FormatJSON
		if inner := memberOf(raw, "schema"); opens(inner) { // Together, Fireworks
			c.Format, c.Schema = core.FormatSchema, inner
		}
	case "json_schema":
		c.Format = core.FormatSchema
		if taken = fillFormat(c, schema) && taken; c.Schema == nil { // all that other formats can express
			c.Format = core.FormatJSON
		}
	default:
		taken = false
	}
	if schema != nil && c.Format != core.FormatSchema {
		taken = false
	}
	if !taken {
		c.Shape |= chatOwnFormat
	}
	return taken
}

// fillFormat reads {name, description, schema, strict}. exact is false if it has other members, or no
// schema.
func fillFormat(c *core.Chat, raw []byte) (exact bool) {
	exact = true
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			return exact && c.Schema != nil && c.FormatName != nil
		}
		switch text := quoted(value); {
		case string(key) == "name" && text != nil:
			c.FormatName = text
		case string(key) == "description" && text != nil:
			c.FormatNote = text
		case string(key) == "schema" && opens(value):
			c.Schema = value
		case string(key) == "strict" && setTri(&c.Strict, value):
		default:
			exact = false
		}
	}
}
