package faults

import (
	"fmt"
	"strings"
	"time"
)

// The events of a provider. The text contains the provider's name and counts, so that the client's
// side can check whose answer it is, and that nothing is missing or repeated.
const (
	tokensOut = 3
	usage     = `{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}`
	roleEvent = `{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}`
	failEvent = `{"error":{"message":"the model is overloaded","type":"server_error","code":"overloaded"}}`
	lastEvent = `{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":` + usage + `}`
)

func tokenEvent(text string) string {
	return `{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"` + text + `"},"finish_reason":null}]}`
}

func completion(who, usage string) string {
	return `{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"` + who + `-0 "},"finish_reason":"stop"}],"usage":` + usage + `}`
}

// eventVerbs are the steps that send events.
var eventVerbs = []verb{
	does(`event role-only delta`, func(s *stage) bool { return s.event(roleEvent) }),
	does(`event error`, func(s *stage) bool { return s.event(failEvent) }),
	does(`event garbage`, func(s *stage) bool { return s.event(`{"choices":[{"index":0,`) }),
	does(`event finish`, func(s *stage) bool { s.finished = true; return s.event(lastEvent) }),
	says(`event token(?: x([\d,]+))?`, func(m []string, _ *script) act {
		return func(s *stage) bool { return s.tokens(max(count(m[1]), 1), s.pace) }
	}),
	says(`event every (\d+) (ms|s) x(\d+)`, func(m []string, _ *script) act {
		return func(s *stage) bool { return s.tokens(fewer(count(m[3]), 3), span(m[1], m[2])) }
	}),
	says(`event each (\d+) (ms|s) for (\d+) (s|min)`, func(m []string, _ *script) act {
		return func(s *stage) bool {
			return s.tokens(int(span(m[3], m[4])/span(m[1], m[2])), span(m[1], m[2]))
		}
	}),
	says(`first token after (\d+) (ms|s)`, func(m []string, _ *script) act {
		return func(s *stage) bool {
			s.code, s.kind = 200, "text/event-stream"
			return s.open() && s.hang(span(m[1], m[2])) && s.tokens(1, 0) && s.done()
		}
	}),
	does(`second provider .*|provider fails 100 % for .*`, func(s *stage) bool { return true }),
	timed(says(`comment every (\d+) (ms|s) for ever`, func(m []string, _ *script) act {
		return func(s *stage) bool {
			for s.chunk(": still here\n\n") && s.hang(span(m[1], m[2])) {
			}
			return false
		}
	})),
	says(`one event of ([\d.]+) (KiB|MiB)`, func(m []string, _ *script) act {
		return func(s *stage) bool {
			return s.event(tokenEvent(s.who + "-0 " + strings.Repeat("y", size(m[1], m[2])-200)))
		}
	}),
	says(`([\d,]+) events as fast as possible`, func(m []string, _ *script) act {
		return func(s *stage) bool { return s.rush(fewer(count(m[1]), 5_000)) }
	}),
	does(`done`, (*stage).done),
	does(`data \[DONE\]`, func(s *stage) bool { s.finished, s.ended = true, true; return s.chunk("data: [DONE]\n\n") }),
	does(`cut inside a chunk`, func(s *stage) bool {
		s.open()
		s.send("400\r\ndata: {\"choices\":[{\"ind")
		s.c.Close()
		return false
	}),
	does(`cut without a last chunk`, func(s *stage) bool { s.c.Close(); return false }),
	does(`half an SSE event`, func(s *stage) bool { return s.chunk("data: " + tokenEvent("half")[:40]) }),
	does(`CRLF`, func(s *stage) bool { s.crlf = true; return true }),
	says(`http trailer (.*)`, func(m []string, _ *script) act {
		return func(s *stage) bool { s.trailer = m[1] + ": 0\r\n"; return true }
	}),
}

// fewer returns n, in a short run at most the given number.
func fewer(n, most int) int {
	if *full {
		return n
	}
	return min(n, most)
}

// tokens sends n words, with a pause after each.
func (s *stage) tokens(n int, pause time.Duration) bool {
	for range n {
		if !s.event(tokenEvent(fmt.Sprintf("%s-%d ", s.who, s.said))) || pause > 0 && !s.hang(pause) {
			return false
		}
		s.said++
	}
	return true
}

// rush sends n words as fast as possible, many in one chunk.
func (s *stage) rush(n int) bool {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "data: %s\n\n", tokenEvent(fmt.Sprintf("%s-%d ", s.who, s.said)))
		if s.said++; b.Len() > 32<<10 || i == n-1 {
			if !s.chunk(b.String()) {
				return false
			}
			b.Reset()
		}
	}
	return true
}

// event sends one event.
func (s *stage) event(data string) bool {
	if s.crlf {
		return s.chunk("data: " + data + "\r\n\r\n")
	}
	return s.chunk("data: " + data + "\n\n")
}

// done ends the answer with its finish and the terminator.
func (s *stage) done() bool {
	if !s.finished {
		s.finished = true
		s.event(lastEvent)
	}
	s.ended = true
	return s.chunk("data: [DONE]\n\n")
}
