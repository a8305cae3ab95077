package config

import (
	"bytes"
	"strings"

	"go.yaml.in/yaml/v3"
)

// inside finds the source position of the byte at offset in a scalar's text. It returns the
// beginning of the scalar if the two cannot be matched: behind anchors, tags, variables and rare
// escapes.
func inside(data []byte, n *yaml.Node, offset int) (line, column int) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	raw := byteAt(data, n.Line, n.Column)
	if raw < 0 || raw >= len(data) || strings.ContainsAny(n.Value, shelter) {
		return n.Line, n.Column
	}
	quote := data[raw]
	switch quote {
	case '&', '!', '*':
		return n.Line, n.Column
	case '"', '\'':
		raw++
	case '|', '>':
		for raw < len(data) && data[raw] != '\n' {
			raw++
		}
		raw = skipBlank(data, raw)
	}
	raw = alongside(data, raw, quote, n.Value[:min(offset, len(n.Value))])
	if raw < 0 {
		return n.Line, n.Column
	}
	return position(data, raw)
}

// alongside returns where in data the text that begins at raw ends, or -1
// if the source writes it differently. Line ends and the blanks around them are folded
// in many ways, so any run of them counts as one.
func alongside(data []byte, raw int, quote byte, text string) int {
	for i := 0; i < len(text); {
		switch {
		case raw >= len(data):
			return -1
		case data[raw] == '\n' || data[raw] == '\r':
			raw = skipBlank(data, raw)
			for i < len(text) && (text[i] == ' ' || text[i] == '\n') {
				i++
			}
		case quote == '"' && data[raw] == '\\' && raw+1 < len(data) && data[raw+1] == text[i] && strings.IndexByte(`\"/`, text[i]) >= 0,
			quote == '\'' && text[i] == '\'' && bytes.HasPrefix(data[raw:], []byte("''")):
			raw += 2
			i++
		case data[raw] == text[i] && !(quote == '"' && text[i] == '\\'):
			raw++
			i++
		default:
			return -1
		}
	}
	if raw < len(data) && (data[raw] == '\n' || data[raw] == '\r') {
		raw = skipBlank(data, raw)
	}
	return raw
}

func skipBlank(data []byte, at int) int {
	for at < len(data) && strings.IndexByte(" \t\r\n", data[at]) >= 0 {
		at++
	}
	return at
}

// byteAt returns the offset of a line and column, -1 if there is none.
func byteAt(data []byte, line, column int) int {
	at := 0
	for ; line > 1; line-- {
		n := bytes.IndexByte(data[at:], '\n')
		if n < 0 {
			return -1
		}
		at += n + 1
	}
	for i := range string(data[at:]) {
		if column--; column == 0 {
			return at + i
		}
	}
	return -1
}
