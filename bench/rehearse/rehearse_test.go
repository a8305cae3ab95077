package rehearse

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"asbru/bench/leak"
)

func TestMain(m *testing.M) { os.Exit(leak.Run(m)) }

// provider answers what it is asked, in pieces, and quotes the caller's key when it is told to fail.
func provider(t *testing.T) (dial func(context.Context) (net.Conn, error)) {
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		if strings.Contains(string(b), "fail") {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Openai-Organization", "org-secret")
			w.WriteHeader(401)
			fmt.Fprintf(w, `{"error":{"message":"wrong key %s"}}`, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		for i := range 3 {
			time.Sleep(30 * time.Millisecond)
			fmt.Fprintf(w, "data: %d %s\n\n", i, b)
			flush(w)
		}
		if strings.Contains(string(b), "cut") {
			panic(http.ErrAbortHandler)
		}
	}))
	t.Cleanup(up.Close)
	return func(ctx context.Context) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "tcp", up.Listener.Addr().String())
	}
}

func serve(t *testing.T, word string, o Options) *http.Client {
	t.Helper()
	w, err := ParseWord(word)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Check(); err != nil {
		t.Fatal(err)
	}
	if o.Tell == nil {
		o.Tell = func(s string) { t.Log(s) }
	}
	s := New(w, o)
	tr := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return s.Dial(ctx) }}
	t.Cleanup(func() { tr.CloseIdleConnections(); s.Close() })
	return &http.Client{Transport: tr, Timeout: 10 * time.Second}
}

func ask(t *testing.T, c *http.Client, body string) (status int, got string, took time.Duration, err error) {
	t.Helper()
	q, _ := http.NewRequest("POST", "http://api.example.com/v1/chat/completions?key=AIzaSecretSecretSecretSecret", strings.NewReader(body))
	q.Header.Set("Authorization", "Bearer sk-live-0123456789abcdef")
	began := time.Now()
	a, err := c.Do(q)
	if err != nil {
		return 0, "", time.Since(began), err
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	return a.StatusCode, string(b), time.Since(began), err
}

// What was recorded comes back with its pieces, its time and its end, and holds no secret.
func TestRecordThenReplay(t *testing.T) {
	tape := filepath.Join(t.TempDir(), "tape.jsonl")
	asks := []string{`{"model":"a","stream":true}`, `{"model":"a","stream":true,"cut":1}`, `{"model":"a","fail":1}`}
	type said struct {
		status int
		text   string
		cut    bool
	}
	var want []said
	t.Run("record", func(t *testing.T) {
		c := serve(t, "record:"+tape, Options{Dial: provider(t)})
		for _, a := range asks {
			status, text, _, err := ask(t, c, a)
			want = append(want, said{status, scrub(text), err != nil})
		}
	})
	b, err := os.ReadFile(tape)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"sk-live", "AIzaSecret", "org-secret"} {
		if strings.Contains(string(b), secret) {
			t.Errorf("the tape holds %q: %s", secret, b)
		}
	}
	if n := strings.Count(string(b), "\n"); n != len(asks) {
		t.Fatalf("%d lines on the tape: %s", n, b)
	}
	c := serve(t, "replay:"+tape, Options{})
	for i, a := range asks {
		status, text, took, err := ask(t, c, a)
		if got := (said{status, text, err != nil}); got != want[i] {
			t.Errorf("%s: %+v, recorded %+v (%v)", a, got, want[i], err)
		}
		if i == 0 && took < 60*time.Millisecond {
			t.Errorf("played in %v: not at its pace", took)
		}
	}
	c = serve(t, "replay:"+tape+"?speed=0", Options{})
	if status, text, _, _ := ask(t, c, `{"model":"a","stream":true,"other":1}`); status != 200 || !strings.HasPrefix(text, "data: 0") {
		t.Errorf("a request of the same model and kind: %d %s", status, text)
	}
	if status, _, _, _ := ask(t, c, `{"model":"never","stream":false,"path":"same"}`); status != 401 {
		t.Errorf("a request of another model: %d", status)
	}
}

// own answers without a provider.
var own = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "application/json")
	text := strings.Repeat("0123456789", 10)
	w.Header().Set("Content-Length", fmt.Sprint(len(text)))
	io.WriteString(w, text)
})

