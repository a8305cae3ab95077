package limit

import (
	"strconv"
	"time"

	"asbru/core"
)

// AppendHeader implements core.Limiter. Of several limits of one kind the one with the least left
// is told.
//
// https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers
// https://docs.anthropic.com/en/api/rate-limits#response-headers
func (l *Limiter) AppendHeader(dst []byte, x *core.Exchange) []byte {
	more, _ := x.Taken.More.(*Holder)
	return l.header(dst, x.From, more, core.Clock(), time.Now())
}

// header is AppendHeader at a moment of the monotonic clock, which is wall on the other.
func (l *Limiter) header(dst []byte, from *core.Dialect, more *Holder, now int64, wall time.Time) []byte {
	for k := Requests; k <= Tokens; k++ {
		b := l.tightest(k, more, now)
		if b == nil {
			continue
		}
		left, full := b.left(now)
		if from != nil && from.Name == "anthropic" {
			dst = number(dst, "anthropic-ratelimit-", k, "-limit: ", b.Rate.burst())
			dst = number(dst, "anthropic-ratelimit-", k, "-remaining: ", left)
			dst = append(append(append(dst, "anthropic-ratelimit-"...), k.String()...), "-reset: "...)
			dst = wall.Add(time.Duration(full)).UTC().AppendFormat(dst, time.RFC3339)
			dst = append(dst, "\r\n"...)
			continue
		}
		dst = number(dst, "x-ratelimit-limit-", k, ": ", b.Rate.burst())
		dst = number(dst, "x-ratelimit-remaining-", k, ": ", left)
		dst = append(append(append(dst, "x-ratelimit-reset-"...), k.String()...), ": "...)
		dst = appendWait(dst, full)
		dst = append(dst, "\r\n"...)
	}
	return dst
}

// tightest is the limit of kind k that has the smallest part left; nil: there is none.
func (l *Limiter) tightest(k Kind, more *Holder, now int64) *bound {
	var least *bound
	part := 2.0
	for i := range l.count(more) {
		h := l.at(i, more)
		for j := range h.rules {
			b := &h.rules[j]
			if b.Kind != k {
				continue
			}
			left, _ := b.left(now)
			if p := float64(left) / float64(b.Rate.burst()); p < part {
				least, part = b, p
			}
		}
	}
	return least
}

func number(dst []byte, before string, k Kind, behind string, n int64) []byte {
	dst = append(append(append(dst, before...), k.String()...), behind...)
	return append(strconv.AppendInt(dst, n, 10), "\r\n"...)
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
