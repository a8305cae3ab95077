package lease

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"asbru/bench/faultfs"
	"asbru/bench/postgres"
	"asbru/core"
	"asbru/core/govern"
	"asbru/core/ledger"
)

const usd = core.Money(1e9)

var forEver = govern.Limit{Cap: usd, Shared: true}

// A machine is a ledger, a Book, and an Agent.
type machine struct {
	t     *testing.T
	disk  *faultfs.Disk
	db    string
	clock *atomic.Int64
	book  *govern.Book
	till  *govern.Till
	agent *Agent
	key   *govern.Account
	away  bool // the database is, and holds are to be refused for it
	name  string
	log   *slog.Logger  // nil: none
	world *atomic.Int64 // what the database's clock says, in Unix nanoseconds; nil: the same as the machine's
}

func start(t *testing.T, db string, seed uint64, clock *atomic.Int64, limit govern.Limit) *machine {
	m := &machine{t: t, db: db, clock: clock, disk: faultfs.NewDisk(rand.New(rand.NewPCG(seed, 0)))}
	m.open(limit)
	return m
}

func (m *machine) now() time.Time { return time.Unix(0, m.clock.Load()) }

func (m *machine) open(limit govern.Limit) {
	m.t.Helper()
	var err error
	if m.book, err = govern.Open(m.disk, govern.Options{Now: m.now, Ledger: ledger.Options{Ring: 1 << 18, Segment: 1 << 19}}); err != nil {
		m.t.Fatal(err)
	}
	m.till = govern.NewTill(m.book)
	if m.key, err = m.book.Account(m.t.Context(), cmp.Or(m.name, "key"), limit); err != nil {
		m.t.Fatal(err)
	}
	id := m.book.Restart().Ledger.ID
	m.agent, err = Open(Options{Postgres: m.db, Machine: hex.EncodeToString(id[:]), Host: "test", Log: cmp.Or(m.log, slog.New(slog.DiscardHandler)), Now: m.now,
		theirs: func(int64) int64 { return cmp.Or(m.world, m.clock).Load() / int64(time.Millisecond) }})
	if err != nil {
		m.t.Fatal(err)
	}
	m.agent.Start(m.book)
}

// close ends it in order.
func (m *machine) close() {
	m.agent.Close(true)
	if err := m.till.Close(); err != nil {
		m.t.Error(err)
	}
}

// kill ends it without a word to the database.
func (m *machine) kill() {
	m.agent.Close(false)
	m.book.Ledger().Close()
}

// hold holds as a stage does, and waits as long as it is told to.
func (m *machine) hold(worst core.Money) (*govern.Hold, *govern.Refusal) {
	x, h, late := new(core.Exchange), new(govern.Hold), time.Now().Add(10*time.Second)
	q := &govern.Ask{Accounts: []*govern.Account{m.key}, Worst: worst, Floor: worst}
	for {
		q.Now = m.clock.Load()
		switch v, r := m.till.Hold(x, h, q); {
		case v == core.Continue:
			return h, nil
		case v == core.Refuse && errors.Is(r, govern.ErrAway) && !m.away && time.Now().Before(late): // a machine that is busy
		case v == core.Refuse && r.Account != nil:
			return nil, r
		}
		time.Sleep(time.Millisecond) // also while the ring is full
	}
}

// pay holds and settles; false: refused.
func (m *machine) pay(worst, cost core.Money) bool {
	h, r := m.hold(worst)
	if r != nil {
		return false
	}
	m.till.End(h, &govern.End{Cost: cost, Now: m.clock.Load()}, ledger.Settle)
	return true
}

func (m *machine) spent() core.Money { return m.key.Balance(m.clock.Load()).Total }

func noon() *atomic.Int64 {
	c := new(atomic.Int64)
	c.Store(time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC).UnixNano())
	return c
}

// One server for all, with a database for each.
func TestLeases(t *testing.T) {
	pg := postgres.Start(t)
	admin, err := sql.Open("postgres", pg.Address())
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	for name, f := range map[string]func(*testing.T, *postgres.Server, string){
		"twomachines": testTwoMachines,
		"recall":      testRecall,
		"parallel":    testParallel,
		"gone":        testGone,
		"windowofall": testWindowOfAll,
		"join":        testJoin,
		"learn":       testLearn,
		"anything":    testAnything,
		"giveback":    testGiveBack,
		"counted":     testCounted,
		"many":        testMany,
		"lowered":     testLowered,
		"away":        testAway,
		"hangs":       testHangs,
		"oldledger":   testOldLedger,
		"restored":    testRestored,
		"deaf":        testDeaf,
		"dropped":     testDropped,
		"skew":        testSkew,
		"early":       testEarly,
		"twin":        testTwin,
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := admin.ExecContext(t.Context(), "CREATE DATABASE of_"+name); err != nil {
				t.Fatal(err)
			}
			f(t, pg, strings.Replace(pg.Address(), "/postgres?", "/of_"+name+"?", 1))
		})
	}
}

