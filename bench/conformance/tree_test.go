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

// leaf makes a node of Go's plain value.
func leaf(v any) *node {
	raw, _ := json.Marshal(v)
	n, _ := parseTree(raw)
	return n
}

// A spelling is how a tree is written.
type spelling struct {
	gap     string // in each place where white space may stand
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

// theirs are the members whose inside is somebody's own words, which nobody else may change: the
// arguments of calls and what tools and files hold.
var theirs = map[string]bool{"args": true, "arguments": true, "input": true, "json": true, "parameters": true, "metadata": true, "response_format": true, "text": true}

// each calls do for n and every object and list in it that is in the format's own words. path
// names where it stands, without numbers.
func (n *node) each(path string, do func(path string, n *node)) {
	if n.open == 0 {
		return
	}
	for _, m := range n.members { // first: what do adds is not gone into
		if !theirs[m.key] || m.value.open == 0 {
			m.value.each(path+"."+m.key, do)
		}
	}
	do(path, n)
}

// get is the member at the end of a path of keys; a list on the way is entered at its first element.
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

// set puts a member in the place of one of its name, or behind all others.
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

// plain is what a string says; ok is false for anything else.
func (n *node) plain() (text string, ok bool) {
	if n == nil || n.open != 0 || n.raw == "" || n.raw[0] != '"' {
		return "", false
	}
	return text, json.Unmarshal([]byte(n.raw), &text) == nil
}
