package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// An asker sends one request to the admin API and returns the answer; a refusal is an
// error.
type asker func(method, path string, body any) (map[string]any, error)

// over asks a handler in this process.
func over(h http.Handler) asker {
	return func(method, path string, body any) (map[string]any, error) {
		r, err := request(method, path, body)
		if err != nil {
			return nil, err
		}
		r.RequestURI, r.RemoteAddr = path, "cli"
		w := &answer{head: http.Header{}, status: http.StatusOK}
		h.ServeHTTP(w, r)
		return understand(w.status, w.body.Bytes())
	}
}

// An answer records what a handler writes.
type answer struct {
	head   http.Header
	status int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header         { return a.head }
func (a *answer) WriteHeader(status int)      { a.status = status }
func (a *answer) Write(b []byte) (int, error) { return a.body.Write(b) }

// remote asks a running gateway.
func (k *keysRun) remote() (asker, error) {
	if k.token == "" {
		return nil, errors.New("a gateway wants its admin token: --token env.NAME, or file:/path")
	}
	token, err := refer(k.tools.Env, k.token)
	if err != nil {
		return nil, err
	}
	base := strings.TrimRight(k.admin, "/")
	client := &http.Client{Timeout: askTime, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }} // following would send the token elsewhere
	return func(method, path string, body any) (map[string]any, error) {
		r, err := request(method, base+path, body)
		if err != nil {
			return nil, err
		}
		r.Header.Set("Authorization", "Bearer "+token)
		answer, err := client.Do(r)
		if err != nil {
			return nil, fmt.Errorf("cannot ask %s: %w", base, errors.Unwrap(err))
		}
		defer answer.Body.Close()
		b, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
		if err != nil {
			return nil, fmt.Errorf("cannot ask %s: its answer broke off: %w", base, err)
		}
		return understand(answer.StatusCode, b)
	}, nil
}

func request(method, to string, body any) (*http.Request, error) {
	var b bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&b).Encode(body); err != nil {
			return nil, err
		}
	}
	r, err := http.NewRequestWithContext(context.Background(), method, to, &b)
	if err != nil {
		return nil, fmt.Errorf("cannot ask %q: it is no address", to)
	}
	r.Header.Set("Content-Type", "application/json")
	return r, nil
}

// understand parses an answer.
func understand(status int, b []byte) (map[string]any, error) {
	var out map[string]any
	if err := json.Unmarshal(b, &out); err != nil {
		return nil, fmt.Errorf("what answers is no admin API: status %d", status)
	}
	if status != http.StatusOK {
		e, _ := out["error"].(map[string]any)
		if message, _ := e["message"].(string); message != "" {
			return nil, errors.New(message)
		}
		return nil, fmt.Errorf("refused with status %d", status)
	}
	return out, nil
}
