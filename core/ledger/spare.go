package ledger

import "fmt"

// prepare sees to it that the next segment's space is allocated while there is some: what
// was reserved can then be written down even when the disk is full.
func (l *Ledger) prepare() error {
	l.making.Lock()
	defer l.making.Unlock()
	if l.spare != nil {
		return nil
	}
	err := l.allocate()
	if err != nil {
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
		return fmt.Errorf("cannot make room for the next segment: %w", err)
	}
	l.spare = f
	return nil
}

// takeSpare hands out the spare, made now if it is not there yet.
func (l *Ledger) takeSpare() (File, error) {
	if err := l.prepare(); err != nil {
		return nil, err
	}
	l.making.Lock()
	defer l.making.Unlock()
	f := l.spare
	l.spare = nil
	return f, nil
}

// giveBack takes back a spare that could not be used, and returns err.
func (l *Ledger) giveBack(f File, err error) error {
	l.making.Lock()
	defer l.making.Unlock()
	l.spare = f
	return err
}
