package ledger_test

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"asbru/bench/leak"
	"asbru/core"
	. "asbru/core/ledger"
)

func TestMain(m *testing.M) { os.Exit(leak.Run(m)) }

// A chain is a Fold that knows every byte it has seen, and in which order.
type chain struct {
	n   uint64
	sum [32]byte
	buf []byte
}

func (c *chain) same(d *chain) bool { return c.n == d.n && c.sum == d.sum }

func (c *chain) Apply(r *Record) error {
	c.n++
	le := binary.LittleEndian
	b := append(c.buf[:0], c.sum[:]...)
	b = append(b, byte(r.Kind), r.Flags, r.Attempt, byte(len(r.Lines)))
	b = append(b, r.ID[:]...)
	for _, v := range []uint64{uint64(r.Seq), uint64(r.Time), uint64(r.Ref), uint64(r.Amount), uint64(r.Floor)} {
		b = le.AppendUint64(b, v)
	}
	for _, x := range r.Lines {
		b = le.AppendUint32(le.AppendUint32(b, x.Account), x.Window)
	}
	c.buf = append(b, r.Payload...)
	c.sum = sha256.Sum256(c.buf)
	return nil
}

func (c *chain) AppendState(dst []byte) []byte {
	return append(binary.LittleEndian.AppendUint64(dst, c.n), c.sum[:]...)
}

func (c *chain) LoadState(src []byte, _ Seq) error {
	if len(src) != 40 {
		return fmt.Errorf("a state of %d bytes", len(src))
	}
	c.n = binary.LittleEndian.Uint64(src)
	c.sum = [32]byte(src[8:])
	return nil
}

// anyRecord is a record of any kind with anything in it.
func anyRecord(r *rand.Rand) *Record {
	x := &Record{
		Kind: Kind(1 + r.IntN(8)), Flags: uint8(r.IntN(16)), Attempt: uint8(r.IntN(4)), Time: r.Int64(), Ref: Seq(r.Uint32()),
		Amount: core.Money(r.Int64()), Floor: core.Money(-r.Int64()), Lines: make([]Line, r.IntN(MaxLines+1)),
	}
	for i := range x.ID {
		x.ID[i] = byte(r.Uint32())
	}
	for i := range x.Lines {
		x.Lines[i] = Line{r.Uint32(), r.Uint32()}
	}
	size := r.IntN(400)
	if r.IntN(20) == 0 {
		size = r.IntN(MaxPayload + 1)
	}
	x.Payload = make([]byte, size)
	for i := range x.Payload {
		x.Payload[i] = byte(r.Uint32())
	}
	return x
}

func small() Options { return Options{Ring: 1 << 14, Segment: 1 << 15} }

// put appends a record and returns its Seq; there must be room.
func put(t testing.TB, l *Ledger, r *Record) Seq {
	t.Helper()
	size := Size(len(r.Lines), len(r.Payload))
	if !l.Reserve(size) {
		t.Fatalf("no room for %d bytes: %v", size, l.Trouble())
	}
	return l.Append(r, size)
}
