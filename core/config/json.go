package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"asbru/core/scan"

	"go.yaml.in/yaml/v3"
)

// parseJSON reads JSON into YAML nodes, so that one decoder serves both. YAML's parser is
// not used for it: it does not know surrogate pairs and accepts what is not JSON.
func parseJSON(name string, data []byte) (*yaml.Node, *Problem) {
	r := jsonReader{data: data, dec: json.NewDecoder(bytes.NewReader(data))}
	r.dec.UseNumber()
	root, err := r.value(0)
	if err == nil {
		at := r.next()
		if _, more := r.dec.Token(); more == nil {
			r.failed, err = at, errors.New("there is something after the document")
		} else if !errors.Is(more, io.EOF) {
			err = more
		}
	}
	if err == nil {
		return root, nil
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, nil
	}
	return nil, r.problem(name, err)
}

// A jsonReader walks the tokens of a JSON text and records their positions.
type jsonReader struct {
	data   []byte
	dec    *json.Decoder
	failed int // offset of the token that was refused; 0: the decoder's error has a better position

	at, line, column int // the last position asked for, counted from 0
}

func (r *jsonReader) value(depth int) (*yaml.Node, error) {
	at := r.next()
	tok, err := r.dec.Token()
	if err != nil {
		return nil, err
	}
	n := &yaml.Node{Kind: yaml.ScalarNode}
	n.Line, n.Column = r.position(at)
	switch v := tok.(type) {
	case json.Delim:
		if depth == maxDepth {
			r.failed = at
			return nil, fmt.Errorf("more than %d levels are inside each other", maxDepth)
		}
		return n, r.fill(n, v, depth)
	case string:
		n.Tag, n.Value, n.Style = "!!str", v, yaml.DoubleQuotedStyle
	case json.Number:
		n.Tag, n.Value = "!!int", v.String()
		if strings.ContainsAny(n.Value, ".eE") {
			n.Tag = "!!float"
		}
	case bool:
		n.Tag, n.Value = "!!bool", fmt.Sprint(v)
	case nil:
		n.Tag, n.Value = "!!null", "null"
	}
	return n, nil
}

// fill reads the members of an object or array into n. As in YAML, keys and values
// alternate in the Content of an object.
func (r *jsonReader) fill(n *yaml.Node, open json.Delim, depth int) error {
	n.Kind, n.Tag = yaml.MappingNode, "!!map"
	if open == '[' {
		n.Kind, n.Tag = yaml.SequenceNode, "!!seq"
	}
	for r.dec.More() {
		child, err := r.value(depth + 1)
		if err != nil {
			return err
		}
		n.Content = append(n.Content, child)
	}
	_, err := r.dec.Token()
	return err
}

// next returns the offset at which the next token begins.
func (r *jsonReader) next() int {
	at := int(r.dec.InputOffset())
	for at < len(r.data) && strings.IndexByte(" \t\r\n,:", r.data[at]) >= 0 {
		at++
	}
	return at
}

// position returns the line and column of an offset. Offsets must not decrease from call to
// call, so that data is counted through only once.
func (r *jsonReader) position(at int) (line, column int) {
	for ; r.at < at; r.at++ {
		switch c := r.data[r.at]; {
		case c == '\n':
			r.line, r.column = r.line+1, 0
		case c&0xC0 != 0x80: // not a continuation byte of a character
			r.column++
		}
	}
	return r.line + 1, r.column + 1
}

// problem reports what is wrong and where. The tokenizer's own errors differ between
// versions of encoding/json, so the position comes from the scanner.
func (r *jsonReader) problem(name string, err error) *Problem {
	at, msg := r.failed, err.Error()
	var bad *scan.Error
	switch {
	case at > 0:
	case errors.As(scan.Valid(r.data), &bad):
		at, msg = bad.Offset, bad.Kind.String()
		switch bad.Kind {
		case scan.Truncated:
			at, msg = len(r.data), "the text ends before the document does"
		case scan.Syntax:
			if at < len(r.data) {
				msg = fmt.Sprintf("unexpected character %q", []rune(string(r.data[at:min(len(r.data), at+utf8.UTFMax)]))[0])
			}
		}
	default:
		at = int(r.dec.InputOffset())
	}
	line, col := position(r.data, at)
	p := &Problem{File: name, Line: line, Column: col, Message: "cannot read JSON: " + msg}
	switch before := bytes.TrimRight(r.data[:at], " \t\r\n"); {
	case at >= len(r.data):
	case r.data[at] == '/' || r.data[at] == '#':
		p.Hint = "JSON has no comments; YAML has, behind #"
	case (r.data[at] == '}' || r.data[at] == ']') && bytes.HasSuffix(before, []byte(",")):
		p.Hint = "take out the comma before it"
	}
	return p
}
