package price

import (
	"strings"
	"testing"

	"asbru/core"
)

func TestCatalogue(t *testing.T) {
	s := BuiltIn()
	for _, p := range s.Check() {
		t.Errorf("line %d: %s", p.Line, p.Message)
	}
	free := map[string]bool{"ollama": true, "vllm": true, "lmstudio": true, "llamacpp": true, "sglang": true, "mistralrs": true, "gpustack": true}
	rows := 0
	for _, head := range s.Providers() {
		for name, p := range pricesOf(s, head) {
			rows++
			if nothing := p.Rates == (core.Rates{}); nothing != free[head] {
				t.Errorf("%s/%s is free: %v", head, name, nothing)
			}
			if p.CachedIn > p.In || p.Reasoning < p.Out && p.Reasoning == 0 && p.Out > 0 {
				t.Errorf("%s/%s: %+v", head, name, p.Rates)
			}
		}
	}
	if rows < 800 {
		t.Errorf("%d rows", rows)
	}
}

// TestSheetIsWrittenBack reads the catalogue, writes it and reads that.
func TestSheetIsWrittenBack(t *testing.T) {
	s := BuiltIn()
	again, bad := Read("again", string(s.Append(nil)))
	if bad = append(bad, again.Check()...); len(bad) > 0 {
		t.Fatal(bad)
	}
	if a, b := string(s.Append(nil)), string(again.Append(nil)); a != b {
		t.Error("what was written reads otherwise")
	}
	a, b := pricesOf(s, "openai"), pricesOf(again, "openai")
	for name := range a {
		if a[name].Rates != b[name].Rates || len(a[name].Tiers) != len(b[name].Tiers) || len(a[name].Batch) != len(b[name].Batch) {
			t.Errorf("%s: %+v became %+v", name, a[name], b[name])
		}
	}
}

func TestSheetProblems(t *testing.T) {
	f := func(text string, line int, parts ...string) {
		t.Helper()
		s, bad := Read("x", text)
		bad = append(bad, s.Check()...)
		if len(bad) != 1 || bad[0].Line != line {
			t.Errorf("%q: %+v, want one problem in line %d", text, bad, line)
			return
		}
		for _, part := range parts {
			if !strings.Contains(bad[0].Message, part) {
				t.Errorf("%q: %s, want %q in it", text, bad[0].Message, part)
			}
		}
	}
	f("m in=1\n[p]\n", 1, "before the first section")
	f("[p]\nm in=1\n[p]\nn in=1", 3, "there already")
	f("[]\n", 1, "no name")
	f("[p]\n# a comment\n\nm\n", 4, "p/m", "names no price")
	f("[p]\nm in=x", 2, "in=x", "is not a number")
	f("[p]\nm in=-1", 2, "is negative")
	f("[p]\nm in=1000001", 2, "more than any model costs")
	f("[p]\nm in=1 in=2", 2, "there already")
	f("[p]\nm in=1 price=2", 2, "price=2", "not a field")
	f("[p]\nm in=1 max-in=0", 2, "max-in=0")
	f("[p]\nm in=1 from=yesterday", 2, "from=yesterday")
	f("[p]\nm in=1 >0 in=2", 2, ">0")
	f("[p]\nm in=1 >20 in=2 >10 in=3", 2, ">10", "shortest first")
	f("[p]\nm in=1 batch=50", 2, "batch=50")
	f("[p]\nm in=1 batch=50% batch in=1", 2, "batch")
	f("[p]\nm in=1\nM in=2", 3, "there already")
	f("[p]\nm in=1 from=2026-01-01\nm in=2 from=2026-01-01", 3, "there already")
	f("[p]\nm in=1 "+strings.Repeat(" ", maxRowBytes), 2, "longer than")
	f("[p]\n"+strings.Repeat("m", core.MaxModelName+1)+" in=1", 2, "at most")
	f(strings.Repeat("#", MaxSheetBytes+1), 1, "at most")
}

