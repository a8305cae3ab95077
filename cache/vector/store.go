package vector

import (
	"context"
	"encoding/hex"
	"time"
)

// A Store keeps Rows and finds similar ones. It may be used concurrently. Every call
// ends with its context at the latest; none retains its arguments.
type Store interface {
	// Prepare prepares the store for vectors of length dims. It must have succeeded before Add
	// and Search are called; it may be called again, and by several processes at the same time.
	Prepare(ctx context.Context, dims int) error

	// Add writes r, replacing the row with its Key.
	Add(ctx context.Context, r *Row) error

	// Search returns the most similar live rows of a space, the most similar first.
	Search(ctx context.Context, q *Query) ([]Found, error)

	// Remove deletes all rows that match f.
	Remove(ctx context.Context, f *Filter) error

	// Close closes connections and stops background work.
	Close() error
}

// A Row is one question with its answer.
type Row struct {
	Key    [32]byte  // the digest of the whole question, the key of the answer
	Space  [32]byte  // only questions of one space are compared
	Vector []float32 // of length 1
	Text   string    // the question; may be sealed
	Answer string    // the encoded answer; may be sealed, and any bytes
	Until  time.Time // when the row expires

	// Fields that Filters select by.
	ID       [16]byte
	Owner    string
	Label    string
	Asked    string // the model that the client asked for
	Answered string // the model that answered
	Born     time.Time
}

// A Query describes a search.
type Query struct {
	Space  [32]byte
	Vector []float32 // of length 1
	Top    int       // most rows to return
	Now    time.Time
}

// A Found is a row returned by a Store. None of it is verified.
type Found struct {
	Key, Space   [32]byte
	Text, Answer string
	Until        time.Time
	Similarity   float32 // cosine
}

// A Filter selects rows. The zero Filter selects all.
type Filter struct {
	Key    *[32]byte
	ID     *[16]byte
	Owner  string
	Label  string
	Model  string    // the model asked for, or the one that answered
	Before time.Time // born before this time, to the second; zero: any
	Over   time.Time // expired by this time; zero: any
}

// Matches reports whether f selects r.
func (f *Filter) Matches(r *Row) bool {
	return (f.Key == nil || *f.Key == r.Key) &&
		(f.ID == nil || *f.ID == r.ID) &&
		(f.Owner == "" || f.Owner == r.Owner) &&
		(f.Label == "" || f.Label == r.Label) &&
		(f.Model == "" || f.Model == r.Asked || f.Model == r.Answered) &&
		(f.Before.IsZero() || r.Born.Unix() < f.Before.Unix()) &&
		(f.Over.IsZero() || r.Until.Unix() <= f.Over.Unix())
}

// UUID returns a row name for key in the form that stores require: its first bytes, with the version and
// variant of RFC 9562 §5.8. The whole key is stored and compared in addition.
func UUID(key *[32]byte) string {
	b := [16]byte(key[:16])
	b[6], b[8] = b[6]&0x0f|0x80, b[8]&0x3f|0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// Hex returns a digest, or the id of an answer, as text.
func Hex(d []byte) string { return hex.EncodeToString(d) }

// ID is the inverse of Hex for the id of an answer. ok is false for other text.
func ID(text string) (id [16]byte, ok bool) {
	n, err := hex.Decode(id[:], []byte(text[:min(len(text), 2*len(id))]))
	return id, err == nil && n == len(id) && len(text) == 2*len(id)
}

// Digest is the inverse of Hex for a digest. ok is false for other text.
func Digest(text string) (d [32]byte, ok bool) {
	n, err := hex.Decode(d[:], []byte(text[:min(len(text), 2*len(d))]))
	return d, err == nil && n == len(d) && len(text) == 2*len(d)
}
