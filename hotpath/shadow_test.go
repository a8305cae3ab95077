package hotpath

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// shaded gives the rig's route a shadow that is the last of its targets, and returns what comes of
// comparisons.
func (r *rig) shaded(care core.Care) (*core.ShadowTally, <-chan core.Comparison) {
	all := r.snap.Models["m"].Targets
	one := *all[len(all)-1]
	one.Tally = nil
	way := &core.Route{Name: "m (shadow)", Targets: []*core.Target{&one}, Pick: func(x *core.Exchange, tried []core.Attempt) (*core.Target, *core.ProviderKey) {
		if len(tried) > 0 {
			return nil, nil
		}
		return &one, one.Keys[0]
	}}
	tally := new(core.ShadowTally)
	care.Shadow = &core.Shadow{Route: way, Tally: tally, Draw: func() bool { return true },
		Cost: func(t *core.Target, u *core.Usage) (core.Money, bool) { return core.Money(u.Out) * 1000, u.Known }}
	r.change(func(s *core.Snapshot) {
		m := *s.Models["m"]
		m.Targets = all[:len(all)-1]
		pick := m.Pick
		m.Pick = func(x *core.Exchange, tried []core.Attempt) (*core.Target, *core.ProviderKey) {
			if len(tried) >= len(m.Targets) {
				return nil, nil
			}
			return pick(x, tried)
		}
		m.Care = &care
		s.Models, s.Only = map[string]*core.Route{"m": &m}, &m
	})
	came := make(chan core.Comparison, 16)
	r.srv.opt.Shadowed = func(c *core.Comparison) { came <- *c }
	return tally, came
}

func compared(t *testing.T, came <-chan core.Comparison) core.Comparison {
	t.Helper()
	select {
	case c := <-came:
		return c
	case <-time.After(10 * time.Second):
		t.Fatal("nothing was compared")
		return core.Comparison{}
	}
}

const (
	callOne = "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"type\":\"function\",\"function\":{\"name\":\"weather\",\"arguments\":\"{\\\"city\\\":\\\"Oslo {a}\\\",\"}}]},\"finish_reason\":null}]}\n\n" +
		"data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"\\\"at\\\":{\\\"day\\\":1}}\"}}]},\"finish_reason\":null}]}\n\n"
	callFinish = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"tool_calls\"}]}\n\n"
)

// The client's answer is its own whatever the shadow does; the two are compared.
func TestShadow(t *testing.T) {
	long := say(roleChunk, saying("One two"), "20", saying(" three"), finishChunk, usageChunk, doneChunk)
	rows := []struct {
		name           string
		main, other    http.Handler
		whole, finish  bool
		calls          bool
		text           [2]int
		wants, wantsNo string
	}{
		{name: "alike", main: long, other: long, whole: true, finish: true, calls: true, text: [2]int{13, 13}, wants: " three"},
		{name: "shorter", main: long, other: say(otherAnswer), whole: true, finish: true, calls: true, text: [2]int{13, 3}, wants: " three"},
		{name: "a call", main: long, other: say(callOne, callFinish, doneChunk), whole: true, text: [2]int{13, 0}, wants: " three", wantsNo: "weather"},
		{name: "the same call", main: say(callOne, callFinish, doneChunk), other: say(strings.ReplaceAll(callOne, "Oslo", "Rome"), callFinish, doneChunk), whole: true, finish: true, calls: true, wants: "Oslo"},
		{name: "cut", main: long, other: say(saidChunk, "cut"), wants: " three"},
		{name: "refused", main: long, other: http.NotFoundHandler(), wants: " three"},
		{name: "hung up", main: long, other: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), wants: " three"},
	}
	lanes(t, func(t *testing.T, loops int) {
		for _, row := range rows {
			r := newRig(t, loops, row.main, row.other)
			tally, came := r.shaded(core.Care{})
			status, got := r.listen()
			if status != 200 || !strings.Contains(got, row.wants) || row.wantsNo != "" && strings.Contains(got, row.wantsNo) {
				t.Errorf("%s: got %d %s", row.name, status, got)
			}
			c := compared(t, came)
			if c.Route != "m" || c.Main.Target != "p0" || c.Other.Target != "p1" || !c.Main.Whole || c.Other.Whole != row.whole {
				t.Errorf("%s: got %+v", row.name, c)
			}
			if row.whole && ((c.Main.Finish == c.Other.Finish) != row.finish || (c.Main.Calls == c.Other.Calls) != row.calls || [2]int{c.Main.Text, c.Other.Text} != row.text) {
				t.Errorf("%s: got %+v", row.name, c)
			}
			if row.whole && (c.Main.TTFT <= 0 || c.Other.TTFT <= 0 || c.Main.Total < c.Main.TTFT || c.Other.Total < c.Other.TTFT) {
				t.Errorf("%s: times %+v", row.name, c)
			}
			if row.name == "alike" && (!c.Priced || c.Main.Cost != 2000 || c.Other.Cost != 2000 || c.Other.Rate() <= 0) {
				t.Errorf("costs %+v", c)
			}
			if want := map[bool][2]uint64{true: {1, 0}, false: {0, 1}}[row.whole]; [2]uint64{tally.Compared.Load(), tally.Failed.Load()} != want {
				t.Errorf("%s: counted %d compared, %d failed", row.name, tally.Compared.Load(), tally.Failed.Load())
			}
			if rec := r.record(); rec.Attempts != 1 || rec.Target.Name != "p0" {
				t.Errorf("%s: recorded %+v", row.name, rec)
			}
			eventually(t, "every buffer is back", func() bool { return r.srv.Buffers() == 0 })
		}
	})
}

