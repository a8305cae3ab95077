package audit

// A Change records what an operator did. It never contains a secret: documents are represented
// by digests.
type Change struct {
	Time  int64  // wall clock, Unix nanoseconds
	Who   string // who made the change, as known to the control plane
	From  string // the address it came from; empty: this machine
	Did   string // one word: create, update, delete, rotate, reload, login
	What  string // its object: keys/alice, providers/openai, document
	Notes string // further notes for people; no secrets

	Version       uint64   // of the document after the change; 0: it did not change
	Before, After [32]byte // SHA-256 of the object, without secrets; zero: it did not or does not exist
	Refused       bool     // it was refused
}

const changeVersion = 1

// AppendChange packs c in at most MaxChange bytes; words that are too long are cut.
func AppendChange(dst []byte, c *Change) []byte {
	flags := byte(0)
	if c.Refused {
		flags = 1
	}
	dst = appendTime(append(dst, changeVersion, flags), c.Time)
	dst = appendInt(dst, int64(c.Version))
	dst = append(append(dst, c.Before[:]...), c.After[:]...)
	for _, s := range [...]string{c.Who, c.From, c.Did, c.What} {
		dst = appendName(dst, s, maxWord)
	}
	return appendName(dst, c.Notes, maxNote)
}

// ParseChange unpacks what AppendChange packed.
func ParseChange(b []byte) (Change, error) {
	r := &reader{b: b}
	if r.byte() != changeVersion {
		return Change{}, errPacked
	}
	var c Change
	c.Refused = r.byte() != 0
	c.Time, c.Version = r.time(), uint64(r.int())
	copy(c.Before[:], r.bytes(len(c.Before)))
	copy(c.After[:], r.bytes(len(c.After)))
	for _, s := range [...]*string{&c.Who, &c.From, &c.Did, &c.What, &c.Notes} {
		*s = r.name()
	}
	if r.short || len(r.b) != 0 {
		return Change{}, errPacked
	}
	return c, nil
}
