package control

import (
	"errors"
	"strings"
	"testing"

	"asbru/core"
	"asbru/core/config"
)

func TestKeep(t *testing.T) {
	b := newBench(t)
	kept := &config.Kept{VirtualKeys: []config.VirtualKey{{Name: "ci", Digest: strings.Repeat("ab", 32)}}}
	admin := Actor{"admin", "127.0.0.1"}
	if _, _, err := b.plane.Keep(t.Context(), admin, kept, nil); err == nil {
		t.Error("kept before anything is served")
	}
	b.write(text("a") + "governance: {pepper: 0123456789abcdef0123456789abcdef}\n")
	if err := b.reload(); err != nil {
		t.Fatal(err, b.log.String())
	}
	order := []string{}
	b.plane.o.Undo = func(s *core.Snapshot) { order = append(order, "undo") }
	version, _, err := b.plane.Keep(t.Context(), admin, kept, func() error {
		if len(b.swapped) != 1 {
			t.Error("served before it is kept")
		}
		order = append(order, "commit")
		return nil
	})
	if err != nil || version != 2 || len(order) != 1 {
		t.Fatal(version, err, order)
	}
	b.serves(2, "a")
	s := b.plane.Status()
	if len(s.Document.VirtualKeys) != 1 || len(s.Base.VirtualKeys) != 0 || s.By != admin {
		t.Errorf("status %+v", s)
	}

	// what cannot be kept is taken back, and what is served is compiled again
	lost := errors.New("lost")
	order = nil
	version, _, err = b.plane.Keep(t.Context(), admin, kept, func() error { return lost })
	if !errors.Is(err, lost) || version != 2 || len(order) != 1 || len(b.swapped) != 3 || b.swapped[2].Version != 2 {
		t.Errorf("version %d, %v, %v, %d swaps", version, err, order, len(b.swapped))
	}
	b.swapped = b.swapped[:2]

	// what cannot be served is not committed, and leaves no mark
	bad := &config.Kept{VirtualKeys: []config.VirtualKey{{Name: "ci", Digest: "nothing"}, {Name: "a:b", Digest: strings.Repeat("cd", 32)}}, Teams: []config.Team{{Name: "t", Budgets: []config.Budget{{USD: -1}}}}}
	_, problems, err := b.plane.Keep(t.Context(), admin, bad, func() error { t.Error("committed"); return nil })
	if !errors.Is(err, ErrRefused) || b.plane.Status().LastError != "" || b.plane.Status().Refused != 0 {
		t.Errorf("%v, status %+v", err, b.plane.Status())
	}
	var all strings.Builder
	for _, p := range problems {
		all.WriteString(p.String() + "\n")
	}
	for _, want := range []string{`store: virtual_keys["ci"].digest: is no HMAC`, `store: virtual_keys["a:b"].name: `, `store: teams["t"].budgets[0].usd: cannot be negative`} {
		if !strings.Contains(all.String(), want) {
			t.Errorf("%q is not among\n%s", want, all.String())
		}
	}
	b.serves(2, "a")

	// a reload asks for what is kept, and is refused when that is not to be had
	b.plane.o.Kept = func(*config.Document) (*config.Kept, error) { return kept, nil }
	if err := b.reload(); err != nil || len(b.plane.Status().Document.VirtualKeys) != 1 {
		t.Error(err)
	}
	if _, _, err := b.plane.Keep(t.Context(), Actor{"store", "s"}, nil, nil); err != nil || b.plane.Status().By.Kind != "store" {
		t.Error(err)
	}
	b.plane.o.Kept = func(*config.Document) (*config.Kept, error) { return nil, lost }
	if err := b.reload(); !errors.Is(err, lost) {
		t.Error(err)
	}
	b.serves(4, "a")
	if at := b.plane.Where("providers[0].name"); at.File != b.path || at.Line != 2 {
		t.Errorf("it stands at %+v", at)
	}
}
