package ledger

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

// A mark remembers up to where the log was synced, so that the loss of an end that had
// been acknowledged shows. It is written after each sync and never synced itself: after
// the end of a process it is exact, after a power cut it may be older, and never newer
// than the truth. Two slots take turns, so one of them is whole.
type mark struct {
	file File
	seed uint32
	n    uint64
	buf  [markBytes]byte
}

const (
	markBytes = 24  // u64 position, u64 count, u32 CRC-32C begun with the log's seed, zeros
	markSlot  = 512 // bytes apart: no sector holds both
)

// set notes that the log is synced up to s. What goes wrong here costs nothing but the
// note: the log itself is safe.
func (m *mark) set(s Seq) {
	m.n++
	b := m.buf[:]
	binary.LittleEndian.PutUint64(b, uint64(s))
	binary.LittleEndian.PutUint64(b[8:], m.n)
	binary.LittleEndian.PutUint32(b[16:], crc32.Update(m.seed, castagnoli, b[:16]))
	m.file.WriteAt(b, int64(m.n%2)*markSlot)
}

// readMark tells up to where the log is known to have been synced, and how many of the
// slots that were ever written are unreadable.
func readMark(f File, seed uint32) (s Seq, n uint64, bad int) {
	var b [markSlot + markBytes]byte
	got, _ := f.ReadAt(b[:], 0) // what is missing reads as never written
	clear(b[got:])
	for _, slot := range [][]byte{b[:markBytes], b[markSlot:]} {
		switch {
		case lastByte(slot) == 0:
		case crc32.Update(seed, castagnoli, slot[:16]) != binary.LittleEndian.Uint32(slot[16:]):
			bad++
		case binary.LittleEndian.Uint64(slot[8:]) >= n:
			s, n = Seq(binary.LittleEndian.Uint64(slot)), binary.LittleEndian.Uint64(slot[8:])
		}
	}
	return s, n, bad
}

// newMark sets the mark to at, which the survey has found. Only one that was not there is synced: another
// was at no later place before, and says so if this is lost.
func newMark(fs FS, seed uint32, s *survey, at Seq) (*mark, error) {
	how := Create
	if s.dir.marked {
		how = Write
	}
	f, err := fs.Open(markName, how)
	if err == nil {
		m := &mark{file: f, seed: seed, n: s.marks}
		m.set(at)
		if how == Create {
			err = errors.Join(f.Sync(), fs.SyncDir())
		}
		if err == nil {
			return m, nil
		}
		f.Close()
	}
	return nil, fmt.Errorf("cannot write the mark %q: %w", markName, err)
}
