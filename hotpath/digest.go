package hotpath

import (
	"crypto/sha256"
	"crypto/subtle"
	"hash/maphash"

	"asbru/core"
)

// digests remember the hashes of the credentials that came last: clients send the same ones
// over and over, and hashing them is a twentieth of all that a request costs. Only the hash
// is kept of what was asked with it, never what it led to. Where a credential would stand is
// told by a hash nobody outside can know, and it is compared in constant time, so that the
// time it takes says nothing but that it is known.
type digests struct {
	seed maphash.Seed
	set  [rememberedKeys]digest
}

type digest struct {
	sum    [sha256.Size]byte
	secret [maxRemembered]byte
	n      uint8        // of secret; 0: nothing is remembered
	pepper *core.Pepper // that sum was made with
}

func newDigests() *digests { return &digests{seed: maphash.MakeSeed()} }

// of is the digest of secret, which must not be empty, under a pepper. nil digests make it each
// time. The result is valid until the next call.
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
