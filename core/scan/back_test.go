package scan

import (
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
