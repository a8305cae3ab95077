package e2e

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A stream that a crash cuts off is charged for what it had delivered, but for its last few hundred events. It is not charged
// its floor alone: a provider counts what it sent.
func TestLongStreamThenCrash(t *testing.T) {
	const events, output = 600, 2000 // nanodollars for each token
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "text/event-stream")
		for range events {
			fmt.Fprint(w, `data: {"id":"1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"word"}}]}`+"\n\n")
			w.(http.Flusher).Flush()
		}
		<-r.Context().Done()
	}))
	defer provider.Close()
	for path, body := range map[string]string{
		"/v1/chat/completions":   chatBody("m", `,"stream":true,"max_tokens":5000`),
		"/anthropic/v1/messages": chatBody("m", `,"stream":true,"max_tokens":5000`),
	} {
		t.Run(path, func(t *testing.T) {
			config, dir := budgeted(t, provider.URL, "1")
			g := serve(t, config)
			r, err := http.NewRequest("POST", g.url(path), strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("X-Api-Key", "secret-of-ci-0001")
			a, err := (&http.Client{Timeout: patience}).Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer a.Body.Close()
			lines := bufio.NewScanner(a.Body)
			for n := 0; n < events && lines.Scan(); {
				n += strings.Count(lines.Text(), `"word"`)
			}
			time.Sleep(100 * time.Millisecond) // the record is written when another one is, or after some milliseconds
			g.signal(syscall.SIGKILL)
			g = serve(t, config)
			g.stderr.has(t, "calls that had begun and not ended were charged for what is known of them")
			if spent, open := examine(t, dir); spent < events/2*output || spent > (events+1000)*output || open != 0 {
				t.Errorf("%d spent, %d open", spent, open)
			}
		})
	}
}
