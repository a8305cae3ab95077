package linear

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"asbru/bench/faultfs"
	"asbru/core"
	"asbru/core/govern"
	"asbru/core/ledger"
)

const (
	accounts = 3
	clients  = 16
	each     = 24 // operations of a client in a history
)

// caps are small, so that many holds are refused.
var caps = [accounts]int64{700, 900, 1200}

// An input is a hold (cost < 0) or the end of one.
type input struct {
	on    [accounts]bool
	worst int64
	cost  int64
}

// state is the amount taken from each account.
type state [accounts]int64

// model is the sequential model of the accounts.
var model = porcupine.Model{
	Init: func() any { return state{} },
	Step: func(s, in, out any) (bool, any) {
		next, q, granted := s.(state), in.(input), out.(bool)
		fits := true
		for i, on := range q.on {
			if !on {
				continue
			}
			if q.cost >= 0 {
				next[i] += q.cost - q.worst
			} else if next[i] += q.worst; next[i] > caps[i] {
				fits = false
			}
		}
		switch {
		case q.cost >= 0:
			return granted, next
		case fits:
			return granted, next
		}
		return !granted, s
	},
	DescribeOperation: func(in, out any) string { return fmt.Sprint(in, " ", out) },
}

// A bank is the implementation under test.
type bank interface {
	hold(on [accounts]bool, worst int64) (end func(cost int64), granted bool)
}

// history runs concurrent operations of clients on a bank and records when each began and ended.
func history(b bank, seed uint64) []porcupine.Operation {
	var wg sync.WaitGroup
	lists := make([][]porcupine.Operation, clients)
	start := make(chan struct{})
	began := time.Now()
	now := func() int64 { return int64(time.Since(began)) }
	for c := range clients {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(seed, uint64(c)))
			<-start
			for len(lists[c]) < each {
				in := input{worst: 1 + r.Int64N(400), cost: -1}
				for i := range in.on {
					in.on[i] = r.IntN(2) == 0
				}
				in.on[r.IntN(accounts)] = true
				call := now()
				end, granted := b.hold(in.on, in.worst)
				lists[c] = append(lists[c], porcupine.Operation{ClientId: c, Input: in, Call: call, Output: granted, Return: now()})
				if !granted {
					continue
				}
				if r.IntN(3) == 0 {
					runtime.Gosched()
				}
				in.cost = 0
				if r.IntN(30) == 0 {
					in.cost = r.Int64N(in.worst + 1)
				}
				call = now()
				end(in.cost)
				lists[c] = append(lists[c], porcupine.Operation{ClientId: c, Input: in, Call: call, Output: true, Return: now()})
			}
		})
	}
	close(start)
	wg.Wait()
	var all []porcupine.Operation
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

// book is the bank with the accounts of core/govern.
type book struct {
	*govern.Book
	on [accounts]*govern.Account
}

func (b book) hold(on [accounts]bool, worst int64) (func(int64), bool) {
	var which []*govern.Account
	for i, a := range b.on {
		if on[i] {
			which = append(which, a)
		}
	}
	h := new(govern.Hold)
	r := b.Hold(h, &govern.Ask{Accounts: which, Worst: core.Money(worst), Now: 1})
	for r != nil && r.Account == nil { // the ledger had no space, which is not a result
		time.Sleep(time.Millisecond)
		r = b.Hold(h, &govern.Ask{Accounts: which, Worst: core.Money(worst), Now: 1})
	}
	return func(cost int64) { b.Settle(h, &govern.End{Cost: core.Money(cost), Now: 1}) }, r == nil
}

func newBook(t *testing.T, b *govern.Book, n int) book {
	t.Helper()
	x := book{Book: b}
	for i := range x.on {
		a, err := b.Account(context.Background(), fmt.Sprintf("%d/%d", n, i), govern.Limit{Cap: core.Money(caps[i])})
		if err != nil {
			t.Fatal(err)
		}
		x.on[i] = a
	}
	return x
}

// HISTORIES is the number of histories, by default a thousand.
func histories() int {
	if n, err := strconv.Atoi(os.Getenv("HISTORIES")); err == nil {
		return n
	}
	return 1000
}

func TestAccountsAreLinearizable(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(clients)) // so that they are interrupted anywhere
	disk := faultfs.NewDisk(rand.New(rand.NewPCG(1, 1)))
	b, err := govern.Open(disk, govern.Options{Ledger: ledger.Options{Ring: 1 << 20, Segment: 1 << 22, Needed: func() ledger.Seq { return 1 << 62 }}})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	ops, refused, unknown := 0, 0, 0
	for n := range histories() {
		all := history(newBook(t, b, n), uint64(n))
		for _, op := range all {
			if !op.Output.(bool) {
				refused++
			}
		}
		ops += len(all)
		switch porcupine.CheckOperationsTimeout(model, all, 20*time.Second) {
		case porcupine.Illegal:
			t.Fatalf("history %d cannot have happened one after the other", n)
		case porcupine.Unknown:
			unknown++
		}
	}
	t.Logf("%d histories, %d operations, %d holds refused, %d histories not decided", histories(), ops, refused, unknown)
	if refused == 0 || unknown > histories()/100 {
		t.Errorf("%d refused, %d not decided: this proves little", refused, unknown)
	}
}

// naive is the usual implementation: check, then add, and undo if it does not fit in every
// account.
type naive struct {
	mu    sync.Mutex
	taken [accounts]int64
	peek  bool // check first; otherwise add first and undo
}

func (b *naive) add(i int, n int64) int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.taken[i] += n
	return b.taken[i]
}

func (b *naive) hold(on [accounts]bool, worst int64) (func(int64), bool) {
	granted := true
	for i := range on {
		switch {
		case !on[i]:
		case b.peek:
			granted = granted && b.add(i, 0)+worst <= caps[i]
		default:
			granted = b.add(i, worst) <= caps[i] && granted
		}
		runtime.Gosched()
	}
	change := func(n int64) {
		for i := range on {
			if on[i] {
				b.add(i, n)
			}
		}
	}
	if b.peek && granted {
		change(worst)
	} else if !b.peek && !granted {
		change(-worst)
	}
	return func(cost int64) { change(cost - worst) }, granted
}

// The checker finds both mistakes, so that its success above is meaningful.
func TestCheckerFindsMistakes(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(clients))
	for _, peek := range []bool{true, false} {
		found := false
		for n := range uint64(50) {
			all := history(&naive{peek: peek}, n)
			if found = porcupine.CheckOperationsTimeout(model, all, 20*time.Second) == porcupine.Illegal; found {
				break
			}
		}
		if !found {
			t.Errorf("peek %v: 50 histories of a broken bank, and none is wrong", peek)
		}
	}
}
