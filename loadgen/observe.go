package loadgen

import "slices"

// sight is one reading of the machine and of the processes of a target.
type sight struct {
	machine machine
	ticks   uint64 // of all processes of the run
	threads threads
	own     threads // of this process
}

// cost is the difference of two readings.
type cost struct {
	target  thread
	own     thread
	foreign float64
}

// look reads the machine; pids are those of the target being measured.
func (c *campaign) look(pids []int) sight {
	known := slices.Clone(c.family(c.known))
	for _, pid := range pids {
		if !slices.Contains(known, pid) {
			known = append(known, pid)
		}
	}
	s := sight{threads: c.proc.threads(pids), own: c.proc.threads(c.known[:1]), ticks: c.proc.ticks(known)}
	s.machine, _ = parseMachine(c.proc.file("stat"))
	return s
}

// since is the cost between before and s.
func (s sight) since(before sight) cost {
	known := uint64(0)
	if s.ticks > before.ticks { // the ticks of a process that has ended are missing
		known = s.ticks - before.ticks
	}
	return cost{
		target:  s.threads.since(before.threads),
		own:     s.own.since(before.own),
		foreign: foreign(before.machine, s.machine, known),
	}
}

// counts adds rate and success. A window that could not send on time lasts until its
// last request was sent.
func (v values) counts(t *tally, start, end int64, closed bool) {
	n, until := t.ok, max(end, t.lastSent)
	if closed {
		n, until = t.inTime, end
	}
	if until > start {
		v["rate"] = float64(n) / (float64(until-start) / 1e9)
	}
	if n := t.ok + t.failures(); n > 0 {
		v["success"] = float64(t.ok) / float64(n)
	}
}

// costs adds what the watched processes and this one used.
func (v values) costs(used cost, held memory, t *tally) {
	if held.found > 0 {
		v["rss_mb"] = float64(held.rss) / 1e6
	}
	n := float64(t.sent)
	if n == 0 {
		return
	}
	if used.own.nanos > 0 {
		v["generator_cpu_us"] = float64(used.own.nanos) / 1e3 / n
	}
	if used.target.nanos == 0 { // nothing is watched, or the kernel does not count
		return
	}
	v["cpu_us"] = float64(used.target.nanos) / 1e3 / n
	v["switches"] = float64(used.target.switches) / n
	if t.relay.n > 0 {
		v["cpu_chunk_us"] = float64(used.target.nanos) / 1e3 / float64(t.relay.n)
	}
}
