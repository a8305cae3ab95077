package e2e

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// A reading is what a process has written down of its calls.
type reading struct {
	ledger map[string][]record // by the call's id
	trail  map[string][]entry
	log    map[string][]logged
	spent  int64
}

type record struct {
	Kind  string
	ID    string
	Seq   uint64
	Ref   uint64
	Nanos int64
	Flags []string
}

type logged struct {
	ID, Op, Key      string
	Status, Attempts int
	USD              json.Number
	Tokens           *struct{ In, Out int64 }
}

// readBack reads the ledger, the audit trail and the access log of a process that has ended.
func readBack(t *testing.T, g *gateway, dir string) *reading {
	t.Helper()
	r := &reading{ledger: map[string][]record{}, trail: map[string][]entry{}, log: map[string][]logged{}}
	out, _ := asbru(t, 0, nil, "ledger", "dump", dir)
	for line := range strings.Lines(out) {
		var v record
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatal(err, line)
		}
		r.ledger[v.ID] = append(r.ledger[v.ID], v)
	}
	audit := filepath.Join(filepath.Dir(dir), "asbru-audit")
	calls, _ := exported(t, audit, filepath.Join(audit, "audit.db"))
	for _, e := range calls {
		r.trail[e.ID] = append(r.trail[e.ID], e)
	}
	for line := range strings.Lines(g.stdout.String()) {
		var v logged
		if json.Unmarshal([]byte(line), &v) == nil && v.ID != "" {
			r.log[v.ID] = append(r.log[v.ID], v)
		}
	}
	spent, open := examine(t, dir)
	if r.spent = spent; open != 0 {
		t.Errorf("%d calls are open in the ledger", open)
	}
	reconciled(t, dir, spent)
	return r
}

func nanosOf(usd json.Number) int64 {
	whole, part, _ := strings.Cut(usd.String(), ".")
	n, _ := strconv.ParseInt(whole+(part + "000000000")[:9], 10, 64)
	return n
}

const perIn, perOut = 1000, 2000 // nanodollars a token

// due is what a cell is to cost, in tokens of the prompt and of the answer.
func (c *cell) due() (in, out int64) {
	d := c.d
	own := int64(len(c.body)+3) / 4
	if d.kind == relay {
		own = 0
	}
	switch {
	case d.kind == gratis:
		return 0, 0
	case c.e.name == "rescued" && d.early > 0:
		return 2 * d.in, d.out + d.early
	case c.e.name == "rescued":
		return own + d.in, deliverable + d.out
	case c.e.bill == reported && d.in+d.out == 0 && d.kind == read:
		return own, 0 // a ranking reports searches only
	case c.e.bill == reported:
		return d.in, d.out
	case c.e.bill == counted && d.kind == talk && !d.stream:
		return own, (c.whole.Load() + 15) / 16 * 16 / 4
	case c.e.bill == counted && d.kind == talk && d.name == "responses streamed":
		return own, pieces6 + 1 // the item comes whole once more
	case c.e.bill == counted && d.kind == talk:
		return own, pieces6
	case c.e.bill == parted && d.kind == talk && d.stream && d.early > 0:
		return d.in, d.early
	case c.e.bill == parted && d.kind == talk && d.stream:
		return own, deliverable
	case c.e.bill != nothing:
		return own, 0
	}
	return 0, 0
}

// pieces6 is how many pieces the stand-in's text has.
const pieces6 = 6

var costOf = regexp.MustCompile(`"extra_fields":\{[^{}]*"cost":([0-9.]+)`)

// check compares what was written down of a cell with what is due.
func (c *cell) check(t *testing.T, r *reading) {
	in, out := c.due()
	want := in*perIn + out*perOut
	var bad []string
	f := func(ok bool, format string, args ...any) {
		if !ok {
			bad = append(bad, fmt.Sprintf(format, args...))
		}
	}
	var intents, ends []record
	for _, v := range r.ledger[c.id()] {
		switch v.Kind {
		case "intent":
			intents = append(intents, v)
		case "settle", "release":
			ends = append(ends, v)
		}
	}
	switch {
	case c.e.tries < 0 || c.e.name == "limit refused":
		f(len(intents)+len(ends) == 0, "%d intents and %d ends of a call that was refused", len(intents), len(ends))
	default:
		f(len(intents) == 1 && len(ends) == 1 && ends[0].Ref == intents[0].Seq, "%d intents have %d ends", len(intents), len(ends))
	}
	sum := int64(0)
	for _, e := range ends {
		sum += e.Nanos
		f((e.Kind == "release") == (e.Nanos == 0), "a %s of %d", e.Kind, e.Nanos)
	}
	f(sum == want, "the ledger has %d, due are %d (%d in, %d out)", sum, want, in, out)
	c.checkTrail(r, sum, f)
	c.checkClient(r, sum, in, out, f)
	if len(bad) > 0 {
		t.Errorf("%s (%d)\n  %s\n  client: %d %.200q %v", c.name(), c.n, strings.Join(bad, "\n  "), c.status, c.got, c.err)
	}
}

