package hotpath

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// TestPanic checks that a bug in a stage or dialect ends one connection and
// nothing else: the books still balance, and others are served.
func TestPanic(t *testing.T) {
	boom := func(*core.Exchange) core.Verdict { panic("BUG: boom") }
	sometimes := func(x *core.Exchange) bool { return x.Op == core.OpEmbed }
	broken := func(change func(*core.Dialect)) *core.Dialect {
		d := *openai.API
		change(&d)
		return &d
	}
	body, event, usage := openai.API.AppendBody, openai.API.ReadEvent, openai.API.ReadUsage
	rows := []struct {
		name    string
		plan    core.Plan
		dialect *core.Dialect // what the door speaks
		pick    bool          // Pick panics
	}{
		{name: "admit", plan: core.Plan{Admit: []core.Stage{boom}}},
		{name: "before", plan: core.Plan{Before: []core.Stage{boom}}},
		{name: "after", plan: core.Plan{After: []core.Stage{boom}}},
		{name: "pick", pick: true},
		{name: "peek", dialect: broken(func(d *core.Dialect) {
			peek := d.Peek
			d.Peek = func(b []byte, op core.Op, p *core.Peek) *core.Fault {
				if op == core.OpEmbed {
					panic("BUG: boom")
				}
				return peek(b, op, p)
			}
		})},
		{name: "body", dialect: broken(func(d *core.Dialect) {
			d.AppendBody = func(dst, b []byte, op core.Op, p *core.Peek, s core.Send) []byte {
				if op == core.OpEmbed {
					panic("BUG: boom")
				}
				return body(dst, b, op, p, s)
			}
		})},
		{name: "event", dialect: broken(func(d *core.Dialect) {
			d.ReadEvent = func(data []byte, st *core.StreamState) {
				if strings.Contains(string(data), "boom") {
					panic("BUG: boom")
				}
				event(data, st)
			}
		})},
		{name: "usage", dialect: broken(func(d *core.Dialect) {
			d.ReadUsage = func(b []byte, u *core.Usage, seen *core.Forms) {
				if strings.Contains(string(b), "boom") {
					panic("BUG: boom")
				}
				usage(b, u, seen)
			}
		})},
	}
	lanes(t, func(t *testing.T, loops int) {
		for _, row := range rows {
			var bugs, ended atomic.Int64
			tune := func(o *Options) {
				o.Bug = func(any, []byte) { bugs.Add(1) }
				if row.dialect != nil {
					o.Doors[0].Dialect = row.dialect
				}
			}
			r := tunedRig(t, loops, tune)
			w := newWire(t, func(c net.Conn, n int64, q *http.Request) bool {
				kind, b := "application/json", `{"boom":1}`
				switch {
				case q.URL.Path == "/base/chat/completions":
					b = "fine"
				case row.name == "event":
					kind, b = "text/event-stream", "data: boom\n\n"
				}
				fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", kind, len(b), b)
				return true
			})
			tg := target(t, "p0", w.base)
			if row.dialect != nil {
				tg.Faces[0].Dialect = row.dialect
			}
			r.swap([]*core.Target{tg})
			r.change(func(snap *core.Snapshot) {
				plan := row.plan
				plan.After = append([]core.Stage{func(*core.Exchange) core.Verdict { ended.Add(1); return core.Continue }}, plan.After...)
				for _, k := range snap.Keys {
					k.Policy.Plans[core.OpEmbed] = plan
				}
				if row.pick {
					route := *snap.Models["m"]
					pick := route.Pick
					route.Pick = func(x *core.Exchange, tried []core.Attempt) (*core.Target, *core.ProviderKey) {
						if sometimes(x) {
							panic("BUG: boom")
						}
						return pick(x, tried)
					}
					snap.Models = map[string]*core.Route{"m": &route}
				}
			})
			other := r.dial()
			long := strings.Replace(chat, "hi", strings.Repeat("x", 2*largeBody), 1)
			const n = 3
			for i := range n {
				got := r.raw(fmt.Sprintf("POST /v1/embeddings HTTP/1.1\r\nHost: a\r\nX-Api-Key: %s\r\nContent-Length: %d\r\n\r\n%s", testKey, len(long), long))
				if strings.HasSuffix(got, "fine") {
					t.Errorf("%s: request %d got %q", row.name, i, got)
				}
				fmt.Fprintf(other, "POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nX-Api-Key: %s\r\nContent-Length: %d\r\n\r\n%s", testKey, len(chat), chat)
				b := make([]byte, 1000)
				if n, err := io.ReadAtLeast(other, b, 100); err != nil || !strings.HasSuffix(string(b[:n]), "fine") {
					t.Fatalf("%s: another connection got %q, %v", row.name, b[:n], err)
				}
			}
			if got := bugs.Load(); got != n {
				t.Errorf("%s: Bug was told %d times; want %d", row.name, got, n)
			}
			panics := uint64(0)
			for _, st := range r.srv.Stats() {
				panics += st.Panics.Load()
			}
			if panics != n {
				t.Errorf("%s: counted %d panics; want %d", row.name, panics, n)
			}
			eventually(t, row.name+": nothing counts as in flight", func() bool { return tg.Tally.Inflight.Load() == 0 })
			eventually(t, row.name+": nothing counts as a large body", func() bool { return r.srv.large.Load() == 0 })
			if got := ended.Load(); got != n { // or what they hold would be lost
				t.Errorf("%s: %d exchanges were concluded; want %d", row.name, got, n)
			}
			other.Close()
			eventually(t, row.name+": every upstream connection is idle", func() bool {
				st := tg.Pool.(core.Gauged).Stats()
				return st.Open == st.Idle
			})
		}
	})
}