// Each action does what it says, at the byte that it says.
func TestChaos(t *testing.T) {
	f := func(script string, check func(status int, text string, took time.Duration, err error) bool) {
		t.Helper()
		file := filepath.Join(t.TempDir(), "script")
		if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
			t.Fatal(err)
		}
		c := serve(t, "chaos:"+file, Options{Own: own})
		c.Timeout = 2 * time.Second
		status, text, took, err := ask(t, c, `{"model":"a"}`)
		if !check(status, text, took, err) {
			t.Errorf("%s: %d %q in %v, %v", script, status, text, took, err)
		}
	}
	f("# nothing\n", func(s int, text string, _ time.Duration, err error) bool {
		return s == 200 && len(text) == 100 && err == nil
	})
	f("model b: status 500", func(s int, _ string, _ time.Duration, _ error) bool { return s == 200 })
	f("stream: status 500", func(s int, _ string, _ time.Duration, _ error) bool { return s == 200 })
	f("unary, model a: status 503, header Retry-After 2", func(s int, text string, _ time.Duration, _ error) bool {
		return s == 503 && strings.Contains(text, "503")
	})
	f("always: delay 150ms", func(s int, text string, took time.Duration, err error) bool {
		return s == 200 && len(text) == 100 && took >= 150*time.Millisecond && err == nil
	})
	f("always: cut 37", func(s int, text string, _ time.Duration, err error) bool { return len(text) == 37 && err != nil })
	f("always: reset 40", func(s int, text string, _ time.Duration, err error) bool { return err != nil })
	f("always: stall 20 200ms", func(s int, text string, took time.Duration, err error) bool {
		return len(text) == 100 && took >= 200*time.Millisecond && err == nil
	})
	f("always: stall 20", func(s int, text string, took time.Duration, err error) bool { return len(text) == 20 && err != nil })
	f("always: excess 5", func(s int, text string, _ time.Duration, err error) bool {
		return len(text) == 100 && err == io.ErrUnexpectedEOF
	})
	f("always: garbage", func(s int, _ string, _ time.Duration, err error) bool { return s == 0 && err != nil })
	f("always: hang", func(s int, _ string, _ time.Duration, err error) bool { return s == 0 && err != nil })
	f("always: drip 1ms", func(s int, text string, took time.Duration, err error) bool {
		return len(text) == 100 && took > 100*time.Millisecond && err == nil
	})
}

// Counts and shares decide as the script says, the same with each run of a seed.
func TestChaosConditions(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		s, err := parse(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for range len(want) {
			got += map[bool]string{true: "x", false: "."}[s.rule(Ask{Model: "a", Path: "/v1/x"}) != nil]
		}
		if got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	f("first 2: hang", "xx....")
	f("every 3: hang", "..x..x")
	f("path /v2: hang", "....")
	f("path /v1: hang", "xxxx")
	s, _ := parse(strings.NewReader("seed 7\n25%: hang"))
	n := 0
	for range 4000 {
		if s.rule(Ask{}) != nil {
			n++
		}
	}
	if n < 850 || n > 1150 {
		t.Errorf("a quarter of 4000 is %d", n)
	}
	for _, bad := range []string{"hang", "150%: hang", "sometimes: hang", "always: explode", "always: cut x", "always: stall 3 soon", "always: status 42", "first 0: hang", "seed x"} {
		if _, err := parse(strings.NewReader(bad)); err == nil || !strings.Contains(err.Error(), "line 1") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestParseWord(t *testing.T) {
	for _, bad := range []string{"", "replay", "replay:", "play:x", "replay:x?speed=-1", "replay:x?over=live", "chaos:x?over=dead", "record:x?speed=1"} {
		if _, err := ParseWord(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	if w, err := ParseWord("replay:a/b?speed=2.5"); err != nil || w.File != "a/b" || w.Fast != 2.5 {
		t.Errorf("%+v, %v", w, err)
	}
}

func FuzzScript(f *testing.F) {
	f.Add("seed 1\n30%, first 2: status 503, header Retry-After 2\nalways: stall 5 1s, cut 9\n")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := parse(strings.NewReader(text))
		if err == nil {
			s.rule(Ask{Model: "a"})
		}
	})
}

func FuzzTape(f *testing.F) {
	f.Add(`{"ask":{"method":"POST","path":"/v1"},"answer":{"status":200,"after":"1ms","pieces":[{"text":"a"},{"base64":"AA=="}]}}`)
	f.Fuzz(func(t *testing.T, text string) { ReadTape(bufio.NewReader(strings.NewReader(text))) })
}
