package exact

import (
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func key(n int) [32]byte {
	return sha256.Sum256(binary.LittleEndian.AppendUint64(nil, uint64(n)))
}

const hour = int64(time.Hour)

func made(t *testing.T, bytes int64, exit func(*Item[int])) *Map[int] {
	t.Helper()
	m, err := New(bytes, exit)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m
}

func item(n int, cost int64) *Item[int] {
	now := time.Now().UnixNano()
	return &Item[int]{Key: key(n), Print: uint64(n + 10), Value: n, Cost: cost, Fresh: now + hour, Until: now + 2*hour}
}

func (m *Map[V]) has(n int) bool {
	k := key(n)
	_, age := m.Get(&k, time.Now().UnixNano())
	return age == Fresh
}

// What was put is found at once, however many others are put with it.
func TestReadYourWrite(t *testing.T) {
	m := made(t, 8<<20, nil)
	for n := range 20_000 {
		if !m.Put(item(n, 500), time.Now().UnixNano()) || !m.has(n) {
			t.Fatalf("value %d is not there right after it was put", n)
		}
	}
	m.old.Wait()
	if c := m.Counts(); c.Bytes > 9<<20 || c.Items < 1000 {
		t.Errorf("%+v of 8 MiB", c)
	}
}

// Of a memory that is warm and full a new value has a life all the same, and one that is
// read is kept when others go.
func TestNewValuesLive(t *testing.T) {
	m := made(t, 4<<20, nil)
	now := time.Now().UnixNano()
	for n := range 10_000 {
		m.Put(item(n, 600), now)
	}
	for n := 10_000; n < 10_200; n++ {
		m.Put(item(n, 600), now)
	}
	found := 0
	for n := 10_000; n < 10_200; n++ {
		if m.has(n) {
			found++
		}
	}
	if found < 190 {
		t.Errorf("%d of 200 new values are there", found)
	}
}

func TestBoundHolds(t *testing.T) {
	var gone atomic.Int64
	m := made(t, MinBytes, func(*Item[int]) { gone.Add(1) })
	now := time.Now().UnixNano()
	for n := range 30_000 {
		m.Put(item(n, int64(rand.IntN(2000))), now)
		if n%1000 == 0 {
			m.old.Wait()
			if c := m.Counts(); c.Bytes > MinBytes+shards*2400+64<<10 {
				t.Fatalf("%d bytes of %d are held", c.Bytes, MinBytes)
			}
		}
	}
	m.old.Wait()
	c := m.Counts()
	if gone.Load()+c.Items != 30_000 {
		t.Errorf("%d went and %d are there, of 30000: %+v", gone.Load(), c.Items, c)
	}
	if m.Put(item(1, MinBytes/largestPart), now) || m.Counts().Large != 1 {
		t.Error("a value was taken that is too large")
	}
}

func TestReplaced(t *testing.T) {
	f := func(others int) {
		t.Helper()
		m := made(t, 4<<20, nil)
		now := time.Now().UnixNano()
		m.Put(item(-1, 10), now)
		for n := range others {
			m.Put(item(n, 300), now)
		}
		m.has(-1)
		m.old.Wait()
		next := item(-1, 10)
		next.Value = 2
		m.Put(next, now)
		for n := range others {
			m.Put(item(n, 300), now)
		}
		k := key(-1)
		m.old.Wait()
		if i, age := m.Get(&k, now); age == Fresh && i.Value != 2 {
			t.Errorf("after %d others the value is %v", others, i)
		}
	}
	f(0)
	f(500)
	f(5000)
}

func TestAges(t *testing.T) {
	m := made(t, 1<<20, nil)
	now := time.Now().UnixNano()
	i := &Item[int]{Key: key(1), Value: 1, Fresh: now + 100, Until: now + hour}
	m.Put(i, now)
	k := key(1)
	f := func(at int64, want Age) {
		t.Helper()
		if got, age := m.Get(&k, at); age != want || (age == Missing) != (got == nil) {
			t.Errorf("at %d: %v %v, want %v", at-now, got, age, want)
		}
	}
	f(now, Fresh)
	f(now+99, Fresh)
	f(now+100, Due) // one is to refresh it
	f(now+100, Stale)
	f(now+100+int64(claimLasts), Stale)
	f(now+101+int64(claimLasts), Due) // the first one never came back
	f(now+102+int64(claimLasts), Stale)
	f(now+hour, Missing)
}

func TestDelete(t *testing.T) {
	gone := map[int]bool{}
	m := made(t, 8<<20, func(i *Item[int]) { gone[i.Value] = true })
	now := time.Now().UnixNano()
	for n := range 4000 {
		m.Put(item(n, 100), now)
	}
	alive := 0
	m.Each(func(*Item[int]) { alive++ })
	if alive != 4000 {
		t.Fatalf("%d of 4000 are seen", alive)
	}
	m.Each(func(i *Item[int]) {
		if i.Value%2 == 0 {
			m.Delete(i)
		}
	})
	for n := range 4000 {
		if m.has(n) != (n%2 == 1) {
			t.Fatalf("value %d: there is %v", n, m.has(n))
		}
	}
	left := 0
	m.Each(func(i *Item[int]) { left++ })
	if left != 2000 {
		t.Errorf("%d are left", left)
	}
}

// A key that agrees with another one in what ristretto looks at is not the other one.
func TestWholeKeyIsCompared(t *testing.T) {
	m := made(t, 1<<20, nil)
	now := time.Now().UnixNano()
	a, b := item(1, 1), item(2, 1)
	b.Key = a.Key
	b.Key[31] ^= 1
	m.Put(a, now)
	m.promote(a, now)
	m.old.Wait()
	if i, age := m.Get(&b.Key, now); age != Missing {
		t.Errorf("found %v under another key", i)
	}
	m.nursery[a.Key[16]%shards].remove(a)
	if _, age := m.Get(&a.Key, now); age != Fresh {
		t.Error("it is not in ristretto")
	}
	if i, age := m.Get(&b.Key, now); age != Missing {
		t.Errorf("found %v under another key in ristretto", i)
	}
}

func TestManyAtOnce(t *testing.T) {
	m := made(t, 2<<20, func(*Item[int]) {})
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(uint64(g), 1))
			for range 4000 {
				n := r.IntN(3000)
				now := time.Now().UnixNano()
				switch r.IntN(8) {
				case 0, 1, 2:
					m.Put(item(n, int64(r.IntN(1000))), now)
				case 3:
					k := key(n)
					if i, _ := m.Get(&k, now); i != nil {
						m.Delete(i)
					}
				default:
					k := key(n)
					if i, age := m.Get(&k, now); age == Fresh && i.Value != n {
						t.Errorf("%d under the key of %d", i.Value, n)
					}
				}
			}
		})
	}
	wg.Wait()
	m.old.Wait()
	sifted := m.sieve.wild.Load()
	for i := range m.sieve.cells {
		sifted += int64(m.sieve.cells[i].Load())
	}
	if c := m.Counts(); sifted != c.Items {
		t.Errorf("the sieve counts %d items of %d", sifted, c.Items)
	}
	if c := m.Counts(); c.Items < 0 || c.Bytes < 0 || c.Bytes > 3<<20 {
		t.Errorf("%+v", c)
	}
}

func TestClosed(t *testing.T) {
	m := made(t, 1<<20, func(*Item[int]) { t.Error("closing tells of an item") })
	m.Put(item(1, 1), time.Now().UnixNano())
	m.Close()
	m.Close()
	if m.has(1) || m.Put(item(2, 1), 0) {
		t.Error("a closed map is used")
	}
	if _, err := New[int](MinBytes-1, nil); err == nil {
		t.Error("made with nothing to be made of")
	}
}
