package hotpath

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"testing"

	"asbru/hotpath/ws"
)

// sharedRows reads rows that were written after the RFC by others.
func sharedRows(t *testing.T, name string, row func(line []byte)) {
	raw, err := os.ReadFile("../../shared/data/protocol/ws/" + name)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("ws/" + name + " is not beside this repository; TestSocketRefused and TestSocketEnds cover its classes")
	}
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(raw) {
		row(line)
	}
}

// TestSharedHandshakes asks for WebSockets as the rows say.
func TestSharedHandshakes(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		r, _ := socketRig(t, loops, func(k *talker, q *http.Request) { k.echo() })
		sharedRows(t, "handshakes.jsonl", func(line []byte) {
			var row struct {
				ID, Expect string
				Headers    map[string]string
			}
			if err := json.Unmarshal(line, &row); err != nil {
				t.Fatal(err)
			}
			lines, version, path := "", "1.1", "/v1/realtime?model=m"
			for name, value := range row.Headers {
				lines += name + ": " + strings.ReplaceAll(value, "vk-test", testKey) + "\r\n"
			}
			switch {
			case row.ID == "http10":
				version = "1.0"
			case row.ID == "query-key":
				path += "&key=" + testKey
			}
			if !strings.Contains(row.Expect, "401") && !strings.Contains(lines, testKey) {
				lines += "Authorization: Bearer " + testKey + "\r\n"
			}
			got := r.raw("GET " + path + " HTTP/" + version + "\r\nHost: gateway\r\n" + lines + "\r\n")
			ok := false
			for _, want := range strings.FieldsFunc(row.Expect, func(c rune) bool { return c < '0' || c > '9' }) {
				ok = ok || strings.HasPrefix(got, "HTTP/1.1 "+want+" ") || strings.HasPrefix(got, "HTTP/1.0 "+want+" ")
			}
			if !ok || strings.Contains(got, testKey) || strings.Contains(got, "Extensions") {
				t.Errorf("%s: got %.200q; want %s", row.ID, got, row.Expect)
			}
		})
	})
}

// TestSharedFrames sends what the rows hold through the relay to a provider that echoes.
func TestSharedFrames(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		r, _ := socketRig(t, loops, func(k *talker, q *http.Request) { k.echo() })
		sharedRows(t, "frames.jsonl", func(line []byte) {
			var row struct {
				ID, Expect string
				Parts      []struct {
					Hex    string
					Repeat int
				}
				Codes []int `json:"close_codes"`
			}
			if err := json.Unmarshal(line, &row); err != nil {
				t.Fatal(err)
			}
			if row.ID == "half-header" || row.Expect == "either" {
				return // TestSocketEnds waits for the one; the other says nothing
			}
			t.Run(row.ID, func(t *testing.T) {
				t.Parallel()
				k := r.open("/v1/realtime?model=m")
				k.t = t
				go func() {
					for _, p := range row.Parts {
						one, _ := hex.DecodeString(p.Hex)
						k.c.Write(bytes.Repeat(one, p.Repeat))
					}
				}()
				defer k.c.Close()
				if row.Expect == "close" {
					code, _ := k.wantsClose()
					for _, c := range row.Codes {
						if int(code) == c || c == 1000 && code == ws.NoCode {
							return
						}
					}
					t.Errorf("closed with %d; want %v", code, row.Codes)
					return
				}
				op, _, err := k.hear()
				if err != nil || row.Expect == "pong" && op != ws.Pong || row.Expect == "echo" && op != ws.Text && op != ws.Binary && op != ws.Pong {
					t.Errorf("heard %d, %v; want %s", op, err, row.Expect)
				}
			})
		})
	})
}
