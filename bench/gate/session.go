package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// missing is the error of a step that cannot run on this machine, and is skipped.
type missing struct{ why string }

func (m missing) Error() string { return m.why }

// session is one run of this program.
type session struct {
	o      options
	counts []bound // of counts.json
	stdout io.Writer
	result result
	broken int // steps that ended with an error
}

func newSession(o options, stdout io.Writer) (*session, error) {
	path, err := filepath.Abs(o.asbru)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("cannot find the program to measure: %w; make build makes it", err)
	}
	o.asbru = path
	counts, err := readBounds(filepath.Join(o.bounds, "counts.json"))
	if err != nil {
		return nil, err
	}
	s := &session{o: o, counts: counts, stdout: stdout}
	s.result.When = time.Now().UTC().Truncate(time.Second)
	s.result.Machine = thisMachine(path)
	s.result.Machine.Awake = o.awake
	s.result.Program = versionOf(path, "version")
	s.result.LoadBefore = loadAverage()
	return s, nil
}

// do runs a step and prints its result. A hard step that misses a bound is run again and judged by the
// second run: disturbances can only add to a count, whereas a program that does too much does so
// each time.
func (s *session) do(ctx context.Context, st step) {
	out := s.attempt(ctx, st)
	if st.hard && out.missed() && ctx.Err() == nil {
		fmt.Fprintf(s.stdout, "once more, as a machine that is disturbed counts too much\n")
		first := out
		out = s.attempt(ctx, st)
		for _, v := range first.Bounds {
			if !v.Holds {
				out.note("at the first try %s", v.line())
			}
		}
		if first.Broken != "" {
			out.note("the first try broke: %s", first.Broken)
		}
	}
	if out.Broken != "" {
		s.broken++
	}
	s.result.Sections = append(s.result.Sections, out)
}

// attempt runs a step once.
func (s *session) attempt(ctx context.Context, st step) section {
	out := section{Step: st.name, Hard: st.hard, About: st.about}
	fmt.Fprintf(s.stdout, "\n== %s: %s\n", st.name, st.about)
	started := time.Now()
	err := st.run(ctx, s, &out)
	out.Seconds = time.Since(started).Seconds()
	var m missing
	switch {
	case errors.As(err, &m):
		out.Skipped = m.why
	case err != nil:
		out.Broken = err.Error()
	default:
		out.Bounds = append(out.Bounds, judge(s.counts, &out)...)
	}
	out.show(s.stdout)
	return out
}

// finish writes the results and reports whether all bounds hold.
func (s *session) finish() error {
	s.result.LoadAfter = loadAverage()
	failed, skipped := 0, 0
	for i := range s.result.Sections {
		sec := &s.result.Sections[i]
		for _, v := range sec.Bounds {
			if !v.Holds {
				failed++
				fmt.Fprintf(s.stdout, "FAILS    %s: %s\n", sec.Step, v.line())
			}
		}
		if sec.Skipped != "" {
			skipped++
			fmt.Fprintf(s.stdout, "skipped  %s: %s\n", sec.Step, sec.Skipped)
		}
		if sec.Broken != "" {
			fmt.Fprintf(s.stdout, "broken   %s: %s\n", sec.Step, sec.Broken)
		}
	}
	if s.o.out != "" {
		if err := s.result.write(s.o); err != nil {
			return err
		}
	}
	if failed+s.broken > 0 {
		return fmt.Errorf("%d bounds fail, %d steps broke", failed, s.broken)
	}
	fmt.Fprintf(s.stdout, "\nevery bound holds; %d of %d steps skipped\n", skipped, len(s.result.Sections))
	return nil
}

// pick returns the number for the full run or for the short one.
func pick[T any](s *session, full, short T) T {
	if s.o.short {
		return short
	}
	return full
}
