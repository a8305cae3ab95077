// Package model turns a text into a direction: the sum of a vector for each piece of its words. The
// table of vectors is built into the program. README.md describes how it was made, and NOTICE names
// its origin.
//
// It ignores the order of words: "dog bites man" and "man bites dog" have the same direction. What
// two texts ask must be compared by other means.
package model

import (
	"math"
	"unicode"
	"unicode/utf8"
	"unsafe"
)

// Dims is the length of a vector.
const Dims = 128

const (
	maxWord   = 100 // a longer word has no pieces
	maxPieces = 512 // pieces of a text; the rest is ignored
)

// Embed fills out with the direction of text, of length 1, and returns the number of pieces that it
// is the sum of. If there are none, out is zero. It allocates nothing.
func (m *Model) Embed(text string, out *[Dims]float32) int {
	w := words{text: text}
	n := 0
	var sum [Dims]int32
	for n < maxPieces && w.next() {
		n += m.add(w.word[:w.n], maxPieces-n, &sum)
	}
	square := 0.0
	for _, x := range sum {
		square += float64(x) * float64(x)
	}
	*out = [Dims]float32{}
	if square == 0 {
		return 0
	}
	inv := float32(1 / math.Sqrt(square))
	for i, x := range sum {
		out[i] = float32(x) * inv
	}
	return n
}

// add adds the pieces of one word, the longest first from the left; none if the rest of the word is
// not a piece. Sums are integers, which take a third of the time of floats and are the same on every
// machine.
func (m *Model) add(word []byte, most int, sum *[Dims]int32) int {
	var rows [maxWord]uint16
	n := min(m.pieces(word, &rows), most)
	for _, row := range rows[:n] {
		w := m.weight[row]
		at := int(row) * Dims
		v := (*[Dims]int8)(unsafe.Pointer(unsafe.StringData(m.vecs[at : at+Dims])))
		for i := 0; i < Dims; i += 4 {
			sum[i] += w * int32(v[i])
			sum[i+1] += w * int32(v[i+1])
			sum[i+2] += w * int32(v[i+2])
			sum[i+3] += w * int32(v[i+3])
		}
	}
	return n
}

func (m *Model) pieces(word []byte, rows *[maxWord]uint16) int {
	var hashes [maxWord]uint32
	n := 0
	for at := 0; at < len(word); {
		h := uint32(basis32)
		if at > 0 {
			h = fnv32(h, []byte{'#', '#'})
		}
		for i := at; i < len(word); i++ {
			h = (h ^ uint32(word[i])) * 16777619
			hashes[i] = h
		}
		row, end := -1, len(word)
		for ; end > at && row < 0; end-- {
			row = m.find(hashes[end-1], word[at:end], at > 0)
		}
		if row < 0 {
			return 0
		}
		rows[n] = uint16(row)
		n++
		at = end + 1
	}
	return n
}

// words splits a text as the recipe does: in lower case, without accents on Latin letters, each sign
// by itself.
type words struct {
	text string
	at   int
	word [maxWord]byte
	n    int
}

// next moves to the next word that may have pieces.
func (w *words) next() bool {
	w.n = 0
	odd := false // it has a letter that no piece has, or too many letters
	for w.at < len(w.text) {
		r, size := rune(w.text[w.at]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(w.text[w.at:])
			r = fold(r)
		}
		switch {
		case 'a' <= r && r <= 'z' || '0' <= r && r <= '9':
		case 'A' <= r && r <= 'Z':
			r += 'a' - 'A'
		case r >= utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsNumber(r)):
			odd = true
			w.at += size
			continue
		case r >= utf8.RuneSelf && unicode.Is(unicode.Mn, r):
			w.at += size
			continue
		default:
			if w.n > 0 && !odd {
				return true // the sign is read again
			}
			w.n, odd = 0, false
			w.at += size
			if r > ' ' && r < 0x7f {
				w.word[0], w.n = byte(r), 1
				return true
			}
			continue
		}
		w.at += size
		if w.n == maxWord {
			odd = true
			continue
		}
		w.word[w.n] = byte(r)
		w.n++
	}
	if odd {
		w.n = 0
	}
	return w.n > 0
}

// fold returns r in lower case, and a Latin letter, U+00C0 to U+017F, also without its accent.
func fold(r rune) rune {
	if r < 0xc0 || r > 0x17f {
		return unicode.ToLower(r)
	}
	if c := plain[r-0xc0]; c != '~' {
		return rune(c)
	}
	return unicode.ToLower(r)
}

// plain holds the folded letters from U+00C0 on; '~' stands for letters without an accent.
const plain = "aaaaaa~ceeeeiiii~nooooo~~uuuuy~~aaaaaa~ceeeeiiii~nooooo~~uuuuy~y" +
	"aaaaaaccccccccdd~~eeeeeeeeeegggggggghh~~iiiiiiiii~~~jjkk~llllll~~~~nnnnnn~~~oooooo~~rrrrrrsssssssstttt~~uuuuuuuuuuuuwwyyyzzzzzz~"
