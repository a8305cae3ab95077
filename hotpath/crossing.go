package hotpath

import (
	"bytes"
	"time"
	"unsafe"

	"asbru/core"
	"asbru/hotpath/http1"
)

// A crossing is what an exchange needs besides when the client and the target
// speak different formats. It comes from a pool; its memory grows to what is
// common and stays, up to maxCrossing.
type crossing struct {
	chat    core.Chat
	embed   core.Embed
	rerank  core.Rerank
	reply   core.Completion
	vectors core.Vectors
	ranking core.Ranking
	x       core.Crossing
	events  []core.Event

	asked   []byte // the model that the client named
	used    []byte // the one that was sent; a stream outlives the request that both stood in
	wants   wishes
	sent    []byte // the body that was sent, for who wants to see it
	read    bool   // the request was parsed
	kept    []byte // fields of the reply's head that go on to the client
	retry   []byte // what its x-should-retry says; empty: nothing
	extras  func(dst []byte) []byte
	f       *flight
	bare    bool     // nothing but a complete reply is made a stream: the request went as it came
	homes   bool     // nor of a reply whose addresses are made to lead here
	raw     bool     // not even that: an error passes as it came, once it was read
	betas   []byte   // the features that the client's header names, as a JSON array
	dropped []string // what the request of the attempt under way left out
	without []string // members that were taken out because the client said so
	body    []byte   // the request without them; nil: all of it stands
	splice  *splice  // nil: nobody continues a stream that breaks
}

func newCrossing() *crossing {
	c := &crossing{x: *core.NewCrossing(), chat: *core.NewChat()}
	c.extras = c.appendExtras // once: a func value made for each exchange would be an allocation for each
	return c
}

func (c *crossing) reset() {
	c.chat.Reset()
	c.embed.Reset()
	c.rerank.Reset()
	c.forget()
	c.homes, c.read, c.bare, c.raw, c.f, c.wants, c.sent = false, false, false, false, nil, wishes{}, c.sent[:0]
	c.without, c.body, c.betas, c.splice = nil, nil, nil, nil
	if cap(c.kept) > maxOutHead {
		c.kept = nil
	}
}

// held is the memory that c would keep while nobody uses it, in bytes. What one huge
// conversation grew is not for all that follow.
func (c *crossing) held() int {
	return c.chat.Held() + c.reply.Held() + c.embed.Held() + c.vectors.Held() + c.rerank.Held() + c.ranking.Held() +
		c.x.Held() + cap(c.events)*int(unsafe.Sizeof(core.Event{})) + cap(c.sent) + cap(c.asked) + cap(c.used)
}

// forget drops what an attempt left, and keeps what the client asked.
func (c *crossing) forget() {
	c.reply.Reset()
	c.vectors.Reset()
	c.ranking.Reset()
	c.x.Reset()
	clear(c.events)
	c.events, c.kept, c.retry, c.dropped = c.events[:0], c.kept[:0], c.retry[:0], nil
}

// crosses reports whether the attempt under way needs a translation.
func (f *flight) crosses() bool {
	x := &f.x
	return x.Face != nil && (x.Face.Dialect != x.From || x.As != x.Op || x.From.Redo[x.Op] || f.rescues())
}

// begin prepares what the answer is read and written with.
func (c *crossing) begin(x *core.Exchange, model []byte) {
	z := &c.x
	c.asked, c.used = append(c.asked[:0], x.Peek.Model...), append(c.used[:0], model...)
	z.From, z.FromOp, z.To, z.ToOp = x.Face.Dialect, x.As, x.From, x.Op
	z.Model = append(z.Model[:0], x.Peek.Model...)
	z.Wants = c.chat.Usage
	z.Wall, z.Request = wallSeconds(), x.ID
	if x.Array {
		z.W.Flags |= core.ArrayStream
	}
	if x.From.Extras && !x.Snap.Limits.NoExtras {
		z.Extra = c.extras
	}
}

// bare returns what makes a stream of a complete reply in the client's own format.
func (s *Server) bare(f *flight) *crossing {
	c := s.crosses.Get().(*crossing)
	c.forget()
	c.f, c.bare, c.raw, c.chat.Usage = f, true, false, f.x.Peek.AskUsage
	c.begin(&f.x, f.x.Name)
	c.x.Extra = nil
	f.cross = c
	return c
}

// tellsRetry reports whether the target's own head said when to come back.
func (c *crossing) tellsRetry() bool {
	for rest := c.kept; len(rest) > 0; {
		if http1.HasPrefixFold(rest, "retry-after") {
			return true
		}
		_, rest, _ = bytes.Cut(rest, []byte("\n"))
	}
	return false
}

// wallSeconds is the time of day in Unix seconds.
func wallSeconds() int64 { return time.Now().Unix() }
