package scan

import (
	"bytes"
	"testing"
)

// slowRun is plainRun byte by byte, up to the end of the run.
func slowRun(b []byte, i int) int {
	for i < len(b) && b[i] >= ' ' && b[i] < 0x80 && b[i] != '"' && b[i] != '\\' {
		i++
	}
	return i
}

// checkRun compares both runs with the slow one: neither goes past a byte that ends a run,
// and plainRun stops before it only if fewer than 16 bytes are left.
func checkRun(t *testing.T, b []byte, i int) {
	t.Helper()
	want := slowRun(b, i)
	got := plainRun(b, i)
	if got > want || got < i {
		t.Fatalf("plainRun(%q, %d) = %d; the run ends at %d", b, i, got, want)
	}
	if words := plainWords(b, i); words > want || words < i {
		t.Fatalf("plainWords(%q, %d) = %d; the run ends at %d", b, i, words, want)
	}
	if got < want && len(b)-got >= 32 {
		t.Fatalf("plainRun(%q, %d) = %d; there are %d more", b, i, got, want-got)
	}
}

func TestPlainRun(t *testing.T) {
	for _, n := range []int{0, 1, 15, 16, 17, 63, 64, 65, 127, 128, 200} {
		b := bytes.Repeat([]byte{'a'}, n)
		checkRun(t, b, 0)
		for at := range b {
			for c := range 256 {
				b[at] = byte(c)
				checkRun(t, b, 0)
				checkRun(t, b, at/2)
			}
			b[at] = 'a'
		}
	}
}

func FuzzPlainRun(f *testing.F) {
	f.Add([]byte(`a long text without anything in it that would end a run, and more of it"`), uint8(3))
	f.Add([]byte("caf\u00e9 \\n and a \x1f control byte far behind the sixteenth of all the bytes\x7f"), uint8(0))
	f.Fuzz(func(t *testing.T, b []byte, i uint8) {
		checkRun(t, b, min(int(i), len(b)))
	})
}
