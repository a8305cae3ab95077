package build

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"asbru/bench/faultfs"
	"asbru/core"
	"asbru/core/audit"
	"asbru/core/config"
	"asbru/core/govern"
	"asbru/core/ledger"
)

// A clerk is an Auditor that says what it is told to.
type clerk struct {
	trouble error
	prompts int
}

func (c *clerk) Trouble() error         { return c.trouble }
func (c *clerk) Content(*core.Exchange) { c.prompts++ }

// audits is a Snapshot whose calls are written down, and the ledger. change may be nil.
func audits(t testing.TB, c *clerk, change func(d *config.Document)) (*core.Snapshot, *govern.Book) {
	t.Helper()
	d := &config.Document{
		Providers:   []config.Provider{{Name: "openai", APIKey: config.NewSecret("", "sk-provider-key-1")}},
		VirtualKeys: []config.VirtualKey{{Name: "alice", Key: config.NewSecret("", "sk-bf-alice-0123456789")}},
		Audit:       &config.Audit{},
	}
	if change != nil {
		change(d)
	}
	book, err := govern.Open(faultfs.NewDisk(rand.New(rand.NewPCG(1, 2))), govern.Options{Ledger: ledger.Options{Ring: 1 << 21, Segment: 1 << 22}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { book.Close() })
	till := govern.NewTill(book)
	deps := Deps{NewPool: func(core.Endpoint) (core.Pool, error) { return closed{}, nil }, ReadFile: os.ReadFile,
		OpenTill: func() (*govern.Till, error) { return till, nil }, OpenTrail: func() (Auditor, error) { return c, nil }}
	s, problems, _ := Compile(d, nil, deps)
	if s == nil {
		t.Fatal(problems)
	}
	return s, book
}

// closed is a pool to nowhere.
type closed struct{}

func (closed) Close() error { return nil }

// What a call asks.
var (
	secretOf = []byte("sk-bf-alice-0123456789")
	asked    = []byte("gpt-4o")
	body     = []byte(`{"model":"gpt-4o","max_tokens":10,"messages":[{"role":"user","content":"Hello"}]}`)
)

// call runs one call through the stages of its plan, as if its target had answered.
func call(s *core.Snapshot, x *core.Exchange) core.Verdict {
	return reported(s, x, core.Usage{In: 10, Out: 5, Known: true})
}

// reported is call with a target that reports that usage.
func reported(s *core.Snapshot, x *core.Exchange, u core.Usage) core.Verdict {
	k := s.Caller(secretOf)
	x.Reset()
	x.Snap, x.Key, x.Plan, x.Op, x.ID = s, k, &k.Policy.Plans[core.OpChat], core.OpChat, [16]byte{1}
	x.Body, x.Peek.Model, x.Peek.MaxTokens = body, asked, 10
	x.Route, x.Name = s.Resolve(x.Peek.Model)
	v := core.Run(x, x.Plan.Before)
	if v == core.Continue {
		a := x.Begin(x.Route.Targets[0], x.Route.Targets[0].Keys[0])
		a.Status, a.Began = 200, 1
		x.Usage = u
	}
	core.Conclude(x, x.Plan.After)
	return v
}

// entries are the calls that the ledger has, with the kinds of their records.
func entries(t *testing.T, b *govern.Book) (calls []audit.Call, kinds string) {
	t.Helper()
	if err := b.Ledger().Wait(t.Context(), b.Ledger().End()); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Ledger().Replay(0, func(r *ledger.Record) error {
		kinds += " " + r.Kind.String()
		if len(r.Payload) > 0 && r.Kind != ledger.Account {
			c, err := audit.ParseCall(r.Payload)
			if err != nil {
				return err
			}
			if c.ID != r.ID {
				t.Errorf("a record of %x says %x", r.ID, c.ID)
			}
			calls = append(calls, c)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return calls, kinds
}

func TestCallsWithoutABudgetAreWrittenDown(t *testing.T) {
	c := new(clerk)
	s, book := audits(t, c, nil)
	x := new(core.Exchange)
	if v := call(s, x); v != core.Continue {
		t.Fatal(v, x.Fault)
	}
	got, kinds := entries(t, book)
	if kinds != " intent settle" || len(got) != 1 || got[0].Key != "alice" || got[0].Served != "gpt-4o" || got[0].Provider != "openai" ||
		got[0].Status != 200 || got[0].Cost <= 0 || got[0].Usage.Out != 5 || c.prompts != 1 {
		t.Errorf("the ledger has%s: %+v, and %d prompts", kinds, got, c.prompts)
	}
}

// What is charged by a report that cannot be all true says so.
func TestDoubtsAreWrittenDown(t *testing.T) {
	s, book := audits(t, new(clerk), nil)
	for _, u := range []core.Usage{{In: 10, Out: 5, Known: true}, {In: 10, Out: 5, Known: true, Odd: true}, {In: 10, Out: 5, Known: true, Bad: true}, {}} {
		if v := reported(s, new(core.Exchange), u); v != core.Continue {
			t.Fatal(v)
		}
	}
	if err := book.Ledger().Wait(t.Context(), book.Ledger().End()); err != nil {
		t.Fatal(err)
	}
	var got []ledger.Record
	if _, err := book.Ledger().Replay(0, func(r *ledger.Record) error {
		if r.Kind == ledger.Settle {
			got = append(got, *r)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if len(got) != 4 || got[0].Amount != got[1].Amount || got[0].Amount <= 0 {
		t.Fatalf("%+v", got)
	}
	for i, want := range []bool{false, true, true, true} {
		if got[i].Flags&ledger.Estimated != 0 != want {
			t.Errorf("%d: flags %b", i, got[i].Flags)
		}
	}
}

func TestCallsThatAreRefusedAreWrittenDown(t *testing.T) {
	c := &clerk{trouble: errors.New("no room")}
	s, book := audits(t, c, nil)
	x := new(core.Exchange)
	if v := call(s, x); v != core.Refuse || x.Fault == nil || x.Fault.HTTP() != 503 || !strings.Contains(x.Fault.Message, "could not be written down") {
		t.Errorf("without room for what it leaves a call is %v: %+v", v, x.Fault)
	}
	got, kinds := entries(t, book)
	if kinds != " audit" || len(got) != 1 || got[0].Status != 503 || got[0].Fault != core.Overloaded || got[0].Cost != 0 {
		t.Errorf("the ledger has%s: %+v", kinds, got)
	}
}

func TestWhoWantsNoAuditHasNone(t *testing.T) {
	s, book := audits(t, new(clerk), func(d *config.Document) {
		usd := 5.0
		d.Audit.Off, d.VirtualKeys[0].Budgets = true, []config.Budget{{USD: usd, Window: "1d"}}
	})
	if v := call(s, new(core.Exchange)); v != core.Continue {
		t.Fatal(v)
	}
	if got, kinds := entries(t, book); kinds != " account intent settle" || len(got) != 0 {
		t.Errorf("the ledger has%s: %+v", kinds, got)
	}
	d := &config.Document{Providers: []config.Provider{{Name: "openai", APIKey: config.NewSecret("", "sk-provider-key-1")}}}
	s, _, _ = Compile(d, nil, Deps{NewPool: func(core.Endpoint) (core.Pool, error) { return closed{}, nil }, OpenTill: func() (*govern.Till, error) {
		return nil, errors.New("a ledger was opened, and nobody wants one")
	}})
	if s == nil {
		t.Error("a document without budgets and audit needs a ledger")
	}
}

// A price that changes while a call is under way is that of later calls: what was held covers it.
func TestPriceChangesUnderWay(t *testing.T) {
	for _, c := range []struct {
		held int64 // Unix seconds
		want core.Money
	}{{1_800_000_000, 10*1000 + 5*2000}, {900_000_000, 10*100 + 5*200}} {
		path := filepath.Join(t.TempDir(), "prices.txt")
		if err := os.WriteFile(path, []byte("[openai]\ngpt-4o in=0.1 out=0.2\ngpt-4o in=1 out=2 from=2000-01-01\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		s, _ := audits(t, &clerk{}, func(d *config.Document) {
			d.VirtualKeys[0].Budgets = []config.Budget{{USD: 100}}
			d.Prices.Files = []string{path}
		})
		x := new(core.Exchange)
		k := s.Caller(secretOf)
		x.Reset()
		x.Snap, x.Key, x.Plan, x.Op, x.ID = s, k, &k.Policy.Plans[core.OpChat], core.OpChat, [16]byte{1}
		x.Body, x.Peek.Model, x.Peek.MaxTokens = body, asked, 10
		x.Route, x.Name = s.Resolve(x.Peek.Model)
		if v := core.Run(x, x.Plan.Before); v != core.Continue {
			t.Fatal(v, x.Fault)
		}
		x.Bill.(*bill).ask.Now = c.held * 1e9 // as if it had begun then
		x.Begin(x.Route.Targets[0], x.Route.Targets[0].Keys[0]).Status = 200
		x.Usage = core.Usage{In: 10, Out: 5, Known: true}
		core.Conclude(x, x.Plan.After)
		if x.Cost != c.want {
			t.Errorf("held at %d it costs %v, want %v", c.held, x.Cost, c.want)
		}
	}
}
