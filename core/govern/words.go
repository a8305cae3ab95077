package govern

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"

	"asbru/core"
	"asbru/core/ledger"
)

// What a draining process and its successor say to each other, on one machine and of one
// version's making or the next: length (u32), then fields of fixed size, little-endian.

// A question is a Hold (kind 0), an end, or a record to be written (ledger.Audit: see noteOf).
type question struct {
	tag   uint64
	kind  ledger.Kind
	ask   Ask
	accts [MaxAccounts]*Account
	ref   ledger.Seq
	end   End
	buf   []byte
}

const (
	sayDone    byte = 1
	sayRefused byte = 2
	sayDurable byte = 3
	sayBook    byte = 4
)

// An answer is that to a question, or says how far the ledger is durable. The first one says which Book answers
// (in tag), and how far the ledger reached when that was opened.
type answer struct {
	kind       byte
	tag        uint64
	seq        ledger.Seq
	short      uint32 // refused: which of the accounts lacks the money, from 1; 0: the ledger has no room
	need, left core.Money
	cap        core.Money
	ends       int64
	buf        []byte
}

var (
	errWords = errors.New("a message that cannot be read")
	errRoom  = errors.New("the ledger has no room")
)

var le = binary.LittleEndian

// begin appends room for a length, which sealed fills in.
func begin(dst []byte) (out []byte, at int) { return append(dst, 0, 0, 0, 0), len(dst) }

func sealed(dst []byte, at int) []byte {
	le.PutUint32(dst[at:], uint32(len(dst)-at-4))
	return dst
}

func flag(on bool) byte {
	if on {
		return 1
	}
	return 0
}

func appendHold(dst []byte, tag uint64, q *Ask) []byte {
	dst, at := begin(dst)
	dst = le.AppendUint64(append(dst, 0), tag)
	dst = append(dst, q.ID[:]...)
	dst = append(dst, q.Attempt, flag(q.Some), byte(len(q.Accounts)))
	for _, n := range [...]int64{int64(q.Worst), int64(q.Floor), q.Now, int64(q.Note)} {
		dst = le.AppendUint64(dst, uint64(n))
	}
	for _, a := range q.Accounts {
		dst = le.AppendUint32(dst, a.num)
	}
	return sealed(dst, at)
}

func appendEnd(dst []byte, tag uint64, ref ledger.Seq, e *End, kind ledger.Kind) []byte {
	dst, at := begin(dst)
	dst = le.AppendUint64(append(dst, byte(kind)), tag)
	for _, n := range [...]uint64{uint64(ref), uint64(e.Cost), uint64(e.Now)} {
		dst = le.AppendUint64(dst, n)
	}
	dst = le.AppendUint32(append(dst, e.Flags), e.Spare)
	return sealed(append(dst, e.Note...), at)
}

// frame reads a message into buf.
func frame(r *bufio.Reader, buf []byte) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return buf, err
	}
	n := int(le.Uint32(head[:]))
	if n > maxWords {
		return buf, errWords
	}
	if cap(buf) < n {
		buf = make([]byte, n)
	}
	buf = buf[:n]
	_, err := io.ReadFull(r, buf)
	return buf, err
}

// words takes a message apart. bad stays once it is set.
type words struct {
	b   []byte
	bad bool
}

func (w *words) take(n int) []byte {
	if n > len(w.b) {
		w.bad, w.b = true, nil
		return make([]byte, n)
	}
	p := w.b[:n]
	w.b = w.b[n:]
	return p
}

func (w *words) byte() byte     { return w.take(1)[0] }
func (w *words) uint32() uint32 { return le.Uint32(w.take(4)) }
func (w *words) int64() int64   { return int64(le.Uint64(w.take(8))) }

// read reads one question; accounts are found in b. It is valid until the next one is read.
func (q *question) read(r *bufio.Reader, b *Book) (err error) {
	if q.buf, err = frame(r, q.buf); err != nil {
		return err
	}
	w := words{b: q.buf}
	q.kind, q.tag = ledger.Kind(w.byte()), uint64(w.int64())
	switch q.kind {
	case 0:
		q.ask = Ask{ID: [16]byte(w.take(16)), Attempt: w.byte(), Some: w.byte() != 0}
		n := int(w.byte())
		q.ask.Worst, q.ask.Floor, q.ask.Now, q.ask.Note = core.Money(w.int64()), core.Money(w.int64()), w.int64(), int(w.int64())
		if n > MaxAccounts || q.ask.Worst < 0 || q.ask.Note < 0 || q.ask.Note > ledger.MaxPayload {
			return errWords
		}
		for i := range n {
			if q.accts[i] = b.numbered(w.uint32()); q.accts[i] == nil {
				return errWords
			}
		}
		q.ask.Accounts = q.accts[:n]
	case ledger.Settle, ledger.Release, ledger.Job, ledger.Audit:
		q.ref = ledger.Seq(w.int64())
		q.end = End{Cost: core.Money(w.int64()), Now: w.int64(), Flags: w.byte(), Spare: w.uint32()}
		q.end.Note = w.take(min(len(w.b), takenNote))
	default:
		return errWords
	}
	if w.bad || len(w.b) > 0 {
		return errWords
	}
	return nil
}

// numbered is an account by its number; nil: there is none.
func (b *Book) numbered(num uint32) *Account {
	b.mu.Lock()
	defer b.mu.Unlock()
	if num == 0 || int(num) > len(b.byNum) {
		return nil
	}
	return b.byNum[num-1]
}

func (a *answer) append(dst []byte) []byte {
	dst, at := begin(dst)
	dst = le.AppendUint32(append(dst, a.kind), a.short)
	for _, n := range [...]uint64{a.tag, uint64(a.seq), uint64(a.need), uint64(a.left), uint64(a.cap), uint64(a.ends)} {
		dst = le.AppendUint64(dst, n)
	}
	return sealed(dst, at)
}

func (a *answer) read(r *bufio.Reader) (err error) {
	if a.buf, err = frame(r, a.buf); err != nil {
		return err
	}
	w := words{b: a.buf}
	a.kind, a.short, a.tag, a.seq = w.byte(), w.uint32(), uint64(w.int64()), ledger.Seq(w.int64())
	a.need, a.left, a.cap, a.ends = core.Money(w.int64()), core.Money(w.int64()), core.Money(w.int64()), w.int64()
	if w.bad || len(w.b) > 0 || a.kind < sayDone || a.kind > sayBook {
		return errWords
	}
	return nil
}

// refuse makes a the answer that r is.
func (a *answer) refuse(r *Refusal, list []*Account) {
	a.kind, a.need, a.left, a.cap, a.ends = sayRefused, r.Need, r.Left, r.Cap, r.Ends
	for i, x := range list {
		if x == r.Account {
			a.short = uint32(i + 1)
		}
	}
}

// refusal is the Refusal that a says, of who asked for list.
func (a *answer) refusal(list []*Account) *Refusal {
	r := &Refusal{Need: a.need, Left: a.left, Cap: a.cap, Ends: a.ends}
	if i := int(a.short) - 1; i >= 0 && i < len(list) {
		r.Account = list[i]
	} else {
		r.Cause = errRoom
	}
	return r
}
