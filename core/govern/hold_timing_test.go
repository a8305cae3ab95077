package govern_test

import (
	"fmt"
	"testing"
	"time"

	. "asbru/core/govern"
)

// BenchmarkCall is a hold and its settlement, with the ledger on a disk in memory.
func BenchmarkCall(b *testing.B) {
	for _, n := range []int{1, 4, 8} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			book, err := Open(memory(40), Options{})
			if err != nil {
				b.Fatal(err)
			}
			defer book.Close()
			on := make([]*Account, n)
			for i := range on {
				on[i] = account(b, book, fmt.Sprint(i), Unlimited, Window{1, 'M', true, nil})
			}
			var h Hold
			q, e := &Ask{Accounts: on, Worst: 100, Now: noon}, &End{Cost: 50, Now: noon}
			for b.Loop() {
				for book.Hold(&h, q) != nil {
					time.Sleep(time.Millisecond)
				}
				book.Settle(&h, e)
			}
		})
	}
}
