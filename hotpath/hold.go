package hotpath

import (
	"errors"
	"io"
	"time"

	"asbru/core"
)

// The commit point of a stream is its first content: until then the head and what came
// with it are held, as long as another target could answer instead. A stream that fails
// before it has reached nobody. With nobody else to ask there is nothing to wait for.

// A ruling says what becomes of a held stream.
type ruling uint8

const (
	holdOn  ruling = iota // nothing that counts has come yet
	letGo                 // it is the client's
	replace               // another target is asked
)

// rule judges a held stream after something of it was fed. ended says that it is complete.
func (f *flight) rule(ended bool, err error, held int) ruling {
	st, l := &f.x.Stream, &f.rel
	switch {
	case l.content:
		return letGo
	case err != nil && !(ended && st.Finished), st.Failed:
		return replace
	case ended && !st.Finished && !st.Done:
		return replace
	case ended || held > maxHold || f.x.Op == core.OpPass && l.fresh:
		return letGo
	}
	return holdOn
}

// ends reports whether err is the end of a body that nothing but the end of the connection ends.
func (l *relay) ends(err error) bool { return l.from == bodyClose && errors.Is(err, io.EOF) }

// replaced records that the attempt's stream came to nothing, and forgets it.
func (f *flight) replaced(lend lender) {
	a := f.attempt()
	if a.Status = 0; f.x.Stream.Failed {
		a.Status = 502 // it said so itself
	}
	f.rel.drop(lend)
	f.x.Stream = core.StreamState{}
}

// patience is how long the next bytes of a reply are waited for: until the first content of a
// stream has come, or from one that said something to the next.
func (f *flight) patience() time.Duration {
	w := &f.target.Waits
	if f.rel.stream && !f.rel.content {
		return max(or(w.First, defaultFirst)-time.Duration(core.Clock()-f.begun), 1)
	}
	return or(w.Stall, defaultStall)
}
