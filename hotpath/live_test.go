package hotpath

import (
	"net"
	"net/http"
	"strings"
	"testing"

	"asbru/adapters/dialect/gemini"
	"asbru/core"
	"asbru/hotpath/ws"
)

// liveRig is a rig whose provider has the Live API.
func liveRig(t *testing.T, loops int, answer func(c net.Conn, n int64, q *http.Request) bool) *rig {
	r := tunedRig(t, loops, func(o *Options) {
		o.Doors = []Door{{Prefix: "/ws", Dialect: gemini.API, Find: func(_, tail []byte) (Found, bool) { return Found{Op: core.OpRealtime}, true }}}
	})
	tg := target(t, "p0", newWire(t, answer).base)
	tg.Faces[0].Dialect = gemini.API
	tg.Faces[0].Paths[core.OpRealtime] = "/ws/live"
	r.swap([]*core.Target{tg})
	return r
}

// TestLive holds that a client whose first message names the model gets where that leads, with
// the rest of the message as it was.
func TestLive(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		r := liveRig(t, loops, func(c net.Conn, _ int64, q *http.Request) bool {
			if q.URL.String() != "/ws/live" {
				t.Errorf("asked for %s", q.URL)
			}
			k := accept(t, c, q, "")
			for {
				op, p, err := k.hear()
				switch {
				case err != nil:
					return false
				case op == ws.Close:
					k.say(op, p)
					return false
				}
				k.say(ws.Binary, p)
				k.say(ws.Binary, `{"serverContent":{"turnComplete":true},"usageMetadata":{"promptTokenCount":482,"responseTokenCount":69,"totalTokenCount":551,"responseTokensDetails":[{"modality":"AUDIO","tokenCount":57}]}}`)
			}
		})
		k, res := r.talk("/ws/x?key="+testKey, "")
		if res.StatusCode != 101 {
			t.Fatalf("got %s", res.Status)
		}
		k.say(ws.Ping, "x")
		k.wants(ws.Pong, "x")
		k.say(ws.Text, `{"setup": {"generationConfig": {"responseModalities": ["AUDIO"]}, "model": "models/m", "tools": []}}`)
		k.wants(ws.Binary, `{"setup": {"generationConfig": {"responseModalities": ["AUDIO"]}, "model": "models/real-p0", "tools": []}}`)
		k.hear()
		k.say(ws.Text, `{"model":"models/m"}`)
		k.wants(ws.Binary, `{"model":"models/m"}`)
		k.hear()
		k.say(ws.Close, "\x03\xe8")
		if code, _ := k.wantsClose(); code != 1000 {
			t.Errorf("closed with %d", code)
		}
		if rec := r.record(); rec.Usage.In != 964 || rec.Usage.Out != 138 || rec.Usage.AudioOut != 114 || rec.Status != 101 || rec.Fault != core.None || string(rec.Model[:rec.ModelLen]) != "m" {
			t.Errorf("recorded %+v", rec)
		}
	})
}

// TestLiveRefused holds that a client that was let in before it named the model is refused with
// a close frame, and never in HTTP.
func TestLiveRefused(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		r := liveRig(t, loops, func(c net.Conn, _ int64, q *http.Request) bool {
			c.Write([]byte("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"))
			return true
		})
		f := func(op ws.Opcode, first string, want ws.Code, why string, fault core.Code) {
			t.Helper()
			k, res := r.talk("/ws/x", "X-Goog-Api-Key: "+testKey+"\r\n")
			if res.StatusCode != 101 {
				t.Fatalf("got %s", res.Status)
			}
			k.say(op, first)
			if code, reason := k.wantsClose(); code != want || !strings.Contains(reason, why) {
				t.Errorf("%.100s: closed with %d %q; want %d %q", first, code, reason, want, why)
			}
			if rec := r.record(); rec.Fault != fault {
				t.Errorf("%.100s: recorded %v", first, rec.Fault)
			}
		}
		f(ws.Text, `{"setup":{"model":"models/nobody"}}`, ws.Policy, "no provider here serves", core.NotFound)
		f(ws.Text, `{"setup":{"model":"models/m","model":"models/n"}}`, ws.Policy, "one way", core.Invalid)
		f(ws.Text, `{"clientContent":{}}`, ws.Policy, "no setup", core.Invalid)
		f(ws.Text, `{"setup":{"model":"models/m"}}`, ws.Policy, "refused the WebSocket with 404", core.NotFound)
		f(ws.Text, "\xff", ws.BadText, "", core.Invalid)
		f(ws.Binary, strings.Repeat("x", maxFirst+1), ws.TooBig, "1 MiB", core.Invalid)
		if _, res := r.talk("/ws/x", ""); res.StatusCode != 401 {
			t.Errorf("without a key: %s", res.Status)
		}
	})
}
