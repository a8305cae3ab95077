package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// instructions counts the instructions that the gateway executes in user space for a
// request of 1.5 KB and its answer: "busy" with the next request always waiting, "alone"
// at 200 per second, where going to sleep and waking up count too. The gateway has one
// event loop here and logs nothing, so that nothing else is counted. For a program with
// symbols, which make profile builds, the most expensive functions are listed, without
// their callees.
func instructions(ctx context.Context, s *session, out *section) error {
	return counted(ctx, s, out, gatewayShape{})
}

// beside counts the same for the gateway, and then for nginx with one process and no access log.
func beside(ctx context.Context, s *session, out *section) error {
	if _, err := lookFor("nginx"); err != nil {
		return missing{err.Error()}
	}
	if err := counted(ctx, s, out, gatewayShape{}); err != nil {
		return err
	}
	ours := out.Figures[0].Spread.Median
	st, provider, err := s.provided("--reply-bytes", "1500")
	if err != nil {
		return err
	}
	defer st.close()
	c, err := st.counter(ctx)
	if err != nil {
		return err
	}
	n, err := st.nginx(provider.addr, proxyShape{name: "nginx", keepAlive: 64, alone: true, under: c.under})
	if err != nil {
		return err
	}
	return c.parts(n, out, func(part string, requests, spent float64) error {
		out.add("nginx_"+part, "a request", spent/requests)
		if part == "busy" {
			out.add("of_nginx", "of nginx's, busy", ours/(spent/requests))
		}
		return nil
	}, func(how ...string) error { return st.load(ctx, out, "", []server{n}, how...) })
}

// unknown counts the same with the exact cache on and only new requests, which are looked up and
// stored. "more" is the difference to the same requests without a cache, in the same run.
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

// balanced is instructions with all routing features on, besides the breakers, deadlines and retry
// budgets that every request has. It is the cost of resilience.
func balanced(ctx context.Context, s *session, out *section) error {
	return counted(ctx, s, out, gatewayShape{balanced: true}, "--model", balancedModel)
}

// governed counts the same with three budgets, three limits, the ledger and the audit trail on: each
// request is held, settled and recorded. It includes the writers of the ledger and the trail.
func governed(ctx context.Context, s *session, out *section) error {
	return counted(ctx, s, out, gatewayShape{governed: true})
}

// counted counts the instructions of a gateway of one event loop that logs nothing.
func counted(ctx context.Context, s *session, out *section, shape gatewayShape, args ...string) error {
	st, provider, err := s.provided("--reply-bytes", "1500")
	if err != nil {
		return err
	}
	defer st.close()
	c, err := st.counter(ctx)
	if err != nil {
		return err
	}
	if c.dumps {
		out.note("perf counts no instructions on this machine; callgrind counted. It offers no SHA instructions and no AVX-512, and preemption by signal is off")
	}
	shape.silent, shape.args, shape.under = true, []string{"--loops", "1"}, c.under
	g, err := st.gateway(provider.addr, shape)
	if err != nil && c.dumps { // valgrind does not support every processor
		return missing{"perf counts no instructions on this machine, and the gateway does not start below callgrind: " + err.Error()}
	}
	if err != nil {
		return err
	}
	return c.parts(g, out, func(part string, requests, spent float64) error {
		out.add(part, "a request", spent/requests)
		if !c.dumps || part != "busy" {
			return nil
		}
		functions, err := dearest(dumpName(st.dir, busyDump), dearestShown)
		for _, f := range functions {
			out.add("busy "+f.function, "a request", f.instructions/requests)
		}
		return err
	}, func(how ...string) error { return st.load(ctx, out, "", []server{g}, append(how, args...)...) })
}

// under says how a server has to be started for counting.
type under struct {
	before []string // the program that runs it, such as valgrind
	env    []string
	within time.Duration // time to become ready; 0: readyWithin
}

// A counter counts the instructions of a process while run runs.
type counter struct {
	count func(pid int, run func() error) (float64, error)
	under under
	dumps bool // it is callgrind, whose dumps have functions too
}

// counter returns that of perf if the machine has one, otherwise that of callgrind.
func (st *stand) counter(ctx context.Context) (counter, error) {
	if count := st.perf(ctx); count != nil {
		return counter{count: count}, nil
	}
	c, err := st.callgrind(ctx)
	if err != nil {
		return c, missing{"perf counts no instructions on this machine, and " + err.Error()}
	}
	return c, nil
}

// parts loads g and reports the instructions of each part in excess of idling. The times of the load
// are those under the counter and are dropped.
func (c counter) parts(g server, out *section, report func(part string, requests, spent float64) error, load func(how ...string) error) error {
	run := func(how ...string) func() error {
		return func() error {
			return load(append([]string{"--foreign", "100", "--rounds", "1", "--request-bytes", "1500", "--warmup", "0s", "--timeout", countedTimeout}, how...)...)
		}
	}
	busy, alone := run("--max", "--conns", "8", "--window", "2s"), run("--rate", "200", "--window", "2s")
	if err := busy(); err != nil { // warm-up; at a fixed rate, requests would pile up on a slow machine
		return err
	}
	idle, err := c.count(g.pid, func() error { time.Sleep(2 * time.Second); return nil })
	if err != nil {
		return err
	}
	for _, part := range []struct {
		name string
		run  func() error
	}{{"busy", busy}, {"alone", alone}} {
		n, err := c.count(g.pid, part.run)
		if err != nil {
			return err
		}
		if err := report(part.name, float64(out.Load.target(g.name).Sent), n-idle); err != nil {
			return err
		}
	}
	out.Load = nil
	return nil
}

// perf returns a hardware counter; nil if there is none, as in most virtual machines.
func (st *stand) perf(ctx context.Context) func(pid int, run func() error) (float64, error) {
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
		time.Sleep(settle / 4) // it does not report when it is attached
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

// callgrind counts a server that runs under valgrind. Each dump has the instructions since the
// last one. Go's preemption signals nest deeper than callgrind allows, so they are off; with
// the garbage collector off as well, figures are reproducible to a few in a thousand.
func (st *stand) callgrind(ctx context.Context) (counter, error) {
	valgrind, err := lookFor("valgrind")
	if err != nil {
		return counter{}, err
	}
	vgdb, err := lookFor("vgdb")
	if err != nil {
		return counter{}, err
	}
	file := dumpName(st.dir, 0)
	c := counter{dumps: true, under: under{
		before: []string{valgrind, "--tool=callgrind", "--callgrind-out-file=" + file, "--vgdb-prefix=" + filepath.Join(st.dir, "vgdb")},
		env:    []string{"GODEBUG=asyncpreemptoff=1", "GOGC=off"},
		within: slowReady,
	}}
	dumps := 0
	dump := func(pid int) (float64, error) {
		_, err := tool(ctx, vgdb, "--vgdb-prefix="+filepath.Join(st.dir, "vgdb"), "--pid="+strconv.Itoa(pid), "dump")
		if err != nil {
			return 0, err
		}
		dumps++
		return callgrindTotal(dumpName(st.dir, dumps))
	}
	c.count = func(pid int, run func() error) (float64, error) {
		if _, err := dump(pid); err != nil {
			return 0, err
		}
		if err := run(); err != nil {
			return 0, err
		}
		return dump(pid)
	}
	return c, nil
}

// busyDump is the dump after the busy part: each part makes two.
const busyDump = 4

// dumpName returns the file of the nth dump; 0: the name for valgrind.
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
