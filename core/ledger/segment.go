package ledger

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"strconv"
	"strings"
)

// Names of files.
const (
	segmentSuffix    = ".log"
	checkpointPrefix = "checkpoint-"
	checkpointSuffix = ".ckp"
	checkpointNew    = "checkpoint.new"
	markName         = "durable"
	spareName        = "spare"
)

func segmentName(base Seq) string { return fmt.Sprintf("%020d%s", uint64(base), segmentSuffix) }
func checkpointName(s Seq) string {
	return fmt.Sprintf("%s%020d%s", checkpointPrefix, uint64(s), checkpointSuffix)
}
func parseSegment(n string) (Seq, bool) { return parseName(n, "", segmentSuffix) }
func parseCheckpoint(n string) (Seq, bool) {
	return parseName(n, checkpointPrefix, checkpointSuffix)
}

func parseName(name, prefix, suffix string) (Seq, bool) {
	digits, ok := strings.CutPrefix(name, prefix)
	digits, ok2 := strings.CutSuffix(digits, suffix)
	n, err := strconv.ParseUint(digits, 10, 64)
	return Seq(n), ok && ok2 && err == nil && len(digits) == 20
}

// The head of a segment and of a checkpoint:
//
//	0 [8] magic   8 [16] id of the log   24 u64 position   32 u64 payload bytes (checkpoint)
//	40 u32 CRC of the payload (checkpoint)   44 zeros
//	48 u64 up to where segments may be gone (checkpoint)   56 zeros   60 u32 CRC-32C of bytes 0…59
const headSize = 64

const (
	segmentMagic    = "asbruLg1"
	checkpointMagic = "asbruCk1"
)

// A head is what a file begins with.
type head struct {
	id   [16]byte
	pos  Seq
	size uint64
	sum  uint32
	gone Seq
}

func (h *head) encode(magic string) []byte {
	b := make([]byte, headSize)
	copy(b, magic)
	copy(b[8:], h.id[:])
	binary.LittleEndian.PutUint64(b[24:], uint64(h.pos))
	binary.LittleEndian.PutUint64(b[32:], h.size)
	binary.LittleEndian.PutUint32(b[40:], h.sum)
	binary.LittleEndian.PutUint64(b[48:], uint64(h.gone))
	binary.LittleEndian.PutUint32(b[60:], crc32.Checksum(b[:60], castagnoli))
	return b
}

var (
	errHead    = errors.New("it does not begin as it should")
	errForeign = errors.New("it belongs to another ledger")
	errNamed   = errors.New("it is not what its name says")
)

// readHead reads the head of f, which should be that of the file at pos. A zero id is any.
func readHead(f File, magic string, pos Seq, id [16]byte) (h head, err error) {
	var b [headSize]byte
	if _, err := f.ReadAt(b[:], 0); err != nil {
		return h, errHead
	}
	if string(b[:8]) != magic || crc32.Checksum(b[:60], castagnoli) != binary.LittleEndian.Uint32(b[60:]) {
		return h, errHead
	}
	h.id = [16]byte(b[8:24])
	h.pos = Seq(binary.LittleEndian.Uint64(b[24:]))
	h.size = binary.LittleEndian.Uint64(b[32:])
	h.sum = binary.LittleEndian.Uint32(b[40:])
	h.gone = Seq(binary.LittleEndian.Uint64(b[48:]))
	switch {
	case id != [16]byte{} && h.id != id:
		return h, errForeign
	case h.pos != pos:
		return h, errNamed
	}
	return h, nil
}

// A span is one segment as readers know it.
type span struct {
	name string
	base Seq
	end  Seq // after the last record; of the last segment: as much as the file could hold
}

// offset is where a position stands in the segment's file.
func (s span) offset(pos Seq) int64 { return headSize + int64(pos-s.base) }

// A listing is what a directory holds.
type listing struct {
	segments    []span // in order; ends from the files' sizes
	checkpoints []Seq  // newest first
	marked      bool
	stale       []string // left behind by a crash
}

func list(fs FS) (l listing, err error) {
	entries, err := fs.List()
	if err != nil {
		return l, fmt.Errorf("cannot list the ledger's directory: %w", err)
	}
	for _, e := range entries {
		if base, ok := parseSegment(e.Name); ok {
			l.segments = append(l.segments, span{e.Name, base, base + Seq(max(e.Size-headSize, 0))})
		} else if at, ok := parseCheckpoint(e.Name); ok {
			l.checkpoints = append(l.checkpoints, at)
		} else if e.Name == spareName || e.Name == checkpointNew {
			l.stale = append(l.stale, e.Name)
		} else if e.Name == markName {
			l.marked = true
		}
	}
	slices.SortFunc(l.segments, func(a, b span) int { return cmp.Compare(a.base, b.base) })
	slices.SortFunc(l.checkpoints, func(a, b Seq) int { return cmp.Compare(b, a) })
	return l, nil
}
