package ledger_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	. "asbru/core/ledger"
)

// What is laid wakes nobody. It is written when the writer is nudged, or when somebody waits for
// it or for what came later.
func TestLay(t *testing.T) {
	l := open(t, memory(40), small())
	r := &Record{Kind: Intent, Payload: []byte("laid")}
	room := Size(0, len(r.Payload))
	lay := func() Seq {
		wait(t, l, put(t, l, &Record{Kind: Audit}))
		until(t, "the writer sleeps", l.Idle)
		if !l.Reserve(room) {
			t.Fatal(l.Trouble())
		}
		return l.Lay(r, room)
	}
	s := lay()
	time.Sleep(20 * time.Millisecond)
	if l.Durable() >= s {
		t.Fatal("it was written and nobody had asked")
	}
	l.Nudge()
	until(t, "what was laid is durable once the writer is nudged", func() bool { return l.Durable() >= s })
	wait(t, l, lay())
	s = lay()
	if wait(t, l, put(t, l, &Record{Kind: Settle})); l.Durable() < s {
		t.Error("what came later is durable before it")
	}
	s = lay() // and what nobody asks about is there when the ledger is closed
	if err := l.Close(); err != nil || l.Durable() < s {
		t.Errorf("closed at %v of %v: %v", l.Durable(), s, err)
	}
}

// A tracer tells syncs of a segment behind which nothing new was written from others.
type tracer struct {
	FS
	mu            sync.Mutex
	written, was  int64 // where the file ends that was written to, now and at the last sync
	inside, ahead int   // syncs of what was written before, and of more
}

func (f *tracer) Open(name string, how Mode) (File, error) {
	file, err := f.FS.Open(name, how)
	if err != nil || how == Read || !strings.HasSuffix(name, "spare") {
		return file, err
	}
	return &traced{file, f}, nil
}

type traced struct {
	File
	f *tracer
}

func (t *traced) WriteAt(p []byte, off int64) (int, error) {
	t.f.mu.Lock()
	defer t.f.mu.Unlock()
	t.f.written = max(t.f.written, off+int64(len(p)))
	return t.File.WriteAt(p, off)
}

func (t *traced) Sync() error {
	t.f.mu.Lock()
	defer t.f.mu.Unlock()
	if t.f.written > t.f.was {
		t.f.ahead++
	} else {
		t.f.inside++
	}
	t.f.was = t.f.written
	return t.File.Sync()
}

// Nearly every record is written over zeros that were synced with one before it.
func TestZerosAhead(t *testing.T) {
	fs := &tracer{FS: memory(41)}
	l := open(t, fs, Options{Ring: 1 << 16, Segment: 1 << 21})
	const groups, size = 100, 4000
	for range groups {
		wait(t, l, put(t, l, &Record{Kind: Audit, Payload: make([]byte, size)}))
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if most := 2 + groups*(size+100)/SmoothBytes + 1; fs.ahead > most || fs.inside < groups-most {
		t.Errorf("%d syncs of what the file had, %d of more; want %d at most", fs.inside, fs.ahead, most)
	}
}
