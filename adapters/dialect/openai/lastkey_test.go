package openai

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

func TestLastKeyIsLastIndex(t *testing.T) {
	const bytesOfKey = `"usage":{,u`
	for seed := range uint64(2000) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		b := make([]byte, rnd.IntN(60))
		for i := range b {
			b[i] = bytesOfKey[rnd.IntN(len(bytesOfKey))]
		}
		for range rnd.IntN(3) {
			if at := rnd.IntN(60); at+len(usageKey) <= len(b) {
				copy(b[at:], usageKey)
			}
		}
		if got, want := lastKey(b), bytes.LastIndex(b, []byte(usageKey)); got != want {
			t.Fatalf("%q: got %d, want %d", b, got, want)
		}
	}
}
