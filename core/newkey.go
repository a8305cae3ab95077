package core

import (
	"crypto/rand"
	"encoding/hex"
)

// KeyPrefix is how a virtual key of ours begins: the SDKs of others know by it whom it is for.
const KeyPrefix = "sk-bf-"

// NewKey makes a virtual key that nobody has: 256 random bits.
func NewKey() string {
	var b [32]byte
	rand.Read(b[:])
	return KeyPrefix + hex.EncodeToString(b[:])
}
