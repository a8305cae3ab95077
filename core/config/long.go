package config

import (
	"bytes"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A long is the list of virtual keys of a long YAML document, split into pieces that are parsed one after the
// other: the nodes of 100,000 keys would take fifty times the memory of their text. A list is split only if it is
// not indented in other mappings, its entries begin on lines of their own, and the document has no anchors: then
// every entry can be parsed by itself.
type long struct {
	node   *yaml.Node // the placeholder of the list in the tree
	line   int        // the line of its name
	size   int        // least size of a piece, in bytes
	pieces []piece
	last   []*yaml.Node // the entries of pieces[at], kept for the next call
	at     int
}

// A piece is a part of a long list.
type piece struct {
	text  []byte
	line  int // number of lines before it
	first int // index of its first entry
	n     int // number of its entries
}

// keysLine is the line with which a list that can be long begins.
const keysLine = "virtual_keys:"

// cut splits the long list off data. rest is the document without it, with its lines in their places.
// A piece has at least size bytes and ends with an entry. A nil long: there is no list, or it cannot be split.
func cut(data []byte, size int) (l *long, rest []byte) {
	if !cuttable(data) {
		return nil, nil
	}
	begin := 0
	if !bytes.HasPrefix(data, []byte(keysLine)) {
		if begin = bytes.Index(data, []byte("\n"+keysLine)) + 1; begin == 0 {
			return nil, nil
		}
	}
	head := begin + len(keysLine)
	list, found := nextLine(data, head)
	after := bytes.TrimRight(data[head:list], " \r\n")
	if comment := bytes.TrimLeft(after, " "); !found || len(after) > 0 && (len(comment) == len(after) || comment[0] != '#') {
		return nil, nil
	}
	l = &long{at: -1, size: size, line: bytes.Count(data[:list], []byte("\n"))}
	end := l.split(data, list)
	if len(l.pieces) == 0 {
		return nil, nil
	}
	rest = slices.Concat(data[:head], []byte(" []"), data[head:list], bytes.Repeat([]byte("\n"), bytes.Count(data[list:end], []byte("\n"))), data[end:])
	return l, rest
}

// cuttable reports whether data can be split at lines: it has no anchors, and no line ends that only YAML recognizes.
func cuttable(data []byte) bool {
	if bytes.ContainsAny(data, "\u0085\u2028\u2029") || bytes.Count(data, []byte("\r")) != bytes.Count(data, []byte("\r\n")) {
		return false
	}
	for at := bytes.IndexByte(data, '&'); at >= 0; {
		if at == 0 || strings.IndexByte(" \t\n[]{},:", data[at-1]) >= 0 {
			return false
		}
		next := bytes.IndexByte(data[at+1:], '&')
		if next < 0 {
			break
		}
		at += 1 + next
	}
	return true
}

// tree parses the document without the list, and finds the placeholder of the list.
func (l *long) tree(name string, rest []byte) (root *yaml.Node, bad *Problem) {
	if root, bad = parseYAML(name, rest); bad != nil {
		return nil, bad
	}
	for i := 0; root != nil && root.Kind == yaml.MappingNode && root.Style&yaml.FlowStyle == 0 && i+1 < len(root.Content); i += 2 {
		if k := root.Content[i]; k.Line == l.line && k.Column == 1 {
			l.node = root.Content[i+1]
			return root, nil
		}
	}
	return nil, apart(name, l.line)
}

// apart is the problem of a list that cannot be split at its lines.
func apart(name string, line int) *Problem {
	return &Problem{File: name, Line: line, Message: "cannot tell the entries of virtual_keys apart", Hint: "begin each on a line of its own, and close quotes and braces within it"}
}

// split makes pieces of the entries from offset at on, and returns the offset at which they end.
func (l *long) split(data []byte, at int) (end int) {
	indent, begin, line, n, entries := -1, at, l.line, 0, 0
	first := line
	flush := func(end int) {
		if n > 0 {
			l.pieces = append(l.pieces, piece{data[begin:end], first, entries - n, n})
		}
		begin, first, n = end, line, 0
	}
	for at < len(data) {
		next, _ := nextLine(data, at)
		text := data[at:next]
		blank := len(text) - len(bytes.TrimLeft(text, " "))
		switch body := bytes.TrimRight(text[blank:], " \r\n"); {
		case len(body) == 0 || body[0] == '#': // belongs to the surrounding entry
		case (indent < 0 || blank == indent) && (len(body) == 1 && body[0] == '-' || bytes.HasPrefix(body, []byte("- "))):
			if indent = blank; at-begin >= l.size {
				flush(at)
			}
			entries++
			n++
		case indent < 0 || blank <= indent:
			flush(at)
			return at
		}
		at = next
		line++
	}
	flush(at)
	return at
}

// nextLine returns the offset of the line after offset at; the end of data if there is none.
func nextLine(data []byte, at int) (next int, found bool) {
	n := bytes.IndexByte(data[at:], '\n')
	if n < 0 {
		return len(data), false
	}
	return at + n + 1, true
}

// entries parses the i-th piece. The result is valid until the next call.
func (l *long) entries(name string, i int) ([]*yaml.Node, *Problem) {
	if l.at == i {
		return l.last, nil
	}
	p := &l.pieces[i]
	root, bad := parseYAML(name, p.text)
	switch {
	case bad != nil:
		bad.Line += p.line
		return nil, bad
	case root == nil || root.Kind != yaml.SequenceNode || len(root.Content) != p.n:
		return nil, apart(name, p.line+1)
	}
	moved(root, p.line)
	l.at, l.last = i, root.Content
	return l.last, nil
}

// moved adds lines to the line numbers of n and all nodes below it.
func moved(n *yaml.Node, lines int) {
	n.Line += lines
	for _, c := range n.Content {
		moved(c, lines)
	}
}

// entry returns the i-th entry of the list; nil: there is none that can be parsed.
func (l *long) entry(name string, i int) *yaml.Node {
	at, found := slices.BinarySearchFunc(l.pieces, i, func(p piece, i int) int {
		switch {
		case i < p.first:
			return 1
		case i >= p.first+p.n:
			return -1
		}
		return 0
	})
	if !found {
		return nil
	}
	list, bad := l.entries(name, at)
	if bad != nil {
		return nil
	}
	return list[i-l.pieces[at].first]
}

// length is the number of entries.
func (l *long) length() int {
	last := l.pieces[len(l.pieces)-1]
	return last.first + last.n
}

// bytes is the size of the list in the document.
func (l *long) bytes() (n int) {
	for i := range l.pieces {
		n += len(l.pieces[i].text)
	}
	return n
}
