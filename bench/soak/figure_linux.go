package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// A figure is one observation. Without a Bound it is only reported.
type figure struct {
	Step  string  `json:"step"`
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Bound string  `json:"bound,omitempty"`
	Bad   bool    `json:"bad,omitempty"`
}

func (s *soak) put(f figure) {
	verdict := ""
	if f.Bound != "" {
		if verdict = "ok"; f.Bad {
			verdict = "BAD"
		}
	}
	fmt.Printf("%-10s %-46s %12.6g  %-12s %s\n", f.Step, f.Name, f.Value, f.Bound, verdict)
	s.table = append(s.table, f)
	s.bad = s.bad || f.Bad
}

func (s *soak) tell(step, name string, v float64) { s.put(figure{Step: step, Name: name, Value: v}) }

func (s *soak) atMost(step, name string, v, bound float64) {
	s.put(figure{step, name, v, fmt.Sprintf("<= %.4g", bound), v > bound})
}

func (s *soak) exactly(step, name string, v, want float64) {
	s.put(figure{step, name, v, fmt.Sprintf("= %.4g", want), v != want})
}

func (s *soak) atLeast(step, name string, v, bound float64) {
	s.put(figure{step, name, v, fmt.Sprintf(">= %.4g", bound), v < bound})
}

// save writes the table with a description of the machine, without its name.
func (s *soak) save(dir string) error {
	now := time.Now().UTC()
	var un syscall.Utsname
	syscall.Uname(&un)
	release := make([]byte, 0, len(un.Release))
	for _, c := range un.Release {
		if c == 0 {
			break
		}
		release = append(release, byte(c))
	}
	b, err := json.MarshalIndent(map[string]any{
		"when": now.Format(time.RFC3339),
		"machine": map[string]any{"cpus": runtime.NumCPU(), "model": cpuModel(), "kernel": string(release),
			"system": runtime.GOOS + "/" + runtime.GOARCH},
		"figures": s.table,
	}, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "soak-"+now.Format("2006-01-02")+".json"), append(b, '\n'), 0o644)
}

func cpuModel() string {
	b, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(b)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}
