package ledger

// A Report is what Verify has read.
type Report struct {
	Recovery // Torn is also what a process that writes now has not synced yet

	First       Seq // where the oldest segment begins
	Marked      Seq // known to have been synced
	Segments    int
	Checkpoints []Seq
	Kinds       map[Kind]int
	Oldest      int64 // wall clock of the oldest record, Unix nanoseconds; 0: there is none
	Newest      int64
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
		if rep.Oldest == 0 || r.Time < rep.Oldest {
			rep.Oldest = r.Time
		}
		rep.Newest = max(rep.Newest, r.Time)
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

// ReadCheckpoint returns the state of the checkpoint at s.
func ReadCheckpoint(fs FS, s Seq) ([]byte, error) {
	state, _, err := loadCheckpoint(fs, s, [16]byte{})
	return state, err
}
