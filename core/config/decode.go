package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Decode reads a document, YAML or JSON, resolves its references and validates it.
// name is the file's name in problems; its extension decides the format, or the first
// bytes do if it has none.
//
// All problems are reported at once, in the order of the file. The Document is nil if
// one of them is an Error; with Warnings alone there is a Document. data is not
// retained.
func Decode(name string, data []byte, env Env) (*Document, []Problem) {
	root, l, bad := parseLong(name, data)
	d, doc := decode(name, root, l, env)
	if l != nil && (bad != nil || d.bad != nil) && len(data) <= MaxDocumentBytes { // splitting at lines may have misread it: read it again as a whole
		root, bad = parse(name, data)
		l = nil
		d, doc = decode(name, root, nil, env)
	}
	if bad == nil {
		bad = d.bad
	}
	if bad != nil {
		return nil, []Problem{*bad}
	}
	if root == nil {
		return nil, []Problem{{File: name, Message: "is empty", Hint: "begin with providers: [{name: openai, api_key: env.OPENAI_API_KEY}]"}}
	}
	read := d.problems
	for _, p := range doc.Validate(env) {
		if !follows(p.Path, read) {
			d.problems = append(d.problems, p)
		}
	}
	locate(name, data, root, l, d.problems)
	if Failed(d.problems) {
		doc = nil
	}
	return doc, sorted(d.problems)
}

// decode fills a Document from a tree without validating it. root may be nil.
func decode(name string, root *yaml.Node, l *long, env Env) (*decoder, *Document) {
	d, doc := &decoder{name: name, env: env, long: l}, new(Document)
	if root != nil {
		d.value(root, reflect.ValueOf(doc).Elem(), nil)
	}
	return d, doc
}

// follows reports whether a problem at path is only a consequence of a problem met
// while reading at the same place, above it or below it.
func follows(path string, read []Problem) bool {
	return slices.ContainsFunc(read, func(p Problem) bool {
		return p.Path != "" && (within(path, p.Path) || within(p.Path, path))
	})
}

// within reports whether inner is outer or lies inside it.
func within(inner, outer string) bool {
	rest, ok := strings.CutPrefix(inner, outer)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// A decoder fills a Document from nodes. JSON tags are the names of fields.
type decoder struct {
	name     string
	env      Env
	problems []Problem
	long     *long                    // the list that was split off the tree; nil: none
	bad      *Problem                 // of a piece of that list that cannot be read
	known    map[reflect.Type][]field // the fields of each type met so far

	depth    int          // mappings and sequences around the current value
	aliases  []*yaml.Node // anchors being followed, outermost first
	borrowed int          // nodes read through aliases so far
	expanded int          // bytes of all strings after expansion so far
}

// problem records an Error at n, up to the bound of problems.
func (d *decoder) problem(n *yaml.Node, at *place, message, hint string) {
	if len(d.problems) > maxProblems {
		return
	}
	d.problems = append(d.problems, Problem{File: d.name, Line: n.Line, Column: n.Column,
		Path: at.String(), Message: message, Hint: hint})
}

// value reads n into v. null, and a key without a value, leave v unchanged.
func (d *decoder) value(n *yaml.Node, v reflect.Value, at *place) {
	if len(d.problems) > maxProblems {
		return
	}
	n, leave, ok := d.follow(n, at)
	if !ok {
		return
	}
	defer leave()
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" {
		return
	}
	if scalarType(v.Type()) {
		if n.Kind != yaml.ScalarNode {
			d.problem(n, at, "expected "+describe(v.Type())+", found "+found(n), "")
			return
		}
		d.scalar(n, v, at)
		return
	}
	d.nested(n, v, at)
}

// nested reads a mapping or a sequence.
func (d *decoder) nested(n *yaml.Node, v reflect.Value, at *place) {
	if v.Kind() == reflect.Pointer {
		p := reflect.New(v.Type().Elem())
		before := len(d.problems)
		// a section with a mistake in it is still present
		if d.value(n, p.Elem(), at); len(d.problems) == before || p.Elem().Kind() == reflect.Struct {
			v.Set(p)
		}
		return
	}
	want := yaml.MappingNode
	if v.Kind() == reflect.Slice {
		want = yaml.SequenceNode
	}
	if n.Kind != want {
		d.problem(n, at, "expected "+describe(v.Type())+", found "+found(n), shapeHint(n, v.Type()))
		return
	}
	if d.depth == maxDepth {
		d.problem(n, at, fmt.Sprintf("more than %d levels are inside each other", maxDepth), "")
		return
	}
	d.depth++
	defer func() { d.depth-- }()
	switch v.Kind() {
	case reflect.Slice:
		d.sequence(n, v, at)
	case reflect.Map:
		d.mapping(n, v, at)
	default:
		d.fields(n, v, at)
	}
}

