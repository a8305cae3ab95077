package hotpath

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"asbru/core"
	"asbru/hotpath/ws"
)

// A talker is one end of a WebSocket in a test.
type talker struct {
	t    testing.TB
	c    net.Conn
	r    *bufio.Reader
	flow ws.Flow // of what it hears
	in   []byte
	mask *[4]byte // nil: it is a server
}

// talk opens a WebSocket at a rig. extra are more lines of its head.
func (r *rig) talk(path, extra string) (*talker, *http.Response) {
	r.t.Helper()
	c := r.dial()
	fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: gateway\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n", path, extra)
	br := bufio.NewReader(c)
	res, err := http.ReadResponse(br, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	return &talker{t: r.t, c: c, r: br, mask: &[4]byte{1, 2, 3, 4}}, res
}

// open is talk with the rig's key, where a 101 must come of it.
func (r *rig) open(path string) *talker {
	r.t.Helper()
	k, res := r.talk(path, "Authorization: Bearer "+testKey+"\r\n")
	if res.StatusCode != 101 || res.Header.Get("Sec-WebSocket-Accept") != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" {
		b, _ := io.ReadAll(res.Body)
		r.t.Fatalf("got %s %v %s", res.Status, res.Header, b)
	}
	return k
}

// accept makes a talker of an upstream connection that was asked for a WebSocket.
func accept(t testing.TB, c net.Conn, q *http.Request, extra string) *talker {
	fmt.Fprintf(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Accept: %s\r\n%s\r\n",
		ws.AppendAccept(nil, []byte(q.Header.Get("Sec-WebSocket-Key"))), extra)
	return &talker{t: t, c: c, r: bufio.NewReader(c), flow: ws.Flow{Client: true}}
}

func (k *talker) say(op ws.Opcode, payload string) {
	k.c.Write(ws.AppendFrame(nil, op, []byte(payload), k.mask))
}

// hear returns the next message or control frame.
func (k *talker) hear() (op ws.Opcode, payload string, err error) {
	var msg []byte
	var p ws.Piece
	for {
		for len(k.in) > 0 {
			n, bad := k.flow.Next(k.in, &p)
			if bad != nil {
				return 0, "", bad
			}
			if n == 0 {
				break
			}
			op = p.Op
			if p.Control() {
				k.in = k.in[n:]
				return op, string(p.Payload), nil
			}
			msg = append(msg, p.Payload...)
			if k.in = k.in[n:]; p.Last {
				return op, string(msg), nil
			}
		}
		var b [4096]byte
		n, err := k.r.Read(b[:])
		if n == 0 {
			return 0, "", err
		}
		k.in = append(k.in, b[:n]...)
	}
}

func (k *talker) wants(op ws.Opcode, payload string) {
	k.t.Helper()
	gotOp, got, err := k.hear()
	if gotOp != op || got != payload || err != nil {
		k.t.Fatalf("heard %d %.200q, %v; want %d %.200q", gotOp, got, err, op, payload)
	}
}

// wantsClose reads up to the close frame and returns its code and reason.
func (k *talker) wantsClose() (ws.Code, string) {
	k.t.Helper()
	for {
		op, p, err := k.hear()
		if err != nil {
			k.t.Fatalf("the end came without a close frame: %v", err)
		}
		if op == ws.Close {
			code, reason, bad := ws.ParseClose([]byte(p))
			if bad != nil {
				k.t.Fatal(bad)
			}
			return code, string(reason)
		}
	}
}

// echo answers every message with itself, and a close with the same, until the end.
func (k *talker) echo() {
	for {
		op, p, err := k.hear()
		if err != nil {
			return
		}
		switch op {
		case ws.Ping:
			k.say(ws.Pong, p)
		case ws.Close:
			k.say(ws.Close, p)
			return
		default:
			k.say(op, p)
		}
	}
}

// socketRig is a rig whose provider does with each WebSocket what f says.
func socketRig(t *testing.T, loops int, f func(k *talker, q *http.Request)) (*rig, *wire) {
	w := newWire(t, func(c net.Conn, _ int64, q *http.Request) bool {
		f(accept(t, c, q, ""), q)
		return false
	})
	return wireRig(t, loops, w), w
}

