package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// An entry is one request as the stand-in provider received it.
type entry struct {
	Event   string
	Method  string
	Target  string
	Headers [][2]string
	Body    string // the first 64 KiB
	Body64  string // instead, if that is not text
	Bytes   int    `json:"body_bytes"`
	Sum     string `json:"body_sha256"`
}

func (e *entry) header(name string) string {
	for _, h := range e.Headers {
		if strings.EqualFold(h[0], name) {
			return h[1]
		}
	}
	return ""
}

// compareJournals compares what two providers received, request by request.
// Cases that only a gateway knows come after the common ones.
func compareJournals(s *score, direct, through string) {
	want, err := readJournal(direct)
	s.check("journal", err)
	got, err := readJournal(through)
	s.check("journal", err)
	if len(got) < len(want) {
		s.check("requests", fmt.Errorf("the provider behind asbru received %d, the other %d", len(got), len(want)))
		return
	}
	for i := range want {
		s.check(fmt.Sprintf("request %d, %s %s", i+1, want[i].Method, want[i].Target), compareEntry(want[i], got[i]))
	}
}

func readJournal(file string) (all []entry, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	in := bufio.NewScanner(f)
	in.Buffer(nil, maxLine)
	for in.Scan() {
		var e entry
		if err := json.Unmarshal(in.Bytes(), &e); err != nil {
			return nil, err
		}
		if e.Event == "request" {
			all = append(all, e)
		}
	}
	if len(all) == 0 && in.Err() == nil {
		return nil, fmt.Errorf("%s names no request", file)
	}
	return all, in.Err()
}

func compareEntry(want, got entry) error {
	if want.Method != got.Method || want.Target != got.Target {
		return fmt.Errorf("through asbru it is %s %s", got.Method, got.Target)
	}
	if auth := got.header("Authorization"); auth != "Bearer "+upstreamKey {
		return fmt.Errorf("the provider was sent the credential %q", auth)
	}
	if a, b := plainType(want), plainType(got); a != b {
		return fmt.Errorf("Content-Type %q, directly %q", b, a)
	}
	if want.Sum == got.Sum {
		return nil
	}
	if strings.Contains(want.header("Content-Type"), "multipart/") {
		return equal(unbound(want), unbound(got))
	}
	return equal(unasked(want), unasked(got))
}

// plainType is the content type without a multipart boundary, which is random.
func plainType(e entry) string {
	t, _, _ := strings.Cut(e.header("Content-Type"), "boundary=")
	return t
}

// unbound is a multipart body with one boundary for all.
func unbound(e entry) []byte {
	_, boundary, _ := strings.Cut(e.header("Content-Type"), "boundary=")
	return []byte(strings.ReplaceAll(e.Body, strings.Trim(boundary, `"`), "BOUNDARY"))
}

// unasked is a body without include_usage, which asbru asks for. Everything else
// keeps its bytes.
func unasked(e entry) []byte {
	body := strings.Replace(e.Body, `{"include_usage":false}`, `{"include_usage":true}`, 1)
	for _, asked := range []string{`"stream_options":{"include_usage":true},`, `,"stream_options":{"include_usage":true}`} {
		body = strings.Replace(body, asked, "", 1)
	}
	if e.Bytes > len(e.Body) {
		body = body[:min(len(body), keptBytes)] // the end was not kept
	}
	return []byte(body)
}
