package config

import (
	"strconv"
	"strings"
)

// A place is the position of a value in the document's structure. Paths are only written out
// for problems, so a place is a link to its parent.
type place struct {
	up    *place
	name  string
	index int // in a sequence; -1: this step is name, a key
}

func (p *place) key(name string) *place { return &place{p, name, -1} }
func (p *place) item(i int) *place      { return &place{p, "", i} }

// String returns a path such as providers[0].headers["X-A.B"]; empty for the root.
func (p *place) String() string {
	if p == nil {
		return ""
	}
	up := p.up.String()
	switch {
	case p.index >= 0:
		return up + "[" + strconv.Itoa(p.index) + "]"
	case up == "" && isPlain(p.name):
		return p.name
	}
	return up + step(p.name)
}

// step writes a key as the next part of a path.
func step(name string) string {
	if isPlain(name) {
		return "." + name
	}
	return "[" + strconv.Quote(name) + "]"
}

// isPlain reports whether a key needs no quotes in a path.
func isPlain(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return r >= 0x80 || r != '_' && r != '-' && r != '$' && !isLetter(byte(r)) && !isDigit(byte(r))
	})
}
