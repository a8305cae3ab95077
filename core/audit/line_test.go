package audit

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

func TestTimesAsTheLibraryWritesThem(t *testing.T) {
	f := func(nanos int64) {
		t.Helper()
		want := time.Unix(0, nanos).UTC().Format("2006-01-02T15:04:05.000000000Z")
		if got := string(appendUTC([]byte("x"), nanos)); got != "x"+want {
			t.Fatalf("%d is %s; want %s", nanos, got[1:], want)
		}
	}
	r := rand.New(rand.NewPCG(1, 9))
	for range 10_000 {
		f(r.Int64N(math.MaxInt64))
		f(-r.Int64N(math.MaxInt64))
	}
	for _, nanos := range []int64{0, 1, -1, 999_999_999, 1e9, math.MaxInt64, math.MinInt64, 951_782_400e9, 951_868_799_999_999_999} {
		f(nanos)
	}
}
