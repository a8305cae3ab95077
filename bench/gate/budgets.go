package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// budgets runs the Go tests that count allocations. They are built without the race detector,
// which allocates memory of its own.
func budgets(ctx context.Context, s *session, out *section) error {
	if _, err := exec.LookPath("go"); err != nil {
		return missing{"go is not installed"}
	}
	ctx, cancel := context.WithTimeout(ctx, testsWithin)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "test", "-count=1", "-v", "-run=Alloc|Budget|Binary", "./...")
	cmd.SysProcAttr = apart(syscall.SIGKILL)
	said, err := cmd.CombinedOutput()
	passed, failed, skipped := 0, 0, 0
	for line := range strings.Lines(string(said)) {
		switch {
		case strings.HasPrefix(line, "--- PASS"):
			passed++
		case strings.HasPrefix(line, "--- SKIP"):
			skipped++
			out.note("skipped: %s", strings.TrimSpace(strings.TrimPrefix(line, "--- SKIP: ")))
		case strings.HasPrefix(line, "--- FAIL"):
			failed++
			out.note("failed: %s", strings.TrimSpace(strings.TrimPrefix(line, "--- FAIL: ")))
		}
	}
	out.add("passed", "tests", float64(passed))
	out.add("failed", "tests", float64(failed))
	out.add("skipped", "tests", float64(skipped))
	if err != nil && failed == 0 {
		return fmt.Errorf("the tests did not run: %w: %s", err, last(said))
	}
	return nil
}

// last returns the end of a tool's output.
func last(b []byte) string { return strings.TrimSpace(string(b[max(0, len(b)-2000):])) }

// tool runs a program to its end and returns its output.
func tool(ctx context.Context, argv ...string) (string, error) {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	b, err := cmd.CombinedOutput()
	if len(b) > maxOutput {
		b = b[:maxOutput]
	}
	if err != nil {
		err = fmt.Errorf("%s: %w: %s", filepath.Base(argv[0]), err, last(b))
	}
	return string(b), err
}
