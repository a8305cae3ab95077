package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// options is the command line.
type options struct {
	asbru   string // the program under test
	bounds  string // folder of the gate files
	out     string // folder of the results; empty: nothing is written
	machine string // empty: named after its CPU
	hard    bool   // hard steps only
	soft    bool   // soft steps only
	short   bool   // fewer streams, shorter windows
	rounds  int    // of a soft step; 0: as the step says
	foreign float64
	awake   bool // no CPU sleeps while the steps run
	list    bool
	steps   []string // empty: all
}

func parse(args []string, stderr io.Writer) (o options, err error) {
	f := flag.NewFlagSet("gate", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&o.asbru, "asbru", "bin/asbru", "the `program` to measure")
	f.StringVar(&o.bounds, "bounds", "bench/gate", "`folder` of the gate files")
	f.StringVar(&o.out, "out", "", "write DATE-MACHINE.json and .md into this `folder`")
	f.StringVar(&o.machine, "machine", "", "`name` of the machine in the results (default: its CPU)")
	f.BoolVar(&o.hard, "hard", false, "only what can be counted")
	f.BoolVar(&o.soft, "soft", false, "only what has to be compared")
	f.BoolVar(&o.short, "short", false, "2,000 streams instead of 9,900, short windows")
	f.IntVar(&o.rounds, "rounds", 0, "rounds of each soft step (default: as the step says)")
	f.Float64Var(&o.foreign, "foreign", 15, "drop windows in which other processes took more than this `percent` of the CPUs")
	f.BoolVar(&o.awake, "awake", false, "keep the CPUs from sleeping, for everybody alike; needs root")
	f.BoolVar(&o.list, "list", false, "print the steps")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	o.steps = f.Args()
	if o.hard && o.soft {
		return o, errors.New("--hard and --soft exclude each other; without both, everything runs")
	}
	return o, nil
}

// run is the program; it returns the exit status: 0 when every bound holds, 1
// when not, 2 when the command line is wrong.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	var chosen []step
	if err == nil {
		chosen, err = choose(o)
	}
	if err != nil {
		fmt.Fprintf(stderr, "gate: %v\n", err)
		return 2
	}
	if o.list {
		list(stdout)
		return 0
	}
	if o.awake {
		release, err := keepAwake()
		if err != nil {
			fmt.Fprintf(stderr, "gate: cannot keep the CPUs awake: %v\n", err)
			return 2
		}
		defer release()
	}
	s, err := newSession(o, stdout)
	if err != nil {
		fmt.Fprintf(stderr, "gate: %v\n", err)
		return 2
	}
	for _, st := range chosen {
		if ctx.Err() != nil {
			fmt.Fprintln(stderr, "gate: stopped")
			return 1
		}
		s.do(ctx, st)
	}
	if err := s.finish(); err != nil {
		fmt.Fprintf(stderr, "gate: %v\n", err)
		return 1
	}
	return 0
}
