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

// Repeats handle requests with an Idempotency-Key (draft-ietf-httpapi-idempotency-key-header):
// a repeated one follows the call under way, or is given the same bytes as its answer. They are a
// Cache whose questions are those keys, made when the first key arrives. A key is
// meaningful only within the requests of one caller.
type Repeats struct {
	o  Options
	mu sync.Mutex
	c  atomic.Pointer[Cache] // nil: no key has arrived yet

	closed bool // under mu
}

// NewRepeats makes Repeats that remember a call for window after its answer, as far as size bytes suffice;
// 0 means DefaultWindow and DefaultRepeats. Close must be called.
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

// Same reports whether other has the same settings as r.
func (r *Repeats) Same(other *Repeats) bool { return r.o == other.o }

// Look returns the stage that recognizes repeated calls. It belongs before a Cache's.
func (r *Repeats) Look() core.Stage { return r.look }

// Keep returns the stage that stores the answer of a call. It belongs among those that run after the
// exchange, whatever its outcome.
func (r *Repeats) Keep() core.Stage { return r.keep }

// Clear implements core.Memory. A call that was forgotten is a new one when repeated.
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

// Close stops the work. Exchanges that still use r find nothing.
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
		return core.Continue // another Watcher has the reply
	}
	if x.Head == nil {
		return core.Continue
	}
	name, ok := x.Head.Field("idempotency-key")
	if !ok {
		return core.Continue
	}
	if v, twice := again(x.Head, "idempotency-key"); twice {
		x.Fault = bad("idempotency-key", v, "send it once: the request has it more than once")
		return core.Refuse
	}
	switch {
	case len(name) == 0:
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

// make returns the memory, made on first use. It is nil if r is closed or the memory cannot be made.
func (r *Repeats) make() *Cache {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c := r.c.Load(); c != nil || r.closed {
		return c
	}
	c, err := New(r.o, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		return nil // impossible for the size and window of a document
	}
	r.c.Store(c)
	return c
}

// repeat is look for a request with an Idempotency-Key.
func (c *Cache) repeat(x *core.Exchange, name []byte) core.Verdict {
	v := c.visits.Get().(*visit)
	x.Watch = v
	v.kind, v.owner = ByKey.owner(x.Key)
	v.key, v.body, v.known = callOf(v.kind, v.owner, name), bodyOf(x), true
	v.print = max(binary.LittleEndian.Uint64(v.key[8:]), 1)
	v.gist = v.print
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

// giveAgain answers x with k, the answer to its call, unless the two requests differ.
func (v *visit) giveAgain(x *core.Exchange, k *kept, h how) core.Verdict {
	if k.body != v.body {
		return v.another(x)
	}
	v.retell(x, k, h)
	return core.Answer
}

// another refuses x: its Idempotency-Key belongs to a call with another body.
func (v *visit) another(x *core.Exchange) core.Verdict {
	v.role, v.f = alone, nil
	v.c.n.clashed.Add(1)
	x.Fault = &core.Fault{Code: core.Invalid, Status: 422, Kind: "idempotency_key_reused", Param: "idempotency-key",
		Message: "the Idempotency-Key is that of an earlier request with another body",
		Hint:    "send the same body to have its answer again, or another key for another call"}
	return core.Refuse
}

// retell answers x with the bytes of the first answer.
func (v *visit) retell(x *core.Exchange, k *kept, h how) {
	v.tell(x, h, k)
	v.out = append(v.out[:0], k.data...)
	x.Reply.Status, x.Reply.Type, x.Reply.Body = 200, "application/json", v.out
	if x.Peek.Stream {
		x.Reply.Type = x.From.Chats[x.Op].Framing.ContentType(x.Array)
	}
}

// tellRepeat is tell for a repeated call.
func (v *visit) tellRepeat(x *core.Exchange, h how, k *kept) {
	v.how = h
	if h == missed {
		return // the first call with its key
	}
	v.charge(x, h)
	b := append(v.fields[:0], "Idempotent-Replayed: true\r\n"...)
	if k != nil {
		b = append(strconv.AppendInt(append(b, "Age: "...), max(wall()-k.Born, 0)/int64(time.Second), 10), "\r\n"...)
	}
	v.fields = b
	x.Reply.Fields = b
}

// transcript turns a complete tape into the answer to repeated calls.
func (s *saving) transcript(tape []byte) *kept {
	return &kept{Note: s.note, body: s.f.body, data: append(make([]byte, 0, len(tape)), tape...)}
}

// callOf returns the digest of a call's owner and Idempotency-Key.
func callOf(kind, owner string, name []byte) [32]byte {
	b := make([]byte, 0, 512)
	for _, part := range [...]string{"idempotency-key", kind, owner} {
		b = append(binary.LittleEndian.AppendUint32(b, uint32(len(part))), part...)
	}
	return sha256.Sum256(append(b, name...))
}

// bodyOf returns the digest of what x asks for, byte by byte.
func bodyOf(x *core.Exchange) (sum [32]byte) {
	h := sha256.New()
	b := make([]byte, 0, 256)
	b = append(b, byte(x.Op), flag(x.Array), flag(x.Peek.Stream))
	b = append(binary.LittleEndian.AppendUint32(b, uint32(len(x.From.Name))), x.From.Name...)
	b = append(binary.LittleEndian.AppendUint32(b, uint32(len(x.Peek.Model))), x.Peek.Model...) // in some formats it is in the path
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
