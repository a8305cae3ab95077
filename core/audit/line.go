package audit

import (
	"encoding/hex"
	"strconv"
	"time"

	"asbru/core"
	"asbru/core/scan"
)

// A Place is what the ledger's record says.
type Place struct {
	At      uint64 // its Seq
	ID      [16]byte
	Time    int64 // wall clock, Unix nanoseconds
	Nanos   core.Money
	Claimed core.Money // what was claimed beyond the hold; 0: nothing

	Partial   bool // charged after a crash that cut the call off
	Estimated bool // the amount is asbru's own count
	Cached    bool
	Unheld    bool // nothing was held for it, because it was refused or cached
}

// appendPlace appends the members of every line about money.
func appendPlace(b []byte, p *Place) []byte {
	b = appendStamp(append(b, `,"at":`...), p.At, p.Time)
	b = append(hex.AppendEncode(append(b, `,"id":"`...), p.ID[:]), '"')
	b = appendNumber(b, `,"nanos":`, int64(p.Nanos))
	if p.Claimed != 0 {
		b = appendNumber(b, `,"claimed":`, int64(p.Claimed))
	}
	b = appendTrue(b, `,"partial":`, p.Partial)
	b = appendTrue(b, `,"estimated":`, p.Estimated)
	b = appendTrue(b, `,"cached":`, p.Cached)
	return appendTrue(b, `,"unheld":`, p.Unheld)
}

func appendStamp(b []byte, at uint64, t int64) []byte {
	b = strconv.AppendUint(b, at, 10)
	return appendTimed(b, `,"time":`, t)
}

func appendTimed(b []byte, name string, t int64) []byte {
	b = append(append(b, name...), '"')
	return append(appendUTC(b, t), '"')
}

// appendUTC appends Unix nanoseconds as "2006-01-02T15:04:05.000000000Z".
func appendUTC(b []byte, nanos int64) []byte {
	t := time.Unix(0, nanos).UTC()
	y, m, d := t.Date()
	if y < 1000 || y > 9999 { // no clock says so
		return t.AppendFormat(b, "2006-01-02T15:04:05.000000000Z")
	}
	hour, minute, second := t.Clock()
	for _, part := range [...]struct {
		n, digits int
		then      byte
	}{{y, 4, '-'}, {int(m), 2, '-'}, {d, 2, 'T'}, {hour, 2, ':'}, {minute, 2, ':'}, {second, 2, '.'}, {t.Nanosecond(), 9, 'Z'}} {
		at, n := len(b), part.n
		b = append(b, "000000000"[:part.digits]...)
		for i := at + part.digits - 1; n > 0; i-- {
			b[i] += byte(n % 10)
			n /= 10
		}
		b = append(b, part.then)
	}
	return b
}

// AppendJSON appends a packed payload as a JSON object. ok is false if it is neither a call nor a
// count of refused requests nor, with change set, a change.
func AppendJSON(dst, payload []byte, change bool) (b []byte, ok bool) {
	n := len(dst)
	if change {
		if g, err := ParseChange(payload); err == nil {
			dst = appendChange(dst, &g)
		}
	} else if c, err := ParseCall(payload); err == nil {
		dst = appendCall(dst, &c)
	} else if t, err := ParseTurned(payload); err == nil {
		dst = appendTurned(dst, &t)
	}
	if len(dst) == n {
		return dst, false
	}
	dst[n] = '{' // replaces the comma
	return append(dst, '}'), true
}

