package ledger

import "fmt"

// prepare sees to it that the next segment's space is allocated while there is some: what
// was reserved can then be written down even when the disk is full.
func (l *Ledger) prepare() error {
	l.making.Lock()
	defer l.making.Unlock()
	return l.prepareLocked()
}

func (l *Ledger) prepareLocked() error {
	if l.spare != nil {
		return nil
	}
	if err := l.allocate(); err != nil {
		l.trouble.Store(&err)
		return err
	}
	l.disk.Add(l.o.Segment - headSize - MaxRecord)
	if l.trouble.Swap(nil) != nil {
		l.poke() // it may have been stuck for want of this
	}
	return nil
}

// allocate makes the file. The caller holds making.
func (l *Ledger) allocate() error {
	f, err := l.fs.Open(spareName, Create)
	if err != nil {
		return fmt.Errorf("cannot make room for the next segment: %w", err)
	}
	if err := f.Resize(l.o.Segment); err != nil {
		f.Close()
		l.fs.Remove(spareName) // what little there is of it is better used elsewhere
		return fmt.Errorf("cannot make room for the next segment, %d bytes: %w", l.o.Segment, err)
	}
	l.spare = f
	return nil
}
