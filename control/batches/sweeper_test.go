package batches

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"asbru/bench/faultfs"
	"asbru/bench/leak"
	"asbru/core"
	"asbru/core/audit"
	"asbru/core/batch"
	"asbru/core/govern"
	"asbru/core/ledger"
)

func TestMain(m *testing.M) { os.Exit(leak.Run(m)) }

const usd = core.Money(1e9)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// A room is a Sweeper with all that it needs: a Book in memory, and a provider that says what a test wrote down.
type room struct {
	t     *testing.T
	s     *Sweeper
	book  *govern.Book
	key   *govern.Account
	now   time.Time
	says  map[string]string // by path: a status, a space, and a body
	asked int
	snap  *core.Snapshot
}

func newRoom(t *testing.T) *room {
	b, err := govern.Open(faultfs.NewDisk(rand.New(rand.NewPCG(1, 2))), govern.Options{Ledger: ledger.Options{Ring: 1 << 18, Segment: 1 << 19}})
	if err != nil {
		t.Fatal(err)
	}
	key, err := b.Account(context.Background(), "key", govern.Limit{Cap: 100 * usd})
	if err != nil {
		t.Fatal(err)
	}
	r := &room{t: t, book: b, key: key, now: noon, says: map[string]string{}}
	half := &core.Price{Rates: core.Rates{In: usd, Out: usd}, Batch: []core.Tier{{Rates: core.Rates{In: usd / 2, CachedIn: usd / 4, Out: usd / 2, Reasoning: usd / 2}}, {Above: 1000, Rates: core.Rates{In: usd, Out: usd}}}}
	target := &core.Target{Name: "mine", Provider: "mine", Tally: new(core.Tally), Keys: []*core.ProviderKey{{Name: "key-1"}},
		Price: func(_ *core.Exchange, k *core.ProviderKey, name []byte) *core.Price {
			if string(name) == "unpriced" || k == nil {
				return nil
			}
			return half
		}}
	r.snap = &core.Snapshot{Providers: map[string]*core.Route{"mine": {Targets: []*core.Target{target}}},
		Keys: map[[32]byte]*core.VirtualKey{{1}: {Name: "ci", Tally: new(core.Tally)}}}
	till := govern.NewTill(b)
	t.Cleanup(func() { till.Close() })
	r.s = New(Options{Till: func() *govern.Till { return till }, Snapshot: func() *core.Snapshot { return r.snap }, Ask: r.ask,
		Every: func() time.Duration { return time.Minute }, Audited: func() bool { return true }, Now: func() time.Time { return r.now }, Log: slog.New(slog.DiscardHandler)})
	return r
}

func (r *room) ask(_ context.Context, provider, key, path string) (int, io.ReadCloser, error) {
	r.asked++
	if provider != "mine" || key != "key-1" {
		r.t.Errorf("%s is asked with %s", provider, key)
	}
	status, body, _ := strings.Cut(r.says[path], " ")
	n := 0
	if _, err := fmt.Sscan(status, &n); err != nil {
		return 0, nil, errors.New("nobody is there")
	}
	return n, io.NopCloser(strings.NewReader(body)), nil
}

// begin begins a batch of so many requests that is held for worst.
func (r *room) begin(form batch.Form, requests int64, worst core.Money, models ...string) {
	r.t.Helper()
	r.keep(&batch.Note{Form: form.String(), Place: "/batches", Provider: "mine", Key: "key-1", Name: "b", Models: models, Requests: requests, Caller: "ci", At: noon.UnixNano()}, worst)
}

func (r *room) beginNamed(name string) {
	r.t.Helper()
	r.keep(&batch.Note{Form: "openai", Place: "/batches", Provider: "mine", Key: "key-1", Name: name, Caller: "ci", At: noon.UnixNano()}, usd)
}

func (r *room) keep(n *batch.Note, worst core.Money) {
	r.t.Helper()
	var x core.Exchange
	h := new(govern.Hold)
	till := r.s.o.Till()
	if v, refused := till.Hold(&x, h, &govern.Ask{ID: [16]byte{7}, Accounts: []*govern.Account{r.key}, Worst: worst, Now: noon.UnixNano(), Note: govern.MaxJobNote}); v != core.Continue {
		r.t.Fatal(refused)
	}
	till.End(h, &govern.End{Now: noon.UnixNano(), Note: n.Append(nil)}, ledger.Job)
}

