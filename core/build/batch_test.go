package build

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/gemini"
	"asbru/adapters/dialect/openai"
	"asbru/bench/faultfs"
	"asbru/core"
	"asbru/core/batch"
	"asbru/core/config"
	"asbru/core/govern"
	"asbru/core/ledger"
	"asbru/core/price"
)

// woken is the lane of an exchange that a test carries.
type woken chan struct{}

func (woken) Life() uint32 { return 1 }
func (w woken) Wake(uint32) {
	select {
	case w <- struct{}{}:
	default:
	}
}

// A watcher remembers what it has seen.
type watcher []byte

func (w *watcher) Saw(_ *core.Exchange, p []byte) { *w = append(*w, p...) }
func (w *watcher) Sure(*core.Exchange)            { *w = append(*w, '!') }
func (w *watcher) Anew(*core.Exchange)            { *w = nil }
func (w *watcher) Stays() bool                    { return false }

// A beginner begins batches.
type beginner struct {
	t     *testing.T
	snap  *core.Snapshot
	book  *govern.Book
	files map[string]string // what providers keep, by provider, key and path
	looks []string
}

const usd = core.Money(1e9)

func newBeginner(t *testing.T, change func(d *config.Document)) *beginner {
	t.Helper()
	sheet := filepath.Join(t.TempDir(), "prices")
	if err := os.WriteFile(sheet, []byte("[openai]\nm-* in=2 out=4 batch=50% max-in=1000 max-out=500\n[anthropic]\nm-* in=2 out=4 batch=50% max-in=1000 max-out=500\n[gemini]\nm-* in=2 out=4 batch=50% max-in=1000 max-out=500\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	d := &config.Document{
		Providers: []config.Provider{{Name: "openai", Keys: []config.Key{{Name: "one", Value: secret("sk-1")}, {Name: "two", Value: secret("sk-2")}}},
			{Name: "anthropic", APIKey: secret("sk-3")}, {Name: "gemini", APIKey: secret("sk-4")}},
		Prices:      config.Prices{Files: []string{sheet}, Unknown: "refuse"},
		VirtualKeys: []config.VirtualKey{{Name: "alice", Key: config.NewSecret("", string(secretOf)), Budgets: []config.Budget{{USD: 1}}}, {Name: "free", Key: secret("sk-bf-free-0123456789")}},
	}
	if change != nil {
		change(d)
	}
	b := &beginner{t: t, files: map[string]string{}}
	var err error
	if b.book, err = govern.Open(faultfs.NewDisk(rand.New(rand.NewPCG(1, 2))), govern.Options{Ledger: ledger.Options{Ring: 1 << 21, Segment: 1 << 22}}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.book.Close() })
	till := govern.NewTill(b.book)
	deps := Deps{NewPool: func(core.Endpoint) (core.Pool, error) { return closed{}, nil }, ReadFile: os.ReadFile, Own: "own",
		OpenTill: func() (*govern.Till, error) { return till, nil }, OpenTrail: func() (Auditor, error) { return &clerk{}, nil },
		Fetch: b.fetch, Look: func(title string) { b.looks = append(b.looks, title) }}
	var problems []config.Problem
	if b.snap, problems, _ = Compile(d, nil, deps); b.snap == nil {
		t.Fatal(problems)
	}
	return b
}

func (b *beginner) fetch(_ context.Context, provider, key, path string) (int, io.ReadCloser, error) {
	text, ok := b.files[provider+" "+key+" "+path]
	switch {
	case !ok:
		return 404, io.NopCloser(strings.NewReader("{}")), nil
	case text == "":
		return 0, nil, errors.New("nobody is there")
	}
	return 200, io.NopCloser(strings.NewReader(text)), nil
}

// A begun is what became of a request.
type begun struct {
	x    core.Exchange
	v    core.Verdict
	jobs []govern.Job
}

