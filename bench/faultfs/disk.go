package faultfs

import (
	"errors"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"sync"

	"asbru/core/ledger"
)

// sector is the number of bytes that a disk writes atomically.
const sector = 512

// ErrCut is the error of every operation after a power cut.
var ErrCut = errors.New("the power is gone")

// A Disk is a directory in memory. It is safe for concurrent use.
type Disk struct {
	mu   sync.Mutex
	rand *rand.Rand
	left int // operations until the power cut; negative: there is none
	off  bool

	names   map[string]*inode // as seen by programs
	synced  map[string]*inode // as it survives a power cut
	changes []func(map[string]*inode)
	life    int // power cuts so far; files of an earlier life are dead
}

// An inode is one file: what programs see, and what survives for certain.
type inode struct {
	data, synced []byte
	pending      []change // since the last sync, in order
}

// A change is a write of at most a sector, or a new size.
type change struct {
	at   int64
	data []byte // nil: a new size, which is at
}

// NewDisk makes an empty disk. r decides what survives its power cuts.
func NewDisk(r *rand.Rand) *Disk {
	return &Disk{rand: r, left: -1, names: map[string]*inode{}, synced: map[string]*inode{}}
}

// CutAfter cuts the power after n more operations that change something.
func (d *Disk) CutAfter(n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.left = n
}

// Off reports whether the power is gone.
func (d *Disk) Off() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.off
}

// Restore turns the power on again. Whether unsynced data survived is decided by r.
func (d *Disk) Restore() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, change := range d.changes[:d.rand.IntN(len(d.changes)+1)] {
		change(d.synced)
	}
	d.names, d.changes = maps.Clone(d.synced), nil
	for _, n := range d.names {
		n.crash(d.rand)
	}
	d.off, d.left = false, -1
	d.life++
}

// crash reduces n to its synced data and some of the rest. Sectors are written in any order, so any of
// them may be missing.
func (n *inode) crash(r *rand.Rand) {
	keep := r.IntN(4) // none, some, most, all
	data := append([]byte(nil), n.synced...)
	for _, c := range n.pending {
		if keep == 3 || r.IntN(4) < keep {
			data = c.apply(data)
		}
	}
	n.data, n.synced, n.pending = data, append([]byte(nil), data...), nil
}

func (c change) apply(data []byte) []byte {
	end := c.at + int64(len(c.data))
	if int64(len(data)) < end {
		data = append(data, make([]byte, end-int64(len(data)))...)
	}
	if c.data == nil {
		return data[:end]
	}
	copy(data[c.at:], c.data)
	return data
}

// spend subtracts one operation from those left until the power cut.
func (d *Disk) spend() error {
	if d.left == 0 {
		d.off = true
	}
	if d.off {
		return ErrCut
	}
	d.left--
	return nil
}

// change changes the directory. The change survives if it is synced.
func (d *Disk) change(f func(map[string]*inode)) {
	f(d.names)
	d.changes = append(d.changes, f)
}

// Open implements ledger.FS.
func (d *Disk) Open(name string, how ledger.Mode) (ledger.File, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.off {
		return nil, ErrCut
	}
	n := d.names[name]
	if n == nil && how != ledger.Create {
		return nil, os.ErrNotExist
	}
	if how == ledger.Create {
		if err := d.spend(); err != nil {
			return nil, err
		}
		if n == nil {
			n = &inode{}
			d.change(func(names map[string]*inode) { names[name] = n })
		} else {
			n.write(change{at: 0})
		}
	}
	return &file{d, n, d.life}, nil
}

// Rename implements ledger.FS.
func (d *Disk) Rename(from, to string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := d.names[from]
	if n == nil {
		return os.ErrNotExist
	}
	if err := d.spend(); err != nil {
		return err
	}
	d.change(func(names map[string]*inode) {
		delete(names, from)
		names[to] = n
	})
	return nil
}

// Remove implements ledger.FS.
func (d *Disk) Remove(name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.names[name] == nil {
		return os.ErrNotExist
	}
	if err := d.spend(); err != nil {
		return err
	}
	d.change(func(names map[string]*inode) { delete(names, name) })
	return nil
}

// List implements ledger.FS.
func (d *Disk) List() ([]ledger.Entry, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.off {
		return nil, ErrCut
	}
	var out []ledger.Entry
	for name, n := range d.names {
		out = append(out, ledger.Entry{Name: name, Size: int64(len(n.data))})
	}
	return out, nil
}

// SyncDir implements ledger.FS.
func (d *Disk) SyncDir() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.spend(); err != nil {
		return err
	}
	d.synced, d.changes = maps.Clone(d.names), nil
	return nil
}

// Files returns a copy of the files as seen by programs, by name.
func (d *Disk) Files() map[string][]byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := map[string][]byte{}
	for name, n := range d.names {
		out[name] = append([]byte(nil), n.data...)
	}
	return out
}

// Put makes a file that survives, or replaces one; nil data removes it.
func (d *Disk) Put(name string, data []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := &inode{data: append([]byte(nil), data...), synced: append([]byte(nil), data...)}
	for _, names := range []map[string]*inode{d.names, d.synced} {
		if names[name] = n; data == nil {
			delete(names, name)
		}
	}
}

// A file is an open inode.
type file struct {
	d    *Disk
	n    *inode
	life int
}

// lives reports whether f was opened after the last power cut.
func (f *file) lives() error {
	if f.d.off || f.life != f.d.life {
		return ErrCut
	}
	return nil
}

func (f *file) ReadAt(p []byte, at int64) (int, error) {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	if err := f.lives(); err != nil {
		return 0, err
	}
	if at >= int64(len(f.n.data)) {
		return 0, io.EOF
	}
	k := copy(p, f.n.data[at:])
	if k < len(p) {
		return k, io.EOF
	}
	return k, nil
}

// WriteAt writes sector by sector: the power may go between two.
func (f *file) WriteAt(p []byte, at int64) (int, error) {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	if err := f.lives(); err != nil {
		return 0, err
	}
	if err := f.d.spend(); err != nil {
		f.n.write(split(p[:f.d.rand.IntN(len(p)+1)], at)...)
		return 0, err
	}
	f.n.write(split(p, at)...)
	return len(p), nil
}

func (f *file) Resize(size int64) error {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	if err := f.lives(); err != nil {
		return err
	}
	if err := f.d.spend(); err != nil {
		return err
	}
	f.n.write(change{at: size})
	return nil
}

func (f *file) Sync() error {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	if err := f.lives(); err != nil {
		return err
	}
	if err := f.d.spend(); err != nil {
		return err
	}
	for _, c := range f.n.pending {
		f.n.synced = c.apply(f.n.synced)
	}
	f.n.pending = nil
	return nil
}

func (f *file) Close() error { return nil }

func (n *inode) write(changes ...change) {
	for _, c := range changes {
		n.data = c.apply(n.data)
	}
	n.pending = append(n.pending, changes...)
}

// split splits a write at the ends of sectors.
func split(p []byte, at int64) (out []change) {
	p = append([]byte{}, p...)
	for len(p) > 0 {
		k := min(int(sector-at%sector), len(p))
		out = append(out, change{at, p[:k:k]})
		p, at = p[k:], at+int64(k)
	}
	return out
}
