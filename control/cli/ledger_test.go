package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"asbru/core"
	"asbru/core/govern"
	"asbru/core/ledger"
)

// spend makes a ledger: three calls that were settled, one released, and one that was cut
// off when it was opened again, if cut.
func spend(t *testing.T, cut bool) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "ledger")
	fs, err := ledger.Disk(dir)
	if err != nil {
		t.Fatal(err)
	}
	moment := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	o := govern.Options{Now: func() time.Time { return moment }, Ledger: ledger.Options{Ring: 1 << 16, Segment: 1 << 18}}
	b, err := govern.Open(fs, o)
	if err != nil {
		t.Fatal(err)
	}
	key, err := b.Account(context.Background(), "key/ci/monthly", govern.Limit{Cap: 10e9, Window: govern.Window{Count: 1, Unit: 'M', Calendar: true}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		var h govern.Hold
		if r := b.Hold(&h, &govern.Ask{ID: [16]byte{15: byte(i + 1)}, Accounts: []*govern.Account{key}, Worst: 1e9, Floor: 5e8, Now: moment.UnixNano(), Note: 100}); r != nil {
			t.Fatal(r)
		}
		switch {
		case i < 3:
			note := []string{`{"model":"m"}`, "words", "\xff\x00"}[i]
			b.Settle(&h, &govern.End{Cost: core.Money(i+1) * 1e8, Flags: ledger.Estimated, Note: []byte(note), Now: moment.UnixNano()})
		case i == 3 || !cut:
			b.Release(&h, &govern.End{Now: moment.UnixNano()})
		}
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if b, err = govern.Open(fs, o); err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// says checks that text has all the parts.
func says(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("no %q in:\n%s", p, text)
		}
	}
}

