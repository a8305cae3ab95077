package remote

import (
	"context"
	"crypto/sha256"
	"errors"
	"hash/fnv"
	"log/slog"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"asbru/bench/leak"
	"asbru/cache/remote/memory"
	"asbru/cache/vector"
)

func TestMain(m *testing.M) { os.Exit(leak.Run(m)) }

// bag is an encoder that ignores the order of words.
func bag(_ context.Context, _ string, _ int, text string) ([]float32, error) {
	v := make([]float32, 64)
	for w := range strings.FieldsSeq(strings.ToLower(strings.Trim(text, "?.! "))) {
		h := fnv.New32a()
		h.Write([]byte(w))
		v[h.Sum32()%64]++
	}
	return v, nil
}

// A store that can be spoilt.
type spoilt struct {
	*memory.Store
	mu      sync.Mutex
	err     error
	block   chan struct{}       // Search waits until it is closed; nil: it does not wait
	mangle  func(*vector.Found) // changes results
	answers map[[32]byte]string
	asked   atomic.Int64
}

func newSpoilt() *spoilt { return &spoilt{Store: memory.Open(), answers: map[[32]byte]string{}} }

func (s *spoilt) fail(err error) { s.mu.Lock(); s.err = err; s.mu.Unlock() }

func (s *spoilt) Add(ctx context.Context, r *vector.Row) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return s.err
	}
	s.answers[r.Key] = r.Answer
	return s.Store.Add(ctx, r)
}