// Two machines and one dollar: all of it is spent but for less than a call, and not a nanodollar more.
func testTwoMachines(t *testing.T, _ *postgres.Server, db string) {
	clock := noon()
	const worst = usd / 317
	machines := []*machine{start(t, db, 1, clock, forEver), start(t, db, 2, clock, forEver)}
	var wg sync.WaitGroup
	for i, m := range machines {
		for w := range 4 {
			wg.Go(func() {
				rng := rand.New(rand.NewPCG(uint64(i), uint64(w)))
				for denied := 0; denied < 3; {
					if !m.pay(worst, core.Money(rng.Int64N(int64(worst)))+1) {
						denied++
						m.clock.Add(int64(2 * time.Second)) // what was said is not believed any more
					}
				}
			})
		}
	}
	wg.Wait()
	total := machines[0].spent() + machines[1].spent()
	if total > usd || usd-total >= worst {
		t.Errorf("spent %v; want up to %v less than %v", total, worst, usd)
	}
	_, r := machines[0].hold(worst)
	if r == nil || r.Cause != nil || r.Cap != usd || r.Left != usd-total {
		t.Errorf("refused with %+v; want what all machines have left, %v", r, usd-total)
	}
	t.Logf("%v and %v; %d and %d grants, %d and %d recalls", machines[0].spent(), machines[1].spent(),
		machines[0].agent.granted.Load(), machines[1].agent.granted.Load(), machines[0].agent.recalled.Load(), machines[1].agent.recalled.Load())
	for _, m := range machines {
		m.close()
	}
}

// Ten thousand calls, hundreds of them at once, on two machines, which together may cost twice what there is: never more is spent and held than that.
func testParallel(t *testing.T, _ *postgres.Server, db string) {
	const calls, workers, worst = 10_000, 400, usd / 5_000
	clock := noon()
	machines := []*machine{start(t, db, 1, clock, forEver), start(t, db, 2, clock, forEver)}
	defer machines[0].close()
	defer machines[1].close()
	var held atomic.Int64 // and spent: counted after it was taken, and no more before it is given back
	var paid, denied, away atomic.Int64
	call := func(m *machine, i int) {
		h, r := m.hold(worst)
		switch {
		case r == nil:
		case r.Cause == nil:
			denied.Add(1)
			return
		default:
			away.Add(1)
			return
		}
		if now := held.Add(int64(worst)); now > int64(usd) {
			t.Errorf("%v held and spent", core.Money(now))
		}
		cost := int64(worst) * int64(i%4+1) / 4
		held.Add(cost - int64(worst))
		m.till.End(h, &govern.End{Cost: core.Money(cost), Now: clock.Load()}, ledger.Settle)
		m.till.Nudge()
		paid.Add(1)
	}
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := range calls / workers {
				call(machines[w%2], i)
			}
		})
	}
	wg.Wait()
	if total := machines[0].spent() + machines[1].spent(); int64(total) != held.Load() || total > usd || paid.Load() < calls/2 {
		t.Errorf("%v spent, %v counted; %d paid, %d denied", total, core.Money(held.Load()), paid.Load(), denied.Load())
	}
	t.Logf("%d paid, %d denied, %d away; %d and %d grants", paid.Load(), denied.Load(), away.Load(), machines[0].agent.granted.Load(), machines[1].agent.granted.Load())
}

// What a machine does not use is another's as soon as that one needs it.
func testRecall(t *testing.T, _ *postgres.Server, db string) {
	clock := noon()
	a, b := start(t, db, 1, clock, forEver), start(t, db, 2, clock, forEver)
	defer b.close()
	defer a.close()
	if !a.pay(usd/100, usd/100) {
		t.Fatal("refused")
	}
	if had := a.key.Balance(clock.Load()).Granted; had <= usd/100 {
		t.Fatalf("granted %v: no slice", had)
	}
	h, r := b.hold(usd - usd/100) // all the rest
	if r != nil {
		t.Fatalf("refused: %v", r)
	}
	if _, r := a.hold(1); r == nil || r.Left != 0 || r.Cap != usd || r.Cause != nil {
		t.Errorf("%+v; want nothing left of all", r)
	}
	b.till.End(h, &govern.End{Cost: usd / 2, Now: clock.Load()}, ledger.Settle)
	clock.Add(int64(2 * time.Second))
	if !a.pay(usd/4, usd/4) {
		t.Error("what the other one gave back cannot be had")
	}
	if _, r := a.hold(2 * usd); r == nil || r.Cause != nil {
		t.Error("held more than there ever is")
	}
}

