package e2e

import (
	"bufio"
	"bytes"
	"crypto/tls"
	be "encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A caller is a client with an open WebSocket.
type caller struct {
	t *testing.T
	c net.Conn
	r *bufio.Reader
}

// dial opens a WebSocket at addr; trust nil: without TLS. fields are more lines of its head.
func dial(t *testing.T, addr, path string, trust *tls.Config, fields ...string) (*caller, *http.Response) {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err == nil && trust != nil {
		named := trust.Clone()
		named.ServerName = "127.0.0.1"
		c = tls.Client(c, named)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(patience))
	lines := ""
	for _, f := range fields {
		lines += f + "\r\n"
	}
	fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n", path, lines)
	k := &caller{t, c, bufio.NewReader(c)}
	res, err := http.ReadResponse(k.r, nil)
	if err != nil {
		t.Fatal(err)
	}
	return k, res
}

// say sends a text message of at most 64 KiB.
func (k *caller) say(text string) { k.frame(1, []byte(text)) }

func (k *caller) frame(op byte, p []byte) {
	b := []byte{0x80 | op, 0xfe}
	b = be.BigEndian.AppendUint16(b, uint16(len(p)))
	if len(p) < 126 {
		b = []byte{0x80 | op, 0x80 | byte(len(p))}
	}
	b = append(b, 9, 8, 7, 6)
	for i, c := range p {
		b = append(b, c^[4]byte{9, 8, 7, 6}[i&3])
	}
	k.c.Write(b)
}

// hear returns the next frame. The servers of these tests do not send fragments.
func (k *caller) hear() (op byte, p []byte, err error) {
	var h [10]byte
	if _, err = io.ReadFull(k.r, h[:2]); err != nil {
		return
	}
	n := uint64(h[1])
	switch n {
	case 126:
		_, err = io.ReadFull(k.r, h[2:4])
		n = uint64(be.BigEndian.Uint16(h[2:]))
	case 127:
		_, err = io.ReadFull(k.r, h[2:])
		n = be.BigEndian.Uint64(h[2:])
	}
	p = make([]byte, n)
	if err == nil {
		_, err = io.ReadFull(k.r, p)
	}
	return h[0] & 15, p, err
}

// until reads messages up to the one that contains want, and returns all of them.
func (k *caller) until(want string) string {
	k.t.Helper()
	var all []byte
	for {
		op, p, err := k.hear()
		if err != nil || op == 8 {
			k.t.Fatalf("the socket ended with %q, %v, before %q; heard %s", p, err, want, all)
		}
		if all = append(append(all, p...), '\n'); bytes.Contains(p, []byte(want)) {
			return string(all)
		}
	}
}

// closes reads up to the close frame, and returns its code.
func (k *caller) closes() int {
	k.t.Helper()
	for {
		op, p, err := k.hear()
		if err != nil {
			k.t.Fatalf("the end came without a close frame: %v", err)
		}
		if op == 8 {
			k.frame(8, p)
			return int(be.BigEndian.Uint16(append(p, 0, 0)))
		}
	}
}

const realtimeKeys = "virtual_keys:\n  - {name: voice, key: vk-voice-0123456789}\n  - {name: bound, key: vk-bound-0123456789, allowed_models: [openai/gpt-realtime-text], rate_limits: [{streams: 1}]}\n"

// Sessions work through every door that has them, and those that are not allowed are refused over HTTP.
func TestRealtime(t *testing.T) {
	up, config := vendors(t)
	lanes(t, private(config)+realtimeKeys+"observability: {access_log: stdout}\n", func(t *testing.T, g *gateway) {
		const voice, bound = "Authorization: Bearer vk-voice-0123456789", "Authorization: Bearer vk-bound-0123456789"
		for _, path := range []string{"/v1/realtime?model=openai/gpt-realtime-text", "/openai/v1/realtime?model=openai/gpt-realtime-text", "/openai/realtime?api-version=1&deployment=openai/gpt-realtime-text",
			"/openai/openai/realtime?deployment=openai%2Fgpt-realtime-text", "/litellm/v1/realtime?model=gpt-realtime-text", "/openai_passthrough/v1/realtime?model=gpt-realtime-text"} {
			up.Take()
			k, res := dial(t, g.addr, path, nil, voice)
			if res.StatusCode != 101 {
				b, _ := io.ReadAll(res.Body)
				t.Errorf("%s: %s %s", path, res.Status, b)
				continue
			}
			k.until("session.created")
			k.say(`{"type":"conversation.item.create","item":{"type":"message","role":"user","content":[{"type":"input_text","text":"Hi"}]}}`)
			k.say(`{"type":"response.create"}`)
			if all := k.until("response.done"); !strings.Contains(all, "ça va") || strings.Contains(all, `"type":"error"`) {
				t.Errorf("%s: %s", path, all)
			}
			k.frame(8, []byte{3, 232})
			if code := k.closes(); code != 1000 {
				t.Errorf("%s: closed with %d", path, code)
			}
			if sent := up.Take(); len(sent) != 1 || sent[0].Model != "gpt-realtime-text" || sent[0].Header.Get("Authorization") != "Bearer sk-ours" {
				t.Errorf("%s: the provider was sent %+v", path, sent)
			}
		}
		await(t, "the access log", func() bool {
			return strings.Count(g.stdout.String(), `"op":"realtime"`) >= 6 && strings.Contains(g.stdout.String(), `"tokens":{"in":37,"cached":5,"out":11}`)
		}, g.stdout.String)
		if _, res := dial(t, g.addr, "/v1/realtime?model=openai/gpt-realtime-tool", nil, bound); res.StatusCode != 403 {
			t.Errorf("a model that the key may not use: %s", res.Status)
		}
		if _, res := dial(t, g.addr, "/v1/realtime?model=anthropic/claude-text", nil, voice); res.StatusCode != 400 {
			t.Errorf("a provider without realtime: %s", res.Status)
		}
		if _, res := dial(t, g.addr, "/v1/realtime?model=openai/error-429", nil, voice); res.StatusCode != 429 {
			t.Errorf("a provider that refuses: %s", res.Status)
		}
		k, res := dial(t, g.addr, "/v1/realtime?model=openai/gpt-realtime-text", nil, "Sec-WebSocket-Protocol: realtime, openai-insecure-api-key.vk-bound-0123456789")
		if res.StatusCode != 101 || res.Header.Get("Sec-WebSocket-Protocol") != "realtime" {
			t.Fatalf("a browser: %s %v", res.Status, res.Header)
		}
		if _, res := dial(t, g.addr, "/v1/realtime?model=openai/gpt-realtime-text", nil, bound); res.StatusCode != 429 {
			t.Errorf("a second socket where one is allowed: %s", res.Status)
		}
		k.c.Close()
		await(t, "the place to be free again", func() bool {
			_, res := dial(t, g.addr, "/v1/realtime?model=openai/gpt-realtime-text", nil, bound)
			return res.StatusCode == 101
		}, g.stderr.String)
	})
}

// converse holds a conversation of one turn as Google's clients do, and closes the WebSocket.
func (k *caller) converse(model string) {
	k.t.Helper()
	k.say(`{"setup":{"model":"` + model + `"}}`)
	k.until("setupComplete")
	k.say(`{"clientContent":{"turns":[{"role":"user","parts":[{"text":"Hi"}]}],"turnComplete":true}}`)
	if all := k.until("turnComplete"); !strings.Contains(all, "ça va") {
		k.t.Errorf("%s: %s", model, all)
	}
	k.frame(8, []byte{3, 232})
	k.closes()
}

// Google's clients name the model in their first message.
func TestLive(t *testing.T) {
	up, config := vendors(t)
	lanes(t, private(config)+realtimeKeys, func(t *testing.T, g *gateway) {
		for _, base := range []string{"/genai", ""} {
			up.Take()
			k, res := dial(t, g.addr, base+"/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent?key=vk-voice-0123456789", nil)
			if res.StatusCode != 101 {
				t.Fatalf("%s: %s", base, res.Status)
			}
			k.converse("models/gemini/gemini-live-text")
			if sent := up.Take(); len(sent) != 1 || strings.Contains(sent[0].Raw, "key=") || sent[0].Header.Get("X-Goog-Api-Key") != "sk-ours" || sent[0].Path != "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent" {
				t.Errorf("%s: the provider was sent %+v", base, sent)
			}
		}
		k, _ := dial(t, g.addr, "/genai/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent", nil, "X-Goog-Api-Key: vk-bound-0123456789")
		k.say(`{"setup":{"model":"models/gemini-live-text"}}`)
		if code := k.closes(); code != 1008 {
			t.Errorf("a model that the key may not use: closed with %d", code)
		}
	})
}

// At Vertex AI the path of the WebSocket does not contain the project, and the model is given by its full name.
func TestLiveAtVertex(t *testing.T) {
	up, config := vendors(t)
	base, _, _ := strings.Cut(config[strings.Index(config, "http://"):], "/v1\"")
	config += "  - {name: vertex, base_url: \"" + base + "/v1/projects/p/locations/us-east5\", options: {project: p, region: us-east5}, api_key: sk-ours, NET}\n"
	lanes(t, private(config)+realtimeKeys, func(t *testing.T, g *gateway) {
		const path = "/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent"
		for _, name := range []string{"projects/mine/locations/europe-west4/publishers/google/models/vertex/gemini-live-text", "models/vertex/gemini-live-text"} {
			up.Take()
			k, res := dial(t, g.addr, path, nil, "Authorization: Bearer vk-voice-0123456789")
			if res.StatusCode != 101 {
				t.Fatalf("%s: %s", name, res.Status)
			}
			k.converse(name)
			if sent := up.Take(); len(sent) != 1 || sent[0].Header.Get("X-Goog-Api-Key") != "sk-ours" || sent[0].Path != path {
				t.Errorf("%s: the provider was sent %+v", name, sent)
			}
		}
	})
}

// The same with TLS, and a key that is revoked during its session.
func TestRealtimeRevoked(t *testing.T) {
	_, config := vendors(t)
	dir := t.TempDir()
	trust := certificate(t, dir, 1)
	config = private(config) + "tls: {cert: " + dir + "/tls.crt, key: \"file:" + dir + "/tls.key\"}\nadmin: {listen: \"127.0.0.1:0\"}\n"
	g := serve(t, config+realtimeKeys)
	k, res := dial(t, g.addr, "/v1/realtime?model=gpt-realtime-text", trust, "Authorization: Bearer vk-voice-0123456789")
	if res.StatusCode != 101 {
		t.Fatal(res.Status)
	}
	other, _ := dial(t, g.addr, "/v1/realtime?model=gpt-realtime-text", trust, "Authorization: Bearer vk-bound-0123456789", "x-model-provider: openai")
	k.until("session.created")
	stream := make(chan string, 1)
	begun := make(chan struct{})
	go func() {
		q, _ := http.NewRequest("POST", "https://"+g.addr+"/v1/chat/completions", strings.NewReader(`{"model":"openai/gpt-slow","stream":true,"messages":[{"role":"user","content":"Hi"}]}`))
		q.Header.Set("Authorization", "Bearer vk-voice-0123456789")
		q.Header.Set("Content-Type", "application/json")
		c := &http.Client{Timeout: patience, Transport: &http.Transport{TLSClientConfig: trust, DisableKeepAlives: true}}
		a, err := c.Do(q)
		close(begun)
		if err != nil {
			stream <- err.Error()
			return
		}
		b, _ := io.ReadAll(a.Body)
		stream <- string(b)
	}()
	<-begun
	start := time.Now()
	write(t, g.file, config+strings.Replace(realtimeKeys, "  - {name: voice, key: vk-voice-0123456789}\n", "", 1))
	g.signal(syscall.SIGHUP)
	if code := k.closes(); code != 1008 {
		t.Errorf("closed with %d", code)
	}
	if got := <-stream; !strings.Contains(got, "was revoked") || strings.Contains(got, "[DONE]") {
		t.Errorf("the stream ended with %.500s", got)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
	other.say(`{"type":"response.create"}`) // its key is still valid
	other.until("response.done")
	g.signal(syscall.SIGTERM)
	other.c.Close()
	g.ends(0)
}

// A session is paid turn by turn: each is held before it begins, and one that cannot be held ends the session.
func TestRealtimeBudget(t *testing.T) {
	_, config := vendors(t)
	dir := t.TempDir()
	// A turn uses 37 tokens in, at $1 a million, and 1,048,576 are held for it.
	g := serve(t, private(config)+"governance: {ledger: '"+dir+"/ledger'}\n"+
		"prices: {overrides: [{name: all, input: 1, cached_input: 1, output: 0}]}\n"+
		"virtual_keys: [{name: ci, key: secret-of-ci-0001, budgets: [{usd: 1.048696}]}]\n")
	k, res := dial(t, g.addr, "/v1/realtime?model=openai/voice-x-text", nil, "Authorization: Bearer secret-of-ci-0001")
	if res.StatusCode != 101 {
		b, _ := io.ReadAll(res.Body)
		t.Fatalf("%s %s", res.Status, b)
	}
	for range 4 {
		k.say(`{"type":"response.create"}`)
		k.until("response.done")
	}
	if all := k.until("budget"); !strings.Contains(all, `"type":"error"`) {
		t.Error(all)
	}
	if code := k.closes(); code != 4008 {
		t.Errorf("closed with %d", code)
	}
	if _, res := dial(t, g.addr, "/v1/realtime?model=openai/voice-x-text", nil, "Authorization: Bearer secret-of-ci-0001"); res.StatusCode != 402 {
		t.Errorf("another session: %s", res.Status)
	}
	g.signal(syscall.SIGTERM)
	g.ends(0)
	if spent, open := examine(t, dir+"/ledger"); spent != 4*37_000 || open != 0 {
		t.Errorf("the ledger says %d spent, %d open", spent, open)
	}
}
