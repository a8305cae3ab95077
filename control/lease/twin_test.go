package lease

import (
	"math/rand/v2"
	"testing"
	"time"

	"asbru/bench/faultfs"
	"asbru/bench/postgres"
)

// A machine that begins with a copy of another one's ledger, as a virtual machine does that is cloned, is granted nothing while
// that one is there. Whatever the two and a third one spend, it is no more than the cap.
func testTwin(t *testing.T, _ *postgres.Server, db string) {
	clock := noon()
	a, c := start(t, db, 1, clock, forEver), start(t, db, 2, clock, forEver)
	defer c.close()
	if !a.pay(usd/100, usd/100) { // of a slice, of which the rest is idle
		t.Fatal("refused")
	}
	copied := faultfs.NewDisk(rand.New(rand.NewPCG(3, 0)))
	for file, data := range a.disk.Files() {
		copied.Put(file, data)
	}
	twin := &machine{t: t, db: db, clock: clock, disk: copied, away: true}
	twin.open(forEver)
	for begun := time.Now(); time.Since(begun) < 2*time.Second; { // longer than it tries to be alone
		if twin.pay(1, 1) {
			t.Fatalf("a machine with the ledger of another one was granted something after %v", time.Since(begun))
		}
	}
	for c.pay(usd/100, usd/100) {
	}
	for a.pay(usd/1000, usd/1000) {
	}
	if spent := a.spent() + c.spent(); spent > usd {
		t.Errorf("%v spent of %v", spent, usd)
	} else if spent < usd-usd/100 {
		t.Errorf("%v cannot be had", usd-spent)
	}
	a.close() // now the other is the machine
	twin.away = false
	clock.Add(int64(2 * time.Second))
	if twin.pay(usd/2, 1) {
		t.Error("paid from nothing")
	}
	twin.close()
}
