package build

import (
	"testing"

	"asbru/core"
	"asbru/core/config"
)

// BenchmarkAuditedCall is a call with two budgets that is held, settled and written down, as far as the
// memory of the ledger.
func BenchmarkAuditedCall(b *testing.B) {
	s, _ := audits(b, new(clerk), func(d *config.Document) {
		d.VirtualKeys[0].Budgets = []config.Budget{{USD: 1e6, Window: "1d"}, {USD: 1e6, Window: "1M"}}
	})
	x := new(core.Exchange)
	for b.Loop() {
		call(s, x)
	}
}
