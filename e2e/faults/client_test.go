package faults

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// An answer is what the client saw of one exchange.
type answer struct {
	status int
	kind   string
	body   string
	err    error // from reading the body
	took   time.Duration

	words       strings.Builder
	text        string // the text of the answer
	terminators int
	errors      int
	roles       int
	events      int
}

const question = `{"model":"t0","messages":[{"role":"user","content":"hi"}]`

func ask(t testing.TB, c *http.Client, addr string, stream bool) *answer {
	t.Helper()
	body := question + "}"
	if stream {
		body = question + `,"stream":true}`
	}
	return askWith(t, c, "http://"+addr+"/v1/chat/completions", body)
}

func askWith(t testing.TB, c *http.Client, url, body string) (a *answer) {
	t.Helper()
	start := time.Now()
	res, err := c.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		return &answer{err: err, took: time.Since(start)}
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	a = &answer{status: res.StatusCode, kind: res.Header.Get("Content-Type"), body: string(b), err: err, took: time.Since(start)}
	a.read()
	return a
}

// read parses the answer.
func (a *answer) read() {
	defer func() { a.text = a.words.String() }()
	if !strings.HasPrefix(a.kind, "text/event-stream") {
		var v struct {
			Choices []struct{ Message struct{ Content string } }
			Error   any
		}
		if json.Unmarshal([]byte(a.body), &v) != nil {
			return
		}
		if v.Error != nil {
			a.errors++
		}
		for _, c := range v.Choices {
			a.words.WriteString(c.Message.Content)
			a.events++
		}
		return
	}
	for _, block := range strings.Split(strings.ReplaceAll(a.body, "\r\n", "\n"), "\n\n") {
		for _, line := range strings.Split(block, "\n") {
			if data, ok := strings.CutPrefix(line, "data: "); ok {
				a.event(data)
			}
		}
	}
}

func (a *answer) event(data string) {
	a.events++
	if data == "[DONE]" {
		a.terminators++
		return
	}
	var v struct {
		Type    string
		Error   any
		Delta   struct{ Text string }
		Choices []struct {
			Delta struct{ Role, Content string }
		}
	}
	if json.Unmarshal([]byte(data), &v) != nil {
		return
	}
	if v.Error != nil {
		a.errors++
	}
	if v.Type == "message_stop" {
		a.terminators++
	}
	a.words.WriteString(v.Delta.Text)
	for _, c := range v.Choices {
		a.words.WriteString(c.Delta.Content)
		if c.Delta.Role != "" {
			a.roles++
		}
	}
}

// from returns whose answer it is, and fails if the text is not the beginning of exactly one
// provider's.
func (a *answer) from(t testing.TB) (who string) {
	t.Helper()
	for i, word := range strings.Fields(a.text) {
		name, n, ok := strings.Cut(word, "-")
		if strings.HasPrefix(word, "yyyy") && ok == false {
			continue // padding
		}
		if who == "" {
			who = name
		}
		if name != who || n != fmt.Sprint(i) {
			t.Errorf("word %d is %.40q: the text is not from one provider", i, word)
			return who
		}
	}
	return who
}

// invariant checks what holds for every answer.
func (a *answer) invariant(t testing.TB) {
	t.Helper()
	a.from(t)
	if a.terminators > 1 || a.errors > 1 || a.terminators > 0 && a.errors > 0 {
		t.Errorf("%d terminators and %d errors: %.600s", a.terminators, a.errors, a.body)
	}
	if strings.Contains(a.body, "played-secret") {
		t.Errorf("a credential is in the answer: %.600s", a.body)
	}
}