// begin carries a request of key to provider through its stages. status is what the provider answers, with reply; 0: it
// takes the request and says nothing.
func (b *beginner) begin(key string, d *core.Dialect, provider, path, body string, status int, reply string) *begun {
	b.t.Helper()
	r := new(begun)
	x, k := &r.x, b.snap.Caller([]byte(key))
	lane := make(woken, 1)
	x.Lane, x.Snap, x.Key, x.Plan, x.Op, x.ID, x.From = lane, b.snap, k, &k.Policy.Plans[core.OpPass], core.OpPass, [16]byte{1}, d
	seen := new(watcher)
	x.Watch = seen
	x.Path, x.Body, x.Route = []byte(path), []byte(body), b.snap.Providers[provider]
	if d == gemini.API {
		x.Peek.Model = []byte("m-1")
		x.Name = x.Peek.Model
	}
	for r.v = core.Run(x, x.Plan.Before); r.v == core.Wait; r.v = core.Run(x, x.Plan.Before) {
		select {
		case <-lane:
		case <-time.After(20 * time.Second):
			b.t.Fatal("nobody wakes it")
		}
	}
	if r.v == core.Continue {
		a := x.Begin(x.Route.Targets[0], x.Route.Targets[0].Keys[len(x.Route.Targets[0].Keys)-1])
		a.Status, a.Began = status, 1
		if f, ok := x.Watch.(core.Forwarder); x.Watch != core.Watcher(seen) && (!ok || f.Forwards() != core.Watcher(seen)) {
			b.t.Error("who watched before is forgotten")
		}
		if x.Watch != core.Watcher(seen) && status > 0 {
			x.Watch.Saw(x, []byte("what another target said"))
			x.Watch.Anew(x)
			for piece := range bytes.Lines([]byte(reply)) {
				x.Watch.Saw(x, piece)
			}
			x.Watch.Sure(x)
			if got := *seen; string(got) != reply+"!" {
				b.t.Errorf("who watched before has seen %q", got)
			}
			if !x.Watch.Stays() {
				b.t.Error("it ends with its client")
			}
		}
		if status > 0 {
			for v := core.Run(x, x.Plan.Settle); v == core.Wait; v = core.Run(x, x.Plan.Settle) {
				<-lane
			}
		}
	}
	core.Conclude(x, x.Plan.After)
	r.jobs = b.book.Jobs()
	return r
}

func (b *beginner) stands(spent, held core.Money) {
	b.t.Helper()
	if x, _ := b.book.Balance("key alice: 1M", time.Now().UnixNano()); x.Spent != spent || x.Held != held {
		b.t.Errorf("%v spent, %v held; want %v, %v", x.Spent, x.Held, spent, held)
	}
}

const (
	lineOfM  = `{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"m-1","max_tokens":100,"messages":[{"role":"user","content":"Hi"}]}}` + "\n"
	ofFile   = `{"input_file_id":"file-1","endpoint":"/v1/chat/completions","completion_window":"24h"}`
	accepted = "{\"id\":\"batch_1\",\n\"status\":\"validating\"}"
	inline   = `{"requests":[{"custom_id":"a","params":{"model":"m-1","max_tokens":100,"messages":[]}},{"custom_id":"b","params":{"model":"m-2","max_tokens":100,"messages":[]}}]}`

	// 1,000 tokens, as many as the model takes, and 100 that it may write, at half of $2 and $4 a million
	worstOfM = 1000*1000 + 100*2000 + 8
)

func TestBatchBegins(t *testing.T) {
	b := newBeginner(t, nil)
	b.files["openai two /v1/files/file-1/content"] = lineOfM + "\n" + lineOfM
	r := b.begin(string(secretOf), openai.API, "openai", "/batches", ofFile, 200, accepted)
	if r.v != core.Continue || len(r.jobs) != 1 {
		t.Fatalf("%v %v, jobs %v", r.v, r.x.Fault, r.jobs)
	}
	b.stands(0, 2*worstOfM)
	n, err := batch.ParseNote(r.jobs[0].Note)
	if err != nil || r.jobs[0].Worst != 2*worstOfM || r.jobs[0].ID != r.x.ID || time.Since(time.Unix(0, n.At)) > time.Hour {
		t.Errorf("%+v, %v", r.jobs[0], err)
	}
	if n.At = 0; n.Title() != "openai openai batch_1" || n.Key != "two" || n.Place != "/batches" || strings.Join(n.Models, " ") != "m-1" || n.Requests != 2 || n.Caller != "alice" || core.Op(n.Op) != core.OpChat {
		t.Errorf("the note is %+v", n)
	}
	// who asks about it has it looked at; nobody else's batch is
	for _, id := range []string{"batch_1", "batch_2"} {
		x := core.Exchange{Snap: b.snap, Key: r.x.Key, Op: core.OpPass, From: openai.API, Path: []byte("/batches/" + id), Route: r.x.Route}
		x.Peek.Free = true
		x.Begin(x.Route.Targets[0], nil).Status = 200
		core.Conclude(&x, r.x.Key.Policy.Plans[core.OpPass].After)
	}
	if strings.Join(b.looks, ",") != "openai openai batch_1" {
		t.Errorf("looked at %q", b.looks)
	}
	// the provider told somebody of the same batch again: it is held once
	b.begin(string(secretOf), openai.API, "openai", "/v1/batches", ofFile, 200, accepted)
	b.stands(0, 2*worstOfM)
	r = b.begin(string(secretOf), anthropic.API, "anthropic", "/messages/batches", inline, 200, `{"id":"msgbatch_1","processing_status":"in_progress"}`)
	b.stands(0, 4*worstOfM)
	if n, err = batch.ParseNote(r.jobs[1].Note); err != nil || strings.Join(n.Models, " ") != "m-1 m-2" {
		t.Errorf("%+v, %v", n, err)
	}
	many := strings.Repeat(`{"custom_id":"a","params":{"model":"m-1","max_tokens":1,"messages":[{"role":"user","content":"`+strings.Repeat("x", 2000)+`"}]}},`, 200)
	b.begin(string(secretOf), anthropic.API, "anthropic", "/messages/batches", `{"requests":[`+strings.TrimSuffix(many, ",")+`]}`, 200, `{"id":"msgbatch_2"}`)
	b.stands(0, 4*worstOfM+200*(1000*1000+2000+8)) // counted beside the lane
	if ok, err := b.book.Finish(context.Background(), b.book.Jobs()[2].Seq, &govern.End{Now: time.Now().UnixNano()}); !ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
	const gemini1 = `{"batch":{"input_config":{"requests":{"requests":[{"request":{"contents":[],"generationConfig":{"maxOutputTokens":100}}}]}}}}`
	b.begin(string(secretOf), gemini.API, "gemini", "/models/m-1:batchGenerateContent", gemini1, 200, `{"name":"batches/1"}`)
	b.stands(0, 5*worstOfM)
}

