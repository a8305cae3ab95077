// Package crash ends a process that spends money in many ways, starts it again, and compares the
// charges in the ledger: kill -9 at random and at chosen system calls, disks that fail and disks
// that are full, and power cuts of mounted file systems. The process is the test binary itself;
// everything that it has acknowledged on its output must be in the ledger, once.
package crash
