package govern_test

import (
	"testing"
	"time"

	. "asbru/core/govern"
	"asbru/core/ledger"
)

// A record of what was never held, which a process has to be written that drains, is written by who has the Book: by the next one, or by
// the process itself, when a successor dies that had not made it durable.
func TestRecordsOfAProcessThatDrains(t *testing.T) {
	for _, back := range []bool{false, true} {
		disk := memory(74)
		till := NewTill(open(t, disk))
		write := func(id byte) {
			t.Helper()
			r := &ledger.Record{Kind: ledger.Audit, ID: [16]byte{id}, Time: noon, Payload: []byte{id, id}}
			if !till.Write(r) {
				t.Fatalf("record %d is not taken", id)
			}
			clear(r.Payload) // it is the caller's
		}
		write(1)
		second, end := succeed(t, till, disk)
		write(2)
		for late := time.Now().Add(20 * time.Second); records(t, second) < 2 && time.Now().Before(late); {
			time.Sleep(time.Millisecond)
		}
		second.Ledger().Close() // from here on it forgets what it is told
		write(3)
		end()
		write(4) // while nobody has the Book
		var third *Book
		if back {
			if _, err := till.Retake(reopen(disk)); err != nil {
				t.Fatal(err)
			}
			third, end = till.Book(), func() {}
		} else {
			var err error
			if third, err = reopen(disk)(Options{Live: true}); err != nil {
				t.Fatal(err)
			}
			end = carry(t, till, third)
		}
		write(5)
		for late := time.Now().Add(20 * time.Second); records(t, third) < 5 && time.Now().Before(late); {
			time.Sleep(time.Millisecond)
		}
		end()
		if n := records(t, third); n != 5 {
			t.Errorf("taken back: %v: %d records, want 5", back, n)
		}
		if err := third.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// records is how many records of the kind stand in a Book's ledger, each once and as it was written.
func records(t *testing.T, b *Book) int {
	t.Helper()
	seen := map[[16]byte]int{}
	b.Ledger().Replay(0, func(r *ledger.Record) error {
		if r.Kind == ledger.Audit {
			if seen[r.ID]++; seen[r.ID] > 1 || r.Time != noon || len(r.Payload) != 2 || r.Payload[0] != r.ID[0] {
				t.Errorf("record %v at %d: %q", r.ID, r.Time, r.Payload)
			}
		}
		return nil
	})
	return len(seen)
}
