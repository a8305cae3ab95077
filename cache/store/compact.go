package store

import (
	"errors"
	"fmt"
	"os"
	"slices"
)

// Compact rewrites segments of which much is dead, and removes those that are entirely
// dead. The Store also does so by itself.
func (s *Store) Compact() error {
	s.rewrite.Lock()
	defer s.rewrite.Unlock()
	for {
		s.mu.Lock()
		if s.err != nil {
			defer s.mu.Unlock()
			return s.err
		}
		g := s.worst()
		s.mu.Unlock()
		if g == nil {
			return nil
		}
		if err := s.anew(g); err != nil {
			return s.broke(err)
		}
	}
}

// worst returns the sealed segment that most needs rewriting.
func (s *Store) worst() *segment {
	now := s.o.Clock()
	for _, g := range s.segments {
		if s.tail != nil && g == s.tail.segment {
			continue
		}
		if g.live == 0 || g.wall <= now || (g.bytes-g.live)*deadShare >= g.bytes {
			return g
		}
	}
	return nil
}

// anew copies the live records of g to the tail, and removes g when they are durable. g is
// sealed: it is not written to.
func (s *Store) anew(g *segment) error {
	s.mu.Lock()
	older := s.segments[0] != g // then records of deleted keys are still needed
	empty := g.live == 0 && !older
	s.mu.Unlock()
	if !empty {
		if err := s.copyAlive(g, older); err != nil {
			return err
		}
		if err := s.Sync(); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, p := range s.index {
		if p.seg == g { // it expired while it was being copied
			delete(s.index, key)
		}
	}
	if i := slices.Index(s.segments, g); i >= 0 {
		s.segments = slices.Delete(s.segments, i, i+1)
	}
	s.counts.Anew++
	if err := s.removeFile(g); err != nil {
		return err
	}
	return syncDir(s.o.Dir)
}

// copyAlive appends the live records of g to the tail. It also copies records of deleted keys while
// there are older segments, which may contain the key.
func (s *Store) copyAlive(g *segment, older bool) error {
	f, err := os.Open(g.path)
	if err != nil {
		return fmt.Errorf("cannot open the segment %q: %w", g.path, err)
	}
	defer f.Close()
	_, err = readSegment(f, s.o.Key, func(r *record, at, _ int64) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		p, ok := s.index[r.key]
		switch {
		case r.kind == kindGone && older && !ok:
		case !ok || p.seg != g || p.at != at || r.expires <= s.o.Clock():
			return nil
		}
		if _, err := s.put(r); err != nil {
			return err
		}
		if ok { // it is the current record
			moved := s.index[r.key]
			moved.version = p.version
			s.index[r.key] = moved
		}
		return nil
	})
	if errors.Is(err, errTorn) {
		return nil
	}
	return err
}

// Delete removes records for good: when it returns, no segment holds any record for which
// gone returns true, live or not. gone may be called several times for a record; body is
// valid during the call. It returns how many of them were live.
func (s *Store) Delete(gone func(key *[32]byte, body []byte) bool) (n int, err error) {
	s.rewrite.Lock()
	defer s.rewrite.Unlock()
	s.mu.Lock()
	err = s.seal() // the tail may hold such records too
	segments := slices.Clone(s.segments)
	s.mu.Unlock()
	if err != nil {
		return 0, s.broke(err)
	}
	var holding []*segment
	for _, g := range segments {
		found, alive, err := s.mark(g, gone)
		if n += alive; err != nil {
			return n, s.broke(err)
		}
		if found {
			holding = append(holding, g)
		}
	}
	if err := s.Sync(); err != nil { // from here on they are deleted, whatever happens
		return n, err
	}
	for _, g := range holding {
		if err := s.anew(g); err != nil {
			return n, s.broke(err)
		}
	}
	return n, nil
}

// mark appends, for each live record of g that is to be deleted, a record that its key is
// deleted. found reports that there are any to delete, live or not.
func (s *Store) mark(g *segment, gone func(key *[32]byte, body []byte) bool) (found bool, alive int, err error) {
	f, err := os.Open(g.path)
	if err != nil {
		return false, 0, fmt.Errorf("cannot open the segment %q: %w", g.path, err)
	}
	defer f.Close()
	_, err = readSegment(f, s.o.Key, func(r *record, at, _ int64) error {
		if r.kind != kindPut || !gone(&r.key, r.body) {
			return nil
		}
		found = true
		s.mu.Lock()
		defer s.mu.Unlock()
		p, ok := s.index[r.key]
		if !ok || p.seg != g || p.at != at {
			return nil
		}
		alive++
		_, err := s.put(&record{kind: kindGone, key: r.key})
		return err
	})
	if errors.Is(err, errTorn) {
		err = nil
	}
	return found, alive, err
}

// broke stops all writing because of err.
func (s *Store) broke(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return err
	}
	return s.fail(err)
}

// syncDir makes the set of files in a directory durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("cannot open the directory of the cache: %w", err)
	}
	defer d.Close()
	d.Sync() // some systems cannot sync directories; the files are synced themselves
	return nil
}
