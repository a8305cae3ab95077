package semantic

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
)

var full = flag.Bool("full", false, "a million look-ups: a minute")

func id(s string) *ID {
	n := ID(sha256.Sum256([]byte(s)))
	return &n
}

func spaceOf(s string) *Space {
	n := Space(sha256.Sum256([]byte(s)))
	return &n
}

func open(t testing.TB, o Options) *Index {
	t.Helper()
	x, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(x.Close)
	return x
}

func TestLook(t *testing.T) {
	now := int64(100)
	x := open(t, Options{Now: func() int64 { return now }})
	a := spaceOf("tenant a")
	kept := "How do I install a web server on Ubuntu?"
	if !x.Add(a, []byte(kept), id(kept), 200) {
		t.Fatal("a plain question was not added")
	}
	f := func(space *Space, asked string, how How, hit bool, tier Tier, guard string) {
		t.Helper()
		v := x.Look(space, []byte(asked), how)
		if v.Hit != hit || v.Hit && v.Tier != tier || v.Guard() != guard {
			t.Errorf("%q: hit %v by %v, guard %s; want %v by %v, %s", asked, v.Hit, v.Tier, v.Explain(), hit, tier, guard)
		}
		if v.Hit && v.ID != *id(kept) {
			t.Errorf("%q: another entry was found", asked)
		}
	}
	f(a, kept, How{}, true, Canonical, "pass")
	f(a, "How can I install a web server on Ubuntu?", How{}, true, Canonical, "pass")
	f(a, "What are the steps to install a web server in ubuntu?", How{}, true, Canonical, "pass")
	f(a, "How do I install a web servre on Ubuntu?", How{}, true, Near, "pass")
	f(a, "How do I install a web server on Fedora?", How{}, false, None, "name")
	f(a, "How do I install a web server on Fedora?", How{Mode: Relaxed}, true, Near, "off")
	f(a, "How do I install a good web server on Ubuntu?", How{}, false, None, "extra")
	f(a, "How do I install a good web server on Ubuntu?", How{Mode: Balanced}, false, None, "extra")
	f(a, "Install a web server on Ubuntu", How{Mode: Balanced}, true, Near, "wording")
	f(a, "How do I uninstall a web server on Ubuntu?", How{Mode: Balanced}, false, None, "opposite")
	f(a, "What do penguins eat?", How{}, false, None, "none")
	f(a, "What is the latest web server?", How{}, false, None, "skipped")
	f(a, "How do I install a web servre on Ubuntu?", How{Least: 0.9999}, false, None, "none")
	f(spaceOf("tenant b"), kept, How{}, false, None, "none")
	now = 200
	f(a, kept, How{}, false, None, "none")
}

func TestRemoveAndClear(t *testing.T) {
	x := open(t, Options{Entries: 3})
	a, b := spaceOf("a"), spaceOf("b")
	ask := func(n int) []byte { return fmt.Appendf(nil, "How do I cook %d eggs?", n+2) }
	for n := range 3 {
		if !x.Add(a, ask(n), id(string(ask(n))), 0) {
			t.Fatalf("entry %d was refused", n)
		}
	}
	if x.Add(b, ask(9), id("nine"), 0) || x.Stats().Full != 1 {
		t.Error("a full Index took another entry")
	}
	if !x.Remove(id(string(ask(0)))) || x.Remove(id(string(ask(0)))) {
		t.Error("Remove does not say whether there was one")
	}
	if x.Look(a, ask(0), How{}).Hit || !x.Look(a, ask(1), How{}).Hit {
		t.Error("Remove took the wrong entry")
	}
	x.Add(b, ask(1), id("in b"), 0)
	x.Clear(a)
	if x.Look(a, ask(1), How{}).Hit || !x.Look(b, ask(1), How{}).Hit {
		t.Error("Clear took the wrong space")
	}
	if got := x.Stats(); got.Entries != 1 || got.Spaces != 1 {
		t.Errorf("after Clear: %+v", got)
	}
	x.Remove(id("in b"))
	if got := x.Stats(); got.Entries != 0 || got.Spaces != 0 {
		t.Errorf("with nothing left: %+v", got)
	}
}

