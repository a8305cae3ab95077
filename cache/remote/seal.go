package remote

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"

	"asbru/cache/vector"
)

// A seal encrypts texts and answers for a store that others can read and write. What cannot be
// opened was not written by a holder of the secret, or not for this question.
type seal struct{ aead cipher.AEAD } // nil: everything is plain

func newSeal(secret vector.Secret) (seal, error) {
	if secret == "" {
		return seal{}, nil
	}
	block, err := aes.NewCipher([]byte(secret))
	if err != nil {
		return seal{}, err
	}
	aead, err := cipher.NewGCM(block)
	return seal{aead}, err
}

// bound returns the context that a sealed part is bound to.
func bound(part byte, key, space *[32]byte) []byte {
	return append(append(append(make([]byte, 0, 65), part), key[:]...), space[:]...)
}

// close encrypts a part of a row for the store.
func (s seal) close(text string, part byte, key, space *[32]byte) string {
	if s.aead == nil || text == "" {
		return text
	}
	nonce := make([]byte, s.aead.NonceSize(), s.aead.NonceSize()+len(text)+s.aead.Overhead())
	rand.Read(nonce)
	return string(s.aead.Seal(nonce, nonce, []byte(text), bound(part, key, space)))
}

// open undoes close.
func (s seal) open(text string, part byte, key, space *[32]byte) (string, bool) {
	if s.aead == nil || text == "" {
		return text, s.aead == nil || part == partAnswer
	}
	n := s.aead.NonceSize()
	if len(text) < n {
		return "", false
	}
	plain, err := s.aead.Open(nil, []byte(text[:n]), []byte(text[n:]), bound(part, key, space))
	return string(plain), err == nil
}

// Parts of a row.
const (
	partText   = 't'
	partAnswer = 'a'
)
