//go:build !race

package scan

import (
	"strings"
	"testing"
)

// A warm Scanner must not allocate, whatever the document holds.
func TestAllocations(t *testing.T) {
	s := NewScanner()
	at := make([]Span, 3)
	for _, doc := range [][]byte{
		[]byte(`{"model":"m","messages":[{"role":"user","content":"hi"}],"stream":true}`),
		[]byte(`{"\u006dodel":"m","é":"ſ","` + strings.Repeat("k", 300) + `":1}`),
		manyKeys(MaxKeys),
	} {
		n := testing.AllocsPerRun(10, func() {
			if err := s.Object(doc, wanted, at); err != nil {
				t.Fatal(err)
			}
		})
		if n != 0 {
			t.Errorf("%.40s: %v allocations", doc, n)
		}
	}
}