func (c *cell) checkTrail(r *reading, sum int64, f func(bool, string, ...any)) {
	lines, logs := r.trail[c.id()], r.log[c.id()]
	f(len(lines) == 1, "%d lines in the trail", len(lines))
	f(len(logs) == 1, "%d lines in the access log", len(logs))
	if len(lines) != 1 || len(logs) != 1 {
		return
	}
	e, l := lines[0], logs[0]
	f(e.Cost == sum && e.Nanos == sum, "the trail says it cost %d and %d, the ledger %d", e.Cost, e.Nanos, sum)
	f(nanosOf(l.USD) == sum, "the access log says %s, the ledger %d", l.USD, sum)
	f(e.Op == c.d.op && l.Op == c.d.op, "it is %q in the trail and %q in the log", e.Op, l.Op)
	f(len(e.Attempts) == l.Attempts, "%d attempts in the trail, %d in the log", len(e.Attempts), l.Attempts)
	tries := c.e.tries
	if tries == 0 && c.e.name != "limit refused" {
		tries = 1
	}
	f(len(e.Attempts) == max(tries, 0), "%d attempts, want %d", len(e.Attempts), tries)
	if c.e.status != 0 {
		f(e.Status == c.e.status, "the trail says %d %s", e.Status, e.Fault)
	}
	if in, out := c.due(); c.e.bill == reported && c.d.in+c.d.out > 0 {
		f(e.Tokens == struct{ In, Out int64 }{in, out}, "the trail says %+v, due are %d and %d", e.Tokens, in, out)
	}
	if l.Tokens != nil {
		f(*l.Tokens == struct{ In, Out int64 }{e.Tokens.In, e.Tokens.Out}, "%+v in the log, %+v in the trail", *l.Tokens, e.Tokens)
	}
}

func (c *cell) checkClient(r *reading, sum, in, out int64, f func(bool, string, ...any)) {
	if c.e.does == nil && c.status != 0 && !c.e.waits {
		if c.e.status != 0 {
			f(c.status == c.e.status, "the client got %d", c.status)
		}
	}
	all := costOf.FindAllStringSubmatch(c.got, -1)
	if len(all) > 0 && c.e.name != "limit refused" {
		last := json.Number(all[len(all)-1][1])
		f(nanosOf(last) == sum && (c.e.name != "rescued" || c.d.early > 0), "extra_fields say %s, the ledger %d", last, sum)
	}
	if u := c.limits; u != nil && !strings.Contains(c.e.key, "rate_limits") {
		n := int64(1)
		if c.e.ruled {
			n = 0
		}
		f(u.requests == n && u.calls == 0 && u.streams == 0, "of the limits are used %+v", *u)
		want := in + out
		if c.d.kind == relay && want == 0 && c.e.bill != nothing { // nobody can count it: what was taken stays taken
			want = int64(len(c.body))/4 + 1024
		}
		f(u.tokens == want, "of the limit of tokens are used %d, want %d", u.tokens, want)
	}
}

var (
	keyCost  = regexp.MustCompile(`asbru_key_cost_nanodollars_total\{[^}]*\} (\d+)`)
	holdsNow = regexp.MustCompile(`asbru_budget_holds (\d+)`)
)

// sums compares the metrics with the ledger: before those calls were ended whose key is revoked, and after.
func (r *reading) sums(t *testing.T, cells []*cell, before, after string) {
	spent := map[string]int64{}
	for _, m := range spentLine.FindAllStringSubmatch(before, -1) {
		spent[m[1]], _ = strconv.ParseInt(m[2], 10, 64)
	}
	if len(spent) < min(len(cells), 100) {
		t.Errorf("the metrics have %d budgets", len(spent))
	}
	for _, c := range cells {
		if c.e.waits || strings.Contains(c.e.key, "rate_limits") {
			continue
		}
		sum := int64(0)
		for _, v := range r.ledger[c.id()] {
			if v.Kind == "settle" {
				sum += v.Nanos
			}
		}
		if got, ok := spent[fmt.Sprintf("key c%d: 1d", c.n)]; ok && got != sum { // some hundreds are shown
			t.Errorf("%s: the budget has spent %d, the ledger %d", c.name(), got, sum)
		}
	}
	want, total := int64(0), int64(0)
	for _, c := range cells {
		for _, id := range []string{c.id(), c.firstID()} {
			for _, v := range r.ledger[id] {
				if v.Kind == "settle" && !c.e.waits {
					want += v.Nanos
				}
			}
		}
	}
	for _, m := range keyCost.FindAllStringSubmatch(before, -1) {
		n, _ := strconv.ParseInt(m[1], 10, 64)
		total += n
	}
	if total != want {
		t.Errorf("the metrics of keys come to %d, the ledger to %d", total, want)
	}
	if m := holdsNow.FindStringSubmatch(after); m == nil || m[1] != "0" {
		t.Errorf("holds are left: %v", m)
	}
}
