package loadgen

import (
	"fmt"
	"time"
)

// holdStreams opens the streams of one window, holds them, and measures how much the
// watched processes grow per stream.
func (c *campaign) holdStreams(r *record, round int) error {
	w := &window{values: make(values)}
	pids := c.family(r.target.pids)
	ramp := time.Duration(float64(c.o.hold) / c.o.rate * float64(time.Second))
	v := c.volley(r, round)
	v.length, v.hold, v.conns = ramp, true, c.o.hold
	v.drain = c.o.duration
	before := c.proc.memory(pids, true)
	looked := c.look(pids)
	// The last reading must be made while every stream is open, but reading a large
	// process takes time: so it is made shortly before the end of the hold.
	readAt := c.fleet.clock.now() + int64(leadIn) + int64(ramp+c.o.duration-max(c.o.duration/10, readAhead))
	var seen held
	v.tick = func(open int) {
		c.live.hold(r, open, c.o.hold)
		if !seen.read && c.fleet.clock.now() >= readAt {
			seen = held{read: true, open: open, memory: c.proc.memory(pids, true), sockets: c.proc.sockets(pids)}
		}
	}
	t, _, _, err := c.fleet.fire(v)
	if err != nil {
		return err
	}
	used := c.look(pids).since(looked)
	c.fleet.hangUp(r.target)
	w.values.latencies(t)
	delete(w.values, "p50") // only streams that ended early have a last byte
	w.values["streams"] = float64(seen.open)
	w.values["success"] = float64(seen.open) / float64(c.o.hold)
	w.values.growth(before, seen)
	if t.relay.n > 0 && used.target.nanos > 0 {
		w.values["cpu_chunk_us"] = float64(used.target.nanos) / 1e3 / float64(t.relay.n)
	}
	w.foreign = used.foreign
	r.close(w, t, false) // foreign CPU does not affect memory
	c.live.show(round, r, w)
	if short := c.o.hold - seen.open; short > 0 && !c.stop.Load() && t.failures() == 0 {
		return fmt.Errorf("%d of %d streams to %s were not open when the hold was read; ask the server for longer streams, or raise --rate", short, c.o.hold, r.target.name)
	}
	c.sleepUnlessStopped(tickEvery) // so that the server notices the end before the next target
	return nil
}

// held is a reading during a hold.
type held struct {
	read    bool
	open    int // streams
	memory  memory
	sockets int
}

// growth puts the memory of each stream.
func (v values) growth(before memory, h held) {
	if h.memory.found == 0 || h.open == 0 {
		return
	}
	per := func(a, b int64) float64 { return float64(b-a) / 1e3 / float64(h.open) }
	v["rss_stream_kb"] = per(before.rss, h.memory.rss)
	v["anon_stream_kb"] = per(before.anon, h.memory.anon)
	if h.memory.pss > 0 && before.pss > 0 {
		v["pss_stream_kb"] = per(before.pss, h.memory.pss)
	}
	v["rss_mb"] = float64(h.memory.rss) / 1e6
	v["sockets"] = float64(h.sockets)
}
