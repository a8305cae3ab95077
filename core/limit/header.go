package limit

import (
	"strconv"
	"time"

	"asbru/core"
)

// AppendHeader implements core.Limiter. Of several limits of one kind it shows the one with the
// least left.
//
// https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers
// https://docs.anthropic.com/en/api/rate-limits#response-headers
func (l *Limiter) AppendHeader(dst []byte, x *core.Exchange) []byte {
	more, _ := x.Taken.More.(*Holder)
	return l.header(dst, x.From, more, core.Clock(), time.Now)
}

// lines are what the header lines about one kind of limit begin with; each but the first ends
// the one before.
type lines struct{ limit, left, reset string }

// An amount is how much a limit of one kind allows at once.
type amount struct {
	kind Kind
	most int64
}

// leads are the header lines about an amount, up to how much of it is left. Limits that say the same share them.
type leads struct{ openAI, anthropic string }

// lead returns the leads about an amount.
func (b *Book) lead(a amount) *leads {
	if l := b.leads[a]; l != nil {
		return l
	}
	n := strconv.FormatInt(a.most, 10)
	l := &leads{ofOpenAI[a.kind].limit + n + ofOpenAI[a.kind].left, ofAnthropic[a.kind].limit + n + ofAnthropic[a.kind].left}
	b.leads[a] = l
	return l
}

var (
	ofOpenAI = [...]lines{
		Requests: {"x-ratelimit-limit-requests: ", "\r\nx-ratelimit-remaining-requests: ", "\r\nx-ratelimit-reset-requests: "},
		Tokens:   {"x-ratelimit-limit-tokens: ", "\r\nx-ratelimit-remaining-tokens: ", "\r\nx-ratelimit-reset-tokens: "},
	}
	ofAnthropic = [...]lines{
		Requests: {"anthropic-ratelimit-requests-limit: ", "\r\nanthropic-ratelimit-requests-remaining: ", "\r\nanthropic-ratelimit-requests-reset: "},
		Tokens:   {"anthropic-ratelimit-tokens-limit: ", "\r\nanthropic-ratelimit-tokens-remaining: ", "\r\nanthropic-ratelimit-tokens-reset: "},
	}
)

// header is AppendHeader at a moment of the monotonic clock, which is wall() on the other. That one
// is asked only where it is told: a client waits for these lines.
func (l *Limiter) header(dst []byte, from *core.Dialect, more *Holder, now int64, wall func() time.Time) []byte {
	absolute := from != nil && from.Name == "anthropic"
	least := l.tightest(more, now)
	for k := range least {
		r := &least[k]
		switch {
		case r.of == nil:
			continue
		case absolute:
			dst = strconv.AppendInt(append(dst, r.of.says.anthropic...), r.left, 10)
			dst = append(dst, ofAnthropic[k].reset...)
			dst = wall().Add(time.Duration(r.full)).UTC().AppendFormat(dst, time.RFC3339)
		default:
			dst = strconv.AppendInt(append(dst, r.of.says.openAI...), r.left, 10)
			dst = appendWait(append(dst, ofOpenAI[k].reset...), r.full)
		}
		dst = append(dst, "\r\n"...)
	}
	return dst
}

// A remnant is what is left of a limit, and after how long all of it can be had.
type remnant struct {
	of         *bound // nil: there is no such limit
	left, full int64
}

// part is how much of the whole is left, from 0 to 1.
func (r *remnant) part() float64 { return float64(r.left) / float64(r.of.burst) }

// tightest are the limits of requests and of tokens that have the smallest part left.
func (l *Limiter) tightest(more *Holder, now int64) (least [Tokens + 1]remnant) {
	for i := range l.count(more) {
		h := l.at(i, more)
		for j := range h.rules {
			b := &h.rules[j]
			if !b.rated() {
				continue
			}
			r := remnant{of: b}
			r.left, r.full = b.left(now)
			if was := &least[b.Kind]; was.of == nil || r.part() < was.part() {
				*was = r
			}
		}
	}
	return least
}

// appendWait writes nanoseconds as OpenAI does: 250ms, 1s, 6m0s, rounded up.
func appendWait(dst []byte, nanos int64) []byte {
	if nanos < int64(time.Second) {
		return append(strconv.AppendInt(dst, (nanos+999_999)/1_000_000, 10), "ms"...)
	}
	s := (nanos + 999_999_999) / 1_000_000_000
	if s >= 3600 {
		dst = append(strconv.AppendInt(dst, s/3600, 10), 'h')
		s %= 3600
		dst = append(strconv.AppendInt(dst, s/60, 10), 'm')
		return append(strconv.AppendInt(dst, s%60, 10), 's')
	}
	if s >= 60 {
		dst = append(strconv.AppendInt(dst, s/60, 10), 'm')
	}
	return append(strconv.AppendInt(dst, s%60, 10), 's')
}