const turn = `{"type":"response.done","response":{"usage":{"total_tokens":84,"input_tokens":62,"output_tokens":22,"input_token_details":{"audio_tokens":2,"cached_tokens":5},"output_token_details":{"audio_tokens":3}}}}`

// TestSocket goes once through all that a session has: the handshake, messages of every kind,
// usage, a close, and the record of it.
func TestSocket(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		asked := make(chan *http.Request, 1)
		r, _ := socketRig(t, loops, func(k *talker, q *http.Request) {
			asked <- q
			k.say(ws.Text, `{"type":"session.created"}`)
			for {
				op, p, err := k.hear()
				switch {
				case err != nil:
					return
				case p == "more":
					k.say(ws.Text, turn)
					k.say(ws.Text, turn)
				case op == ws.Close:
					k.say(ws.Close, p)
					return
				case op == ws.Ping:
					k.say(ws.Pong, p)
				default:
					k.say(op, p)
				}
			}
		})
		k, res := r.talk("/v1/realtime?intent=x&model=m&more=1", "X-Api-Key: "+testKey+"\r\nOpenAI-Beta: realtime=v1\r\nSec-WebSocket-Protocol: realtime\r\nOrigin: https://gateway\r\n")
		if res.StatusCode != 101 || res.Header.Get("Sec-WebSocket-Protocol") != "realtime" || res.Header.Get("X-Request-Id") == "" {
			t.Fatalf("got %s %v", res.Status, res.Header)
		}
		q := <-asked
		if got := q.URL.String(); got != "/base/realtime?model=real-p0&intent=x&more=1" {
			t.Errorf("asked for %s", got)
		}
		for name, want := range map[string]string{"Authorization": "Bearer provider-secret", "Openai-Beta": "realtime=v1", "Sec-Websocket-Protocol": "realtime", "X-Api-Key": "", "Origin": ""} {
			if got := q.Header.Get(name); got != want {
				t.Errorf("%s: %q was sent; want %q", name, got, want)
			}
		}
		k.wants(ws.Text, `{"type":"session.created"}`)
		k.say(ws.Text, "hällo")
		k.wants(ws.Text, "hällo")
		k.say(ws.Ping, "are you")
		k.wants(ws.Pong, "are you")
		long := strings.Repeat("sound", 100_000)
		k.say(ws.Binary, long)
		k.wants(ws.Binary, long)
		k.say(ws.Text, "more")
		k.wants(ws.Text, turn)
		k.wants(ws.Text, turn)
		k.say(ws.Close, "\x03\xe8bye")
		if code, reason := k.wantsClose(); code != 1000 || reason != "bye" {
			t.Errorf("closed with %d %q", code, reason)
		}
		rec := r.record()
		if rec.Status != 101 || rec.Fault != core.None || rec.Op != core.OpRealtime || !rec.Stream || rec.Usage.In != 124 || rec.Usage.Out != 44 || rec.Usage.CachedIn != 10 || rec.Usage.AudioIn != 4 || rec.Usage.AudioOut != 6 || rec.In < 500_000 || rec.Out < 500_000 {
			t.Errorf("recorded %+v", rec)
		}
		if got := r.snap.Models["m"].Targets[0].Tally.TokensOut.Load(); got != 44 {
			t.Errorf("the target's tally has %d tokens", got)
		}
	})
}

