package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// groups sorts system calls by their purpose. A call in none of them is "other", such as opening a
// connection or starting a thread.
var groups = map[string][]string{
	"transfers": {"read", "write", "readv", "writev", "recvfrom", "sendto", "recvmsg", "sendmsg", "splice"},
	"waits":     {"epoll_pwait", "epoll_pwait2", "epoll_wait", "poll", "ppoll", "select", "pselect6"},
	"futexes":   {"futex"},
	"sleeps":    {"nanosleep", "clock_nanosleep", "sched_yield"},
}

// groupOrder is the order of the report.
var groupOrder = []string{"transfers", "waits", "futexes", "sleeps", "other"}

// syscalls counts the system calls of the gateway, and in a full run those of the other proxies.
func syscalls(ctx context.Context, s *session, out *section) error {
	strace, err := lookFor("strace")
	if err != nil {
		return err
	}
	st, provider, err := s.provided("--reply-bytes", "1500")
	if err != nil {
		return err
	}
	defer st.close()
	g, err := st.gateway(provider.addr, gatewayShape{})
	if err != nil {
		return err
	}
	servers := []server{g}
	if !s.o.short {
		if others, err := st.others(provider.addr, proxyShape{keepAlive: provider512}); err == nil {
			servers = append(servers, others...)
		} else {
			out.note("no comparison: %v", err)
		}
	}
	time.Sleep(settle)
	for _, srv := range servers {
		prefix := srv.name + "_"
		if srv.name == "asbru" {
			prefix = ""
		}
		if err := st.trace(ctx, out, strace, srv, prefix); err != nil {
			return err
		}
	}
	out.Load = nil // its times are those under strace
	return nil
}

// rhythms are the two kinds of load: "busy", with the next request always waiting, and "alone", where
// each finds the server asleep.
var rhythms = []struct {
	name string
	load []string
}{
	{"busy", []string{"--max", "--conns", "8", "--window"}},
	{"alone", []string{"--rate", "200", "--window"}},
}

// trace counts the calls of one server in both rhythms.
func (st *stand) trace(ctx context.Context, out *section, strace string, srv server, prefix string) error {
	for _, r := range rhythms {
		load := func(window string) error {
			args := []string{"--foreign", "100", "--rounds", "1", "--request-bytes", "1500", "--warmup", "0s"}
			return st.load(ctx, out, "", []server{srv}, append(append(args, r.load...), window)...)
		}
		// Connections are opened, and code is loaded, before the count begins.
		if err := load("500ms"); err != nil {
			return err
		}
		file := filepath.Join(st.dir, srv.name+".strace")
		argv := []string{strace, "-f", "-c", "-o", file}
		pids := family(srv.pid)
		for _, pid := range pids {
			argv = append(argv, "-p", strconv.Itoa(pid))
		}
		p, err := st.start("strace-"+srv.name, syscall.SIGINT, nil, argv...)
		if err != nil {
			return err
		}
		if err := p.attached(len(pids)); err != nil {
			return err
		}
		if err := load(pick(st.s, "5s", "3s")); err != nil {
			return err
		}
		p.stop()
		b, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("strace wrote nothing: %w: %s", err, p.said())
		}
		requests := float64(out.Load.target(srv.name).Sent)
		sums := straceSums(string(b))
		for _, group := range groupOrder {
			out.add(prefix+r.name+"_"+group, "a request", sums[group]/requests)
		}
	}
	return nil
}

// attached waits until strace has attached to every process. If tracing is forbidden, as in many
// containers, the step is skipped.
func (p *process) attached(n int) error {
	for until := time.Now().Add(readyWithin); time.Now().Before(until); time.Sleep(pollEvery) {
		said := p.said()
		if strings.Contains(said, "not permitted") {
			return missing{"tracing is forbidden here: " + said}
		}
		if strings.Count(said, "attached") >= n {
			return nil
		}
		if !p.runs() {
			return fmt.Errorf("strace ended: %s", said)
		}
	}
	return fmt.Errorf("strace did not attach within %v", readyWithin)
}

// straceSums reads the table of strace -c.
func straceSums(table string) map[string]float64 {
	sums := make(map[string]float64)
	for line := range strings.Lines(table) {
		f := strings.Fields(line)
		if len(f) < 5 || len(f) > 6 { // with errors, or without
			continue
		}
		calls, err := strconv.ParseFloat(f[3], 64)
		name := f[len(f)-1]
		if err != nil || name == "total" {
			continue
		}
		in := "other"
		for group, names := range groups {
			if slices.Contains(names, name) {
				in = group
			}
		}
		sums[in] += calls
	}
	return sums
}

// family returns a process and its children, such as nginx's workers.
func family(pid int) []int {
	all := []int{pid}
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, t := range tasks {
		b, _ := os.ReadFile(t) // a thread that ended has none
		for _, word := range strings.Fields(string(b)) {
			if child, err := strconv.Atoi(word); err == nil {
				all = append(all, family(child)...)
			}
		}
	}
	return all
}
