package config

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// FuzzCut: a document that is read in pieces is the same as read at once, or is told to be none.
func FuzzCut(f *testing.F) {
	for _, text := range []string{
		"listen: x\nvirtual_keys:\n- a\n- b: 1\n  c: |\n    - d\n# e\n\n- {f: '${G}'}\ntls: 1\n",
		"virtual_keys: # keys\n  - a\n  -\n    b: 1\n  - - c\n    - d\nlisten: y",
		"virtual_keys:\n- \"a\n- b\"\n- c\n",
		"virtual_keys:\n- [a,\nb]\n- {c: 1,\n  d: 2}\n",
		"{listen: x,\nvirtual_keys:\n- a\n, tls: y}\n",
		"--- |\nvirtual_keys:\n- a\n",
		"x: \"\nvirtual_keys:\n- a\"\n",
		"virtual_keys:\n- a\n...\n---\n- b\n",
		"virtual_keys:\n- &a b\n- *a\n",
		"virtual_keys:\n- b\n- *a\nvirtual_keys:\n- c\n",
		"virtual_keys:\n\n - a\n- b\n",
		"virtual_keys:\r\n- a\r\n- b\r\nlisten: 1\r\n",
		"virtual_keys:\n- a # b\n-\tc\n-\n- \n",
		"virtual_keys:\n- >\n a\n- b\n  c\n - d\n",
	} {
		f.Add(text, 1)
		f.Add(text, 9)
	}
	f.Fuzz(func(t *testing.T, text string, size int) {
		if invalidUTF8([]byte(text)) >= 0 {
			return
		}
		l, rest := cut([]byte(text), size)
		if l == nil {
			return
		}
		root, bad := l.tree("t.yaml", rest)
		if bad != nil {
			return // it is read at once
		}
		for i := range l.pieces {
			list, bad := l.entries("t.yaml", i)
			if bad != nil {
				return
			}
			l.node.Content = append(l.node.Content, list...)
		}
		whole, bad := parse("t.yaml", []byte(text))
		if bad != nil {
			t.Fatalf("%q is read in pieces and is none: %v", text, bad)
		}
		if a, b := outline(whole), outline(root); a != b {
			t.Fatalf("%q is\n%s\nand in pieces\n%s", text, a, b)
		}
	})
}

// outline is a tree as text. Where a list begins is left out: nobody is told.
func outline(n *yaml.Node) string {
	var b strings.Builder
	var add func(n *yaml.Node, depth int)
	add = func(n *yaml.Node, depth int) {
		line, column := n.Line, n.Column
		if n.Kind == yaml.SequenceNode {
			line, column = 0, 0
		}
		fmt.Fprintf(&b, "%*s%d %s %q %d:%d\n", depth, "", n.Kind, n.ShortTag(), n.Value, line, column)
		for _, c := range n.Content {
			add(c, depth+1)
		}
	}
	add(n, 0)
	return b.String()
}

// keysText is a document with n virtual keys; more is added to each.
func keysText(n int, more string) string {
	var b strings.Builder
	b.WriteString("listen: 127.0.0.1:0\nvirtual_keys: # all of them\n")
	for i := range n {
		fmt.Fprintf(&b, "- {name: k%d, key: vk-0123456789abcdef-%d%s}\n", i, i, more)
	}
	b.WriteString("providers:\n- {name: openai, api_key: k}\n")
	return b.String()
}

// TestLongDocument: a long document is what it is at once, and its problems stand where they are.
func TestLongDocument(t *testing.T) {
	const n = 2_000 // two pieces
	text := keysText(n, strings.Repeat("x", 100))
	root, bad := parse("t.yaml", []byte(text))
	if bad != nil {
		t.Fatal(bad)
	}
	_, want := decode("t.yaml", root, nil, testEnv())
	got, problems := Decode("t.yaml", []byte(text), testEnv())
	if !reflect.DeepEqual(got, want) || len(got.VirtualKeys) != n {
		t.Fatalf("%d keys, %v", len(got.VirtualKeys), problems)
	}
	spoiled := func(from, to, want string) {
		t.Helper()
		_, problems := Decode("t.yaml", []byte(strings.Replace(text, from, to, 1)), testEnv())
		if len(problems) != 1 || !strings.HasPrefix(problems[0].String(), want) {
			t.Fatalf("%q: %v, want %s", to, problems, want)
		}
	}
	spoiled("{name: k1900,", "{name: k3,", "t.yaml:1903: virtual_keys[1900].name: virtual key \"k3\" is there already")
	spoiled("{name: k1900,", "{nam: x, name: k1900,", "t.yaml:1903: virtual_keys[1900].nam: unknown field")
	spoiled("{name: k1900,", "{name: k1900: ,", "t.yaml:1902: cannot read YAML")
	if got, problems := Decode("t.yaml", []byte(strings.Replace(text, "{name: k1900,", "{description: \"a\n- b\", name: k1900,", 1)), testEnv()); got == nil || got.VirtualKeys[1900].Description != "a - b" {
		t.Fatal("a line that is no entry:", problems)
	}
}

// TestLongestDocument: only virtual keys make a document longer than MaxDocumentBytes.
func TestLongestDocument(t *testing.T) {
	more := ", description: '" + strings.Repeat("x", 4_500) + "'"
	text := keysText(1000, more)
	doc, problems := Decode("t.yaml", []byte(text), testEnv())
	if doc == nil || len(doc.VirtualKeys) != 1000 || len(text) <= MaxDocumentBytes {
		t.Fatal(len(text), problems)
	}
	for _, c := range [][2]string{
		{strings.Replace(text, "{name: k90,", "{name: [k90,", 1), "t.yaml:92: cannot read YAML"},
		{strings.Replace(text, "{name: k90,", "{description: \"a\n- b\", name: k900,", 1), "t.yaml:"},
		{text + "x-more: " + strings.Repeat("y", MaxDocumentBytes), "t.yaml: is "},
		{strings.ReplaceAll(text, "\n- ", "\n- &a "), "t.yaml: is "},
	} {
		doc, problems := Decode("t.yaml", []byte(c[0]), testEnv())
		if doc != nil || len(problems) != 1 || !strings.HasPrefix(problems[0].String(), c[1]) {
			t.Errorf("want %s: %.300v", c[1], problems)
		}
	}
}

// TestSum: documents with different digests are different, and equal ones have the same.
func TestSum(t *testing.T) {
	seen := map[[32]byte]uint64{}
	for seed := range uint64(200) {
		a, b := someDocument(seed), someDocument(seed)
		if Sum(a) != Sum(b) {
			t.Fatalf("document %d has two digests", seed)
		}
		if first, dup := seen[Sum(a)]; dup && string(Encode(a)) != string(Encode(someDocument(first))) {
			t.Fatalf("documents %d and %d have one digest", seed, first)
		}
		seen[Sum(a)] = seed
	}
	a, b := &Document{VirtualKeys: []VirtualKey{{Name: "a"}, {Name: "b"}}}, &Document{VirtualKeys: []VirtualKey{{Name: "b"}, {Name: "a"}}}
	if Sum(a) == Sum(b) {
		t.Fatal("the order of keys makes no difference")
	}
}
