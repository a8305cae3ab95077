package ledger

import (
	"bytes"
	"encoding/binary"
	"errors"
	"reflect"
	"slices"
	"testing"
)

func bytesOf(r *Record, pos, safe Seq, seed uint32) []byte {
	b := make([]byte, Size(len(r.Lines), len(r.Payload)))
	binary.NativeEndian.PutUint64(b, r.encode(b, pos, safe))
	sum(b, seed)
	return b
}

func TestRecord(t *testing.T) {
	f := func(r Record) {
		t.Helper()
		b := bytesOf(&r, 4096, 4000, 7)
		n, err := frame(append(b, 1, 2, 3), 4096, 7)
		if err != nil || n != len(b) {
			t.Fatalf("frame: %d of %d, %v", n, len(b), err)
		}
		var got Record
		var room [MaxLines]Line
		got.decode(b, &room)
		r = r.Clone()
		r.Seq, r.safe = 4096+Seq(n), 4000
		if len(r.Lines) == 0 {
			r.Lines = got.Lines
		}
		if len(r.Payload) == 0 {
			r.Payload = got.Payload
		}
		if !reflect.DeepEqual(got, r) {
			t.Errorf("got %+v; want %+v", got, r)
		}
		c := got.Clone()
		clear(b)
		clear(room[:])
		if !slices.Equal(c.Lines, r.Lines) && len(r.Lines) > 0 || c.Amount != r.Amount || len(c.Payload) != len(r.Payload) {
			t.Errorf("a clone is %+v", c)
		}
	}
	f(Record{})
	f(Record{Kind: Settle, Flags: Partial | Estimated, Attempt: 3, ID: [16]byte{1, 15: 2}, Time: -1, Ref: 1 << 60, Amount: -5, Floor: 1<<63 - 1})
	f(Record{Kind: Intent, Lines: make([]Line, MaxLines), Payload: bytes.Repeat([]byte("p"), MaxPayload)})
	f(Record{Kind: Account, Lines: []Line{{1, 2}}, Payload: []byte("key/tenant-12")})
}

// Every one of these is no record, for its own reason.
func TestFrame(t *testing.T) {
	good := bytesOf(&Record{Kind: Charge, Lines: []Line{{1, 2}}, Payload: []byte("12345678")}, 800, 0, 7)
	f := func(want error, pos Seq, seed uint32, spoil func(b []byte) []byte) {
		t.Helper()
		if _, err := frame(spoil(bytes.Clone(good)), pos, seed); !errors.Is(err, want) {
			t.Errorf("%v; want %v", err, want)
		}
	}
	same := func(b []byte) []byte { return b }
	f(nil, 800, 7, same)
	f(errPlace, 808, 7, same)
	f(errSum, 800, 8, same)
	f(errEnd, 800, 7, func(b []byte) []byte { clear(b); return b })
	f(errShort, 800, 7, func(b []byte) []byte { return b[:len(b)-1] })
	f(errShort, 800, 7, func(b []byte) []byte { return b[:7] })
	f(errLength, 800, 7, func(b []byte) []byte { b[0]++; return b })
	f(errLength, 800, 7, func(b []byte) []byte { b[0], b[1] = 8, 0; return b })
	f(errLength, 800, 7, func(b []byte) []byte { b[3] = 1; return b })
	for i := range len(good) - 8 {
		f(errSum, 800, 7, func(b []byte) []byte { b[8+i] ^= 1; return b })
	}
	wrong := bytes.Clone(good)
	wrong[75] = 0 // no lines, and a sum that says so
	f(errShape, 800, 7, func([]byte) []byte { return resum(wrong, 7) })
	if Kind(0).String() != "kind 0" || Kind(99).String() != "kind 99" || Settle.String() != "settle" {
		t.Error("names of kinds")
	}
}

// resum gives b the checksum that it would have had.
func resum(b []byte, seed uint32) []byte {
	n := uint32(len(b))
	binary.LittleEndian.PutUint32(b, n)
	binary.LittleEndian.PutUint32(b[4:], checksum(b, seed))
	return b
}

// No bytes make reading fail in any other way than by saying so, and what is taken for a
// record is written the same again.
func FuzzFrame(f *testing.F) {
	f.Add(bytesOf(&Record{Kind: Settle, Lines: []Line{{1, 2}}, Payload: []byte("p")}, 0, 0, 0), false)
	f.Add([]byte{}, false)
	f.Add(make([]byte, 100), true)
	f.Fuzz(func(t *testing.T, b []byte, fix bool) {
		if fix && len(b) >= headBytes && len(b)%8 == 0 && len(b) <= MaxRecord {
			clear(b[8:16])
			b = resum(b, 0)
		}
		n, err := frame(b, 0, 0)
		if err != nil {
			return
		}
		var r Record
		var room [MaxLines]Line
		r.decode(b[:n], &room)
		again := bytesOf(&r, 0, r.safe, 0)
		end := headBytes + lineBytes*len(r.Lines) + len(r.Payload)
		if len(again) != n || !bytes.Equal(again[8:end], b[8:end]) {
			t.Errorf("read %x and wrote %x", b[:n], again)
		}
	})
}
