package meter

import (
	"encoding/hex"
	"net/netip"
	"strconv"
	"time"
	"unicode/utf8"

	"asbru/core"
)

// A liner writes Records as JSON lines. It keeps the second that it wrote last, so
// that date and time are computed once a second.
type liner struct {
	second int64
	stamp  [len("2006-01-02T15:04:05")]byte
}

// append writes r and a newline to b. Every line has every field; null means that
// there is no value. Secrets cannot appear: only the names of keys are read.
func (l *liner) append(b []byte, r *core.Record) []byte {
	b = append(b, `{"time":"`...)
	b = l.time(b, r.End)
	b = append(b, `","id":"`...)
	b = hex.AppendEncode(b, r.ID[:])
	b = append(b, `","key":`...)
	if r.Key != nil {
		b = quote(b, r.Key.Name)
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"model":`...)
	b = quote(b, r.Model[:min(int(r.ModelLen), len(r.Model))])
	b = where(b, r)
	b = append(b, `,"op":`...)
	b = quote(b, r.Op.String())
	b = number(b, `,"status":`, int64(r.Status))
	b = append(b, `,"fault":`...)
	if r.Fault != core.None && r.Fault < core.NumCodes {
		b = quote(b, r.Fault.String())
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"stream":`...)
	b = strconv.AppendBool(b, r.Stream)
	b = number(b, `,"attempts":`, int64(r.Attempts))
	b = append(b, `,"hedged":`...)
	b = strconv.AppendBool(b, r.Hedged)
	b = append(b, `,"rescued":`...)
	b = strconv.AppendBool(b, r.Rescued)
	b = skipped(b, r.Skipped)
	b = append(b, `,"cache":`...)
	if r.Recall != core.NoRecall && r.Recall < core.NumRecalls {
		b = quote(b, r.Recall.String())
	} else {
		b = append(b, "null"...)
	}
	b = tokens(b, &r.Usage)
	b = append(b, `,"usd":`...)
	b = r.Cost.AppendUSD(b)
	b = append(b, `,"bytes":{"in":`...)
	b = strconv.AppendUint(b, r.In, 10)
	b = append(b, `,"out":`...)
	b = strconv.AppendUint(b, r.Out, 10)
	b = append(b, '}')
	b = took(b, r)
	return append(peer(b, r.Peer), "}\n"...)
}

// skipped writes which steps were left out because the client's time was short.
func skipped(b []byte, s core.Skips) []byte {
	b = append(b, `,"skipped":`...)
	if s == 0 {
		return append(b, "null"...)
	}
	open := byte('[')
	for i, name := range core.SkipNames {
		if s&(1<<i) != 0 {
			b = quote(append(b, open), name)
			open = ','
		}
	}
	return append(b, ']')
}

// where writes the last target tried and the name of the provider key used.
func where(b []byte, r *core.Record) []byte {
	b = append(b, `,"target":`...)
	if r.Target != nil {
		b = quote(b, r.Target.Name)
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"provider_key":`...)
	if r.Provider != nil {
		return quote(b, r.Provider.Name)
	}
	return append(b, "null"...)
}

func tokens(b []byte, u *core.Usage) []byte {
	if !u.Known {
		return append(b, `,"tokens":null`...)
	}
	b = number(b, `,"tokens":{"in":`, u.In)
	b = number(b, `,"cached":`, u.CachedIn)
	b = number(b, `,"out":`, u.Out)
	return append(b, '}')
}

// took writes the durations, each in the unit that its name ends in, with three decimals.
func took(b []byte, r *core.Record) []byte {
	b = thousandths(append(b, `,"total_ms":`...), r.Total/1e3)
	b = thousandths(append(b, `,"ttft_ms":`...), r.TTFT/1e3)
	b = thousandths(append(b, `,"upstream_ms":`...), r.Upstream/1e3)
	b = thousandths(append(b, `,"decide_us":`...), r.Decide)
	return thousandths(append(b, `,"kernel_us":`...), r.Kernel)
}

func number(b []byte, name string, n int64) []byte {
	return strconv.AppendInt(append(b, name...), n, 10)
}

// thousandths writes n/1000. Negative values, which our clocks never yield, count as
// zero.
func thousandths(b []byte, n int64) []byte {
	n = max(n, 0)
	b = strconv.AppendInt(b, n/1000, 10)
	n %= 1000
	return append(b, '.', byte('0'+n/100), byte('0'+n/10%10), byte('0'+n%10))
}

// peer writes the client's address; all zero means that it has none (a Unix socket).
func peer(b []byte, a [16]byte) []byte {
	b = append(b, `,"peer":`...)
	if a == [16]byte{} {
		return append(b, "null"...)
	}
	b = append(b, '"')
	b = netip.AddrFrom16(a).Unmap().AppendTo(b)
	return append(b, '"')
}

// time writes nanos since 1970 as RFC 3339 in UTC with milliseconds.
func (l *liner) time(b []byte, nanos int64) []byte {
	t := time.Unix(0, nanos).UTC()
	if s := t.Unix(); s != l.second || l.stamp[0] == 0 {
		l.second = s
		t.AppendFormat(l.stamp[:0], "2006-01-02T15:04:05")
	}
	ms := t.Nanosecond() / 1e6
	b = append(b, l.stamp[:]...)
	return append(b, '.', byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10), 'Z')
}

const hexDigits = "0123456789abcdef"

// quote writes s as a JSON string (RFC 8259 §7). Model names come from clients, so
// control characters are escaped, which keeps a line one line, and invalid UTF-8
// becomes U+FFFD, as when a name was cut within a character.
func quote[S []byte | string](b []byte, s S) []byte {
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' && c < 0x7f {
			i++
			continue
		}
		size := 1
		if c >= utf8.RuneSelf {
			size = valid(s, i)
			if size > 1 {
				i += size
				continue
			}
		}
		b = append(b, s[from:i]...)
		switch {
		case c >= utf8.RuneSelf:
			b = append(b, `\ufffd`...)
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		default:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		i++
		from = i
	}
	b = append(b, s[from:]...)
	return append(b, '"')
}

// valid returns the size of the character at s[i]; 1 if it is invalid, or one that
// some readers take for a line end (U+0085, U+2028, U+2029).
func valid[S []byte | string](s S, i int) int {
	var four [utf8.UTFMax]byte
	n := copy(four[:], s[i:min(len(s), i+utf8.UTFMax)])
	r, size := utf8.DecodeRune(four[:n])
	if r == utf8.RuneError || r <= 0x9f || r == 0x2028 || r == 0x2029 {
		return 1
	}
	return size
}
