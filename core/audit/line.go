package audit

import (
	"encoding/hex"
	"strconv"
	"time"

	"asbru/core"
	"asbru/core/scan"
)

// A Place is what the ledger says of a record.
type Place struct {
	At      uint64 // its Seq
	ID      [16]byte
	Time    int64 // wall clock, Unix nanoseconds
	Nanos   core.Money
	Claimed core.Money // more than was held was claimed; 0: it was not

	Partial   bool // charged at a restart: a crash cut the call off
	Estimated bool // the amount is our own count
	Cached    bool
	Unheld    bool // nothing was held for it: it was refused before, or memory answered
}

// appendPlace writes what all lines about money have.
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
	b = time.Unix(0, t).UTC().AppendFormat(b, "2006-01-02T15:04:05.000000000Z")
	return append(b, '"')
}

// AppendJSON appends what a packed payload says as a JSON object; ok is false when it is neither a call, nor who was
// turned away, nor, of a change's record, a change.
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
	dst[n] = '{' // instead of the comma
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

// appendTokens writes the counts that are not zero; none of them when nothing was reported.
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

// appendWord writes a member unless it is empty.
func appendWord(b []byte, name, word string) []byte {
	if word == "" {
		return b
	}
	return scan.AppendString(append(b, name...), word)
}

// appendTrue writes a member if it is true.
func appendTrue(b []byte, name string, v bool) []byte {
	if !v {
		return b
	}
	return append(append(b, name...), "true"...)
}

func appendNumber(b []byte, name string, n int64) []byte {
	return strconv.AppendInt(append(b, name...), n, 10)
}
