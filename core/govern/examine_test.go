package govern_test

import (
	"errors"
	"strings"
	"testing"

	"asbru/bench/faultfs"
	. "asbru/core/govern"
	"asbru/core/ledger"
)

func TestExamine(t *testing.T) {
	disk := memory(60)
	b := open(t, disk)
	key := account(t, b, "key", 10*usd, Window{1, 'd', true, nil})
	settle(t, b, hold(t, b, 3*usd, noon, key), 2*usd)
	await(t, b, b.Ledger().End())
	if err := b.Ledger().Checkpoint(); err != nil {
		t.Fatal(err)
	}
	b.Release(hold(t, b, usd, noon, key), &End{Now: noon})
	hold(t, b, 4*usd, noon, key)
	await(t, b, b.Ledger().End())
	x, err := Examine(disk, nil) // while the process runs
	if err != nil || x.Agreed != 1 || x.Spent != 2*usd || len(x.Open) != 1 || x.Open[0].Worst != 4*usd || x.Open[0].Least != usd {
		t.Errorf("examined %+v: %v", x, err)
	}
	if a := x.Accounts; len(a) != 1 || a[0].Name != "key" || a[0].Spent != 2*usd || a[0].Total != 2*usd || a[0].Window == 0 {
		t.Errorf("accounts %+v", a)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	n := 0
	stop := errors.New("enough")
	if _, err := Examine(disk, func(*ledger.Record) error { n++; return stop }); !errors.Is(err, stop) || n != 1 {
		t.Errorf("went on after %d records: %v", n, err)
	}
}

// What is well formed and says the wrong thing is found too.
func TestExamineFindsLies(t *testing.T) {
	disk := memory(61)
	b := open(t, disk)
	key := account(t, b, "key", 10*usd, Window{})
	settle(t, b, hold(t, b, usd, noon, key), usd)
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	honest := disk.Files()

	// The same ledger with another history: its checkpoint is put in the place of ours.
	other := faultfs.NewDisk(nil)
	for name, data := range honest {
		other.Put(name, data)
	}
	b = open(t, other)
	settle(t, b, hold(t, b, usd, noon, account(t, b, "key", 10*usd, Window{})), 2)
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	b = open(t, disk)
	settle(t, b, hold(t, b, usd, noon, account(t, b, "key", 10*usd, Window{})), 3)
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	newest := ""
	for name := range other.Files() {
		if strings.HasPrefix(name, "checkpoint-") && name > newest {
			newest = name
		}
	}
	disk.Put(newest, other.Files()[newest])
	if _, err := Examine(disk, nil); err == nil || !strings.Contains(err.Error(), "differs from the records before it in") {
		t.Errorf("a checkpoint that lies: %v", err)
	}
}

// Where the beginning was removed, adding up begins with a checkpoint.
func TestExamineGoesOn(t *testing.T) {
	disk := memory(62)
	o := small()
	o.Ledger.Ring, o.Ledger.Segment = 1<<14, 1<<15
	o.Ledger.Needed = func() ledger.Seq { return 1 << 60 }
	b, err := Open(disk, o)
	if err != nil {
		t.Fatal(err)
	}
	key := account(t, b, "key", Unlimited, Window{})
	for range 4 {
		for range 200 {
			settle(t, b, hold(t, b, 5, noon, key), 5)
			await(t, b, b.Ledger().End())
		}
		if err := b.Ledger().Checkpoint(); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	x, err := Examine(disk, nil)
	if err != nil || x.From == 0 || x.First == 0 || x.Spent != 4000 || x.Accounts[0].Total != 4000 || x.Agreed == 0 {
		t.Errorf("examined %+v: %v", x, err)
	}
}
