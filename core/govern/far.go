package govern

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"maps"
	"slices"
	"sync"
	"time"

	"asbru/core"
	"asbru/core/ledger"
)

// A far is the process that has the Book, as one sees it that drains and has calls under way.
// What is asked of it is written to a connection, in the order in which it was asked, and
// answered in any order. It answers before what it says is durable, and may die in between: what
// is not known to be durable is remembered, and asked again of who has the Book then.
// Draining is no hot path: there is a lock.
type far struct {
	mu     sync.Mutex
	out    []byte        // to be sent; bounded by the calls under way
	kick   chan struct{} // something is in out
	asked  map[uint64]*call
	last   uint64         // the newest call
	unsure []*call        // of asked: answered, and not yet durable
	late   int            // of asked: ends that wait for their hold to be made again
	holds  map[*call]bool // held there, and not known to have ended
	waits  []waiting

	durable ledger.Seq
	passed  ledger.Seq // up to here the Book was this process's
	who     uint64     // the Book that was carried to last; 0: none was
	since   time.Time  // when the Book was given away
	there   bool       // somebody carries what is asked
	lost    error      // why nobody answers now, and nobody waits for it; nil: somebody may
	own     *Book      // the Book is here again, and is asked instead
}

// A call is one question to the far process.
type call struct {
	f        *far
	tag      uint64
	ask      Ask
	accts    [MaxAccounts]*Account
	waker    core.Waker
	seq      ledger.Seq // of its record, once it is answered
	refusal  *Refusal
	isEnd    bool
	answered bool
	dropped  bool // nobody wants the hold any more
	taken    bool // the call goes on as one that is held
	void     bool // the Book is here again, and it is not known whether this is held: ask that

	of   *call      // of an end: the hold that the far process made
	ref  ledger.Seq // of an end whose hold this process made: its intent
	late bool       // of an end: its hold is to be made first
	end  End
	kind ledger.Kind
}

// intent is the record of what an end ends. f.mu is held.
func (c *call) intent() ledger.Seq {
	if c.of != nil {
		return c.of.seq
	}
	return c.ref
}

// intent is the record in which h stands.
func (h *Hold) intent() ledger.Seq {
	c := h.there
	if c == nil {
		return h.seq
	}
	c.f.mu.Lock()
	defer c.f.mu.Unlock()
	return c.seq
}

type waiting struct {
	s     ledger.Seq
	waker core.Waker
}

func newFar(end ledger.Seq) *far {
	return &far{kick: make(chan struct{}, 1), asked: map[uint64]*call{}, holds: map[*call]bool{}, since: time.Now(), durable: end, passed: end}
}

// closed says up to where the Book was this process's.
func (f *far) closed(durable ledger.Seq) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.passed = durable
	f.reach(durable)
}

// hold is Till.Hold; ok is false when the Book is here again, and is to be asked.
func (f *far) hold(x *core.Exchange, h *Hold, q *Ask) (v core.Verdict, r *Refusal, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := h.call
	switch {
	case c != nil && c.answered:
		h.call = nil
		if c.refusal != nil {
			return core.Refuse, c.refusal, true
		}
		h.n, h.worst, h.seq, h.id, h.try, h.book, h.there = 0, q.Worst, c.seq, q.ID, q.Attempt, nil, c
		c.taken = true
		h.state.Store(held)
		return core.Continue, nil, true
	case f.own != nil:
		h.call = nil
		return 0, nil, false
	case f.lost != nil || !f.there && time.Since(f.since) > passWait:
		if c != nil {
			c.dropped = true
			h.call = nil
		}
		return core.Refuse, &Refusal{Cause: orPassed(f.lost)}, true
	case c != nil:
		c.waker = x.Waker()
		return core.Wait, nil, true
	}
	c = &call{f: f, ask: *q, waker: x.Waker()}
	c.ask.Accounts = c.accts[:copy(c.accts[:], q.Accounts)]
	h.call = c
	f.put(c)
	return core.Wait, nil, true
}

func orPassed(err error) error {
	if err == nil {
		return errPassed
	}
	return err
}

// put asks c, for the first time. f.mu is held.
func (f *far) put(c *call) {
	f.last++
	c.tag = f.last
	f.asked[c.tag] = c
	if c.late = c.of != nil && !c.of.answered; c.late {
		f.late++
		return
	}
	f.out = f.append(f.out, c)
	f.send()
}

// append appends c as it is asked. f.mu is held.
func (f *far) append(dst []byte, c *call) []byte {
	if c.isEnd {
		return appendEnd(dst, c.tag, c.intent(), &c.end, c.kind)
	}
	return appendHold(dst, c.tag, &c.ask)
}

func (f *far) send() {
	select {
	case f.kick <- struct{}{}:
	default:
	}
}

