package hotpath

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"asbru/core"
	"asbru/hotpath/ws"
)

// A revocation is one way for a key to be no longer good.
var revocations = []struct {
	name string
	do   func(r *rig)
	want string
}{
	{"revoked", func(r *rig) { r.change(func(s *core.Snapshot) { s.Keys = map[[32]byte]*core.VirtualKey{} }) }, "was revoked"},
	{"disabled", func(r *rig) { r.rekey(func(k *core.VirtualKey) { k.Disabled = true }) }, "is disabled"},
	{"expired", func(r *rig) { r.rekey(func(k *core.VirtualKey) { k.Ends = time.Now().Unix() + 1 }) }, "has expired"},
}

// rekey publishes a snapshot in which the rig's key is another one by f.
func (r *rig) rekey(f func(k *core.VirtualKey)) {
	r.change(func(s *core.Snapshot) {
		keys := map[[32]byte]*core.VirtualKey{}
		for place, k := range s.Keys {
			next := *k
			f(&next)
			keys[place] = &next
		}
		s.Keys = keys
	})
}

// TestRevoked holds that what is under way for a key ends when the key does: a stream with an event,
// a request that waits with an answer, and that both go on when something else changes.
func TestRevoked(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		for _, way := range revocations {
			t.Run(way.name, func(t *testing.T) {
				t.Parallel()
				began, ended := make(chan struct{}, 2), make(chan struct{}, 2)
				w := newWire(t, func(c net.Conn, n int64, q *http.Request) bool {
					if q.Header.Get("Idempotency-Key") == "" {
						io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"+fmt.Sprintf("%x\r\ndata: %s\n\n\r\n", len(delta)+8, delta))
					}
					began <- struct{}{}
					io.Copy(io.Discard, c)
					ended <- struct{}{}
					return false
				})
				r := wireRig(t, loops, w)
				answer := func(lines string) chan string {
					got := make(chan string, 1)
					go func() {
						all := r.raw("POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nX-Api-Key: " + testKey + "\r\n" + lines + fmt.Sprintf("Content-Length: %d\r\n\r\n", len(askForStream)) + askForStream)
						got <- strings.ReplaceAll(all, interim, "") // raw has ended its side, and is asked whether it listens
					}()
					<-began
					return got
				}
				stream, waiting := answer(""), answer("Idempotency-Key: x\r\n")
				r.change(func(s *core.Snapshot) { s.Version++ })
				time.Sleep(300 * time.Millisecond) // several ticks
				select {
				case got := <-stream:
					t.Fatalf("a change that does not touch the key ended its stream: %s", got)
				default:
				}
				start := time.Now()
				way.do(r)
				if got := <-stream; !strings.Contains(got, `"content":"hi"`) || !strings.Contains(got, way.want) || !strings.HasSuffix(got, "0\r\n\r\n") || strings.Contains(got, "[DONE]") || strings.Count(got, "HTTP/1.1") != 1 {
					t.Errorf("the stream: %s", got)
				}
				if got := <-waiting; !strings.HasPrefix(got, "HTTP/1.1 403 ") || !strings.Contains(got, way.want) {
					t.Errorf("the request that waited: %s", got)
				}
				<-ended
				<-ended
				if took := time.Since(start); took > ample {
					t.Errorf("it took %v", took)
				}
				for range 2 {
					if rec := r.record(); rec.Fault != core.Forbidden {
						t.Errorf("recorded %v, %d", rec.Fault, rec.Status)
					}
				}
			})
		}
	})
}

// TestRevokedSocket is TestRevoked for a WebSocket.
func TestRevokedSocket(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		for _, way := range revocations {
			t.Run(way.name, func(t *testing.T) {
				t.Parallel()
				r, _ := socketRig(t, loops, func(k *talker, q *http.Request) { k.echo() })
				k := r.open("/v1/realtime?model=m")
				r.change(func(s *core.Snapshot) { s.Version++ })
				k.say(ws.Text, "on")
				k.wants(ws.Text, "on")
				start := time.Now()
				way.do(r)
				if _, p, err := k.hear(); !strings.Contains(p, way.want) || !strings.Contains(p, `"type":"error"`) {
					t.Errorf("heard %q, %v", p, err)
				}
				if code, why := k.wantsClose(); code != ws.Policy || !strings.Contains(why, way.want) {
					t.Errorf("closed with %d %q", code, why)
				}
				k.say(ws.Close, "\x03\xf0")
				if rec := r.record(); rec.Fault != core.Forbidden || rec.Status != 101 {
					t.Errorf("recorded %v, %d", rec.Fault, rec.Status)
				}
				if took := time.Since(start); took > ample {
					t.Errorf("it took %v", took)
				}
			})
		}
	})
}

// TestAnonymousEnds holds that callers without a key end when they are no longer served.
func TestAnonymousEnds(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		r, _ := socketRig(t, loops, func(k *talker, q *http.Request) { k.echo() })
		r.change(func(s *core.Snapshot) {
			for _, k := range s.Keys {
				s.Anonymous = k
			}
		})
		k, res := r.talk("/v1/realtime?model=m", "")
		if res.StatusCode != 101 {
			t.Fatalf("got %s", res.Status)
		}
		r.change(func(s *core.Snapshot) { s.Anonymous = nil })
		if _, p, _ := k.hear(); !strings.Contains(p, "without a key") {
			t.Errorf("heard %q", p)
		}
		k.c.Close()
	})
}

// TestUnknownIsNotAnonymous holds that where callers without a key are served, what looks like a virtual key and is unknown, as one that was deleted, is refused.
func TestUnknownIsNotAnonymous(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		r := newRig(t, loops, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) { io.WriteString(w, "{}") }))
		r.change(func(s *core.Snapshot) {
			for _, k := range s.Keys {
				s.Anonymous = k
			}
		})
		f := func(lines, want string) {
			t.Helper()
			body := `{"model":"m","messages":[]}`
			got := r.raw("POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\n" + lines + fmt.Sprintf("Content-Length: %d\r\n\r\n", len(body)) + body)
			if got = strings.ReplaceAll(got, interim, ""); !strings.HasPrefix(got, "HTTP/1.1 "+want) {
				t.Errorf("%q: got %q, want %s", lines, got, want)
			}
		}
		f("", "200")
		f("X-Api-Key: "+testKey+"\r\n", "200")
		f("Authorization: Bearer sk-bf-gone\r\n", "401")
		f("Api-Key: vk-gone\r\n", "401")
		f("X-Bf-Vk: gone\r\n", "401")
		f("Authorization: Bearer unused\r\n", "200") // an SDK that insists on a key
	})
}
