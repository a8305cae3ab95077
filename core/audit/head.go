package audit

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strconv"
	"time"

	"asbru/core"
	"asbru/core/scan"
)

// A Head is the part of a line that the chain and the sinks need.
type Head struct {
	Seq   uint64
	Prev  [32]byte
	Kind  string
	At    uint64 // position in the ledger
	Time  int64  // Unix nanoseconds
	ID    string // of the exchange, hex; empty: it is about none
	Nanos core.Money
	Trail [16]byte // of a signed line
	Next  [32]byte // of KindKey: the public key that signs from there on

	line []byte
	sig  int // index of signed in line; 0: it is not signed
}

// Lines reads lines. It reuses its memory, so that reading many lines is cheap; it is not safe for concurrent use.
type Lines struct {
	scan *scan.Scanner
	want *scan.Keys
	at   [9]scan.Span

	second string // the time of the previous line as written, up to the second; see Own
	unix   int64  // the same in Unix seconds
}

// NewLines returns a reader of lines.
func NewLines() *Lines {
	return &Lines{scan: scan.NewScanner(), want: scan.NewKeys("seq", "prev", "kind", "at", "time", "id", "nanos", "trail", "public")}
}

var (
	errLine    = errors.New("it is no line of a trail")
	errSigning = errors.New("its signature is not by this key")
)

// Read reads the head of a line without its line feed. Head aliases the line.
func (l *Lines) Read(line []byte) (Head, error) {
	h := Head{line: line}
	clear(l.at[:])
	if l.scan.Object(line, l.want, l.at[:]) != nil {
		return h, errLine
	}
	seq, ok := l.number(line, 0)
	prev, ok1 := l.word(line, 1)
	kind, ok2 := l.word(line, 2)
	at, ok3 := l.number(line, 3)
	stamp, ok4 := l.word(line, 4)
	t, err := time.Parse(time.RFC3339Nano, string(stamp))
	if !ok || !ok1 || !ok2 || !ok3 || !ok4 || err != nil || seq == 0 || !unhex(h.Prev[:], prev) {
		return h, errLine
	}
	h.Seq, h.At, h.Kind, h.Time = seq, at, kindOf(kind), t.UnixNano()
	id, _ := l.word(line, 5)
	h.ID = string(id)
	if s := l.at[6]; s.End > s.Start {
		n, err := strconv.ParseInt(string(line[s.Start:s.End]), 10, 64)
		if err != nil {
			return h, errLine
		}
		h.Nanos = core.Money(n)
	}
	if h.Kind != KindCheckpoint && h.Kind != KindKey {
		return h, nil
	}
	trail, _ := l.word(line, 7)
	if h.sig = bytes.LastIndex(line, []byte(signed)); h.sig <= 0 || !unhex(h.Trail[:], trail) {
		return h, errLine
	}
	if next, _ := l.word(line, 8); h.Kind == KindKey && !unhex(h.Next[:], next) {
		return h, errLine
	}
	return h, nil
}

// kindOf avoids allocating the usual kinds for each line.
func kindOf(b []byte) string {
	for _, k := range [...]string{KindCall, KindCharge, KindChange, KindTurned, KindGap, KindCheckpoint, KindKey} {
		if string(b) == k {
			return k
		}
	}
	return string(b)
}

func (l *Lines) number(line []byte, i int) (uint64, bool) {
	n, err := strconv.ParseUint(string(line[l.at[i].Start:l.at[i].End]), 10, 64)
	return n, err == nil
}

// word returns the text between the quotes: none of the words read here contains escapes.
func (l *Lines) word(line []byte, i int) ([]byte, bool) {
	b := line[l.at[i].Start:l.at[i].End]
	if len(b) < 2 || b[0] != '"' || bytes.IndexByte(b, '\\') >= 0 {
		return nil, false
	}
	return b[1 : len(b)-1], true
}

func unhex(dst, src []byte) bool {
	if len(src) != hex.EncodedLen(len(dst)) {
		return false
	}
	_, err := hex.Decode(dst, src)
	return err == nil
}

// Sum returns the SHA-256 of the line, which is "prev" of the next one.
func (h *Head) Sum() [32]byte { return sha256.Sum256(h.line) }

// Check verifies the signature of a signed line.
func (h *Head) Check(pub ed25519.PublicKey) error {
	words := domain
	if h.Kind == KindKey {
		words = keyDomain
	}
	rest := h.line[h.sig+len(signed):]
	sig, ok := bytes.CutSuffix(rest, []byte(`"}`))
	raw, err := base64.StdEncoding.Strict().AppendDecode(nil, sig) // the bits after the last byte are zero, so that no other line is as good
	if h.sig == 0 || !ok || err != nil || !ed25519.Verify(pub, append([]byte(words), h.line[:h.sig]...), raw) {
		return errSigning
	}
	return nil
}