// rounds has so many rounds go by, each when all is due.
func (r *room) rounds(n int) {
	for range n {
		r.s.round(context.Background())
		r.now = r.now.Add(2 * longest)
		r.s.round(context.Background())
	}
}

func (r *room) stands(spent, held core.Money) {
	r.t.Helper()
	if x := r.key.Balance(noon.UnixNano()); x.Spent != spent || x.Held != held {
		r.t.Errorf("%v spent, %v held; want %v, %v", x.Spent, x.Held, spent, held)
	}
}

const (
	done  = `200 {"id":"b","status":"completed","output_file_id":"o","request_counts":{"total":2,"completed":2,"failed":0}}`
	total = `200 {"id":"b","status":"completed","output_file_id":"o","request_counts":{"total":2,"completed":2},"usage":{"input_tokens":40,"output_tokens":20,"input_tokens_details":{"cached_tokens":20}}}`
	ok    = `{"custom_id":"a","response":{"status_code":200,"body":{"model":"m-2026","usage":{"prompt_tokens":10,"completion_tokens":20,"total_tokens":30}}}}` + "\n"
	bad   = `{"custom_id":"b","response":{"status_code":500,"body":{}}}` + "\n"
	silly = `{"custom_id":"c","response":{"status_code":200,"body":{"model":"m","usage":{"prompt_tokens":-1,"completion_tokens":20}}}}` + "\n"
	long  = `{"custom_id":"d","response":{"status_code":200,"body":{"model":"m","usage":{"prompt_tokens":1001,"completion_tokens":0,"total_tokens":1001}}}}` + "\n"
)

const each = 30 * usd / 2 / 1e6 // of ok, at half the price

func TestEndings(t *testing.T) {
	f := func(name string, form batch.Form, says map[string]string, spent, held core.Money, models ...string) {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t)
			r.begin(form, 2, usd, models...)
			for path, what := range says {
				r.says[path] = what
			}
			r.rounds(1)
			r.stands(spent, held)
			if held == 0 {
				r.asked = 0
				if r.rounds(2); r.asked > 0 {
					t.Errorf("it was asked about %d more times", r.asked)
				}
			}
		})
	}
	const at, results = "/v1/batches/b", "/v1/files/o/content"
	f("under way", batch.OpenAI, map[string]string{at: `200 {"id":"b","status":"in_progress"}`}, 0, usd, "m")
	f("nobody there", batch.OpenAI, nil, 0, usd, "m")
	f("an error", batch.OpenAI, map[string]string{at: "500 {}"}, 0, usd, "m")
	f("not to be read", batch.OpenAI, map[string]string{at: "200 <html>"}, 0, usd, "m")
	f("results to come", batch.OpenAI, map[string]string{at: done, results: "503 "}, 0, usd, "m")
	f("failed", batch.OpenAI, map[string]string{at: `200 {"id":"b","status":"failed"}`}, 0, 0, "m")
	f("all well", batch.OpenAI, map[string]string{at: done, results: "200 " + ok + ok}, 2*each, 0, "m")
	f("some failed", batch.OpenAI, map[string]string{at: `200 {"id":"b","status":"expired","output_file_id":"o","request_counts":{"total":2,"completed":1}}`, results: "200 " + ok + bad}, each, 0, "m")
	f("a long prompt", batch.OpenAI, map[string]string{at: done, results: "200 " + ok + long}, each+1001*usd/1e6, 0, "m")
	f("two models", batch.OpenAI, map[string]string{at: done, results: "200 " + ok + ok}, 2*each, 0, "m", "n")
	f("a count that cannot be true", batch.OpenAI, map[string]string{at: done, results: "200 " + ok + silly}, each+usd/2+1, 0, "m")
	f("a result is missing", batch.OpenAI, map[string]string{at: done, results: "200 " + ok}, each+usd/2+1, 0, "m")
	f("results are gone", batch.OpenAI, map[string]string{at: done, results: "404 {}"}, usd, 0, "m")
	f("results are gone, and their sum is there", batch.OpenAI, map[string]string{at: total, results: "404 {}"}, 20*usd/2e6+20*usd/4e6+20*usd/2e6, 0, "m")
	f("a model without a price", batch.OpenAI, map[string]string{at: done, results: "200 " + ok + ok}, usd, 0, "unpriced")
	f("more than was held", batch.OpenAI, map[string]string{at: done, results: "200 " + strings.Repeat(ok, 70_000)}, usd, 0, "m")
	f("Anthropic", batch.Anthropic, map[string]string{"/anthropic/v1/batches/b": `200 {"id":"b","processing_status":"ended","request_counts":{"succeeded":1,"errored":1}}`,
		"/anthropic/v1/batches/b/results": `200 {"custom_id":"a","result":{"type":"succeeded","message":{"model":"c","usage":{"input_tokens":10,"output_tokens":20}}}}` + "\n" + `{"custom_id":"b","result":{"type":"errored"}}`}, each, 0, "c")
	f("Gemini", batch.Gemini, map[string]string{"/genai/v1beta/b": `200 {"name":"b","done":true,"response":{"inlinedResponses":{"inlinedResponses":[{"response":{"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":15,"thoughtsTokenCount":5}}},{"error":{}}]}}}`},
		each, 0, "g")
}

