package http1

import (
	"net/url"
	"path"
	"strings"
	"testing"
)

// oneReading checks that p, which PathClean accepts, is the same path for a reader that
// resolves dots and for one that unescapes first.
func oneReading(t *testing.T, p string) {
	t.Helper()
	u, err := url.ParseRequestURI(p)
	if err != nil {
		t.Fatalf("net/url refuses the clean path %q: %v", p, err)
	}
	if got := path.Clean(p); got != p && got+"/" != p {
		t.Fatalf("%q cleans to %q", p, got)
	}
	if got := path.Clean(u.Path); got != u.Path && got+"/" != u.Path {
		t.Fatalf("%q unescapes to %q, which cleans to %q", p, u.Path, got)
	}
	if strings.Count(u.Path, "/") != strings.Count(p, "/") || strings.ContainsAny(u.Path, "\\;%#?\x00\r\n\x7f") {
		t.Fatalf("%q unescapes to %q", p, u.Path)
	}
}
