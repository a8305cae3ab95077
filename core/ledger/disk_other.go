//go:build !linux

package ledger

import "os"

func datasync(f *os.File) error { return f.Sync() }

func allocate(f *os.File, from, to int64) error { return zeros(f, from, to) }
