package e2e

import (
	"database/sql"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// An entry has the members of a record of the trail that these tests read.
type entry struct {
	Seq                     uint64
	Kind, ID, Key, Op       string
	Asked, Served, Provider string
	Status                  int
	Fault, Cache, Prompt    string
	Guard, From             string
	Count                   int64
	Nanos, Cost             int64
	Stream, Partial         bool
	Tokens                  struct{ In, Out int64 }
	Attempts                []struct {
		Target string
		Status int
	}
	Who, Did, What, Before, After string
	Version                       uint64
}

// exported verifies a trail and reads it.
func exported(t *testing.T, dir, from string) (calls, all []entry) {
	t.Helper()
	asbru(t, 0, nil, "audit", "verify", "--key", filepath.Join(dir, "audit.pub"), "--fresh", "1h", from)
	out, _ := asbru(t, 0, nil, "audit", "export", from)
	for line := range strings.Lines(out) {
		var e entry
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%v\n%s", err, line)
		}
		if all = append(all, e); e.Kind == "call" || e.Kind == "charge" {
			calls = append(calls, e)
		}
	}
	return calls, all
}

// TestEachCallIsInTheTrail makes calls with every kind of outcome, and reads them from the sink and from the files.
func TestEachCallIsInTheTrail(t *testing.T) {
	base, _ := paid(t)
	config, ledger := budgeted(t, base, "5")
	state := filepath.Dir(ledger)
	dir := filepath.Join(state, "asbru-audit")
	config = strings.Replace(config, "{name: free,", "{name: blocked, key: secret-of-blocked, blocked_models: [m]}, {name: ended, key: secret-of-ended, disabled: true}, {name: free, content_logging: true,", 1) +
		"audit: {content: {bytes: 32}, sign: {every: 1s}}\n"
	g := serve(t, config)
	ids := map[string]string{} // by kind of call
	f := func(what string, status int, a answer) {
		t.Helper()
		if a.status != status {
			t.Errorf("%s: %d %s", what, a.status, a.body)
		}
		ids[what] = a.head.Get("X-Request-Id")
	}
	const ci, free, blocked = "Authorization: Bearer secret-of-ci-0001", "Authorization: Bearer secret-of-free-01", "Authorization: Bearer secret-of-blocked"
	f("paid", 200, chat(t, g, "m", "", ci))
	f("stream", 200, chat(t, g, "m", `,"stream":true`, ci))
	f("free", 200, chat(t, g, "m", "", free))
	f("refused", 403, chat(t, g, "m", "", blocked))
	f("failed", 500, chat(t, g, "m", `,"user":"broken"`, ci))
	f("list", 200, ask(t, "GET", g.url("/v1/models"), "", ci))
	for range 3 {
		f("strange", 401, chat(t, g, "m", "", "Authorization: Bearer nobody-has-this"))
	}
	f("keyless", 401, chat(t, g, "m", ""))
	f("ended", 403, chat(t, g, "m", "", "Authorization: Bearer secret-of-ended"))
	first, err := os.ReadFile(filepath.Join(dir, "audit.pub"))
	if err != nil {
		t.Fatal(err)
	}
	private := filepath.Join(dir, "audit.key")
	if next, _ := asbru(t, 0, nil, "audit", "rotate", private); !strings.Contains(next, "PUBLIC KEY") || next == string(first) {
		t.Errorf("the next key is %q", next)
	}
	await(t, "the next key to sign", func() bool {
		_, err := os.Stat(private + ".next")
		return errors.Is(err, fs.ErrNotExist)
	}, g.stderr.String)
	write(t, g.file, config+"limits: {connections: 99}\n")
	g.signal(syscall.SIGHUP)
	g.stderr.has(t, "configuration applied")
	g.signal(syscall.SIGTERM)
	g.ends(0)

	check := func(from string) {
		t.Helper()
		calls, all := exported(t, dir, from)
		var changes []entry
		for _, e := range all {
			if e.Kind == "change" {
				changes = append(changes, e)
			}
		}
		if len(changes) != 2 || changes[0].Before != "" || changes[0].After != changes[1].Before || changes[1].Before == changes[1].After ||
			changes[1].Did != "apply" || changes[1].What != "document" || !strings.HasPrefix(changes[1].Who, "signal") || changes[1].Version != 2 {
			t.Errorf("the changes are %+v", changes)
		}
		turned := map[string]int64{}
		for _, e := range all {
			if e.Kind == "refused" && e.From == "127.0.0.1" && e.Nanos == 0 {
				turned[e.Key+" "+e.Fault] += e.Count
			}
		}
		if len(turned) != 2 || turned[" unauthenticated"] != 4 || turned["ended forbidden"] != 1 {
			t.Errorf("turned away were %v", turned)
		}
		byID := map[string][]entry{}
		for _, c := range calls {
			byID[c.ID] = append(byID[c.ID], c)
		}
		for what, want := range map[string]entry{
			"paid":    {Key: "ci", Status: 200, Nanos: eachCall, Served: "m", Provider: "mine"},
			"stream":  {Key: "ci", Status: 200, Nanos: eachCall, Served: "m", Provider: "mine", Stream: true},
			"free":    {Key: "free", Status: 200, Nanos: eachCall, Served: "m", Provider: "mine"},
			"refused": {Key: "blocked", Status: 403, Fault: "forbidden"},
			"failed":  {Key: "ci", Status: 500, Served: "m", Provider: "mine"},
			"list":    {Key: "ci", Status: 200, Op: "models"},
		} {
			found := byID[ids[what]]
			if len(found) != 1 {
				t.Errorf("%s: %q is there %d times", what, ids[what], len(found))
				continue
			}
			got := found[0]
			short := entry{Key: got.Key, Status: got.Status, Nanos: got.Nanos, Served: got.Served, Provider: got.Provider, Stream: got.Stream, Fault: got.Fault}
			list := got.Op == "models" // it has neither a model nor a body
			if list {
				short.Op = got.Op
			}
			a, _ := json.Marshal(short)
			b, _ := json.Marshal(want)
			if string(a) != string(b) || !list && (got.Asked != "m" || len(got.Prompt) != 64) || got.Kind != "call" {
				t.Errorf("%s: %s, want %s\n%+v", what, a, b, got)
			}
		}
	}
	db := filepath.Join(dir, "audit.db")
	named := filepath.Join(t.TempDir(), "first.pub") // a key is signed by the one before it
	write(t, named, string(first))
	if out, _ := asbru(t, 0, nil, "audit", "verify", "--key", named, db); !strings.Contains(out, "1 rotations, each signed") {
		t.Error(out)
	}
	check(db)
	check(dir)

	c, err := sql.Open("sqlite", "file:"+db+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var key, body string
	if err := c.QueryRow("SELECT key, body FROM asbru_content").Scan(&key, &body); err != nil || key != "free" || len(body) != 32 || !strings.HasPrefix(body, `{"model":"m","messages"`) {
		t.Errorf("the prompts kept are of %q: %q, %v", key, body, err)
	}
}

// reconciled checks that the trail has each call of the ledger once, with the same cost, and that the costs add up to
// spent.
func reconciled(t *testing.T, ledger string, spent int64) {
	t.Helper()
	dir := filepath.Join(filepath.Dir(ledger), "asbru-audit")
	db := filepath.Join(dir, "audit.db")
	calls, _ := exported(t, dir, db)
	sum, seen := int64(0), map[string]int{}
	for _, c := range calls {
		sum += c.Nanos
		if c.Kind == "charge" && !c.Partial {
			continue // of a call that was answered from memory: its record is another
		}
		if seen[c.ID]++; seen[c.ID] == 2 && c.Op != "pass" && c.Op != "realtime" { // a batch has a record of its beginning and one of its result, a WebSocket one of each turn
			t.Errorf("call %s is in the trail twice: %+v", c.ID, c)
		}
	}
	if sum != spent {
		t.Errorf("the trail says %d spent, the ledger %d", sum, spent)
	}
	out, _ := asbru(t, 0, nil, "audit", "export", db)
	rows := filepath.Join(t.TempDir(), "rows.jsonl")
	write(t, rows, out)
	asbru(t, 0, nil, "ledger", "reconcile", ledger, rows)
}
