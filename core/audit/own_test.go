package audit

import (
	"bytes"
	"testing"
)

// sameHead reports whether two heads say the same; what they remember of a signature is left out.
func sameHead(a, b *Head) bool {
	return a.Seq == b.Seq && a.Prev == b.Prev && a.Kind == b.Kind && a.At == b.At && a.Time == b.Time &&
		a.ID == b.ID && a.Nanos == b.Nanos && a.Trail == b.Trail && a.Sum() == b.Sum()
}

// What is read in a hurry is what is read with care, in a trail and in one that was touched.
func TestOwnReadsAsReadDoes(t *testing.T) {
	hurried, careful := NewLines(), NewLines()
	short, read := 0, 0
	for _, line := range trail(40) {
		line = bytes.TrimSuffix(line, []byte("\n"))
		want, err := careful.Read(line)
		got, err2 := hurried.Own(line)
		if err != nil || err2 != nil || !sameHead(&got, &want) {
			t.Fatalf("%s: %+v, %v; want %+v, %v", line, got, err2, want, err)
		}
		if _, ok := hurried.own(line); ok {
			short++
		}
		for i := range line {
			for _, c := range []byte{0, '"', '9', '-', ' ', line[i] ^ 1} {
				b := bytes.Clone(line)
				b[i] = c
				want, err := careful.Read(b)
				got, err2 := hurried.Own(b)
				if err == nil {
					read++
				}
				if err == nil && (err2 != nil || !sameHead(&got, &want)) {
					t.Fatalf("%q: %+v, %v; want %+v", b, got, err2, want)
				}
				if c == 0 && err2 == nil {
					t.Fatalf("%q has a zero", b)
				}
			}
		}
	}
	if short < 24 || read == 0 {
		t.Errorf("%d of 40 lines were read in a hurry, %d that were touched could be read", short, read)
	}
	for _, line := range []string{"", "{", "}", `{"seq":`, `{"seq":1,"prev":"`} {
		if h, err := hurried.Own([]byte(line)); err == nil {
			t.Errorf("%q is no line: %+v", line, h)
		}
	}
}
