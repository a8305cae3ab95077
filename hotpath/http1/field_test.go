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

// TestFoldExact checks what fold relies on, for each token byte against each
// byte of the known names.
func TestFoldExact(t *testing.T) {
	for _, lower := range "abcdefghijklmnopqrstuvwxyz-" {
		for c := range 256 {
			if classes[c]&isToken == 0 {
				continue
			}
			got := fold([]byte{byte(c)}, string(lower))
			want := strings.ToLower(string(rune(c))) == string(lower)
			if got != want {
				t.Errorf("%q and %q: got %v", rune(c), lower, got)
			}
		}
	}
	for _, name := range fieldNames {
		if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz-") != "" {
			t.Errorf("%q holds more than letters and hyphens", name)
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
