package quality

import (
	"testing"

	"asbru/cache/semantic"
)

// TestOwn checks the families in the repository itself, most of which are traps.
func TestOwn(t *testing.T) {
	pairs := read(t, "testdata/own.jsonl")
	x := index(t, semantic.Strict)
	for _, w := range ways {
		t.Logf("%-9s %v", w.name, score(x, pairs, w.how, nil))
	}
	s := score(x, pairs, semantic.How{}, nil)
	if s.Precision() < 0.995 || s.Recall() < 0.8 {
		t.Errorf("strict on our own pairs: %v", s)
	}
	for i := range pairs {
		p := &pairs[i]
		if v := x.Judge(p.A, p.B, semantic.How{}); v.Hit != (p.Label == 1) {
			t.Logf("%d %-16s %-18s %q %q", p.Label, p.Family, v.Explain(), p.A, p.B)
		}
	}
}
