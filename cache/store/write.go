package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// errClosed reports that the Store was closed.
var errClosed = errors.New("the store is closed")

// Put appends a record, which replaces the previous one of the key. It survives a crash of the
// process once it is written to the file, and one of the machine once it is synced: both happen
// within syncEvery. version identifies the record for Forget.
func (s *Store) Put(key *[32]byte, expires int64, body []byte) (version uint64, err error) {
	if len(body) > maxBody {
		return 0, fmt.Errorf("the record is %d bytes and may be %d at most", len(body), maxBody)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.put(&record{kindPut, *key, expires, body})
}

// Gone appends that the key is deleted. Its record leaves the disk when its segment is
// rewritten; Delete removes it at once.
func (s *Store) Gone(key *[32]byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.index[*key]; !ok {
		return nil
	}
	_, err := s.put(&record{kind: kindGone, key: *key})
	return err
}

func (s *Store) put(r *record) (version uint64, err error) {
	if s.err != nil {
		return 0, s.err
	}
	if s.closed {
		return 0, errClosed
	}
	if s.tail == nil || s.tail.bytes >= segmentBytes {
		if err := s.rotate(); err != nil {
			return 0, s.fail(err)
		}
	}
	t := s.tail
	at, before := int64(headSize)+t.bytes, len(t.buf)
	t.buf = appendRecord(t.buf, r, at, t.seal)
	size := int64(len(t.buf) - before)
	t.bytes += size
	version = s.take(t.segment, r, at, size, s.o.Clock())
	if len(t.buf) >= bufferBytes {
		if err := s.flush(); err != nil {
			return 0, s.fail(err)
		}
	}
	return version, nil
}

// fail stops writing for good.
func (s *Store) fail(err error) error {
	if s.err == nil {
		s.err = err
		if s.o.Failed != nil {
			go s.o.Failed(err)
		}
	}
	return err
}

// rotate starts a segment.
func (s *Store) rotate() error {
	if err := s.seal(); err != nil {
		return err
	}
	head, seal, err := newHead(s.o.Key)
	if err != nil {
		return err
	}
	g := &segment{n: s.next, path: filepath.Join(s.o.Dir, fmt.Sprintf("%016x%s", s.next, suffix))}
	f, err := os.OpenFile(g.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("cannot make the segment %q: %w", g.path, err)
	}
	s.next++
	s.segments = append(s.segments, g)
	s.tail = &tail{segment: g, file: f, seal: seal, buf: append(make([]byte, 0, bufferBytes+bufferBytes/8), head...)}
	return nil
}

// seal closes the segment being written.
func (s *Store) seal() error {
	if s.tail == nil {
		return nil
	}
	err := s.sync()
	if e := s.tail.file.Close(); err == nil && e != nil {
		err = fmt.Errorf("cannot close the segment %q: %w", s.tail.path, e)
	}
	s.tail = nil
	return err
}

func (s *Store) flush() error {
	if s.tail == nil || len(s.tail.buf) == 0 {
		return nil
	}
	_, err := s.tail.file.Write(s.tail.buf)
	s.tail.buf = s.tail.buf[:0]
	if err != nil {
		return fmt.Errorf("cannot write the segment %q: %w", s.tail.path, err)
	}
	s.tail.dirty = true
	return nil
}

func (s *Store) sync() error {
	if err := s.flush(); err != nil || s.tail == nil || !s.tail.dirty {
		return err
	}
	s.tail.dirty = false
	if err := s.tail.file.Sync(); err != nil {
		return fmt.Errorf("cannot sync the segment %q: %w", s.tail.path, err)
	}
	return nil
}

// Sync makes everything that was put durable.
func (s *Store) Sync() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return s.err
	}
	if err := s.sync(); err != nil {
		return s.fail(err)
	}
	return nil
}

// syncs writes and syncs at intervals, and rewrites segments that are mostly dead.
func (s *Store) syncs() {
	defer close(s.done)
	tick := time.NewTicker(syncEvery)
	defer tick.Stop()
	for {
		select {
		case <-s.stop:
			return
		case <-tick.C:
			s.flushNow()
			s.Compact()
		}
	}
}

// flushNow syncs without blocking Put: the file is synced outside the lock.
func (s *Store) flushNow() {
	s.mu.Lock()
	if s.err != nil || s.tail == nil {
		s.mu.Unlock()
		return
	}
	if err := s.flush(); err != nil {
		s.fail(err)
		s.mu.Unlock()
		return
	}
	t := s.tail
	dirty := t.dirty
	t.dirty = false
	s.mu.Unlock()
	if !dirty {
		return
	}
	if err := t.file.Sync(); err != nil && !errors.Is(err, os.ErrClosed) { // a file that was closed has been synced before
		s.mu.Lock()
		s.fail(fmt.Errorf("cannot sync the segment %q: %w", t.path, err))
		s.mu.Unlock()
	}
}

// Close syncs what was put and unlocks the directory.
func (s *Store) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	s.mu.Unlock()
	close(s.stop)
	<-s.done
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.seal()
	s.lock.Close()
	return err
}
