package audit

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"

	"asbru/core"
)

// A Verifier checks the lines of one trail, passed to it in order. It needs
// only one public key that signed in it: later keys are verified by their lines
// of KindKey, and lines before its first signature by the chain, which that signature covers.
type Verifier struct {
	Report
	pub   ed25519.PublicKey // the current key, once seen is true; before that, the key to look for
	seen  bool
	odd   uint64 // number of the first signed line, until a signature of pub was seen
	lines *Lines
	prev  [32]byte
}

// A Report is the result of a successful verification.
type Report struct {
	Trail       [16]byte
	First, Last uint64 // numbers of the lines
	Signed      uint64 // number of the last checkpoint: no line up to it was tampered with
	SignedSum   [32]byte
	SignedAt    int64 // when it was made, Unix nanoseconds
	Lines       uint64
	Calls       uint64
	Changes     uint64
	Checkpoints uint64
	Gaps        uint64
	Keys        uint64     // number of key rotations
	Nanos       core.Money // of all calls and charges
}

// A Broken says where a trail is not what was written.
type Broken struct {
	Seq uint64 // of the line, or of the missing one
	Why error
}

func (b *Broken) Error() string {
	return fmt.Sprintf("the trail is broken at record %d: %v", b.Seq, b.Why)
}

func (b *Broken) Unwrap() error { return b.Why }

// Why a trail is broken. ErrChanged is reported for the line whose successor has another checksum for it.
var (
	ErrMissing = errors.New("records are missing")
	ErrOrder   = errors.New("records are out of order, or there twice")
	ErrChanged = errors.New("the record was changed")
	ErrForged  = errors.New("it is not signed by this key, or one that this key handed over to")
	ErrBegin   = errors.New("what stands first is no checkpoint: records before it were removed")
	ErrTrail   = errors.New("the checkpoint is of another trail")
	ErrCut     = errors.New("the record is cut short, or none")
	ErrShort   = errors.New("the trail ends before it: records were removed from its end")
)

// NewVerifier returns a Verifier for one trail.
func NewVerifier(pub ed25519.PublicKey) *Verifier { return &Verifier{pub: pub, lines: NewLines()} }

// Line checks the next line, without its line feed. An error is a *Broken; later lines
// cannot be checked.
func (v *Verifier) Line(line []byte) error {
	h, err := v.lines.Read(line)
	switch {
	case err != nil:
		return &Broken{v.Last + 1, ErrCut}
	case v.Lines == 0 && h.Kind != KindCheckpoint:
		return &Broken{h.Seq, ErrBegin}
	case v.Lines > 0 && h.Seq > v.Last+1:
		return &Broken{v.Last + 1, fmt.Errorf("%w: %d of them, before record %d", ErrMissing, h.Seq-v.Last-1, h.Seq)}
	case v.Lines > 0 && h.Seq <= v.Last:
		return &Broken{h.Seq, fmt.Errorf("%w: it follows %d", ErrOrder, v.Last)}
	case v.Lines > 0 && h.Prev != v.prev:
		return &Broken{v.Last, ErrChanged}
	case h.Seq == 1 && h.Prev != [32]byte{}:
		return &Broken{1, ErrChanged}
	}
	v.prev = h.Sum()
	if err := v.signature(&h); err != nil {
		return err
	}
	v.count(&h)
	return nil
}

// signature checks a signed line.
func (v *Verifier) signature(h *Head) error {
	if h.Kind != KindCheckpoint && h.Kind != KindKey {
		return nil
	}
	good := h.Check(v.pub) == nil
	if v.seen && !good {
		return &Broken{h.Seq, ErrForged}
	}
	if v.Lines > 0 && h.Trail != v.Trail {
		return &Broken{h.Seq, ErrTrail}
	}
	v.Trail = h.Trail
	if !good {
		if v.odd == 0 {
			v.odd = h.Seq
		}
		return nil
	}
	v.seen = true
	v.Signed, v.SignedSum, v.SignedAt = h.Seq, v.prev, h.Time
	if h.Kind == KindKey {
		v.pub = bytes.Clone(h.Next[:])
	}
	return nil
}

func (v *Verifier) count(h *Head) {
	if v.Lines == 0 {
		v.First = h.Seq
	}
	v.Lines++
	v.Last = h.Seq
	switch h.Kind {
	case KindCall:
		v.Calls++
	case KindChange:
		v.Changes++
	case KindGap:
		v.Gaps++
	case KindCheckpoint:
		v.Checkpoints++
	case KindKey:
		v.Keys++
	}
	v.Nanos = v.Nanos.Plus(h.Nanos)
}

// End checks the end: the trail must have a signed record, and reach at least to record
// least, which is known to exist (0: none). Records after the last checkpoint are chained but not
// signed yet; there are Last - Signed of them.
func (v *Verifier) End(least uint64) error {
	if v.Lines == 0 {
		return &Broken{1, ErrMissing}
	}
	if !v.seen {
		return &Broken{v.odd, ErrForged}
	}
	if v.Signed < least {
		return &Broken{least, ErrShort}
	}
	return nil
}
