package config

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Messages of the parser that need more than a hint.
const (
	saysNoToken = "cannot start any token"
	saysNoKey   = "did not find expected key"
	saysNoDash  = "did not find expected '-' indicator"
)

// yamlHints map messages of the parser to advice.
var yamlHints = []struct{ says, hint string }{
	{"mapping values are not allowed", `quote a value that holds ": "`},
	{saysNoToken, "quote a value that begins with @, ` or %"},
	{saysNoKey, "check the indentation of this line"},
	{saysNoDash, "check the indentation of this line"},
	{"could not find expected ':'", "write key: value, with a space after the colon"},
	{"did not find expected ',' or '}'", "close { with }, separate with commas, and quote values that hold either"},
	{"did not find expected ',' or ']'", "close [ with ], separate with commas, and quote values that hold either"},
	{"found a tab character", "indent with spaces"},
	{"unexpected end of stream", "a quote is opened and never closed"},
}

// yamlProblem makes a Problem of a parser's error.
func yamlProblem(name string, data []byte, err error) *Problem {
	p := &Problem{File: name}
	line, msg := parserSays(err)
	p.Line = line
	if _, rest, ok := strings.Cut(msg, "unknown anchor '"); ok {
		anchor, _, _ := strings.Cut(rest, "'")
		if at := bytes.Index(data, []byte("*"+unprotect(anchor))); at >= 0 {
			p.Line, p.Column = position(data, at)
		}
		p.Hint = "quote a value that begins with *"
	}
	for _, h := range yamlHints {
		if strings.Contains(msg, h.says) {
			p.Hint = h.hint
			break
		}
	}
	switch {
	case !strings.Contains(msg, saysNoKey) && !strings.Contains(msg, saysNoDash):
	case len(data) > maxSought:
		p.Hint = "check the indentation of the list or mapping that begins below this line"
	default:
		p.Line = misplaced(data, p.Line, msg)
	}
	if strings.Contains(msg, saysNoToken) && tabbed(data, p.Line) {
		msg, p.Hint = "a tab indents the line", "indent with spaces"
	}
	p.Message = "cannot read YAML: " + unprotect(msg)
	return p
}

// parserSays takes a parser's error apart, which has the line only in its text.
func parserSays(err error) (line int, msg string) {
	msg = strings.TrimPrefix(err.Error(), "yaml: ")
	if rest, ok := strings.CutPrefix(msg, "line "); ok {
		if num, text, ok := strings.Cut(rest, ": "); ok {
			if n, err := strconv.Atoi(num); err == nil {
				return n, text
			}
		}
	}
	return 1, msg
}

// misplaced returns the line that ends a list or mapping where it should not. The parser has told msg with
// the line before that list or mapping, which may be hundreds of lines above: the text up to a line fails
// with the same words from the bad line on and never before it.
func misplaced(data []byte, told int, msg string) int {
	ends := lineEnds(data)
	low, high := min(told, len(ends)), len(ends) // the bad line is in low+1 … high
	for low < high {
		middle := (low + high) / 2
		if fails(data[:ends[middle]], msg) {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return min(low+1, len(ends))
}

// lineEnds returns where each line of data ends.
func lineEnds(data []byte) (ends []int) {
	for at := 0; at < len(data); {
		n := bytes.IndexByte(data[at:], '\n')
		if n < 0 {
			return append(ends, len(data))
		}
		at += n + 1
		ends = append(ends, at)
	}
	return ends
}

// fails reports whether the parser refuses data with msg.
func fails(data []byte, msg string) bool {
	var doc yaml.Node
	err := yaml.NewDecoder(bytes.NewReader(protect(data))).Decode(&doc)
	if err == nil || errors.Is(err, io.EOF) {
		return false
	}
	_, says := parserSays(err)
	return says == msg
}

// tabbed reports whether a tab is in the indentation of a line, counted from 1.
func tabbed(data []byte, line int) bool {
	for ; line > 1; line-- {
		_, rest, ok := bytes.Cut(data, []byte("\n"))
		if !ok {
			return false
		}
		data = rest
	}
	indent := data[:len(data)-len(bytes.TrimLeft(data, " \t"))]
	return bytes.IndexByte(indent, '\t') >= 0
}
