package loadgen

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
)

// memory is the memory of a set of processes, in bytes.
type memory struct {
	rss   int64 // VmRSS
	anon  int64 // the part of rss that is not backed by a file
	pss   int64 // shared pages divided by their users; 0 when not asked for or not readable
	found int   // processes that could be read
}

// proc reads process files below root, which is /proc outside of tests.
type proc struct{ root string }

// threads are the usages of threads. A difference counts a new thread from its start, and
// ignores one that has ended.
type threads map[int]thread

type thread struct {
	nanos    uint64
	switches uint64
}

// tree returns the processes in pids and all their descendants.
func (p proc) tree(pids []int) []int {
	parents := make(map[int][]int)
	entries, _ := os.ReadDir(p.root)
	for _, e := range entries {
		if pid, err := strconv.Atoi(e.Name()); err == nil {
			if st, ok := parseStat(p.file(e.Name(), "stat")); ok {
				parents[st.parent] = append(parents[st.parent], pid)
			}
		}
	}
	all := slices.Clone(pids)
	for i := 0; i < len(all) && len(all) < maxPids; i++ {
		for _, child := range parents[all[i]] {
			if !slices.Contains(all, child) {
				all = append(all, child)
			}
		}
	}
	return all
}

// threads reads the usage of every thread of pids.
func (p proc) threads(pids []int) threads {
	all := make(threads)
	for _, pid := range pids {
		dir := filepath.Join(strconv.Itoa(pid), "task")
		tasks, _ := os.ReadDir(filepath.Join(p.root, dir))
		for _, task := range tasks {
			tid, err := strconv.Atoi(task.Name())
			if err != nil {
				continue
			}
			status := p.file(dir, task.Name(), "status")
			all[tid] = thread{
				nanos:    number(p.file(dir, task.Name(), "schedstat"), ""),
				switches: number(status, "\nvoluntary_ctxt_switches:") + number(status, "\nnonvoluntary_ctxt_switches:"),
			}
		}
	}
	return all
}

// since returns what was used since before.
func (now threads) since(before threads) thread {
	var d thread
	for tid, t := range now {
		b := before[tid] // zero for a new thread
		if t.nanos >= b.nanos {
			d.nanos += t.nanos - b.nanos
		}
		if t.switches >= b.switches {
			d.switches += t.switches - b.switches
		}
	}
	return d
}

// memory sums the memory of pids. pss is read only on demand, because the kernel visits
// all pages for it.
func (p proc) memory(pids []int, pss bool) memory {
	var u memory
	for _, pid := range pids {
		name := strconv.Itoa(pid)
		status := p.file(name, "status")
		if len(status) == 0 {
			continue
		}
		u.found++
		u.rss += int64(number(status, "\nVmRSS:")) << 10
		u.anon += int64(number(status, "\nRssAnon:")) << 10
		if pss {
			u.pss += int64(number(p.file(name, "smaps_rollup"), "\nPss:")) << 10
		}
	}
	return u
}

// ticks sums the clock ticks of pids.
func (p proc) ticks(pids []int) (n uint64) {
	for _, pid := range pids {
		if st, ok := parseStat(p.file(strconv.Itoa(pid), "stat")); ok {
			n += st.ticks
		}
	}
	return n
}

// sockets counts the open sockets of pids; 0 when they may not be listed.
func (p proc) sockets(pids []int) (n int) {
	for _, pid := range pids {
		dir := filepath.Join(p.root, strconv.Itoa(pid), "fd")
		links, _ := os.ReadDir(dir)
		for _, l := range links {
			if to, err := os.Readlink(filepath.Join(dir, l.Name())); err == nil && len(to) > 7 && to[:7] == "socket:" {
				n++
			}
		}
	}
	return n
}

// file returns the content of a file below root, empty when it is not readable.
func (p proc) file(parts ...string) []byte {
	f, err := os.Open(filepath.Join(append([]string{p.root}, parts...)...))
	if err != nil {
		return nil
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxProcFile))
	if err != nil {
		return nil
	}
	return b
}

// number returns the first number after label in b, or at its start for an empty label.
func number(b []byte, label string) (n uint64) {
	i := bytes.Index(b, []byte(label))
	if i < 0 {
		return 0
	}
	b = bytes.TrimLeft(b[i+len(label):], " \t")
	for _, c := range b {
		if c < '0' || c > '9' {
			break
		}
		n = n*10 + uint64(c-'0')
	}
	return n
}
