package config

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Encode writes d as YAML. Secrets are written as the reference they came from or, if they were
// literals, as ***, which Decode refuses: such a document has to be completed by hand.
// Otherwise decoding it gives a Document equal to d.
func Encode(d *Document) []byte { return encoder{}.document(d) }

// EncodeWritten writes a Document whose texts are already in the form of a file: in them ${NAME}
// is a reference and $${ a literal ${. A Secret without a reference is written out, so it is only
// for callers that hold the secrets in the source anyway.
func EncodeWritten(d *Document) []byte { return encoder{written: true}.document(d) }

// An encoder turns values into YAML nodes.
type encoder struct {
	written bool // texts are already in the form of a file
}

// Sum identifies the content of d without its secrets: SHA-256 of its JSON, followed by one line for each
// virtual key. Keys are hashed one after the other, so that their text is never in memory as a whole.
func Sum(d *Document) (sum [32]byte) {
	h := sha256.New()
	enc := json.NewEncoder(h)
	rest := *d
	rest.VirtualKeys = nil
	err := enc.Encode(&rest)
	for i := range d.VirtualKeys {
		err = cmp.Or(err, enc.Encode(&d.VirtualKeys[i]))
	}
	if err != nil {
		panic("BUG: cannot encode a document: " + err.Error())
	}
	return [32]byte(h.Sum(nil))
}

func (e encoder) document(d *Document) []byte {
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	err := enc.Encode(e.node(reflect.ValueOf(d).Elem()))
	if err == nil {
		err = enc.Close()
	}
	if err != nil {
		panic("BUG: cannot encode a document: " + err.Error()) // only memory and our own nodes are involved
	}
	return b.Bytes()
}

// node returns v as a YAML node.
func (e encoder) node(v reflect.Value) *yaml.Node {
	switch x := v.Interface().(type) {
	case Secret:
		if e.written && x.Ref() == "" {
			return word("!!str", x.Reveal())
		}
		return word("!!str", x.String()) // the ${ of a reference is intended
	case Duration:
		return word("!!str", x.String())
	case Size:
		return word("", x.String())
	}
	switch v.Kind() {
	case reflect.Pointer:
		return e.node(v.Elem())
	case reflect.Struct:
		return e.structNode(v)
	case reflect.Slice:
		n := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		for i := range v.Len() {
			n.Content = append(n.Content, e.node(v.Index(i)))
		}
		return n
	case reflect.Map:
		n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		for _, k := range sortedKeys(v.Interface().(map[string]string)) {
			n.Content = append(n.Content, word("!!str", k), e.node(v.MapIndex(reflect.ValueOf(k))))
		}
		return n
	case reflect.String:
		if e.written {
			return word("!!str", v.String())
		}
		return word("!!str", strings.ReplaceAll(v.String(), "${", "$${"))
	case reflect.Bool:
		return word("!!bool", strconv.FormatBool(v.Bool()))
	case reflect.Float64:
		return word("", strconv.FormatFloat(v.Float(), 'f', -1, 64))
	}
	return word("!!int", strconv.FormatInt(v.Int(), 10))
}

func (e encoder) structNode(v reflect.Value) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for _, f := range fieldsOf(v.Type()) {
		value := v.Field(f.index)
		if empty(value) && (f.omit || value.Type() == secretType) {
			continue
		}
		n.Content = append(n.Content, word("!!str", f.name), e.node(value))
	}
	return n
}

// empty reports whether v may be left out. A pointer to a zero value is not empty: it
// differs from the default.
func empty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Slice, reflect.Map:
		return v.Len() == 0
	}
	return v.IsZero()
}

func word(tag, text string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: text}
	if tag == "!!str" && strings.ContainsFunc(text, func(r rune) bool {
		return r < 0x20 || r == 0x85 || r == 0x2028 || r == 0x2029 || r == 0xfeff || r == 0x7f
	}) {
		n.Style = yaml.DoubleQuotedStyle // block styles would change line ends and leading spaces
	}
	return n
}
