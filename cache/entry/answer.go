package entry

import (
	"errors"

	"asbru/core"
)

// ErrForeign reports an answer that only its own format can express.
var ErrForeign = errors.New("the answer holds what only its own format can say")

// ErrLong reports an answer that exceeds the bounds in limits.go.
var ErrLong = errors.New("the answer is longer than is kept")

// ErrGarbled reports bytes that are not an answer written by this package.
var ErrGarbled = errors.New("the bytes are no answer")

// A Note describes an answer.
type Note struct {
	ID       [16]byte // of the entry, for clients and operators
	Owner    string   // who may be given it, such as "key:ci-bot"
	Label    string   // the partition within the owner's answers; empty: none
	Born     int64    // Unix nanoseconds
	Fresh    int64    // Unix nanoseconds; until then it is given to everyone
	Until    int64    // Unix nanoseconds; until then it is given while one request refreshes it; at least Fresh
	Asked    string   // the model that the client named
	Model    string   // the model that answered, as named upstream
	Provider string
	Op       core.Op  // the operation asked of the provider
	Family   string   // the format in which the provider answered
	Native   string   // the provider's own id of the answer
	Space    [32]byte // the space of Text for the semantic tier
	Text     string   // the last turn of the question as plain text; empty: not compared by meaning
}

// A Beat is one piece of a recorded stream.
type Beat struct {
	Gap   uint32 // milliseconds since the previous piece
	Bytes uint32 // of text
}

// version begins every encoding. Other versions are not read.
const version = 1

// Append appends the encoding of n, r and the pace, to be read with Read.
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

// ReadNote reads only the Note. Its strings are copies.
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

// Read decodes an answer into c, which must be empty. Everything in c aliases b. The pace is
// appended to beats. If n is not nil it is filled, except for its strings.
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
