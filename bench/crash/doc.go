// Package crash ends a process that spends money in every way there is, begins it again,
// and asks the ledger who was charged what: kill -9 at random and at chosen system calls,
// disks that fail and disks that are full, and power cuts of mounted file systems. The
// process is the test binary itself; what it has acknowledged on its output is what must
// be in the ledger, once.
package crash
