package main

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"
)

var noUsage = []byte(`"usage":null,`)

// compareCurl runs curl with several kinds of requests, directly and through.
func (t *tools) compareCurl(s *score, p *pair) {
	big := `{"model":"mock-id-1","messages":[{"role":"user","content":"` + strings.Repeat("asbru ", 300_000) + `"}]}`
	plain := `{"model":"mock-id-1","messages":[{"role":"user","content":"Hi"}]}`
	stream := `{"model":"mock-id-1","stream":true,"messages":[{"role":"user","content":"Hi"}]}`
	usage := `{"model":"mock-id-1","stream":true,"stream_options":{"include_usage":true},"messages":[]}`
	f := func(what, path, body string, args ...string) {
		want, err := t.ask(p.direct.base+path, body, args)
		if err != nil {
			s.check(what, fmt.Errorf("direct: %w", err))
			return
		}
		got, err := t.ask(p.gate.base+path, body, args)
		if err != nil {
			s.check(what, fmt.Errorf("through: %w", err))
			return
		}
		// Asked for usage by asbru, a provider puts a null into each chunk.
		s.check(what, equal(bytes.ReplaceAll(want, noUsage, nil), bytes.ReplaceAll(got, noUsage, nil)))
	}
	f("chat", "/v1/chat/completions", plain)
	f("stream", "/v1/chat/completions", stream)
	f("stream with usage", "/v1/chat/completions", usage)
	f("a body that waits for 100 Continue", "/v1/chat/completions", big)
	f("a chunked body", "/v1/chat/completions", plain, "-H", "Transfer-Encoding: chunked")
	f("an answer of 1 MB", "/v1/chat/completions", strings.Replace(plain, "id-1", "id-1+bytes-1000000", 1))
	f("404", "/v1/chat/completions", strings.Replace(plain, "id-1", "status-404+id-1", 1))
	f("an empty answer", "/v1/chat/completions", strings.Replace(plain, "id-1", "empty+id-1", 1))
	s.check("HTTP/2 through", t.sameOverH2(p.gate.base, stream))
}

// ask returns the status, the content type and the body.
func (t *tools) ask(url, body string, args []string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), askWait)
	defer cancel()
	args = append([]string{"-sS", "-N", "--noproxy", "*", "-H", "Authorization: Bearer " + virtualKey, "-H", "Content-Type: application/json",
		"-w", "\n%{http_code} %{content_type}", "--data-binary", "@-", url}, args...)
	c := exec.CommandContext(ctx, t.curl, args...)
	var errs bytes.Buffer
	c.Stdin, c.Stderr, c.Env = strings.NewReader(body), &errs, environ()
	out, err := c.Output()
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, errs.String())
	}
	return out, nil
}

// sameOverH2 compares HTTP/1.1 and HTTP/2, which the stand-in does not speak.
func (t *tools) sameOverH2(base, body string) error {
	one, err := t.ask(base+"/v1/chat/completions", body, nil)
	if err != nil {
		return err
	}
	two, err := t.ask(base+"/v1/chat/completions", body, []string{"--http2-prior-knowledge"})
	if err != nil {
		return err
	}
	return equal(one, two)
}
