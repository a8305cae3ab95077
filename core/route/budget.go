package route

import (
	"sync/atomic"
	"time"
)

// A budget bounds the retries of a Route: a share of its requests plus some per second,
// accumulated over one second or up to the constant saved. It needs no lock: all that was ever
// earned follows from the clock and a counter, so the balance is one subtraction.
type budget struct {
	share int64 // thousandths of a retry earned per request
	rate  int64 // thousandths earned per second
	most  int64 // thousandths that can accumulate

	requests atomic.Int64
	spent    atomic.Int64 // thousandths of all that was earned

	paid, refused atomic.Uint64
}

// set configures a budget; a new one starts full.
func (b *budget) set(share, rate float64, now int64) {
	b.share, b.rate = int64(share*1000), int64(rate*1000)
	if b.share > 0 || b.rate > 0 {
		b.most = max(b.rate, saved*1000)
	}
	b.spent.Store(b.earned(now) - b.most)
}

func (b *budget) earned(now int64) int64 {
	return b.requests.Load()*b.share + b.rate*(now/int64(time.Millisecond))/1000
}

// take pays for one retry; false: the budget is spent.
func (b *budget) take(now int64) bool {
	for {
		spent, earned := b.spent.Load(), b.earned(now)
		from := max(spent, earned-b.most)
		if from+1000 > earned {
			b.refused.Add(1)
			return false
		}
		if b.spent.CompareAndSwap(spent, from+1000) {
			b.paid.Add(1)
			return true
		}
	}
}

// left is how many retries could be paid for.
func (b *budget) left(now int64) float64 {
	return float64(max(min(b.earned(now)-b.spent.Load(), b.most), 0)) / 1000
}

// refund returns the price of a retry that was not made.
func (b *budget) refund() {
	b.spent.Add(-1000)
	b.paid.Add(^uint64(0))
}
