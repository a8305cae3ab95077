package build

import (
	"fmt"
	"testing"

	"asbru/core"
)

// The price of the last name is remembered, whatever is asked is right, and a target of many
// models stops to remember others.
func TestRemembered(t *testing.T) {
	asked := 0
	at := remembered(func(_ *core.Exchange, _ *core.ProviderKey, name []byte) *core.Price {
		asked++
		if string(name) == "unknown" {
			return nil
		}
		return &core.Price{Model: string(name)}
	})
	f := func(name, want string, finds int) {
		t.Helper()
		before := asked
		p := at(nil, nil, []byte(name))
		if (p == nil) != (want == "") || p != nil && p.Model != want || asked-before != finds {
			t.Errorf("%s: %+v after %d look-ups, want %q after %d", name, p, asked-before, want, finds)
		}
	}
	f("a", "a", 1)
	f("a", "a", 0)
	f("unknown", "", 1)
	f("unknown", "", 0)
	for i := range 2 * pricesKept {
		name := fmt.Sprint("m", i)
		f(name, name, 1)
	}
	last := fmt.Sprint("m", pricesKept-3) // the 64th name, with the two before
	f(last, last, 0)
	f("b", "b", 1)
	f(last, last, 0)
}