func TestFind(t *testing.T) {
	b := New([]*Sheet{BuiltIn()}, nil, &core.Price{Model: "ceiling"})
	f := func(kind, model, want string) {
		t.Helper()
		p, known := b.Table("any", kind).Find(Query{Model: []byte(model)})
		if p == nil || p.Model != want || known != (want != "ceiling") {
			t.Errorf("%s/%s is %+v, %v; want %s", kind, model, p, known, want)
		}
	}
	f("openai", "gpt-4o", "openai/gpt-4o")
	f("openai", "GPT-4o", "openai/gpt-4o")
	f("openai", "gpt-4o-2024-11-20", "openai/gpt-4o")            // a snapshot costs what its family costs
	f("openai", "gpt-4o-2024-05-13", "openai/gpt-4o-2024-05-13") // but for one that does not
	f("openai", "ft:gpt-4o-2024-08-06:acme::x", "ceiling")
	f("azure", "gpt-4o", "openai/gpt-4o")
	f("azure", "our-deployment", "ceiling")
	f("anthropic", "claude-sonnet-4-5-20250929", "anthropic/claude-sonnet-4-5")
	f("vertex", "claude-opus-4-5@20251101", "vertex/claude-opus-4-5")
	f("bedrock", "eu.anthropic.claude-opus-4-8", "bedrock/eu.anthropic.claude-opus-4-8") // a region that costs more
	f("bedrock", "apac.amazon.nova-pro-v1:0", "bedrock/amazon.nova-pro-v1:0")
	f("bedrock", "ca.nothing.like-it", "ceiling")
	f("gemini", "models/gemini-2.5-pro", "gemini/gemini-2.5-pro")
	f("ollama", "llama3.3:70b", "ollama/*")
	f("openai-compatible", "gpt-4o", "ceiling") // who serves it does not say whose price it has
	f("openai", "", "ceiling")
	f("openai", strings.Repeat("g", core.MaxModelName+1), "ceiling")
	f("openai", "-latest", "ceiling")

	if p, known := New(nil, nil, nil).Table("any", "openai").Find(Query{Model: []byte("gpt-4o")}); p != nil || known {
		t.Errorf("without a sheet and a ceiling it is %+v", p)
	}
}

func TestSheetsGoBeforeTheCatalogue(t *testing.T) {
	own, bad := Read("ours.txt", "[azure]\nour-deployment in=1 out=2\n[openai]\ngpt-4o in=7 out=7\ngpt-9* in=3 out=3\ngpt-99* in=4 out=4\n")
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	b := New([]*Sheet{own, BuiltIn()}, nil, nil)
	f := func(kind, model string, want core.Money) {
		t.Helper()
		if p, _ := b.Table("any", kind).Find(Query{Model: []byte(model)}); p == nil || p.In != want*1e9 {
			t.Errorf("%s/%s is %+v, want %d", kind, model, p, want)
		}
	}
	f("azure", "our-deployment", 1)
	f("openai", "gpt-4o", 7)
	f("azure", "gpt-4o", 7)
	f("openai", "gpt-9-turbo", 3)
	f("openai", "gpt-99-turbo", 4)
	if p, _ := b.Table("any", "openai").Find(Query{Model: []byte("gpt-4o")}); p.From != "ours.txt" {
		t.Errorf("it is from %q", p.From)
	}
}

func FuzzSheet(f *testing.F) {
	f.Add("[p]\nm in=1 out=2 >5 in=3 batch=50% from=2026-01-01 max-in=4 # note\n")
	f.Add("[p]\nm call=0.1 batch in=1\n[q]\n* in=0 out=0")
	f.Fuzz(func(t *testing.T, text string) {
		s, bad := Read("fuzz", text)
		if bad = append(bad, s.Check()...); len(bad) > 0 {
			return
		}
		once := string(s.Append(nil))
		again, bad := Read("again", once)
		if bad = append(bad, again.Check()...); len(bad) > 0 {
			t.Fatalf("%q was written as %q, which is wrong: %v", text, once, bad)
		}
		if twice := string(again.Append(nil)); twice != once {
			t.Fatalf("%q was written as %q, and that as %q", text, once, twice)
		}
	})
}