// A reply that is no stream is compared too, and one that the client of another format gets.
func TestShadowWhole(t *testing.T) {
	unary := func(message string) http.HandlerFunc {
		return func(w http.ResponseWriter, q *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			io.WriteString(w, `{"choices":[{"index":0,"message":{"role":"assistant",`+message+`},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}`)
		}
	}
	call := unary(`"content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"b\":\"x\",\"a\":[{\"c\":1}]}"}}]`)
	lanes(t, func(t *testing.T, loops int) {
		for _, path := range []string{"/openai/", "/anthropic/"} {
			m := meet(t, loops, chatFace(), unary(`"content":"hello"`), call)
			_, came := m.shaded(core.Care{})
			a, body := m.say(path, `{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"hi"}]}`)
			if a.StatusCode != 200 || !strings.Contains(body, "hello") {
				t.Errorf("%s: got %d %s", path, a.StatusCode, body)
			}
			c := compared(t, came)
			if !c.Main.Whole || !c.Other.Whole || c.Main.Text != 5 || c.Main.Calls != "" || c.Other.Calls != "f(a,b)" || c.Other.Usage.Out != 2 {
				t.Errorf("%s: got %+v", path, c)
			}
		}
	})
}

// A shadow goes well with a hedge and with a rescue, and never holds its client up.
func TestShadowBeside(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		var busy atomic.Int64
		r := newRig(t, loops, slow(time.Minute, &busy, nil), say(saying("One. Tw"), "cut"), say(saying("more."), finishChunk, doneChunk), slow(300*time.Millisecond, &busy, say(otherAnswer)))
		targets := r.snap.Models["m"].Targets
		_, came := r.shaded(core.Care{Rescue: true, Hedge: &core.Hedge{
			Wait: func(*core.Exchange) time.Duration { return 20 * time.Millisecond },
			Pick: func(x *core.Exchange, tried []core.Attempt) (*core.Target, *core.ProviderKey) {
				return targets[1], targets[1].Keys[0]
			},
		}})
		start := time.Now()
		_, got := r.listen()
		if took := time.Since(start); took > 30*time.Second || !strings.Contains(got, "One. ") || !strings.Contains(got, "more.") {
			t.Errorf("after %v: %s", took, got)
		}
		c := compared(t, came)
		if c.Main.Target != "p2" || c.Main.Text != len("One. more.") || !c.Main.Whole || !c.Other.Whole || c.Other.Text != 3 {
			t.Errorf("got %+v", c)
		}
		if rec := r.record(); !rec.Hedged || !rec.Rescued || rec.Attempts != 3 {
			t.Errorf("recorded %+v", rec)
		}
		eventually(t, "every buffer is back", func() bool { return r.srv.Buffers() == 0 })
	})
}

// With too many under way none is made, and the end of the server is theirs.
func TestShadowBounds(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		var busy atomic.Int64
		r := newRig(t, loops, say(otherAnswer), slow(time.Minute, &busy, nil))
		tally, _ := r.shaded(core.Care{})
		for range shadowQueue + 5 {
			if status, got := r.listen(); status != 200 || !strings.Contains(got, "two") {
				t.Fatalf("got %d %s", status, got)
			}
		}
		if sent, dropped := tally.Sent.Load(), tally.Dropped.Load(); sent != shadowQueue || dropped != 5 {
			t.Errorf("%d were sent and %d dropped", sent, dropped)
		}
	})
}

func TestKeysOf(t *testing.T) {
	f := func(doc, want string) {
		t.Helper()
		if got := strings.Join(keysOf([]byte(doc)), " "); got != want {
			t.Errorf("%s: got %s, want %s", doc, got, want)
		}
	}
	f(`{}`, "")
	f(`{"a":1,"b":{"c":2},"d":[{"e":3}],"f":"g:h"}`, "a b d f")
	f(`{"a\"}":"\\","b":":"}`, `a\"} b`)
	f(`[1,{"a":2}]`, "")
	f(`{"a`, "")
	f(``, "")
}

func FuzzSketch(f *testing.F) {
	f.Add([]byte(saidChunk + callOne + finishChunk))
	f.Add([]byte(`{"choices":[{"index":0,"message":{"role":"assistant","content":"x"},"finish_reason":"stop"}]}`))
	f.Fuzz(func(t *testing.T, seen []byte) {
		var k core.Sketch
		sketch(&k, openai.API, core.OpChat, true, bytes.Clone(seen))
		sketch(&k, openai.API, core.OpChat, false, seen)
		keysOf(unwrap(seen))
	})
}
