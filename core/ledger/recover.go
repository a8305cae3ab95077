package ledger

import (
	"crypto/rand"
	"errors"
	"fmt"
	"hash/crc32"
	"time"
)

// A Recovery is what Open found. What it says happened to the end of a log that was not
// closed is no loss: it had been promised to nobody, as far as anything shows.
type Recovery struct {
	ID         [16]byte // of the log, made when it was
	Checkpoint Seq      // where reading began; 0: at the beginning
	End        Seq      // of the last good record
	Records    int      // read
	Took       time.Duration

	Torn   int64    // bytes after the last good record, which are cut off; 0: none
	TornAt *Corrupt // where, and why it is no record; nil: none
	Notes  []string // what is strange and was got over
}

func (r *Recovery) note(format string, args ...any) {
	if len(r.Notes) < maxNotes {
		r.Notes = append(r.Notes, fmt.Sprintf(format, args...))
	}
}

// Open reads the ledger in fs, or begins one where there is none, and gets ready to write.
// It goes on from the last checkpoint, whose state it hands to the Fold, through the
// records that follow. A torn tail is cut off and reported by Found; damage is a *Corrupt
// and changes nothing. Start has it write.
func Open(fs FS, o Options) (*Ledger, error) {
	l := &Ledger{fs: fs, o: o, bell: make(chan struct{}, 1), chores: make(chan struct{}, 1), stop: make(chan struct{})}
	if k, ok := fs.(Locker); ok {
		lock, err := k.Lock()
		if err != nil {
			return nil, err
		}
		l.lock = lock
	}
	err := l.open()
	if err != nil {
		l.abandon()
		return nil, err
	}
	return l, nil
}

// abandon lets go of what a ledger that cannot be opened holds.
func (l *Ledger) abandon() {
	if l.cur != nil {
		l.cur.file.Close()
	}
	if l.mark != nil {
		l.mark.file.Close()
	}
	if l.spare != nil {
		l.spare.Close()
	}
	if l.lock != nil {
		l.lock.Close()
	}
}

func (l *Ledger) open() error {
	l.defaults()
	began := time.Now()
	s := &survey{fs: l.fs}
	if err := s.look(); err != nil {
		return err
	}
	if err := s.restore(l.o.Fold); err != nil {
		return err
	}
	apply := func(*Record) error { return nil }
	if l.o.Fold != nil {
		apply = l.o.Fold.Apply
	}
	if err := s.read(s.found.Checkpoint, apply); err != nil {
		return err
	}
	if err := s.repair(); err != nil {
		return err
	}
	end := s.found.End
	l.id, l.seed = s.id, s.seed
	l.spans.list = s.dir.segments
	l.written, l.folded, l.kept, l.gone = end, end, s.found.Checkpoint, s.gone
	l.durable.Store(uint64(end))
	l.ring = newRing(l.o.Ring, end)
	if err := l.resume(s); err != nil {
		return err
	}
	l.found = s.found
	l.found.ID = l.id
	l.found.Took = time.Since(began)
	return nil
}

// defaults fills in what the options leave open. A segment holds more than the ring, so
// that what was reserved always fits into the current one and the spare.
func (l *Ledger) defaults() {
	if l.o.Ring <= 0 {
		l.o.Ring = DefaultRing
	}
	if l.o.Segment <= 0 {
		l.o.Segment = DefaultSegment
	}
	if l.o.Every <= 0 {
		l.o.Every = DefaultEvery
	}
	l.o.Segment = max(l.o.Segment, int64(l.o.Ring)+4*MaxRecord) &^ 7
}

