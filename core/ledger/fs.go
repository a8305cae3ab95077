package ledger

import "io"

// An FS is the one directory a ledger lives in. Names have no separators. A disk
// is one, and so is a disk in memory that loses what was not synced.
type FS interface {
	Open(name string, how Mode) (File, error)
	// Rename gives a file another name, taking the place of one that has it.
	Rename(from, to string) error
	Remove(name string) error
	// List tells all files and their sizes in any order.
	List() ([]Entry, error)
	// SyncDir makes what was created, renamed and removed survive a power cut.
	SyncDir() error
}

// A Mode says what a file is opened for.
type Mode uint8

const (
	Read   Mode = iota
	Write       // and read
	Create      // and write and read; a file that has the name is emptied
)

// An Entry is one file of an FS.
type Entry struct {
	Name string
	Size int64
}

// A File is an open file. One goroutine may write while others read.
type File interface {
	io.ReaderAt
	io.WriterAt
	// Resize cuts the file, or makes it longer by zeros whose space is allocated: writing
	// into it must not find the disk full.
	Resize(size int64) error
	// Sync makes what was written survive a power cut.
	Sync() error
	Close() error
}

// A Locker is an FS that can keep other processes out. Lock is released by Close, and by
// the end of the process.
type Locker interface {
	Lock() (io.Closer, error)
}
