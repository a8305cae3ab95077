package govern_test

import (
	"errors"
	"syscall"
	"testing"

	"asbru/bench/faultfs"
	"asbru/core"
	. "asbru/core/govern"
)

// A lane tells when its exchange is woken.
type lane chan struct{}

func (lane) Life() uint32  { return 1 }
func (n lane) Wake(uint32) { n <- struct{}{} }

func TestWait(t *testing.T) {
	fs := &faultfs.Failing{FS: memory(50)}
	b := open(t, fs)
	key := account(t, b, "key", usd, Window{})
	woken := make(lane, 10)
	x := &core.Exchange{Lane: woken}
	ask := func(h *Hold) core.Verdict { return b.Wait(x, h.Seq()) }
	h := hold(t, b, 1, noon, key)
	for ask(h) == core.Wait {
		<-woken
	}
	if v := ask(h); v != core.Continue || x.Fault != nil {
		t.Errorf("durable, and the verdict is %v", v)
	}
	fs.Fail(faultfs.Sync, 0, syscall.EIO, -1)
	h = hold(t, b, 1, noon, key)
	for ask(h) == core.Wait {
		<-woken
	}
	if v := ask(h); v != core.Refuse || x.Fault.HTTP() != 503 || !errors.Is(x.Fault, syscall.EIO) {
		t.Errorf("never durable, and the verdict is %v: %v", v, x.Fault)
	}
}