// TestSocketRefused holds that what is no handshake never reaches a provider, and is answered in HTTP.
func TestSocketRefused(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		r, w := socketRig(t, loops, func(k *talker, q *http.Request) { k.echo() })
		r.change(func(s *core.Snapshot) { s.Origins = []core.Origin{{Name: "https://app.example"}} })
		const (
			key  = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
			v13  = "Sec-WebSocket-Version: 13\r\n"
			conn = "Connection: Upgrade\r\n"
			up   = "Upgrade: websocket\r\n"
			auth = "Authorization: Bearer " + testKey + "\r\n"
			all  = conn + up + v13 + key
		)
		f := func(line, lines, want string, also ...string) {
			t.Helper()
			got := r.raw(line + "\r\nHost: gateway\r\n" + lines + "\r\n")
			if !strings.HasPrefix(got, "HTTP/1.1 "+want+" ") {
				t.Errorf("%s %q: got %.300s; want %s", line, lines, got, want)
			}
			for _, s := range also {
				if !strings.Contains(got, s) {
					t.Errorf("%s %q: %q is missing in %.600s", line, lines, s, got)
				}
			}
		}
		const get = "GET /v1/realtime?model=m HTTP/1.1"
		f(get, all, "401")
		f("GET /v1/realtime?model=m&key="+testKey+" HTTP/1.1", all, "401")
		f(get, auth+conn+up+v13, "400", "Sec-WebSocket-Key")
		f(get, auth+conn+up+v13+"Sec-WebSocket-Key: AAAA\r\n", "400")
		f(get, auth+conn+up+v13+"Sec-WebSocket-Key: !!!!!!!!!!!!!!!!!!!!!!==\r\n", "400")
		f(get, auth+conn+up+v13+key+key, "400")
		f(get, auth+conn+up+key+"Sec-WebSocket-Version: 8\r\n", "426", "Sec-WebSocket-Version: 13\r\n", "Upgrade: websocket\r\n")
		f(get, auth+conn+up+key, "426")
		f(get, auth+conn+v13+key, "426")
		f(get, auth+up+v13+key, "426")
		f(get, auth+conn+"Upgrade: h2c\r\n"+v13+key, "426")
		f(get, auth+all+"Origin: null\r\n", "403", "allowed_origins")
		f(get, auth+all+"Origin: https://evil.example\r\n", "403")
		f("GET /v1/realtime?model=m HTTP/1.0", auth+all, "400")
		f(get, auth+all+"Content-Length: 1\r\n", "400")
		f("GET /v1/realtime?model=nobody HTTP/1.1", auth+all, "404", "model_not_found")
		f("GET /v1/realtime?model=m&model=n HTTP/1.1", auth+all, "400")
		f("GET /v1/realtime?model=m&deployment=m HTTP/1.1", auth+all, "400")
		f("GET /v1/realtime?model=%00 HTTP/1.1", auth+all, "400")
		f("GET /v1/chat/completions HTTP/1.1", auth+all, "400", "cannot become a WebSocket")
		if n := w.asked.Load(); n != 0 {
			t.Errorf("the provider was asked %d times", n)
		}
		for _, lines := range []string{"Origin: https://app.example\r\n", "Sec-WebSocket-Protocol: realtime, openai-insecure-api-key." + testKey + "\r\n", "Sec-WebSocket-Extensions: permessage-deflate\r\n"} {
			if !strings.Contains(lines, testKey) {
				lines += auth
			}
			k, res := r.talk("/v1/realtime?deployment=m", lines)
			if res.StatusCode != 101 || strings.Contains(fmt.Sprint(res.Header), testKey) || res.Header.Get("Sec-WebSocket-Extensions") != "" {
				t.Errorf("%q: got %s %v", lines, res.Status, res.Header)
			}
			if p := res.Header.Get("Sec-WebSocket-Protocol"); strings.Contains(lines, "realtime,") && p != "realtime" {
				t.Errorf("the subprotocol %q was chosen", p)
			}
			k.say(ws.Close, "")
			k.wantsClose()
		}
	})
}