func TestBatchEnds(t *testing.T) {
	f := func(name, key, path, body string, status int, reply string, spent core.Money, jobs int) {
		t.Run(name, func(t *testing.T) {
			b := newBeginner(t, nil)
			b.files["openai one /v1/files/file-1/content"] = lineOfM
			r := b.begin(key, openai.API, "openai", path, body, status, reply)
			if r.v != core.Continue || len(r.jobs) != jobs {
				t.Fatalf("%v %v; %d jobs", r.v, r.x.Fault, len(r.jobs))
			}
			held := core.Money(0)
			if jobs > 0 && key == string(secretOf) {
				held = worstOfM
			}
			b.stands(spent, held)
			if s := b.book.Stats(); s.Twice > 0 || s.Holds != int64(jobs) {
				t.Errorf("%+v", s)
			}
		})
	}
	alice, free := string(secretOf), "sk-bf-free-0123456789"
	f("refused by the provider", alice, "/batches", ofFile, 400, `{"error":{}}`, 0, 0)
	f("not to be read", alice, "/batches", ofFile, 200, "<html>", worstOfM, 0)
	f("longer than any", alice, "/batches", ofFile, 200, accepted+strings.Repeat(" ", batch.MaxStatus), worstOfM, 0)
	f("taken and not answered", alice, "/batches", ofFile, 0, "", (core.Money(len(`{"model":"m-1","max_tokens":100,"messages":[{"role":"user","content":"Hi"}]}`))+3)/4*1000, 0)
	f("a key that pays nothing", free, "/batches", ofFile, 200, accepted, 0, 1)
	f("in a form of its own, by a key that pays nothing", free, "/batchInferenceJobs", `{"a":1}`, 200, accepted, 0, 0)
	f("a file", alice, "/files", strings.Repeat("x", 1<<20), 200, `{"id":"file-1"}`, 0, 0)
}

