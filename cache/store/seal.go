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

// A sealer seals the records of one segment. The key is derived for the segment from a
// random salt, so that the place of a record in it is a nonce that never comes twice: a
// segment is only appended to, and what was cut off a torn tail is written into another.
type sealer struct{ aead cipher.AEAD }

// newHead makes the head of a new segment and what seals its records; nil without a key.
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

// openSealer is what opens the records of the segment that begins with head.
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

// seal appends plain, sealed for the place at, to dst; they may overlap as dst[len(dst):].
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
