package govern

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"strconv"
	"testing"

	"asbru/core/ledger"
)

func line(account, window uint32) []ledger.Line {
	return []ledger.Line{{Account: account, Window: window}}
}

func TestFold(t *testing.T) {
	f := newFold()
	apply := func(want error, r ledger.Record) {
		t.Helper()
		if err := f.Apply(&r); !errors.Is(err, want) {
			t.Errorf("%v: %v; want %v", r.Kind, err, want)
		}
	}
	apply(nil, ledger.Record{Kind: ledger.Account, Lines: line(1, 0), Payload: []byte("a")})
	apply(errTwo, ledger.Record{Kind: ledger.Account, Lines: line(1, 0), Payload: []byte("b")})
	apply(errTwo, ledger.Record{Kind: ledger.Account, Lines: line(3, 0), Payload: []byte("b")})
	apply(errTwo, ledger.Record{Kind: ledger.Account})
	apply(nil, ledger.Record{Kind: ledger.Account, Lines: line(2, 0), Payload: []byte("b")})
	apply(nil, ledger.Record{Seq: 10, Kind: ledger.Intent, Amount: 50, Floor: 5, Lines: []ledger.Line{{Account: 1, Window: 60}, {Account: 2}}})
	apply(errNumber, ledger.Record{Seq: 20, Kind: ledger.Intent, Lines: line(3, 0)})
	apply(errNumber, ledger.Record{Seq: 20, Kind: ledger.Intent, Lines: line(0, 0)})
	apply(errNumber, ledger.Record{Kind: ledger.Charge, Lines: line(9, 0)})
	apply(nil, ledger.Record{Kind: ledger.Progress, Ref: 10, Amount: 7})
	apply(nil, ledger.Record{Kind: ledger.Progress, Ref: 10, Amount: 6})
	apply(nil, ledger.Record{Kind: ledger.Progress, Ref: 11, Amount: 6})
	apply(nil, ledger.Record{Kind: ledger.Charge, Amount: 3, Lines: line(1, 120)}) // the next window
	apply(nil, ledger.Record{Kind: ledger.Audit})
	if p := f.slots[f.open[10]]; p.least != 7 || p.worst != 50 {
		t.Errorf("pending %+v", p)
	}
	state := f.AppendState(nil)
	g := newFold()
	if err := g.LoadState(state, 100); err != nil || !bytes.Equal(g.AppendState(nil), state) {
		t.Errorf("a state is not the same after reading it: %v", err)
	}
	for _, f := range []*fold{f, g} {
		end := ledger.Record{Kind: ledger.Settle, Ref: 10, Amount: 40}
		for range 2 { // the second one is a stray
			if err := f.Apply(&end); err != nil {
				t.Error(err)
			}
		}
		want := []balance{{"a", 120, 3, 43}, {"b", 0, 40, 40}}
		if !slices.Equal(f.accounts, want) || len(f.open) != 0 && f == g {
			t.Errorf("accounts %+v; want %+v", f.accounts, want)
		}
		if f.Strays != 1 || f.Spent != 43 {
			t.Errorf("sums %+v", f.Sums)
		}
	}
	for n := range state {
		if err := newFold().LoadState(state[:n], 100); err == nil {
			t.Errorf("%d of %d bytes were taken for a state", n, len(state))
		}
	}
	if err := newFold().LoadState(append(state, 0), 100); !errors.Is(err, errState) {
		t.Error("a state with something behind it:", err)
	}
	if err := newFold().LoadState(state, 9); !errors.Is(err, errState) {
		t.Error("a state that knows the future:", err)
	}
}

// What has ended is remembered for a month, and no more than so many.
func TestEndedIsBounded(t *testing.T) {
	var e ended
	for i := range maxEnded + 10 {
		e.add(strconv.Itoa(i), int64(i))
	}
	if _, ok := e.find("9"); ok || len(e) != maxEnded {
		t.Errorf("%d are kept", len(e))
	}
	if at, ok := e.find("10"); !ok || at != 10 {
		t.Errorf("the oldest ended at %d, %v", at, ok)
	}
	e.add("10", int64(endedFor)+maxEnded)
	if at, ok := e.find("10"); !ok || at != int64(endedFor)+maxEnded || len(e) != 11 {
		t.Errorf("%d are kept, and the last ended at %d, %v", len(e), at, ok)
	}
}

// No bytes do more than be refused, and what is read is written the same again.
func FuzzState(f *testing.F) {
	x := newFold()
	x.accounts = []balance{{"key", 60, 1, 2}, {"", 0, 0, 0}}
	x.open[5] = 0
	x.slots = []pending{{seq: 5, worst: 9, n: 1}}
	f.Add(x.AppendState(nil))
	x.ended.add("mine openai b", 7)
	f.Add(x.AppendState(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		x, y := newFold(), newFold()
		if x.LoadState(b, 1<<40) != nil {
			return
		}
		if err := y.LoadState(x.AppendState(nil), 1<<40); err != nil || !reflect.DeepEqual(x.accounts, y.accounts) || len(x.open) != len(y.open) {
			t.Errorf("read %x differently the second time: %v", b, err)
		}
	})
}
