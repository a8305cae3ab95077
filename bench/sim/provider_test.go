package sim

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"time"
)

// A part is a piece of a provider's answer, sent after a pause.
type part struct {
	after time.Duration
	text  string
}

// provide answers on one connection until it ends.
func (w *world) provide(c net.Conn, i int) {
	defer c.Close()
	in := bufio.NewReader(c)
	for {
		q, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		b, err := io.ReadAll(q.Body)
		if err != nil {
			return
		}
		var ask struct {
			Stream   bool
			Messages []struct{ Content string }
		}
		if json.Unmarshal(b, &ask) != nil || len(ask.Messages) == 0 {
			w.t.Errorf("seed %d: the provider got %q", w.seed, b)
			return
		}
		word := ask.Messages[0].Content
		w.mu.Lock()
		n := w.asked[word]
		w.asked[word]++
		w.mu.Unlock()
		parts, keep := script(w.dice(word, n), fmt.Sprintf("%s/%d:", word, n), ask.Stream)
		for _, p := range parts {
			time.Sleep(p.after)
			if p.text == "" {
				continue
			}
			if _, err := io.WriteString(c, p.text); err != nil {
				return
			}
		}
		if !keep {
			return
		}
	}
}

// script generates a provider's answer to one request. Every word of it contains id, so that words
// of two answers cannot be taken for one.
func script(d *rand.Rand, id string, stream bool) (parts []part, keep bool) {
	wait := func(most int) time.Duration { return time.Duration(d.IntN(most+1)) * time.Millisecond }
	switch d.IntN(20) {
	case 0:
		return nil, false // not a word
	case 1:
		return []part{{2 * time.Minute, ""}}, false // not a word for long
	case 2:
		return []part{{wait(50), "SSH-2.0-x\r\n"}}, false
	case 3, 4, 5:
		return status(d, wait(200)), d.IntN(2) == 0
	case 6:
		return []part{{wait(50), "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>"}}, true
	}
	if !stream {
		return unary(d, id, wait)
	}
	return events(d, id, wait)
}

func status(d *rand.Rand, after time.Duration) []part {
	codes := []int{400, 401, 403, 404, 408, 409, 422, 429, 429, 500, 502, 503, 503, 529, 302, 204}
	code, more := codes[d.IntN(len(codes))], ""
	if d.IntN(2) == 0 && code >= 429 {
		more = fmt.Sprintf("Retry-After: %d\r\n", d.IntN(4))
	}
	if code == 204 {
		return []part{{after, "HTTP/1.1 204 No Content\r\n\r\n"}}
	}
	body := fmt.Sprintf(`{"error":{"message":"it is %d","type":"t"}}`, code)
	return []part{{after, fmt.Sprintf("HTTP/1.1 %d X\r\nContent-Type: application/json\r\n%sContent-Length: %d\r\n\r\n%s", code, more, len(body), body)}}
}

// words returns the text of an answer.
func words(id string, n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("%s%d ", id, i)
	}
	return all
}

func unary(d *rand.Rand, id string, wait func(int) time.Duration) ([]part, bool) {
	body := fmt.Sprintf(`{"id":"c","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":%q},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}`,
		strings.Join(words(id, 1+d.IntN(20)), "")+"end")
	head := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", len(body))
	cut := d.IntN(len(body))
	switch d.IntN(8) {
	case 0: // broken off
		return []part{{wait(300), head + body[:cut]}, {wait(50), ""}}, false
	case 1: // silent in the middle
		return []part{{wait(300), head + body[:cut]}, {3 * time.Minute, body[cut:]}}, false
	case 2: // in pieces
		return []part{{wait(300), head}, {wait(100), body[:cut]}, {wait(500), body[cut:]}}, true
	case 3:
		return []part{{wait(50), "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{\"broken\""}}, true
	}
	return []part{{wait(2000), head + body}}, true
}

func chunk(s string) string { return fmt.Sprintf("%x\r\n%s\r\n", len(s), s) }

func event(json string) string { return "data: " + json + "\n\n" }

// events generates a stream and its failure.
func events(d *rand.Rand, id string, wait func(int) time.Duration) ([]part, bool) {
	const (
		role   = `{"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}`
		finish = `{"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`
		usage  = `{"id":"c","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}`
		fault  = `{"error":{"message":"overloaded","type":"server_error"}}`
	)
	said := words(id, 1+d.IntN(12))
	all := []string{event(role)}
	for _, s := range said {
		all = append(all, event(fmt.Sprintf(`{"id":"c","choices":[{"index":0,"delta":{"content":%q},"finish_reason":null}]}`, s)))
	}
	all = append(all, event(finish), event(usage), event("[DONE]"))
	at, keep, end := d.IntN(len(all)), true, true
	switch d.IntN(14) {
	case 0: // broken off
		all, keep, end = all[:at], false, false
	case 1: // ended in good order, but not whole
		all = all[:at]
	case 2: // silent
		all, keep, end = append(all[:at:at], "stall"), false, false
	case 3: // an error event
		all = append(all[:at:at], event(fault))
	case 4: // the terminator is missing
		all = all[:len(all)-1]
	case 5: // and comes twice
		all = append(all, event("[DONE]"))
	case 6: // nonsense in between
		all = append(append(all[:at:at], event(`{"broken`)), all[at:]...)
	case 7: // nothing but comments
		all, keep, end = []string{"comments"}, false, false
	case 8: // an event is broken off
		all, keep, end = append(all[:at:at], all[at][:d.IntN(len(all[at]))]), false, d.IntN(2) == 0
	}
	parts := []part{{wait(400), "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"}}
	for _, s := range all {
		switch s {
		case "stall":
			parts = append(parts, part{2 * time.Minute, chunk(event("[DONE]"))})
		case "comments":
			for range 60 {
				parts = append(parts, part{500 * time.Millisecond, chunk(": still here\n\n")})
			}
		case "":
		default:
			parts = append(parts, part{wait(300), chunk(s)})
		}
	}
	if end {
		parts = append(parts, part{wait(20), "0\r\n\r\n"})
	}
	return parts, keep && end
}
