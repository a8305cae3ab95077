package price

import (
	"encoding/base64"
	"strings"
	"testing"

	"asbru/core"
)

func TestJudge(t *testing.T) {
	f := func(u core.Usage, want Flaw) {
		t.Helper()
		if got := Judge(&u); got != want {
			t.Errorf("%+v is %q, want %q", u, got, want)
		}
	}
	known := func(u core.Usage) core.Usage { u.Known = true; return u }
	f(known(core.Usage{In: 5, Out: 1}), Sound)
	f(known(core.Usage{In: 10, CachedIn: 4, WrittenIn: 6, KeptIn: 6}), Sound)
	f(known(core.Usage{In: MaxTokens, Out: MaxTokens}), Sound)
	f(known(core.Usage{}), Zero)
	f(core.Usage{}, Missing)
	f(known(core.Usage{In: 5, Out: 1, Odd: true}), Part)
	f(known(core.Usage{In: 5, CachedIn: 6, Odd: true}), Unlikely)
	for flaw, doubtful := range map[Flaw]bool{Sound: false, Zero: false, Part: true, Missing: true, Half: true} {
		if flaw.Doubtful() != doubtful || flaw.Estimated() && !doubtful {
			t.Errorf("%q: %v", flaw, flaw.Doubtful())
		}
	}
	f(known(core.Usage{In: 5, Bad: true}), Negative)
	f(known(core.Usage{In: -5, Out: 10}), Negative)
	f(known(core.Usage{In: 5, AudioIn: -1}), Negative)
	f(known(core.Usage{In: MaxTokens + 1}), Unlikely)
	f(known(core.Usage{Out: MaxTokens + 1}), Unlikely)
	f(known(core.Usage{In: 5, CachedIn: 6}), Unlikely)
	f(known(core.Usage{In: 10, CachedIn: 5, WrittenIn: 6}), Unlikely)
	f(known(core.Usage{In: 10, WrittenIn: 5, KeptIn: 6}), Unlikely)
	f(known(core.Usage{In: 1, AudioIn: 2}), Unlikely)
	f(known(core.Usage{Out: 1, Reasoning: 2}), Unlikely)
}

func TestSettle(t *testing.T) {
	p := of(t, "in=1 out=2")
	f := func(u core.Usage, spent Spent, held, want core.Money, flaw Flaw) {
		t.Helper()
		if got, why := Settle(p, &u, spent, held); got != want || why != flaw {
			t.Errorf("%+v: %d, %q; want %d, %q", u, got, why, want, flaw)
		}
	}
	f(core.Usage{Known: true, In: 100, Out: 10}, Spent{In: 7, Out: 7}, 50_000, 120_000, Sound) // believed, whatever was held
	f(core.Usage{Known: true, In: 100, Out: 10, Odd: true}, Spent{In: 7, Out: 7}, 50_000, 120_000, Part)
	f(core.Usage{Known: true}, Spent{In: 7, Out: 7}, 50_000, 0, Zero)
	f(core.Usage{}, Spent{In: 7, Out: 7}, 50_000, 21_000, Missing)
	f(core.Usage{}, Spent{In: 700, Out: 7}, 50_000, 50_000, Missing)
	f(core.Usage{}, Spent{In: 700, Out: 7}, 0, 714_000, Missing)
	f(core.Usage{Known: true, In: -5, Out: 10}, Spent{In: 7, Out: 7}, 50_000, 21_000, Negative)
	f(core.Usage{Known: true, In: 5, CachedIn: 6}, Spent{In: 7, Out: 7}, 50_000, 21_000, Unlikely)
	if m, flaw := Settle(nil, &core.Usage{Known: true, In: 5}, Spent{}, 9); m != 0 || flaw != Sound {
		t.Errorf("without a price it is %d, %q", m, flaw)
	}
}

