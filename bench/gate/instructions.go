package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// instructions counts what the gateway executes in user space for a request of
// 1.5 KB and its answer: "busy" with always another request at hand, "alone"
// at 200 a second, where falling asleep and waking up count too. The gateway
// has one event loop here and logs nothing, so that the figure is a request's.
// A program that still has its symbols gets its dearest functions named, without
// what they call; make profile builds one.
func instructions(ctx context.Context, s *session, out *section) error {
	return counted(ctx, s, out, gatewayShape{})
}

// unknown counts the same with the exact cache on and every request one that was never asked
// before: it is looked for, written down and kept. "more" is what that takes more than the same
// requests without a cache, in the same run.
func unknown(ctx context.Context, s *session, out *section) error {
	var off section
	if err := counted(ctx, s, &off, gatewayShape{}, "--distinct"); err != nil {
		return err
	}
	if err := counted(ctx, s, out, gatewayShape{cache: "{}"}, "--distinct"); err != nil {
		return err
	}
	out.add("more", "a request", out.figure("busy").Median-off.figure("busy").Median)
	return nil
}

// balanced is instructions with all that decides about an attempt switched on besides the
// breakers, clocks and retry budgets that every request has: what resilience costs.
func balanced(ctx context.Context, s *session, out *section) error {
	return counted(ctx, s, out, gatewayShape{balanced: true}, "--model", balancedModel)
}

// governed counts the same with three budgets, three limits, the ledger and the audit trail on: each
// request is held, settled and written down. What the ledger's writer and the trail's do is in it.
func governed(ctx context.Context, s *session, out *section) error {
	return counted(ctx, s, out, gatewayShape{governed: true})
}

// counted counts the instructions of a gateway of one event loop that logs nothing.
func counted(ctx context.Context, s *session, out *section, shape gatewayShape, args ...string) error {
	st, err := s.stand()
	if err != nil {
		return err
	}
	defer st.close()
	provider, _, err := st.mock("--reply-bytes", "1500")
	if err != nil {
		return err
	}
	count, why := st.perf(ctx), ""
	shape.silent, shape.args = true, []string{"--loops", "1"}
	if count == nil {
		why = "perf counts no instructions on this machine"
		if count, err = st.callgrind(ctx, &shape); err != nil {
			return missing{why + ", and " + err.Error()}
		}
		out.note("%s; callgrind counted. It offers no SHA instructions and no AVX-512, and preemption by signal is off", why)
	}
	g, err := st.gateway(provider.addr, shape)
	if err != nil && why != "" { // valgrind does not know every processor
		return missing{why + ", and the gateway does not start below callgrind: " + err.Error()}
	}
	if err != nil {
		return err
	}
	load := func(how ...string) func() error {
		return func() error {
			args := slices.Concat([]string{"--foreign", "100", "--rounds", "1", "--request-bytes", "1500", "--warmup", "0s"}, how, args)
			return st.load(ctx, out, "", []server{g}, args...)
		}
	}
	busy, alone := load("--max", "--conns", "8", "--window", "2s"), load("--rate", "200", "--window", "2s")
	if err := alone(); err != nil { // connections, first touches
		return err
	}
	idle, err := count(g.pid, func() error { time.Sleep(2 * time.Second); return nil })
	if err != nil {
		return err
	}
	for _, part := range []struct {
		name string
		run  func() error
	}{{"busy", busy}, {"alone", alone}} {
		n, err := count(g.pid, part.run)
		if err != nil {
			return err
		}
		requests := float64(out.Load.target("asbru").Sent)
		out.add(part.name, "a request", (n-idle)/requests)
		if why == "" || part.name != "busy" {
			continue
		}
		functions, err := dearest(dumpName(st.dir, busyDump), dearestShown)
		if err != nil {
			return err
		}
		for _, f := range functions {
			out.add("busy "+f.function, "a request", f.instructions/requests)
		}
	}
	out.Load = nil // its times were the counter's
	return nil
}

// counter is the instructions that a process executes while run runs.
type counter func(pid int, run func() error) (float64, error)

// perf counts by hardware; nil where there is no such counter, as in most
// virtual machines.
func (st *stand) perf(ctx context.Context) counter {
	path, err := lookFor("perf")
	if err != nil {
		return nil
	}
	event := []string{"stat", "-x", ",", "-e", "instructions:u"}
	said, err := tool(ctx, append([]string{path}, append(event, "true")...)...)
	if _, ok := perfCount(said); err != nil || !ok {
		return nil
	}
	return func(pid int, run func() error) (float64, error) {
		p, err := st.start("perf", syscall.SIGINT, []string{"LC_ALL=C"}, append([]string{path}, append(event, "-p", strconv.Itoa(pid))...)...)
		if err != nil {
			return 0, err
		}
		time.Sleep(settle / 4) // it attaches and does not say when
		if err := run(); err != nil {
			return 0, err
		}
		p.stop()
		n, ok := perfCount(p.said())
		if !ok {
			return 0, fmt.Errorf("perf counted nothing: %s", p.said())
		}
		return n, nil
	}
}

// perfCount reads "12345,,instructions:u,..."; ok is false for "<not supported>".
func perfCount(said string) (n float64, ok bool) {
	for line := range strings.Lines(said) {
		count, rest, _ := strings.Cut(line, ",")
		if !strings.Contains(rest, "instructions:u") {
			continue
		}
		n, err := strconv.ParseFloat(count, 64)
		return n, err == nil
	}
	return 0, false
}

// callgrind runs the gateway below valgrind. Each dump writes what was executed
// since the one before. Go's preemption signals nest deeper than callgrind
// allows, so they are off; with the collector off as well, a figure repeats to
// a few in a thousand.
func (st *stand) callgrind(ctx context.Context, g *gatewayShape) (counter, error) {
	valgrind, err := lookFor("valgrind")
	if err != nil {
		return nil, err
	}
	vgdb, err := lookFor("vgdb")
	if err != nil {
		return nil, err
	}
	file := dumpName(st.dir, 0)
	g.before = []string{valgrind, "--tool=callgrind", "--callgrind-out-file=" + file, "--vgdb-prefix=" + filepath.Join(st.dir, "vgdb")}
	g.env = []string{"GODEBUG=asyncpreemptoff=1", "GOGC=off"}
	g.within = slowReady
	dumps := 0
	dump := func(pid int) (float64, error) {
		_, err := tool(ctx, vgdb, "--vgdb-prefix="+filepath.Join(st.dir, "vgdb"), "--pid="+strconv.Itoa(pid), "dump")
		if err != nil {
			return 0, err
		}
		dumps++
		return callgrindTotal(dumpName(st.dir, dumps))
	}
	return func(pid int, run func() error) (float64, error) {
		if _, err := dump(pid); err != nil {
			return 0, err
		}
		if err := run(); err != nil {
			return 0, err
		}
		return dump(pid)
	}, nil
}

// busyDump is the dump after the busy part: each part makes two.
const busyDump = 4

// dumpName is the file of the nth dump; 0: the name that valgrind is told.
func dumpName(dir string, n int) string {
	name := filepath.Join(dir, "callgrind")
	if n > 0 {
		name += "." + strconv.Itoa(n)
	}
	return name
}

// callgrindTotal reads the sum of a dump.
func callgrindTotal(name string) (float64, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return 0, fmt.Errorf("callgrind wrote no dump: %w", err)
	}
	for line := range strings.Lines(string(b)) {
		if total, ok := strings.CutPrefix(line, "totals:"); ok {
			return strconv.ParseFloat(strings.TrimSpace(total), 64)
		}
	}
	return 0, fmt.Errorf("callgrind's dump has no total")
}