func TestReplace(t *testing.T) {
	x := open(t, Options{})
	a := spaceOf("a")
	x.Add(a, []byte("How do I boil an egg?"), id("one"), 0)
	x.Add(a, []byte("How do I bake bread?"), id("one"), 0)
	if x.Look(a, []byte("How do I boil an egg?"), How{}).Hit {
		t.Error("the replaced text is still found")
	}
	if v := x.Look(a, []byte("How do you bake bread?"), How{}); !v.Hit || v.ID != *id("one") {
		t.Error("the text in its place is not found")
	}
	if n := x.Stats().Entries; n != 1 {
		t.Errorf("%d entries, want 1", n)
	}
}

// TestTenants plants the same questions with a thousand tenants: no look-up may find
// another's.
func TestTenants(t *testing.T) {
	x := open(t, Options{})
	const tenants = 1000
	texts := []string{"How do I merge two sorted lists in Go?", "What is the capital of Peru?", "Explain entropy in 3 sentences"}
	for n := range tenants {
		for _, s := range texts {
			x.Add(spaceOf(fmt.Sprint(n)), []byte(s), id(fmt.Sprint(n, s)), 0)
		}
	}
	looks := 30_000
	if *full {
		looks = 1_000_000
	}
	spaces := make([]*Space, tenants)
	owner := map[ID]int{}
	for n := range spaces {
		spaces[n] = spaceOf(fmt.Sprint(n))
		for _, s := range texts {
			owner[*id(fmt.Sprint(n, s))] = n
		}
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	hits := 0
	for range looks {
		n := rnd.IntN(tenants)
		v := x.Look(spaces[n], []byte(texts[rnd.IntN(len(texts))]), How{Mode: Mode(rnd.IntN(3))})
		if v.Hit {
			hits++
			if owner[v.ID] != n {
				t.Fatalf("tenant %d was given the answer of tenant %d", n, owner[v.ID])
			}
		}
	}
	if hits != looks {
		t.Errorf("%d hits in %d look-ups of what is there", hits, looks)
	}
}

// TestTogether adds, removes, clears and looks from many sides.
func TestTogether(t *testing.T) {
	x := open(t, Options{})
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			rnd := rand.New(rand.NewPCG(3, uint64(g)))
			for range 1500 {
				n := rnd.IntN(40)
				sp := spaceOf(fmt.Sprint(rnd.IntN(3)))
				text := fmt.Appendf(nil, "How do I paint %d chairs?", n+2)
				switch rnd.IntN(8) {
				case 0:
					x.Remove(id(fmt.Sprint(sp, n)))
				case 1:
					if rnd.IntN(20) == 0 {
						x.Clear(sp)
					}
				case 2, 3:
					x.Add(sp, text, id(fmt.Sprint(sp, n)), 0)
				default:
					if v := x.Look(sp, text, How{}); v.Hit && v.ID != *id(fmt.Sprint(sp, n)) {
						t.Errorf("%s found another answer", text)
					}
				}
			}
		}()
	}
	wg.Wait()
}

func TestModes(t *testing.T) {
	for _, m := range []Mode{Strict, Balanced, Relaxed} {
		if got, err := ParseMode(m.String()); got != m || err != nil {
			t.Errorf("ParseMode(%q) = %v, %v", m, got, err)
		}
	}
	if _, err := ParseMode("loose"); err == nil {
		t.Error("an unknown mode was accepted")
	}
	if m, err := ParseMode(""); m != Strict || err != nil {
		t.Error("the default is not strict")
	}
}

// fill adds n different questions of a common kind.
func fill(x *Index, sp *Space, n int) {
	for i := range n {
		x.Add(sp, question(i), id(fmt.Sprint(i)), 0)
	}
	x.Settle()
}

var (
	verbs  = []string{"install", "configure", "compile", "debug", "deploy", "replace", "clean", "describe", "paint", "measure", "cook", "repair"}
	things = []string{"a web server", "the kitchen sink", "my bicycle", "a small garden", "an old piano", "the database", "a camera lens",
		"wooden floors", "a sourdough starter", "the router", "a sailing boat", "an espresso machine", "the roof", "a violin", "linen curtains"}
	places = []string{"Lisbon", "Oslo", "Kyoto", "Nairobi", "Boston", "Lima", "Cairo", "Perth", "Quebec", "Hanoi"}
)

func question(i int) []byte {
	return fmt.Appendf(nil, "How do I %s %s in %s for %d dollars?", verbs[i%12], things[i/12%15], places[i/180%10], i/1800+2)
}
