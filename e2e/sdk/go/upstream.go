package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// upstream is the provider behind asbru, which tells what it received.
type upstream struct{ base string }

// A received is one request as the provider got it.
type received struct {
	Method, Path, Raw, Body, Family, Model string
	Headers                                http.Header
	Stream, Gone                           bool
	Status                                 int
}

// take returns what the provider received since the last take.
func (u upstream) take() ([]received, error) { return u.get("/__requests") }

func (u upstream) get(path string) (all []received, err error) {
	resp, err := http.Get(u.base + path)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err == nil {
		err = json.Unmarshal(b, &all)
	}
	return all, err
}

// left waits until the provider has seen that the client of its last request is gone.
func (u upstream) left() error {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		all, err := u.get("/__requests?keep")
		if err != nil {
			return err
		}
		if len(all) > 0 && all[len(all)-1].Gone {
			return nil
		}
	}
	return fmt.Errorf("the provider was not told within %v that the client is gone", patience)
}

// holds reports whether all parts are in the body, in any way JSON can write them.
func (r *received) holds(parts ...string) error {
	var v any
	if err := json.Unmarshal([]byte(r.Body), &v); err != nil {
		return fmt.Errorf("the provider received no JSON: %w", err)
	}
	var b bytes.Buffer
	flatten(&b, v)
	for _, p := range parts {
		if !bytes.Contains(b.Bytes(), []byte(p)) {
			return fmt.Errorf("the provider did not receive %q: %.600s", p, r.Body)
		}
	}
	return nil
}

// flatten writes the strings and names of v.
func flatten(b *bytes.Buffer, v any) {
	switch v := v.(type) {
	case string:
		b.WriteString(v + "\n")
	case []any:
		for _, e := range v {
			flatten(b, e)
		}
	case map[string]any:
		for name, e := range v {
			b.WriteString(name + "\n")
			flatten(b, e)
		}
	}
}
