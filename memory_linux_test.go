package main

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

// TestUnmap holds that less of the program is resident afterwards, and that it goes on.
func TestUnmap(t *testing.T) {
	resident := func() int {
		b, err := os.ReadFile("/proc/self/status")
		if err != nil {
			t.Skip("this system tells nothing of a process's memory:", err)
		}
		_, after, ok := strings.Cut(string(b), "RssFile:")
		if !ok {
			t.Skip("this kernel does not tell files' pages apart")
		}
		n, err := strconv.Atoi(strings.Fields(after)[0])
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := resident()
	unmap()
	if after := resident(); after >= before {
		t.Errorf("%d KB of files are resident, %d before", after, before)
	}
}
