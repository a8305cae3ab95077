package cache

import (
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"asbru/core"
)

func bench(b *testing.B, size int) (*rig, asked) {
	b.Helper()
	c, err := New(Options{}, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { c.Close() })
	r := &rig{Cache: c, look: c.Look(), keep: c.Keep(), snap: &core.Snapshot{}, target: &core.Target{Name: "openai/gpt-4o", Model: "gpt-4o"}}
	r.route = &core.Route{Targets: []*core.Target{r.target}}
	return r, asked{body: `{"model":"gpt-4o","messages":[{"role":"user","content":"` + strings.Repeat("All work and no play makes Jack a dull boy. ", size/44) + `"}],"temperature":0.7}`}
}

func BenchmarkKey(b *testing.B) {
	r, q := bench(b, 1400)
	x := r.exchange(q)
	b.ReportAllocs()
	for b.Loop() {
		r.Key(x)
	}
}

// A hit with the key of a body of 2 kB: the mean, and what one in a hundred takes at least.
func BenchmarkHit(b *testing.B) {
	r, q := bench(b, 1950)
	x := r.exchange(q)
	r.look(x)
	x.Begin(r.target, nil).Status = 200
	x.Watch.Saw(x, []byte(greeted))
	r.keep(x)
	for range 1000 {
		time.Sleep(time.Millisecond)
		if r.Counts().Kept == 1 {
			break
		}
	}
	x = r.exchange(q)
	took := make([]int64, 0, 1<<20)
	b.ReportAllocs()
	for b.Loop() {
		t0 := core.Clock()
		if r.look(x) != core.Answer {
			b.Fatal("no hit")
		}
		r.keep(x)
		x.Watch = nil
		if len(took) < cap(took) {
			took = append(took, core.Clock()-t0)
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2]), "p50-ns")
	b.ReportMetric(float64(took[len(took)*99/100]), "p99-ns")
}

// A hit of a question in other words, from the headers to the last byte.
func BenchmarkLikeHit(b *testing.B) {
	c, err := New(Options{Like: Likeness{On: true}}, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { c.Close() })
	r, _ := bench(b, 1)
	r.Cache, r.look, r.keep = c, c.Look(), c.Keep()
	x := r.exchange(says("How do I convert 5 miles to kilometers?"))
	r.look(x)
	x.Begin(r.target, nil).Status = 200
	x.Watch.Saw(x, []byte(greeted))
	r.keep(x)
	for r.Counts().Kept == 0 {
		time.Sleep(time.Millisecond)
	}
	x = r.exchange(says("Please, how can I convert 5 miles to kilometers?"))
	b.ReportAllocs()
	for b.Loop() {
		if r.look(x) != core.Answer {
			b.Fatal("no hit")
		}
		r.keep(x)
		x.Watch = nil
	}
}

// What a question costs that nobody asked before, before it is sent and in all, the worker's time not counted.
func BenchmarkMiss(b *testing.B) {
	r, q := bench(b, 1400)
	x := r.exchange(q)
	fail, body := &core.Fault{Code: core.ClientGone}, []byte(greeted)
	took, first := make([]int64, 0, 1<<20), make([]int64, 0, 1<<20)
	b.ReportAllocs()
	for b.Loop() {
		t0 := core.Clock()
		if r.look(x) != core.Continue {
			b.Fatal("a hit")
		}
		t1 := core.Clock()
		r.learnt(x)
		x.Watch.Saw(x, body)
		x.Fault = fail
		r.keep(x)
		x.Watch, x.Fault = nil, nil
		if len(took) < cap(took) {
			took, first = append(took, core.Clock()-t0), append(first, t1-t0)
		}
	}
	slices.Sort(took)
	slices.Sort(first)
	b.ReportMetric(float64(first[len(first)/2]), "p50-sent-ns")
	b.ReportMetric(float64(took[len(took)/2]), "p50-ns")
}
