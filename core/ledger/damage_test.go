package ledger_test

import (
	"bytes"
	"errors"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"asbru/bench/faultfs"
	. "asbru/core/ledger"
)

// A log is what damage is done to: files, and the records that are in them.
type log struct {
	files map[string][]byte
	all   chain
	end   Seq
}

// written makes a log of several segments with two checkpoints; closed or cut off, with a
// tail that was never synced.
func written(t *testing.T, closed bool) log {
	t.Helper()
	disk := faultfs.NewDisk(rand.New(rand.NewPCG(1, 9)))
	r := rand.New(rand.NewPCG(2, 9))
	var fold chain
	o := small()
	o.Fold = &fold
	l, err := Open(disk, o)
	if err != nil {
		t.Fatal(err)
	}
	var h history
	for i := range 350 {
		x := anyRecord(r)
		for !l.Reserve(Size(len(x.Lines), len(x.Payload))) {
			l.Step()
		}
		l.Append(x, Size(len(x.Lines), len(x.Payload)))
		h.records = append(h.records, x.Clone())
		if i%3 == 0 {
			l.Step()
		}
		if i == 150 || i == 250 {
			l.Maintain()
		}
	}
	for l.Step() {
	}
	w := log{all: h.until(len(h.records)), end: l.Durable()}
	if closed {
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	w.files = disk.Files()
	return w
}

// A damage is what was done to one file.
type damage struct {
	file, what string
	spoil      func(b []byte) []byte // nil result: the file is gone
}

// anyDamage picks a file and what becomes of it.
func anyDamage(r *rand.Rand, w log) damage {
	names := slices.Sorted(maps.Keys(w.files))
	d := damage{file: names[r.IntN(len(names))]}
	size := max(len(w.files[d.file]), 1)
	at := r.IntN(size)
	switch r.IntN(8) {
	case 0, 1, 2:
		bit := byte(1) << r.IntN(8)
		d.what = "bit " + strconv.Itoa(at)
		d.spoil = func(b []byte) []byte { b[min(at, len(b)-1)] ^= bit; return b }
	case 3:
		d.what = "cut at " + strconv.Itoa(at)
		d.spoil = func(b []byte) []byte { return b[:min(at, len(b))] }
	case 4, 5:
		block := []int{512, 4096}[r.IntN(2)]
		from := at / block * block
		d.what = strconv.Itoa(block) + " zeros at " + strconv.Itoa(from)
		d.spoil = func(b []byte) []byte { clear(b[from:min(from+block, len(b))]); return b }
	case 6:
		d.what = "gone"
		d.spoil = func([]byte) []byte { return nil }
	case 7:
		to := r.IntN(size) / 8 * 8
		d.what = "512 bytes of " + strconv.Itoa(at/8*8) + " at " + strconv.Itoa(to)
		d.spoil = func(b []byte) []byte { copy(b[to:], bytes.Clone(b[at/8*8:min(at/8*8+512, len(b))])); return b }
	}
	return d
}

// Whatever happens to a file, it is found: the ledger is not opened and says where, or it
// is and reports what it got over, or everything that was promised is there.
func TestDamage(t *testing.T) {
	n := 400
	if text := os.Getenv("SEEDS"); text != "" {
		n, _ = strconv.Atoi(text)
	}
	logs := []log{written(t, true), written(t, false)}
	refused, reported, harmless := 0, 0, 0
	for s := range n {
		r := rand.New(rand.NewPCG(uint64(s), 5))
		w := logs[r.IntN(len(logs))]
		d := anyDamage(r, w)
		disk := faultfs.NewDisk(r)
		for name, data := range w.files {
			if name == d.file {
				if data = d.spoil(bytes.Clone(data)); data == nil {
					continue
				}
			}
			disk.Put(name, append([]byte{}, data...))
		}
		found, err := survive(t, disk)
		if t.Failed() {
			t.Fatalf("seed %d: %s: %s", s, d.file, d.what)
		}
		if err != nil {
			refused++
			continue
		}
		// What was acknowledged is there: the mark knows, unless the mark is what suffered.
		if found.End < w.end && d.file != "durable" {
			t.Fatalf("seed %d: %s: %s: %v of %v bytes are left and nobody complains", s, d.file, d.what, found.End, w.end)
		}
		var c chain
		rep, err := Verify(disk, c.Apply)
		if err != nil {
			refused++ // in what opening has no need to read
		} else if !c.same(&w.all) || rep.Records != int(w.all.n) {
			t.Fatalf("seed %d: %s: %s: %d records of %d, and nobody complains", s, d.file, d.what, c.n, w.all.n)
		} else if found.Torn > 0 || len(found.Notes) > 0 {
			reported++
		} else {
			harmless++
		}
	}
	t.Logf("%d refused, %d reported, %d harmless", refused, reported, harmless)
	if refused < n/4 {
		t.Error("the damage is too small to be believed")
	}
}

// survive opens a damaged ledger as a process does, and closes it.
func survive(t *testing.T, disk *faultfs.Disk) (Recovery, error) {
	t.Helper()
	var fold chain
	o := small()
	o.Fold = &fold
	l, err := Open(disk, o)
	if err != nil {
		var bad *Corrupt
		if !errors.As(err, &bad) || bad.File == "" || !strings.Contains(err.Error(), bad.File) {
			t.Errorf("refused without saying where: %v", err)
		}
		return Recovery{}, err
	}
	found := l.Found()
	if err := l.Close(); err != nil {
		t.Errorf("cannot close: %v", err)
	}
	return found, nil
}

// Damage that is found while the process runs stops it.
func TestDamageUnderWay(t *testing.T) {
	disk := memory(11)
	failed := make(chan error, 1)
	var fold chain
	o := small()
	o.Fold, o.Failed = &fold, func(err error) { failed <- err }
	l, err := Open(disk, o)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	put(t, l, &Record{Kind: Settle, Payload: []byte("honest")})
	l.Step()
	f, err := disk.Open("00000000000000000000.log", Write)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte("x"), 64+60); err != nil {
		t.Fatal(err)
	}
	l.Maintain()
	var bad *Corrupt
	if err := l.Err(); !errors.As(err, &bad) || bad.Offset != 64 {
		t.Errorf("found %v", err)
	}
	<-failed
	if l.Reserve(100) {
		t.Error("goes on with a damaged ledger")
	}
}
