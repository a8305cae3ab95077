package core

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
)

// A Pepper is the secret with which digests of virtual keys are made: whoever has only the
// digests cannot try keys against them. It cannot be printed. It is immutable.
type Pepper struct {
	inner, outer [sha256.BlockSize]byte // HMAC's two keys, RFC 2104
	secret       []byte
	random       bool
}

// NewPepper makes a Pepper from a secret.
func NewPepper(secret []byte) *Pepper {
	p := &Pepper{secret: append([]byte(nil), secret...)}
	key := p.secret
	if len(key) > sha256.BlockSize {
		sum := sha256.Sum256(key)
		key = sum[:]
	}
	copy(p.inner[:], key)
	copy(p.outer[:], key)
	for i := range p.inner {
		p.inner[i] ^= 0x36
		p.outer[i] ^= 0x5c
	}
	return p
}

// Random returns p marked as random: its secret is not stored, and its digests mean nothing to another
// process.
func (p *Pepper) Random() *Pepper {
	p.random = true
	return p
}

// IsRandom reports whether the secret is random and not stored.
func (p *Pepper) IsRandom() bool { return p != nil && p.random }

// Sum returns the digest of a credential: HMAC-SHA-256, or plain SHA-256 for a nil Pepper, which only
// Snapshots made by hand have. It does not allocate for credentials of usual length.
func (p *Pepper) Sum(credential []byte) [sha256.Size]byte {
	if p == nil {
		return sha256.Sum256(credential)
	}
	var buf [sha256.BlockSize + usualCredential]byte
	if len(credential) > usualCredential {
		h := hmac.New(sha256.New, p.secret)
		h.Write(credential)
		return [sha256.Size]byte(h.Sum(nil))
	}
	n := copy(buf[:], p.inner[:])
	n += copy(buf[n:], credential)
	sum := sha256.Sum256(buf[:n])
	n = copy(buf[:], p.outer[:])
	n += copy(buf[n:], sum[:])
	return sha256.Sum256(buf[:n])
}

// Keyed returns the digest of a digest under the pepper, for callers that need many: SHA-256 of
// the pepper, padded to a block, and the digest. For messages of one length this is as good as
// HMAC at half the cost. For a nil Pepper it returns the digest. It does not allocate.
func (p *Pepper) Keyed(digest *[sha256.Size]byte) [sha256.Size]byte {
	if p == nil {
		return *digest
	}
	var buf [sha256.BlockSize + sha256.Size]byte
	copy(buf[:], p.inner[:])
	copy(buf[sha256.BlockSize:], digest[:])
	return sha256.Sum256(buf[:])
}

// usualCredential is greater than the length, in bytes, of any generated key.
const usualCredential = 192

// Format prints nothing of p.
func (p *Pepper) Format(f fmt.State, _ rune) { f.Write([]byte("***")) }

// Equal reports whether both make the same digests.
func (p *Pepper) Equal(q *Pepper) bool {
	if p == nil || q == nil {
		return p == q
	}
	return subtle.ConstantTimeCompare(p.secret, q.secret) == 1
}
