package build

import (
	"testing"
	"time"

	"asbru/core"
	"asbru/core/config"
)

// What is known of calls by their keys lives on for as long as the document says the same of it.
func TestRepeatsAreCarriedOver(t *testing.T) {
	compile := func(prev *core.Snapshot, d config.Repeats) *core.Snapshot {
		t.Helper()
		doc := seeds()
		doc.Repeats = d
		s, problems, retire := Compile(doc, prev, fakeDeps())
		if s == nil {
			t.Fatal(problems)
		}
		retire()
		return s
	}
	rows := func(s *core.Snapshot, op core.Op) (n int) {
		for _, k := range s.Keys {
			for _, step := range k.Policy.Plans[op].Steps {
				if step.Name == "repeats" {
					n++
				}
			}
			break
		}
		return n
	}
	first := compile(nil, config.Repeats{})
	if first.Repeats == nil || rows(first, core.OpChat) != 2 || rows(first, core.OpEmbed) != 0 {
		t.Errorf("%d rows of chat, %d of embeddings", rows(first, core.OpChat), rows(first, core.OpEmbed))
	}
	same := compile(first, config.Repeats{Window: config.Duration(24 * time.Hour), Size: 32 << 20})
	if same.Repeats != first.Repeats {
		t.Error("what says the same is another one")
	}
	other := compile(same, config.Repeats{Window: config.Duration(time.Hour)})
	if other.Repeats == first.Repeats {
		t.Error("what says something else is the same one")
	}
	if off := compile(other, config.Repeats{Off: true}); off.Repeats != nil || rows(off, core.OpChat) != 0 {
		t.Error("it is there, and off")
	}
}
