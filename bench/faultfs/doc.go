// Package faultfs provides disks for testing a ledger: one in memory that loses unsynced data at a
// power cut (Disk), and one around another that returns errors (Failing).
//
// A Disk keeps a random part of unsynced data, sector by sector, in any order; of directories it
// keeps the changes up to some moment, as a journal does. Synced data always survives. It refuses
// to model a particular file system, and to be fast.
package faultfs
