package http1

import (
	"strings"
	"testing"
)

func TestIdentify(t *testing.T) {
	for id, name := range fieldNames {
		if name == "" {
			continue
		}
		f := func(name string, want FieldID) {
			t.Helper()
			if got := identify([]byte(name)); got != want {
				t.Errorf("%q: got %d (%s), want %d", name, got, got, want)
			}
		}
		f(name, FieldID(id))
		f(strings.ToUpper(name), FieldID(id))
		f(strings.ToUpper(name[:1])+name[1:], FieldID(id))
		for i := range len(name) {
			f(name[:i]+"x~"[(i&1):i&1+1]+name[i+1:]+"x", Other)
			if c := name[i] ^ 1; classes[c]&isToken != 0 {
				if other := identify([]byte(name[:i] + string(c) + name[i+1:])); other == FieldID(id) {
					t.Errorf("%q with %q at %d passes for it", name, c, i)
				}
			}
		}
	}
}

// TestIdentifyExact puts each byte there is at each place of each known name.
func TestIdentifyExact(t *testing.T) {
	for id, name := range fieldNames {
		if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz-") != "" {
			t.Errorf("%q holds more than letters and hyphens", name)
		}
		for at := range len(name) {
			for c := range 256 {
				b := []byte(name)
				b[at] = byte(c)
				same := c == int(name[at]) || name[at] != '-' && c == int(name[at]-0x20)
				if got := identify(b); (got == FieldID(id)) != same {
					t.Errorf("%q: got %s", b, got)
				}
			}
		}
	}
}

// TestName holds what is taken by the word against the table, for every byte at every
// place of a word.
func TestName(t *testing.T) {
	for at := range 20 {
		for c := range 256 {
			b := []byte("X-Ratelimit-Remaining-Tokens: 1")
			b[at] = byte(c)
			want, under := 0, false
			for classes[b[want]]&isToken != 0 {
				under = under || b[want] == '_'
				want++
			}
			got, class := name(b, 0)
			if got != want || (class&isUnder != 0) != under {
				t.Errorf("%q: got %d, %v, want %d, %v", b, got, class&isUnder != 0, want, under)
			}
		}
	}
}

func TestEqualFold(t *testing.T) {
	f := func(b, lower string, equal, prefix bool) {
		t.Helper()
		if got := EqualFold([]byte(b), lower); got != equal {
			t.Errorf("%q, %q: got %v", b, lower, got)
		}
		if got := HasPrefixFold([]byte(b), lower); got != prefix {
			t.Errorf("%q, %q: prefix %v", b, lower, got)
		}
	}
	f("X-RateLimit-Limit", "x-ratelimit-limit", true, true)
	f("X-RateLimit-Limit", "x-ratelimit-", false, true)
	f("X\rY", "x-y", false, false)
	f("\u212aeep", "keep", false, false)
	f("kee", "keep", false, false)
	f("", "", true, true)
}

// TestHasPrefixFoldExact puts each byte there is at each place of a word and of what is
// left over of one.
func TestHasPrefixFoldExact(t *testing.T) {
	const lower = "text/event-st"
	for at := range len(lower) {
		for c := range 256 {
			b := []byte(lower + "ream")
			b[at] = byte(c)
			want := c == int(lower[at]) || 'a' <= lower[at] && lower[at] <= 'z' && c == int(lower[at]-0x20)
			if got := HasPrefixFold(b, lower); got != want {
				t.Errorf("%q: got %v", b, got)
			}
		}
	}
}
