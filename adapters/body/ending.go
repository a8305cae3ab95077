package body

import (
	"asbru/core"
	"asbru/core/scan"
)

// Ending is the Dialect's ReadEnd of a format whose replies end with one of the members called names, or a few behind
// it: read gets an object of these members.
func Ending(read func([]byte, *core.Usage), names ...string) func([]byte, *core.Usage) {
	return func(tail []byte, u *core.Usage) {
		for _, name := range names {
			if last := scan.Ending(tail, name); last != nil {
				read(last, u)
				return
			}
		}
	}
}