// A machine that is gone keeps what it was granted, and no more; when it comes back, what it did not
// spend is everybody's.
func testGone(t *testing.T, _ *postgres.Server, db string) {
	clock := noon()
	a, b := start(t, db, 1, clock, forEver), start(t, db, 2, clock, forEver)
	defer func() { b.close() }()
	if !a.pay(usd/10, usd/10) {
		t.Fatal("refused")
	}
	kept := a.key.Balance(clock.Load()).Granted
	h, r := a.hold(kept - usd/10) // cut off by the crash, and charged
	if r != nil {
		t.Fatal(r)
	}
	if err := a.book.Ledger().Wait(t.Context(), h.Seq()); err != nil {
		t.Fatal(err)
	}
	a.kill()
	if _, r := b.hold(usd - kept + 1); r == nil || r.Left != usd-kept {
		t.Errorf("%+v; want %v left", r, usd-kept)
	}
	if !b.pay(usd-kept, usd/2) {
		t.Error("what the machine that is gone never had is refused")
	}
	a.open(forEver)
	defer func() { a.close() }()
	if got := a.spent(); got != kept {
		t.Fatalf("%v spent after the crash; want %v", got, kept)
	}
	clock.Add(int64(2 * time.Second))
	if !a.pay(usd/2-kept, 1) {
		t.Error("the rest cannot be had")
	}
	if a.spent()+b.spent() > usd {
		t.Error("the cap is passed")
	}
	// spend some of a slice, be gone, come back: what was not spent of it is there again
	clock.Add(int64(2 * time.Second))
	b.kill()
	b.open(forEver)
	clock.Add(int64(2 * time.Second))
	all := usd - a.spent() - b.spent()
	if !b.pay(all, all) {
		t.Errorf("the last %v cannot be had", all)
	}
}

// A machine whose ledger is replaced by an older copy has spent what it has reported, in whichever window that was.
func testOldLedger(t *testing.T, _ *postgres.Server, db string) {
	clock := noon()
	hour := govern.Limit{Cap: usd, Shared: true, Window: govern.Window{Count: 1, Unit: 'h'}}
	f := func(label, name string, limit govern.Limit, before core.Money) {
		a := &machine{t: t, db: db, clock: clock, disk: faultfs.NewDisk(rand.New(rand.NewPCG(1, 0))), name: name}
		b := &machine{t: t, db: db, clock: clock, disk: faultfs.NewDisk(rand.New(rand.NewPCG(2, 0))), name: name}
		a.open(limit)
		b.open(limit)
		defer b.close()
		if before > 0 && !a.pay(before, before) {
			t.Fatalf("%s: refused", label)
		}
		a.close()
		old := faultfs.NewDisk(rand.New(rand.NewPCG(3, 0)))
		for file, data := range a.disk.Files() {
			old.Put(file, data)
		}
		a.open(limit)
		clock.Add(int64(2 * time.Second))
		if !a.pay(usd/2, usd/2) {
			t.Fatalf("%s: refused", label)
		}
		a.close() // which reports it
		a.disk = old
		clock.Add(int64(2 * time.Second))
		a.open(limit)
		defer a.close()
		for end := time.Now().Add(2 * time.Second); before == 0 && a.key.Balance(clock.Load()).Begun == 0 && time.Now().Before(end); {
			time.Sleep(time.Millisecond) // the agent is to begin the window, not a hold
		}
		clock.Add(int64(2 * time.Second))
		rest := usd/2 - before
		if a.pay(rest+1, 1) || b.pay(rest+1, 1) {
			t.Errorf("%s: what was spent is forgotten", label)
		}
		clock.Add(int64(2 * time.Second))
		if !b.pay(rest, rest) {
			t.Errorf("%s: the rest cannot be had", label)
		}
		clock.Add(int64(2 * time.Second))
		if a.pay(1, 1) || b.pay(1, 1) {
			t.Errorf("%s: paid from nothing", label)
		}
	}
	f("for ever", "key 1", forEver, usd/10)
	f("an hour", "key 2", hour, usd/10)
	f("a copy without the window", "key 3", hour, 0)
}

