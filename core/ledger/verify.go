package ledger

import "fmt"

// A Report is what Verify has read.
type Report struct {
	Recovery // Torn is also what a process that writes now has not synced yet

	First       Seq // where the oldest segment begins
	Marked      Seq // known to have been synced
	Segments    int
	Checkpoints []Seq
	Kinds       map[Kind]int
	From, To    int64 // wall clock of the oldest and the newest record, Unix nanoseconds; 0: none
}

// Verify reads every byte of a ledger: heads, records, checkpoints and the mark. It
// changes nothing, and a process may have the ledger open meanwhile. Damage is a *Corrupt.
// f is called for every record; nil: nobody wants them.
func Verify(fs FS, f func(*Record) error) (Report, error) {
	s := &survey{fs: fs}
	rep := Report{Kinds: map[Kind]int{}}
	err := s.look()
	rep.Marked = s.marked
	if n := len(s.dir.segments); err == nil && n > 0 {
		rep.Segments, rep.First, rep.Checkpoints = n, s.dir.segments[0].base, s.dir.checkpoints
		err = s.verify(&rep, f)
	}
	s.found.Checkpoint = rep.First
	rep.Recovery = s.found
	return rep, err
}

func (s *survey) verify(rep *Report, f func(*Record) error) error {
	err := s.read(rep.First, func(r *Record) error {
		rep.Kinds[r.Kind]++
		if rep.From == 0 || r.Time < rep.From {
			rep.From = r.Time
		}
		rep.To = max(rep.To, r.Time)
		if f == nil {
			return nil
		}
		return f(r)
	})
	if err != nil {
		return err
	}
	for _, at := range s.dir.checkpoints {
		if _, _, err := loadCheckpoint(s.fs, at, s.id); err != nil {
			return err
		}
		if at > s.found.End {
			return &Corrupt{checkpointName(at), -1, errAhead}
		}
	}
	_, _, err = s.newest()
	return err
}

// LastCheckpoint hands the newest checkpoint that can be read to load, and returns where
// it was made; 0: there is none.
func LastCheckpoint(fs FS, load func(state []byte, s Seq) error) (Seq, error) {
	s := &survey{fs: fs}
	if err := s.look(); err != nil || len(s.dir.segments) == 0 {
		return 0, err
	}
	at, state, err := s.newest()
	if err != nil || state == nil {
		return 0, err
	}
	if err := load(state, at); err != nil {
		return 0, fmt.Errorf("cannot use checkpoint %q: %w", checkpointName(at), err)
	}
	return at, nil
}
