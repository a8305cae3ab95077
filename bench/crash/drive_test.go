package crash

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"asbru/bench/leak"
	"asbru/core"
	"asbru/core/govern"
	"asbru/core/ledger"
)

// The environment variables of a driver: the directory of its ledger, the number of its calls.
const (
	dirVar   = "ASBRU_CRASH_DIR"
	callsVar = "ASBRU_CRASH_CALLS"
)

// Exit codes of a driver whose ledger could not be opened, and of one whose ledger failed.
const (
	opening = 1
	broken  = 3
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(dirVar); dir != "" {
		calls, _ := strconv.ParseInt(os.Getenv(callsVar), 10, 64)
		os.Exit(drive(dir, calls))
	}
	os.Exit(leak.Run(m))
}

const (
	workers  = 8
	smallCap = core.Money(1e9) // of the account that runs out
)

func options() govern.Options {
	return govern.Options{Ledger: ledger.Options{
		Ring: 1 << 16, Segment: 1 << 18, Every: 20 * time.Millisecond,
		Failed: func(err error) {
			fmt.Fprintln(os.Stderr, "failed:", err)
			os.Exit(broken)
		},
	}}
}

// A driver makes calls and acknowledges on its output what is durable, a line each:
//
//	ready MICROSECONDS            the ledger is open; it took so long
//	began ID                      the intent is durable
//	cost ID NANOS                 the settle is durable
//	free ID                       the release is durable
//	full                          a call was refused because there was no space
type driver struct {
	book  *govern.Book
	on    []*govern.Account // the last one runs out
	run   uint64
	next  atomic.Int64
	calls int64
}

// drive is the main function of the process. calls <= 0: until it is killed.
func drive(dir string, calls int64) int {
	began := time.Now()
	fs, err := ledger.Disk(dir)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return opening
	}
	b, err := govern.Open(fs, options())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return opening
	}
	d := &driver{book: b, run: rand.Uint64(), calls: calls}
	for _, name := range []string{"team", "key/1", "key/2", "key/3", "small"} {
		limit := govern.Limit{Cap: govern.Unlimited, Window: govern.Window{Count: 1, Unit: 's'}}
		if name == "small" {
			limit = govern.Limit{Cap: smallCap}
		}
		a, err := b.Account(context.Background(), name, limit)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return opening
		}
		d.on = append(d.on, a)
	}
	say("ready %d", time.Since(began).Microseconds())
	go d.look()
	var wg sync.WaitGroup
	for range workers {
		wg.Go(d.work)
	}
	wg.Wait()
	if err := b.Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return opening
	}
	return 0
}

// say writes a line with one write.
func say(format string, args ...any) { os.Stdout.Write(fmt.Appendf(nil, format+"\n", args...)) }

func (d *driver) work() {
	var h govern.Hold
	for n := d.next.Add(1); d.calls <= 0 || n <= d.calls; n = d.next.Add(1) {
		d.call(&h, n)
	}
}

// look reports a call that would be refused because there is no space while all workers wait: if not even a
// file can be renamed on the disk, calls under way are delayed as well.
func (d *driver) look() {
	for ; ; time.Sleep(50 * time.Millisecond) {
		if log := d.book.Ledger(); log.Reserve(ledger.MaxRecord) {
			log.Return(ledger.MaxRecord)
		} else {
			say("full")
		}
	}
}

func (d *driver) call(h *govern.Hold, n int64) {
	q := &govern.Ask{Worst: 1 + core.Money(rand.Int64N(2e7)), Now: time.Now().UnixNano(), Note: 300}
	binary.BigEndian.PutUint64(q.ID[:], d.run)
	binary.BigEndian.PutUint64(q.ID[8:], uint64(n))
	q.Floor = q.Worst / 3
	q.Accounts = []*govern.Account{d.on[0], d.on[1+n%3]}
	if n%10 == 0 {
		q.Accounts = append(q.Accounts, d.on[4])
	}
	id := hex.EncodeToString(q.ID[:])
	if r := d.book.Hold(h, q); r != nil {
		if r.Account == nil {
			say("full")
			time.Sleep(time.Millisecond)
		}
		return
	}
	d.await(h.Seq())
	say("began %s", id)
	if n%4 == 0 {
		time.Sleep(time.Duration(rand.Int64N(int64(3 * time.Millisecond))))
		d.book.Progress(h, q.Worst/2, time.Now().UnixNano())
	}
	e := &govern.End{Now: time.Now().UnixNano(), Note: make([]byte, rand.IntN(300))}
	if n%7 == 0 {
		s, _ := d.book.Release(h, e)
		d.await(s)
		say("free %s", id)
		return
	}
	e.Cost = core.Money(rand.Int64N(int64(q.Worst) + 1))
	s, _ := d.book.Settle(h, e)
	d.await(s)
	say("cost %s %d", id, e.Cost)
}

// await waits until s is durable, without a limit.
func (d *driver) await(s ledger.Seq) {
	if d.book.Ledger().Wait(context.Background(), s) != nil {
		select {}
	}
}
