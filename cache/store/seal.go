package store

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

// sealExtra is how much longer a sealed record is: the tag of GCM.
const sealExtra = 16

// A sealer seals the records of one segment. Its key is derived from a random salt of the
// segment, so that the position of a record in it is a nonce that never repeats: a
// segment is only appended to, and after a torn tail is cut off, writing continues in another.
type sealer struct{ aead cipher.AEAD }

// newHead makes the head of a new segment and the sealer of its records, nil without a key.
func newHead(key []byte) (head []byte, s *sealer, err error) {
	head = append(make([]byte, 0, headSize), magic...)
	head = append(head, make([]byte, 17)...)
	if key == nil {
		return head, nil, nil
	}
	head[len(magic)] = sealedMark
	rand.Read(head[len(magic)+1:])
	s, err = openSealer(key, head)
	return head, s, err
}

// openSealer returns the sealer of the segment that begins with head.
func openSealer(key, head []byte) (*sealer, error) {
	sealed := head[len(magic)] == sealedMark
	switch {
	case !sealed && key == nil:
		return nil, nil
	case sealed != (key != nil):
		return nil, errSealed
	}
	derived, err := hkdf.Key(sha256.New, key, head[len(magic)+1:], "asbru cache segment", 32)
	if err != nil {
		return nil, fmt.Errorf("cannot derive the key of a segment: %w", err)
	}
	block, err := aes.NewCipher(derived)
	if err != nil {
		return nil, fmt.Errorf("cannot use the key of a segment: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("cannot use the key of a segment: %w", err)
	}
	return &sealer{aead}, nil
}

func nonce(at int64) (n [12]byte) {
	binary.BigEndian.PutUint64(n[4:], uint64(at))
	return n
}

// seal seals plain for the position at, and appends it to dst; they may overlap as dst[len(dst):].
func (s *sealer) seal(dst, plain []byte, at int64) []byte {
	n := nonce(at)
	return s.aead.Seal(dst, n[:], plain, nil)
}

// open opens sealed in place.
func (s *sealer) open(sealed []byte, at int64) ([]byte, error) {
	n := nonce(at)
	plain, err := s.aead.Open(sealed[:0], n[:], sealed, nil)
	if err == nil && len(plain) < fixedSize {
		return nil, errTorn
	}
	return plain, err
}
