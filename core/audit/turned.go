package audit

import (
	"encoding/hex"
	"net/netip"
	"strconv"
	"sync"
	"sync/atomic"

	"asbru/core"
	"asbru/core/scan"
)

// A Turned counts requests that were refused before their caller was known: the key is unknown,
// disabled or expired, the head malformed, or the body too
// long. Anyone who can reach the gateway can send any number of these, so they do not get a record
// each: one record says how many came from an address for a reason.
type Turned struct {
	First [16]byte // id of the first
	Since int64    // when it arrived, wall clock, Unix nanoseconds
	Last  int64    // when the last one arrived
	Count uint64

	From   [16]byte // their address, IPv4 mapped; zero: of several addresses, for which there was no room
	Key    string   // the name of a key that is disabled or expired; empty: the key is unknown, or was not looked up
	Op     core.Op  // of the first
	Fault  core.Code
	Status int // of the first one
}

// like reports whether u belongs to the same count as t.
func (t *Turned) like(u *Turned) bool {
	return t.From == u.From && t.Fault == u.Fault && t.Status == u.Status && t.Key == u.Key
}

// join adds u to t.
func (t *Turned) join(u *Turned) {
	if u.Since < t.Since {
		t.Since, t.First, t.Op = u.Since, u.First, u.Op
	}
	t.Last, t.Count = max(t.Last, u.Last), t.Count+u.Count
}

// Strangers counts refused requests until they are recorded. Its memory is bounded: those for which
// there is no room are counted together. The zero value is ready for use; it may be used concurrently.
type Strangers struct {
	mu     sync.Mutex
	rows   []Turned
	rest   Turned        // those without a row of their own
	missed atomic.Uint64 // those that arrived while another goroutine was counting
}

// Note counts x, which is refused; peer is its client's address, now the wall clock in Unix nanoseconds. It
// never waits: while another goroutine counts, x is only added to a total.
func (s *Strangers) Note(x *core.Exchange, peer *[16]byte, now int64) {
	t := Turned{First: x.ID, Since: now, Last: now, Count: 1, From: *peer, Op: x.Op, Fault: x.Fault.Code, Status: x.Fault.HTTP()}
	if x.Key != nil {
		t.Key = x.Key.Name
	}
	if !s.mu.TryLock() {
		s.missed.Add(1)
		return
	}
	defer s.mu.Unlock()
	s.add(&t)
}

// Add counts again what could not be recorded.
func (s *Strangers) Add(t *Turned) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.add(t)
}

func (s *Strangers) add(t *Turned) {
	for i := range s.rows {
		if s.rows[i].like(t) {
			s.rows[i].join(t)
			return
		}
	}
	if t.From != [16]byte{} && len(s.rows) < maxStrangers {
		s.rows = append(s.rows, *t)
		return
	}
	if s.rest.Count == 0 {
		s.rest = Turned{First: t.First, Since: t.Since, Op: t.Op, Fault: t.Fault, Status: t.Status}
	}
	if s.rest.Fault != t.Fault {
		s.rest.Fault, s.rest.Status = core.None, 0 // they have several reasons
	}
	s.rest.join(t)
}

// Take returns the counts since the last call, up to now, and resets them.
func (s *Strangers) Take(now int64) []Turned {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := s.missed.Swap(0); n > 0 {
		s.add(&Turned{Count: n, Since: now, Last: now})
	}
	all := s.rows
	if s.rest.Count > 0 {
		all = append(all, s.rest)
	}
	s.rows, s.rest = nil, Turned{}
	return all
}

// turnedVersion begins a packed Turned. It differs from callVersion, because both occur in records of one kind.
const turnedVersion = 2

// AppendTurned packs t in at most MaxTurned bytes.
func AppendTurned(dst []byte, t *Turned) []byte {
	dst = append(dst, turnedVersion, byte(t.Op), byte(t.Fault), byte(t.Status), byte(t.Status>>8))
	dst = append(append(dst, t.First[:]...), t.From[:]...)
	dst = appendTime(appendTime(dst, t.Since), t.Last)
	return appendName(appendInt(dst, int64(t.Count)), t.Key, maxKey)
}

// ParseTurned unpacks the output of AppendTurned.
func ParseTurned(b []byte) (Turned, error) {
	r := &reader{b: b}
	if r.byte() != turnedVersion {
		return Turned{}, errPacked
	}
	var t Turned
	t.Op, t.Fault, t.Status = core.Op(r.byte()), core.Code(r.byte()), r.u16()
	copy(t.First[:], r.bytes(16))
	copy(t.From[:], r.bytes(16))
	t.Since, t.Last, t.Count, t.Key = r.time(), r.time(), uint64(r.int()), r.name()
	if r.short || len(r.b) != 0 || t.Op >= core.NumOps || t.Fault >= core.NumCodes {
		return Turned{}, errPacked
	}
	return t, nil
}

// Turned appends the line of a count of refused requests.
func (c *Chain) Turned(dst []byte, at uint64, t *Turned) []byte {
	b, from := c.begin(dst, KindTurned)
	return c.end(appendTurned(appendStamp(append(b, `,"at":`...), at, t.Last), t), from)
}

func appendTurned(b []byte, t *Turned) []byte {
	b = appendTimed(b, `,"since":`, t.Since)
	b = strconv.AppendUint(append(b, `,"count":`...), t.Count, 10)
	if t.From != [16]byte{} {
		b = scan.AppendString(append(b, `,"from":`...), netip.AddrFrom16(t.From).Unmap().String())
	}
	b = appendWord(b, `,"key":`, t.Key)
	b = appendWord(b, `,"op":`, t.Op.String())
	if t.Status != 0 {
		b = appendNumber(b, `,"status":`, int64(t.Status))
	}
	if t.Fault != core.None {
		b = appendWord(b, `,"fault":`, t.Fault.String())
	}
	return append(hex.AppendEncode(append(b, `,"first":"`...), t.First[:]), '"')
}
