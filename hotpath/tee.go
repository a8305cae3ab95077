package hotpath

import "asbru/core"

// A tee is a core.Watcher that records what it sees, up to a bound, and forwards it to the next.
type tee struct {
	next   core.Watcher // nil: nobody
	seen   []byte
	cut    bool // there was more
	priced bool // what it saw has a price
}

// Saw implements core.Watcher.
func (t *tee) Saw(x *core.Exchange, p []byte) {
	if t.cut = t.cut || len(t.seen)+len(p) > shadowReply; !t.cut {
		t.seen = append(t.seen, p...)
	}
	if t.next != nil {
		t.next.Saw(x, p)
	}
}

// Sure implements core.Watcher.
func (t *tee) Sure(x *core.Exchange) {
	if t.next != nil {
		t.next.Sure(x)
	}
}

// Anew implements core.Watcher.
func (t *tee) Anew(x *core.Exchange) {
	if t.seen, t.cut = t.seen[:0], false; t.next != nil {
		t.next.Anew(x)
	}
}

// Stays implements core.Watcher.
func (t *tee) Stays() bool { return t.next != nil && t.next.Stays() }

// Forwards implements core.Forwarder.
func (t *tee) Forwards() core.Watcher { return t.next }