// A machine whose notifications are lost without a sign listens anew.
func testDeaf(t *testing.T, _ *postgres.Server, db string) {
	t.Parallel()
	a := start(t, db, 1, noon(), forEver)
	defer a.close()
	listener := func(but int) (pid int) {
		t.Helper()
		for end := time.Now().Add(listenQuiet + 10*time.Second); ; time.Sleep(10 * time.Millisecond) {
			err := a.agent.db.QueryRowContext(t.Context(), `SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database() AND pid <> $1`, but).Scan(&pid)
			if err == nil {
				return pid
			}
			if time.Now().After(end) {
				t.Fatal("nobody listens", err)
			}
		}
	}
	deaf := listener(0)
	if err := syscall.Kill(deaf, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	defer syscall.Kill(deaf, syscall.SIGCONT)
	listener(deaf)
}

// A database that is restored from a backup does not give away again what machines have.
func testRestored(t *testing.T, _ *postgres.Server, db string) {
	t.Parallel()
	testForgotten(t, db, `UPDATE asbru_budgets SET start = start - 7200; DELETE FROM asbru_leases; UPDATE asbru_machines SET seen = seen - 60000`)
}

// So does one that has to begin with nothing.
func testDropped(t *testing.T, _ *postgres.Server, db string) {
	t.Parallel()
	testForgotten(t, db, `DROP TABLE asbru_budgets, asbru_leases, asbru_machines`)
}

func testForgotten(t *testing.T, db, restore string) {
	clock := noon()
	hour := govern.Limit{Cap: usd, Shared: true, Window: govern.Window{Count: 1, Unit: 'h'}}
	a, b := start(t, db, 1, clock, hour), start(t, db, 2, clock, hour)
	defer b.close()
	defer a.close()
	if !b.pay(usd/10, usd/10) {
		t.Fatal("refused")
	}
	clock.Add(int64(time.Minute)) // the window of a begins later, and is the same
	h, r := a.hold(usd / 2)
	if r != nil {
		t.Fatal(r)
	}
	if _, err := b.agent.db.ExecContext(t.Context(), restore); err != nil {
		t.Fatal(err)
	}
	b.away = true
	const rest = usd - usd/2 - usd/10
	if _, r := b.hold(rest + 1); r == nil || !errors.Is(r, govern.ErrAway) {
		t.Fatalf("%+v; want that nobody can be asked", r)
	}
	for end := time.Now().Add(2 * waryFor); b.agent.away.Load() || a.agent.away.Load() || a.agent.alive.Load() < 2; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the machines do not go on")
		}
	}
	b.away = false
	if b.pay(rest+1, 1) {
		t.Error("what the other machine holds is given away")
	}
	clock.Add(int64(2 * time.Second))
	a.till.End(h, &govern.End{Cost: usd / 2, Now: clock.Load()}, ledger.Settle)
	if !b.pay(rest, rest) {
		t.Error("the rest cannot be had")
	}
	clock.Add(int64(2 * time.Second))
	if a.pay(1, 1) || b.pay(1, 1) {
		t.Error("paid from nothing")
	}
}

// Without a database calls go on within what was granted, and refusals say why.
func testAway(t *testing.T, pg *postgres.Server, db string) {
	clock := noon()
	m := start(t, db, 1, clock, forEver)
	defer m.close()
	if !m.pay(usd/100, usd/100) {
		t.Fatal("refused")
	}
	left := m.key.Balance(clock.Load()).Granted - usd/100
	pg.Stop()
	m.away = true
	if !m.pay(left/2, left/2) {
		t.Error("refused within what was granted")
	}
	_, r := m.hold(usd / 2)
	if r == nil || !errors.Is(r, govern.ErrAway) {
		t.Fatalf("refused with %v", r)
	}
	if !m.pay(left/4, left/4) {
		t.Error("refused within what was granted")
	}
	late := start(t, db, 2, clock, forEver) // which begins without it
	defer late.close()
	late.away = true
	if _, r := late.hold(1); !errors.Is(r, govern.ErrAway) {
		t.Errorf("refused with %v", r)
	}
	pg.Start()
	for end := time.Now().Add(10 * time.Second); !late.pay(usd/100, 1); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("nothing is granted when the database is there")
		}
	}
	for end := time.Now().Add(10 * time.Second); !m.pay(usd/2, usd/2); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("nothing is granted when the database is back")
		}
	}
}

