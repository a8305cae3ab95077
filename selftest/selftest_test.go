package selftest

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"asbru/bench/standin"
)

// A liar is a gateway from OpenAI's format to itself that changes what passes.
type liar struct {
	direct  string
	request func(b []byte) []byte
	reply   func(b []byte) []byte
}

func (l *liar) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	b = bytes.Replace(b, []byte(`"model":"openai/`), []byte(`"model":"`), 1)
	if l.request != nil {
		b = l.request(b)
	}
	q, err := http.NewRequest("POST", l.direct+r.URL.Path, bytes.NewReader(b))
	if err != nil {
		panic(err)
	}
	q.Header.Set("Authorization", "Bearer k")
	resp, err := http.DefaultClient.Do(q)
	if err != nil {
		w.WriteHeader(502)
		io.WriteString(w, `{"error":{"message":"the provider is gone","type":"x"}}`)
		return
	}
	defer resp.Body.Close()
	for name, values := range resp.Header {
		if name != "Content-Length" {
			w.Header()[name] = values
		}
	}
	b, err = io.ReadAll(resp.Body)
	if l.reply != nil {
		b = l.reply(b)
	}
	w.WriteHeader(resp.StatusCode)
	w.Write(b)
	if err != nil {
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
}

// through runs the matrix of OpenAI's format through l.
func through(t *testing.T, l *liar, scenarios ...string) []Cell {
	t.Helper()
	s := standin.New(standin.Options{})
	up := httptest.NewServer(s)
	t.Cleanup(up.Close)
	l.direct = up.URL
	gw := httptest.NewServer(l)
	t.Cleanup(gw.Close)
	cells, err := Run(context.Background(), Options{Base: gw.URL, Provider: s, Direct: up.URL, Doors: []string{"openai"}, Upstreams: []string{"openai"}, Scenarios: scenarios})
	if err != nil {
		t.Fatal(err)
	}
	return cells
}

func TestHonest(t *testing.T) {
	cells := through(t, &liar{})
	if len(cells) < 2*len(Scenarios())-1 {
		t.Errorf("%d cells", len(cells))
	}
	for _, c := range cells {
		if c.Grade != Lossless {
			t.Error(c.String())
		}
	}
}

// What a gateway does wrong is seen, in the scenarios that are about it.
func TestTeeth(t *testing.T) {
	f := func(name string, l *liar, says string, scenarios ...string) {
		t.Helper()
		for _, c := range through(t, l, scenarios...) {
			if c.Grade != Failed || !strings.Contains(c.String(), says) {
				t.Errorf("%s: %s, want %q", name, c.String(), says)
			}
		}
	}
	swap := func(old, new string) func([]byte) []byte {
		return func(b []byte) []byte { return bytes.ReplaceAll(b, []byte(old), []byte(new)) }
	}
	f("a word of the user", &liar{request: swap("exact", "vague")}, "exact", "text", "tools", "images")
	f("the system prompt", &liar{request: swap(`"role":"system"`, `"role":"user"`)}, "system", "text")
	f("an enum", &liar{request: swap(`"kelvin"`, `"rankine"`)}, "tool get_weather", "tools", "parallel tools", "reasoning")
	f("a byte of an image", &liar{request: swap("iVBOR", "iVBOS")}, "image/png", "images")
	f("a required member", &liar{request: swap(`"required":["city","kind","places"]`, `"required":["city"]`)}, "refuses with 400", "schema")
	f("the limit", &liar{request: swap(`"max_completion_tokens":4000`, `"max_completion_tokens":40`)}, "max is 40", "text", "usage")
	f("the result's id", &liar{request: swap(`"tool_call_id":"call_si000001"`, `"tool_call_id":"call_si000002"`)}, "", "tools")
	f("the text", &liar{reply: swap("mild", "wild")}, "mild", "text", "usage")
	f("the arguments", &liar{reply: swap(`celsius`, `kelvin`)}, "celsius", "tools")
	f("the finish", &liar{reply: swap(`"length"`, `"stop"`)}, "finish", "length")
	f("the cached tokens", &liar{reply: swap(`"cached_tokens":80`, `"cached_tokens":0`)}, "loses usage cached", "usage")
	f("the citation", &liar{reply: swap("https://example.com/paris", "https://example.com/rome")}, "paris", "citations")
	f("the error", &liar{reply: swap("Rate limit reached", "No")}, "Rate limit reached", "error")
	end := func(b []byte) []byte {
		if bytes.HasPrefix(b, []byte("data: ")) && !bytes.HasSuffix(b, []byte("data: [DONE]\n\n")) {
			b = append(b, "\n\ndata: [DONE]\n\n"...)
		}
		return b
	}
	for _, c := range through(t, &liar{reply: end}, "cut stream", "unfinished stream", "broken stream") {
		if c.Stream && c.Grade != Failed {
			t.Errorf("an end that was made up: %s", c.String())
		}
	}
}

func TestCompare(t *testing.T) {
	a := Cell{Door: "openai", Upstream: "gemini", Scenario: "text", Grade: Lossless}
	b := a
	b.lose("request loses %s", "cache")
	if d := Compare([]Cell{a}, []Cell{a}, true); len(d) != 0 {
		t.Errorf("the same differs: %q", d)
	}
	if d := Compare([]Cell{b}, []Cell{a}, true); len(d) != 1 || !strings.Contains(d[0], "openai → gemini, text, unary: lossy (request loses cache)") {
		t.Errorf("a loss: %q", d)
	}
	if d := Compare(nil, []Cell{a}, true); len(d) != 1 || !strings.HasPrefix(d[0], "gone: ") {
		t.Errorf("a cell that is gone: %q", d)
	}
	if d := Compare(nil, []Cell{a}, false); len(d) != 0 {
		t.Errorf("a part of the matrix: %q", d)
	}
	if d := Compare([]Cell{a}, nil, true); len(d) != 1 || !strings.HasPrefix(d[0], "new: ") {
		t.Errorf("a new cell: %q", d)
	}
	b.fail("wrong")
	b.lose("more")
	if b.Grade != Failed || b.Notes[len(b.Notes)-1] != "wrong" {
		t.Errorf("a failure: %s", b.String())
	}
	var w bytes.Buffer
	Print(&w, []Cell{a, b})
	if s := w.String(); !strings.Contains(s, "FAIL") || !strings.Contains(s, "2 cells: 1 lossless, 0 lossy, 0 refused, 1 failed") {
		t.Errorf("printed: %s", s)
	}
}