func TestBound(t *testing.T) {
	picture := "iVBORw0KGgo" + base64.StdEncoding.EncodeToString(make([]byte, 30_000))
	f := func(body string, window, want int64) {
		t.Helper()
		c := count([]byte(body))
		if got := c.bound(window); got != want {
			t.Errorf("%.80s…: %d, want %d", body, got, want)
		}
	}
	text := `{"model":"m","messages":[{"role":"user","content":"h\"i"}]}`
	f(text, 0, int64(len(text))+Overhead)
	f("", 0, Overhead)
	f(`{"broken`, 0, 8+Overhead)

	shell := `{"content":[{"type":"image_url","image_url":{"url":""}}]}`
	f(`{"content":[{"type":"image_url","image_url":{"url":"`+"data:image/png;base64,"+picture+`"}}]}`, 0, int64(len(shell))+MediaTokens+Overhead)
	f(`{"images":["`+picture+`","`+picture+`"]}`, 0, int64(len(`{"images":["",""]}`))+2*MediaTokens+Overhead)
	f(`{"url":"https://a.example/b.png"}`, 0, 33+MediaTokens+Overhead)
	pretended := `{"content":"data:image/png;base64,` + picture + `"}` // text that looks like a picture
	f(pretended, 0, int64(len(pretended))+Overhead)
	mixed := `{"url":"data:image/png;base64,not base64 at all"}` // a reference that is none counts as both
	f(mixed, 0, int64(len(mixed))+MediaTokens+Overhead)

	f(`{"previous_response_id":"r"}`, 5000, 5000)
	f(`{"tools":[{"type":"web_search_20250305"}]}`, 0, DefaultWindow)
	f(`{"tools":[{"type":"function","name":"file_id"}]}`, 0, 48+Overhead)

	// Written otherwise it is the same to who reads it.
	f(`{"previous\u005fresponse_id":"r"}`, 5000, 5000)
	f(`{"tools":[{"typ\u0065":"w\u0065b_search_preview"}]}`, 0, DefaultWindow)

	// Pages and films of nothing take next to no bytes.
	f(`{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBERi0x"}}`, 0, DefaultWindow)
	f(`{"document":{"format":"docx","name":"a","source":{"bytes":"UEsDBBQA"}}}`, 5000, 5000)
	f(`{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,AAAA"}}`, 0, DefaultWindow)
	f(`{"type":"document","source":{"type":"url","url":"https://a.example/b.pdf"}}`, 0, DefaultWindow)
	f(`{"inlineData":{"mimeType":"video/mp4","data":"AAAA"}}`, 0, DefaultWindow)
	f(`{"video":{"format":"mp4","source":{"bytes":"AAAA"}}}`, 0, DefaultWindow)
	paper := `{"type":"document","source":{"type":"text","media_type":"text/plain","data":"said"}}`
	f(paper, 0, int64(len(paper))+Overhead)
}

func TestWorst(t *testing.T) {
	body := []byte(`{"model":"m","messages":[{"role":"user","content":"` + strings.Repeat("x", 1000) + `"}]}`)
	c := count(body)
	f := func(row string, maxTokens, choices int64, in, out int64) {
		t.Helper()
		p := of(t, row)
		if got, want := c.worst(p, maxTokens, choices), p.Worst(in, out); got != want {
			t.Errorf("%s, %d tokens %d times: %d, want %d", row, maxTokens, choices, got, want)
		}
	}
	n := int64(len(body)) + Overhead
	f("in=1 out=2", 100, 0, n, 100)
	f("in=1 out=2", 100, 3, n, 300)
	f("in=1 out=2 max-in=50 max-out=20", 100, 1, 50, 100)
	f("in=1 out=2 max-in=50 max-out=20", 0, 1, 50, 20)
	f("in=1 out=2 max-in=50", 0, 2, 50, 100)
	f("in=1 out=2", 0, 1, n, DefaultOut)
	f("in=1 out=2 >10 in=5", 7, 1, n, 7)
	if got := c.worst(nil, 0, 0); got != 0 {
		t.Errorf("without a price it is %d", got)
	}
	if got, want := of(t, "in=1 out=2 >10 in=5 out=1").Worst(20, 10), core.Money(20*5000+10*2000); got > want+8 || got < 20*5000+10*1000 {
		t.Errorf("the dearer tier is %d, want no more than %d", got, want)
	}
}

// Whatever a provider reports within the bounds, it costs no more than was held.
func FuzzWorst(f *testing.F) {
	f.Add(int64(100), int64(40), int64(60), int64(20), int64(50), int64(10))
	prices := []*core.Price{}
	for _, head := range []string{"openai", "anthropic", "gemini"} {
		for _, p := range pricesOf(BuiltIn(), head) {
			prices = append(prices, p)
		}
	}
	f.Fuzz(func(t *testing.T, in, cached, written, audio, out, thought int64) {
		u := core.Usage{Known: true, In: in, CachedIn: cached, WrittenIn: written, KeptIn: written / 2, AudioIn: audio, ImageIn: audio / 2, Out: out, Reasoning: thought}
		if Judge(&u) != Sound {
			return
		}
		for _, p := range prices {
			if cost, worst := Cost(p, &u), p.Worst(in, out); cost > worst || cost < 0 {
				t.Fatalf("%s: %+v costs %d, and the worst is %d", p.Model, u, cost, worst)
			}
		}
	})
}

func TestTokens(t *testing.T) {
	f := func(body string, want int64) {
		t.Helper()
		c := count([]byte(body))
		if got := c.tokens(); got != want {
			t.Errorf("%.80s…: %d, want %d", body, got, want)
		}
	}
	f(`{"x":"`+strings.Repeat("y", 392)+`"}`, 100)
	f("", 0)
}