// A database that hangs is one that does not answer: refusals say so, Close does not wait for it, and what
// was granted meanwhile, if anything, is nobody's for a moment only.
func testHangs(t *testing.T, pg *postgres.Server, db string) {
	clock := noon()
	m, other := start(t, db, 1, clock, forEver), start(t, db, 2, clock, forEver)
	if !m.pay(usd/100, usd/100) || !other.pay(usd/100, usd/100) {
		t.Fatal("refused")
	}
	left := m.key.Balance(clock.Load()).Granted - usd/100
	pg.Pause()
	defer pg.Resume()
	m.away = true
	if !m.pay(left/2, left/2) {
		t.Error("refused within what was granted")
	}
	if _, r := m.hold(usd / 2); !errors.Is(r, govern.ErrAway) {
		t.Fatalf("refused with %v", r)
	}
	for end := time.Now().Add(2 * askWait); !m.agent.away.Load(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the database hangs and the agent waits for it")
		}
	}
	late := start(t, db, 3, clock, forEver) // which connects to nobody
	time.Sleep(200 * time.Millisecond)
	closed := make(chan struct{})
	go func() {
		m.close()
		late.close()
		close(closed)
	}()
	select {
	case <-closed:
	case <-time.After(3 * askWait):
		t.Fatal("the end of the process waits for the database")
	}
	pg.Resume()
	m.open(forEver)
	defer m.close()
	defer other.close()
	rest := usd - m.spent() - other.spent()
	for end := time.Now().Add(15 * time.Second); !m.pay(rest, rest); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the last %v cannot be had when the database answers again", rest)
		}
	}
	clock.Add(int64(2 * time.Second))
	if m.pay(1, 1) || other.pay(1, 1) {
		t.Error("paid from nothing")
	}
}

// A window is the same for all who share it, and the next one is new for all.
func testWindowOfAll(t *testing.T, _ *postgres.Server, db string) {
	clock := noon()
	hour := govern.Limit{Cap: usd, Shared: true, Window: govern.Window{Count: 1, Unit: 'h'}}
	a, b := start(t, db, 1, clock, hour), start(t, db, 2, clock, hour)
	defer b.close()
	defer func() { a.close() }()
	began := clock.Load()
	if !a.pay(usd/2, usd/2) {
		t.Fatal("refused")
	}
	clock.Add(int64(30 * time.Minute))
	if !b.pay(usd/2, usd/2) {
		t.Fatal("refused")
	}
	if s := b.key.Balance(clock.Load()); s.Begun != began {
		t.Errorf("begun at %v; want %v", time.Unix(0, s.Begun), time.Unix(0, began))
	}
	if a.pay(1, 1) || b.pay(1, 1) {
		t.Error("paid from nothing")
	}
	a.kill()
	a.open(hour)
	if a.pay(1, 1) {
		t.Error("paid from nothing after a restart")
	}
	clock.Add(int64(31 * time.Minute)) // over for all, also for who came later
	if !b.pay(usd/2, usd/2) || !a.pay(usd/2, usd/2) {
		t.Error("refused in a new window")
	}
	if a.pay(1, 1) || b.pay(1, 1) {
		t.Error("paid from nothing in a new window")
	}
}

// What is idle when a machine is granted more counts as granted still.
func testCounted(t *testing.T, _ *postgres.Server, db string) {
	clock := noon()
	a, b := start(t, db, 1, clock, forEver), start(t, db, 2, clock, forEver)
	defer a.close()
	defer b.close()
	if !a.pay(usd/1000, usd/1000) {
		t.Fatal("refused")
	}
	h, r := a.hold(usd / 2)
	if r != nil {
		t.Fatal(r)
	}
	defer a.till.End(h, &govern.End{Now: clock.Load()}, ledger.Release)
	if h, r := b.hold(usd * 505 / 1000); r == nil {
		t.Error("more is held than there is")
		b.till.End(h, &govern.End{Now: clock.Load()}, ledger.Release)
	}
}

// What a machine spent before it shared anything counts.
func testJoin(t *testing.T, _ *postgres.Server, db string) {
	clock := noon()
	day := govern.Limit{Cap: usd, Window: govern.Window{Count: 1, Unit: 'd', Calendar: true}}
	a := start(t, db, 1, clock, day)
	defer a.close()
	if !a.pay(usd/2, usd/2) {
		t.Fatal("refused")
	}
	day.Shared = true
	b := start(t, db, 2, clock, day)
	defer b.close()
	if !b.pay(usd/4, usd/4) {
		t.Fatal("refused")
	}
	a.key.SetLimit(day)
	if !a.pay(usd/4, usd/4) {
		t.Error("a quarter is left, and refused")
	}
	if a.pay(1, 1) || b.pay(1, 1) {
		t.Error("paid from nothing")
	}
}

