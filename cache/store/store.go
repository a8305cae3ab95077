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

// ErrBusy says that another process has the directory.
var ErrBusy = errors.New("another process has the directory of the cache")

// ErrKey says that a key of another length than 32 bytes was given.
var ErrKey = errors.New("the key of the cache must be 32 bytes")

// Options say where a Store is and how it is written.
type Options struct {
	Dir    string
	Key    []byte       // 32 bytes to seal with; nil: nothing is sealed
	Clock  func() int64 // Unix nanoseconds; nil: the system's
	Failed func(error)  // told once when writing failed and nothing is kept any more; nil: nobody
}

// A Store is a directory of segments. Many goroutines may use it.
type Store struct {
	o    Options
	lock *os.File
	stop chan struct{}
	done chan struct{}

	rewrite sync.Mutex // held by who writes segments anew; taken before mu

	mu       sync.Mutex
	segments []*segment // oldest first; the last is the tail's, if there is one
	tail     *tail
	index    map[[32]byte]place
	next     uint64 // number of the next segment
	version  uint64 // of the last record that was put
	err      error  // why nothing is written any more
	closed   bool
	counts   Counts
}

// A place is where the one record of a key is that counts.
type place struct {
	seg     *segment
	at      int64
	size    int64
	version uint64
}

// Counts say what became of a Store.
type Counts struct {
	Records int   // that are alive
	Bytes   int64 // of all segments
	Live    int64 // of those, what is alive
	Torn    int   // segments whose torn tail was cut off when they were opened
	Foreign int   // segments that were thrown away, because they were sealed with another key or of another format
	Anew    int   // segments that were written anew
}

// Open takes hold of a directory, which is made if it is not there, cuts off what a crash
// left torn and learns what is alive. Nothing is written before the first Put. It is
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
			continue // not one of ours
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

// learnOf reads one segment. ok is false when it was thrown away.
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
	case errors.Is(err, errTorn): // not even a head
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

// take notes a record that was read or written.
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

// forget lets go of the record that counts for key.
func (s *Store) forget(key [32]byte) {
	if p, ok := s.index[key]; ok {
		p.seg.live -= p.size
		delete(s.index, key)
	}
}

// Load calls f with every record that is alive, in the order they were put. version names
// the record. The body is valid during the call. It is for once, before anything is put.
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

// Forget says that nobody can ask for the record any more: it is left out when its segment
// is written anew. Should the process end before that, it is alive again at the next start.
func (s *Store) Forget(key *[32]byte, version uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p, ok := s.index[*key]; ok && p.version == version {
		s.forget(*key)
	}
}

// Counts are of this moment.
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

// Err is why nothing is written any more; nil: all is well.
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
