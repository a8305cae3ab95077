package scan

import (
	"bytes"
	"strings"
	"testing"
)

func TestOpening(t *testing.T) {
	f := func(before, text string, want bool) {
		t.Helper()
		doc := []byte(before + `"` + text + `"}]`)
		end := len(before) + 1 + len(text)
		got := Opening(doc, end)
		if want && got != len(before)+1 || !want && got != -1 {
			t.Errorf("%q begins at %d, after %d bytes", text, got, len(before))
		}
	}
	for n := range 70 {
		for _, before := range []string{"", `[`, `{"a\\b":`, strings.Repeat(" ", 40)} {
			f(before, strings.Repeat("x", n), true)
			f(before, strings.Repeat("é", n), true)
			f(before, strings.Repeat("#", n)+"]^!", true) // one bit away from what is searched
		}
		f("", strings.Repeat("x", n)+`\\`+strings.Repeat("y", 70-n), false)
		f("", strings.Repeat("x", n)+`\"`+strings.Repeat("y", 70-n), false)
	}
	if at := Opening([]byte(`xxxxxxxxxxxxxxxxxxxxxxxx"`), 24); at != -1 {
		t.Errorf("a string without a beginning begins at %d", at)
	}
	if at := Opening(nil, 0); at != -1 {
		t.Error(at)
	}
}

// slowBack is backRun byte by byte, up to the beginning of the run.
func slowBack(b []byte, i int) int {
	for i > 0 && b[i-1] != '"' && b[i-1] != '\\' {
		i--
	}
	return i
}

// checkBack compares both runs with the slow one: neither goes past a byte that ends a run, and backRun
// stops behind it only if fewer than 16 bytes are left.
func checkBack(t *testing.T, b []byte, i int) {
	t.Helper()
	want := slowBack(b, i)
	if got := backRun(b, i); got < want || got > i || got-want >= 32 {
		t.Fatalf("backRun(%q, %d) = %d; the run begins at %d", b, i, got, want)
	}
	if words := backWords(b, i); words < want || words > i {
		t.Fatalf("backWords(%q, %d) = %d; the run begins at %d", b, i, words, want)
	}
}

func TestBackRun(t *testing.T) {
	for _, n := range []int{0, 1, 15, 16, 17, 63, 64, 65, 127, 128, 200} {
		b := bytes.Repeat([]byte{'a'}, n)
		checkBack(t, b, n)
		for at := range b {
			for c := range 256 {
				b[at] = byte(c)
				checkBack(t, b, n)
				checkBack(t, b, (at+n)/2)
			}
			b[at] = 'a'
		}
	}
}
