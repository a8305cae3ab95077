package hotpath

import (
	"strings"
	"testing"
)

func TestBorder(t *testing.T) {
	f := func(text string) { // | stands where the last whole sentence ends
		t.Helper()
		want := max(strings.IndexByte(text, '|'), 0)
		if got := border([]byte(strings.Replace(text, "|", "", 1))); got != want {
			t.Errorf("%q: got %d, want %d", text, got, want)
		}
	}
	f("")
	f("Hello")
	f("Hello.")
	f("Hello. |")
	f("Hello. |How are you")
	f("Hello. How are you?  |I am")
	f(`He said \"no.\" |And`)
	f("It is (so.) And **that!** |")
	f("It is 3.14 of them")
	f("See a.b.c/d for")
	f(`one\n|two`)
	f(`one\n\n  |- two`)
	f(`one.\tTwo!\t|`)
	f("東京です。|大阪")
	f("東京です。大阪！|")
	f(`\u6771\u3002|\u5927`)
	f(`and so on\u2026 |then`)
	f("well… |then")
	f(`a \\. |b`)
	f(`a \\nb`)
	f("a?b!c.d")
	f(`\u12`)
}

func TestBlanks(t *testing.T) {
	f := func(text string, begins, ends int) {
		t.Helper()
		if b, e := blank([]byte(text)), trimmed([]byte(text)); b != begins || e != ends {
			t.Errorf("%q: got %d and %d, want %d and %d", text, b, e, begins, ends)
		}
	}
	f("", 0, 0)
	f("a", 0, 1)
	f(` \n a b \t`, 4, 7)
	f(`\n\n`, 4, 0)
	f("a\u3000", 0, 1)
}

func FuzzBorder(f *testing.F) {
	f.Add([]byte(`He said \"no.\" And\n`))
	f.Add([]byte(`\u30`))
	f.Add([]byte("\xff\\"))
	f.Fuzz(func(t *testing.T, text []byte) {
		at := border(text)
		if at < 0 || at > len(text) || trimmed(text) > len(text) || blank(text) > len(text) {
			t.Fatalf("%q: outside", text)
		}
		if at > 0 && border(text[:at]) != at {
			t.Fatalf("%q: %d is a border only by what follows it", text, at)
		}
	})
}
