package e2e

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// crashes is how often the process is killed, unless CRASHES is set.
func crashes(t *testing.T) int {
	n, err := strconv.Atoi(os.Getenv("CRASHES"))
	if err != nil {
		return 5
	}
	t.Logf("%d crashes", n)
	return n
}

// Every call whose end a client has seen is in the ledger once, at its price, no matter how often the process is killed; other
// calls are there at most once.
func TestKilled(t *testing.T) {
	base, _ := paid(t)
	config, dir := budgeted(t, base, "100000")
	var mu sync.Mutex
	whole := map[string]bool{}
	var slowest time.Duration
	for range crashes(t) {
		begun := time.Now()
		g := serve(t, config)
		slowest = max(slowest, time.Since(begun))
		c := &http.Client{Timeout: patience, Transport: &http.Transport{MaxConnsPerHost: 16, MaxIdleConnsPerHost: 16}}
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				more := [...]string{"", `,"stream":true`}[i%2]
				for {
					a, err := try(c, "POST", g.url("/v1/chat/completions"), chatBody("m", `,"max_tokens":10`+more), "Authorization: Bearer secret-of-ci-0001")
					if err != nil {
						return // it was killed
					}
					if a.status != 200 || i%2 == 1 && !strings.Contains(a.body, "[DONE]") {
						t.Errorf("%d %s", a.status, a.body)
						return
					}
					mu.Lock()
					whole[a.head.Get("X-Request-Id")] = true
					mu.Unlock()
				}
			})
		}
		time.Sleep(time.Duration(20+rand.IntN(250)) * time.Millisecond)
		g.signal(syscall.SIGKILL)
		wg.Wait()
		c.CloseIdleConnections()
	}
	g := serve(t, config) // it charges the calls that the last process left open
	g.signal(syscall.SIGTERM)
	g.ends(0)
	spent, open := examine(t, dir)
	if open != 0 {
		t.Errorf("%d calls are open", open)
	}
	reconciled(t, dir, spent)
	settled := settles(t, dir)
	partial := 0
	for id, list := range settled {
		if len(list) != 1 {
			t.Errorf("call %s was charged %d times", id, len(list))
		}
		if list[0].Partial {
			partial++
		}
		if whole[id] && (list[0].Nanos != eachCall || list[0].Partial) {
			t.Errorf("call %s was seen to its end and is charged %d", id, list[0].Nanos)
		}
	}
	lost := 0
	for id := range whole {
		if settled[id] == nil {
			lost++
		}
	}
	if lost > 0 || len(whole) == 0 {
		t.Errorf("%d of %d calls that were seen to their end are not in the ledger", lost, len(whole))
	}
	t.Logf("%d calls seen to their end, 0 lost, 0 doubled; %d charged as partial; the slowest start took %v", len(whole), partial, slowest)
}

type settled struct {
	Kind, ID string
	Nanos    int64
	Partial  bool
	Flags    []string
}

// settles returns the settlements in a ledger, by call.
func settles(t *testing.T, dir string) map[string][]settled {
	t.Helper()
	out, _ := asbru(t, 0, nil, "ledger", "dump", "--kind", "settle", dir)
	list := map[string][]settled{}
	for line := range strings.Lines(out) {
		var s settled
		if err := json.Unmarshal([]byte(line), &s); err != nil {
			t.Fatalf("%v\n%s", err, line)
		}
		s.Partial = s.Partial || strings.Contains(line, "partial")
		list[s.ID] = append(list[s.ID], s)
	}
	return list
}

// With a full disk new calls are refused with 503, and those under way finish. Once there is space again, calls are accepted
// without a restart.
func TestDiskFull(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can mount a disk that can be filled")
	}
	base, calls := paid(t)
	config, dir := budgeted(t, base, "1000")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=128m,mode=700"); err != nil {
		t.Skipf("cannot mount a small disk here: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	g := serve(t, config)
	key := "Authorization: Bearer secret-of-ci-0001"
	chat(t, g, "m", `,"max_tokens":10`, key)
	var slow answer
	done := make(chan struct{})
	go func() {
		defer close(done)
		slow, _ = try(client(), "POST", g.url("/v1/chat/completions"), chatBody("m", `,"stream":true,"max_tokens":50,"user":"slow"`), key)
	}()
	await(t, "the stream", func() bool { return calls.Load() >= 2 }, g.stderr.String)
	fill := dir + "/filler"
	f, err := os.Create(fill)
	if err != nil {
		t.Fatal(err)
	}
	for block := make([]byte, 1<<20); err == nil; {
		_, err = f.Write(block)
	}
	f.Close()
	// The space allocated before has to be used up first.
	c := &http.Client{Timeout: patience, Transport: &http.Transport{MaxIdleConnsPerHost: 8}}
	refused := func() bool {
		a, err := try(c, "POST", g.url("/v1/chat/completions"), chatBody("m", `,"max_tokens":10`), key)
		if err == nil && a.status == 503 {
			if !strings.Contains(a.body, "written down") || a.head.Get("Retry-After") == "" {
				t.Errorf("refused with %v %s", a.head, a.body)
			}
			return true
		}
		return false
	}
	full := fillLedger(t, refused)
	if a := chat(t, g, "m", "", "Authorization: Bearer secret-of-free-01"); a.status != 503 && a.status != 200 {
		t.Errorf("a key without a budget: %d %s", a.status, a.body)
	}
	if <-done; !strings.Contains(slow.body, "[DONE]") {
		t.Errorf("the stream under way: %d %s", slow.status, slow.body)
	}
	os.Remove(fill)
	await(t, "work to be taken again", func() bool { return !refused() }, g.stderr.String)
	g.signal(syscall.SIGTERM)
	g.ends(0)
	if spent, open := examine(t, dir); spent != calls.Load()*eachCall || open != 0 {
		t.Errorf("%d calls, %d spent, %d open", calls.Load(), spent, open)
	}
	reconciled(t, dir, calls.Load()*eachCall)
	t.Logf("refused after %d more calls", full)
}

// fillLedger sends requests until the ledger has no space.
func fillLedger(t *testing.T, refused func() bool) (n int) {
	t.Helper()
	var wg sync.WaitGroup
	var mu sync.Mutex
	stop := false
	for range 8 {
		wg.Go(func() {
			for {
				mu.Lock()
				s := stop
				mu.Unlock()
				if s {
					return
				}
				if r := refused(); r {
					mu.Lock()
					stop = true
					mu.Unlock()
				} else {
					mu.Lock()
					n++
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	return n
}

// A killed process holds its ledger until the sync that it was in has ended. The next process waits for that.
func TestLedgerOfOneWhoDies(t *testing.T) {
	base, _ := paid(t)
	config, dir := budgeted(t, base, "100000")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	lock, err := os.Create(filepath.Join(dir, "lock"))
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	var gone atomic.Bool
	var dying sync.WaitGroup
	dying.Go(func() {
		time.Sleep(time.Second)
		gone.Store(true)
		syscall.Flock(int(lock.Fd()), syscall.LOCK_UN)
	})
	defer dying.Wait() // before the file is closed
	g := serve(t, config)
	if !gone.Load() {
		t.Error("two processes have the ledger open")
	}
	if a := chat(t, g, "m", `,"max_tokens":10`, "Authorization: Bearer secret-of-ci-0001"); a.status != 200 {
		t.Errorf("%d %s", a.status, a.body)
	}
}
