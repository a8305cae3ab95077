package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"asbru/e2e/clients/replay"
)

// A client is one of the real clients.
type client struct {
	name  string
	skip  string                  // why it does not run; empty: it does
	suite func() (cmd []string)   // of an SDK; nil: it is not one
	other func(s *score, p *pair) // of anything else
}

func (t *tools) clients() []client {
	sdk := func(name, program, hint string, cmd ...string) client {
		c := client{name: name, suite: func() []string { return append([]string{program}, cmd...) }}
		if program == "" {
			c.skip = hint
		}
		return c
	}
	all := []client{
		sdk("openai for Node", t.node, "node is not installed", filepath.Join(t.suites, "node", "suite.mjs")),
		sdk("openai for Python", t.python, "python is not installed", filepath.Join(t.suites, "python", "suite.py")),
		{name: "curl", other: t.compareCurl},
	}
	os.Setenv("CLIENT_MODULES", t.module)
	if t.curl == "" {
		all[2].skip = "curl is not installed"
	}
	return all
}

func (c *client) compare(s *score, p *pair) {
	s.begin(c.name)
	if c.suite == nil {
		c.other(s, p)
		return
	}
	compareSuites(s, c.suite, p.direct.base, p.gate.base, "JOURNAL="+p.throughLog)
}

// A line is what a suite says of one case.
type line struct {
	Case  string
	Value json.RawMessage
	Error json.RawMessage
}

func compareSuites(s *score, suite func() []string, direct, through string, more ...string) {
	want, err := runSuite(suite(), "", append([]string{"BASES=" + strings.Repeat(direct+"/v1 ", 3)}, more...))
	if err != nil {
		s.check("direct", err)
		return
	}
	got, err := runSuite(suite(), journalOf(more), append([]string{"THROUGH=1", "BASES=" + through + "/v1 " + through + "/openai/v1 " + through + "/openai"}, more...))
	if err != nil {
		s.check("through asbru", err)
	}
	byName := make(map[string]line)
	for _, l := range got {
		byName[l.Case] = l
		if strings.HasPrefix(l.Case, "own: ") || l.Case == "hang-up" {
			s.check(l.Case, unexpected(l, true))
		}
	}
	for _, l := range want {
		s.check(l.Case, compareLine(l, byName[l.Case]))
	}
	if len(want) == 0 {
		s.check("cases", fmt.Errorf("the suite ran none"))
	}
}

func compareLine(want, got line) error {
	if got.Case == "" {
		return fmt.Errorf("the run through asbru has no such case")
	}
	if err := unexpected(want, false); err != nil {
		return fmt.Errorf("direct: %w", err)
	}
	if err := unexpected(got, false); err != nil {
		return fmt.Errorf("through: %w", err)
	}
	return equal(append(want.Value, want.Error...), append(got.Value, got.Error...))
}

// unexpected returns what a case did not expect; with any, any error.
func unexpected(l line, any bool) error {
	if l.Error != nil && (any || bytes.Contains(l.Error, []byte(`"unexpected"`)) || bytes.Contains(l.Error, []byte(replay.Unknown))) {
		return fmt.Errorf("%s", l.Error)
	}
	return nil
}

// runSuite runs one SDK's cases. With a journal it waits, after the case that
// hangs up in mid-stream, until the provider has noticed, and adds a line on it.
func runSuite(cmd []string, journal string, env []string) (lines []line, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), suiteWait)
	defer cancel()
	c := exec.CommandContext(ctx, cmd[0], cmd[1:]...)
	c.Env = environ(append(env, "KEY="+virtualKey, "PYTHONDONTWRITEBYTECODE=1")...)
	var errs bytes.Buffer
	c.Stderr = &errs
	out, err := c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.Start(); err != nil {
		return nil, err
	}
	in := bufio.NewScanner(out)
	in.Buffer(nil, maxLine)
	for in.Scan() {
		var l line
		if err := json.Unmarshal(in.Bytes(), &l); err != nil {
			l = line{Case: "output", Error: json.RawMessage(in.Text())}
		}
		lines = append(lines, l)
		if l.Case == "abort" && journal != "" {
			lines = append(lines, hungUp(journal))
		}
	}
	if err := c.Wait(); err != nil {
		return lines, fmt.Errorf("%w\n%s", err, errs.String())
	}
	return lines, in.Err()
}

// hungUp waits until the provider's journal says that a client did not wait.
func hungUp(journal string) line {
	for end := time.Now().Add(abandonWait); time.Now().Before(end); time.Sleep(pollEvery) {
		if b, err := os.ReadFile(journal); err == nil && bytes.Contains(b, []byte(`"event":"abandoned"`)) {
			return line{Case: "hang-up"}
		}
	}
	return line{Case: "hang-up", Error: json.RawMessage(fmt.Sprintf("the provider was not told within %v", abandonWait))}
}

func journalOf(env []string) string {
	for _, kv := range env {
		if file, ok := strings.CutPrefix(kv, "JOURNAL="); ok {
			return file
		}
	}
	return ""
}