// resume begins a new segment at the end and a new mark.
func (l *Ledger) resume(s *survey) error {
	for _, name := range s.dir.stale {
		if err := l.fs.Remove(name); err != nil {
			return fmt.Errorf("cannot remove %q, which a crash left behind: %w", name, err)
		}
	}
	if l.id == [16]byte{} {
		rand.Read(l.id[:])
		l.seed = crc32.Checksum(l.id[:], castagnoli)
	}
	cur, err := l.begin(l.written)
	if err != nil {
		return err
	}
	l.cur = cur
	if l.mark, err = newMark(l.fs, l.seed, s, l.written); err != nil {
		return err
	}
	l.prepare() // a disk without space for it is no reason not to begin: Reserve knows
	return nil
}

// A survey looks at a ledger's directory without changing it.
type survey struct {
	fs     FS
	dir    listing
	id     [16]byte
	seed   uint32
	marked Seq    // known to have been synced
	marks  uint64 // times the mark was set
	reader *reader
	found  Recovery
	gone   Seq // up to where segments may have been removed
	tail   Seq // the end of what the last segment holds besides zeros
}

var (
	errBegin = errors.New("the ledger from here on is missing, and no checkpoint stands for it")
	errNone  = errors.New("it says that there was a log, and there is none")
	errLost  = errors.New("records that had been synced are missing at the end")
	errAhead = errors.New("it speaks of records that are not there")
)

// look reads the heads of the segments and the mark.
func (s *survey) look() (err error) {
	if s.dir, err = list(s.fs); err != nil {
		return err
	}
	if len(s.dir.segments) == 0 {
		if len(s.dir.checkpoints) > 0 {
			return &Corrupt{checkpointName(s.dir.checkpoints[0]), -1, errNone}
		}
		if s.dir.marked {
			return &Corrupt{markName, -1, errNone}
		}
		return nil
	}
	longest := Seq(0)
	for i, seg := range s.dir.segments {
		longest = max(longest, seg.end-seg.base)
		h, err := s.head(seg)
		if err != nil {
			return err
		}
		if i == 0 {
			s.id, s.seed = h.id, crc32.Checksum(h.id[:], castagnoli)
		} else if prev := s.dir.segments[i-1]; prev.end != seg.base {
			if prev.end < seg.base {
				return &Corrupt{prev.name, prev.offset(prev.end), errShort}
			}
			return &Corrupt{prev.name, prev.offset(seg.base), errOver}
		}
	}
	s.reader = newReader(s.fs, s.seed, int64(longest))
	s.found.ID = s.id
	return s.lookMark()
}

var errOver = errors.New("a sealed segment that is longer than it was")

func (s *survey) head(seg span) (head, error) {
	f, err := s.fs.Open(seg.name, Read)
	if err != nil {
		return head{}, fmt.Errorf("cannot open segment %q: %w", seg.name, err)
	}
	defer f.Close()
	h, err := readHead(f, segmentMagic, seg.base, s.id)
	if err != nil {
		return h, &Corrupt{seg.name, 0, err}
	}
	return h, nil
}

func (s *survey) lookMark() error {
	if !s.dir.marked {
		s.found.note("the mark of what was synced is missing: %s", markName)
		return nil
	}
	f, err := s.fs.Open(markName, Read)
	if err != nil {
		return fmt.Errorf("cannot open the mark %q: %w", markName, err)
	}
	defer f.Close()
	pos, n, bad := readMark(f, s.seed)
	s.marked, s.marks = pos, n
	if bad > 0 {
		s.found.note("the mark of what was synced is damaged in %d of 2 places: %s", bad, markName)
	} else if n == 0 {
		s.found.note("the mark of what was synced is empty: %s", markName)
	}
	return nil
}

// restore hands the newest good checkpoint to fold. Without a fold, reading begins at the
// first segment.
func (s *survey) restore(fold Fold) error {
	if len(s.dir.segments) == 0 {
		return nil
	}
	first := s.dir.segments[0].base
	if fold == nil {
		s.found.Checkpoint = first
		return nil
	}
	at, state, err := s.newest()
	if err != nil {
		return err
	}
	if state == nil {
		return nil // newest has seen to it that the log is whole
	}
	if err := fold.LoadState(state, at); err != nil {
		return &Corrupt{checkpointName(at), headSize, err}
	}
	s.found.Checkpoint = at
	return nil
}

