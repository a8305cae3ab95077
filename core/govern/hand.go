package govern

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"sync"
	"time"

	"asbru/core/ledger"
)

// A taken is a call that another process began and will end.
type taken struct {
	h     *Hold
	least End  // what it is charged if that process goes without a word
	ours  bool // it is this process that ends it, after all
}

// take goes on with calls that had begun and not ended, for who began them.
func (b *Book) take(left []pending) error {
	ctx, cancel := context.WithTimeout(context.Background(), restartWait)
	defer cancel()
	for i := range left {
		p := &left[i]
		room := ledger.Size(int(p.n), takenNote)
		if err := b.reserve(ctx, room); err != nil {
			return err
		}
		h := &Hold{n: int(p.n), worst: p.worst, seq: p.seq, id: p.id, try: p.attempt, room: room, book: b}
		for j, l := range p.lines[:p.n] {
			a := b.byNum[l.Account-1]
			h.accts[j], h.periods[j] = a, a.taking(l.Window)
			h.periods[j].taken.Add(int64(p.worst))
		}
		h.state.Store(held)
		b.holds.Add(1)
		b.takenBy[p.seq] = &taken{h: h, least: End{Cost: p.least, Flags: ledger.Partial | ledger.Estimated}}
	}
	b.leaving = time.AfterFunc(returnWait, b.closeTaken)
	return nil
}

// claim says which of the calls that were taken this process began itself: those wait for it, however long they take.
func (b *Book) claim(ours func(ledger.Seq) bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for s, k := range b.takenBy {
		k.ours = ours(s)
	}
}

// took reports whether another process began the call with that intent, and has not ended it.
func (b *Book) took(s ledger.Seq) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.takenBy[s] != nil
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
// ends. When the last of such processes has gone, and none came back within returnWait, what they
// did not end is charged as partial.
func (b *Book) Serve(conn net.Conn) error {
	b.mu.Lock()
	if b.dismissed {
		b.mu.Unlock()
		return conn.Close()
	}
	b.served = append(b.served, conn)
	b.mu.Unlock()
	if b.ready != nil {
		<-b.ready
	}
	err := b.serve(conn)
	b.mu.Lock()
	b.served = slices.DeleteFunc(b.served, func(c net.Conn) bool { return c == conn })
	if len(b.served) == 0 && !b.dismissed {
		b.leaving = time.AfterFunc(returnWait, b.closeTaken)
	}
	b.mu.Unlock()
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return err
}

// closeTaken charges what processes that are gone did not end.
func (b *Book) closeTaken() {
	stay := b.others != nil && b.others()
	b.mu.Lock()
	left := b.takenBy
	if len(b.served) > 0 || b.dismissed {
		left = nil
	} else if stay && len(left) > 0 {
		left, b.leaving = nil, time.AfterFunc(returnWait, b.closeTaken)
	}
	calls := make([]*taken, 0, len(left))
	for s, k := range left {
		if k.ours {
			continue
		}
		calls = append(calls, k)
		delete(left, s)
	}
	b.mu.Unlock()
	for _, k := range calls {
		k.least.Now = b.now().UnixNano()
		b.close(k.h, &k.least, ledger.Settle)
	}
}

// dismiss ends the service of other processes: the Book is given away, and they will ask who has it
// then.
func (b *Book) dismiss() {
	b.mu.Lock()
	b.dismissed = true
	if b.leaving != nil {
		b.leaving.Stop()
	}
	for _, c := range b.served {
		c.Close()
	}
	b.mu.Unlock()
	for {
		b.mu.Lock()
		n := len(b.served)
		b.mu.Unlock()
		if n == 0 {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

func (b *Book) serve(conn net.Conn) error {
	s := &teller{b: b, w: conn, news: make(chan struct{}, 1)}
	s.news <- struct{}{} // it may know all answers and not how far they are durable
	if err := s.say(&answer{kind: sayBook, tag: b.who, seq: b.restart.Ledger.End}); err != nil {
		conn.Close()
		return err
	}
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
		switch q.kind {
		case 0:
			s.hold(&q, &a)
		case ledger.Audit:
			a.seq = s.b.writeTaken(&q.end)
		default:
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
	if seq := s.b.again(q.ask.ID, q.ask.Attempt); seq > 0 {
		a.seq = seq // it was held for a process that had the Book between them
		return
	}
	seq, r := s.b.holdTaken(&q.ask)
	if r != nil {
		a.refuse(r, q.ask.Accounts)
		return
	}
	a.seq = seq
}

// holdTaken holds for a call whose end comes by endTaken.
func (b *Book) holdTaken(q *Ask) (ledger.Seq, *Refusal) {
	h := new(Hold)
	if r := b.holdLong(h, q); r != nil {
		return 0, r
	}
	h.book = b
	b.mu.Lock()
	defer b.mu.Unlock()
	b.takenBy[h.seq] = &taken{h: h, least: End{Cost: q.Floor, Flags: ledger.Partial | ledger.Estimated}}
	return h.seq, nil
}

// again is what is held already for a call; 0: nothing is.
func (b *Book) again(id [16]byte, attempt uint8) ledger.Seq {
	b.mu.Lock()
	defer b.mu.Unlock()
	for s, k := range b.takenBy {
		if k.h.id == id && k.h.try == attempt {
			return s
		}
	}
	return 0
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
