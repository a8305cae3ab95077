package loadgen

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"sync/atomic"
	"time"
)

// campaign is a run: every target, window by window, round after round.
type campaign struct {
	o       *options
	fleet   *fleet
	proc    proc
	records []*record
	direct  *record // the record of --direct; nil: there is none
	known   []int   // every process that belongs to the run, this one first
	stop    atomic.Bool
	live    *liveLine
}

// newCampaign builds targets and requests, and finds the processes.
func newCampaign(o *options) (*campaign, error) {
	c := &campaign{o: o, proc: proc{"/proc"}}
	for i, n := range o.targets {
		t, err := aim(n.name, n.value, o.own)
		if err != nil {
			return nil, err
		}
		t.index = i
		if t.request, err = o.request(t); err != nil {
			return nil, err
		}
		r := &record{target: t}
		c.records = append(c.records, r)
		if n.name == directName {
			c.direct = r
		}
	}
	if err := c.watch(); err != nil {
		return nil, err
	}
	if err := o.fits(openFiles()); err != nil {
		return nil, err
	}
	var err error
	c.fleet, err = openFleet(o.lanes, o.portable, &c.stop)
	return c, err
}

// fits returns an error if there are more connections than descriptors. An open loop
// opens only those it needs, and held streams are closed before the next target.
func (o *options) fits(files int) error {
	need := o.conns + spareFiles
	if o.max {
		need = o.conns*len(o.targets) + spareFiles
	}
	if files > 0 && need > files && (o.max || o.hold > 0) {
		return fmt.Errorf("the run needs %d open files and this process may have %d; raise it with ulimit -n", need, files)
	}
	return nil
}

// request returns the bytes sent to t.
func (o *options) request(t *target) (b []byte, err error) {
	a := ask{method: o.method, path: o.path, key: o.keys.of(t.name), headers: o.headers}
	switch {
	case o.method == "GET":
	case o.bodyFile != "":
		if a.body, err = readBounded(o.bodyFile, maxBody); err != nil {
			return nil, err
		}
	default:
		if a.body, err = chat(o.models.of(t.name), o.stream, o.requestSize); err != nil {
			return nil, err
		}
	}
	b = a.render(t)
	if o.distinct {
		if t.mark = len(b) - len(chatBack) - markDigits; bytes.IndexByte(b[t.mark:len(b)-len(chatBack)], '"') >= 0 {
			return nil, fmt.Errorf("--distinct needs room for %d digits in the text; ask for more --request-bytes", markDigits)
		}
	}
	return b, nil
}

// watch assigns the pids of the command line to their targets.
func (c *campaign) watch() error {
	c.known = []int{os.Getpid()}
	for _, n := range c.o.pids {
		pid, err := strconv.Atoi(n.value)
		if err != nil || pid <= 0 {
			return fmt.Errorf("--pid %s=%s: not a process id", n.name, n.value)
		}
		if st := c.proc.file(strconv.Itoa(pid), "stat"); len(st) == 0 {
			return fmt.Errorf("--pid %s=%d: there is no such process, or /proc is not readable", n.name, pid)
		}
		c.known = append(c.known, pid)
		for _, r := range c.records {
			if r.target.name == n.name {
				r.target.pids = append(r.target.pids, pid)
			}
		}
	}
	if len(c.known) > maxPids {
		return fmt.Errorf("%d processes are more than the %d that are watched", len(c.known), maxPids)
	}
	return nil
}

// run warms every target up, then measures them in turn. The order rotates by one
// each round, so that no target always follows the same other one.
func (c *campaign) run() error {
	defer c.live.clear()
	for _, r := range c.records {
		if err := c.warm(r); err != nil {
			return err
		}
	}
	for round := range c.o.rounds {
		for i := range c.records {
			if c.stop.Load() {
				return nil
			}
			r := c.records[(round+i)%len(c.records)]
			visit := c.visit
			if c.o.hold > 0 {
				visit = c.holdStreams
			}
			if err := visit(r, round); err != nil {
				return err
			}
		}
	}
	c.compare()
	return nil
}

// volley returns a window as configured by the options.
func (c *campaign) volley(r *record, round int) volley {
	v := volley{
		target: r.target, length: c.o.window, drain: c.o.drain, timeout: c.o.timeout,
		conns: c.o.conns, limit: c.o.limit(), stream: c.o.stream,
	}
	if !c.o.max { // every target of a round gets the same arrivals
		v.pace = pace{rate: c.o.rate, poisson: c.o.poisson, seed: c.o.seed + uint64(round)}
	}
	return v
}

// warm opens connections and fills caches. Its figures are discarded, but not its
// failures.
func (c *campaign) warm(r *record) error {
	if c.o.warmup == 0 || c.stop.Load() {
		return nil
	}
	v := c.volley(r, -1)
	v.length = c.o.warmup
	if c.o.hold > 0 {
		v.pace.rate, v.conns = min(v.pace.rate, 20), min(v.conns, 16)
		v.hold, v.drain = true, c.o.warmup
		defer c.fleet.hangUp(r.target)
	}
	t, _, _, err := c.fleet.fire(v)
	if err == nil && c.o.hold == 0 { // held streams are cut off here at any point
		r.dropped.merge(t)
	}
	return err
}

// visit runs one window.
func (c *campaign) visit(r *record, round int) error {
	w := &window{values: make(values)}
	v := c.volley(r, round)
	var held memory
	pids := c.family(r.target.pids)
	v.atEnd = func() { held = c.proc.memory(pids, false) }
	before := c.look(pids)
	t, start, end, err := c.fleet.fire(v)
	if err != nil {
		return err
	}
	used := c.look(pids).since(before)
	w.values.latencies(t)
	w.values.counts(t, start, end, c.o.max)
	w.values.costs(used, held, t)
	r.close(w, t, used.foreign*100 > c.o.foreign)
	w.foreign = used.foreign
	c.live.show(round, r, w)
	return nil
}

// compare computes what each target adds to the direct one, round by round.
func (c *campaign) compare() {
	if c.direct == nil {
		return
	}
	for _, r := range c.records {
		if r == c.direct {
			continue
		}
		for round, w := range r.windows {
			if round < len(c.direct.windows) && !w.dropped && !c.direct.windows[round].dropped {
				w.values.added(c.direct.windows[round].values)
			}
		}
	}
}

// family returns pids, with their children if that is configured.
func (c *campaign) family(pids []int) []int {
	if !c.o.pidTree || len(pids) == 0 {
		return pids
	}
	return c.proc.tree(pids)
}

// failures returns how many requests of the run failed, including the warm-up, and
// how many were sent.
func (c *campaign) failures() (failed, sent uint64) {
	for _, r := range c.records {
		failed += r.kept.failures() + r.dropped.failures()
		sent += r.kept.sent + r.dropped.sent
	}
	return failed, sent
}

// sleepUnlessStopped waits for d in steps, so that a stop is noticed.
func (c *campaign) sleepUnlessStopped(d time.Duration) {
	for until := time.Now().Add(d); time.Now().Before(until) && !c.stop.Load(); {
		time.Sleep(min(time.Until(until), tickEvery))
	}
}
