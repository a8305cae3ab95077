package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"
)

// A node is a JSON value with the order of its members and the spelling of its numbers kept.
type node struct {
	open    byte // '{', '[' or 0
	members []member
	raw     string // of anything but an object or a list
}

// A member is one of an object, or an element of a list, without a key.
type member struct {
	key   string
	value *node
}

func parseTree(b []byte) (*node, error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	n, err := readTree(d)
	if err == nil && d.More() {
		err = fmt.Errorf("something follows the document")
	}
	return n, err
}

func readTree(d *json.Decoder) (*node, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	open, ok := t.(json.Delim)
	if !ok {
		raw, err := json.Marshal(t)
		return &node{raw: string(raw)}, err
	}
	n := &node{open: byte(open)}
	for d.More() {
		key := ""
		if open == '{' {
			k, err := d.Token()
			if err != nil {
				return nil, err
			}
			key = k.(string)
		}
		v, err := readTree(d)
		if err != nil {
			return nil, err
		}
		n.members = append(n.members, member{key, v})
	}
	_, err = d.Token()
	return n, err
}

// leaf makes a node of a Go value.
func leaf(v any) *node {
	raw, _ := json.Marshal(v)
	n, _ := parseTree(raw)
	return n
}

// A spelling is a way to write a tree.
type spelling struct {
	gap     string // written wherever white space is allowed
	ascii   bool   // nothing but ASCII
	slashes bool   // / is escaped
}

func (n *node) String() string {
	var b strings.Builder
	n.write(&b, spelling{})
	return b.String()
}

func (n *node) write(b *strings.Builder, s spelling) {
	if n.open == 0 {
		b.WriteString(s.text(n.raw))
		return
	}
	b.WriteByte(n.open)
	for i, m := range n.members {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(s.gap)
		if n.open == '{' {
			key, _ := json.Marshal(m.key)
			b.WriteString(string(key) + s.gap + ":" + s.gap)
		}
		m.value.write(b, s)
		b.WriteString(s.gap)
	}
	b.WriteByte(n.open + 2)
}

func (s spelling) text(raw string) string {
	if raw == "" || raw[0] != '"' || !s.ascii && !s.slashes {
		return raw
	}
	var b strings.Builder
	for _, r := range raw {
		switch {
		case r == '/' && s.slashes:
			b.WriteString(`\/`)
		case r >= 0x10000 && s.ascii:
			hi, lo := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, hi, lo)
		case r >= 0x80 && s.ascii:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// theirs are the members whose content is not part of the format and must not be changed: the arguments of
// calls, and the content of tools and files.
var theirs = map[string]bool{"args": true, "arguments": true, "input": true, "json": true, "parameters": true, "metadata": true, "response_format": true, "text": true}

// each calls do for n and every object and list in it that is part of the format. path is its path, without
// indices.
func (n *node) each(path string, do func(path string, n *node)) {
	if n.open == 0 {
		return
	}
	for _, m := range n.members { // first, so that members that do adds are not visited
		if !theirs[m.key] || m.value.open == 0 {
			m.value.each(path+"."+m.key, do)
		}
	}
	do(path, n)
}

// get returns the member at the end of a path of keys; of a list on the way it uses the first element.
func (n *node) get(path ...string) *node {
	for _, key := range path {
		if n = n.enter(); n == nil {
			return nil
		}
		at := n.find(key)
		if at < 0 {
			return nil
		}
		n = n.members[at].value
	}
	return n
}

func (n *node) enter() *node {
	for n != nil && n.open == '[' {
		if len(n.members) == 0 {
			return nil
		}
		n = n.members[0].value
	}
	return n
}

func (n *node) find(key string) int {
	for i, m := range n.members {
		if n.open == '{' && m.key == key {
			return i
		}
	}
	return -1
}

// set replaces the member of that name, or adds it at the end.
func (n *node) set(key string, v *node) {
	if at := n.find(key); at >= 0 {
		n.members[at].value = v
		return
	}
	n.members = append(n.members, member{key, v})
}

func (n *node) drop(key string) {
	if at := n.find(key); at >= 0 {
		n.members = append(n.members[:at:at], n.members[at+1:]...)
	}
}

// plain returns the decoded text of a string; ok is false for any other value.
func (n *node) plain() (text string, ok bool) {
	if n == nil || n.open != 0 || n.raw == "" || n.raw[0] != '"' {
		return "", false
	}
	return text, json.Unmarshal([]byte(n.raw), &text) == nil
}
