package ledger_test

import (
	"errors"
	"flag"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"asbru/bench/faultfs"
	. "asbru/core/ledger"
)

// seeds is how many power cuts are tried: SEEDS=100000 for all of them.
func seeds(t *testing.T, few int) uint64 {
	if n, err := strconv.Atoi(os.Getenv("SEEDS")); err == nil {
		few = n
	} else if testing.Short() {
		few /= 10
	}
	t.Logf("%d seeds", few)
	return uint64(few)
}

var seed = flag.Int64("seed", -1, "run this seed of a simulation alone")

// A history is what a ledger was told, and what it promised.
type history struct {
	records []Record
	durable Seq // promised
}

// until is what the first n records add up to.
func (h *history) until(n int) chain {
	var c chain
	for i := range h.records[:n] {
		c.Apply(&h.records[i])
	}
	return c
}

// After any power cut there is a prefix of what was appended, in which everything
// promised is; nothing else, and nothing twice.
func TestPowerCuts(t *testing.T) {
	if *seed >= 0 {
		lives(t, uint64(*seed))
		return
	}
	const shards = 4
	n := seeds(t, 200)
	for shard := range uint64(shards) {
		t.Run(strconv.FormatUint(shard, 10), func(t *testing.T) {
			t.Parallel()
			torn := 0
			for s := shard; s < n; s += shards {
				torn += lives(t, s)
				if t.Failed() {
					t.Fatalf("seed %d: go test -run TestPowerCuts -seed %d", s, s)
				}
			}
			if n >= 1000 && torn == 0 {
				t.Error("no tail was ever torn: the disk is too kind")
			}
		})
	}
}

// lives runs a ledger through power cuts and returns how many tails were torn.
func lives(t *testing.T, s uint64) (torn int) {
	r := rand.New(rand.NewPCG(s, 17))
	disk := faultfs.NewDisk(r)
	var h history
	for range 2 + r.IntN(3) {
		disk.CutAfter(r.IntN(200))
		var fold chain
		o := small()
		o.Fold = &fold
		if r.IntN(2) == 0 {
			o.Needed = func() Seq { return h.durable }
		}
		l, err := Open(disk, o)
		if err != nil {
			if !errors.Is(err, faultfs.ErrCut) {
				t.Errorf("cannot open: %v", err)
				return
			}
			disk.Restore()
			continue
		}
		h.check(t, l, &fold)
		if l.Found().Torn > 0 {
			torn++
		}
		h.live(t, r, disk, l)
		disk.Restore()
	}
	return torn
}

// check compares what came back with what was told, and forgets what did not.
func (h *history) check(t *testing.T, l *Ledger, fold *chain) {
	t.Helper()
	end := l.Found().End
	if end < h.durable {
		t.Errorf("the log ends at %v, and %v was promised", end, h.durable)
	}
	n := 0
	for n < len(h.records) && h.records[n].Seq <= end {
		n++
	}
	if want := h.until(n); !fold.same(&want) {
		t.Errorf("%d records came back; want the first %d of %d", fold.n, n, len(h.records))
	}
	if n > 0 && h.records[n-1].Seq != end || n == 0 && end != 0 {
		t.Errorf("the log ends at %v, where no record did", end)
	}
	h.records, h.durable = h.records[:n], end
}

// live appends, writes and makes checkpoints until the power goes.
func (h *history) live(t *testing.T, r *rand.Rand, disk *faultfs.Disk, l *Ledger) {
	for range 300 {
		switch r.IntN(8) {
		case 0, 1, 2, 3, 4:
			x := anyRecord(r)
			size := Size(len(x.Lines), len(x.Payload))
			if l.Reserve(size) {
				l.Append(x, size)
				h.records = append(h.records, x.Clone())
			}
		case 5, 6:
			l.Step()
		case 7:
			if r.IntN(4) == 0 {
				l.Maintain()
			}
		}
		h.durable = l.Durable()
		if disk.Off() {
			break
		}
	}
	if disk.Off() {
		l.Step() // whatever it tries now, nothing becomes durable
		if l.Durable() != h.durable {
			t.Errorf("%v became durable without power", l.Durable())
		}
		return
	}
	if r.IntN(2) == 0 {
		if err := l.Close(); err == nil {
			h.durable = l.Durable()
		}
	}
}
