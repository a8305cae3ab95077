package hotpath

import (
	"crypto/sha256"
	"crypto/subtle"
	"hash/maphash"

	"asbru/core"
)

// digests cache the hashes of recent credentials: clients send the same ones over and over, and
// hashing them is a twentieth of a request's cost. Only the hash is cached, never the key it
// leads to. The slot of a credential is chosen by a seeded hash that nobody outside can
// predict, and the credential is compared in constant time, so that timing reveals no more than
// that it was seen recently.
type digests struct {
	seed maphash.Seed
	set  [rememberedKeys]digest
}

type digest struct {
	sum    [sha256.Size]byte
	secret [maxRemembered]byte
	n      uint8        // length of secret; 0: the slot is empty
	pepper *core.Pepper // that sum was made with
}

func newDigests() *digests { return &digests{seed: maphash.MakeSeed()} }

// of returns the digest of secret, which must not be empty, under a pepper. A nil receiver computes
// it each time. The result is valid until the next call.
func (ds *digests) of(p *core.Pepper, secret []byte) *[sha256.Size]byte {
	if ds == nil || len(secret) > maxRemembered {
		sum := p.Sum(secret)
		return &sum
	}
	d := &ds.set[maphash.Bytes(ds.seed, secret)%rememberedKeys]
	if d.pepper == p && int(d.n) == len(secret) && subtle.ConstantTimeCompare(d.secret[:d.n], secret) == 1 {
		return &d.sum
	}
	d.pepper, d.sum, d.n = p, p.Sum(secret), uint8(copy(d.secret[:], secret))
	return &d.sum
}