func TestLedgerVerify(t *testing.T) {
	dir := spend(t, true)
	out, _ := run(t, OK, "ledger", "verify", dir)
	says(t, out, "ok: 11 records", "2026-11-21T12:00:00Z", "intent    5", "settle    4", "release   1", "spent $1.1; 1 account, 0 calls under way", "2 checkpoints agree")
	_, stderr := run(t, Problem, "ledger", "verify", filepath.Join(dir, "nowhere"))
	says(t, stderr, "nowhere")
	for _, words := range [][]string{{"verify"}, {"dump"}, {"reconcile", os.DevNull}} {
		_, stderr = run(t, Problem, append([]string{"ledger", words[0], t.TempDir()}, words[1:]...)...)
		says(t, stderr, "there is no ledger in")
	}
	_, stderr = run(t, Problem, "ledger", "verify", filepath.Join(dir, "durable"))
	says(t, stderr, "is not a directory")

	log := filepath.Join(dir, "00000000000000000000.log")
	data, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	data[100] ^= 1
	if err := os.WriteFile(log, data, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, what := range []string{"verify", "dump"} {
		_, stderr = run(t, Problem, "ledger", what, dir)
		says(t, stderr, "00000000000000000000.log at byte 64", "checksum", "restore")
	}
}

func TestLedgerDump(t *testing.T) {
	dir := spend(t, true)
	lines := func(words ...string) (all []line) {
		t.Helper()
		out, _ := run(t, OK, append(append([]string{"ledger", "dump"}, words...), dir)...)
		for text := range strings.Lines(out) {
			var x line
			if err := json.Unmarshal([]byte(text), &x); err != nil {
				t.Fatalf("%q: %v", text, err)
			}
			all = append(all, x)
		}
		return all
	}
	if all := lines(); len(all) != 11 || all[0].Kind != "account" || all[0].Payload != "key/ci/monthly" {
		t.Errorf("%d records, first %+v", len(all), all[0])
	}
	settles := lines("--kind", "settle")
	if len(settles) != 4 || *settles[1].Nanos != 2e8 || settles[1].Payload != "words" || fmt.Sprint(settles[0].Payload) != "map[model:m]" ||
		settles[2].Payload != "hex:ff00" || fmt.Sprint(settles[3].Flags) != "[partial estimated]" || *settles[3].Nanos != 5e8 {
		t.Errorf("settles %+v", settles)
	}
	one := lines("--id", "00000000000000000000000000000002")
	if len(one) != 2 || one[0].Floor != 5e8 || one[1].Ref != one[0].Seq || one[0].On[0] != (lineAccount{"key/ci/monthly", "2026-11-01T00:00:00Z"}) {
		t.Errorf("one call %+v", one)
	}
	_, stderr := run(t, Usage, "ledger", "dump", "--kind", "settled", dir)
	says(t, stderr, "there is no kind settled")
	_, stderr = run(t, Usage, "ledger", "dump", "--id", "2", dir)
	says(t, stderr, "--id 2 is no id")
	if rest := lines("--after", fmt.Sprint(one[1].Seq)); len(rest) != 6 {
		t.Errorf("%d records after it; want 6", len(rest))
	}
}

func TestLedgerReconcile(t *testing.T) {
	dir := spend(t, true)
	file := func(text string) string {
		t.Helper()
		name := filepath.Join(t.TempDir(), "client.jsonl")
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	id := func(n int) string { return fmt.Sprintf("%032x", n+1) }
	good := fmt.Sprintf(`{"id":"%s","nanos":100000000,"model":"m"}
{"id":"%s","nanos":200000000}

{"id":"%s","nanos":300000000}
{"id":"%s","nanos":0}
`, id(0), id(1), id(2), id(3))
	out, _ := run(t, OK, "ledger", "reconcile", dir, file(good))
	says(t, out, "4 calls settled, 1 of them as partial, 1 released, $1.1 in all", "exact: 4 calls, $0.6; 1 call cut off")
	dumped, _ := run(t, OK, "ledger", "dump", dir)
	out, _ = run(t, OK, "ledger", "reconcile", dir, file(dumped), file(good))
	says(t, out, "exact: 5 calls, $1.1; 0 calls cut off")
	run(t, OK, "ledger", "reconcile", dir)

	bad := strings.Replace(good, "200000000", "200000001", 1) + fmt.Sprintf(`{"id":"%s","nanos":7}`, id(99))
	bad = strings.Replace(bad, fmt.Sprintf(`{"id":"%s","nanos":0}`, id(3)), "", 1)
	bad = strings.Replace(bad, fmt.Sprintf(`{"id":"%s","nanos":300000000}`, id(2)), fmt.Sprintf(`{"id":"%[1]s","nanos":150000000}
{"id":"%[1]s","nanos":150000000}`, id(2)), 1)
	out, _ = run(t, Problem, "ledger", "reconcile", dir, file(good), file(bad))
	says(t, out, "exact", id(1)+" cost $0.200000001 there and $0.2 in the ledger", id(99)+" cost $0.000000007 there and is not in the ledger",
		id(3)+" cost $0 in the ledger and is not there", id(2)+" was charged 2 times there and 1 times", "4 differences")
	for _, text := range []string{"{", `{"id":"1"}`, `{"nanos":1}`, `{"id":"1","nanos":1.5}`} {
		_, stderr := run(t, Problem, "ledger", "reconcile", dir, file(text))
		says(t, stderr, "client.jsonl:1:")
	}
	_, stderr := run(t, Problem, "ledger", "reconcile", dir, filepath.Join(dir, "no.jsonl"))
	says(t, stderr, "no.jsonl")
}

func TestLedgerWords(t *testing.T) {
	for words, want := range map[string]string{
		"":            "needs verify, dump or reconcile",
		"verify":      "takes one directory",
		"dump a b":    "takes one directory",
		"reconcile":   "takes a directory and files",
		"repair .":    "there is no repair of a ledger",
		"dump --from": "no flag --from",
	} {
		_, stderr := run(t, Usage, append([]string{"ledger"}, strings.Fields(words)...)...)
		says(t, stderr, want)
	}
}
