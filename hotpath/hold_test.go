package hotpath

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"asbru/core"
)

const (
	roleChunk    = "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}]}\n\n"
	saidChunk    = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"one\"},\"finish_reason\":null}]}\n\n"
	finishChunk  = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
	doneChunk    = "data: [DONE]\n\n"
	errorChunk   = "data: {\"error\":{\"message\":\"overloaded\",\"type\":\"server_error\"}}\n\n"
	otherAnswer  = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"two\"},\"finish_reason\":null}]}\n\n" + finishChunk + doneChunk
	askForStream = `{"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}]}`
)

// say answers with pieces of a stream, each flushed. A piece that is a number waits so many
// milliseconds; "cut" ends the connection without an end of the body.
func say(pieces ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		io.Copy(io.Discard, q.Body)
		w.Header().Set("Content-Type", "text/event-stream")
		w.WriteHeader(200)
		w.(http.Flusher).Flush()
		for _, p := range pieces {
			var ms int
			if n, _ := fmt.Sscanf(p, "%d", &ms); n == 1 {
				select {
				case <-time.After(time.Duration(ms) * time.Millisecond):
				case <-q.Context().Done():
					return
				}
				continue
			}
			if p == "cut" {
				panic(http.ErrAbortHandler)
			}
			io.WriteString(w, p)
			w.(http.Flusher).Flush()
		}
	})
}

// listen asks for a stream and returns all of it.
func (r *rig) listen() (int, string) {
	r.t.Helper()
	q, _ := http.NewRequest("POST", "http://"+r.addr+"/v1/chat/completions", strings.NewReader(askForStream))
	q.Header.Set("Authorization", "Bearer "+testKey)
	q.Header.Set("Content-Type", "application/json")
	a, err := http.DefaultClient.Do(q)
	if err != nil {
		r.t.Fatal(err)
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		r.t.Errorf("the body ends with %v: %s", err, b)
	}
	return a.StatusCode, string(b)
}

// Before its first content a stream is still ours to replace; after it, never.
func TestCommitPoint(t *testing.T) {
	pings := make([]string, 0, 60)
	for range 30 {
		pings = append(pings, ": ping\n\n", "20")
	}
	rows := []struct {
		name     string
		first    []string
		waits    core.Waits
		has      []string // in order
		hasNot   string
		replaced bool
	}{
		{name: "cut before content", first: []string{roleChunk, "cut"}, replaced: true},
		{name: "empty", first: nil, replaced: true},
		{name: "ended before content", first: []string{roleChunk}, replaced: true},
		{name: "error first", first: []string{errorChunk}, replaced: true},
		{name: "error after the role", first: []string{roleChunk, errorChunk, doneChunk}, replaced: true},
		{name: "silent before content", first: []string{roleChunk, "60000"}, waits: core.Waits{First: 100 * time.Millisecond}, replaced: true},
		{name: "comments before content", first: pings, waits: core.Waits{First: 100 * time.Millisecond}, replaced: true},
		{name: "whole", first: []string{roleChunk, "20", saidChunk, "20", finishChunk, doneChunk}, has: []string{`"role"`, "one", "stop", "[DONE]"}},
		{name: "nothing but a finish", first: []string{roleChunk, finishChunk, doneChunk}, has: []string{`"role"`, "stop", "[DONE]"}},
		{name: "cut after content", first: []string{roleChunk, saidChunk, "cut"}, has: []string{"one", `"error"`}, hasNot: "[DONE]"},
		{name: "silent after content", first: []string{saidChunk, "60000"}, waits: core.Waits{Stall: 100 * time.Millisecond}, has: []string{"one", `"error"`}, hasNot: "[DONE]"},
		{name: "comments after content", first: append([]string{saidChunk}, pings...), waits: core.Waits{Stall: 100 * time.Millisecond}, has: []string{"one", `"error"`}, hasNot: "[DONE]"},
		{name: "error after content", first: []string{saidChunk, errorChunk}, has: []string{"one", "overloaded"}, hasNot: "two"},
	}
	lanes(t, func(t *testing.T, loops int) {
		for _, row := range rows {
			var asked atomic.Int64
			second := say(otherAnswer)
			r := newRig(t, loops, say(row.first...), http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
				asked.Add(1)
				second.ServeHTTP(w, q)
			}))
			r.change(func(snap *core.Snapshot) { snap.Models["m"].Targets[0].Waits = row.waits })
			status, body := r.listen()
			if row.replaced {
				row.has, row.hasNot = []string{"two", "[DONE]"}, `"role"`
			}
			if status != 200 || (asked.Load() == 1) != row.replaced {
				t.Errorf("%s: %d, the second target was asked %d times", row.name, status, asked.Load())
			}
			rest := body
			for _, h := range row.has {
				i := strings.Index(rest, h)
				if i < 0 {
					t.Errorf("%s: no %s in order in %s", row.name, h, body)
					break
				}
				rest = rest[i+len(h):]
			}
			if row.hasNot != "" && strings.Contains(body, row.hasNot) {
				t.Errorf("%s: %s in %s", row.name, row.hasNot, body)
			}
		}
	})
}

// With nobody else to ask nothing is held.
func TestNothingHeldForOne(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		r := newRig(t, loops, say(roleChunk, "60000", saidChunk))
		q, _ := http.NewRequest("POST", "http://"+r.addr+"/v1/chat/completions", strings.NewReader(askForStream))
		q.Header.Set("Authorization", "Bearer "+testKey)
		start := time.Now()
		a, err := http.DefaultClient.Do(q)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Body.Close()
		b := make([]byte, 400)
		if n, err := a.Body.Read(b); err != nil || !strings.Contains(string(b[:n]), `"role"`) || time.Since(start) > ample {
			t.Errorf("got %s, %v after %v", b[:n], err, time.Since(start))
		}
	})
}

// All of them fail before their first content: the client gets an error with a status, not a stream.
func TestHeldToTheEnd(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		r := newRig(t, loops, say(roleChunk, "cut"), say(errorChunk), say(roleChunk, "cut"))
		status, body := r.listen()
		// The last one is not held, since nobody is left: its client sees a stream that ends in an error.
		if status != 200 || !strings.Contains(body, `"error"`) || strings.Contains(body, "[DONE]") {
			t.Errorf("got %d %s", status, body)
		}
	})
}
