package price

import "asbru/core"

// Tokens are how many tokens an Exchange used.
type Tokens struct {
	Last   int64 // of its last attempt
	Broken int64 // of the stream that broke before another target was asked to continue it
}

// All is the sum of t.
func (t *Tokens) All() int64 { return t.Last + t.Broken }

// Of is what attempt i of x used.
func (t *Tokens) Of(x *core.Exchange, i int) (n int64) {
	if i == len(x.Attempts())-1 {
		n = t.Last
	}
	if b := x.Broken(); b != nil && b.Attempts == i+1 {
		n += t.Broken
	}
	return n
}

// Used returns how many tokens x used, once it is over: those that Charge charges, by the provider's report or asbru's
// own count. known is false for what was only relayed and has no report that can be used: nobody can count that.
func Used(x *core.Exchange) (t Tokens, known bool) {
	list, u := x.Attempts(), x.Usage
	if x.Peek.Free || len(list) == 0 && !u.Known {
		return t, true
	}
	if len(list) > 0 {
		a := &list[len(list)-1]
		if t.Broken = tokensBroken(x); a.Resumes {
			u = continued(x)
		}
		if !u.Known && !worked(x, a) {
			return t, true
		}
	}
	own := Spent{Out: answerOf(x)}
	if estimated := Judge(&u).Estimated(); estimated && x.Op == core.OpPass {
		return t, false
	} else if estimated || u.In == 0 { // only then the prompt is read
		own.In = Prompt(x)
		if estimated {
			u.In, u.Out = own.In, own.Out
		}
	}
	if len(list) > 0 {
		mended(x, &u, own)
	}
	t.Last = u.In + u.Out
	return t, true
}

// tokensBroken is what the part of a stream used that broke.
func tokensBroken(x *core.Exchange) int64 {
	b := x.Broken()
	if b == nil || b.Attempts > len(x.Attempts()) {
		return 0
	}
	if Judge(&b.Usage).Estimated() {
		return Prompt(x) + int64(b.Said)
	}
	return b.Usage.In + max(b.Usage.Out, int64(b.Said))
}

// Complete adds to what x has reported what the report of a stream lacks that broke and that another target continued: all of it,
// or the end. It is called after Charge, and changes nothing the second time. prompt is the result of Prompt.
func Complete(x *core.Exchange, prompt int64) {
	b, list := x.Broken(), x.Attempts()
	if b == nil || !x.Usage.Known || len(list) == 0 || !list[len(list)-1].Resumes {
		return
	}
	lacks := core.Usage{Out: max(int64(b.Said)-b.Usage.Out, 0)}
	if !b.Usage.Known {
		lacks = core.Usage{In: prompt, Out: int64(b.Said), Known: true}
	}
	b.Usage.Add(&lacks)
	x.Usage.Add(&lacks)
	x.Stream.Usage = x.Usage // which is what it is read from
}
