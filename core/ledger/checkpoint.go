package ledger

import (
	"errors"
	"fmt"
	"hash/crc32"
	"time"
)

// keep makes checkpoints, keeps a spare segment at hand and removes what nobody needs,
// until Close.
func (l *Ledger) keep() {
	tick := time.NewTicker(l.o.Every)
	defer tick.Stop()
	due := false
	for {
		var again <-chan time.Time
		if l.prepare() != nil {
			again = time.After(retryFull)
		}
		if due {
			l.maintain()
		}
		due = false
		select {
		case <-l.stop:
			return
		case <-l.chores:
			due = true
		case <-tick.C:
			due = l.stale()
		case <-again:
		}
	}
}

// stale reports whether enough was appended since the last checkpoint.
func (l *Ledger) stale() bool {
	l.keeping.Lock()
	defer l.keeping.Unlock()
	return l.Durable()-l.kept >= leastToCheck
}

// maintain makes a checkpoint. Only damage is the end: without checkpoints the ledger
// begins more slowly, and a full disk has space again one day.
func (l *Ledger) maintain() {
	err := l.Checkpoint()
	var bad *Corrupt
	var f *fatal
	if errors.As(err, &bad) || errors.As(err, &f) {
		l.fail(err)
	} else if err != nil {
		l.counts.missed.Add(1)
	}
}

// Checkpoint writes down what all durable records add up to, so that Open need not read
// them. They are read back from the disk for it: a checkpoint proves what it rests on.
func (l *Ledger) Checkpoint() error {
	if l.o.Fold == nil {
		return nil
	}
	l.keeping.Lock()
	defer l.keeping.Unlock()
	to := l.Durable()
	at, err := l.replay(newReader(l.fs, l.seed, l.o.Segment), l.folded, to, l.o.Fold.Apply)
	l.folded = at
	if err != nil || at == l.kept {
		return err
	}
	if l.o.Needed != nil {
		l.gone = max(l.gone, min(l.kept, l.o.Needed()))
	}
	h := head{id: l.id, pos: at, gone: l.gone}
	if err := saveCheckpoint(l.fs, h, l.o.Fold.AppendState(nil)); err != nil {
		return err
	}
	l.kept = at
	return l.prune()
}

// saveCheckpoint writes a file under another name, syncs it and gives it its own.
func saveCheckpoint(fs FS, h head, state []byte) error {
	f, err := fs.Open(checkpointNew, Create)
	if err != nil {
		return fmt.Errorf("cannot write a checkpoint: %w", err)
	}
	defer f.Close()
	h.size, h.sum = uint64(len(state)), crc32.Checksum(state, castagnoli)
	if _, err := f.WriteAt(h.encode(checkpointMagic), 0); err != nil {
		return fmt.Errorf("cannot write a checkpoint: %w", err)
	}
	for off := 0; off < len(state); off += maxWrite {
		if _, err := f.WriteAt(state[off:min(off+maxWrite, len(state))], headSize+int64(off)); err != nil {
			return fmt.Errorf("cannot write a checkpoint: %w", err)
		}
	}
	if err := f.Sync(); err != nil {
		return &fatal{fmt.Errorf("cannot sync a checkpoint: %w", err)}
	}
	if err := fs.Rename(checkpointNew, checkpointName(h.pos)); err != nil {
		return fmt.Errorf("cannot name a checkpoint: %w", err)
	}
	if err := fs.SyncDir(); err != nil {
		return &fatal{fmt.Errorf("cannot sync the ledger's directory: %w", err)}
	}
	return nil
}

var (
	errState = errors.New("a checkpoint whose checksum does not match")
	errSize  = errors.New("a checkpoint of another length than it says")
)

// loadCheckpoint reads the state at s. Damage is a *Corrupt.
func loadCheckpoint(fs FS, s Seq, id [16]byte) (state []byte, h head, err error) {
	name := checkpointName(s)
	f, err := fs.Open(name, Read)
	if err != nil {
		return nil, h, fmt.Errorf("cannot open checkpoint %q: %w", name, err)
	}
	defer f.Close()
	h, err = readHead(f, checkpointMagic, s, id)
	if err != nil {
		return nil, h, &Corrupt{name, 0, err}
	}
	if h.size > maxState {
		return nil, h, &Corrupt{name, 0, errSize}
	}
	state = make([]byte, h.size+1) // one more: nothing may follow
	n, _ := f.ReadAt(state, headSize)
	if uint64(n) != h.size {
		return nil, h, &Corrupt{name, headSize + int64(n), errSize}
	}
	state = state[:n]
	if crc32.Checksum(state, castagnoli) != h.sum {
		return nil, h, &Corrupt{name, headSize, errState}
	}
	return state, h, nil
}

// prune removes checkpoints older than the last two, and the segments that neither these
// nor anybody else needs: the last checkpoint says which may be missing. The caller holds
// keeping.
func (l *Ledger) prune() error {
	dir, err := list(l.fs)
	if err != nil {
		return err
	}
	for _, s := range dir.checkpoints[min(checkpoints, len(dir.checkpoints)):] {
		if err := l.fs.Remove(checkpointName(s)); err != nil {
			return fmt.Errorf("cannot remove a checkpoint: %w", err)
		}
	}
	for {
		l.spans.Lock()
		old := l.spans.list[0]
		last := len(l.spans.list) == 1
		if !last && old.end <= l.gone {
			l.spans.list = l.spans.list[1:]
		}
		l.spans.Unlock()
		if last || old.end > l.gone {
			return nil
		}
		if err := l.fs.Remove(old.name); err != nil {
			return fmt.Errorf("cannot remove segment %q: %w", old.name, err)
		}
	}
}
