package standin

import (
	"sort"
	"strings"
)

// A sampler makes values that match a JSON schema. They are deterministic.
type sampler struct {
	root doc // the root for $ref
	n    int // chooses among different values: 0, 1 …
}

// sample returns a value that matches schema; n chooses among several.
func sample(schema any, n int) any {
	s := sampler{root: object(schema), n: n}
	return s.value(schema, 0)
}

func (s *sampler) value(schema any, depth int) any {
	d := object(schema)
	if depth > maxDepth || d == nil {
		return "Paris"
	}
	if ref := text(d["$ref"]); strings.HasPrefix(ref, "#/") {
		return s.value(at(s.root, strings.Split(ref[2:], "/")...), depth+1)
	}
	if c, ok := d["const"]; ok {
		return c
	}
	if e := list(d["enum"]); len(e) > 0 {
		return e[s.n%len(e)]
	}
	for _, name := range []string{"anyOf", "oneOf", "allOf"} {
		if l := list(d[name]); len(l) > 0 {
			return s.value(l[0], depth+1)
		}
	}
	return s.typed(d, depth)
}

func (s *sampler) typed(d doc, depth int) any {
	switch kind(d) {
	case "object":
		return s.object(d, depth)
	case "array":
		return []any{s.value(d["items"], depth+1)}
	case "integer":
		return 7 + s.n
	case "number":
		return 7.5 + float64(s.n)
	case "boolean":
		return s.n == 0
	case "null":
		return nil
	}
	return [...]string{"Paris", "Łódź"}[s.n%2]
}

// object gives a value to every property, in the order of their names, because decoding loses the order of the
// schema.
func (s *sampler) object(d doc, depth int) any {
	names := make([]string, 0, len(object(d["properties"])))
	for name := range object(d["properties"]) {
		names = append(names, name)
	}
	sort.Strings(names)
	o := obj{}
	for _, name := range names {
		o = append(o, name, s.value(object(d["properties"])[name], depth+1))
	}
	return o
}

// kind returns the type required by d: the first that is not null.
func kind(d doc) string {
	for _, v := range append(list(d["type"]), d["type"]) {
		if t := strings.ToLower(text(v)); t != "" && t != "null" {
			return t
		}
	}
	if d["properties"] != nil {
		return "object"
	}
	if d["items"] != nil {
		return "array"
	}
	return strings.ToLower(text(d["type"]))
}
