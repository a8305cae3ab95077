package ledger_test

import (
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	. "asbru/core/ledger"
)

func BenchmarkAppend(b *testing.B) {
	l := open(b, memory(30), Options{})
	r := &Record{Kind: Intent, Lines: make([]Line, 4)}
	room := Size(4, 0)
	for b.Loop() {
		for !l.Reserve(room) {
			time.Sleep(time.Microsecond)
		}
		l.Append(r, room)
	}
}

// BenchmarkDurable is one record after the other, each waited for, on the disk the tests
// are run on.
func BenchmarkDurable(b *testing.B) {
	fs, err := Disk(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	l := open(b, fs, Options{})
	for b.Loop() {
		wait(b, l, put(b, l, &Record{Kind: Settle}))
	}
}

// BenchmarkTogether is a hundred that wait at the same time.
func BenchmarkTogether(b *testing.B) {
	fs, err := Disk(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	l := open(b, fs, Options{})
	var n atomic.Int64
	b.SetParallelism(50)
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			wait(b, l, put(b, l, &Record{Kind: Settle}))
			n.Add(1)
		}
	})
	b.ReportMetric(float64(n.Load())/float64(l.Stats().Groups), "records/sync")
}

// BenchmarkOpen reads a log of 1 GiB without a checkpoint.
func BenchmarkOpen(b *testing.B) {
	dir := filepath.Join(b.TempDir(), "ledger")
	fs, err := Disk(dir)
	if err != nil {
		b.Fatal(err)
	}
	l := open(b, fs, Options{})
	r := &Record{Kind: Settle, Lines: make([]Line, 4)}
	room := Size(4, 0)
	for l.End() < 1<<30 {
		for !l.Reserve(room) {
			time.Sleep(time.Millisecond)
		}
		l.Append(r, room)
	}
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		l, err := Open(fs, Options{})
		if err != nil {
			b.Fatal(err)
		}
		l.Close()
	}
}
