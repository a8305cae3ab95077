package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// loadRun is the result of one run of the load generator, without the parts that identify
// this machine.
type loadRun struct {
	Run     loadShape    `json:"run"`
	Targets []loadTarget `json:"targets"`
	Gate    []verdict    `json:"gate,omitempty"`
}

type loadShape struct {
	Kind         string  `json:"kind"` // open, closed, hold
	Rate         float64 `json:"rate,omitempty"`
	Stream       bool    `json:"stream,omitempty"`
	Hold         int     `json:"hold,omitempty"`
	Conns        int     `json:"conns"`
	Rounds       int     `json:"rounds"`
	WindowMillis int64   `json:"window_ms"`
	RequestBytes int     `json:"request_bytes"` // head and body
	Foreign      float64 `json:"foreign_percent"`
}

type loadTarget struct {
	Name       string            `json:"name"`
	Sent       uint64            `json:"sent"`
	OK         uint64            `json:"ok"`
	ReplyBytes float64           `json:"reply_bytes"` // body
	Dropped    int               `json:"dropped_windows"`
	Figures    map[string]spread `json:"figures"`
}

// target is the figures of a target; nil: it is not in the run.
func (l *loadRun) target(name string) *loadTarget {
	for i := range l.Targets {
		if l.Targets[i].Name == name {
			return &l.Targets[i]
		}
	}
	return nil
}

// load runs the load generator against servers, with the bounds of a gate file (empty: none), and
// stores the result in out.
func (st *stand) load(ctx context.Context, out *section, gate string, servers []server, args ...string) error {
	file := filepath.Join(st.dir, "load.json")
	argv := []string{"loadgen", "--json", file, "--pid-tree", "--foreign", strconv.FormatFloat(st.s.o.foreign, 'g', -1, 64)}
	for _, s := range servers {
		if s.name == "direct" {
			argv = append(argv, "--direct", "http://"+s.addr)
		} else {
			argv = append(argv, "--target", s.name+"=http://"+s.addr)
		}
		if s.name == "asbru" || s.ours {
			argv = append(argv, "--key", s.name+"="+virtualKey)
		}
	}
	for _, p := range st.procs { // all processes of the run are known, measured or not
		if p.runs() {
			argv = append(argv, "--pid", p.name+"="+strconv.Itoa(p.pid()))
		}
	}
	if gate != "" {
		argv = append(argv, "--gate", filepath.Join(st.s.o.bounds, gate))
	}
	ctx, cancel := context.WithTimeout(ctx, loadWithin)
	defer cancel()
	_ = os.Remove(file) // of an earlier run
	cmd := exec.CommandContext(ctx, st.s.o.asbru, append(argv, args...)...)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = st.s.stdout, &said
	cmd.SysProcAttr = apart(killSignal)
	failed := cmd.Run()
	run, err := readLoad(file)
	if err != nil {
		return fmt.Errorf("the load generator ended without a result (%w): %s", failed, strings.TrimSpace(said.String()))
	}
	out.Load, out.Bounds = run, run.Gate
	run.Gate = nil
	if failed != nil && allHold(out.Bounds) {
		return fmt.Errorf("the load generator ended with %w: %s", failed, strings.TrimSpace(said.String()))
	}
	return nil
}

func readLoad(name string) (*loadRun, error) {
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	run := new(loadRun)
	if err := json.Unmarshal(raw, run); err != nil {
		return nil, err
	}
	if len(run.Targets) == 0 {
		return nil, errors.New("there is no target in it")
	}
	return run, nil
}

func allHold(vs []verdict) bool {
	for _, v := range vs {
		if !v.Holds {
			return false
		}
	}
	return true
}

// unjudged reports whether a bound has no verdict because of noise or too few rounds.
func unjudged(vs []verdict) bool {
	for _, v := range vs {
		if v.Problem != "" {
			return true
		}
	}
	return false
}
