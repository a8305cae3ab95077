package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// liteLLMFields are the sections of a configuration of LiteLLM.
var liteLLMFields = []string{"model_list", "litellm_settings", "general_settings", "router_settings"}

// fieldHint suggests the field that was probably meant, the section that it belongs in, or
// all fields that exist.
func fieldHint(name string, t reflect.Type, fields []field) string {
	if t == reflect.TypeFor[Document]() && slices.Contains(liteLLMFields, name) {
		return "that is LiteLLM's; asbru import litellm FILE converts it"
	}
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
		if fold(f.name) == fold(name) || fold(f.name) == fold(name)+"s" {
			return "did you mean " + f.name + "?"
		}
	}
	for _, f := range fields {
		sub := t.Field(f.index).Type
		for sub.Kind() == reflect.Pointer || sub.Kind() == reflect.Slice {
			sub = sub.Elem()
		}
		if sub.Kind() != reflect.Struct || scalarType(sub) {
			continue
		}
		if slices.ContainsFunc(fieldsOf(sub), func(g field) bool { return g.name == name }) {
			return name + " belongs in " + f.name
		}
	}
	if near := Near(name, names); near != "" {
		return "did you mean " + near + "?"
	}
	return "known here: " + strings.Join(names, ", ")
}

// A field is one a document may set.
type field struct {
	name  string
	index int
	omit  bool // left out of a document when empty
}

func fieldsOf(t reflect.Type) []field {
	out := make([]field, 0, t.NumField())
	for i := range t.NumField() {
		name, opts, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		out = append(out, field{name, i, strings.Contains(opts, "omitempty")})
	}
	return out
}

// An entry is one key of a mapping with its value.
type entry struct {
	name       string
	key, value *yaml.Node
}

// entries lists the keys of n, followed by those merged through << that n does not
// set itself.
func (d *decoder) entries(n *yaml.Node, at *place) []entry {
	out := make([]entry, 0, len(n.Content)/2)
	seen := make(map[string]*yaml.Node, len(n.Content)/2)
	var merges []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if k.ShortTag() == "!!merge" {
			merges = append(merges, v)
			continue
		}
		if k.Kind != yaml.ScalarNode {
			d.problem(k, at, "a key must be a word, found "+found(k), "")
			continue
		}
		name := unprotect(k.Value)
		if first := seen[name]; first != nil {
			d.problem(k, at.key(name), fmt.Sprintf("is set twice, first on line %d", first.Line), "keep one of them")
			continue
		}
		seen[name] = k
		out = append(out, entry{name, k, v})
	}
	for _, m := range merges {
		out = d.merge(m, at, out, seen)
	}
	return out
}

// merge adds the mapping, or the list of mappings, that << names; earlier ones take precedence.
func (d *decoder) merge(m *yaml.Node, at *place, out []entry, seen map[string]*yaml.Node) []entry {
	m, leave, ok := d.follow(m, at)
	if !ok {
		return out
	}
	defer leave()
	switch m.Kind {
	case yaml.SequenceNode:
		if d.depth == maxDepth {
			d.problem(m, at, fmt.Sprintf("more than %d levels are inside each other", maxDepth), "")
			return out
		}
		d.depth++
		defer func() { d.depth-- }()
		for _, c := range m.Content {
			out = d.merge(c, at, out, seen)
		}
	case yaml.MappingNode:
		for _, e := range d.entries(m, at) {
			if d.borrowed++; d.borrowed > maxAliasNodes {
				break
			}
			if seen[e.name] == nil {
				seen[e.name] = e.key
				out = append(out, e)
			}
		}
	default:
		d.problem(m, at.key("<<"), "expected a mapping or a list of them, found "+found(m), "")
	}
	return out
}