// A batch that has been charged is not charged again when a provider tells of it once more, whatever has become of it;
// one that has its name and was begun since is.
func TestToldAgain(t *testing.T) {
	f := func(name, says string, spent, held core.Money) {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t)
			r.begin(batch.OpenAI, 2, usd, "m")
			r.says["/v1/batches/b"], r.says["/v1/files/o/content"] = done, "200 "+ok+ok
			r.rounds(1)
			r.stands(2*each, 0)
			r.begin(batch.OpenAI, 2, usd, "m")
			r.says["/v1/batches/b"] = says
			r.rounds(1)
			r.stands(spent, held)
		})
	}
	created := func(at time.Time) string {
		return fmt.Sprintf(`200 {"id":"b","created_at":%d,"status":"completed","output_file_id":"o","request_counts":{"total":2,"completed":2}}`, at.Unix())
	}
	f("the same", done, 2*each, 0)
	f("when it began", created(noon), 2*each, 0)
	f("as it was answered first", `200 {"id":"b","status":"validating"}`, 2*each, 0)
	f("it is gone", "404 {}", 2*each, 0)
	f("another one", created(noon.Add(24*time.Hour)), 4*each, 0)
	f("nobody there", "", 2*each, usd)
}

// What a provider does not know any more is charged as it was held, but not on its first word.
func TestGone(t *testing.T) {
	r := newRoom(t)
	r.begin(batch.OpenAI, 2, usd, "m")
	r.says["/v1/batches/b"] = "404 {}"
	r.s.round(context.Background())
	for range goneTimes - 1 {
		r.now = r.now.Add(longest)
		r.s.round(context.Background())
		r.stands(0, usd)
	}
	r.now = r.now.Add(longest)
	r.s.round(context.Background())
	r.stands(usd, 0)
}

// What a configuration has lost is not lost: it is asked about when the provider is back, and charged when that
// takes too long.
func TestProviderTakenAway(t *testing.T) {
	r := newRoom(t)
	r.begin(batch.OpenAI, 2, usd, "m")
	was := r.snap.Providers
	r.snap.Providers = nil
	r.rounds(goneTimes + 1)
	r.stands(0, usd)
	if r.asked > 0 {
		t.Error("somebody was asked")
	}
	r.now = noon.Add(giveUp - time.Hour)
	r.rounds(1)
	r.stands(usd, 0)
	r.snap.Providers = was
}