// Others' spending shows.
func testLearn(t *testing.T, _ *postgres.Server, db string) {
	clock := noon()
	a, b := start(t, db, 1, clock, forEver), start(t, db, 2, clock, forEver)
	if !a.pay(usd/4, usd/4) {
		t.Fatal("refused")
	}
	a.close() // which writes down what it spent
	b.agent.Close(false)
	again, err := Open(b.agent.Options)
	if err != nil {
		t.Fatal(err)
	}
	b.agent = again
	b.agent.Start(b.book)
	defer b.close()
	for end := time.Now().Add(5 * time.Second); b.key.Balance(clock.Load()).Spent != usd/4; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%+v", b.key.Balance(clock.Load()))
		}
	}
	var host string
	if err := b.agent.db.QueryRowContext(context.Background(), `SELECT host FROM asbru_machines WHERE machine = $1`, b.agent.machine).Scan(&host); err != nil || host != "test" {
		t.Errorf("host %q, %v", host, err)
	}
}

// Whatever happens to three machines, what they spent and hold together never passes the cap, and all
// of it can be spent in the end.
func testAnything(t *testing.T, _ *postgres.Server, db string) {
	const worst = usd / 50
	clock, rng := noon(), rand.New(rand.NewPCG(7, 7))
	var machines []*machine
	for i := range 3 {
		machines = append(machines, start(t, db, uint64(i), clock, forEver))
	}
	held := make([][]*govern.Hold, len(machines))
	check := func(what string) (sum core.Money) {
		t.Helper()
		for i, m := range machines {
			sum += m.spent()
			for _, h := range held[i] {
				sum += h.Worst()
			}
		}
		if sum > usd {
			t.Fatalf("%s: %v are spent and held of %v", what, sum, usd)
		}
		return sum
	}
	end := func(i int, cost core.Money) {
		n := len(held[i]) - 1
		machines[i].till.End(held[i][n], &govern.End{Cost: cost, Now: clock.Load()}, ledger.Settle)
		held[i] = held[i][:n]
	}
	for range 400 {
		i := rng.IntN(len(machines))
		m := machines[i]
		clock.Add(rng.Int64N(int64(2 * time.Second)))
		switch n := rng.IntN(100); {
		case n < 40 && len(held[i]) < 10:
			if h, _ := m.hold(core.Money(rng.Int64N(int64(worst)))); h != nil {
				held[i] = append(held[i], h)
			}
			check("held")
		case n < 92 && len(held[i]) > 0:
			end(i, core.Money(rng.Int64N(int64(held[i][len(held[i])-1].Worst()+1))/4))
			check("ended")
		case n == 98:
			if err := m.book.Ledger().Wait(t.Context(), m.book.Ledger().End()); err != nil {
				t.Fatal(err)
			}
			m.kill()
			held[i] = nil // charged as what was held at most
			m.open(forEver)
			check("killed")
		case n == 99:
			for len(held[i]) > 0 {
				end(i, 0)
			}
			m.close()
			m.open(forEver)
			check("closed")
		}
	}
	for i := range machines {
		for len(held[i]) > 0 {
			end(i, 0)
		}
	}
	for denied := 0; denied < 6; {
		if !machines[denied%3].pay(worst, worst) {
			denied++
			clock.Add(int64(2 * time.Second))
		}
	}
	if got := check("at the end"); usd-got >= worst {
		t.Errorf("%v could not be spent", usd-got)
	}
	for _, m := range machines {
		m.close()
	}
}

