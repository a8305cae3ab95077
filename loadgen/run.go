package loadgen

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

// Exit codes of Run.
const (
	exitFine  = 0
	exitFails = 1 // requests failed, a bound does not hold, or nothing could be judged
	exitUsage = 2 // the command line or a file is wrong
)

// Run is the loadgen subcommand: it parses args, sends, reports to stdout and returns the
// exit code. Progress and errors go to stderr. An interrupt ends the run early; the results
// so far are still reported.
func Run(args []string, stdout, stderr io.Writer) int {
	o, err := parse(args, stdout)
	if errors.Is(err, errHelp) {
		return exitFine
	}
	var g *gate
	if err == nil && o.gateFile != "" {
		if g, err = readGate(o.gateFile); err == nil {
			err = g.names(o.targets)
		}
	}
	var c *campaign
	if err == nil {
		c, err = newCampaign(o)
	}
	if err != nil {
		fmt.Fprintf(stderr, "asbru loadgen: %v\n", err)
		return exitUsage
	}
	defer c.fleet.close()
	defer c.onInterrupt()()
	// The run keeps a few megabytes and makes no garbage while it sends. A collection in the
	// middle of a window would distort the server's figures.
	defer debug.SetGCPercent(debug.SetGCPercent(1000))
	c.live = newLiveLine(stderr, o.rounds*len(o.targets))
	if err := c.run(); err != nil {
		fmt.Fprintf(stderr, "asbru loadgen: %v\n", err)
		return exitFails
	}
	return c.report(g, stdout, stderr)
}

// onInterrupt stops the run at the first interrupt; the returned function ends
// the watch.
func (c *campaign) onInterrupt() func() {
	signals, over, gone := make(chan os.Signal, 1), make(chan struct{}), make(chan struct{})
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		defer close(gone)
		select {
		case <-signals:
			c.stop.Store(true)
		case <-over:
		}
		signal.Stop(signals) // a second interrupt ends the process
	}()
	return func() { close(over); <-gone }
}

// report writes all results and returns the exit code.
func (c *campaign) report(g *gate, stdout, stderr io.Writer) int {
	c.table(stdout)
	code := exitFine
	fail := func(format string, args ...any) {
		fmt.Fprintf(stderr, "asbru loadgen: "+format+"\n", args...)
		code = exitFails
	}
	var verdicts []verdict
	if g != nil {
		verdicts = g.judge(c.records)
		if !showGate(stdout, verdicts) {
			fail("the gate %q does not hold", c.o.gateFile)
		}
	}
	if failed, sent := c.failures(); sent == 0 {
		fail("nothing was sent")
	} else if float64(failed) > c.o.forgive/100*float64(sent) {
		fail("%d of %d requests failed, warm-up included; --allow-errors allows %g %%", failed, sent, c.o.forgive)
	}
	for _, r := range c.records {
		if n := len(r.windows); n > 0 && r.droppedWindows() == n {
			fail("every window of %s was dropped; quieten the machine, name its processes with --pid, or raise --foreign", r.target.name)
		}
	}
	if c.stop.Load() {
		fail("stopped by hand after %d windows", c.windows())
	}
	d := c.result(verdicts)
	if c.o.jsonFile != "" {
		if err := d.writeJSON(c.o.jsonFile); err != nil {
			fail("%v", err)
		}
	}
	if c.o.svgFile != "" {
		if err := d.writeSVG(c.o.svgFile); err != nil {
			fail("%v", err)
		}
	}
	return code
}

func (c *campaign) windows() (n int) {
	for _, r := range c.records {
		n += len(r.windows)
	}
	return n
}
