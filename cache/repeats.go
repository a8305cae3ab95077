package cache

import (
	"crypto/sha256"
	"encoding/binary"
	"io"
	"log/slog"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"asbru/cache/exact"
	"asbru/core"
)

// Repeats are the requests that say which call they are (draft-ietf-httpapi-idempotency-key-header):
// one that comes again under its Idempotency-Key goes with the call that is under way, or is given
// the very bytes of its answer again. It is a Cache whose questions are keys, made when the first
// key comes. What one caller calls a call says nothing about another caller's.
type Repeats struct {
	o  Options
	mu sync.Mutex
	c  atomic.Pointer[Cache] // nil: no key has come yet

	closed bool // under mu
}

// NewRepeats makes Repeats that know a call for window after its answer, as far as size bytes go;
// 0 stands for DefaultWindow and DefaultRepeats. Close must be called.
func NewRepeats(window time.Duration, size int64) *Repeats {
	if window == 0 {
		window = DefaultWindow
	}
	if size == 0 {
		size = DefaultRepeats
	}
	return &Repeats{o: Options{Bytes: size, TTL: window, repeats: true, ToolCalls: true,
		Charge: Charge{Hits: core.ChargeNothing, Followers: core.ChargeNothing}}}
}

// Same reports whether other says what r does.
func (r *Repeats) Same(other *Repeats) bool { return r.o == other.o }

// Look returns the stage that finds what comes again. It belongs before a Cache's.
func (r *Repeats) Look() core.Stage { return r.look }

// Keep returns the stage that remembers the call. It belongs among those that run after the
// exchange, whatever came of it.
func (r *Repeats) Keep() core.Stage { return r.keep }

// Clear implements core.Memory: a call that is forgotten is a new one when it comes again.
func (r *Repeats) Clear(f core.Forget) (n int, err error) {
	if c := r.c.Load(); c != nil {
		return c.Clear(f)
	}
	return 0, nil
}

// Figures implements core.Memory.
func (r *Repeats) Figures() []core.Figure {
	if c := r.c.Load(); c != nil {
		return c.repeatFigures()
	}
	return (&Cache{}).repeatFigures()
}

// Close ends the work. Exchanges that still use r find nothing.
func (r *Repeats) Close() error {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	if c := r.c.Load(); c != nil {
		return c.Close()
	}
	return nil
}

func (r *Repeats) look(x *core.Exchange) core.Verdict {
	c := r.c.Load()
	if x.Watch != nil {
		if c != nil {
			if v := c.visitOf(x); v != nil {
				return v.again(x)
			}
		}
		return core.Continue // somebody else watches the reply
	}
	if x.Head == nil {
		return core.Continue
	}
	name, ok := x.Head.Field("idempotency-key")
	switch {
	case !ok || len(name) == 0:
		return core.Continue
	case len(name) > maxRepeat:
		x.Fault = bad("idempotency-key", name, "send 1 to "+strconv.Itoa(maxRepeat)+" bytes, such as a UUID")
		return core.Refuse
	case x.From == nil || x.Op >= core.NumOps || x.From.Chats[x.Op] == nil:
		return core.Continue
	}
	if c == nil {
		if c = r.make(); c == nil {
			return core.Continue
		}
	}
	return c.repeat(x, name)
}

func (r *Repeats) keep(x *core.Exchange) core.Verdict {
	if c := r.c.Load(); c != nil {
		return c.keep(x)
	}
	return core.Continue
}

// make makes the memory. It is nil when r is closed or cannot have one.
func (r *Repeats) make() *Cache {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c := r.c.Load(); c != nil || r.closed {
		return c
	}
	c, err := New(r.o, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		return nil // a size and a window that a document cannot have
	}
	r.c.Store(c)
	return c
}

// repeat is look for a request that says which call it is.
func (c *Cache) repeat(x *core.Exchange, name []byte) core.Verdict {
	v := c.visits.Get().(*visit)
	x.Watch = v
	v.kind, v.owner = ByKey.owner(x.Key)
	v.key, v.body, v.known = callOf(v.kind, v.owner, name), bodyOf(x), true
	v.print = max(binary.LittleEndian.Uint64(v.key[8:]), 1)
	v.asked = append(v.asked[:0], x.Peek.Model...)
	if i, age := c.mem.Get(&v.key, wall()); age == exact.Fresh {
		if i.Value.body == v.body {
			c.n.exact.Add(1)
		}
		return v.giveAgain(x, i.Value, fromMemory)
	}
	verdict := v.join(x, nil)
	if v.role == leading {
		c.n.missed.Add(1)
	}
	return verdict
}

// giveAgain gives x the answer k of its call, unless x asks for something else.
func (v *visit) giveAgain(x *core.Exchange, k *kept, h how) core.Verdict {
	if k.body != v.body {
		return v.another(x)
	}
	v.retell(x, k, h)
	return core.Answer
}

// another refuses x: its key is that of a call with another body.
func (v *visit) another(x *core.Exchange) core.Verdict {
	v.role, v.f = alone, nil
	v.c.n.clashed.Add(1)
	x.Fault = &core.Fault{Code: core.Invalid, Status: 422, Kind: "idempotency_key_reused", Param: "idempotency-key",
		Message: "the Idempotency-Key is that of an earlier request with another body",
		Hint:    "send the same body to have its answer again, or another key for another call"}
	return core.Refuse
}

// retell gives x the bytes that the first to ask got.
func (v *visit) retell(x *core.Exchange, k *kept, h how) {
	v.tell(x, h, k)
	v.out = append(v.out[:0], k.data...)
	x.Reply.Status, x.Reply.Type, x.Reply.Body = 200, "application/json", v.out
	if x.Peek.Stream {
		x.Reply.Type = x.From.Chats[x.Op].Framing.ContentType(x.Array)
	}
}

// tellRepeat is tell for what comes again.
func (v *visit) tellRepeat(x *core.Exchange, h how, k *kept) {
	v.how = h
	if h == missed {
		return // a call like any other
	}
	v.charge(x, h)
	b := append(v.fields[:0], "Idempotent-Replayed: true\r\n"...)
	if k != nil {
		b = append(strconv.AppendInt(append(b, "Age: "...), max(wall()-k.Born, 0)/int64(time.Second), 10), "\r\n"...)
	}
	v.fields = b
	x.Reply.Fields = b
}

// transcript makes of a tape that was found whole what is given again.
func (s *saving) transcript(tape []byte) *kept {
	return &kept{Note: s.note, body: s.f.body, data: append(make([]byte, 0, len(tape)), tape...)}
}

// callOf is the digest of whose call it is and what they call it.
func callOf(kind, owner string, name []byte) [32]byte {
	b := make([]byte, 0, 512)
	for _, part := range [...]string{"idempotency-key", kind, owner} {
		b = append(binary.LittleEndian.AppendUint32(b, uint32(len(part))), part...)
	}
	return sha256.Sum256(append(b, name...))
}

// bodyOf is the digest of what x asks for, byte by byte.
func bodyOf(x *core.Exchange) (sum [32]byte) {
	h := sha256.New()
	b := make([]byte, 0, 256)
	b = append(b, byte(x.Op), flag(x.Array), flag(x.Peek.Stream))
	b = append(binary.LittleEndian.AppendUint32(b, uint32(len(x.From.Name))), x.From.Name...)
	b = append(binary.LittleEndian.AppendUint32(b, uint32(len(x.Peek.Model))), x.Peek.Model...) // which some have in the path
	h.Write(b)
	h.Write(x.Body)
	h.Sum(sum[:0])
	return sum
}

func flag(on bool) byte {
	if on {
		return 1
	}
	return 0
}
