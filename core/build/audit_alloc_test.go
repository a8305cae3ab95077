//go:build !race

package build

import (
	"testing"

	"asbru/core"
	"asbru/core/config"
)

// A call that is held, settled and written down costs no memory.
func TestAnAuditedCallAllocatesNothing(t *testing.T) {
	s, _ := audits(t, new(clerk), func(d *config.Document) {
		d.VirtualKeys[0].Budgets = []config.Budget{{USD: 1e6, Window: "1d"}, {USD: 1e6, Window: "1M"}}
	})
	x := new(core.Exchange)
	for range 100 {
		call(s, x)
	}
	if n := testing.AllocsPerRun(1000, func() { call(s, x) }); n >= 1 { // the ledger's disk is memory
		t.Errorf("%v allocations", n)
	}
}
