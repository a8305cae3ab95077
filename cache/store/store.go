package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// ErrBusy reports that another process has the directory.
var ErrBusy = errors.New("another process has the directory of the cache")

// ErrKey reports a key that is not 32 bytes long.
var ErrKey = errors.New("the key of the cache must be 32 bytes")

// Options configure a Store.
type Options struct {
	Dir    string
	Key    []byte       // 32 bytes for sealing; nil: records are not sealed
	Clock  func() int64 // Unix nanoseconds; nil: the system's
	Failed func(error)  // called once when writing has failed and nothing is stored any more; may be nil
}

// A Store is a directory of segments. It may be used concurrently.
type Store struct {
	o    Options
	lock *os.File
	stop chan struct{}
	done chan struct{}

	rewrite sync.Mutex // held while segments are rewritten; locked before mu

	mu       sync.Mutex
	segments []*segment // oldest first; the last is the tail's, if there is one
	tail     *tail
	index    map[[32]byte]place
	next     uint64 // number of the next segment
	version  uint64 // of the latest record
	err      error  // why nothing is written any more
	closed   bool
	counts   Counts
}

// A place is the position of the live record of a key.
type place struct {
	seg     *segment
	at      int64
	size    int64
	version uint64
}

// Counts describe a Store.
type Counts struct {
	Records int   // live records
	Bytes   int64 // of all segments
	Live    int64 // of those, bytes of live records
	Torn    int   // segments whose torn tail was cut off by Open
	Foreign int   // segments discarded because of another key or format
	Anew    int   // segments that were rewritten
}

// Open locks a directory, which is created if necessary, cuts off what a crash left
// incomplete, and indexes the live records. Nothing is written before the first Put. The error is
// ErrBusy while another process has the directory. Close must be called.
func Open(o Options) (*Store, error) {
	if o.Key != nil && len(o.Key) != 32 {
		return nil, ErrKey
	}
	if o.Clock == nil {
		o.Clock = func() int64 { return time.Now().UnixNano() }
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("cannot make the directory of the cache: %w", err)
	}
	lock, err := lockDir(filepath.Join(o.Dir, "lock"))
	if err != nil {
		return nil, err
	}
	s := &Store{o: o, lock: lock, stop: make(chan struct{}), done: make(chan struct{}), index: map[[32]byte]place{}, next: 1}
	if err := s.learn(); err != nil {
		lock.Close()
		return nil, err
	}
	go s.syncs()
	return s, nil
}

// learn reads every segment.
func (s *Store) learn() error {
	names, err := filepath.Glob(filepath.Join(s.o.Dir, "*"+suffix))
	if err != nil {
		return fmt.Errorf("cannot list the directory of the cache: %w", err)
	}
	for _, path := range names {
		n, err := strconv.ParseUint(strings.TrimSuffix(filepath.Base(path), suffix), 16, 64)
		if err != nil {
			continue // not a segment
		}
		s.segments = append(s.segments, &segment{n: n, path: path})
		s.next = max(s.next, n+1)
	}
	slices.SortFunc(s.segments, func(a, b *segment) int { return int(int64(a.n) - int64(b.n)) })
	kept := s.segments[:0]
	for _, g := range s.segments {
		ok, err := s.learnOf(g)
		if err != nil {
			return err
		}
		if ok {
			kept = append(kept, g)
		}
	}
	s.segments = kept
	return nil
}

// learnOf reads one segment. ok is false if it was discarded.
func (s *Store) learnOf(g *segment) (ok bool, err error) {
	f, err := os.OpenFile(g.path, os.O_RDWR, 0)
	if err != nil {
		return false, fmt.Errorf("cannot open the segment %q: %w", g.path, err)
	}
	defer f.Close()
	now := s.o.Clock()
	end, err := readSegment(f, s.o.Key, func(r *record, at, size int64) error {
		g.bytes += size
		s.take(g, r, at, size, now)
		return nil
	})
	switch {
	case errors.Is(err, errTorn) && end > 0:
		s.counts.Torn++
		if err := f.Truncate(end); err != nil {
			return false, fmt.Errorf("cannot cut the torn tail off %q: %w", g.path, err)
		}
	case errors.Is(err, errTorn): // not even a complete head
		s.counts.Torn++
		return false, s.removeFile(g)
	case errors.Is(err, errSealed) || errors.Is(err, errFormat):
		s.counts.Foreign++
		for key, p := range s.index {
			if p.seg == g {
				delete(s.index, key)
			}
		}
		return false, s.removeFile(g)
	case err != nil:
		return false, fmt.Errorf("cannot read the segment %q: %w", g.path, err)
	}
	return true, nil
}

// take indexes a record that was read or written.
func (s *Store) take(g *segment, r *record, at, size int64, now int64) (version uint64) {
	s.forget(r.key)
	if r.kind != kindPut || r.expires <= now {
		return 0
	}
	s.version++
	s.index[r.key] = place{g, at, size, s.version}
	g.live += size
	g.wall = max(g.wall, r.expires)
	return s.version
}

// forget removes the live record of key from the index.
func (s *Store) forget(key [32]byte) {
	if p, ok := s.index[key]; ok {
		p.seg.live -= p.size
		delete(s.index, key)
	}
}

// Load calls f with every live record, in the order in which they were put. version identifies
// the record. The body is valid during the call. It may be called once, before the first Put.
func (s *Store) Load(f func(key *[32]byte, version uint64, expires int64, body []byte)) error {
	s.mu.Lock()
	segments := slices.Clone(s.segments)
	s.mu.Unlock()
	for _, g := range segments {
		file, err := os.Open(g.path)
		if err != nil {
			return fmt.Errorf("cannot open the segment %q: %w", g.path, err)
		}
		_, err = readSegment(file, s.o.Key, func(r *record, at, _ int64) error {
			s.mu.Lock()
			p, ok := s.index[r.key]
			s.mu.Unlock()
			if ok && p.seg == g && p.at == at {
				f(&r.key, p.version, r.expires, r.body)
			}
			return nil
		})
		file.Close()
		if err != nil && !errors.Is(err, errTorn) {
			return fmt.Errorf("cannot read the segment %q: %w", g.path, err)
		}
	}
	return nil
}

// Forget marks a record as unused: it is left out when its segment is
// rewritten. If the process ends before that, the record is live again at the next start.
func (s *Store) Forget(key *[32]byte, version uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p, ok := s.index[*key]; ok && p.version == version {
		s.forget(*key)
	}
}

// Counts returns the current counts.
func (s *Store) Counts() Counts {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.counts
	c.Records = len(s.index)
	for _, g := range s.segments {
		c.Bytes += g.bytes + int64(headSize)
		c.Live += g.live
	}
	return c
}

// Err returns why nothing is written any more; nil: writing works.
func (s *Store) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

func (s *Store) removeFile(g *segment) error {
	if err := os.Remove(g.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("cannot remove the segment %q: %w", g.path, err)
	}
	return nil
}