// newest reads the newest checkpoint that is good and checks that no more of the log is
// missing than may be. The state is nil when there is none, and none is needed.
func (s *survey) newest() (Seq, []byte, error) {
	first := s.dir.segments[0].base
	for i, at := range s.dir.checkpoints {
		state, h, err := loadCheckpoint(s.fs, at, s.id)
		var bad *Corrupt
		if errors.As(err, &bad) {
			s.found.note("a checkpoint was passed over: %v", err)
			continue
		}
		if err != nil {
			return 0, nil, err
		}
		// The newest one knows what was removed; an older one does not know all of it.
		if at < first || i == 0 && h.gone < first {
			return 0, nil, &Corrupt{segmentName(h.gone), -1, errBegin}
		}
		s.gone = h.gone
		return at, state, nil
	}
	if first > 0 {
		return 0, nil, &Corrupt{segmentName(0), -1, errBegin}
	}
	return 0, nil, nil
}

// read calls f for all records from from on and finds where they end. Damage is a
// *Corrupt; a torn tail is not, and s.found has it.
func (s *survey) read(from Seq, f func(*Record) error) error {
	s.found.End = from
	n := len(s.dir.segments)
	if n == 0 {
		return nil
	}
	count := func(r *Record) error {
		if r.Seq <= from {
			return nil // the checkpoint has it; the last segment is looked at as a whole
		}
		s.found.Records++
		return f(r)
	}
	last := s.dir.segments[n-1]
	if from > last.end {
		return &Corrupt{checkpointName(from), -1, errAhead}
	}
	if _, err := s.reader.all(s.dir.segments[:n-1], from, max(from, last.base), count); err != nil {
		return err
	}
	pos, err := s.reader.segment(last, last.base, last.end, count)
	if err != nil && pos < from {
		if end := new(stop); errors.As(err, &end) {
			return &Corrupt{last.name, last.offset(end.pos), end.why}
		}
	}
	s.found.End, s.tail = pos, pos
	var end *stop
	switch {
	case errors.As(err, &end):
		return s.judge(last, end)
	case err != nil:
		return err
	}
	return s.whole(last, nil)
}

// judge decides whether what follows the last good record is a torn tail.
func (s *survey) judge(last span, end *stop) error {
	tail, synced, err := s.reader.aftermath(last, end.pos)
	if err != nil {
		return err
	}
	s.tail = tail
	bad := &Corrupt{last.name, last.offset(end.pos), end.why}
	if synced {
		return bad
	}
	return s.whole(last, bad)
}

// whole checks the end against the mark.
func (s *survey) whole(last span, bad *Corrupt) error {
	end := s.found.End
	if end < s.marked {
		if bad == nil || s.tail == end {
			bad = &Corrupt{last.name, last.offset(end), errLost}
		}
		return bad
	}
	if s.tail > end {
		s.found.Torn, s.found.TornAt = int64(s.tail-end), bad
	}
	return nil
}

// repair cuts the last segment after its last good record, so that nothing of a torn
// tail can ever be read again, and syncs it: after the end of a process good records may
// stand in the kernel's memory only.
func (s *survey) repair() error {
	n := len(s.dir.segments)
	if n == 0 {
		return nil
	}
	last := &s.dir.segments[n-1]
	f, err := s.fs.Open(last.name, Write)
	if err != nil {
		return fmt.Errorf("cannot open segment %q: %w", last.name, err)
	}
	defer f.Close()
	if err := f.Resize(last.offset(s.found.End)); err != nil {
		return fmt.Errorf("cannot cut segment %q: %w", last.name, err)
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("cannot sync segment %q: %w", last.name, err)
	}
	last.end = s.found.End
	return nil
}
