package loadgen

import "bytes"

// stat is what is used of /proc/PID/stat (proc_pid_stat(5)).
type stat struct {
	parent int
	ticks  uint64 // utime + stime
}

// parseStat reads the line of one process. The name in parentheses may contain any
// characters, so fields are counted from the last parenthesis.
func parseStat(b []byte) (stat, bool) {
	i := bytes.LastIndexByte(b, ')')
	if i < 0 {
		return stat{}, false
	}
	f := bytes.Fields(b[i+1:])
	if len(f) < 13 {
		return stat{}, false
	}
	parent, ok1 := decimal(f[1])
	user, ok2 := decimal(f[11])
	system, ok3 := decimal(f[12])
	return stat{parent: int(parent), ticks: uint64(user + system)}, ok1 && ok2 && ok3
}

// machine is the first line of /proc/stat in clock ticks (proc_stat(5)).
// Interrupt time is excluded on both sides: if the kernel counts it separately, that of the
// loopback belongs to the measured processes.
type machine struct {
	busy  uint64 // user, nice, system, and steal: taken by another guest
	total uint64
}

func parseMachine(b []byte) (machine, bool) {
	line, _, _ := bytes.Cut(b, []byte("\n"))
	f := bytes.Fields(line)
	if len(f) < 9 || string(f[0]) != "cpu" {
		return machine{}, false
	}
	var m machine
	for i := 1; i <= 8; i++ { // user nice system idle iowait irq softirq steal
		n, ok := decimal(f[i])
		if !ok {
			return machine{}, false
		}
		m.total += uint64(n)
		switch i {
		case 1, 2, 3, 8:
			m.busy += uint64(n)
		}
	}
	return m, true
}

// foreign returns the share of all CPUs, 0 to 1, that processes other than the known ones
// used between two readings. known is the ticks of the known ones.
func foreign(before, after machine, known uint64) float64 {
	total := after.total - before.total
	busy := after.busy - before.busy
	if total == 0 || busy <= known {
		return 0
	}
	return float64(busy-known) / float64(total)
}
