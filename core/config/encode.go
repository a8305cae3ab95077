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

// Encode writes d as YAML. Secrets are written as the reference they came by
// and as *** when they were literals, which Decode refuses: such a document has
// to be completed by hand. Otherwise Decode of it equals d.
func Encode(d *Document) []byte { return encoder{}.document(d) }

// EncodeWritten writes a Document whose texts are not what Decode made of a file but what is to
// stand in one: ${NAME} in them is a reference, $${ a literal ${, and a Secret without a
// reference is written out. It is for somebody who has the secrets in the same form already.
func EncodeWritten(d *Document) []byte { return encoder{written: true}.document(d) }

// An encoder turns values into YAML.
type encoder struct {
	written bool // texts are as they stand in a file
}

// Sum tells d from other documents, secrets left out: SHA-256 of it as JSON, its virtual keys a line each
// behind the rest. So many keys are written one after the other, and never held as text together.
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
		panic("BUG: cannot encode a document: " + err.Error()) // memory only, and our own nodes
	}
	return b.Bytes()
}

// node is v as YAML.
func (e encoder) node(v reflect.Value) *yaml.Node {
	switch x := v.Interface().(type) {
	case Secret:
		if e.written && x.Ref() == "" {
			return word("!!str", x.Reveal())
		}
		return word("!!str", x.String()) // a reference has its ${ on purpose
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

// empty reports whether v needs not be written. A pointer to a zero value is
// not empty: it says what differs from the default.
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
		n.Style = yaml.DoubleQuotedStyle // block styles change line ends and leading space
	}
	return n
}
