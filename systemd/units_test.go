package systemd

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The unit files are checked by systemd's own tool, with no systemd running.
func TestUnits(t *testing.T) {
	tool, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd-analyze is not installed; on Debian it is in the package systemd")
	}
	// The threshold is in tenths: exposure 1.0 of 10.
	out, err := exec.Command(tool, "security", "--no-pager", "--offline=true", "--threshold=10", "asbru.service").CombinedOutput()
	if err != nil {
		t.Errorf("asbru.service is exposed more than 1.0 (%v):\n%s", err, out)
	}

	// verify wants the programs to exist, so a copy names one that does.
	dir := t.TempDir()
	program := filepath.Join(dir, "asbru")
	if err := os.WriteFile(program, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	var units []string
	for _, name := range []string{"asbru.service", "asbru.socket", "asbru-awake.service"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		unit := filepath.Join(dir, name)
		changed := strings.ReplaceAll(string(text), "/usr/bin/asbru", program)
		if err := os.WriteFile(unit, []byte(changed), 0o644); err != nil {
			t.Fatal(err)
		}
		units = append(units, unit)
	}
	out, err = exec.Command(tool, append([]string{"verify"}, units...)...).CombinedOutput()
	// It also reads, and blames, units of this machine; ours have to be clean.
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, "asbru") {
			t.Errorf("verify: %s", strings.TrimSpace(line))
		}
	}
	if err != nil && !t.Failed() {
		t.Logf("verify ended with %v over units that are not ours:\n%s", err, out)
	}
}
