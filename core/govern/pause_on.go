//go:build interleave

package govern

import (
	"math/rand/v2"
	"runtime"
)

// maxTries is out of reach: here holds are in the middle of something all the time.
const maxTries = 1 << 40

// pause lets others run between two steps of a hold, which by themselves take too little
// time to be interrupted: bench/linear is run with it.
func pause() {
	for range rand.IntN(3) {
		runtime.Gosched()
	}
}
