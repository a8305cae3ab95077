// Package scan reads JSON bytes in place. One pass over a document checks all of
// its grammar and finds the raw values of a few wanted top-level keys; small
// readers then take those values apart. Nothing is decoded, copied or allocated,
// and no call recurses.
//
// It refuses what two JSON readers could read differently: duplicate keys, keys
// that differ in case only, a byte order mark, bytes after the document, invalid
// UTF-8, lone surrogates in keys, and documents deeper or fuller than limits.go
// allows. It is no decoder: it builds no values and knows no Go types.
package scan

import "sync"

// A Span is a range of a document. The zero Span means absent.
type Span struct{ Start, End int32 }

// pool holds idle Scanners; each is a few kilobytes until it meets a document
// with many keys.
var pool = sync.Pool{New: func() any { return NewScanner() }}

// Object is Scanner.Object with a pooled Scanner. Many goroutines may call it.
func Object(doc []byte, want *Keys, at []Span) error {
	s := pool.Get().(*Scanner)
	err := s.Object(doc, want, at)
	pool.Put(s)
	return err
}

// Valid checks the grammar of a document of any type, within MaxDepth. Unlike
// Object it lets duplicate keys pass.
func Valid(doc []byte) error {
	s := pool.Get().(*Scanner)
	err := s.Valid(doc)
	pool.Put(s)
	return err
}
