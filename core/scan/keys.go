package scan

// Keys is a set of wanted names. It is immutable; many goroutines may use it.
type Keys struct {
	names   []string
	lengths uint64 // bit n: some name has n bytes
}

// NewKeys compiles at most maxWanted names of at most 63 bytes each. The position of a name is its
// index in the spans of Object.
func NewKeys(names ...string) *Keys {
	if len(names) > maxWanted {
		panic("BUG: too many wanted keys")
	}
	k := &Keys{names: names}
	for _, n := range names {
		if len(n) > 63 {
			panic("BUG: wanted key " + n + " is too long")
		}
		k.lengths |= 1 << len(n)
	}
	return k
}

// find returns the position of name, or -1.
func (k *Keys) find(name []byte) int {
	if !k.length(name) {
		return -1
	}
	for i, n := range k.names {
		if string(name) == n {
			return i
		}
	}
	return -1
}

// twin reports whether some name is equal to folded but for ASCII case. A reader
// that ignores case would take the one for the other.
func (k *Keys) twin(folded []byte) bool {
	if !k.length(folded) {
		return false
	}
	for _, n := range k.names {
		if len(n) == len(folded) && (n[0]^folded[0])&^0x20 == 0 && foldEqual([]byte(n), folded) {
			return true
		}
	}
	return false
}

func (k *Keys) length(name []byte) bool {
	return len(name) > 0 && len(name) < 64 && k.lengths>>len(name)&1 != 0
}