// TestSocketTargets holds that who does not agree to a WebSocket is passed over for the next
// target, and that the last word of a provider reaches the client in HTTP.
func TestSocketTargets(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		f := func(first func(c net.Conn, q *http.Request), status int) {
			t.Helper()
			w := newWire(t, func(c net.Conn, _ int64, q *http.Request) bool { first(c, q); return false })
			good := newWire(t, func(c net.Conn, _ int64, q *http.Request) bool { accept(t, c, q, "").echo(); return false })
			r := wireRig(t, loops, w, good)
			k, res := r.talk("/v1/realtime?model=m", "Authorization: Bearer "+testKey+"\r\n")
			if res.StatusCode != status {
				t.Fatalf("got %s", res.Status)
			}
			if status == 101 {
				k.say(ws.Text, "x")
				k.wants(ws.Text, "x")
				k.say(ws.Close, "")
				k.wantsClose()
			}
			if rec := r.record(); status == 101 && (rec.Attempts != 2 || rec.Target.Name != "p1") {
				t.Errorf("recorded %d attempts, of %s", rec.Attempts, rec.Target.Name)
			}
		}
		say := func(s string) func(net.Conn, *http.Request) {
			return func(c net.Conn, _ *http.Request) { io.WriteString(c, s) }
		}
		f(say(""), 101)
		f(say("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"), 101)
		f(say(okReply), 101)
		f(say("HTTP/1.1 101 Yes\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"), 101)
		f(func(c net.Conn, q *http.Request) { accept(t, c, q, "Sec-WebSocket-Protocol: other\r\n") }, 101)
		f(func(c net.Conn, q *http.Request) { accept(t, c, q, "Sec-WebSocket-Extensions: permessage-deflate\r\n") }, 101)
		f(say("HTTP/1.1 404 No\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"), 404)
		f(say("HTTP/1.1 302 No\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"), 502)
		f(say("HTTP/1.1 426 No\r\nContent-Length: 0\r\n\r\n"), 502)
	})
}

// TestSocketEnds looks at every way a side can end, and what the other one is told.
func TestSocketEnds(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		// begin opens a session and does with it what do says; finish looks at what came of it.
		begin := func(name string, do func(client, server *talker), client, server ws.Code, fault core.Code) (finish func()) {
			up, over := make(chan *talker), make(chan struct{})
			r, _ := socketRig(t, loops, func(k *talker, q *http.Request) { up <- k; <-over })
			if fault == core.ClientSlow || fault == core.UpstreamTimeout {
				// Half of it is what the side that does answer has for that.
				r.change(func(s *core.Snapshot) { s.Limits.IdleWait = 3 * time.Second })
			}
			k := r.open("/v1/realtime?model=m")
			p := <-up
			p.c.SetDeadline(time.Now().Add(ample))
			do(k, p)
			return func() {
				defer close(over)
				if client > 0 {
					if got, why := k.wantsClose(); got != client {
						t.Errorf("%s: the client was told %d %q; want %d", name, got, why, client)
					}
				}
				if server > 0 {
					if got, why := p.wantsClose(); got != server {
						t.Errorf("%s: the provider was told %d %q; want %d", name, got, why, server)
					}
				}
				if rec := r.record(); rec.Fault != fault || rec.Status != 101 {
					t.Errorf("%s: recorded %v, %d; want %v", name, rec.Fault, rec.Status, fault)
				}
			}
		}
		all := []func(){ // those that take seconds, at once
			begin("client half a frame", func(c, s *talker) { c.c.Write([]byte{0x81}); go s.answer() }, ws.GoingAway, 0, core.ClientSlow),
			begin("provider silent", func(c, s *talker) { go c.answer() }, 0, 0, core.UpstreamTimeout),
			begin("client silent", func(c, s *talker) { go s.answer() }, 0, 0, core.ClientSlow),
		}
		begin("client hangs up", func(c, s *talker) { c.c.Close() }, 0, ws.GoingAway, core.ClientGone)()
		begin("provider hangs up", func(c, s *talker) { s.c.Close() }, ws.Internal, 0, core.UpstreamFailed)()
		begin("provider closes", func(c, s *talker) { s.say(ws.Close, "\x0f\xa1"); c.say(ws.Close, "\x0f\xa1") }, 0, 4001, core.None)()
		begin("client unmasked", func(c, s *talker) { c.c.Write([]byte{0x81, 1, 'x'}) }, ws.Protocol, ws.GoingAway, core.Invalid)()
		begin("client's text", func(c, s *talker) { c.say(ws.Text, "\xff") }, ws.BadText, ws.GoingAway, core.Invalid)()
		begin("client too long", func(c, s *talker) {
			c.c.Write([]byte{0x82, 0xff, 0, 0, 0, 0, 1, 0x10, 0, 0, 1, 2, 3, 4})
		}, ws.TooBig, ws.GoingAway, core.Invalid)()
		begin("provider masked", func(c, s *talker) { s.mask = &[4]byte{1}; s.say(ws.Text, "x") }, ws.Internal, ws.Protocol, core.UpstreamFailed)()
		for _, finish := range all {
			finish()
		}
	})
}

