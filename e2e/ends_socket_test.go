package e2e

import (
	"bufio"
	be "encoding/binary"
	"fmt"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A spoiltSocket spoils what a vendor says over a WebSocket.
type spoiltSocket struct {
	http.ResponseWriter
	r    *http.Request
	p    *staged
	word string
	c    *cell
}

func (s *spoiltSocket) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(s.ResponseWriter).Hijack()
	return &spoiltConn{Conn: conn, s: s}, rw, err
}

type spoiltConn struct {
	net.Conn
	s    *spoiltSocket
	said int
}

// Write takes a whole frame, as the stand-in writes them.
func (c *spoiltConn) Write(p []byte) (int, error) {
	if p[0]&0xf != 1 {
		return c.Conn.Write(p)
	}
	head := 2
	if p[1] == 126 {
		head = 4
	}
	text := spoilText(p[head:], c.s.word)
	if strings.Contains(string(text), `.delta"`) {
		c.said++
	}
	b := be.BigEndian.AppendUint16([]byte{p[0], 126}, uint16(len(text)))
	if len(text) < 126 {
		b = []byte{p[0], byte(len(text))}
	}
	if _, err := c.Conn.Write(append(b, text...)); err != nil {
		return 0, err
	}
	if c.said == deliverable && (c.s.word == "half" || c.s.word == "cut") {
		c.s.c.reaches()
		if c.s.word == "cut" {
			c.Conn.Close()
		}
		c.said++
		c.s.p.waits(c.s.r, nil)
	}
	return len(p), nil
}

// A talkEnd is one way in which a WebSocket ends.
type talkEnd struct {
	name, word string
	key        string
	turns      int  // that are done before it ends
	bill       bill // of each of them
	status     int  // of the handshake; 0: 101
	held       int  // intents, when there is no 101
	does       func(t *testing.T, g *gateway, k *caller, c *cell)
}

const ofTurnIn, ofTurnOut = 37, 11 // the report of a turn

var talkEnds = []talkEnd{
	{name: "success", word: "ok", turns: 2, bill: reported},
	{name: "usage missing", word: "missing", turns: 2, bill: counted},
	{name: "usage zero", word: "zero", turns: 2},
	{name: "usage negative", word: "negative", turns: 2, bill: counted},
	{name: "usage absurd", word: "absurd", turns: 2, bill: counted},
	{name: "no turn", word: "ok"},
	{name: "400", word: "e400", status: 400, held: 1},
	{name: "429", word: "e429", status: 429, held: 1},
	{name: "500", word: "e500", status: 500, held: 1},
	{name: "no reply", word: "hangup", status: 502, held: 1},
	{name: "budget refused", word: "ok", key: "budgets: [{usd: 0.0000001, window: 1d}]", status: 402},
	{name: "model refused", word: "ok", key: "blocked_models: ['*']", status: 403},
	{name: "limit refused", word: "ok", key: "rate_limits: [{requests: 1, per: 8760h}]", status: 429},
	{name: "client leaves in a turn", word: "half", bill: parted, does: func(t *testing.T, g *gateway, k *caller, c *cell) {
		k.c.(*net.TCPConn).SetLinger(0)
		k.c.Close()
	}},
	{name: "provider leaves in a turn", word: "cut", bill: parted, does: func(t *testing.T, g *gateway, k *caller, c *cell) { k.closes() }},
}

// TestEveryEndOfASocket is TestEveryEnd for conversations over WebSockets, which are paid turn by turn.
func TestEveryEndOfASocket(t *testing.T) {
	d := deed{name: "realtime", op: "realtime", at: "openai", stream: true, path: "/v1/realtime?model=MODEL"}
	var ends []ending
	for _, e := range talkEnds {
		ends = append(ends, ending{name: e.name, word: e.word, key: e.key})
	}
	m := newStage(t, []deed{d}, ends)
	lane := serve(t, m.config+entries(m.cells, true))
	for i, c := range m.cells {
		if e := &talkEnds[i]; e.name == "limit refused" {
			c.talks(t, lane, &talkEnd{name: e.name, word: "ok"}, c.firstID())
		}
		c.talks(t, lane, &talkEnds[i], c.id())
	}
	lane.signal(syscall.SIGTERM)
	lane.ends(0)
	r := readBack(t, lane, m.dir)
	for i, c := range m.cells {
		c.checkTalk(t, r, &talkEnds[i])
	}
}

