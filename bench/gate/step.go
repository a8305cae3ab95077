package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
)

// A step is one measurement.
type step struct {
	name  string
	hard  bool
	about string
	run   func(ctx context.Context, s *session, out *section) error
}

func steps() []step {
	return []step{
		{"budgets", true, "Go tests that count: allocations, size of the binary, ReflectMethod, start", budgets},
		{"program", true, "size of the binary, time from fork to ready, memory at rest", program},
		{"syscalls", true, "system calls a request, by strace -f -c", syscalls},
		{"instructions", true, "instructions a request in user space, by perf or callgrind", instructions},
		{"beside", true, "the same, and nginx's beside it", beside},
		{"balanced", true, "the same with an alias of three targets: a score, breakers, gates, rules", balanced},
		{"unknown", true, "the same with the exact cache on and no hit", unknown},
		{"governed", true, "the same with budgets, limits, the ledger and the audit trail on", governed},
		{"keys", true, "the same with 10 and with 100,000 keys (20,000 with --short)", keys},
		{"low", true, "context switches a request at 200 requests a second", low},
		{"hold", true, "memory a stream, parallel slow SSE streams", hold},
		{"hold-tls", true, "the same with TLS to the provider", holdTLS},
		{"small", false, "5,000 requests a second of 1.5 KB, answers of 1.5 KB; decision time", small},
		{"large", false, "5,000 requests a second of 10 KB, answers of 10 KB", large},
		{"max", false, "highest throughput, 1.5 KB and 1.5 KB", highest},
		{"relay", false, "event streams: added time to the first byte, relay delay a chunk", relay},
		{"cached", false, "what the cache adds: to a request that it does not know, and a semantic hit to an exact one", cached},
		{"paid", false, "what budgets, limits, the ledger and the audit trail add to a request", paid},
		{"cold", false, "decision time when the processor has forgotten every branch, and what the cache and governance add to that", cold},
		{"waiting", false, "memory at 5,000 requests a second against a provider that takes a second", waiting},
	}
}

// choose returns the steps of the command line, in the order of the table.
func choose(o options) (chosen []step, err error) {
	all := steps()
	for _, name := range o.steps {
		if !slices.ContainsFunc(all, func(s step) bool { return s.name == name }) {
			return nil, fmt.Errorf("there is no step %q; --list prints them", name)
		}
	}
	for _, s := range all {
		named := len(o.steps) == 0 || slices.Contains(o.steps, s.name)
		if named && (s.hard || !o.hard) && (!s.hard || !o.soft) {
			chosen = append(chosen, s)
		}
	}
	if len(chosen) == 0 {
		return nil, fmt.Errorf("none of %s is that kind of step", strings.Join(o.steps, ", "))
	}
	return chosen, nil
}

func list(w io.Writer) {
	for _, s := range steps() {
		kind := "soft"
		if s.hard {
			kind = "hard"
		}
		fmt.Fprintf(w, "  %-13s %s  %s\n", s.name, kind, s.about)
	}
}
