package hotpath

import (
	"crypto/sha256"
	"crypto/subtle"

	"asbru/core"
)

// A digest remembers the hash of the credential that came last on a connection: a client
// sends the same one with each request, and hashing it is a twentieth of all that a
// request costs. Only what the same connection sent before is compared with, in constant
// time, and only the hash is kept from it, never what the hash once led to. The zero digest
// remembers nothing.
type digest struct {
	sum    [sha256.Size]byte
	secret [maxRemembered]byte
	n      uint8        // of secret; 0: nothing is remembered
	pepper *core.Pepper // that sum was made with
}

// of is the digest of secret, which must not be empty, under a pepper. A nil digest makes it each
// time. The result is valid until the next call.
func (d *digest) of(p *core.Pepper, secret []byte) *[sha256.Size]byte {
	if d == nil {
		sum := p.Sum(secret)
		return &sum
	}
	if d.pepper == p && int(d.n) == len(secret) && subtle.ConstantTimeCompare(d.secret[:d.n], secret) == 1 {
		return &d.sum
	}
	d.pepper, d.sum, d.n = p, p.Sum(secret), 0
	if len(secret) <= len(d.secret) {
		d.n = uint8(copy(d.secret[:], secret))
	}
	return &d.sum
}