// answer answers pings for as long as there are any.
func (k *talker) answer() {
	for {
		op, p, err := k.hear()
		if err != nil {
			return
		}
		if op == ws.Ping {
			k.say(ws.Pong, p)
		}
	}
}

// TestSocketQuiet holds that a session in which nobody says anything lives on as long as both
// sides answer pings, and that these are seen by nobody else.
func TestSocketQuiet(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		t.Parallel()
		heard := make(chan string, 16)
		r, _ := socketRig(t, loops, func(k *talker, q *http.Request) {
			for {
				op, p, err := k.hear()
				if err != nil {
					return
				}
				if op == ws.Ping {
					k.say(ws.Pong, p)
					continue
				}
				heard <- p
			}
		})
		r.change(func(s *core.Snapshot) { s.Limits.IdleWait = 4 * time.Second })
		k := r.open("/v1/realtime?model=m")
		k.c.SetReadDeadline(time.Now().Add(5 * time.Second))
		for {
			op, p, err := k.hear()
			if errors.Is(err, os.ErrDeadlineExceeded) {
				break
			}
			if err != nil || op != ws.Ping {
				t.Fatalf("heard %d %q, %v", op, p, err)
			}
			k.say(ws.Pong, p)
		}
		k.say(ws.Text, "still here")
		if got := <-heard; got != "still here" {
			t.Errorf("the provider heard %q", got)
		}
	})
}

// TestSocketPressure holds that a side that does not read stops the other one from sending: what
// is on its way is bounded by the sockets' own buffers.
func TestSocketPressure(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		sent := make(chan int, 1)
		r, _ := socketRig(t, loops, func(k *talker, q *http.Request) {
			frame := ws.AppendFrame(nil, ws.Binary, bytes.Repeat([]byte{7}, 64<<10), nil)
			k.c.SetWriteDeadline(time.Now().Add(time.Second))
			for n := 0; ; n++ {
				if _, err := k.c.Write(frame); err != nil {
					sent <- n * len(frame)
					return
				}
			}
		})
		k := r.open("/v1/realtime?model=m")
		if n := <-sent; n > 64<<20 {
			t.Errorf("%d bytes were taken from a provider whose client reads nothing", n)
		}
		if n := r.srv.Buffers(); n > 64 {
			t.Errorf("%d buffers are lent", n)
		}
		k.c.Close()
		r.record()
		eventually(t, "buffers to be given back", func() bool { return r.srv.stats.Buffers.Load() == 0 && r.srv.shared.Taken() == 0 })
	})
}

// TestSocketDrain holds that a drain waits for a session, and ends it with a word when its time is over.
func TestSocketDrain(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		r, _ := socketRig(t, loops, func(k *talker, q *http.Request) { k.echo() })
		k := r.open("/v1/realtime?model=m")
		k.say(ws.Text, "a")
		k.wants(ws.Text, "a")
		ctx, over := context.WithCancel(context.Background())
		defer over()
		done := make(chan error, 1)
		go func() { done <- r.srv.Drain(ctx) }()
		eventually(t, "the drain has begun", r.srv.draining.Load)
		k.say(ws.Text, "b")
		k.wants(ws.Text, "b")
		over()
		if op, p, err := k.hear(); op != ws.Text || !strings.Contains(p, `"type":"error"`) || !strings.Contains(p, "restarting") {
			t.Errorf("heard %d %q, %v", op, p, err)
		}
		if code, _ := k.wantsClose(); code != ws.Restart {
			t.Errorf("closed with %d", code)
		}
		k.say(ws.Close, "\x03\xf4")
		<-done
	})
}
