package owned

import (
	"bytes"

	"asbru/core"
)

// Saw implements core.Watcher.
func (v *visit) Saw(_ *core.Exchange, p []byte) {
	if v.reads() && len(v.seen)+len(p) <= maxReply {
		v.seen = append(v.seen, p...)
	}
}

// Sure implements core.Watcher.
func (v *visit) Sure(*core.Exchange) {}

// Anew implements core.Watcher.
func (v *visit) Anew(*core.Exchange) { v.seen = v.seen[:0] }

// Stays implements core.Watcher: what the provider makes is recorded even if its client has left.
func (v *visit) Stays() bool { return v.asked.Load() && (v.act.Verb == Make || v.act.Makes) }

// reads reports whether the reply may name new things.
func (v *visit) reads() bool {
	switch {
	case v.act.Verb == Make || v.act.Makes:
		return true
	case v.act.Verb != Use || v.act.Inner && v.act.Kind != "uploads":
		return false
	}
	switch v.act.Kind {
	case Batches, Tunings, Operations, "uploads", Files, Contents:
		return true
	}
	return false
}

// Settle returns the stage that records the results of a request before its client gets the last byte of the reply.
func (g *Steward) Settle() core.Stage {
	return func(x *core.Exchange) core.Verdict {
		v := visitOf(x)
		if v == nil || !v.kept && !v.settle(x) || v.wait == nil || v.wait.done.Load() {
			return core.Continue
		}
		return core.Wait
	}
}

// Keep returns the stage, for After, that records what Settle did not, as when the client has left.
func (g *Steward) Keep() core.Stage {
	return func(x *core.Exchange) core.Verdict {
		if v := visitOf(x); v != nil {
			v.settle(x)
		}
		return core.Continue
	}
}

// visitOf returns the visit of x; nil: there is none.
func visitOf(x *core.Exchange) *visit {
	for w := x.Watch; w != nil; {
		if v, ok := w.(*visit); ok {
			return v
		}
		f, ok := w.(core.Forwarder)
		if !ok {
			return nil
		}
		w = f.Forwards()
	}
	return nil
}

// settle begins to record the results of the request, once. It returns false if there is nothing to record.
func (v *visit) settle(x *core.Exchange) bool {
	tries := x.Attempts()
	if v.kept || !v.asked.Load() || len(tries) == 0 {
		return false
	}
	v.kept = true
	last := &tries[len(tries)-1]
	if v.act.Verb == Remove {
		if last.Status/100 != 2 && last.Status != 404 && last.Status != 410 {
			return false
		}
		a := v.await(x)
		v.g.o.Book.Forget(v.names(v.refs[:1]), func(error) { a.tell() })
		return true
	}
	if last.Status/100 != 2 || len(bytes.TrimSpace(v.seen)) == 0 {
		return false
	}
	made, beside := ReadReply(v.act, v.seen)
	v.seen = nil
	whose := v.owner
	if v.act.Verb == Make {
		whose = &v.who
	}
	if whose == nil { // the results of an unrecorded thing are not recorded either
		whose, beside = &v.who, nil
	}
	now := v.objects(made, v.who, last.Target.Provider)
	then := v.objects(beside, *whose, last.Target.Provider)
	if len(now)+len(then) == 0 {
		return false
	}
	a := v.await(x)
	v.g.o.Book.Keep(now, then, func(error) { a.tell() })
	return true
}

func (v *visit) await(x *core.Exchange) *answer {
	v.wait = &answer{waker: x.Waker()}
	return v.wait
}

// objects returns records of refs.
func (v *visit) objects(refs []Ref, whose core.Maker, provider string) []core.Object {
	list := make([]core.Object, 0, len(refs))
	for _, r := range refs {
		o := core.Object{ObjectRef: core.ObjectRef{Provider: provider, Kind: r.Kind, ID: r.ID}, Maker: whose, Model: v.model}
		if r.Kind == Files || r.Kind == Contents || r.Kind == "uploads" { // for other kinds the time limits the work, not the thing
			o.Expires = r.Expires
		}
		list = append(list, o)
	}
	return list
}
