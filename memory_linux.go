package main

import (
	"os"
	"strconv"
	"strings"
	"syscall"
)

// unmap lets go of the pages of the program itself that are mapped by now. Most of them are of
// its start: tables that are made once, the reader of configurations, drivers that nobody
// uses. What is needed again is mapped again from the page cache, some microseconds a piece. Only
// code and constants are let go, of which no page is the process's own: a dynamic linker may
// have written into some. An error changes nothing.
func unmap() {
	exe, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return
	}
	maps, err := os.ReadFile("/proc/self/smaps") // proc_pid_smaps(5)
	if err != nil {
		return
	}
	var area string // whose properties follow, when it is one of code or constants
	for line := range strings.Lines(string(maps)) {
		f := strings.Fields(line)
		switch {
		case len(f) >= 5 && strings.Contains(f[0], "-"):
			area = ""
			if (f[1] == "r-xp" || f[1] == "r--p") && strings.HasSuffix(line, " "+exe+"\n") {
				area = f[0]
			}
		case len(f) == 3 && f[0] == "Anonymous:" && f[1] == "0" && area != "":
			letGo(area)
		}
	}
}

// letGo unmaps the pages of an area, "400000-1a2b000".
func letGo(area string) {
	first, last, _ := strings.Cut(area, "-")
	from, err := strconv.ParseUint(first, 16, 64)
	if err != nil {
		return
	}
	to, err := strconv.ParseUint(last, 16, 64)
	if err != nil || to <= from {
		return
	}
	syscall.Syscall(syscall.SYS_MADVISE, uintptr(from), uintptr(to-from), syscall.MADV_DONTNEED)
}