func TestBatchRefused(t *testing.T) {
	f := func(name string, d *core.Dialect, path, body string, code core.Code, kind, says string, change func(d *config.Document)) {
		t.Run(name, func(t *testing.T) {
			b := newBeginner(t, change)
			b.files["openai two /v1/files/file-1/content"] = lineOfM + strings.Replace(lineOfM, "m-1", "m-2", 1)
			b.files["openai one /v1/files/file-2/content"] = lineOfM + "no request\n"
			b.files["openai one /v1/files/file-3/content"] = strings.Replace(lineOfM, "m-1", "unpriced", 1)
			b.files["openai one /v1/files/file-4/content"] = ""
			b.files["openai one /v1/files/file-5/content"] = strings.Replace(lineOfM, `"model":"m-1",`, "", 1)
			provider := map[*core.Dialect]string{openai.API: "openai", anthropic.API: "anthropic", gemini.API: "gemini"}[d]
			r := b.begin(string(secretOf), d, provider, path, body, 200, accepted)
			if r.v != core.Refuse || r.x.Fault == nil || r.x.Fault.Code != code || r.x.Fault.Kind != kind || !strings.Contains(r.x.Fault.Message, says) {
				t.Errorf("%v %+v; want %v %s with %q", r.v, r.x.Fault, code, kind, says)
			}
			b.stands(0, 0)
		})
	}
	file := func(n string) string { return strings.Replace(ofFile, "file-1", n, 1) }
	const uncounted = "batch_not_counted"
	f("no such file", openai.API, "/batches", file("file-9"), core.Forbidden, uncounted, "does not hand out the file", nil)
	f("a provider that is away", openai.API, "/batches", file("file-4"), core.Forbidden, uncounted, "nobody is there", nil)
	f("a line that is none", openai.API, "/batches", file("file-2"), core.Forbidden, uncounted, "no request that can be read", nil)
	f("a request without a model", openai.API, "/batches", file("file-5"), core.Forbidden, uncounted, "names no model", nil)
	f("a model without a price", openai.API, "/batches", file("file-3"), core.Forbidden, "model_not_priced", `model "unpriced" costs`, nil)
	f("another form", openai.API, "/batches", `{"name":"xAI's"}`, core.Forbidden, uncounted, "where those of the batch are", nil)
	f("another path", openai.API, "/batchInferenceJobs", `{}`, core.Forbidden, uncounted, "of this form", nil)
	f("requests in two ways", anthropic.API, "/messages/batches", `{"requests":[],"requests":[]}`, core.Forbidden, uncounted, "where those of the batch are", nil)
	f("more than there is", anthropic.API, "/messages/batches", strings.Replace(inline, `"max_tokens":100`, `"max_tokens":900000`, 1), core.OverBudget, "", "has $1 left", nil)
	f("a budget for some of it", openai.API, "/batches", ofFile, core.Forbidden, uncounted, "for some of them only", func(d *config.Document) {
		d.VirtualKeys[0].Budgets = append(d.VirtualKeys[0].Budgets, config.Budget{Name: "ones", USD: 1, Models: []string{"openai/m-1"}})
	})
}

// Where the document says what to hold, that is held for what cannot be counted.
func TestBatchHeldFlat(t *testing.T) {
	b := newBeginner(t, func(d *config.Document) { d.Governance.Batches = &config.Batches{HoldUSD: 0.25} })
	r := b.begin(string(secretOf), openai.API, "openai", "/batches", ofFile, 200, accepted)
	if r.v != core.Continue || len(r.jobs) != 1 {
		t.Fatalf("%v %v", r.v, r.x.Fault)
	}
	b.stands(0, usd/4)
	b.begin(string(secretOf), openai.API, "openai", "/batchInferenceJobs", "{}", 200, accepted) // nobody will ever know
	b.stands(usd/4, usd/4)
}

// The gateway asks with the key that a batch was begun with, and is nobody's virtual key.
func TestAskers(t *testing.T) {
	b := newBeginner(t, nil)
	k := b.snap.Caller([]byte(OwnKey("own", "openai", "two")))
	if k == nil || k.Name != askerName {
		t.Fatalf("%+v", k)
	}
	target := b.snap.Providers["openai"].Targets[0]
	serves := k.Policy.Serves
	if !serves(target, nil, nil) || serves(target, target.Keys[0], nil) || !serves(target, target.Keys[1], nil) || serves(b.snap.Providers["gemini"].Targets[0], nil, nil) {
		t.Error("it is not led to its key, and to that only")
	}
	if b.snap.Caller([]byte(OwnKey("other", "openai", "two"))) != nil || b.snap.Caller([]byte(OwnKey("own", "openai", "three"))) != nil {
		t.Error("somebody else is let in")
	}
	x := Batched{Snap: b.snap, Note: &batch.Note{Provider: "openai", Key: "two", Form: "openai", Caller: "alice"}}
	u := core.Usage{In: 10, Out: 20, Known: true}
	if cost, flaw := price.CostInBatch(x.Price("m-1"), &u, time.Now().Unix()); cost != 10*1000+20*2000 || flaw != price.Sound {
		t.Errorf("%v, %v", cost, flaw)
	}
	if x.Price("unpriced") != nil {
		t.Error("what nobody knows has a price")
	}
	x.Note.Provider = "gone"
	if x.Price("m-1") != nil || len(x.AppendCall(nil, [16]byte{1}, &BatchPart{"m-1", u, 5}, 7)) == 0 {
		t.Error("a provider that is gone")
	}
}
