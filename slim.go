package main

import (
	"runtime/debug"
	"runtime/metrics"
)

// A slimmer gives memory back to the system after a storm. The collector, which
// allocation drives, sleeps when a storm is over and nothing allocates any more:
// by itself the process would hold its largest size for many minutes. It gives
// back only when the collector was quiet from one look to the next, so it costs
// nothing under load that allocates.
type slimmer struct {
	last heap
	kept uint64 // bytes held after the last time
}

// heap is what one look sees.
type heap struct {
	held   uint64 // bytes of memory that the heap has from the system now
	cycles uint64 // of the collector, since the start
}

func readHeap() heap {
	s := []metrics.Sample{
		{Name: "/memory/classes/heap/free:bytes"},
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/memory/classes/heap/unused:bytes"},
		{Name: "/gc/cycles/total:gc-cycles"},
	}
	metrics.Read(s)
	return heap{held: s[0].Value.Uint64() + s[1].Value.Uint64() + s[2].Value.Uint64(), cycles: s[3].Value.Uint64()}
}

// due reports whether it is time to give memory back. What is in use stays: the
// next time is when as much was taken again.
func (s *slimmer) due(now heap) bool {
	quiet := now.cycles == s.last.cycles
	s.last = now
	s.kept = min(s.kept, now.held)
	return quiet && now.held > s.kept+slimAbove
}

// begin gives back what the start took and does not need any more: a document with 100,000 keys leaves
// as much garbage as it is large.
func (s *slimmer) begin() {
	if s.last = readHeap(); s.last.held > 2*slimAbove {
		debug.FreeOSMemory()
	}
}

// look is called now and then; two looks apart decide.
func (s *slimmer) look() {
	if !s.due(readHeap()) {
		return
	}
	debug.FreeOSMemory()
	s.last = readHeap()
	s.kept = s.last.held
}
