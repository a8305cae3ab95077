package gemini

import (
	"asbru/core"
	"asbru/core/scan"
)

// A maker makes ids for calls without one. Gemini 2 has no ids, and matches results to calls by name and order. The ids are
// deterministic, and differ between answers by seed.
type maker struct {
	seed uint64
	n    int64 // the next number

	pieces bool // some call came in pieces
}

const (
	idMark   = "call_"
	idDigits = 16 // hexadecimal digits of the seed
)

func (m *maker) append(dst []byte) []byte {
	const digits = "0123456789abcdef"
	dst = append(dst, idMark...)
	for shift := 60; shift >= 0; shift -= 4 {
		dst = append(dst, digits[m.seed>>shift&15])
	}
	dst = scan.AppendInt(append(dst, '_'), m.n)
	m.n++
	return dst
}

func (m *maker) make(t *core.Tree) core.Text { return t.Took(m.append(t.Room())) }

// madeUp reports whether id was made by a maker.
func madeUp(id core.Text) bool {
	if len(id) < len(idMark)+idDigits+2 || string(id[:len(idMark)]) != idMark || id[len(idMark)+idDigits] != '_' {
		return false
	}
	for _, c := range id[len(idMark) : len(idMark)+idDigits] {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	for _, c := range id[len(idMark)+idDigits+1:] {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// seed returns the FNV-1a hash of bytes that identify an answer.
func seed(b []byte) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range b {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return h
}
