package main

import (
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// counts are how much each step does.
type counts struct {
	restarts, idle, broken, held, reloads, slow int
	seconds                                     time.Duration // of each kind of slow client
}

// A soak is one run.
type soak struct {
	counts
	binary string
	dir    string // for temporary files
	table  []figure
	bad    bool
}

// A step is one adverse condition.
type step struct {
	name string
	run  func(*soak) error
}

var steps = [...]step{
	{"restarts", (*soak).restartsUnderLoad},
	{"idle", (*soak).restartsWithoutTraffic},
	{"broken", (*soak).brokenPrograms},
	{"held", (*soak).restartsBehindSocket},
	{"reload", (*soak).brokenFiles},
	{"slow", (*soak).slowClients},
	{"readers", (*soak).slowReaders},
	{"files", (*soak).outOfFiles},
}

func main() {
	var s soak
	var only, results string
	flag.StringVar(&s.binary, "asbru", "bin/asbru", "the `program` under test")
	flag.StringVar(&only, "steps", "", "the `steps` to run, by comma: restarts,idle,broken,held,reload,slow,readers,files; empty: all")
	flag.StringVar(&results, "results", "", "`directory` for the JSON file of this run; empty: none")
	flag.IntVar(&s.restarts, "restarts", 100, "hand-overs under load")
	flag.IntVar(&s.idle, "idle", 20, "hand-overs without traffic")
	flag.IntVar(&s.broken, "broken", 10, "hand-overs to a broken program")
	flag.IntVar(&s.held, "held", 5, "restarts behind a socket that somebody else holds")
	flag.IntVar(&s.reloads, "reloads", 50, "reloads of a broken configuration")
	flag.IntVar(&s.slow, "slow", 5000, "slow clients of each kind")
	flag.DurationVar(&s.seconds, "slow-for", 20*time.Second, "how long each kind of slow client stays")
	flag.Parse()
	os.Exit(s.main(only, results))
}

func (s *soak) main(only, results string) int {
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt, syscall.SIGTERM)
	err := s.prepare()
	if err == nil {
		done := make(chan error, 1)
		go func() { done <- s.steps(only) }()
		select {
		case err = <-done:
		case sig := <-interrupted:
			err = fmt.Errorf("stopped by %v", sig)
		}
	}
	endAll()
	if err != nil {
		s.showLogs()
	}
	os.RemoveAll(s.dir)
	if err == nil && results != "" {
		err = s.save(results)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
	}
	if err != nil || s.bad {
		return 1
	}
	return 0
}

func (s *soak) steps(only string) error {
	ran := 0
	for _, st := range steps {
		if only != "" && !strings.Contains(","+only+",", ","+st.name+",") {
			continue
		}
		ran++
		begun := time.Now()
		if err := st.run(s); err != nil {
			return fmt.Errorf("%s: %w", st.name, err)
		}
		fmt.Printf("%-10s took %.0f s\n", st.name, time.Since(begun).Seconds())
	}
	if ran == 0 {
		return fmt.Errorf("there is no step %q", only)
	}
	return nil
}

// showLogs prints the end of every log after a failed run.
func (s *soak) showLogs() {
	names, _ := filepath.Glob(filepath.Join(s.dir, "*", "log"))
	for _, name := range names {
		if b, err := os.ReadFile(name); err == nil {
			fmt.Printf("%s:\n%s\n", filepath.Base(filepath.Dir(name)), b[max(0, len(b)-logShown):])
		}
	}
}
