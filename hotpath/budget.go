package hotpath

import (
	"bytes"
	"context"
	"time"

	"asbru/core"
	"asbru/hotpath/http1"
)

// A client may say how long it is willing to wait: x-latency-budget: ttft=800ms,total=5s. That
// can only shorten what the configuration allows. The time left is shared among the attempts: as
// long as another target could still answer, the present one gets two thirds of the time to the
// first content. Whatever could not succeed in the time left is not begun, and the client is
// told so: core.Skips.

// budget reads the client's x-latency-budget.
func budget(x *core.Exchange, r *http1.Request, b []byte) bool {
	v := r.Value(b, http1.XLatencyBudget)
	for len(v) > 0 {
		var part []byte
		part, v, _ = bytes.Cut(v, []byte(","))
		name, value, _ := bytes.Cut(bytes.TrimSpace(part), []byte("="))
		d, err := time.ParseDuration(string(value[:min(len(value), maxDuration)]))
		switch {
		case err != nil || d <= 0 || d > maxBudget:
			return badBudget(x, part)
		case string(name) == "ttft":
			x.Due.First = x.Start + int64(d)
		case string(name) == "total":
			x.Due.Total = x.Start + int64(d)
		default:
			return badBudget(x, part)
		}
	}
	return true
}

func badBudget(x *core.Exchange, part []byte) bool {
	refuse(x, core.Invalid, "x-latency-budget cannot be read at "+quote(part), "write ttft=800ms, total=5s, or both with a comma between them")
	return false
}

// share sets by when the attempt that begins now must have had content.
func (f *flight) share() {
	x := &f.x
	if f.firstBy = 0; x.Due.First == 0 || !x.Peek.Stream {
		return
	}
	now := core.Clock()
	left := max(x.Due.First-now, 0)
	if f.spare() {
		left = portion(left)
	}
	f.firstBy = now + left
}

// portion is the part of the remaining time that an attempt gets if another one may follow it.
func portion(left int64) int64 { return left * 2 / 3 }

// bound is the end of a wait of d that begins now. It is never later than the deadline of the
// exchange nor, before the first content, than the attempt's part of the client's budget.
func (f *flight) bound(now int64, d time.Duration) int64 {
	x := &f.x
	t := now + int64(d)
	if w := f.target.Waits.Total; w > 0 {
		t = min(t, x.Start+int64(w))
	}
	if x.Due.Total > 0 {
		t = min(t, x.Due.Total)
	}
	if f.firstBy > 0 && !f.rel.content {
		t = min(t, f.firstBy)
	}
	return t
}

// by is how long the client's budget lets connecting take; 0: the budget sets no bound.
func (f *flight) by(now int64) time.Duration {
	if f.firstBy == 0 && f.x.Due.Total == 0 {
		return 0
	}
	return time.Duration(max(f.bound(now, maxBudget)-now, 1))
}

// silence is how long the provider may say nothing after the last request byte that it took.
func (f *flight) silence() time.Duration {
	w := &f.target.Waits
	if f.sent && f.comesWhole() {
		return or(w.Answer, defaultAnswer)
	}
	return or(w.Header, defaultHeader)
}

// comesWhole reports whether the head of the answer comes only when all of it was thought about and
// written. That of a stream comes at once, and nobody thinks about vectors, orders and counts.
func (f *flight) comesWhole() bool {
	switch f.x.Op {
	case core.OpChat, core.OpCompletion, core.OpResponses, core.OpInvoke, core.OpPass:
		return !f.x.Peek.Stream
	}
	return false
}

// within bounds ctx by d, unless d is 0.
func within(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	if d == 0 {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, d)
}

// spent reports whether the time of the exchange, or the client's own, is over.
func (f *flight) spent() bool {
	x := &f.x
	w := f.target.Waits.Total
	if w == 0 && x.Due == (core.Due{}) {
		return false
	}
	now := core.Clock()
	if end := x.By(f.rel.content); end > 0 && now >= end {
		if f.resumes() {
			x.Skipped |= core.SkipRescue
		} else {
			x.Skipped |= core.SkipRetry
		}
		return true
	}
	return w > 0 && now-x.Start >= int64(w)
}

// appendSkipped appends a header that names what was left out for lack of time.
func appendSkipped(h []byte, s core.Skips) []byte {
	h = append(h, "X-Latency-Skipped: "...)
	for i, name := range core.SkipNames {
		if s&(1<<i) != 0 {
			h = append(append(h, name...), ", "...)
		}
	}
	return append(h[:len(h)-2], "\r\n"...)
}

// appendExplained appends headers that name who answered, if the operator asked for them.
func appendExplained(h []byte, f *flight) []byte {
	x := &f.x
	if x.Route == nil {
		return h
	}
	h = appendLine(h, "X-Asbru-Route: ", x.Route.Name)
	if x.Rule != "" {
		h = appendLine(h, "X-Asbru-Rule: ", x.Rule)
	}
	tries := x.Attempts()
	if len(tries) == 0 {
		return h
	}
	last := &tries[len(tries)-1]
	h = appendLine(h, "X-Asbru-Target: ", last.Target.Name)
	if last.Key != nil {
		h = appendLine(h, "X-Asbru-Key: ", last.Key.Name)
	}
	h = append(h, "X-Asbru-Attempts: "...)
	for i := range tries {
		if i > 0 {
			h = append(h, ", "...)
		}
		h = append(appendPlain(h, tries[i].Target.Name), ' ')
		switch a := &tries[i]; {
		case a.Status > 0:
			h = http1.AppendUint(h, uint64(a.Status))
		case a.Cause != core.NoCause:
			h = append(h, a.Cause.String()...)
		default:
			h = append(h, "asked"...)
		}
	}
	return append(h, "\r\n"...)
}

func appendLine(h []byte, field, value string) []byte {
	return append(appendPlain(append(h, field...), value), "\r\n"...)
}

// appendPlain appends a name from the configuration in a form that is valid in a header.
func appendPlain(h []byte, s string) []byte {
	for i := 0; i < len(s) && i < maxShown; i++ {
		c := s[i]
		if c < ' ' || c > '~' {
			c = '?'
		}
		h = append(h, c)
	}
	return h
}