// shapeHint shows how to write a single value as a list.
func shapeHint(n *yaml.Node, t reflect.Type) string {
	if t.Kind() != reflect.Slice {
		return ""
	}
	if n.Kind == yaml.MappingNode {
		return `begin each entry with "- "`
	}
	if t.Elem().Kind() == reflect.String && n.Kind == yaml.ScalarNode && len(n.Value) <= maxShown && !strings.Contains(n.Value, "\n") {
		return "write [" + unprotect(n.Value) + "]"
	}
	return ""
}

// follow resolves aliases to the node they refer to. leave must be called once that node has
// been read. It counts the nodes read through aliases: a few lines with ten aliases
// nested in each other would expand to a billion nodes.
func (d *decoder) follow(n *yaml.Node, at *place) (target *yaml.Node, leave func(), ok bool) {
	entered := 0
	for ; n.Kind == yaml.AliasNode; entered++ {
		if slices.Contains(d.aliases, n.Alias) || len(d.aliases) >= maxDepth {
			d.problem(n, at, "alias *"+unprotect(n.Value)+" leads back to itself", "")
			d.aliases = d.aliases[:len(d.aliases)-entered]
			return nil, nil, false
		}
		d.aliases = append(d.aliases, n.Alias)
		n = n.Alias
	}
	if len(d.aliases) > 0 {
		if d.borrowed++; d.borrowed > maxAliasNodes {
			if d.borrowed == maxAliasNodes+1 {
				d.problem(n, at, fmt.Sprintf("aliases stand for more than %d values", maxAliasNodes), "write them out, or use fewer")
			}
			d.aliases = d.aliases[:len(d.aliases)-entered]
			return nil, nil, false
		}
	}
	return n, func() { d.aliases = d.aliases[:len(d.aliases)-entered] }, true
}

func (d *decoder) sequence(n *yaml.Node, v reflect.Value, at *place) {
	if d.long != nil && n == d.long.node {
		d.longSequence(v, at)
		return
	}
	out := reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content))
	for i, c := range n.Content {
		d.value(c, out.Index(i), at.item(i))
	}
	if len(n.Content) > 0 { // an empty list equals no list, so that Encode may leave it out
		v.Set(out)
	}
}

// longSequence is sequence for the list that is read in pieces.
func (d *decoder) longSequence(v reflect.Value, at *place) {
	out := reflect.MakeSlice(v.Type(), d.long.length(), d.long.length())
	for i, p := range d.long.pieces {
		list, bad := d.long.entries(d.name, i)
		if bad != nil {
			d.bad = bad
			return
		}
		for j, c := range list {
			d.value(c, out.Index(p.first+j), at.item(p.first+j))
		}
	}
	v.Set(out)
}

// mapping reads a map of strings.
func (d *decoder) mapping(n *yaml.Node, v reflect.Value, at *place) {
	for _, e := range d.entries(n, at) {
		if v.IsNil() {
			v.Set(reflect.MakeMap(v.Type()))
		}
		item := reflect.New(v.Type().Elem()).Elem()
		d.value(e.value, item, at.key(e.name))
		v.SetMapIndex(reflect.ValueOf(e.name), item)
	}
}

// fields reads a mapping into a struct.
func (d *decoder) fields(n *yaml.Node, v reflect.Value, at *place) {
	fields := d.known[v.Type()]
	if fields == nil {
		if fields = fieldsOf(v.Type()); d.known == nil {
			d.known = make(map[reflect.Type][]field)
		}
		d.known[v.Type()] = fields
	}
	for _, e := range d.entries(n, at) {
		i := slices.IndexFunc(fields, func(f field) bool { return f.name == e.name })
		switch {
		case i >= 0:
			d.value(e.value, v.Field(fields[i].index), at.key(e.name))
		case at == nil && strings.HasPrefix(e.name, "x-"):
			// x- fields hold anchors that are used elsewhere
		default:
			d.problem(e.key, at.key(e.name), "unknown field", fieldHint(e.name, v.Type(), fields))
		}
	}
}
