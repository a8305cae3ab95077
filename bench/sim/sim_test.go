package sim

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var (
	seeds = flag.Int("seeds", 300, "how many seeds to run")
	first = flag.Uint64("seed", 0, "run this seed alone; 0: as many as seeds says")
)

// seen counts the outcomes of exchanges over all seeds.
var seen sync.Map

func count(what string) {
	n, _ := seen.LoadOrStore(what, new(atomic.Int64))
	n.(*atomic.Int64).Add(1)
}

// For every seed: there is at most one terminator, and none after an error; a client's text is the
// beginning of one answer; every exchange ends once, within its attempts; and nothing is left: no
// buffer, no place at a gate, no connection, no goroutine.
func TestSim(t *testing.T) {
	if *first != 0 {
		run(t, *first)
		return
	}
	from := uint64(1)
	if os.Getenv("SIM_FRESH") != "" { // other seeds each time; a failure names its seed
		from = rand.Uint64() >> 1
	}
	began := time.Now()
	const hands = 2
	for h := range hands {
		t.Run(fmt.Sprint(h), func(t *testing.T) {
			t.Parallel()
			for i := h; i < *seeds && !t.Failed(); i += hands {
				run(t, from+uint64(i))
			}
		})
	}
	t.Cleanup(func() {
		seen.Range(func(what, n any) bool { t.Logf("%8d %s", n.(*atomic.Int64).Load(), what); return true })
		for _, what := range []string{"200 stream, whole", "200 stream, fault", "200 whole", "503", "504", "left", "replaced", "hedged", "crowded", "left out: retry", "left out: hedge", "left out: queue"} {
			if _, ok := seen.Load(what); !ok && *seeds >= 300 && !t.Failed() {
				t.Errorf("no exchange came to %q: the worlds have become too tame", what)
			}
		}
	})
	t.Cleanup(func() { t.Logf("%d seeds from %d in %v", *seeds, from, time.Since(began).Round(time.Millisecond)) })
}
