package faultfs

import (
	"sync"

	"asbru/core/ledger"
)

// A Call is one kind of operation of an FS or a File.
type Call uint8

// The kinds, as bits of a set.
const (
	Open Call = 1 << iota
	Rename
	Remove
	SyncDir
	WriteAt
	Resize
	Sync
	ReadAt

	Changes = Open | Rename | Remove | SyncDir | WriteAt | Resize | Sync
	Filling = Open | Rename | WriteAt | Resize // the calls that a full disk refuses
)

// A Failing disk returns an error for some of its calls instead of carrying them out.
type Failing struct {
	ledger.FS

	mu    sync.Mutex
	calls Call
	after int
	err   error
	times int // number of failures; negative: until Heal
	seen  int
}

// Fail makes the calls of a set fail with err that many times, after the next n of them; negative times: until
// Heal.
func (f *Failing) Fail(calls Call, n int, err error, times int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls, f.after, f.err, f.times = calls, n, err, times
}

// Heal ends all failures.
func (f *Failing) Heal() { f.Fail(0, 0, nil, 0) }

// Failed returns how many calls have failed.
func (f *Failing) Failed() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.seen
}

func (f *Failing) ask(c Call) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.calls&c == 0 || f.times == 0 {
		return nil
	}
	if f.after > 0 {
		f.after--
		return nil
	}
	f.times--
	f.seen++
	return f.err
}

// Open implements ledger.FS. Only creating a file counts.
func (f *Failing) Open(name string, how ledger.Mode) (ledger.File, error) {
	if how == ledger.Create {
		if err := f.ask(Open); err != nil {
			return nil, err
		}
	}
	file, err := f.FS.Open(name, how)
	if err != nil {
		return nil, err
	}
	return failingFile{file, f}, nil
}

// Rename implements ledger.FS.
func (f *Failing) Rename(from, to string) error {
	if err := f.ask(Rename); err != nil {
		return err
	}
	return f.FS.Rename(from, to)
}

// Remove implements ledger.FS.
func (f *Failing) Remove(name string) error {
	if err := f.ask(Remove); err != nil {
		return err
	}
	return f.FS.Remove(name)
}

// SyncDir implements ledger.FS.
func (f *Failing) SyncDir() error {
	if err := f.ask(SyncDir); err != nil {
		return err
	}
	return f.FS.SyncDir()
}

type failingFile struct {
	ledger.File
	f *Failing
}

func (x failingFile) ReadAt(p []byte, at int64) (int, error) {
	if err := x.f.ask(ReadAt); err != nil {
		return 0, err
	}
	return x.File.ReadAt(p, at)
}

// WriteAt writes half of the data when it fails.
func (x failingFile) WriteAt(p []byte, at int64) (int, error) {
	if err := x.f.ask(WriteAt); err != nil {
		n, _ := x.File.WriteAt(p[:len(p)/2], at)
		return n, err
	}
	return x.File.WriteAt(p, at)
}

func (x failingFile) Resize(size int64) error {
	if err := x.f.ask(Resize); err != nil {
		return err
	}
	return x.File.Resize(size)
}

func (x failingFile) Sync() error {
	if err := x.f.ask(Sync); err != nil {
		return err
	}
	return x.File.Sync()
}
