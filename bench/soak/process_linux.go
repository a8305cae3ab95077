package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// prSetChildSubreaper makes successors of our children ours, prctl(2).
const prSetChildSubreaper = 36

// prepare makes a folder for temporary files, and a copy of the program, which can be replaced without
// affecting others.
func (s *soak) prepare() error {
	if _, _, no := syscall.RawSyscall(syscall.SYS_PRCTL, prSetChildSubreaper, 1, 0); no != 0 {
		return fmt.Errorf("cannot adopt successors: %w", no)
	}
	dir, err := os.MkdirTemp("", "asbru-soak-")
	if err != nil {
		return err
	}
	s.dir = dir
	copied := filepath.Join(dir, "asbru")
	if err := copyFile(copied, s.binary); err != nil {
		return err
	}
	s.binary = copied
	return nil
}

// copyFile replaces a program by renaming, as package managers do.
func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		out.Close()
		return err
	}
	if err := out.Close(); err != nil {
		return err
	}
	return os.Rename(to+".new", to)
}

// endAll kills every process that descends from this one, and waits for them.
func endAll() {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(pollEvery) {
		children := descendants(os.Getpid())
		if len(children) == 0 {
			return
		}
		for _, pid := range children {
			syscall.Kill(pid, syscall.SIGKILL)
		}
		reap()
	}
}

// reap collects adopted processes that have ended, by number, so that children for which an exec.Cmd waits
// are not touched.
func reap() {
	for _, pid := range descendants(os.Getpid()) {
		if state(pid) == 'Z' {
			var ws syscall.WaitStatus
			syscall.Wait4(pid, &ws, syscall.WNOHANG, nil)
		}
	}
}

func descendants(of int) (all []int) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	parent := make(map[int]int)
	for _, e := range entries {
		if pid, err := strconv.Atoi(e.Name()); err == nil {
			if f := stat(pid); len(f) > 1 {
				parent[pid], _ = strconv.Atoi(f[1])
			}
		}
	}
	for pid := range parent {
		for p, n := parent[pid], 0; p > 1 && n < len(parent); p, n = parent[p], n+1 {
			if p == of {
				all = append(all, pid)
				break
			}
		}
	}
	return all
}

// stat is /proc/PID/stat from the state on: the name before it may hold anything.
func stat(pid int) []string {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil
	}
	_, rest, _ := strings.Cut(string(b[strings.LastIndexByte(string(b), ')')+1:]), " ")
	return strings.Fields(rest)
}

func state(pid int) byte {
	if f := stat(pid); len(f) > 0 {
		return f[0][0]
	}
	return 0
}

// alive reports whether a process runs; a zombie does not.
func alive(pid int) bool { st := state(pid); return st != 0 && st != 'Z' }

// cpu is the time a process has used. A tick is 10 ms on every Linux there is.
func cpu(pid int) time.Duration {
	f := stat(pid)
	if len(f) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(f[11])
	system, _ := strconv.Atoi(f[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}

func files(pid int) int {
	entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		return 0
	}
	return len(entries)
}

// memory is the resident set in MB.
func memory(pid int) float64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0
	}
	f := strings.Fields(string(b))
	if len(f) < 2 {
		return 0
	}
	pages, _ := strconv.Atoi(f[1])
	return float64(pages*os.Getpagesize()) / 1e6
}

// clients counts the sockets at a local address that a process still holds. One that was closed with
// unsent bytes remains in the kernel, without an inode.
func clients(addr string) (n int) {
	_, text, _ := strings.Cut(addr, ":")
	port, _ := strconv.Atoi(text)
	local := fmt.Sprintf("0100007F:%04X", port)
	b, err := os.ReadFile("/proc/net/tcp")
	if err != nil {
		return -1
	}
	for line := range strings.Lines(string(b)) {
		const state, inode, listening = 3, 9, "0A"
		if f := strings.Fields(line); len(f) > inode && f[1] == local && f[state] != listening && f[inode] != "0" {
			n++
		}
	}
	return n
}

// await polls until ok, and reports what did not happen.
func await(what string, ok func() bool) error {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(pollEvery) {
		if ok() {
			return nil
		}
	}
	return fmt.Errorf("waited %v for %s", patience, what)
}

// ends waits for the end of a command, and kills it if that takes too long.
func ends(c *exec.Cmd, within time.Duration) error {
	late := time.AfterFunc(within, func() { c.Process.Kill() })
	defer late.Stop()
	return c.Wait()
}
