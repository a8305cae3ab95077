package entry

import (
	"errors"

	"asbru/core"
)

// ErrForeign says that an answer holds what only its own format can say.
var ErrForeign = errors.New("the answer holds what only its own format can say")

// ErrLong says that an answer is longer than the bounds in limits.go.
var ErrLong = errors.New("the answer is longer than is kept")

// ErrGarbled says that bytes are no answer that this package wrote.
var ErrGarbled = errors.New("the bytes are no answer")

// A Note is what is known of an answer besides the answer.
type Note struct {
	ID       [16]byte // of the entry: what clients and operators call it by
	Owner    string   // whose it is, such as "key:ci-bot"; only they are given it
	Label    string   // the owner's own name for a part of theirs; empty: none
	Born     int64    // Unix nanoseconds
	Fresh    int64    // Unix nanoseconds: until then it is given to everybody
	Until    int64    // Unix nanoseconds: until then it is given while somebody asks again; at least Fresh
	Asked    string   // the model that the client named
	Model    string   // the one that answered, as it was sent upstream
	Provider string
	Op       core.Op  // what the provider was asked for
	Family   string   // the format the provider answered in
	Native   string   // the answer's id in the provider's words
	Space    [32]byte // what Text stands in, for who compares the meaning of questions
	Text     string   // the last turn of the question, plain; empty: nobody compares it
}

// A Beat is a piece of a stream as it once came.
type Beat struct {
	Gap   uint32 // milliseconds since the one before
	Bytes uint32 // of text
}

// version stands first in every encoding. Other versions are not read.
const version = 1

// Append appends n, r and the pace. The result can be read with Open.
func Append(dst []byte, n *Note, r *core.Completion, pace []Beat) ([]byte, error) {
	at := len(dst)
	for i := range r.Parts {
		if r.Parts[i].Kind == core.PartOther {
			return dst, ErrForeign
		}
	}
	if len(r.Parts) > maxParts {
		return dst, ErrLong
	}
	w := writer{append(dst, version)}
	w.note(n)
	w.completion(r)
	w.pace(pace)
	if len(w.b)-at > MaxBytes {
		return dst, ErrLong
	}
	return w.b, nil
}

// ReadNote reads the Note alone. Its strings are copies.
func ReadNote(b []byte, n *Note) error {
	r := reader{b: b}
	if r.byte() != version {
		return ErrGarbled
	}
	r.note(n, true)
	if r.bad {
		return ErrGarbled
	}
	return nil
}

// Read reads an answer into c, which has to be empty. Everything in c aliases b. pace is
// appended to beats; n is filled without its strings' memory when it is not nil.
func Read(b []byte, n *Note, c *core.Completion, beats []Beat) (pace []Beat, err error) {
	r := reader{b: b}
	if r.byte() != version {
		return beats, ErrGarbled
	}
	if n == nil {
		n = new(Note)
	}
	r.note(n, false)
	r.completion(c)
	beats = r.pace(beats)
	if r.bad || len(r.b) > 0 {
		return beats, ErrGarbled
	}
	return beats, nil
}
