package scan

import "math/bits"

// Keys is a set of wanted names. It is immutable; many goroutines may use it.
type Keys struct {
	names []string
	sized [64]uint32 // by length; bit i: the i-th name has this length
}

// NewKeys compiles at most maxWanted names of at most 63 bytes each. The position of a name is its
// index in the spans of Object.
func NewKeys(names ...string) *Keys {
	if len(names) > maxWanted {
		panic("BUG: too many wanted keys")
	}
	k := &Keys{names: names}
	for i, n := range names {
		if len(n) > 63 {
			panic("BUG: wanted key " + n + " is too long")
		}
		k.sized[len(n)] |= 1 << i
	}
	return k
}

// find returns the position of name, or -1.
func (k *Keys) find(name []byte) int {
	for like := k.like(name); like != 0; like &= like - 1 {
		if i := bits.TrailingZeros32(like); string(name) == k.names[i] {
			return i
		}
	}
	return -1
}

// twin reports whether some name is equal to folded except for ASCII case. A reader
// that ignores case would confuse the two.
func (k *Keys) twin(folded []byte) bool {
	for like := k.like(folded); like != 0; like &= like - 1 {
		if n := k.names[bits.TrailingZeros32(like)]; (n[0]^folded[0])&^0x20 == 0 && foldEqual([]byte(n), folded) {
			return true
		}
	}
	return false
}

// like returns the names that have the length of name, one bit each.
func (k *Keys) like(name []byte) uint32 {
	if len(name) == 0 || len(name) >= len(k.sized) {
		return 0
	}
	return k.sized[len(name)]
}
