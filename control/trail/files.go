package trail

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"asbru/core/audit"
)

// A segment is one file of the trail. Its name is the number of its first line.
type segment struct {
	first uint64
	size  int64
}

const segmentSuffix = ".jsonl"

func (s segment) path(dir string) string {
	return filepath.Join(dir, fmt.Sprintf("%020d%s", s.first, segmentSuffix))
}

// segments lists the files of the trail in dir, the oldest first.
func segments(dir string) ([]segment, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("cannot list the trail: %w", err)
	}
	var all []segment
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), segmentSuffix)
		first, err := strconv.ParseUint(name, 10, 64)
		if !ok || err != nil || len(name) != 20 {
			continue
		}
		info, err := e.Info()
		if err != nil {
			return nil, fmt.Errorf("cannot list the trail: %w", err)
		}
		all = append(all, segment{first, info.Size()})
	}
	slices.SortFunc(all, func(a, b segment) int { return cmp.Compare(a.first, b.first) })
	return all, nil
}

// An end is the end of a trail, from which its Chain continues.
type end struct {
	seq, at uint64
	sum     [32]byte
	trail   [16]byte   // of the last checkpoint in the file; zero: there is none
	signed  int64      // when it was made
	last    audit.Head // the last line that is covered by a signature
	loose   int        // lines after it
}

// signedBy reports whether the trail may continue with signatures by pub: the key of the last
// signature, or the one that it handed over to.
func (e *end) signedBy(pub ed25519.PublicKey) bool {
	if e.last.Kind == audit.KindKey {
		return pub.Equal(ed25519.PublicKey(e.last.Next[:]))
	}
	return e.last.Kind == audit.KindCheckpoint && e.last.Check(pub) == nil
}

// recover finds the last intact line of the file and cuts off what a crash left after
// it. A broken line followed by another line is not a torn end but damage.
func (s *segment) recover(dir string) (e end, err error) {
	path := s.path(dir)
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return e, fmt.Errorf("cannot open the trail: %w", err)
	}
	defer f.Close()
	r, lines, good, torn := bufio.NewReader(f), audit.NewLines(), int64(0), int64(0)
	for {
		line, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			torn += int64(len(line))
			break
		}
		if err != nil {
			return e, fmt.Errorf("cannot read the trail: %w", err)
		}
		h, err := lines.Read(bytes.TrimSuffix(line, []byte("\n")))
		if err != nil {
			torn += int64(len(line))
			continue
		}
		if torn > 0 || h.Seq != e.next(s.first) {
			return e, fmt.Errorf("the trail is damaged: %s at byte %d is not what was written", path, good)
		}
		good += int64(len(line))
		e.take(&h)
	}
	if torn > 0 {
		if err := f.Truncate(good); err != nil {
			return e, fmt.Errorf("cannot cut off the torn end of the trail: %w", err)
		}
	}
	if err := f.Sync(); err != nil { // a killed process may not have synced it
		return e, fmt.Errorf("cannot sync the trail: %w", err)
	}
	s.size = good
	return e, nil
}

func (e *end) next(first uint64) uint64 {
	if e.seq == 0 {
		return first
	}
	return e.seq + 1
}

func (e *end) take(h *audit.Head) {
	e.seq, e.at, e.sum = h.Seq, h.At, h.Sum()
	e.loose++
	if h.Kind == audit.KindCheckpoint || h.Kind == audit.KindKey {
		e.trail, e.signed, e.loose, e.last = h.Trail, h.Time, 0, *h
	}
}

// A cursor reads the lines of a trail in order.
type cursor struct {
	dir  string
	next uint64 // number of the next line
	segs func() []segment
	file *os.File
	in   *bufio.Reader
	upTo uint64 // the first line of the next file; 0: there was none when this one was opened
}

// seek moves to line seq, or to the first line that still exists, and returns its number.
func (c *cursor) seek(seq uint64) (uint64, error) {
	c.close()
	all := c.segs()
	if len(all) == 0 {
		c.next = seq
		return seq, nil
	}
	i, ok := slices.BinarySearchFunc(all, seq, func(s segment, n uint64) int { return cmp.Compare(s.first, n) })
	if !ok {
		i--
	}
	if i < 0 {
		i, seq = 0, all[0].first
	}
	f, err := os.Open(all[i].path(c.dir))
	if err != nil {
		return 0, fmt.Errorf("cannot open the trail: %w", err)
	}
	c.file, c.in, c.next, c.upTo = f, bufio.NewReaderSize(f, 64<<10), all[i].first, 0
	if i+1 < len(all) {
		c.upTo = all[i+1].first
	}
	for c.next < seq {
		if _, err := c.line(); err != nil {
			return 0, err
		}
	}
	return seq, nil
}

// line reads the next line, which must exist, with its line feed. It is a copy.
func (c *cursor) line() ([]byte, error) {
	if c.file == nil || c.upTo != 0 && c.next >= c.upTo {
		if _, err := c.seek(c.next); err != nil {
			return nil, err
		}
	}
	b, err := c.in.ReadBytes('\n')
	if errors.Is(err, io.EOF) && len(b) == 0 && c.upTo == 0 { // another file has been started since
		next := c.next
		if _, err := c.seek(next); err != nil {
			return nil, err
		}
		b, err = c.in.ReadBytes('\n')
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read record %d of the trail: %w", c.next, err)
	}
	c.next++
	return b, nil
}

func (c *cursor) close() {
	if c.file != nil {
		c.file.Close()
		c.file = nil
	}
}
