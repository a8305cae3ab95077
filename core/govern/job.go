package govern

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"asbru/core"
	"asbru/core/ledger"
)

// A Job is a hold that outlives its call and any restart: a provider works on something by itself, for
// hours, and what that comes to is known when it has ended. It is made by ending a call with ledger.Job
// (Till.End), and ended by Finish.
type Job struct {
	Seq   ledger.Seq // of its intent: its name as long as the ledger exists
	ID    [16]byte   // of the Exchange that began it
	Begun int64      // wall clock, Unix nanoseconds
	Worst core.Money // what is held: the most that it is charged
	Note  string     // what it was begun with; the first line tells it from all others
}

// Name is the first line of the note.
func (j *Job) Name() string {
	return nameIn(j.Note)
}

func nameIn(note string) string {
	name, _, _ := strings.Cut(note, "\n")
	return name
}

// jobs are those of a Book that are open. None has room reserved in the ledger: it is taken when one ends.
type jobs struct {
	mu     sync.Mutex
	open   map[ledger.Seq]*job
	byName map[string]ledger.Seq
	ended  ended
}

type job struct {
	Job
	h      Hold
	ending bool // somebody finishes it
}

func newJobs() jobs { return jobs{open: map[ledger.Seq]*job{}, byName: map[string]ledger.Seq{}} }

func (s *jobs) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.open)
}

// add reports false when there is one of that name.
func (s *jobs) add(j *job) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, twice := s.byName[j.Name()]; twice {
		return false
	}
	s.open[j.Seq], s.byName[j.Name()] = j, j.Seq
	return true
}

// keep has what h holds go on as a job, as the note of rec says. A second job of the same name is none: the
// provider told two calls about one thing, which is held for the first one.
func (b *Book) keep(h *Hold, rec *ledger.Record) ledger.Seq {
	j := &job{Job: Job{Seq: h.seq, ID: h.id, Begun: rec.Time, Worst: h.worst, Note: string(rec.Payload)}}
	j.h.n, j.h.periods, j.h.accts = h.n, h.periods, h.accts
	j.h.worst, j.h.seq, j.h.id, j.h.try = h.worst, h.seq, h.id, h.try
	j.h.state.Store(held)
	if len(rec.Payload) == 0 || !b.jobs.add(j) {
		rec.Kind, rec.Payload = ledger.Release, nil
		seq := b.log.Append(rec, h.room)
		h.give(0, 0)
		h.clear()
		b.holds.Add(-1)
		return seq
	}
	seq := b.log.Append(rec, h.room)
	h.clear()
	return seq
}

// resume holds the jobs among what was open when the log ended, and returns the others.
func (b *Book) resume(left []pending) []pending {
	return slices.DeleteFunc(left, func(p pending) bool {
		if p.note == "" {
			return false
		}
		j := &job{Job: Job{Seq: p.seq, ID: p.id, Begun: p.time, Worst: p.worst, Note: p.note}}
		j.h.n, j.h.worst, j.h.seq, j.h.id, j.h.try = int(p.n), p.worst, p.seq, p.id, p.attempt
		for i, l := range p.lines[:p.n] {
			a := b.byNum[l.Account-1]
			j.h.accts[i], j.h.periods[i] = a, a.taking(l.Window)
			j.h.periods[i].taken.Add(int64(p.worst))
		}
		j.h.state.Store(held)
		b.holds.Add(1)
		b.jobs.add(j)
		b.restart.Jobs++
		return true
	})
}

// Jobs are those that are open, the oldest first.
func (b *Book) Jobs() []Job {
	b.jobs.mu.Lock()
	defer b.jobs.mu.Unlock()
	all := make([]Job, 0, len(b.jobs.open))
	for _, j := range b.jobs.open {
		all = append(all, j.Job)
	}
	slices.SortFunc(all, func(a, b Job) int { return cmp.Compare(a.Seq, b.Seq) })
	return all
}

// Crowded reports whether no further job can be begun.
func (b *Book) Crowded() bool { return b.jobs.count() >= MaxJobs }

// Job is an open one by its name.
func (b *Book) Job(name string) (Job, bool) {
	b.jobs.mu.Lock()
	defer b.jobs.mu.Unlock()
	if j := b.jobs.open[b.jobs.byName[name]]; j != nil {
		return j.Job, true
	}
	return Job{}, false
}

// Finish charges what a job came to, and gives back the rest; a cost of 0 gives back all of it. It waits for
// room in the ledger as long as ctx lets it. ok is false when the job is not open, or somebody is about to
// finish it: nothing was done, as after an error.
func (b *Book) Finish(ctx context.Context, s ledger.Seq, e *End) (ok bool, err error) {
	b.jobs.mu.Lock()
	j := b.jobs.open[s]
	if j == nil || j.ending {
		b.jobs.mu.Unlock()
		return false, nil
	}
	j.ending = true
	b.jobs.mu.Unlock()
	room := ledger.Size(j.h.n, len(e.Note))
	if err := b.reserve(ctx, room); err != nil {
		b.jobs.mu.Lock()
		j.ending = false
		b.jobs.mu.Unlock()
		return false, fmt.Errorf("cannot write down what %s came to: %w", j.Name(), err)
	}
	kind := ledger.Settle
	if e.Cost == 0 {
		kind = ledger.Release
	}
	j.h.room = room
	b.jobs.mu.Lock()
	delete(b.jobs.open, s)
	delete(b.jobs.byName, j.Name())
	b.jobs.ended.add(j.Name(), e.Now)
	b.jobs.mu.Unlock()
	_, ok = b.close(&j.h, e, kind)
	return ok, nil
}

// Jobs are those of the Book; none while another process has it.
func (t *Till) Jobs() []Job {
	if b := t.enter(); b != nil {
		defer t.leave()
		return b.Jobs()
	}
	return nil
}

// Job is Book.Job.
func (t *Till) Job(name string) (Job, bool) {
	if b := t.enter(); b != nil {
		defer t.leave()
		return b.Job(name)
	}
	return Job{}, false
}

// Crowded is Book.Crowded. A process that drains begins no jobs of its own: it does not know.
func (t *Till) Crowded() bool {
	if b := t.enter(); b != nil {
		defer t.leave()
		return b.Crowded()
	}
	return false
}

// Finish is Book.Finish; while another process has the Book, nothing is done.
func (t *Till) Finish(ctx context.Context, s ledger.Seq, e *End) (bool, error) {
	b := t.enter()
	if b == nil {
		return false, nil
	}
	defer t.leave()
	ctx, cancel := context.WithTimeout(ctx, finishWait) // who gives the Book away waits for us
	defer cancel()
	return b.Finish(ctx, s, e)
}
