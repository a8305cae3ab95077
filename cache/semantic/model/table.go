package model

import (
	"crypto/sha256"
	_ "embed"
	"encoding/binary"
	"errors"
	"math"
)

// table.bin, made by recipe/distill.py, little-endian:
//
//	"ASBRUEMB", version, dims, rows, slots, bytes of names, bytes of the filter   6 × uint32
//	SHA-256 of everything after it
//	scale    rows × float32    the factor of a row's bytes
//	ends     rows × uint32     the end of each name
//	slots    slots × uint16    row plus one, found by FNV-1a of the name; 0: free
//	names    the pieces of words, concatenated
//	filter   a Bloom filter of words that are not pieces
//	rows     rows × dims × int8
//
//go:embed table.bin
var file string

const (
	magic    = "ASBRUEMB"
	version  = 1
	headSize = 8 + 6*4 + sha256.Size
	turns    = 6       // bits of a word in the filter
	one      = 1 << 14 // the largest weight: maxPieces of it, 127 times each, do not overflow
)

var errTable = errors.New("the embedding table in this program is damaged")

// A Model is the table, ready for use. It is immutable and may be used concurrently.
type Model struct {
	rows   int
	weight []int32 // the scale of each row; the largest is one
	ends   []uint32
	slots  string
	names  string
	filter string
	vecs   string
	sum    [sha256.Size]byte
}

// Load checks the built-in table and returns it. That takes a few milliseconds and half a megabyte;
// the rest stays in the program's mapped file.
func Load() (*Model, error) { return parse(file) }

func parse(f string) (*Model, error) {
	if len(f) < headSize || f[:8] != magic {
		return nil, errTable
	}
	var n [6]int
	for i := range n {
		n[i] = int(word32(f[8+4*i:]))
	}
	rows, slots, names, filter := n[2], n[3], n[4], n[5]
	body := f[headSize:]
	if n[0] != version || n[1] != Dims || slots&(slots-1) != 0 || filter&(filter-1) != 0 || filter == 0 || slots <= rows ||
		len(body) != rows*8+slots*2+names+filter+rows*Dims {
		return nil, errTable
	}
	m := &Model{rows: rows, weight: make([]int32, rows), ends: make([]uint32, rows)}
	copy(m.sum[:], f[headSize-sha256.Size:])
	sum := sha256.New()
	var chunk [32 << 10]byte
	for at := 0; at < len(body); {
		n := copy(chunk[:], body[at:])
		sum.Write(chunk[:n])
		at += n
	}
	if [sha256.Size]byte(sum.Sum(nil)) != m.sum {
		return nil, errTable
	}
	most := float32(0)
	for i := range rows {
		most = max(most, math.Float32frombits(word32(body[4*i:])))
	}
	for i := range rows {
		m.weight[i] = int32(math.Float32frombits(word32(body[4*i:]))/most*one + 0.5)
		m.ends[i] = word32(body[4*(rows+i):])
	}
	body = body[8*rows:]
	m.slots, body = body[:2*slots], body[2*slots:]
	m.names, body = body[:names], body[names:]
	m.filter, m.vecs = body[:filter], body[filter:]
	return m, nil
}

func word32(s string) uint32 { return binary.LittleEndian.Uint32([]byte(s[:4])) }

// Sum identifies the table. Vectors of different tables cannot be compared.
func (m *Model) Sum() [sha256.Size]byte { return m.sum }

// name returns the piece of a row.
func (m *Model) name(row int) string {
	from := uint32(0)
	if row > 0 {
		from = m.ends[row-1]
	}
	return m.names[from:m.ends[row]]
}

// find returns the row of a piece, -1 for none. h is its FNV-1a hash; inner says that it continues a
// word ("##" before it in the vocabulary) and does not begin one.
func (m *Model) find(h uint32, piece []byte, inner bool) int {
	mask := uint32(len(m.slots)/2 - 1)
	for at := h & mask; ; at = (at + 1) & mask {
		row := int(m.slots[2*at]) | int(m.slots[2*at+1])<<8
		if row == 0 {
			return -1
		}
		n := m.name(row - 1)
		if inner {
			if len(n) == len(piece)+2 && n[0] == '#' && n[1] == '#' && n[2:] == string(piece) {
				return row - 1
			}
		} else if n == string(piece) {
			return row - 1
		}
	}
}

// Known reports whether word, in lower case, is an English word: one that is a piece by itself, or a
// lemma of WordNet. It is wrong for one in some hundreds of unknown words.
func (m *Model) Known(word []byte) bool {
	if m.find(fnv32(basis32, word), word, false) >= 0 {
		return true
	}
	h := uint64(14695981039346656037)
	for _, c := range word {
		h = (h ^ uint64(c)) * 1099511628211
	}
	a, b := h&0xffffffff, h>>32|1
	mask := uint64(len(m.filter)*8 - 1)
	for i := range uint64(turns) {
		at := (a + i*b) & mask
		if m.filter[at>>3]&(1<<(at&7)) == 0 {
			return false
		}
	}
	return true
}

const basis32 = 2166136261

func fnv32(h uint32, b []byte) uint32 {
	for _, c := range b {
		h = (h ^ uint32(c)) * 16777619
	}
	return h
}
