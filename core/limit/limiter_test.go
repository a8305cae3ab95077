package limit

import (
	"strings"
	"testing"
	"time"

	"asbru/core"
)

func rate(k Kind, units int64, per time.Duration) Rule {
	return Rule{Kind: k, Rate: Rate{Units: units, Per: per}}
}

// request is one of so many body bytes that allows so many tokens.
func request(bytes int, tokens int64, stream bool) *core.Exchange {
	x := &core.Exchange{Body: make([]byte, bytes)}
	x.Peek.MaxTokens, x.Peek.Stream = tokens, stream
	return x
}

func TestTakeAllOrNothing(t *testing.T) {
	b := NewBook(nil, 0)
	key := b.Holder(`key "ci"`, []Rule{rate(Requests, 100, time.Minute), {Kind: Calls, Most: 5}, rate(Tokens, 10_000, time.Minute)})
	team := b.Holder(`team "platform"`, []Rule{rate(Requests, 3, time.Minute), {Kind: Streams, Most: 1}})
	model := b.Holder(`model "big"`, []Rule{{Kind: Calls, Most: 2}})
	l := Of(key, nil, team)
	f := func(x *core.Exchange, more *Holder, parts ...string) *core.Fault {
		t.Helper()
		before := append(l.Report(0), model.Report(0)...)
		got := l.Take(x, more, 0)
		if (got != nil) != (len(parts) > 0) {
			t.Fatalf("it is %v", got)
		}
		if got == nil {
			return nil
		}
		for _, p := range parts {
			if !strings.Contains(got.Message+"|"+got.Kind+"|"+got.Hint, p) {
				t.Errorf("%s (%s) does not say %q", got.Message, got.Kind, p)
			}
		}
		if got.HTTP() != 429 || got.Retry < 1 {
			t.Errorf("status %d, retry after %d", got.HTTP(), got.Retry)
		}
		for i, s := range append(l.Report(0), model.Report(0)...) {
			if s != before[i] {
				t.Errorf("a refusal took something: %+v became %+v", before[i], s)
			}
		}
		Done(x, 0, true, 0) // took nothing, gives nothing back
		return got
	}
	one, two := request(400, 900, true), request(0, 100, false)
	f(one, model)
	f(two, model)
	f(request(0, 1, false), model, `model "big" has 2 calls under way`, "rate_limited")
	f(request(0, 1, true), nil, `team "platform" has 1 streams under way`)
	f(request(40_000, 1, false), nil, `left of its 10000 tokens a minute and this request may take`, "token_limited", `raise the limit of key "ci"`)
	three := request(0, 1, false)
	f(three, nil)
	f(request(0, 1, false), nil, `team "platform" has used its 3 requests a minute; there is room for this request in 20 s`, "request_limited")

	Done(one, 100, true, 0)
	Done(one, 100, true, 0) // twice is once
	Done(two, 0, false, 0)  // nobody knows with how much it was answered: what was held is kept
	Done(three, 0, true, 0)
	for _, s := range append(l.Report(0), model.Report(0)...) {
		want := map[string]int64{"requests": 0, "calls": 5, "streams": 1, "tokens": 10_000 - 100 - 100}[s.Kind]
		switch s.Holder {
		case `key "ci"`:
			if s.Kind == "requests" {
				want = 97
			}
		case `model "big"`:
			want = 2
		}
		if s.Left != want {
			t.Errorf("%+v, want %d left", s, want)
		}
	}
}

// What sets no model to work takes no tokens, neither in advance nor in the end, and is not refused for those
// that others used. It counts as a request.
func TestFreeOfTokens(t *testing.T) {
	l := Of(NewBook(nil, 0).Holder(`key "ci"`, []Rule{rate(Tokens, 100, time.Hour), rate(Requests, 3, time.Hour)}))
	spender, last := request(0, 100, false), request(0, 1, false)
	if f := l.Take(spender, nil, 0); f != nil {
		t.Fatal(f.Message)
	}
	Done(spender, 400, true, 0)
	for range 2 {
		x := request(4000, 0, false)
		x.Peek.Free = true
		if f := l.Take(x, nil, 0); f != nil {
			t.Fatal(f.Message)
		}
		Done(x, 0, true, 0)
	}
	last.Peek.Free = true
	if f := l.Take(last, nil, 0); f == nil || f.Kind != Requests.refused() {
		t.Errorf("the fourth request: %+v", f)
	}
}

func TestReloadKeepsTheCells(t *testing.T) {
	old := NewBook(nil, 0)
	rules := []Rule{rate(Requests, 10, time.Minute), rate(Requests, 100, time.Hour), {Kind: Calls, Most: 2}}
	l := Of(old.Holder("key \"a\"", rules))
	x := request(0, 0, false)
	for range 10 {
		l.Take(x, nil, 0)
		Done(x, 0, true, 0)
	}
	l.Take(x, nil, 0)
	const later = 50_000_000 // less than a unit comes back in
	next := NewBook(old, later)
	rules[0].Rate.Units = 20
	again := next.Holder("key \"a\"", rules)
	other := next.Holder("key \"b\"", rules)
	next.Forget()
	if again.rules[0].state != old.holders["key \"a\""].rules[0].state || other.rules[0].state == again.rules[0].state {
		t.Error("the cells are not those of their holder")
	}
	if s := again.Report(later); s[0].Left != 10 || s[1].Left != 90 {
		t.Errorf("%+v", s)
	}
	if next.Holder("key \"a\"", nil) != nil || next.Holder("key \"a\"", rules) != again {
		t.Error("a holder is not the same twice")
	}
	if Of(nil, nil) != nil {
		t.Error("nobody limits and there is a Limiter")
	}
}

