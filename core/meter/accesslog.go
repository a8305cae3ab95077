package meter

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"asbru/core"
)

// LogOptions say where Records come from and where their lines are written.
type LogOptions struct {
	Rings []*core.Ring
	Path  string       // a file, made with mode 0640 if missing; "stdout" or "-"; "stderr"
	Log   *slog.Logger // problems with the file; nil: only LogStats shows them
}

// LogStats are the counters of an AccessLog.
type LogStats struct {
	Lines  uint64 // written completely
	Lost   uint64 // dropped because a write failed
	Errors uint64 // failed writes, and failures to reopen the file
}

// An AccessLog turns Records into JSON lines.
//
//	rings ──poll 1–50 ms──▶ buffer ──64 KiB or 200 ms──▶ file
//
// A slow disk delays only Run: the rings fill, drop Records and count them, and no
// request waits. A failing disk costs the lines of the failed write and nothing else.
type AccessLog struct {
	rings []*core.Ring
	path  string
	trip  *slog.Logger
	last  time.Duration // bounds the last drain: closeWait

	lines, lost, errors atomic.Uint64

	wake    chan struct{} // makes Run look at reopen
	reopen  atomic.Bool
	stop    chan struct{}
	done    chan struct{}
	halt    sync.Once
	started atomic.Bool

	// The fields below belong to Run.
	out     io.Writer
	file    *os.File // nil for stdout and stderr
	buf     []byte
	pending uint64    // complete lines in buf
	since   time.Time // when the first of them was added
	torn    bool      // the file ends within a line
	failing bool      // the last write failed; logged once
	line    liner
	rec     core.Record
}

// OpenLog opens the log. Start it with `go l.Run()` and end it with Close.
func OpenLog(o LogOptions) (*AccessLog, error) {
	l := &AccessLog{
		rings: o.Rings, path: o.Path, trip: o.Log, last: closeWait,
		wake: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{}),
		buf: make([]byte, 0, bufferBytes),
	}
	if l.trip == nil {
		l.trip = slog.New(slog.DiscardHandler)
	}
	switch o.Path {
	case "-", "stdout":
		l.out = os.Stdout
	case "stderr":
		l.out = os.Stderr
	default:
		f, err := openAppend(o.Path)
		if err != nil {
			return nil, err
		}
		l.out, l.file = f, f
	}
	return l, nil
}

func openAppend(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o640)
	if err != nil {
		if bare := (*os.PathError)(nil); errors.As(err, &bare) {
			err = bare.Err // the path stands in the message
		}
		return nil, fmt.Errorf("cannot open access log %q: %w; hint: name a file in a directory where this process's user may write", path, err)
	}
	return f, nil
}

// Stats returns the counters. It may be called at any time, by any goroutine.
func (l *AccessLog) Stats() LogStats {
	return LogStats{Lines: l.lines.Load(), Lost: l.lost.Load(), Errors: l.errors.Load()}
}