// talks holds a conversation.
func (c *cell) talks(t *testing.T, g *gateway, e *talkEnd, id string) {
	t.Helper()
	path, _ := c.d.request(c.asked())
	k, res := dial(t, g.addr, path, nil, "Authorization: Bearer "+c.key(), "X-Request-Id: "+id)
	if c.status = res.StatusCode; c.status != 101 {
		k.c.Close()
		return
	}
	k.until("session.created")
	for n := range e.turns {
		k.say(`{"type":"response.create"}`)
		k.until("response.done")
		if c.limits = c.settled(t, g, int64(n+1)*c.perTurn(e)); c.limits.tokens != int64(n+1)*c.perTurn(e) {
			t.Errorf("%s: after turn %d %+v are used", c.name(), n+1, *c.limits)
		}
	}
	if e.does != nil {
		k.say(`{"type":"response.create"}`)
		<-c.half
		for range deliverable {
			k.until(`.delta"`)
		}
		e.does(t, g, k, c)
	} else {
		k.frame(8, []byte{3, 232})
		k.closes()
	}
	want := int64(e.turns) * c.perTurn(e)
	if e.bill == parted {
		want = deliverable
	}
	await(t, "the end of "+c.name(), func() bool {
		u := ratesOf(t, g, c)
		return strings.Contains(c.e.key, "rate") || u.streams == 0 && u.tokens == want
	},
		func() string { return fmt.Sprintf("%+v, want %d", ratesOf(t, g, c), want) })
}

// settled waits until so many tokens are used, for a second.
func (c *cell) settled(t *testing.T, g *gateway, want int64) (u *rates) {
	for end := time.Now().Add(time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if u = ratesOf(t, g, c); u.tokens == want {
			break
		}
	}
	return u
}

// perTurn is how many tokens a turn uses.
func (c *cell) perTurn(e *talkEnd) int64 {
	switch e.bill {
	case reported:
		return ofTurnIn + ofTurnOut
	case counted:
		return pieces6
	}
	return 0
}

func (c *cell) checkTalk(t *testing.T, r *reading, e *talkEnd) {
	t.Helper()
	each := int64(0)
	switch e.bill {
	case reported:
		each = ofTurnIn*perIn + ofTurnOut*perOut
	case counted:
		each = pieces6 * perOut
	}
	want := int64(e.turns) * each
	if e.bill == parted {
		want = deliverable * perOut
	}
	intents, ends, sum := 0, 0, int64(0)
	for _, v := range r.ledger[c.id()] {
		switch v.Kind {
		case "intent":
			intents++
		case "settle", "release":
			if ends, sum = ends+1, sum+v.Nanos; e.turns > 0 && ends <= e.turns && v.Nanos != each {
				t.Errorf("%s: turn %d was charged %d, due are %d", c.name(), ends, v.Nanos, each)
			}
		}
	}
	status, held := e.status, e.turns+1
	if status != 0 {
		held = e.held
	} else {
		status = 101
	}
	if c.status != status || intents != held || ends != held || sum != want {
		t.Errorf("%s: %d, %d intents and %d ends come to %d; want %d, %d, and %d", c.name(), c.status, intents, ends, sum, status, held, want)
	}
	if l := r.log[c.id()]; len(l) != 1 || nanosOf(l[0].USD) != want {
		t.Errorf("%s: the access log says %+v, due are %d", c.name(), l, want)
	}
	told := int64(0)
	for _, v := range r.trail[c.id()] {
		told += v.Nanos
	}
	if n := len(r.trail[c.id()]); told != want || n != max(held, 1) {
		t.Errorf("%s: %d lines of the trail come to %d, due are %d", c.name(), n, told, want)
	}
}
