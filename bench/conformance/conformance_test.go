package conformance

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"

	"asbru/bench/corpus"
	"asbru/core"
)

// A tally counts the cases of one provider or feature.
type tally struct{ cases, held int }

// count adds to one row of a table.
func count(m map[string]*tally, key string, held bool) {
	if m[key] == nil {
		m[key] = new(tally)
	}
	m[key].cases++
	if held {
		m[key].held++
	}
}

// TestConformance runs every case and prints the results.
func TestConformance(t *testing.T) {
	cases := corpus.Cases(t, nil)
	providers, features, fidelity := map[string]*tally{}, map[string]*tally{}, map[string]*tally{}
	relayed := 0
	for _, c := range cases {
		f, ok := faceOf(c)
		if !ok {
			relayed++
			continue
		}
		var bad []string
		fail := func(format string, args ...any) { bad = append(bad, fmt.Sprintf(format, args...)) }
		func() {
			defer func() {
				if v := recover(); v != nil {
					fail("panics: %v", v)
				}
			}()
			if !f.speaks() {
				fail("no codec for %s of %s", f.op, f.dialect.Name)
				return
			}
			checkRequest(c, f, fail)
			checkResponse(c, f, fail)
		}()
		for _, b := range bad {
			t.Errorf("%s (%s): %s", c.ID, c.Fidelity, b)
		}
		held := len(bad) == 0
		count(providers, c.Provider+"\t"+c.API, held)
		count(fidelity, c.Fidelity, held)
		for _, name := range c.Features {
			count(features, name, held)
		}
	}
	t.Logf("%d cases, %d of them of operations that are relayed byte for byte", len(cases), relayed)
	table("provider\tAPI", providers)
	table("fidelity", fidelity)
	table("feature", features)
}

// checkRequest reads the request and writes it again.
func checkRequest(c *corpus.Case, f face, fail func(string, ...any)) {
	if c.Request == nil || len(c.Request.Body) == 0 || c.Request.Body[0] != '{' {
		return
	}
	var p core.Peek
	if c.Response.Status < 400 && f.dialect.Peek != nil {
		if fault := f.dialect.Peek(c.Request.Body, f.op, &p); fault != nil && fault.Param != "model" {
			fail("Peek refuses the request: %s", fault.Message)
		}
	}
	out, fault := f.again(c)
	switch {
	case fault != nil && c.Response.Status >= 400:
	case fault != nil:
		fail("request: %s (%s)", fault.Message, fault.Param)
	default:
		var ignore []string
		if len(modelOf(c.Request.Body)) == 0 {
			ignore = []string{"model"} // the path or the vendor's default names it
		}
		if d := corpus.Diff(out, c.Request.Body, ignore...); d != "" {
			fail("request: %s", d)
		}
	}
}

// checkResponse reads the answer, split in every possible way.
func checkResponse(c *corpus.Case, f face, fail func(string, ...any)) {
	r := &c.Response
	switch {
	case r.Status >= 400:
		fault := core.Fault{}
		if f.dialect.ReadFault != nil {
			f.dialect.ReadFault(c.Bytes(), &fault)
		}
		if fault.Message == "" && len(r.Body) > 0 && r.Body[0] == '{' && len(r.Body) > 2 {
			fail("error: no message read from %.160s", r.Body)
		}
	case len(r.Body) > 0 && r.Body[0] == '{' && !strings.Contains(r.Headers["content-type"], "event-stream"):
		out, err := f.answerAgain(c, r.Body)
		if err != nil {
			if !c.Has("error") {
				fail("reply: %v", err)
			}
			return
		}
		if f.op == core.OpCount {
			return // only the number is translated
		}
		if d := corpus.Diff(out, r.Body); d != "" && c.Fidelity != "response-only" && c.Fidelity != "sdk" {
			fail("reply: %s", d)
		}
	case r.SSE != "" || r.Events != "" || r.NDJSON != "":
		checkStream(c, f, fail)
	}
}

func checkStream(c *corpus.Case, f face, fail func(string, ...any)) {
	framing := f.dialect.Chats[f.op].Framing
	if strings.HasPrefix(strings.TrimSpace(c.Response.SSE), "[") {
		return // one JSON array, which the gateway never requests
	}
	var first heard
	for i, how := range []string{"whole", "reads", "bytes"} {
		pieces := c.Splits()[how]
		if pieces == nil {
			continue
		}
		frames, err := cut(framing, pieces)
		if err != nil {
			fail("stream %s: %v", how, err)
			return
		}
		h, err := f.hear(frames)
		if err != nil {
			fail("stream %s: %v", how, err)
			return
		}
		if i == 0 {
			first = h
		} else if h.events != first.events || h.said != first.said || h.usage != first.usage {
			fail("stream: split %s it says something else than whole", how)
		}
	}
	if !first.finished && !first.failed && !c.Has("stream_error") && !c.Has("error") {
		fail("stream: no finish and no error")
	}
	if first.failed {
		return
	}
	frames, err := cut(framing, [][]byte{first.again})
	if err != nil {
		fail("stream written again: %v", err)
		return
	}
	h, err := f.hear(frames)
	switch {
	case err != nil:
		fail("stream written again: %v", err)
	case h.said != first.said:
		fail("stream written again says\n%.800s\nand said\n%.800s", h.said, first.said)
	case h.finished != first.finished:
		fail("stream written again: finished %v, was %v", h.finished, first.finished)
	case h.usage != first.usage && first.usage.Known:
		fail("stream written again: usage %+v, was %+v", h.usage, first.usage)
	}
}

func table(title string, m map[string]*tally) {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	w := tabwriter.NewWriter(os.Stdout, 0, 8, 2, ' ', 0)
	fmt.Fprintf(w, "\n%s\tcases\thold\t\n", title)
	var all tally
	for _, k := range keys {
		v := m[k]
		all.cases, all.held = all.cases+v.cases, all.held+v.held
		mark := ""
		if v.held < v.cases {
			mark = "MISSES"
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t%s\n", k, v.cases, v.held, mark)
	}
	fmt.Fprintf(w, "all%s\t%d\t%d\t\n", strings.Repeat("\t", strings.Count(title, "\t")), all.cases, all.held)
	w.Flush()
}