func appendCall(b []byte, c *Call) []byte {
	b = appendWord(b, `,"key":`, c.Key)
	b = appendWord(b, `,"team":`, c.Team)
	b = appendWord(b, `,"customer":`, c.Customer)
	b = appendWord(b, `,"op":`, c.Op.String())
	b = appendWord(b, `,"asked":`, c.Asked)
	b = appendWord(b, `,"served":`, c.Served)
	b = appendWord(b, `,"provider":`, c.Provider)
	b = appendNumber(b, `,"status":`, int64(c.Status))
	if c.Fault != core.None {
		b = appendWord(b, `,"fault":`, c.Fault.String())
	}
	b = appendTrue(b, `,"stream":`, c.Stream)
	b = appendWord(b, `,"cache":`, c.Recall.String())
	b = appendWord(b, `,"guard":`, c.Guard)
	b = appendNumber(b, `,"cost":`, int64(c.Cost))
	b = appendTokens(b, &c.Usage)
	if c.Usage.Searches != 0 {
		b = appendNumber(b, `,"searches":`, int64(c.Usage.Searches))
	}
	if c.Prompt != [32]byte{} {
		b = append(hex.AppendEncode(append(b, `,"prompt":"`...), c.Prompt[:]), '"')
		b = appendTrue(b, `,"keyed":`, c.Keyed)
		b = appendTrue(b, `,"ends":`, c.Ends)
	}
	if c.Session != [8]byte{} {
		b = append(hex.AppendEncode(append(b, `,"session":"`...), c.Session[:]), '"')
	}
	b = appendNumber(b, `,"took_us":`, c.Took)
	return appendTries(b, c.Attempts)
}

// appendTokens appends the counts that are not zero; nothing if no usage was reported.
func appendTokens(b []byte, u *core.Usage) []byte {
	if !u.Known {
		return appendTrue(b, `,"bad_usage":`, u.Bad)
	}
	b = appendNumber(b, `,"tokens":{"in":`, u.In)
	b = appendNumber(b, `,"out":`, u.Out)
	for _, t := range [...]struct {
		name string
		n    int64
	}{
		{`,"cached_in":`, u.CachedIn}, {`,"written_in":`, u.WrittenIn}, {`,"kept_in":`, u.KeptIn}, {`,"reasoning":`, u.Reasoning},
		{`,"audio_in":`, u.AudioIn}, {`,"audio_out":`, u.AudioOut}, {`,"image_in":`, u.ImageIn}, {`,"image_out":`, u.ImageOut},
	} {
		if t.n != 0 {
			b = appendNumber(b, t.name, t.n)
		}
	}
	return appendTrue(append(b, '}'), `,"bad_usage":`, u.Bad)
}

func appendTries(b []byte, all []Attempt) []byte {
	b = append(b, `,"attempts":[`...)
	for i := range all {
		a := &all[i]
		if i > 0 {
			b = append(b, ',')
		}
		b = scan.AppendString(append(b, `{"target":`...), a.Target)
		b = appendWord(b, `,"provider_key":`, a.Key)
		b = appendNumber(b, `,"status":`, int64(a.Status))
		b = appendWord(b, `,"cause":`, a.Cause.String())
		b = appendTrue(b, `,"hedge":`, a.Beside)
		b = appendTrue(b, `,"rescue":`, a.Resume)
		b = append(appendNumber(b, `,"took_us":`, a.Took), '}')
	}
	return append(b, ']')
}

func appendChange(b []byte, c *Change) []byte {
	b = appendWord(b, `,"who":`, c.Who)
	b = appendWord(b, `,"from":`, c.From)
	b = appendWord(b, `,"did":`, c.Did)
	b = appendWord(b, `,"what":`, c.What)
	b = appendWord(b, `,"notes":`, c.Notes)
	b = appendTrue(b, `,"refused":`, c.Refused)
	if c.Version != 0 {
		b = appendNumber(b, `,"version":`, int64(c.Version))
	}
	if c.Before != [32]byte{} {
		b = append(hex.AppendEncode(append(b, `,"before":"`...), c.Before[:]), '"')
	}
	if c.After != [32]byte{} {
		b = append(hex.AppendEncode(append(b, `,"after":"`...), c.After[:]), '"')
	}
	return b
}

// appendWord appends a member unless it is empty.
func appendWord(b []byte, name, word string) []byte {
	if word == "" {
		return b
	}
	return scan.AppendString(append(b, name...), word)
}

// appendTrue appends a member if it is true.
func appendTrue(b []byte, name string, v bool) []byte {
	if !v {
		return b
	}
	return append(append(b, name...), "true"...)
}

func appendNumber(b []byte, name string, n int64) []byte {
	return strconv.AppendInt(append(b, name...), n, 10)
}
