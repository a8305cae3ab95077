package vector

import (
	"context"
	"encoding/hex"
	"time"
)

// A Store keeps Rows and finds those that are near. Many goroutines may use it. Every call
// ends with its context at the latest; none keeps what it is given.
type Store interface {
	// Prepare makes room for vectors of so many numbers. It must have succeeded before Add
	// and Search are called; it may be called again, and by several processes at a time.
	Prepare(ctx context.Context, dims int) error

	// Add puts r in the place of what has its Key.
	Add(ctx context.Context, r *Row) error

	// Search finds the rows of a space that are nearest and not over, the nearest first.
	Search(ctx context.Context, q *Query) ([]Found, error)

	// Remove takes out all rows for which everything that f sets holds.
	Remove(ctx context.Context, f *Filter) error

	// Close ends connections and what runs in the background.
	Close() error
}

// A Row is one question with its answer.
type Row struct {
	Key    [32]byte  // the digest of the whole question, which the answer is kept under
	Space  [32]byte  // only questions of one space are compared
	Vector []float32 // of length 1
	Text   string    // the question; may be sealed
	Answer string    // the encoded answer; may be sealed, and any bytes
	Until  time.Time // when it is over

	// What Filters ask for.
	ID       [16]byte
	Owner    string
	Label    string
	Asked    string // the model that was asked for
	Answered string // the one that answered
	Born     time.Time
}

// A Query is what to look for.
type Query struct {
	Space  [32]byte
	Vector []float32 // of length 1
	Top    int       // rows at most
	Now    time.Time
}

// A Found is a row near a Query, as the store has it: nothing of it is certain.
type Found struct {
	Key, Space   [32]byte
	Text, Answer string
	Until        time.Time
	Similarity   float32 // cosine
}

// A Filter says which rows. The zero Filter is all of them.
type Filter struct {
	Key    *[32]byte
	ID     *[16]byte
	Owner  string
	Label  string
	Model  string    // asked for, or the one that answered
	Before time.Time // born earlier, to the second; zero: whenever
	Over   time.Time // over by then; zero: whenever
}

// Matches reports whether r is among those that f names.
func (f *Filter) Matches(r *Row) bool {
	return (f.Key == nil || *f.Key == r.Key) &&
		(f.ID == nil || *f.ID == r.ID) &&
		(f.Owner == "" || f.Owner == r.Owner) &&
		(f.Label == "" || f.Label == r.Label) &&
		(f.Model == "" || f.Model == r.Asked || f.Model == r.Answered) &&
		(f.Before.IsZero() || r.Born.Unix() < f.Before.Unix()) &&
		(f.Over.IsZero() || r.Until.Unix() <= f.Over.Unix())
}

// UUID is key as stores want the names of their rows: its first bytes with the version and the
// variant of RFC 9562 §5.8. The whole key is kept and compared besides.
func UUID(key *[32]byte) string {
	b := [16]byte(key[:16])
	b[6], b[8] = b[6]&0x0f|0x80, b[8]&0x3f|0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// Hex is a digest, or the name of an answer, as text.
func Hex(d []byte) string { return hex.EncodeToString(d) }

// ID undoes Hex for the name of an answer. What is none is reported.
func ID(text string) (id [16]byte, ok bool) {
	n, err := hex.Decode(id[:], []byte(text[:min(len(text), 2*len(id))]))
	return id, err == nil && n == len(id) && len(text) == 2*len(id)
}

// Digest undoes Hex. What is none is reported.
func Digest(text string) (d [32]byte, ok bool) {
	n, err := hex.Decode(d[:], []byte(text[:min(len(text), 2*len(d))]))
	return d, err == nil && n == len(d) && len(text) == 2*len(d)
}