// end is Till.End; it reports false when the Book is here again, and is to be asked.
func (f *far) end(h *Hold, e *End, kind ledger.Kind) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.own != nil {
		return false
	}
	if !h.state.CompareAndSwap(held, done) {
		return true
	}
	c := &call{f: f, isEnd: true, kind: kind}
	if h.there != nil && h.there.f == f {
		c.of = h.there
	} else {
		c.ref = h.intent()
	}
	c.end = End{Cost: e.Cost, Flags: e.Flags, Spare: e.Spare, Now: e.Now, Note: bytes.Clone(e.Note)} // the caller's Note stays where it is, on its stack
	h.call = c
	f.put(c)
	return true
}

// ended is Continue once the far process has ended h, or the Book is here again and has, or nobody is there. Then the
// end is told to who has the Book next.
func (c *call) ended(x *core.Exchange, h *Hold) core.Verdict {
	f := c.f
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.lost != nil || f.own != nil || c.answered && c.seq <= f.durable {
		h.call, h.end = nil, c.seq
		return core.Continue
	}
	c.waker = x.Waker()
	return core.Wait
}

// drop says that nobody waits for a hold any more: if it is made, it is released.
func (c *call) drop() {
	f := c.f
	f.mu.Lock()
	defer f.mu.Unlock()
	c.dropped, c.waker = true, core.Waker{}
	switch {
	case !c.answered || c.refusal != nil:
	case f.own != nil:
		f.own.endTaken(c.seq, &End{Now: c.ask.Now}, ledger.Release)
		f.own.Nudge()
	default:
		f.release(c)
	}
}

// release gives back what c holds, which nobody wants. f.mu is held.
func (f *far) release(c *call) {
	f.put(&call{f: f, isEnd: true, of: c, end: End{Now: c.ask.Now}, kind: ledger.Release})
}

// begun is Till.Begun for what is held there; ok is false when the Book is here again, and is to be asked for h.seq.
func (f *far) begun(x *core.Exchange, h *Hold) (v core.Verdict, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if c := h.there; c != nil && c.f == f {
		switch {
		case c.refusal != nil: // it was held, that was lost, and there is no money for it now
			x.Fault = unwritable(errForgotten)
			return core.Refuse, true
		case !c.answered && f.lost != nil:
			x.Fault = unwritable(f.lost)
			return core.Refuse, true
		case !c.answered: // it is being held again
			c.waker = x.Waker()
			return core.Wait, true
		}
		h.seq = c.seq
	}
	if f.own != nil {
		return 0, false
	}
	return f.wait(x, h.seq), true
}

var errForgotten = errors.New("the process that had the ledger is gone, and with it what it held for this call")

// await is Till.await; ok is false when the Book is here again.
func (f *far) await(x *core.Exchange, s ledger.Seq) (v core.Verdict, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.own != nil {
		return 0, false
	}
	return f.wait(x, s), true
}

// wait is Continue once s is durable. f.mu is held.
func (f *far) wait(x *core.Exchange, s ledger.Seq) core.Verdict {
	if f.durable >= s {
		return core.Continue
	}
	if f.lost != nil {
		x.Fault = unwritable(f.lost)
		return core.Refuse
	}
	f.waits = append(f.waits, waiting{s, x.Waker()})
	return core.Wait
}

// Carry takes what is asked of the far process to it through conn, and brings its answers, until
// conn breaks. It is called after Pass, and again when another process has the Book: what was not
// answered is asked again.
func (t *Till) Carry(conn io.ReadWriteCloser) error {
	f := t.far.Load()
	r := bufio.NewReader(conn)
	if err := f.meet(r); err != nil {
		conn.Close()
		return err
	}
	ended := make(chan struct{})
	go func() {
		defer conn.Close()
		for {
			f.mu.Lock()
			b := f.out
			f.out = nil
			f.mu.Unlock()
			if len(b) > 0 {
				if _, err := conn.Write(b); err != nil {
					return
				}
				continue
			}
			select {
			case <-f.kick:
			case <-ended:
				return
			}
		}
	}()
	err := f.listen(r)
	close(ended)
	conn.Close()
	f.mu.Lock()
	f.there, f.since = false, time.Now()
	f.mu.Unlock()
	return err
}

// meet reads who answers, and asks it all that was not answered, or was answered by a Book that is gone with
// what it said.
func (f *far) meet(r *bufio.Reader) error {
	var a answer
	if err := a.read(r); err != nil {
		return err
	}
	if a.kind != sayBook {
		return errWords
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.who != a.tag {
		f.who = a.tag
		f.reach(a.seq)
		f.forget()
	}
	f.there, f.lost, f.out = true, nil, f.askAgain(f.out[:0])
	f.send()
	return nil
}

// forget takes back all answers that died with a Book. Who waits for them asks again. f.mu is held.
func (f *far) forget() {
	for _, c := range f.unsure {
		c.answered, c.seq = false, 0
		delete(f.holds, c)
	}
	f.unsure = nil
	f.wakeWaits()
}

// askAgain appends all that was not answered, in the order in which it was asked, but for the ends of what is to
// be held first. f.mu is held.
func (f *far) askAgain(dst []byte) []byte {
	f.late = 0
	for _, tag := range slices.Sorted(maps.Keys(f.asked)) {
		c := f.asked[tag]
		if c.answered {
			continue
		}
		if c.late = c.of != nil && !c.of.answered; c.late {
			f.late++
			continue
		}
		dst = f.append(dst, c)
	}
	return dst
}

// listen takes answers.
func (f *far) listen(r *bufio.Reader) error {
	var a answer
	for {
		if err := a.read(r); err != nil {
			return err
		}
		f.answered(&a)
	}
}

func (f *far) answered(a *answer) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if a.kind == sayDurable {
		f.reach(a.seq)
		return
	}
	c := f.asked[a.tag]
	if c == nil || c.answered {
		return
	}
	c.answered, c.seq = true, a.seq
	switch {
	case a.kind == sayRefused:
		c.refusal = a.refusal(c.ask.Accounts)
		delete(f.asked, c.tag)
	case c.seq <= f.durable:
		f.sure(c)
	default:
		f.unsure = append(f.unsure, c)
	}
	if !c.isEnd {
		f.made(c)
	}
	c.waker.Wake()
}

