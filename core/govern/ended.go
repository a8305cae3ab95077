package govern

// ended are the jobs that ended last, in that order. A provider may tell of one again: to a call that repeats the one
// which began it, it answers with the same thing.
type ended []goneJob

type goneJob struct {
	name string
	at   int64 // wall clock, Unix nanoseconds
}

// add adds a job that ended at a time, and forgets the oldest beyond what is kept.
func (e *ended) add(name string, at int64) {
	list := append(*e, goneJob{name, at})
	first := max(len(list)-maxEnded, 0)
	for at-list[first].at > int64(endedFor) {
		first++
	}
	*e = append(list[:0], list[first:]...)
}

// find is when the last job of that name ended; false: none did, or it is forgotten.
func (e ended) find(name string) (at int64, ok bool) {
	for i := len(e) - 1; i >= 0; i-- {
		if e[i].name == name {
			return e[i].at, true
		}
	}
	return 0, false
}

// EndedJob is when the last job of that name ended, in Unix nanoseconds of the wall clock. ok is false when none did
// within a month, or since then more than two thousand others.
func (b *Book) EndedJob(name string) (at int64, ok bool) {
	b.jobs.mu.Lock()
	defer b.jobs.mu.Unlock()
	return b.jobs.ended.find(name)
}

// EndedJob is that of the Book; none while another process has it.
func (t *Till) EndedJob(name string) (at int64, ok bool) {
	if b := t.enter(); b != nil {
		defer t.leave()
		return b.EndedJob(name)
	}
	return 0, false
}
