package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// A program is one of ours that runs beside the clients.
type program struct {
	cmd  *exec.Cmd
	out  *os.File // both its outputs
	base string   // http://host:port
}

// start runs the binary and waits until ready finds its base URL in what it wrote.
func start(dir, binary string, ready func(out string) string, args ...string) (*program, error) {
	out, err := os.CreateTemp(dir, "output-")
	if err != nil {
		return nil, err
	}
	p := &program{cmd: exec.Command(binary, args...), out: out}
	p.cmd.Env, p.cmd.Stdout, p.cmd.Stderr = environ(), out, out
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(pollEvery) {
		if p.base = ready(p.output()); p.base != "" {
			return p, nil
		}
	}
	p.stop()
	return nil, fmt.Errorf("asbru %s was not ready after %v and wrote:\n%s", args[0], patience, p.output())
}

func (p *program) output() string {
	b, err := os.ReadFile(p.out.Name())
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// stop ends the program, and returns what it should not have written.
func (p *program) stop() error {
	defer p.out.Close()
	p.cmd.Process.Signal(syscall.SIGTERM)
	late := time.AfterFunc(patience, func() { p.cmd.Process.Kill() })
	defer late.Stop()
	err := p.cmd.Wait()
	if out := p.output(); strings.Contains(out, "panic") || strings.Contains(out, "DATA RACE") {
		return fmt.Errorf("it wrote:\n%s", out)
	}
	return err
}

// standIn starts the stand-in provider; it keeps what it receives in journal.
func standIn(dir, binary, journal string) (*program, error) {
	return start(dir, binary, func(out string) string {
		_, after, _ := strings.Cut(out, "provider on ")
		base, _, _ := strings.Cut(after, "/v1 ")
		return base
	}, "mock", "--listen", "127.0.0.1:0", "--requests-log", journal)
}

// gateway starts asbru with a configuration.
func gateway(dir, binary, config string) (*program, error) {
	f, err := os.CreateTemp(dir, "*.yaml")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if _, err := f.WriteString(config); err != nil {
		return nil, err
	}
	return start(dir, binary, func(out string) string {
		for line := range strings.Lines(out) {
			var entry struct{ Msg, Address string }
			if json.Unmarshal([]byte(line), &entry) == nil && entry.Msg == "listening" {
				return "http://" + entry.Address
			}
		}
		return ""
	}, "serve", "--listen", "127.0.0.1:0", filepath.Clean(f.Name()))
}

// environ is the environment without what would steer a program or an SDK.
func environ(more ...string) []string {
	env := []string{"NO_PROXY=127.0.0.1,localhost", "TERM=dumb", "NO_COLOR=1"}
	for _, kv := range os.Environ() {
		name, _, _ := strings.Cut(kv, "=")
		switch {
		case strings.HasSuffix(strings.ToLower(name), "_proxy"), vendors(name),
			strings.HasSuffix(name, "_API_KEY"), name == "TERM":
		default:
			env = append(env, kv)
		}
	}
	return append(env, more...)
}

// vendors reports whether an SDK looks at the variable name.
func vendors(name string) bool {
	for _, p := range []string{"OPENAI_", "ANTHROPIC_", "AWS_", "GOOGLE_", "GEMINI_", "AZURE_", "CO_", "MISTRAL_", "GROQ_", "OLLAMA_", "LANGCHAIN_", "LANGSMITH_", "LITELLM_"} {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}

// shown is the place where two texts part, for people.
func shown(direct, through []byte) string {
	at := 0
	for at < len(direct) && at < len(through) && direct[at] == through[at] {
		at++
	}
	from := max(0, at-shownBytes/4)
	part := func(b []byte) []byte { return b[min(from, len(b)):min(len(b), from+shownBytes)] }
	return fmt.Sprintf("they part at byte %d of %d and %d\n  direct:  %q\n  through: %q", at, len(direct), len(through), part(direct), part(through))
}

func equal(direct, through []byte) error {
	if bytes.Equal(direct, through) {
		return nil
	}
	return fmt.Errorf("%s", shown(direct, through))
}