func TestHeader(t *testing.T) {
	b := NewBook(nil, 0)
	l := Of(b.Holder("key", []Rule{rate(Requests, 100, time.Minute), rate(Requests, 10, time.Hour), {Kind: Calls, Most: 3}}))
	more := b.Holder("model", []Rule{rate(Tokens, 1000, time.Minute)})
	if fault := l.Take(request(0, 250, false), more, 0); fault != nil {
		t.Fatal(fault)
	}
	wall := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	f := func(from *core.Dialect, more *Holder, want string) {
		t.Helper()
		if got := strings.ReplaceAll(string(l.header(nil, from, more, 0, func() time.Time { return wall })), "\r\n", "|"); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
	f(nil, more, "x-ratelimit-limit-requests: 10|x-ratelimit-remaining-requests: 9|x-ratelimit-reset-requests: 6m0s|"+
		"x-ratelimit-limit-tokens: 1000|x-ratelimit-remaining-tokens: 750|x-ratelimit-reset-tokens: 15s|")
	f(&core.Dialect{Name: "anthropic"}, nil, "anthropic-ratelimit-requests-limit: 10|anthropic-ratelimit-requests-remaining: 9|anthropic-ratelimit-requests-reset: 2026-03-01T12:06:00Z|")
	for nanos, want := range map[int64]string{0: "0ms", 1: "1ms", 250_000_000: "250ms", sec: "1s", sec + 1: "2s", 90 * sec: "1m30s", 3661 * sec: "1h1m1s"} {
		if got := string(appendWait(nil, nanos)); got != want {
			t.Errorf("%d is %s, want %s", nanos, got, want)
		}
	}
}

func TestWords(t *testing.T) {
	for want, r := range map[string]Rule{
		"5 requests a second":   rate(Requests, 5, time.Second),
		"5 tokens an hour":      rate(Tokens, 5, time.Hour),
		"5 tokens a day":        rate(Tokens, 5, 24*time.Hour),
		"5 tokens in 30d":       rate(Tokens, 5, 30*24*time.Hour),
		"5 tokens in 2h":        rate(Tokens, 5, 2*time.Hour),
		"5 tokens in 5m":        rate(Tokens, 5, 5*time.Minute),
		"5 tokens in 1.5s":      rate(Tokens, 5, 1500*time.Millisecond),
		"5 streams at once":     {Kind: Streams, Most: 5},
		"100 requests a minute": rate(Requests, 100, time.Minute),
	} {
		if got := r.String(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// An answer that counts for nothing gives all of it back; one that counts in full takes what it
// would have taken.
func TestDoneByCharge(t *testing.T) {
	f := func(c core.Charge, used, requests, tokens int64) {
		t.Helper()
		b := NewBook(nil, 0)
		l := Of(b.Holder(`key "ci"`, []Rule{rate(Requests, 10, time.Minute), rate(Tokens, 10_000, time.Minute), {Kind: Calls, Most: 1}}))
		more := b.Holder(`model "m"`, []Rule{rate(Requests, 10, time.Minute)})
		x := request(400, 100, false)
		if l.Take(x, more, 0) != nil {
			t.Fatal("refused")
		}
		x.Charge = c
		Done(x, used, true, 0)
		Done(x, used, true, 0)
		is := append(l.Report(0), more.Report(0)...)
		if is[0].Left != requests || is[1].Left != tokens || is[2].Left != 1 || is[3].Left != requests {
			t.Errorf("charge %d: %+v", c, is)
		}
	}
	f(core.ChargeNothing, 0, 10, 10_000)
	f(core.ChargeRequest, 0, 9, 10_000)
	f(core.ChargeFull, 320, 9, 9_680)
}

// A WebSocket is counted after each of its turns, and at its end for what came after the last one.
func TestTurn(t *testing.T) {
	b := NewBook(nil, 0)
	l := Of(b.Holder(`key "ci"`, []Rule{rate(Requests, 10, time.Minute), rate(Tokens, 2_000, time.Minute), {Kind: Streams, Most: 1}}))
	more := b.Holder(`model "m"`, []Rule{rate(Tokens, 10_000, time.Minute)})
	x := request(0, 5_000, true)
	if f := l.Take(x, more, 0); f != nil {
		t.Fatal(f)
	}
	left := func(what string, tokens, ofModel int64) {
		t.Helper()
		is := append(l.Report(0), more.Report(0)...)
		if is[0].Left != 9 || is[1].Left != tokens || is[3].Left != ofModel {
			t.Errorf("%s: %+v", what, is)
		}
	}
	left("before the first turn", 0, 5_000) // no more than there are
	x.Usage = core.Usage{Known: true, In: 300, Out: 200}
	Turn(x, 0)
	left("after it", 1_500, 9_500)
	Turn(x, 0) // the stages are run again
	left("once more", 1_500, 9_500)
	x.Stream.Said = 20 // a turn without a report
	Turn(x, 0)
	left("after one without a report", 1_480, 9_480)
	x.Stream.Said = 0
	x.Usage.In, x.Usage.Out = 1_300, 400
	Turn(x, 0)
	left("after the third", 280, 8_280)
	x.Stream.Said = 80 // it ends in the middle of a turn
	Done(x, 1_700, true, 0)
	Done(x, 1_700, true, 0)
	left("at its end", 200, 8_200)
	if s := l.Report(0)[2]; s.Left != 1 {
		t.Errorf("%+v", s)
	}
}
