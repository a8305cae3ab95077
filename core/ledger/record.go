package ledger

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"strconv"

	"asbru/core"
)

// A Seq is a position in the log: the number of bytes of all records up to and with the
// one it belongs to. A record is durable when Durable() >= its Seq. Zero is the beginning.
type Seq uint64

func (s Seq) String() string { return strconv.FormatUint(uint64(s), 10) }

// A Kind says what a record means. The ledger itself cares for none of them.
type Kind uint8

const (
	Account  Kind = 1 // Lines[0].Account is from now on the account that Payload names
	Intent   Kind = 2 // Amount is held on every line; Floor is due if nothing more is heard of it
	Progress Kind = 3 // of the intent Ref, Amount is spent so far
	Settle   Kind = 4 // the intent Ref ended and cost Amount
	Release  Kind = 5 // the intent Ref ended and cost nothing
	Charge   Kind = 6 // Amount is spent on every line, without an intent
	Audit    Kind = 7 // Payload says who did what
	Admin    Kind = 8 // Payload says what was changed, and by whom
	Job      Kind = 9 // the intent Ref goes on behind its call, as Payload says: no restart ends it
	numKinds      = 10
)

var kinds = [numKinds]string{Account: "account", Intent: "intent", Progress: "progress", Settle: "settle",
	Release: "release", Charge: "charge", Audit: "audit", Admin: "admin", Job: "job"}

func (k Kind) String() string {
	if k < numKinds && kinds[k] != "" {
		return kinds[k]
	}
	return "kind " + strconv.Itoa(int(k))
}

// Flags of a record.
const (
	Partial   uint8 = 1 << iota // settled at restart: the process ended before the call did
	Estimated                   // the amount is our own count, not the provider's
	Clamped                     // more was claimed than held: Floor has the claim, Amount what was held
	Cached                      // answered from memory
)

// A Line is one account that a record concerns, in the window that it counts in.
type Line struct {
	Account uint32
	Window  uint32 // when the window began, Unix seconds; 0: the account has none
}

// A Record is one entry. What Replay hands out is valid during the call only.
type Record struct {
	Seq     Seq // set by Append and Replay
	Kind    Kind
	Flags   uint8
	Attempt uint8
	ID      [16]byte // of the Exchange; zero: none
	Time    int64    // wall clock, Unix nanoseconds
	Ref     Seq      // the intent that a Progress, Settle or Release is about; 0: none
	Amount  core.Money
	Floor   core.Money
	Lines   []Line // at most MaxLines
	Payload []byte // at most MaxPayload

	safe Seq // Durable() when it was appended
}

// A record is laid out so, and padded with zeros to a multiple of 8 bytes:
//
//	 0 u32 length of all of it     4 u32 CRC-32C of bytes 8…, begun with seed ^ length
//	 8 u64 where it begins         16 u64 Durable() when it was appended
//	24 u64 Time                    32 [16] ID
//	48 u64 Ref                     56 i64 Amount      64 i64 Floor
//	72 u8 Kind  u8 Flags  u8 Attempt  u8 lines  u32 payload bytes
//	80 lines: u32 Account, u32 Window; then the payload
const (
	headBytes = 80
	lineBytes = 8
)

