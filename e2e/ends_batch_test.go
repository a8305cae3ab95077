package e2e

import (
	"strings"
	"syscall"
	"testing"

	"asbru/bench/standin"
)

// batchEnds are the ways in which a batch ends, or its beginning.
var batchEnds = []ending{
	{name: "success", word: "ok", bill: reported},
	{name: "400", word: "e400", status: 400},
	{name: "401", word: "e401", status: 502},
	{name: "429", word: "e429", status: 429},
	{name: "500", word: "e500", status: 500},
	{name: "no reply", word: "hangup", bill: prompt, status: 502},
	{name: "a reply that is none", word: "garbled", bill: counted, status: 200},
	{name: "client leaves before the answer", word: "wait", does: leavesFirst, bill: reported}, // it is waited for: it may have begun
	{name: "client leaves behind the end", word: "ok", does: leavesLast, bill: reported},
	{name: "budget refused", word: "ok", key: "budgets: [{usd: 0.0000001, window: 1d}]", status: 402, tries: -1},
	{name: "model refused", word: "ok", key: "blocked_models: ['*']", status: 403, tries: -1},
	{name: "limit refused", word: "ok", key: "rate_limits: [{requests: 1, per: 8760h}]", does: asksTwice, status: 429, tries: -1},
}

// TestEveryEndOfABatch is TestEveryEnd for batches: what they come to is held until they have ended.
func TestEveryEndOfABatch(t *testing.T) {
	const one = `"params":{"model":"MODEL","max_tokens":100,"messages":[{"role":"user","content":"Hi"}]}}`
	d := deed{name: "batch", op: "pass", at: "anthropic", path: "/anthropic/v1/messages/batches", body: `{"requests":[{"custom_id":"a",` + one + `,{"custom_id":"b",` + one + `]}`,
		in: 2 * standin.BatchIn, out: 2 * standin.BatchOut, kind: relay}
	m := newStage(t, []deed{d}, batchEnds)
	for _, c := range m.cells { // the requests of a batch name models as the provider does
		own := d
		own.fields = []string{"x-model-provider: " + c.from() + "-" + d.at}
		c.d, c.body = &own, strings.ReplaceAll(c.body, c.asked(), c.model())
	}
	g := serve(t, strings.Replace(m.config, "governance: {", "governance: {batches: {every: 1s}, ", 1)+entries(m.cells, true))
	m.run(g, func(*cell) bool { return true })
	m.p.vendor.EndBatches()
	begun := 0
	for _, c := range m.cells {
		if c.e.bill == reported || c.e.name == "limit refused" {
			begun++
		}
	}
	await(t, "the batches to be charged", func() bool {
		n := 0
		for _, list := range settles(t, m.dir) {
			for _, s := range list {
				if s.Nanos == d.in*perIn+d.out*perOut {
					n++
				}
			}
		}
		return n >= begun
	}, g.stderr.String)
	g.signal(syscall.SIGTERM)
	g.ends(0)
	r := readBack(t, g, m.dir)
	for _, c := range m.cells {
		c.checkBatch(t, r)
	}
}

// checkBatch compares what was written down of a batch with what is due.
func (c *cell) checkBatch(t *testing.T, r *reading) {
	t.Helper()
	var held []int64
	ends, sum, told := 0, int64(0), int64(0)
	for _, v := range r.ledger[c.id()] {
		switch v.Kind {
		case "intent":
			held = append(held, v.Nanos)
		case "settle", "release":
			ends, sum = ends+1, sum+v.Nanos
		}
	}
	for _, e := range r.trail[c.id()] {
		told += e.Nanos
	}
	intents := 1
	if c.e.tries < 0 {
		intents = 0
	}
	ok := len(held) == intents && ends == intents && told == sum && (c.e.status == 0 || c.status == c.e.status)
	switch c.e.bill {
	case nothing:
		ok = ok && sum == 0
	case reported:
		ok = ok && sum == c.d.in*perIn+c.d.out*perOut
	case prompt: // nobody knows whether it began: about what its prompts come to
		ok = ok && sum > 0 && sum <= int64(len(c.body)+3)/4*perIn
	case counted: // nobody will ever know what it came to
		ok = ok && sum == held[0]
	}
	if !ok {
		t.Errorf("%s: %d, held are %d, %d ends come to %d, the trail to %d", c.name(), c.status, held, ends, sum, told)
	}
}
