package e2e

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Clients of every dialect reach every provider, on both lanes, and over HTTP/2.
func TestEveryDialectReachesEveryProvider(t *testing.T) {
	up, config := vendors(t)
	lanes(t, private(config), func(t *testing.T, g *gateway) {
		two := h2(nil)
		defer two.CloseIdleConnections()
		for _, c := range []*http.Client{client(), two} {
			for i := range forms {
				for _, target := range targets {
					reaches(t, g, c, &forms[i], target+"text")
				}
			}
		}
		for _, r := range up.Take() {
			if r.Status != 200 || !strings.Contains(string(r.Body), "Be brief.") || !strings.Contains(string(r.Body), "Hello") {
				t.Errorf("%s got %s and answered %d", r.Family, r.Body, r.Status)
			}
		}
	})
}

func reaches(t *testing.T, g *gateway, c *http.Client, f *form, model string) {
	t.Helper()
	path, body := f.request(model, false)
	a, err := try(c, "POST", g.url(path), body)
	if err != nil || a.status != 200 || !json.Valid([]byte(a.body)) || !strings.Contains(a.body, "Тест 😀\\nBye.") {
		t.Errorf("%s to %s: %v %d %s", f.name, model, err, a.status, a.body)
	}
	path, body = f.request(model, true)
	a, err = try(c, "POST", g.url(path), body)
	if err != nil || a.status != 200 || !strings.Contains(a.body, "Bye.") || !strings.Contains(a.body, f.end) {
		t.Errorf("%s to %s, streamed: %v %d %s", f.name, model, err, a.status, a.body)
	}
}

// A stream that the provider cuts within an event, ends without a terminator, or breaks off with an error does not look complete to
// any client.
func TestTranslatedStreamIsCut(t *testing.T) {
	_, config := vendors(t)
	lanes(t, private(config), func(t *testing.T, g *gateway) {
		for i := range forms {
			f := &forms[i]
			for _, target := range targets {
				for _, scenario := range []string{"cut", "cut-clean", "error-stream"} {
					path, body := f.request(target+scenario, true)
					a, err := try(client(), "POST", g.url(path), body)
					whole := strings.Contains(a.body, f.end)
					told := err != nil || strings.Contains(strings.ToLower(a.body), "error") || strings.Contains(a.body, "xception")
					alike := f.name == "responses" || strings.HasPrefix(target, f.name) // gets the provider's bytes
					if whole || !told && !alike {
						t.Errorf("%s to %s: it looks whole (%v): %s", f.name, target+scenario, err, a.body)
					}
				}
			}
		}
	})
}

// A client that reads slowly gets all of a translated stream.
func TestSlowClientOfATranslation(t *testing.T) {
	_, config := vendors(t)
	lanes(t, private(config), func(t *testing.T, g *gateway) {
		path, body := forms[0].request("anthropic/claude-sonnet-4-5-long", true)
		conn, err := net.Dial("tcp", g.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if err := conn.(*net.TCPConn).SetReadBuffer(4 << 10); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", path, len(body), body)
		slow := &sipping{conn: conn, sips: 40}
		resp, err := http.ReadResponse(bufio.NewReaderSize(slow, 512), nil)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(resp.Body)
		if err != nil || !strings.HasSuffix(string(b), forms[0].end) {
			t.Fatalf("%v after %d bytes: %.300s", err, len(b), b[max(0, len(b)-300):])
		}
		for i := range 2000 {
			if !strings.Contains(string(b), fmt.Sprintf("word%d ", i)) {
				t.Fatalf("word%d is missing", i)
			}
		}
	})
}

// sipping waits before each of its first reads.
type sipping struct {
	conn net.Conn
	sips int
}

func (s *sipping) Read(p []byte) (int, error) {
	if s.sips--; s.sips > 0 {
		time.Sleep(10 * time.Millisecond)
	}
	return s.conn.Read(p)
}

// A client that hangs up ends the call to the provider also if its answer is translated.
func TestHangUpEndsATranslation(t *testing.T) {
	up, config := vendors(t)
	lanes(t, private(config), func(t *testing.T, g *gateway) {
		two := h2(nil)
		defer two.CloseIdleConnections()
		for name, c := range map[string]*http.Client{"HTTP/1.1": client(), "HTTP/2": two} {
			for _, target := range targets {
				up.Take()
				path, body := forms[2].request(target+"slow", true)
				resp, err := c.Post(g.url(path), "application/json", strings.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				if _, err := bufio.NewReader(resp.Body).ReadString('\n'); err != nil {
					t.Errorf("%s, %s: %v", name, target, err)
				}
				left := time.Now()
				resp.Body.Close()
				await(t, "the provider to be told", func() bool {
					all := up.Requests()
					return len(all) == 1 && all[0].Gone
				}, func() string { return name + " " + target })
				t.Logf("%s, %s: told after %v", name, target, time.Since(left))
			}
		}
	})
}

// With one alias for two providers of different formats, the second one answers if the first fails, for clients of every format.
func TestFallbackSpeaksAnotherDialect(t *testing.T) {
	up, config := vendors(t)
	config = private(config) + `models:
  - {alias: sure, provider: anthropic, model: claude-sonnet-4-5-error-503, fallback: [openai/gpt-5-text], breaker: {off: true}, retry: {share: 2, per_second: 1000}}
  - {alias: surer, provider: openai, model: gpt-5-error-500, fallback: [gemini/gemini-2.5-pro-error-500, bedrock/us.anthropic.claude-sonnet-4-5-text], breaker: {off: true}, retry: {share: 2, per_second: 1000}}
  - {alias: wrong, provider: anthropic, model: claude-sonnet-4-5-error-400, fallback: [openai/gpt-5-text]}
`
	lanes(t, config, func(t *testing.T, g *gateway) {
		for i := range forms {
			for alias, asked := range map[string]string{"sure": "anthropic openai", "surer": "openai gemini converse"} {
				if forms[i].name == "responses" {
					asked = strings.Replace(asked, "openai", "responses", 1)
				}
				for _, stream := range []bool{false, true} {
					up.Take()
					path, body := forms[i].request(alias, stream)
					a, err := try(client(), "POST", g.url(path), body)
					var got []string
					for _, r := range up.Take() {
						got = append(got, r.Family)
					}
					if err != nil || a.status != 200 || !strings.Contains(a.body, "Bye.") || strings.Join(got, " ") != asked {
						t.Errorf("%s for %s, stream %v: %v %d %s; asked %q, want %s", forms[i].name, alias, stream, err, a.status, a.body, got, asked)
					}
				}
			}
		}
		up.Take()
		if a := chat(t, g, "wrong", ""); a.status != 400 || len(up.Take()) != 1 {
			t.Errorf("the client's own mistake: %d %s", a.status, a.body)
		}
	})
}
