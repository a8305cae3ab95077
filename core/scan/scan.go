// Package scan reads JSON bytes in place. One pass over a document checks its whole
// grammar and finds the raw values of a few wanted top-level keys; small readers then
// decode those values. The pass copies and allocates nothing, and no call recurses.
//
// It refuses what two JSON readers could read differently: duplicate keys, keys that
// differ only in case, a byte order mark, bytes after the document, invalid UTF-8,
// lone surrogates in keys, and documents that exceed the bounds in limits.go. It is
// not a general decoder: it fills no Go values.
package scan

import "sync"

// A Span is a range of a document. The zero Span means absent.
type Span struct{ Start, End int32 }

// pool holds idle Scanners. Each takes a few kilobytes, and more after a document with
// many keys.
var pool = sync.Pool{New: func() any { return NewScanner() }}

// Object is Scanner.Object with a pooled Scanner. It may be called by many goroutines.
func Object(doc []byte, want *Keys, at []Span) error {
	s := pool.Get().(*Scanner)
	err := s.Object(doc, want, at)
	pool.Put(s)
	return err
}

// Valid checks the grammar of a JSON value of any type, within the bounds of limits.go.
// Unlike Object it accepts duplicate keys. A non-nil error is an *Error.
func Valid(doc []byte) error {
	s := pool.Get().(*Scanner)
	err := s.Valid(doc)
	pool.Put(s)
	return err
}
