package control

import (
	"context"
	"crypto/sha256"
	"io/fs"
	"os"
	"time"

	"asbru/core/config"
)

// A watched is a file as last seen. The zero value was never seen.
//
//	              differs            same again
//	settled ──────────────▶ changed ────────────▶ settled, applied
//	   ▲                     │   ▲
//	   └─────────────────────┘   └── differs again: half written
//	     as it was before
type watched struct {
	info fs.FileInfo // size, mtime and inode; nil: the file did not exist
	sum  [sha256.Size]byte
}

// alike reports whether the metadata of w is info.
func (w watched) alike(info fs.FileInfo) bool {
	return w.info != nil && info != nil && w.info.Size() == info.Size() &&
		w.info.ModTime().Equal(info.ModTime()) && os.SameFile(w.info, info)
}

// look reads a file together with its metadata from before the read, so that a
// write in between is noticed next time. It follows symlinks.
func look(path string) (watched, []byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		info = nil // ReadFile returns the error
	}
	data, err := config.ReadFile(path)
	if err != nil {
		return watched{}, nil, err
	}
	return watched{info, sha256.Sum256(data)}, data, nil
}

// Watch checks the configuration file every Poll and applies a change
// once two checks agree, so that a half-written file is left
// alone. It returns when ctx is done, and at once if there is no file.
func (p *Plane) Watch(ctx context.Context) {
	if p.o.Path == "" {
		return
	}
	tick := time.NewTicker(p.o.Poll)
	defer tick.Stop()
	w := watcher{p: p}
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			w.poll(ctx)
		}
	}
}

// A watcher is Watch's state between checks.
type watcher struct {
	p       *Plane
	changed *watched // a difference seen once; nil: settled
	gone    bool     // the file could not be read, which has been reported
}

// poll checks once.
func (w *watcher) poll(ctx context.Context) {
	p := w.p
	if p.lock(ctx) != nil {
		return // shutting down
	}
	defer p.unlock()
	if info, err := os.Stat(p.o.Path); err == nil && w.changed == nil && !w.gone && p.seen.alike(info) {
		return
	}
	by := Actor{"file", p.o.Path}
	now, data, err := look(p.o.Path)
	if err != nil {
		w.missing(by, err)
		return
	}
	w.gone = false
	switch {
	case now.sum == p.seen.sum: // touched, or changed and changed back
		p.seen, w.changed = now, nil
	case w.changed == nil || !w.changed.alike(now.info) || w.changed.sum != now.sum:
		w.changed = &now
	default:
		p.seen, w.changed = now, nil
		p.read(by, data) // it reports the result in Status and log
	}
}

// missing handles a file that cannot be read. Editors that write by deleting cause
// this for a moment, so the first check reports nothing.
func (w *watcher) missing(by Actor, err error) {
	switch {
	case w.gone:
	case w.changed == nil || w.changed.info != nil:
		w.changed = &watched{}
	default:
		w.gone, w.changed = true, nil
		w.p.seen = watched{} // whatever comes back is new
		w.p.refuse(by, nil, err)
	}
}
