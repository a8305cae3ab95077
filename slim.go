package main

import (
	"runtime/debug"
	"runtime/metrics"
)

// A slimmer returns memory to the system after a load peak. The collector is driven by
// allocation and so sleeps once the peak is over: on its own the process would stay at
// its largest size for many minutes. The slimmer acts only if the collector did not run
// between two looks, so it costs nothing under load.
type slimmer struct {
	last heap
	kept uint64 // bytes held after the last time
}

// heap is the state seen by one look.
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

// due reports whether it is time to return memory. Memory in use stays: the next time comes
// only when as much has been taken again.
func (s *slimmer) due(now heap) bool {
	quiet := now.cycles == s.last.cycles
	s.last = now
	s.kept = min(s.kept, now.held)
	return quiet && now.held > s.kept+slimAbove
}

// begin returns the memory that only the start needed: a document with 100,000 keys leaves garbage of
// its own size.
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