// What a machine that is gone has not said it spent can be given to the others; when it comes back,
// its ledger says what is true. One that is there is left alone.
func testGiveBack(t *testing.T, _ *postgres.Server, db string) {
	clock := noon()
	a, b := start(t, db, 1, clock, forEver), start(t, db, 2, clock, forEver)
	defer b.close()
	if !a.pay(usd/10, usd/10) {
		t.Fatal("refused")
	}
	granted := a.key.Balance(clock.Load()).Granted
	if _, err := GiveBack(t.Context(), db, a.agent.machine); err == nil || !strings.Contains(err.Error(), "is there") {
		t.Errorf("taken from a machine that is there: %v", err)
	}
	if _, err := GiveBack(t.Context(), db, "nobody"); err == nil {
		t.Error("nobody had something")
	}
	a.kill()
	if _, err := b.agent.db.ExecContext(t.Context(), `UPDATE asbru_machines SET seen = seen - $2 WHERE machine = $1`, a.agent.machine, liveFor.Milliseconds()); err != nil {
		t.Fatal(err)
	}
	rows, err := List(t.Context(), db)
	if err != nil || len(rows) != 1 || rows[0].Live || rows[0].Granted != granted || rows[0].Budget != "key" || rows[0].Host != "test" {
		t.Errorf("%+v, %v", rows, err)
	}
	back, err := b.agent.db.BeginTx(t.Context(), nil) // the machine is about to be there again
	if err != nil {
		t.Fatal(err)
	}
	if _, err := back.ExecContext(t.Context(), `UPDATE asbru_machines SET seen = seen + $2 WHERE machine = $1`, a.agent.machine, liveFor.Milliseconds()); err != nil {
		t.Fatal(err)
	}
	refused := make(chan error, 1)
	go func() {
		_, err := GiveBack(context.Background(), db, a.agent.machine)
		refused <- err
	}()
	time.Sleep(200 * time.Millisecond)
	back.Commit()
	if err := <-refused; err == nil || !strings.Contains(err.Error(), "is there") {
		t.Errorf("taken from a machine that has just come: %v", err)
	}
	if _, err := b.agent.db.ExecContext(t.Context(), `UPDATE asbru_machines SET seen = seen - $2 WHERE machine = $1`, a.agent.machine, liveFor.Milliseconds()); err != nil {
		t.Fatal(err)
	}
	freed, err := GiveBack(t.Context(), db, a.agent.machine)
	if err != nil || freed != granted-rows[0].Spent {
		t.Errorf("freed %v, %v; want %v", freed, err, granted-rows[0].Spent)
	}
	if !b.pay(usd/2, usd/2) {
		t.Error("refused")
	}
	a.open(forEver)
	defer a.close()
	if h, r := a.hold(usd/2 - usd/10); r != nil { // the rest, but for what it spent unsaid
		t.Errorf("%v", r)
	} else {
		a.till.End(h, &govern.End{Now: clock.Load()}, ledger.Release)
	}
	if a.pay(usd/2, 1) {
		t.Error("what it spent was forgotten")
	}
}

// Many accounts at once are each granted something, quickly enough for those who wait.
func testMany(t *testing.T, _ *postgres.Server, db string) {
	const many = 300
	clock := noon()
	m := start(t, db, 1, clock, forEver)
	defer m.close()
	accounts := make([]*govern.Account, many)
	for i := range accounts {
		a, err := m.book.Account(t.Context(), fmt.Sprint("key ", i), forEver)
		if err != nil {
			t.Fatal(err)
		}
		accounts[i] = a
	}
	begun := time.Now()
	var wg sync.WaitGroup
	for _, a := range accounts {
		one := *m
		one.key = a
		wg.Go(func() {
			for end := time.Now().Add(30 * time.Second); !one.pay(usd/100, usd/100); { // on a busy machine some wait too long once
				if time.Now().After(end) {
					t.Error("refused")
					return
				}
			}
		})
	}
	wg.Wait()
	t.Logf("%d accounts in %v, %d grants", many, time.Since(begun), m.agent.granted.Load())
}

// A cap that is lowered takes back what is idle.
func testLowered(t *testing.T, _ *postgres.Server, db string) {
	clock := noon()
	a, b := start(t, db, 1, clock, forEver), start(t, db, 2, clock, forEver)
	defer a.close()
	defer b.close()
	const part = usd / 1000
	if !a.pay(part, part) || !b.pay(part, part) || a.key.Balance(clock.Load()).Granted < 20*part {
		t.Fatal("refused, or no slices")
	}
	low := forEver
	low.Cap = 10 * part
	a.key.SetLimit(low)
	b.key.SetLimit(low)
	if b.pay(9*part, 9*part) {
		t.Error("more than the cap is paid")
	}
	clock.Add(int64(2 * time.Second))
	if !b.pay(8*part, 8*part) {
		t.Error("what is left is refused")
	}
	if a.pay(1, 1) || b.pay(1, 1) {
		t.Error("paid from nothing")
	}
}