// Size is how many bytes of the log a record takes.
func Size(lines, payload int) int {
	return (headBytes + lines*lineBytes + payload + 7) &^ 7
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// encode writes r as it stands at pos into b, which is as long as the record and zero,
// all but the first word. That word is returned: whoever stores it publishes the record. Its
// checksum is not in it yet, see sum.
func (r *Record) encode(b []byte, pos, safe Seq) uint64 {
	le := binary.LittleEndian
	le.PutUint64(b[8:], uint64(pos))
	le.PutUint64(b[16:], uint64(safe))
	le.PutUint64(b[24:], uint64(r.Time))
	copy(b[32:48], r.ID[:])
	le.PutUint64(b[48:], uint64(r.Ref))
	le.PutUint64(b[56:], uint64(r.Amount))
	le.PutUint64(b[64:], uint64(r.Floor))
	b[72], b[73], b[74], b[75] = byte(r.Kind), r.Flags, r.Attempt, byte(len(r.Lines))
	le.PutUint32(b[76:], uint32(len(r.Payload)))
	at := headBytes
	for _, l := range r.Lines {
		le.PutUint32(b[at:], l.Account)
		le.PutUint32(b[at+4:], l.Window)
		at += lineBytes
	}
	copy(b[at:], r.Payload)
	return native(uint64(len(b)))
}

// sum completes the records that b consists of: only who takes them to disk works their checksums out,
// many at a time, so that nobody's answer waits for it. It may be called again.
func sum(b []byte, seed uint32) {
	le := binary.LittleEndian
	for len(b) > 0 {
		n := le.Uint32(b)
		le.PutUint32(b[4:], checksum(b[:n], seed))
		b = b[n:]
	}
}

// checksum is that of the record b, whose first word it leaves out but for the length.
func checksum(b []byte, seed uint32) uint32 {
	return crc32.Update(seed^uint32(len(b)), castagnoli, b[8:])
}

// native turns the first word between its value and how this machine has it in memory,
// where it is little-endian as on disk. On most machines they are the same.
func native(word uint64) uint64 {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], word)
	return binary.NativeEndian.Uint64(b[:])
}

// Why bytes are no record. None of them says more than that; the place does.
var (
	errEnd    = errors.New("zeros where a record would begin")
	errLength = errors.New("a length that no record has")
	errShort  = errors.New("a record that is cut short")
	errSum    = errors.New("a record whose checksum does not match")
	errPlace  = errors.New("a record that belongs elsewhere")
	errShape  = errors.New("a record whose parts do not add up")
)

// frame checks that b begins with the record that stands at pos and returns its length.
func frame(b []byte, pos Seq, seed uint32) (int, error) {
	le := binary.LittleEndian
	if len(b) < 8 {
		return 0, errShort
	}
	word := le.Uint64(b)
	n := int(uint32(word))
	switch {
	case word == 0:
		return 0, errEnd
	case n < headBytes || n > MaxRecord || n%8 != 0:
		return 0, errLength
	case n > len(b):
		return 0, errShort
	case checksum(b[:n], seed) != uint32(word>>32):
		return 0, errSum
	case Seq(le.Uint64(b[8:])) != pos:
		return 0, errPlace
	case Size(int(b[75]), int(le.Uint32(b[76:]))) != n || b[75] > MaxLines:
		return 0, errShape
	}
	return n, nil
}

// decode fills r with the record b, which frame has judged good. The lines are put into
// room; the payload aliases b.
func (r *Record) decode(b []byte, room *[MaxLines]Line) {
	le := binary.LittleEndian
	r.Seq = Seq(le.Uint64(b[8:])) + Seq(len(b))
	r.safe = Seq(le.Uint64(b[16:]))
	r.Time = int64(le.Uint64(b[24:]))
	r.ID = [16]byte(b[32:48])
	r.Ref = Seq(le.Uint64(b[48:]))
	r.Amount = core.Money(le.Uint64(b[56:]))
	r.Floor = core.Money(le.Uint64(b[64:]))
	r.Kind, r.Flags, r.Attempt = Kind(b[72]), b[73], b[74]
	n := int(b[75])
	at := headBytes
	for i := range n {
		room[i] = Line{le.Uint32(b[at:]), le.Uint32(b[at+4:])}
		at += lineBytes
	}
	r.Lines = room[:n]
	r.Payload = b[at : at+int(le.Uint32(b[76:]))]
}

// Clone is a Record that stays valid.
func (r *Record) Clone() Record {
	c := *r
	c.Lines, c.Payload = slices.Clone(r.Lines), slices.Clone(r.Payload)
	return c
}

// A Corrupt says where a ledger is not what was written.
type Corrupt struct {
	File   string
	Offset int64 // in the file; -1: the file as a whole
	Why    error
}

func (c *Corrupt) Error() string {
	if c.Offset < 0 {
		return fmt.Sprintf("the ledger is damaged: %s: %v", c.File, c.Why)
	}
	return fmt.Sprintf("the ledger is damaged: %s at byte %d: %v", c.File, c.Offset, c.Why)
}

func (c *Corrupt) Unwrap() error { return c.Why }
