package hotpath

import (
	"bytes"
	"time"
	"unsafe"

	"asbru/core"
	"asbru/hotpath/http1"
)

// A crossing is the state of an exchange whose client and target speak different formats. It
// comes from a pool; its memory grows to the usual size and is kept, up to maxCrossing.
type crossing struct {
	chat    core.Chat
	embed   core.Embed
	rerank  core.Rerank
	reply   core.Completion
	vectors core.Vectors
	ranking core.Ranking
	x       core.Crossing
	events  []core.Event

	asked   []byte // the model that the client named; a copy, as a stream outlives the request
	used    []byte // the model name that was sent; a copy too
	wants   wishes
	sent    []byte // the body that was sent, for clients that ask to see it
	read    bool   // the request was parsed
	kept    []byte // header fields of the reply that the client gets too
	retry   []byte // the reply's x-should-retry; empty: none
	coded   bool   // the reply has a content-encoding, though none was asked for
	extras  func(dst []byte) []byte
	f       *flight
	bare    bool     // both sides speak the same format: only the reply has to be gathered, as to make a stream of it
	homes   bool     // with raw: addresses in the reply are changed to lead here
	raw     bool     // with bare: the gathered reply is not made a stream
	betas   []byte   // the features named in the client's anthropic-beta header, as a JSON array
	dropped []string // what the request of the attempt under way left out
	without []string // members that were removed because the client allows it
	body    []byte   // the request without those; nil: unchanged
	splice  *splice  // nil: a stream that breaks is not continued
}

func newCrossing() *crossing {
	c := &crossing{x: *core.NewCrossing(), chat: *core.NewChat()}
	c.extras = c.appendExtras // made once, because making a func value allocates
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

// held is how many bytes c would occupy in its pool. A crossing that one huge conversation has
// grown is not kept for all that follow.
func (c *crossing) held() int {
	return c.chat.Held() + c.reply.Held() + c.embed.Held() + c.vectors.Held() + c.rerank.Held() + c.ranking.Held() +
		c.x.Held() + cap(c.events)*int(unsafe.Sizeof(core.Event{})) + cap(c.sent) + cap(c.asked) + cap(c.used)
}

// forget drops the state of an attempt and keeps the parsed request.
func (c *crossing) forget() {
	c.reply.Reset()
	c.vectors.Reset()
	c.ranking.Reset()
	c.x.Reset()
	clear(c.events)
	c.events, c.kept, c.retry, c.dropped = c.events[:0], c.kept[:0], c.retry[:0], nil
	c.coded = false
}

// crosses reports whether the attempt under way needs a translation.
func (f *flight) crosses() bool {
	x := &f.x
	return x.Face != nil && (x.Face.Dialect != x.From || x.As != x.Op || x.From.Redo[x.Op] || f.rescues())
}

// begin prepares c for reading and writing the answer.
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

// bare returns a crossing for a reply in the client's own format that has to be gathered.
func (s *Server) bare(f *flight) *crossing {
	c := s.crosses.Get().(*crossing)
	c.forget()
	c.f, c.bare, c.raw, c.chat.Usage = f, true, false, f.x.Peek.AskUsage
	c.begin(&f.x, f.x.Name)
	c.x.Extra = nil
	f.cross = c
	return c
}

// tellsRetry reports whether the target's head says when to retry.
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