// A machine whose clock is two years ahead begins no window, is granted nothing, and says so, until its clock is set right; meanwhile it can
// spend what it has, and others begin their windows.
func testSkew(t *testing.T, _ *postgres.Server, db string) {
	world, wrong := noon(), noon()
	hour := govern.Limit{Cap: usd, Shared: true, Window: govern.Window{Count: 1, Unit: 'h'}}
	wrong.Add(int64(2 * 365 * 24 * time.Hour))
	var said strings.Builder
	a := &machine{t: t, db: db, clock: wrong, world: world, away: true, log: slog.New(slog.NewTextHandler(&said, nil)), disk: faultfs.NewDisk(rand.New(rand.NewPCG(1, 0)))}
	a.open(hour)
	if _, r := a.hold(usd / 10); !errors.Is(r, govern.ErrAway) {
		t.Fatalf("%+v; want that nothing is granted", r)
	}
	b := start(t, db, 2, world, hour)
	defer b.close()
	if !b.pay(usd/10, usd/10) {
		t.Fatal("refused where the clock is right")
	}
	var begun int64
	if err := b.agent.db.QueryRowContext(t.Context(), `SELECT start FROM asbru_budgets WHERE account = 'key'`).Scan(&begun); err != nil || begun != world.Load()/int64(time.Second) {
		t.Errorf("the window of all began at %v (%v)", time.Unix(begun, 0), err)
	}
	if n := a.agent.ahead.Load(); n != int64(2*365*24*time.Hour) {
		t.Errorf("the figure is %v", time.Duration(n))
	}
	wrong.Store(world.Load())
	a.away = false
	if !a.pay(usd/10, usd/20) {
		t.Fatal("refused once the clock is right")
	}
	wrong.Add(int64(50 * time.Minute)) // within the window; what it has been granted remains
	a.away = true
	if !a.pay(1, 1) {
		t.Error("refused within what was granted")
	}
	if _, r := a.hold(usd / 2); !errors.Is(r, govern.ErrAway) {
		t.Errorf("%+v; want that no more is granted", r)
	}
	for end := time.Now().Add(2 * beatEvery); ; time.Sleep(10 * time.Millisecond) {
		var spent int64
		if err := b.agent.db.QueryRowContext(t.Context(), `SELECT spent FROM asbru_leases WHERE granted > 0 AND machine = $1`, a.agent.Machine).Scan(&spent); err == nil && spent == int64(usd/20+1) {
			break
		}
		if time.Now().After(end) {
			t.Fatal("what it spends is not reported")
		}
	}
	a.close()
	if want := "this machine's clock is 17520h0m0s ahead of the database's"; !strings.Contains(said.String(), want) || strings.Count(said.String(), "level=ERROR") != 2 {
		t.Errorf("the log lacks %q, or has it often:\n%s", want, said.String())
	}
	if !b.pay(usd-usd/10-usd/20-1, 1) {
		t.Error("what the other one gave back cannot be had")
	}
}

// When all clocks were two years ahead, that of the database included, the window that was begun then does not last for two years. What
// was granted in it counts in the one that takes its place.
func testEarly(t *testing.T, _ *postgres.Server, db string) {
	clock := noon()
	real := clock.Load()
	hour := govern.Limit{Cap: usd, Shared: true, Window: govern.Window{Count: 1, Unit: 'h'}}
	clock.Add(int64(2 * 365 * 24 * time.Hour))
	a, b := start(t, db, 1, clock, hour), start(t, db, 2, clock, hour)
	defer b.close()
	defer a.close()
	if !a.pay(usd/5, usd/5) || !b.pay(usd/5, usd/5) {
		t.Fatal("refused")
	}
	h, r := a.hold(usd / 10)
	if r != nil {
		t.Fatal(r)
	}
	had := a.key.Balance(clock.Load()).Granted + b.key.Balance(clock.Load()).Granted
	clock.Store(real)
	if b.pay(usd-had+1, usd/5) {
		t.Error("what the others were granted can be had")
	}
	clock.Add(int64(2 * time.Second))
	if !b.pay((usd-had)/2, (usd-had)/2) {
		t.Error("what was not granted cannot be had")
	}
	a.till.End(h, &govern.End{Cost: usd / 10, Now: clock.Load()}, ledger.Settle)
	clock.Add(int64(time.Hour))
	if !a.pay(usd/2, usd/2) || !b.pay(usd/2, usd/2) {
		t.Error("no window begins when the hour is over")
	}
	clock.Add(int64(2 * time.Second))
	if a.pay(1, 1) || b.pay(1, 1) {
		t.Error("paid from nothing")
	}
}
