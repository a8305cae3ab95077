package ledger

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// lockName is the file that one process holds a lock on. Its content means nothing.
const lockName = "lock"

// ErrLocked is why a ledger that another process has open is not opened. One that was killed has it
// until the system call that it was in has ended.
var ErrLocked = errors.New("only one may write it")

// A disk is a directory of the machine.
type disk struct{ dir string }

// Disk is the directory dir as an FS; it is made when it is not there.
func Disk(dir string) (FS, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("cannot make the ledger's directory: %w; hint: name another in governance.ledger, or let this process's user write there", err)
	}
	return disk{dir}, nil
}

func (d disk) Open(name string, how Mode) (File, error) {
	flags := [...]int{Read: os.O_RDONLY, Write: os.O_RDWR, Create: os.O_RDWR | os.O_CREATE | os.O_TRUNC}
	f, err := os.OpenFile(filepath.Join(d.dir, name), flags[how], 0o600)
	if err != nil {
		return nil, err
	}
	return diskFile{f}, nil
}

func (d disk) Rename(from, to string) error {
	return os.Rename(filepath.Join(d.dir, from), filepath.Join(d.dir, to))
}

func (d disk) Remove(name string) error { return os.Remove(filepath.Join(d.dir, name)) }

func (d disk) List() ([]Entry, error) {
	list, err := os.ReadDir(d.dir)
	if err != nil {
		return nil, err
	}
	var out []Entry
	for _, e := range list {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() {
			continue // removed meanwhile, or none of ours
		}
		out = append(out, Entry{e.Name(), info.Size()})
	}
	return out, nil
}

func (d disk) SyncDir() error {
	f, err := os.Open(d.dir)
	if err != nil {
		return err
	}
	err = f.Sync()
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}

func (d disk) Lock() (io.Closer, error) {
	path := filepath.Join(d.dir, lockName)
	f, err := Lock(path)
	if errors.Is(err, ErrLocked) {
		err = fmt.Errorf("another process has the ledger in %s open; %w; hint: fuser %s names it, governance.ledger gives this one a directory of its own", d.dir, err, path)
	}
	return f, err
}

// Lock keeps other processes out of what the file at path stands for, until it is closed or the process ends: their error
// is ErrLocked. The file is made when it is not there.
func Lock(path string) (io.Closer, error) { return lock(path, lockFile) }

// Share is Lock for what several processes may do at once: it keeps out only those that call Lock.
func Share(path string) (io.Closer, error) { return lock(path, shareFile) }

func lock(path string, how func(*os.File) error) (io.Closer, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := how(f); err != nil {
		f.Close()
		if errors.Is(err, errHeld) {
			return nil, ErrLocked
		}
		return nil, fmt.Errorf("cannot lock %s: %w", path, err)
	}
	return f, nil
}

// A diskFile is an *os.File whose space can be allocated and whose data can be synced
// without its times.
type diskFile struct{ *os.File }

func (f diskFile) Resize(size int64) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if size <= info.Size() {
		return f.Truncate(size)
	}
	return allocate(f.File, info.Size(), size)
}

func (f diskFile) Sync() error { return datasync(f.File) }

// zeros writes zeros, for file systems that cannot allocate.
func zeros(f *os.File, from, to int64) error {
	b := make([]byte, min(maxWrite, to-from))
	for from < to {
		n, err := f.WriteAt(b[:min(int64(len(b)), to-from)], from)
		if err != nil {
			return err
		}
		from += int64(n)
	}
	return nil
}
