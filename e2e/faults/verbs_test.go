package faults

import (
	"encoding/json"
	"strings"
	"time"
)

// verbs are the known steps, besides statuses.
var verbs = []verb{
	door(`refuse`, "refuse"),
	timed(door(`drop SYN .*`, "drop")),
	door(`dns NXDOMAIN`, "nxdomain"),
	door(`tls expired certificate`, "expired"),
	door(`tls handshake_failure`, "alert"),
	timed(door(`(?:h2 )?initial window 0 for ever`, "mute")),
	says(`accept`, func(_ []string, sc *script) act { sc.early = true; return nil }),
	does(`read whole request`, func(*stage) bool { return true }),
	does(`rst|(?:h2 )?RST_STREAM (?:REFUSED_STREAM|CANCEL)`, (*stage).reset),
	does(`fin|fin without terminator`, (*stage).fin),
	does(`close|(?:h2 )?GOAWAY last-stream-id below ours`, func(s *stage) bool { s.c.Close(); return false }),
	does(`GOAWAY no error`, func(s *stage) bool { s.last = true; return true }),
	does(`(?:h2 )?SETTINGS_MAX_FRAME_SIZE 0`, func(s *stage) bool {
		return s.raw("\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x05\x00\x00\x00\x00") && s.hang(time.Minute)
	}),
	says(`(?:h2 )?PING x ([\d,]+)`, func(m []string, _ *script) act {
		return func(s *stage) bool {
			return s.raw(strings.Repeat("\x00\x00\x08\x06\x00\x00\x00\x00\x00asbru!!!", count(m[1]))) && s.hang(time.Minute)
		}
	}),
	timed(says(`hang (\d+) ?(ms|s|min|h)`, func(m []string, _ *script) act {
		return func(s *stage) bool { return s.hang(span(m[1], m[2])) }
	})),
	says(`raw (".*")`, func(m []string, _ *script) act {
		return func(s *stage) bool { s.raw(unquote(m[1])); return s.hang(time.Minute) }
	}),
	timed(does(`one header byte per second`, func(s *stage) bool { return s.drip("HTTP/1.1 200 OK\r\nX-Slow: " + strings.Repeat("y", 4000)) })),
	says(`([\d.]+) (KiB|MiB|GiB) header`, func(m []string, _ *script) act {
		return func(s *stage) bool { return s.flood("HTTP/1.1 200 OK\r\nX-Large: ", "y", size(m[1], m[2])) }
	}),
	says(`header ([\w-]+): (.*)`, func(m []string, _ *script) act { return field(m[1], m[2]) }),
	says(`content-type (.*)`, func(m []string, _ *script) act { return field("Content-Type", m[1]) }),
	says(`(Retry-After): (.*)`, func(m []string, _ *script) act {
		if m[2] == "HTTP-date" {
			m[2] = time.Now().Add(time.Minute).UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")
		}
		return field(m[1], m[2])
	}),
	does(`two different Content-Length`, func(s *stage) bool {
		s.fields += "Content-Length: 2\r\n"
		return true
	}),
	does(`Transfer-Encoding and Content-Length`, func(s *stage) bool {
		s.fields += "Transfer-Encoding: chunked\r\n"
		return true
	}),
	says(`extra bytes (".*") after the body`, func(m []string, _ *script) act {
		return func(s *stage) bool { s.extra = unquote(m[1]); return true }
	}),
	does(`half a JSON then fin with Content-Length unmet`, func(s *stage) bool {
		s.body(completion(s.who, usage))
		s.send(s.head(len(s.text)) + s.text[:len(s.text)/2])
		s.c.Close()
		return false
	}),
	does(`invalid JSON`, func(s *stage) bool { return s.body(`{"id":"x","choices":[{"index":0,`) }),
	says(`(\{.*\})`, func(m []string, _ *script) act { return func(s *stage) bool { return s.body(m[1]) } }),
	does(`full completion`, func(s *stage) bool { return s.body(completion(s.who, usage)) }),
	says(`usage (all )?(\S+)`, func(m []string, _ *script) act {
		return func(s *stage) bool {
			return s.body(completion(s.who, `{"prompt_tokens":`+m[2]+`,"completion_tokens":`+m[2]+`,"total_tokens":`+m[2]+`}`))
		}
	}),
	says(`gzip ([\d.]+) (KiB|MiB|GiB) -> .*`, func(m []string, _ *script) act {
		return func(s *stage) bool {
			s.fields += "Content-Encoding: gzip\r\n"
			return s.flood(s.head(size(m[1], m[2])), "\x1f\x8b\x08\x00", size(m[1], m[2]))
		}
	}),
	timed(says(`1 byte per second for .*`, func(_ []string, sc *script) act {
		sc.drips = true
		return func(s *stage) bool {
			s.body(completion(s.who, usage))
			return s.send(s.head(len(s.text))) && s.drip(s.text)
		}
	})),
}

func unquote(s string) string {
	var out string
	if json.Unmarshal([]byte(s), &out) != nil {
		return s[1 : len(s)-1]
	}
	return out
}

func field(name, value string) act {
	return func(s *stage) bool {
		if strings.EqualFold(name, "content-type") {
			s.kind = value
			return true
		}
		s.fields += name + ": " + value + "\r\n"
		return true
	}
}
