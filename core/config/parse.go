package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// parse reads data, YAML or JSON, into a tree of nodes with positions. A nil
// tree without a problem means an empty document.
func parse(name string, data []byte) (*yaml.Node, *Problem) {
	if len(data) > MaxDocumentBytes {
		return nil, tooLong(name, len(data))
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if at := invalidUTF8(data); at >= 0 {
		line, col := position(data, at)
		return nil, &Problem{File: name, Line: line, Column: col, Message: fmt.Sprintf("byte 0x%02x is not UTF-8", data[at]), Hint: "save the file as UTF-8"}
	}
	if looksLikeJSON(name, data) {
		return parseJSON(name, data)
	}
	return parseYAML(name, data)
}

func tooLong(name string, n int) *Problem {
	return &Problem{File: name, Message: fmt.Sprintf("is %d bytes long; a document has at most %d, and %d with its virtual_keys in YAML, each entry on a line of its own", n, MaxDocumentBytes, MaxFileBytes)}
}

// parseLong is parse, except that the virtual keys of a long document are split off into l; nil: they are
// in the tree. For a document that it misreads it may return a Problem where parse would not.
func parseLong(name string, data []byte) (root *yaml.Node, l *long, bad *Problem) {
	if len(data) > MaxFileBytes {
		return nil, nil, tooLong(name, len(data))
	}
	text := bytes.TrimPrefix(data, []byte("\ufeff"))
	if len(text) >= longBytes && invalidUTF8(text) < 0 && !looksLikeJSON(name, text) {
		if l, rest := cut(text, pieceBytes); l != nil && len(text)-l.bytes() <= MaxDocumentBytes {
			root, bad = l.tree(name, rest)
			return root, l, bad
		}
	}
	root, bad = parse(name, data)
	return root, nil, bad
}

// looksLikeJSON decides by the name's extension if there is one, otherwise by the first byte: a
// YAML document may also begin with {, but then rarely continues with a quoted
// key.
func looksLikeJSON(name string, data []byte) bool {
	switch path.Ext(name) {
	case ".json":
		return true
	case ".yaml", ".yml":
		return false
	}
	rest := bytes.TrimLeft(data, " \t\r\n")
	if len(rest) == 0 || rest[0] != '{' {
		return false
	}
	rest = bytes.TrimLeft(rest[1:], " \t\r\n")
	return len(rest) > 0 && (rest[0] == '"' || rest[0] == '}')
}

// parseYAML reads exactly one YAML document.
func parseYAML(name string, data []byte) (root *yaml.Node, bad *Problem) {
	if at := bytes.IndexAny(data, shelter); at >= 0 {
		line, col := position(data, at)
		return nil, &Problem{File: name, Line: line, Column: col, Message: "holds a code point that is not a character", Hint: "delete it"}
	}
	defer func() {
		// The parser panics on a few inputs that it does not expect. Such a document is
		// bad, which is no reason to stop serving the previous one.
		if r := recover(); r != nil {
			root, bad = nil, &Problem{File: name, Message: fmt.Sprintf("cannot read YAML: %v", r)}
		}
	}()
	dec := yaml.NewDecoder(bytes.NewReader(protect(data)))
	var doc yaml.Node
	if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
		return nil, nil
	} else if err != nil {
		return nil, yamlProblem(name, data, err)
	}
	var second yaml.Node
	if err := dec.Decode(&second); err == nil {
		return nil, &Problem{File: name, Line: second.Line, Column: second.Column, Message: "holds more than one YAML document", Hint: "keep one and delete the --- between them"}
	} else if !errors.Is(err, io.EOF) {
		return nil, yamlProblem(name, data, err)
	}
	return doc.Content[0], nil
}

// invalidUTF8 returns the offset of the first byte that is not UTF-8, or -1.
func invalidUTF8(data []byte) int {
	if utf8.Valid(data) {
		return -1
	}
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

// position returns the line and column of an offset, both from 1.
func position(data []byte, at int) (line, column int) {
	at = min(at, len(data))
	start := bytes.LastIndexByte(data[:at], '\n') + 1
	return 1 + bytes.Count(data[:at], []byte("\n")), 1 + utf8.RuneCount(data[start:at])
}
