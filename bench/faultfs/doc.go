// Package faultfs is disks to test a ledger on: one in memory that loses at a power cut
// what was not synced (Disk), and one around another that answers with errors (Failing).
//
// A Disk keeps of what was not synced whatever it likes, sector by sector, in any order;
// of directories it keeps what a journal does: the changes up to some moment. What was
// synced stays. It refuses to be a model of any one file system, and to be fast.
package faultfs
