package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func ptr(x float64) *float64 { return &x }

func TestBoundHolds(t *testing.T) {
	f := func(b bound, s spread, want bool) {
		t.Helper()
		if got := b.holds(s); got != want {
			t.Errorf("%s against %s: %v, want %v", b.limits(), s.text(), got, want)
		}
	}
	hard, soft := bound{Max: ptr(1)}, bound{Max: ptr(1), Soft: true}
	f(hard, spread{0.8, 1.0, 1.3, 5}, true)
	f(hard, spread{0.8, 1.1, 1.3, 5}, false)
	f(soft, spread{0.8, 1.1, 1.3, 5}, true)
	f(soft, spread{1.1, 1.2, 1.3, 5}, false) // the whole range is beyond
	f(bound{Min: ptr(2)}, spread{1, 1.9, 3, 5}, false)
	f(bound{Min: ptr(2), Soft: true}, spread{1, 1.9, 3, 5}, true)
	f(bound{Min: ptr(1), Max: ptr(2)}, spread{1, 1.5, 3, 5}, true)
}

// A figure that a bound speaks of and nobody measured is a failure.
func TestJudge(t *testing.T) {
	s := section{Step: "syscalls"}
	s.add("transfers", "a request", 4)
	got := judge([]bound{
		{Figure: "syscalls.transfers", Max: ptr(4.2)},
		{Figure: "syscalls.waits", Max: ptr(7)},
		{Figure: "other.transfers", Max: ptr(1)},
	}, &s)
	if len(got) != 2 || !got[0].Holds || got[1].Holds || got[1].Problem == "" {
		t.Errorf("verdicts %+v", got)
	}
}

func TestReadBounds(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		name := filepath.Join(t.TempDir(), "b.json")
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := readBounds(name)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
	f(`{"bounds": [{"figure": "a.b", "maximum": 3}]}`, "maximum")
	f(`{"bounds": [{"figure": "a.b"}]}`, "neither min nor max")
	f(`{"bounds": [{"figure": "ab", "max": 1}]}`, "not STEP.FIGURE")
}

// Every bound that is judged here must name a step, or it holds for ever.
func TestCommittedBounds(t *testing.T) {
	bounds, err := readBounds("counts.json")
	if err != nil {
		t.Fatal(err)
	}
	if len(bounds) < 10 {
		t.Errorf("counts.json has %d bounds", len(bounds))
	}
	for _, b := range bounds {
		name, _, _ := strings.Cut(b.Figure, ".")
		if !slices.ContainsFunc(steps(), func(s step) bool { return s.name == name }) {
			t.Errorf("bound %q names no step", b.Figure)
		}
	}
	files, err := filepath.Glob("*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files { // the load generator reads the same form
		if _, err := readBounds(file); err != nil {
			t.Error(err)
		}
	}
}

func TestChoose(t *testing.T) {
	f := func(o options, want ...string) {
		t.Helper()
		chosen, err := choose(o)
		var got []string
		for _, s := range chosen {
			got = append(got, s.name)
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%+v: %v (%v), want %v", o, got, err, want)
		}
	}
	f(options{steps: []string{"small", "syscalls"}}, "syscalls", "small")
	f(options{soft: true}, "small", "large", "max", "relay", "cached", "paid", "cold", "waiting")
	if _, err := choose(options{steps: []string{"nonsense"}}); err == nil {
		t.Error("a step that does not exist was chosen")
	}
	if _, err := choose(options{hard: true, steps: []string{"small"}}); err == nil {
		t.Error("nothing was chosen and nobody said so")
	}
}

// What is kept must be readable again and name neither path nor address.
func TestResult(t *testing.T) {
	r := result{When: time.Date(2026, 11, 21, 13, 0, 0, 0, time.UTC), Program: "v1", Machine: machine{CPU: "AMD EPYC", CPUs: 2}}
	s := section{Step: "low", About: "x", Columns: []string{"cpu_us", "rate"}}
	s.Load = &loadRun{Targets: []loadTarget{{Name: "asbru", Figures: map[string]spread{"cpu_us": {1, 2, 3, 5}}}}}
	s.Bounds = []verdict{{bound: bound{Figure: "asbru.cpu_us", Max: ptr(1)}, Spread: spread{1, 2, 3, 5}}}
	r.Sections = []section{s, {Step: "hold", Skipped: "there is no /proc"}}
	dir := t.TempDir()
	if err := r.write(options{out: dir}); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(dir, "2026-11-21-amd-epyc-2cpu.json"))
	if err != nil {
		t.Fatal(err)
	}
	var again result
	if err := json.Unmarshal(b, &again); err != nil || again.Sections[0].Bounds[0].Figure != "asbru.cpu_us" {
		t.Errorf("read back %+v (%v)", again, err)
	}
	md, err := os.ReadFile(filepath.Join(dir, "2026-11-21-amd-epyc-2cpu.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| asbru | 2.00 (1.00–3.00) | - |", "**fails**", "skipped | there is no /proc"} {
		if !bytes.Contains(md, []byte(want)) {
			t.Errorf("the table lacks %q:\n%s", want, md)
		}
	}
	again = result{When: r.When, Program: r.Program, Machine: r.Machine, Sections: []section{{Step: "hold", Broken: "x"}}}
	if again.keep(filepath.Join(dir, "2026-11-21-amd-epyc-2cpu.json")); len(again.Sections) != 2 || again.Sections[1].Broken != "x" {
		t.Errorf("a second run of the day left %+v", again.Sections)
	}
	if bytes.Contains(append(b, md...), []byte(dir)) {
		t.Error("the result names a path")
	}
}

func TestCommandLine(t *testing.T) {
	f := func(want int, args ...string) {
		t.Helper()
		var out, errs bytes.Buffer
		if got := run(t.Context(), args, &out, &errs); got != want {
			t.Errorf("%v: exit %d, want %d: %s%s", args, got, want, out.String(), errs.String())
		}
	}
	f(0, "--list")
	f(0, "--help")
	f(2, "--hard", "--soft")
	f(2, "--asbru", filepath.Join(t.TempDir(), "none"))
	f(2, "--flag-that-is-not")
}

// What is counted and misses is run once more: a machine that was disturbed is forgiven, a
// program that does too much is not, and what is compared has its own rounds.
func TestTwice(t *testing.T) {
	f := func(hard bool, tries int, holds bool, figures ...float64) {
		t.Helper()
		s := &session{counts: []bound{{Figure: "a.calls", Max: ptr(4)}}, stdout: io.Discard}
		n := 0
		s.do(t.Context(), step{name: "a", hard: hard, run: func(_ context.Context, _ *session, out *section) error {
			out.add("calls", "", figures[n])
			n++
			return nil
		}})
		if got := &s.result.Sections[0]; n != tries || len(s.result.Sections) != 1 || got.missed() == holds {
			t.Errorf("%v, hard %v: run %d times, %+v", figures, hard, n, got)
		}
	}
	f(true, 1, true, 3)
	f(true, 2, true, 9, 3)
	f(true, 2, false, 9, 8)
	f(false, 1, false, 9)
}