// Whoever is told about a batch has it looked at soon, and not more often than that.
func TestLook(t *testing.T) {
	r := newRoom(t)
	r.begin(batch.OpenAI, 2, usd, "m")
	r.says["/v1/batches/b"] = `200 {"id":"b","status":"in_progress"}`
	if wait := r.s.round(context.Background()); wait <= 0 || wait > time.Minute || r.asked != 0 {
		t.Errorf("the first round asks %d times and waits %v", r.asked, wait)
	}
	title := batch.Title("mine", "openai", "b")
	for range 3 {
		r.s.Look(title)
		r.s.round(context.Background())
	}
	if r.asked != 1 {
		t.Errorf("asked %d times; want once", r.asked)
	}
	r.now = r.now.Add(lookAgain)
	r.says["/v1/batches/b"], r.says["/v1/files/o/content"] = done, "200 "+ok+ok
	r.s.round(context.Background())
	r.stands(2*each, 0)
	r.s.Look("of nobody")
	r.s.round(context.Background())
}

// A provider that does not answer is waited for once a round, however many batches it has.
func TestAway(t *testing.T) {
	r := newRoom(t)
	for _, name := range []string{"b", "c", "d"} {
		r.beginNamed(name)
	}
	r.s.round(context.Background())
	r.now = r.now.Add(longest)
	if r.s.round(context.Background()); r.asked != 1 {
		t.Errorf("asked %d times", r.asked)
	}
	for _, name := range []string{"b", "c", "d"} {
		r.says["/v1/batches/"+name] = "500 {}" // somebody is there
	}
	r.now = r.now.Add(longest)
	if r.s.round(context.Background()); r.asked != 4 {
		t.Errorf("asked %d times", r.asked)
	}
}

// Run ends with its context, and is woken by Look.
func TestRun(t *testing.T) {
	r := newRoom(t)
	r.begin(batch.OpenAI, 2, usd, "m")
	r.says["/v1/batches/b"], r.says["/v1/files/o/content"] = done, "200 "+ok+ok
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		r.s.Run(ctx)
	}()
	r.s.Look(batch.Title("mine", "openai", "b"))
	for end := time.Now().Add(20 * time.Second); len(r.book.Jobs()) > 0 && time.Now().Before(end); time.Sleep(time.Millisecond) {
	}
	stop()
	<-ended
	r.stands(2*each, 0)
}

// The trail has what each model came to, and all of it on the record that charges it.
func TestTrail(t *testing.T) {
	r := newRoom(t)
	r.begin(batch.Anthropic, 2, usd, "c", "d")
	r.says["/anthropic/v1/batches/b"] = `200 {"id":"b","processing_status":"ended","request_counts":{"succeeded":2}}`
	line := `{"custom_id":"a","result":{"type":"succeeded","message":{"model":"%s","usage":{"input_tokens":10,"output_tokens":20}}}}` + "\n"
	r.says["/anthropic/v1/batches/b/results"] = "200 " + fmt.Sprintf(line+line, "c", "d")
	r.rounds(1)
	r.stands(2*each, 0)
	log := r.book.Ledger()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := log.Wait(ctx, log.End()); err != nil {
		t.Fatal(err)
	}
	var got []string
	_, err := log.Replay(0, func(rec *ledger.Record) error {
		if c, err := audit.ParseCall(rec.Payload); err == nil {
			got = append(got, fmt.Sprintf("%v %v %s %s by %s of %s: %d+%d for %v", rec.Kind, rec.Amount, c.Asked, c.Op, c.Key, c.Provider, c.Usage.In, c.Usage.Out, c.Cost))
		}
		return nil
	})
	want := "settle $0.00003 c pass by ci of mine: 20+40 for $0.00003\naudit $0 c pass by ci of mine: 10+20 for $0.000015\naudit $0 d pass by ci of mine: 10+20 for $0.000015"
	if err != nil || strings.Join(got, "\n") != want {
		t.Errorf("%v\n%s\nwant\n%s", err, strings.Join(got, "\n"), want)
	}
	if n := r.snap.Keys[[32]byte{1}].Tally.Cost.Load(); n != uint64(2*each) {
		t.Errorf("the key's counter says %d", n)
	}
	for _, f := range r.s.Figures() {
		if f.Value == "results" && f.N != 1 {
			t.Errorf("%+v", f)
		}
	}
}
