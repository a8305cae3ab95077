package config

import (
	"go.yaml.in/yaml/v3"
)

// A Form is the kind of a Value.
type Form uint8

const (
	Null Form = iota
	Bool
	Number
	Text
	List
	Object
)

// String returns the everyday name of a Form.
func (f Form) String() string {
	return [...]string{"nothing", "true or false", "a number", "text", "a list", "an object"}[f]
}

// A Value is a value of a file that is not a Document, as written, for code that converts the
// configuration of another program. References in it are not resolved.
type Value struct {
	Path         string // in the notation of a Problem; empty: the whole file
	Line, Column int    // from 1
	Form         Form
	Text         string   // of Bool, Number and Text
	Items        []*Value // of a List
	Members      []Member // of an Object, in the order of the file
}

// A Member is one field of an Object.
type Member struct {
	Name  string
	Value *Value
}

// Read parses a file, YAML or JSON by its name or its first bytes, within the bounds of Decode
// and without interpreting it. The Value is nil if a Problem is an Error or if the
// file is empty.
func Read(name string, data []byte) (*Value, []Problem) {
	root, bad := parse(name, data)
	if bad != nil {
		return nil, []Problem{*bad}
	}
	if root == nil {
		return nil, []Problem{{File: name, Message: "is empty"}}
	}
	d := decoder{name: name}
	v := d.tree(root, nil)
	if Failed(d.problems) {
		v = nil
	}
	return v, sorted(d.problems)
}

// tree converts n to a Value.
func (d *decoder) tree(n *yaml.Node, at *place) *Value {
	v := &Value{Path: at.String(), Line: n.Line, Column: n.Column}
	n, leave, ok := d.follow(n, at)
	if !ok {
		return v
	}
	defer leave()
	if n.Kind != yaml.ScalarNode && d.depth == maxDepth {
		d.problem(n, at, "too many levels are inside each other", "")
		return v
	}
	d.depth++
	defer func() { d.depth-- }()
	switch n.Kind {
	case yaml.SequenceNode:
		v.Form = List
		for i, c := range n.Content {
			v.Items = append(v.Items, d.tree(c, at.item(i)))
		}
	case yaml.MappingNode:
		v.Form = Object
		for _, e := range d.entries(n, at) {
			m := d.tree(e.value, at.key(e.name))
			if m.Form >= List { // for these the line of their name is more useful
				m.Line, m.Column = e.key.Line, e.key.Column
			}
			v.Members = append(v.Members, Member{e.name, m})
		}
	default:
		v.Form, v.Text = formOf(n.ShortTag()), unprotect(n.Value)
	}
	return v
}

func formOf(tag string) Form {
	switch tag {
	case "!!null":
		return Null
	case "!!bool":
		return Bool
	case "!!int", "!!float":
		return Number
	}
	return Text
}
