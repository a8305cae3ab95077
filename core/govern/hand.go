package govern

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"asbru/core/ledger"
)

// A taken is a call that another process began and will end.
type taken struct {
	h     *Hold
	least End // what it is charged if that process goes without a word
}

// take goes on with calls that had begun and not ended, for their owner.
func (b *Book) take(left []pending, byNum []*Account) error {
	ctx, cancel := context.WithTimeout(context.Background(), restartWait)
	defer cancel()
	b.takenBy = map[ledger.Seq]*taken{}
	for i := range left {
		p := &left[i]
		room := ledger.Size(int(p.n), takenNote)
		if err := b.reserve(ctx, room); err != nil {
			return err
		}
		h := &Hold{n: int(p.n), worst: p.worst, seq: p.seq, id: p.id, try: p.attempt, room: room, book: b}
		for j, l := range p.lines[:p.n] {
			a := byNum[l.Account-1]
			h.accts[j], h.periods[j] = a, a.taking(l.Window)
			h.periods[j].taken.Add(int64(p.worst))
		}
		h.state.Store(held)
		b.holds.Add(1)
		b.takenBy[p.seq] = &taken{h, End{Cost: p.least, Flags: ledger.Partial | ledger.Estimated}}
	}
	return nil
}

// taking is the period of a window: the current one, or one that is over.
func (a *Account) taking(window uint32) *period {
	c := a.cur.Load()
	if c == nil {
		c = &period{start: int64(window) * int64(time.Second)}
		c.end.Store(never)
		a.cur.Store(c)
	}
	if c.window() != window {
		c = &period{start: int64(window) * int64(time.Second)}
	}
	return c
}

// endTaken ends a call that was taken over and returns the Seq of its end; 0: it has ended.
func (b *Book) endTaken(ref ledger.Seq, e *End, kind ledger.Kind) ledger.Seq {
	b.mu.Lock()
	k := b.takenBy[ref]
	delete(b.takenBy, ref)
	b.mu.Unlock()
	if k == nil {
		return 0
	}
	s, _ := b.close(k.h, e, kind)
	return s
}

// disown gives back what a process that is gone held for a call that will ask again.
func (b *Book) disown(id [16]byte, attempt uint8, now int64) {
	b.mu.Lock()
	var h *Hold
	for s, k := range b.takenBy {
		if k.h.id == id && k.h.try == attempt {
			h = k.h
			delete(b.takenBy, s)
			break
		}
	}
	b.mu.Unlock()
	if h != nil {
		b.close(h, &End{Now: now}, ledger.Release)
	}
}

// Serve does what a process asks that has given this Book away and drains, until its connection
// ends: then what it did not end is charged as partial. now is the wall clock.
func (b *Book) Serve(conn net.Conn, now func() time.Time) error {
	s := &teller{b: b, w: conn, news: make(chan struct{}, 1)}
	told := make(chan struct{})
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		defer close(told)
		s.tell(ctx)
	}()
	err := s.serve(bufio.NewReader(conn))
	cancel()
	<-told
	conn.Close()
	b.mu.Lock()
	left := b.takenBy
	b.takenBy = nil
	b.mu.Unlock()
	for _, k := range left {
		k.least.Now = now().UnixNano()
		b.close(k.h, &k.least, ledger.Settle)
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return err
}

// A teller answers one process.
type teller struct {
	b    *Book
	news chan struct{}

	mu  sync.Mutex // of w
	w   io.Writer
	buf []byte
}

func (s *teller) serve(r *bufio.Reader) error {
	var q question
	for {
		if err := q.read(r, s.b); err != nil {
			return err
		}
		a := answer{tag: q.tag, kind: sayDone}
		if q.kind == 0 {
			s.hold(&q, &a)
		} else {
			a.seq = s.b.endTaken(q.ref, &q.end, q.kind)
		}
		if err := s.say(&a); err != nil {
			return err
		}
		select {
		case s.news <- struct{}{}:
		default:
		}
	}
}

func (s *teller) hold(q *question, a *answer) {
	h := new(Hold)
	if r := s.b.Hold(h, &q.ask); r != nil {
		a.refuse(r, q.ask.Accounts)
		return
	}
	h.book, a.seq = s.b, h.seq
	s.b.mu.Lock()
	defer s.b.mu.Unlock()
	if s.b.takenBy == nil {
		s.b.takenBy = map[ledger.Seq]*taken{}
	}
	s.b.takenBy[h.seq] = &taken{h, End{Cost: q.ask.Floor, Flags: ledger.Partial | ledger.Estimated}}
}

func (s *teller) say(a *answer) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.buf = a.append(s.buf[:0])
	_, err := s.w.Write(s.buf)
	return err
}

// tell says how far the ledger is durable whenever something was appended to it.
func (s *teller) tell(ctx context.Context) {
	log := s.b.log
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.news:
		}
		end := log.End()
		if log.Wait(ctx, end) != nil || s.say(&answer{kind: sayDurable, seq: end}) != nil {
			return
		}
	}
}

// known is all accounts, by name.
func (b *Book) known() map[string]*Account {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.accounts
}