func (s *spoilt) Search(ctx context.Context, q *vector.Query) ([]vector.Found, error) {
	s.asked.Add(1)
	s.mu.Lock()
	err, block := s.err, s.block
	s.mu.Unlock()
	if block != nil {
		select {
		case <-block:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if err != nil {
		return nil, err
	}
	all, err := s.Store.Search(ctx, q)
	for i := range all {
		s.mu.Lock()
		all[i].Answer = s.answers[all[i].Key]
		s.mu.Unlock()
		if s.mangle != nil {
			s.mangle(&all[i])
		}
	}
	return all, err
}

type rig struct {
	*Finder
	t     *testing.T
	store *spoilt
}

func newRig(t *testing.T, o Options, store *spoilt) *rig {
	t.Helper()
	o.Place.Kind = "memory"
	if o.Pass == 0 {
		o.Pass = 0.6
	}
	if o.Encode == 0 {
		o.Encode, o.Search = 10*time.Second, 10*time.Second
	}
	f, err := New(o, store, bag, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return &rig{f, t, store}
}

var mine = sha256.Sum256([]byte("mine"))

func (r *rig) adds(texts ...string) {
	r.t.Helper()
	for _, text := range texts {
		before := r.n.adds[stored].Load()
		r.Add(&vector.Row{Key: sha256.Sum256([]byte(text)), Space: mine, Text: text, Answer: "to " + text, Until: time.Now().Add(time.Hour)})
		r.awaits("the answer is written", func() bool { return r.n.adds[stored].Load() > before })
	}
}

func (r *rig) awaits(what string, ok func() bool) {
	r.t.Helper()
	for end := time.Now().Add(10 * time.Second); !ok(); time.Sleep(100 * time.Microsecond) {
		if time.Now().After(end) {
			r.t.Fatalf("it did not happen: %s; %+v", what, r.Counts())
		}
	}
}

// asks searches for q. asked is false if no search was made.
func (r *rig) asks(q Question) (found *Found, asked bool) {
	r.t.Helper()
	woken := make(chan struct{})
	a := r.Ask(&q, func() { close(woken) })
	if a == nil {
		return nil, false
	}
	<-woken
	found, done := a.Done()
	if !done {
		r.t.Fatal("woken before the search has ended")
	}
	return found, true
}

const nginx, nginxToo = "How do I install nginx on Ubuntu?", "how can I install nginx on ubuntu"

// The guard has the last word on similar questions, with any encoder.
func TestFinds(t *testing.T) {
	f := func(o Options, stored, asked string, want string) {
		t.Helper()
		r := newRig(t, o, newSpoilt())
		r.adds(stored)
		got := "miss"
		switch found, was := r.asks(Question{Space: mine, Text: asked}); {
		case !was:
			got = "not asked"
		case found != nil:
			got = found.Guard
			if found.Answer != "to "+stored || found.Text != stored || found.Key != sha256.Sum256([]byte(stored)) || found.Similarity < found.Threshold {
				t.Errorf("%s: %+v", asked, found)
			}
		}
		if got != want {
			t.Errorf("%q for %q: %s, want %s", asked, stored, got, want)
		}
	}
	near := Options{Encoder: "p/m"}
	f(near, nginx, nginxToo, "pass")
	f(Options{}, nginx, nginxToo, "pass") // encoded by the table in the program
	f(Options{Seal: vector.Secret(strings.Repeat("k", 32)), Encoder: "p/m"}, nginx, nginxToo, "pass")
	f(near, "Convert 5 miles to km", "Convert 6 miles to km", "miss")
	f(near, nginx, "How do I remove nginx on Ubuntu?", "miss")
	f(near, nginx, "What is the weather today?", "not asked")
	f(Options{Encoder: "p/m", Bare: true, Least: 0.5}, "Convert 5 miles to km", "Convert 6 miles to km", "off")
	f(Options{Encoder: "p/m", Bare: true, Least: 0.999}, "Convert 5 miles to km", "Convert 6 miles to km", "miss")
	f(Options{Encoder: "p/m", Pass: 0.999}, nginx, nginxToo, "miss")
	f(Options{Encoder: "p/m", Soft: true, Least: 0.3}, "Restart the server", "How do I restart the server?", "wording")
	f(near, "Restart the server", "How do I restart the server?", "miss")
}

// A bug in judging what the store holds ends the search, and neither the process nor later ones.
func TestPanicEndsOneSearch(t *testing.T) {
	store := newSpoilt()
	r := newRig(t, Options{Encoder: "p/m"}, store)
	r.adds(nginx)
	store.mangle = func(*vector.Found) { panic("a bug") }
	if found, asked := r.asks(Question{Space: mine, Text: nginxToo}); !asked || found != nil || r.n.asks[broken].Load() != 1 {
		t.Errorf("found %+v, counted %+v", found, r.Counts())
	}
	store.mangle = nil
	if found, _ := r.asks(Question{Space: mine, Text: nginxToo}); found == nil {
		t.Errorf("nothing is found afterwards: %+v", r.Counts())
	}
}

// Another encoder may know other languages. The guard still compares numbers and words.
func TestForeign(t *testing.T) {
	f := func(o Options, kept, asked string, want bool) {
		t.Helper()
		r := newRig(t, o, newSpoilt())
		r.Add(&vector.Row{Key: mine, Space: mine, Text: kept, Answer: "a", Until: time.Now().Add(time.Hour)})
		if o.Encoder != "" && !strangeNumber(kept) {
			r.awaits("the answer is written", func() bool { return r.n.adds[stored].Load() == 1 })
		}
		if found, _ := r.asks(Question{Space: mine, Text: asked}); (found != nil) != want {
			t.Errorf("%q for %q: %+v", asked, kept, found)
		}
	}
	near := Options{Encoder: "p/m"}
	f(near, "Wie installiere ich nginx unter Debian?", "wie installiere ich nginx unter debian", true)
	f(Options{}, "Wie installiere ich nginx unter Debian?", "wie installiere ich nginx unter debian", false)
	f(near, "Wie viele Kilometer sind 5 Meilen?", "wie viele kilometer sind 6 meilen", false)
	f(near, "Kann man Eicheln essen?", "Kann man Eicheln nicht essen?", false)
	f(near, "как установить nginx", "как удалить nginx", false)
	f(near, "Как установить nginx?", "как установить nginx", true)
	f(near, "كم كيلومترا في ٥ أميال", "كم كيلومترا في ٦ أميال", false)
}

// A result that does not match the query is a miss, and counted.
func TestStrange(t *testing.T) {
	f := func(o Options, mangle func(*vector.Found)) {
		t.Helper()
		s := newSpoilt()
		s.mangle = mangle
		r := newRig(t, o, s)
		r.adds(nginx)
		if found, asked := r.asks(Question{Space: mine, Text: nginxToo}); found != nil || !asked || r.n.strange.Load() != 1 {
			t.Errorf("%+v, asked %v: %+v", found, asked, r.Counts())
		}
	}
	sealed := Options{Encoder: "p/m", Seal: vector.Secret(strings.Repeat("k", 32))}
	f(Options{Encoder: "p/m"}, func(r *vector.Found) { r.Space[0]++ })
	f(Options{Encoder: "p/m"}, func(r *vector.Found) { r.Until = time.Now().Add(-time.Second) })
	f(sealed, func(r *vector.Found) { r.Answer = r.Answer[:len(r.Answer)-1] })
	f(sealed, func(r *vector.Found) { r.Text = nginx })
	f(sealed, func(r *vector.Found) { r.Text = "" })
	f(sealed, func(r *vector.Found) { r.Key[0]++ })
	f(sealed, func(r *vector.Found) { r.Text, r.Answer = r.Answer, r.Text })
}

// Questions of different spaces, encoders or sizes are never compared.
func TestSpaces(t *testing.T) {
	s := newSpoilt()
	r := newRig(t, Options{Encoder: "p/m"}, s)
	r.adds(nginx)
	if found, _ := r.asks(Question{Space: sha256.Sum256([]byte("other")), Text: nginx}); found != nil {
		t.Errorf("another space has it: %+v", found)
	}
	other := newRig(t, Options{Encoder: "p/other", Dims: 64}, s)
	other.awaits("ready", func() bool { return other.ready.Load() == 64 })
	if found, asked := other.asks(Question{Space: mine, Text: nginx}); found != nil || !asked {
		t.Errorf("another encoder has it: %+v, asked %v", found, asked)
	}
}

// A question is encoded once for the search and the write.
func TestEncodesOnce(t *testing.T) {
	var n atomic.Int64
	count := func(ctx context.Context, m string, d int, text string) ([]float32, error) {
		n.Add(1)
		return bag(ctx, m, d, text)
	}
	f, err := New(Options{Place: vector.Place{Kind: "memory"}, Encoder: "p/m", Dims: 64, Pass: 0.6}, newSpoilt(), count, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	r := &rig{Finder: f, t: t}
	r.awaits("ready", func() bool { return f.ready.Load() == 64 })
	if found, asked := r.asks(Question{Space: mine, Text: nginx}); found != nil || !asked {
		t.Errorf("%+v, asked %v", found, asked)
	}
	r.adds(nginx)
	if n.Load() != 1 {
		t.Errorf("encoded %d times", n.Load())
	}
	for i := range 2 * recentMost { // and what is kept has a bound
		f.recent.put(strings.Repeat("x", i), []float32{1})
	}
	if len(f.recent.of) != recentMost || f.recent.get(nginx) != nil || f.recent.get(strings.Repeat("x", 2*recentMost-1)) == nil {
		t.Errorf("%d vectors are kept", len(f.recent.of))
	}
}

// A caller may require a higher similarity than the mode does.
func TestThreshold(t *testing.T) {
	r := newRig(t, Options{Encoder: "p/m"}, newSpoilt())
	r.adds(nginx)
	if found, _ := r.asks(Question{Space: mine, Text: nginxToo, Cosine: 0.99}); found != nil {
		t.Errorf("%+v", found)
	}
	if found, _ := r.asks(Question{Space: mine, Text: nginxToo, Cosine: 0.1}); found == nil || found.Threshold != 0.6 {
		t.Errorf("%+v", found)
	}
}

// A slow store is a miss at the deadline, and counted once, no matter which side gives up first.
func TestLate(t *testing.T) {
	s := newSpoilt()
	r := newRig(t, Options{Encoder: "p/m", Encode: 10 * time.Second, Search: 20 * time.Millisecond}, s)
	r.adds(nginx)
	s.mu.Lock()
	s.block = make(chan struct{})
	s.mu.Unlock()
	if found, asked := r.asks(Question{Space: mine, Text: nginxToo}); found != nil || !asked || r.n.asks[late].Load() != 1 {
		t.Errorf("%+v, asked %v: %+v", found, asked, r.Counts())
	}
	a := r.Ask(&Question{Space: mine, Text: nginxToo}, func() {})
	if a.GiveUp() != nil {
		t.Error("something was found")
	}
	r.awaits("the look-up ends", func() bool { return len(r.slots) == 0 })
	if _, done := a.Done(); done || r.n.asks[late].Load() != 2 {
		t.Errorf("done %v: %+v", done, r.Counts())
	}
}

// A failing store is not asked for a while, then tried with one search, and used again once it answers.
func TestFuse(t *testing.T) {
	s := newSpoilt()
	r := newRig(t, Options{Encoder: "p/m"}, s)
	r.adds(nginx)
	s.fail(errors.New("down"))
	for range fuseFails {
		if found, asked := r.asks(Question{Space: mine, Text: nginxToo}); found != nil || !asked {
			t.Fatalf("%+v, asked %v", found, asked)
		}
	}
	before := s.asked.Load()
	if _, asked := r.asks(Question{Space: mine, Text: nginxToo}); asked || s.asked.Load() != before || r.n.asks[resting].Load() != 1 || !r.Counts().Down {
		t.Errorf("asked %v: %+v", asked, r.Counts())
	}
	s.fail(nil)
	r.awaits("it is asked again", func() bool { found, _ := r.asks(Question{Space: mine, Text: nginxToo}); return found != nil })
	if r.Counts().Down {
		t.Error("it is still not asked")
	}
}

// Searches beyond the bound on concurrent ones are misses.
func TestBusy(t *testing.T) {
	s := newSpoilt()
	r := newRig(t, Options{Encoder: "p/m"}, s)
	r.adds(nginx)
	s.mu.Lock()
	s.block = make(chan struct{})
	s.mu.Unlock()
	var woken atomic.Int64
	for range asksMost {
		if r.Ask(&Question{Space: mine, Text: nginxToo}, func() { woken.Add(1) }) == nil {
			t.Fatal("not asked")
		}
	}
	if r.Ask(&Question{Space: mine, Text: nginxToo}, func() {}) != nil || r.n.asks[busy].Load() != 1 {
		t.Errorf("%+v", r.Counts())
	}
	close(s.block)
	r.awaits("all end", func() bool { return woken.Load() == asksMost })
}

// Answers that do not fit into the queue are dropped and counted; Close does not wait for the queue.
func TestQueue(t *testing.T) {
	hold := make(chan struct{})
	slow := func(ctx context.Context, _ string, _ int, text string) ([]float32, error) {
		select {
		case <-hold:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		return bag(ctx, "", 0, text)
	}
	f, err := New(Options{Place: vector.Place{Kind: "memory"}, Encoder: "p/m", Pass: 0.6}, newSpoilt(), slow, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	row := func() *vector.Row {
		return &vector.Row{Space: mine, Text: nginx, Answer: "a", Until: time.Now().Add(time.Hour)}
	}
	for range addQueue + addWorkers + 10 {
		f.Add(row())
	}
	if n := f.n.adds[dropped].Load(); n < 10 {
		t.Errorf("%d were dropped", n)
	}
	long := row()
	long.Answer = strings.Repeat("x", maxAnswer+1)
	f.Add(long)
	if f.n.adds[tooLong].Load() != 1 {
		t.Errorf("%+v", f.Counts())
	}
	f.Close()
	f.Add(row())
	if f.Ask(&Question{Space: mine, Text: nginx}, func() {}) != nil || f.Close() != nil {
		t.Error("a closed Finder makes a search")
	}
}

// An encoder's result that has no direction is a failure.
func TestEncoderFails(t *testing.T) {
	for _, v := range [][]float32{nil, make([]float32, 64), make([]float32, 3), {1, 2}} {
		broken := func(context.Context, string, int, string) ([]float32, error) { return v, nil }
		f, err := New(Options{Place: vector.Place{Kind: "memory"}, Encoder: "p/m", Dims: 64, Pass: 0.6}, newSpoilt(), broken, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		r := &rig{Finder: f, t: t}
		r.awaits("ready", func() bool { return f.ready.Load() == 64 })
		if found, asked := r.asks(Question{Space: mine, Text: nginx}); found != nil || !asked || f.n.asks[encoder].Load() != 1 {
			t.Errorf("%d numbers: %+v", len(v), f.Counts())
		}
		f.Close()
	}
}

func TestForget(t *testing.T) {
	r := newRig(t, Options{Encoder: "p/m"}, newSpoilt())
	r.adds(nginx)
	key := sha256.Sum256([]byte(nginx))
	r.Forget(&key)
	r.awaits("it is gone", func() bool { found, _ := r.asks(Question{Space: mine, Text: nginxToo}); return found == nil })
	r.adds(nginx)
	if err := r.Remove(&vector.Filter{}); err != nil {
		t.Error(err)
	}
	if found, _ := r.asks(Question{Space: mine, Text: nginxToo}); found != nil {
		t.Errorf("%+v", found)
	}
}

// What is removed while it waits for its vector is not written afterwards.
func TestRemoveWhileWaiting(t *testing.T) {
	hold, began := make(chan struct{}), make(chan struct{}, 4)
	slow := func(ctx context.Context, _ string, _ int, text string) ([]float32, error) {
		if strings.HasPrefix(text, "slow ") {
			began <- struct{}{}
			<-hold
		}
		return bag(ctx, "", 0, text)
	}
	store := newSpoilt()
	f, err := New(Options{Place: vector.Place{Kind: "memory"}, Encoder: "p/m", Pass: 0.6, Encode: 10 * time.Second, Search: 10 * time.Second}, store, slow, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	r := &rig{Finder: f, t: t, store: store}
	r.adds(nginx) // so that the size is known
	add := func(owner, text string) {
		r.Add(&vector.Row{Key: sha256.Sum256([]byte(text)), Space: mine, Owner: owner, Text: text, Answer: "a", Until: time.Now().Add(time.Hour)})
	}
	add("a", "slow install of apache on debian")
	add("b", "slow ride of horses in spain")
	<-began
	<-began
	if err := r.Remove(&vector.Filter{Owner: "a"}); err != nil {
		t.Fatal(err)
	}
	close(hold)
	add("a", "fast cars in winter") // not meant
	r.awaits("all is written", func() bool { return r.n.adds[stored].Load()+r.n.adds[dropped].Load() == 4 && r.bytes.Load() == 0 })
	if n := r.n.adds[stored].Load(); n != 3 {
		t.Errorf("%d were written, want 3", n)
	}
	if r.Remove(&vector.Filter{}); len(r.purges) != 0 {
		t.Errorf("%d purges are kept though nothing waits", len(r.purges))
	}
}

// Texts and answers in a store that others can read are sealed, and open only for their own key and space.
func TestSeal(t *testing.T) {
	s := newSpoilt()
	r := newRig(t, Options{Encoder: "p/m", Seal: vector.Secret(strings.Repeat("k", 32))}, s)
	r.adds(nginx)
	if a := s.answers[sha256.Sum256([]byte(nginx))]; a == "" || strings.Contains(a, "to ") || strings.Contains(a, "nginx") {
		t.Errorf("the store has %q", a)
	}
	other := newRig(t, Options{Encoder: "p/m", Seal: vector.Secret(strings.Repeat("l", 32))}, s)
	other.awaits("the other is ready", func() bool { other.asks(Question{Text: "What is a fjord?"}); return other.ready.Load() > 0 })
	if found, asked := other.asks(Question{Space: mine, Text: nginx}); found != nil || !asked || other.n.strange.Load() != 1 {
		t.Errorf("another secret opens it: %+v, %+v", found, other.Counts())
	}
}

// Only sealed data can be opened.
func FuzzSeal(f *testing.F) {
	s, err := newSeal(vector.Secret(strings.Repeat("k", 32)))
	if err != nil {
		f.Fatal(err)
	}
	key, space := [32]byte{1}, [32]byte{2}
	closed := s.close("hello", partText, &key, &space)
	f.Add([]byte(closed))
	f.Add([]byte(closed[:20]))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		if text, ok := s.open(string(data), partText, &key, &space); ok && text != "hello" {
			t.Errorf("%x opens as %q", data, text)
		}
		if _, ok := s.open(string(data), partAnswer, &key, &space); ok && len(data) > 0 {
			t.Errorf("%x opens as an answer", data)
		}
	})
}