// made goes on with what waits for a hold. f.mu is held.
func (f *far) made(c *call) {
	if c.refusal == nil {
		f.holds[c] = true
	}
	if f.late > 0 {
		for _, e := range f.asked {
			switch {
			case e.of != c || !e.late:
				continue
			case c.refusal != nil: // nothing is held that could be ended
				e.answered = true
				f.sure(e)
				e.waker.Wake()
			default:
				f.out = f.append(f.out, e)
			}
			e.late = false
			f.late--
		}
		f.send()
	}
	if c.dropped && c.refusal == nil {
		f.release(c)
	}
}

// sure forgets the question c: its answer is durable. f.mu is held.
func (f *far) sure(c *call) {
	delete(f.asked, c.tag)
	if c.isEnd {
		delete(f.holds, c.of)
	}
}

// reach notes that all up to s is durable. f.mu is held.
func (f *far) reach(s ledger.Seq) {
	f.durable = s
	unsure := f.unsure[:0]
	for _, c := range f.unsure {
		if c.seq > s {
			unsure = append(unsure, c)
			continue
		}
		f.sure(c)
		c.waker.Wake()
	}
	clear(f.unsure[len(unsure):])
	f.unsure = unsure
	left := f.waits[:0]
	for _, w := range f.waits {
		if w.s <= s {
			w.waker.Wake()
		} else {
			left = append(left, w)
		}
	}
	clear(f.waits[len(left):])
	f.waits = left
}

// unsaid reports whether calls have ended here of which it is not known that their ends are durable.
func (f *far) unsaid() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.own != nil {
		return false
	}
	for _, c := range f.asked {
		if c.isEnd {
			return true
		}
	}
	return false
}

// Unsaid reports whether calls have ended here whose charges another process has not written yet: a process
// that ends now leaves them to be charged as partial.
func (t *Till) Unsaid() bool {
	f := t.far.Load()
	return f != nil && f.unsaid()
}

// Lost says that nobody has the Book now. Calls under way go on without it, and are charged by the next process that Carry
// reaches; what is new is refused. Without such a process they are charged as partial by whoever opens the ledger next.
func (t *Till) Lost(err error) {
	if f := t.far.Load(); f != nil {
		f.lose(err)
	}
}

func (f *far) lose(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lost = err
	f.wakeAll()
}

// wakeAll has everybody ask again. f.mu is held.
func (f *far) wakeAll() {
	for _, c := range f.asked {
		c.waker.Wake()
	}
	f.wakeWaits()
}

func (f *far) wakeWaits() {
	for _, w := range f.waits {
		w.waker.Wake()
	}
	f.waits = nil
}

// again has b hold what another Book held, and lost. f.mu is held.
func (c *call) again(b *Book) {
	c.answered = true
	if c.seq, c.refusal = b.holdTaken(&c.ask); c.refusal == nil {
		c.f.holds[c] = true
	}
}

// giveBack has all go on with b, a Book of the process's own, which was has become, and calls back before anybody
// does. What the far process was asked and did not answer may stand in the ledger or not: b knows. What it
// answered and did not write is lost, and done again.
func (f *far) giveBack(was, b *Book, back func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.reach(b.restart.Ledger.End)
	f.forget()
	for _, tag := range slices.Sorted(maps.Keys(f.asked)) {
		switch c := f.asked[tag]; {
		case c.kind == ledger.Audit:
			b.writeTaken(&c.end)
		case c.isEnd:
			c.seq = b.endTaken(c.intent(), &c.end, c.kind)
			delete(f.holds, c.of)
		case c.answered: // and durable in between
		case c.taken:
			c.again(b)
		default:
			b.disown(c.ask.ID, c.ask.Attempt, c.ask.Now)
			c.void = true
		}
	}
	mine := make(map[ledger.Seq]bool, len(f.holds))
	for c := range f.holds {
		mine[c.seq] = true
	}
	b.claim(func(s ledger.Seq) bool {
		return mine[s] || s <= f.passed && !was.took(s)
	})
	f.durable, f.own = b.log.Durable(), b
	back()
	f.wakeAll()
	clear(f.asked)
}
