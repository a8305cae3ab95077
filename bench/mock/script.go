package mock

import (
	"fmt"
	"math"
	"strings"
)

// script says how one request is answered: the flags, overridden by the words
// of a magic model name. Durations are nanoseconds.
type script struct {
	latency, ttft, gap, drip int64
	tail                     int64 // additional wait of one request in tailEvery
	tps                      float64
	tokens, chunks, bytes    int
	sized                    bool // tokens or bytes were requested by name, so max_tokens does not shorten the reply
	status                   int  // 0: none, answer normally
	retryAfter               int  // seconds; -1: no header
	cut, stall, fail         int  // after so many content chunks; -1: never
	id                       uint64
	faults                   fault
}

// fault is a set of failures and deviations.
type fault uint32

const (
	noDone fault = 1 << iota
	garbage
	hang
	slowHead
	useTool
	html
	redirect
	reset
	empty
	zeroUsage
	noUsage
	stamp
)

func (s *script) has(f fault) bool { return s.faults&f != 0 }

// word is one term of a magic model name: name, or name-value.
type word struct {
	name  string
	value string // what the value is, for the help text; "" if there is none, "[...]" if it may be left out
	help  string
	apply func(s *script, value string) bool // false: the value is invalid
}

// words is the vocabulary of magic model names and of --fault. A name that is a prefix of another must come
// after it.
var words = []word{
	{"latency", "200ms", "wait before the response head", func(s *script, v string) bool { return duration(&s.latency, v) }},
	{"tail", "2s", "one request in twenty waits so long before the head", func(s *script, v string) bool { return duration(&s.tail, v) }},
	{"ttft", "300ms", "wait between the head and the first event", func(s *script, v string) bool { return duration(&s.ttft, v) }},
	{"gap", "20ms", "wait between content chunks", func(s *script, v string) bool { s.tps = 0; return duration(&s.gap, v) }},
	{"tps", "50", "pace a stream at so many tokens a second", func(s *script, v string) bool { return number(&s.tps, v) }},
	{"tokens", "500", "length of the reply", func(s *script, v string) bool {
		s.bytes, s.sized = 0, true
		return count(&s.tokens, v, maxTokens)
	}},
	{"chunks", "50", "content chunks of a stream (else one a token)", func(s *script, v string) bool { return count(&s.chunks, v, maxTokens) }},
	{"bytes", "10000", "exact size of a unary reply body", func(s *script, v string) bool {
		s.sized = true
		return count(&s.bytes, v, maxReply)
	}},
	{"status", "429", "answer an error of this status", func(s *script, v string) bool {
		return count(&s.status, v, 599) && s.status >= 400
	}},
	{"retry-after", "2", "send Retry-After in seconds (status 429 unless said)", func(s *script, v string) bool {
		if s.status == 0 {
			s.status = 429
		}
		return count(&s.retryAfter, v, 86400)
	}},
	{"cut", "3", "close after 3 chunks, or in the middle of a unary body", func(s *script, v string) bool { return count(&s.cut, v, maxTokens) }},
	{"stall", "3", "go silent after 3 chunks, or in the middle of a body", func(s *script, v string) bool { return count(&s.stall, v, maxTokens) }},
	{"error-event", "[3]", "an error event after 1 (or 3) chunks, or a 200 with an error body", func(s *script, v string) bool {
		return count(&s.fail, orElse(v, "1"), maxTokens)
	}},
	{"no-done", "", "end a stream properly but without its last event", sets(noDone)},
	{"no-usage", "", "never send usage", sets(noUsage)},
	{"usage-0", "", "send usage that is all zero", sets(zeroUsage)},
	{"garbage", "", "broken JSON: a unary body, or two events in the stream", sets(garbage)},
	{"hang", "", "accept the request and never answer", sets(hang)},
	{"slow-head", "[1s]", "send the head in pieces over 1s (or so long)", func(s *script, v string) bool {
		s.faults |= slowHead
		return duration(&s.drip, orElse(v, dripTime.String()))
	}},
	{"tool", "", "answer a call of the first tool of the request", sets(useTool)},
	{"html", "", "200 with an HTML page", sets(html)},
	{"redirect", "", "307 to another path of the mock", sets(redirect)},
	{"reset", "", "reset the connection instead of answering", sets(reset)},
	{"empty", "", "200 with no body", sets(empty)},
	{"stamp", "", `put "sent_ns" (CLOCK_MONOTONIC) into each stream chunk`, sets(stamp)},
	{"id", "7", "answer with the ids of request number 7", func(s *script, v string) bool {
		n := 0
		ok := count(&n, v, math.MaxInt32)
		s.id = uint64(n)
		return ok
	}},
}

func sets(f fault) func(*script, string) bool {
	return func(s *script, _ string) bool { s.faults |= f; return true }
}

// play applies a magic model name. A model that does not begin with "mock-" is an ordinary one, and so is a
// single unknown term ("mock-small"). Other unknown terms are an error for the user.
func (s *script) play(model string) error {
	model = model[strings.LastIndexByte(model, '/')+1:]
	if !strings.HasPrefix(model, "mock-") {
		return nil
	}
	alone := !strings.Contains(model, "+")
	for term := range strings.SplitSeq(model, "+") {
		term = strings.TrimPrefix(term, "mock-")
		known, ok := s.term(term)
		if !known && alone {
			return nil
		}
		if !known {
			return fmt.Errorf("unknown word %q in model %q; `asbru mock --help` lists them", term, model)
		}
		if !ok {
			return fmt.Errorf("cannot use %q in model %q: the value is missing, malformed or out of range", term, model)
		}
	}
	return nil
}

// term applies one word; known reports whether it exists.
func (s *script) term(term string) (known, ok bool) {
	for i := range words {
		w := &words[i]
		rest, has := strings.CutPrefix(term, w.name)
		if !has || rest != "" && rest[0] != '-' {
			continue
		}
		value := strings.TrimPrefix(rest, "-")
		if w.value == "" && rest != "" || w.value != "" && w.value[0] != '[' && value == "" {
			return true, false
		}
		return true, w.apply(s, value)
	}
	return false, false
}

// chunkGap returns the wait between content chunks of that many tokens.
func (s *script) chunkGap(tokens, chunks int) int64 {
	if s.tps > 0 && chunks > 0 {
		return int64(1e9 / s.tps * float64(tokens) / float64(chunks))
	}
	return s.gap
}
