package config

import (
	"bytes"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A long is the list of virtual keys of a long YAML document, cut into pieces that are read one after the
// other: the nodes of 100,000 keys together would be fifty times their text. Only lists are cut that stand
// at the left, an entry a line or more, in a document without anchors: no entry needs another to be understood.
type long struct {
	node   *yaml.Node // what stands for the list in the tree
	line   int        // where its name stands
	size   int        // of a piece at least, in bytes
	pieces []piece
	last   []*yaml.Node // the entries of pieces[at], for who asks again
	at     int
}

// A piece is some entries of a long list.
type piece struct {
	text  []byte
	line  int // how many are before it
	first int // the number of its first entry
	n     int // how many it has
}

// keysLine begins the list that can be long.
const keysLine = "virtual_keys:"

// cut takes the long list out of data. rest is the document without it, its lines where they were.
// A piece is of size bytes and an entry. A nil long: there is none, or it cannot be cut.
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

// cuttable reports whether data has nothing that reaches over lines unseen: anchors, and line ends that only YAML knows.
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

// tree reads the document without the list, and finds what stands for it.
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

// apart is the problem of a list whose lines are not what they look like.
func apart(name string, line int) *Problem {
	return &Problem{File: name, Line: line, Message: "cannot tell the entries of virtual_keys apart", Hint: "begin each on a line of its own, and close quotes and braces within it"}
}

// split makes pieces of the entries from offset at on, and returns where they end.
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
		case len(body) == 0 || body[0] == '#': // of whatever is around it
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

// nextLine is where the line after offset at begins; the end of data when none does.
func nextLine(data []byte, at int) (next int, found bool) {
	n := bytes.IndexByte(data[at:], '\n')
	if n < 0 {
		return len(data), false
	}
	return at + n + 1, true
}

// entries reads the i-th piece. What it returns is good until it is called again.
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

// moved adds to the lines of n and all below it.
func moved(n *yaml.Node, lines int) {
	n.Line += lines
	for _, c := range n.Content {
		moved(c, lines)
	}
}

// entry is the i-th of the list; nil: there is none that can be read.
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

// length is how many entries the list has.
func (l *long) length() int {
	last := l.pieces[len(l.pieces)-1]
	return last.first + last.n
}

// bytes is how much of the document the list is.
func (l *long) bytes() (n int) {
	for i := range l.pieces {
		n += len(l.pieces[i].text)
	}
	return n
}
