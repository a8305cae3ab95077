package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"reflect"
	"strings"

	"asbru/e2e/clients/replay"
)

// An answer is a reply read to its end.
type answer struct {
	status int
	kind   string // Content-Type
	body   []byte
}

// compareRecorded sends every recorded request raw, directly and through, in
// every way its answer can be cut.
func compareRecorded(s *score, vendor string, cases []*replay.Case, direct, through string) {
	apis := make(map[string][]*replay.Case)
	var order []string
	for _, c := range cases {
		name := "recorded " + vendor + " " + c.API
		if c.Stream {
			name += ", streamed"
		}
		if apis[name] == nil {
			order = append(order, name)
		}
		apis[name] = append(apis[name], c)
	}
	for _, name := range order {
		s.begin(name)
		for _, c := range apis[name] {
			for _, cut := range c.Cuts(smallStream) {
				s.check(c.ID+" "+cut, compareCase(c, cut, direct, through))
			}
		}
	}
	s.end()
}

func compareCase(c *replay.Case, cut, direct, through string) error {
	want, err := send(c, cut, direct)
	if err != nil {
		return fmt.Errorf("direct: %w", err)
	}
	got, err := send(c, cut, through)
	if err != nil {
		return fmt.Errorf("through: %w", err)
	}
	if c.Response.RefusesKey() {
		return hidden(got)
	}
	if c.API == "embeddings" && got.status == want.status && sameJSON(got.body, want.body) {
		return nil // written anew where one provider's two ways of asking differ
	}
	if got.status != want.status || got.kind != want.kind {
		return fmt.Errorf("direct %d %s, through %d %s: %.300s", want.status, want.kind, got.status, got.kind, got.body)
	}
	return equal(want.body, got.body)
}

// sameJSON reports whether two texts are the same JSON.
func sameJSON(a, b []byte) bool {
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && reflect.DeepEqual(x, y)
}

// hidden checks what becomes of a provider that refuses asbru's own credential:
// its text may quote the key, and is of no use to the client.
func hidden(got answer) error {
	if got.status != http.StatusBadGateway || !bytes.Contains(got.body, []byte("every target failed")) {
		return fmt.Errorf("want 502 and that every target failed, got %d %.300s", got.status, got.body)
	}
	return nil
}

func send(c *replay.Case, cut, base string) (a answer, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), askWait)
	defer cancel()
	body, kind := requestBody(c)
	path, query, _ := strings.Cut(c.Request.Path, "?")
	q, err := url.ParseQuery(query)
	if err != nil {
		return a, err
	}
	q.Set("case", c.ID)
	q.Set("cut", cut)
	r, err := http.NewRequestWithContext(ctx, c.Request.Method, base+path+"?"+q.Encode(), bytes.NewReader(body))
	if err != nil {
		return a, err
	}
	r.Header.Set("Authorization", "Bearer "+virtualKey)
	r.Header.Set("X-Bf-Eh-X-Case", c.ID) // where a request is written anew its query stays behind
	r.Header.Set("X-Bf-Eh-X-Cut", cut)
	if v := c.Request.Header["anthropic-version"]; v != "" {
		r.Header.Set("Anthropic-Version", v)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return a, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header.Get("Content-Type"), b}, err
}

// requestBody is the recorded body; multipart ones are made anew, since only
// their fields were recorded.
func requestBody(c *replay.Case) (body []byte, kind string) {
	if len(c.Request.Raw) > 0 {
		return c.Request.Raw, "application/json"
	}
	if len(c.Request.Multipart) == 0 {
		return nil, ""
	}
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, p := range c.Request.Multipart {
		if p.Filename == "" {
			w.WriteField(p.Name, p.Value)
		} else if part, err := w.CreateFormFile(p.Name, p.Filename); err == nil {
			part.Write(bytes.Repeat([]byte("asbru\r\n--"), 20_000))
		}
	}
	w.Close()
	return b.Bytes(), w.FormDataContentType()
}