// Reopen makes the log continue in a new file of the same name, after the old
// one was moved away. It returns at once. If the file cannot be opened, the log
// stays in the old one and reports that. For stdout and stderr it does nothing.
func (l *AccessLog) Reopen() {
	l.reopen.Store(true)
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// Run drains the rings until Close. Call it once.
func (l *AccessLog) Run() {
	if !l.started.CompareAndSwap(false, true) {
		select {
		case <-l.stop: // Close came before this goroutine started
			return
		default:
			panic("BUG: access log is running already")
		}
	}
	defer close(l.done)
	wait := pollMin
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for {
		select {
		case <-l.stop:
			l.drain(time.Now().Add(l.last))
			l.flush()
			return
		case <-l.wake:
		case <-timer.C:
		}
		if l.reopen.Swap(false) {
			l.swap()
		}
		wait = next(wait, l.drain(time.Now().Add(l.last)))
		if len(l.buf) > 0 && time.Since(l.since) >= flushEvery {
			l.flush()
		}
		timer.Reset(wait)
	}
}

// next returns how long to wait after a look that found n Records in the fullest
// ring. It keeps a ring between an eighth and a quarter full: looking more often
// would cost wake-ups that take processor time from requests.
func next(wait time.Duration, n int) time.Duration {
	switch {
	case n > core.RingSize/4:
		wait /= 2
	case n < core.RingSize/8:
		wait *= 2
	}
	return min(max(wait, pollMin), pollMax)
}

// drain formats Records until the rings are empty or the time is over, and returns
// the most that it took from one ring.
func (l *AccessLog) drain(until time.Time) (most int) {
	for _, g := range l.rings {
		n := 0
		// At most one ring's size, then it is the next ring's turn.
		for n < core.RingSize && g.Take(&l.rec) {
			l.add(&l.rec)
			if n++; n%64 == 0 && time.Now().After(until) {
				break
			}
		}
		most = max(most, n)
	}
	l.rec = core.Record{} // keeps no Snapshot alive
	return most
}

func (l *AccessLog) add(r *core.Record) {
	if len(l.buf) == 0 {
		l.since = time.Now()
		if l.torn {
			l.buf = append(l.buf, '\n')
		}
	}
	l.buf = l.line.append(l.buf, r)
	l.pending++
	if len(l.buf) > bufferBytes-lineRoom {
		l.flush()
	}
}

// flush writes the buffer in one call and empties it even if the write fails.
func (l *AccessLog) flush() {
	if len(l.buf) == 0 {
		return
	}
	n, err := l.out.Write(l.buf)
	if err != nil {
		l.fail(n, err)
	} else {
		l.lines.Add(l.pending)
		l.torn, l.failing = false, false
	}
	l.buf, l.pending = l.buf[:0], 0
}

// fail counts the lines that a write of only n bytes did not complete.
func (l *AccessLog) fail(n int, err error) {
	var whole uint64
	for i, c := range l.buf[:n] {
		if c == '\n' && !(i == 0 && l.torn) {
			whole++
		}
	}
	l.lines.Add(whole)
	l.lost.Add(l.pending - whole)
	l.errors.Add(1)
	if n > 0 {
		l.torn = l.buf[n-1] != '\n'
	}
	if !l.failing {
		l.trip.Error("cannot write access log", "path", l.path, "err", err)
	}
	l.failing = true
}

// swap flushes to the old file and continues in a new one.
func (l *AccessLog) swap() {
	if l.file == nil {
		return
	}
	l.flush()
	f, err := openAppend(l.path)
	if err != nil {
		l.errors.Add(1)
		l.trip.Error("cannot reopen access log, staying in the old file", "path", l.path, "err", err)
		return
	}
	l.file.Close()
	l.out, l.file, l.torn, l.failing = f, f, false, false
	l.trip.Info("access log reopened", "path", l.path)
}

var errStuck = errors.New("a write does not return")

// Close writes the Records that are still in the rings and ends Run. It takes at
// most two seconds: if the file does not accept writes, the rest is dropped. No
// Record may be put into the rings after it. Later calls return nil.
func (l *AccessLog) Close() (err error) {
	l.halt.Do(func() { err = l.close() })
	return err
}

func (l *AccessLog) close() error {
	close(l.stop)
	if l.started.CompareAndSwap(false, true) { // Run was never called
		go func() {
			defer close(l.done)
			l.drain(time.Now().Add(l.last))
			l.flush()
		}()
	}
	t := time.NewTimer(l.last)
	defer t.Stop()
	select {
	case <-l.done:
	case <-t.C:
		return fmt.Errorf("cannot close access log %q: %w", l.path, errStuck)
	}
	if l.file == nil {
		return nil
	}
	if err := l.file.Close(); err != nil {
		return fmt.Errorf("cannot close access log %q: %w", l.path, err)
	}
	return nil
}
