package hotpath

import (
	"errors"
	"time"

	"asbru/core"
)

// errTurned means that a stage refused to let the client have the answer.
var errTurned = errors.New("the answer was not given on")

// sleep waits until the exchange is woken or x.Until has come. It reports false if the
// client left meanwhile.
func (k *conn) sleep(f *flight) bool {
	now := core.Clock()
	t := time.NewTimer(later(f.wakes(now), now))
	defer t.Stop()
	select {
	case <-f.bell.(gong):
	case <-t.C:
	}
	return !k.hungUp.Load()
}

// decided sleeps and runs the stages until none waits any more. It reports false if the client
// left.
func (k *conn) decided(f *flight) (v core.Verdict, there bool) {
	left := func() { k.hungUp.Store(true); f.Wake(0) }
	defer k.watch(left)()
	k.charge.waits(left)
	defer k.charge.waits(nil)
	k.allow(probeInterim)
	for {
		if !k.sleep(f) {
			return core.Wait, false
		}
		if v = k.s.stages(f, &k.req); v != core.Wait {
			return v, true
		}
	}
}

// next is Server.next, after the pause before it.
func (k *conn) next(f *flight) bool {
	for {
		switch k.s.next(f) {
		case somebody:
			return true
		case nobody:
			return false
		}
		if !k.sleep(f) {
			f.gone = true
			return false
		}
	}
}

// give writes the contents of k.box to the client as soon as the plan allows it. With errTurned
// it never will: f.x.Fault says why, and nothing was written.
func (k *conn) give(f *flight, done bool) error {
	if err := k.pay(f, done); err != nil {
		return err
	}
	return k.write(f, k.box.bytes())
}

// pay waits until the plan lets the client have what is in k.box, which with done includes the
// last bytes of the answer.
func (k *conn) pay(f *flight, done bool) error {
	for f.tolled() {
		v := k.s.toll(f, done)
		if v == core.Refuse {
			return errTurned
		}
		if v == core.Continue {
			break
		}
		if !k.sleep(f) {
			return errGone
		}
	}
	return nil
}

// errGone means that the client left while its answer was held back.
var errGone = errors.New("the client hung up")

// pour writes an answer from memory to the client.
func (k *conn) pour(f *flight) {
	left := func() { k.hungUp.Store(true); f.Wake(0) }
	defer k.watch(left)()
	k.charge.waits(left)
	defer k.charge.waits(nil)
	for {
		p := k.s.pour(f, &k.box)
		k.allow(probeNothing)
		err := k.write(f, k.box.bytes())
		if p == core.PourWait && f.x.Reply.Type == "text/event-stream" {
			k.allow(probeComment) // the head is out, but not yet the end
		}
		if err != nil || p == core.PourWait && !k.sleep(f) {
			f.free = true
			if f.x.Fault = k.charge.ruled(); f.x.Fault == nil {
				f.x.Fault = &core.Fault{Code: core.ClientGone, Message: "the client hung up", Cause: err}
			}
			break
		}
		if p == core.PourEnd || p == core.PourCut {
			break
		}
	}
	k.s.finish(f, &k.s.stats, &k.peer, &k.s.shared)
}

// left is called when the client has left. An exchange continues for as long as others wait for
// its answer.
func (k *conn) left(f *flight, cancel func()) {
	for f.stays() {
		k.ghost.Store(true)
		if k.answered.Load() {
			return
		}
		time.Sleep(stayEvery)
	}
	k.ghost.Store(false)
	k.hungUp.Store(true)
	cancel()
	f.Wake(0)
}
