package ledger

import (
	"errors"
	"fmt"
	"io"
)

// A reader goes through records of segments, one file after the other, in one buffer.
type reader struct {
	fs   FS
	seed uint32
	buf  []byte
	room [MaxLines]Line
	rec  Record
}

// newReader makes a reader for segments of up to so many bytes.
func newReader(fs FS, seed uint32, segment int64) *reader {
	return &reader{fs: fs, seed: seed, buf: make([]byte, min(readBytes, max(segment, 4*MaxRecord)))}
}

// A stop is bytes that are no record, or the end of a file. Whether that is damage is
// for the caller to say.
type stop struct {
	pos Seq
	why error
}

func (s *stop) Error() string { return s.why.Error() }
func (s *stop) Unwrap() error { return s.why }

// segment calls f for the records of s from from up to to, and returns the position after
// the last one. The error is a *stop, of f, or of reading.
func (r *reader) segment(s span, from, to Seq, f func(*Record) error) (Seq, error) {
	file, err := r.fs.Open(s.name, Read)
	if err != nil {
		return from, fmt.Errorf("cannot open segment %q: %w", s.name, err)
	}
	defer file.Close()
	for pos := from; pos < to; {
		want := int(min(uint64(to-pos), uint64(len(r.buf))))
		n, err := file.ReadAt(r.buf[:want], s.offset(pos))
		if err != nil && !errors.Is(err, io.EOF) {
			return pos, fmt.Errorf("cannot read segment %q: %w", s.name, err)
		}
		used, err := r.records(r.buf[:n], pos, f)
		pos += Seq(used)
		cut := errors.Is(err, errShort) && n == len(r.buf) && used > 0 // goes on beyond the buffer
		switch {
		case cut:
		case err == nil && n == want:
		case err == nil:
			return pos, &stop{pos, errShort}
		default:
			return pos, err
		}
	}
	return to, nil
}

// records calls f for every record that b holds whole and returns how many bytes they are.
func (r *reader) records(b []byte, pos Seq, f func(*Record) error) (int, error) {
	used := 0
	for used < len(b) {
		n, err := frame(b[used:], pos+Seq(used), r.seed)
		if err != nil {
			return used, &stop{pos + Seq(used), err}
		}
		r.rec.decode(b[used:used+n], &r.room)
		if err := f(&r.rec); err != nil {
			return used, err
		}
		used += n
	}
	return used, nil
}

// aftermath looks at what follows a stop in the last segment, up to the end of its file:
// the last byte that is not zero, and whether a record there shows that what stands at
// the stop had been synced.
func (r *reader) aftermath(s span, at Seq) (last Seq, synced bool, err error) {
	file, err := r.fs.Open(s.name, Read)
	if err != nil {
		return 0, false, fmt.Errorf("cannot open segment %q: %w", s.name, err)
	}
	defer file.Close()
	last = at
	for pos := at; ; {
		n, err := file.ReadAt(r.buf, s.offset(pos))
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, false, fmt.Errorf("cannot read segment %q: %w", s.name, err)
		}
		b := r.buf[:n]
		if k := lastByte(b); k > 0 {
			last = pos + Seq(k)
			synced = synced || r.claims(b[:k], b, pos, at)
		}
		if n < len(r.buf) {
			return last, synced, nil
		}
		pos += Seq(n - MaxRecord) // a record may begin here and end beyond
	}
}

// claims reports whether a record in b, which begins at pos, was appended when what
// stands at at was durable already.
func (r *reader) claims(to, b []byte, pos, at Seq) bool {
	for i := 0; i+headBytes <= len(to); i += 8 {
		if b[i] == 0 && b[i+1] == 0 { // no length
			continue
		}
		if n, err := frame(b[i:], pos+Seq(i), r.seed); err == nil {
			r.rec.decode(b[i:i+n], &r.room)
			if r.rec.safe > at {
				return true
			}
		}
	}
	return false
}

// lastByte is the number of bytes up to the last one that is not zero.
func lastByte(b []byte) int {
	n := len(b)
	for n > 0 && b[n-1] == 0 {
		n--
	}
	return n
}
