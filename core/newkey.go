package core

import (
	"crypto/rand"
	"encoding/hex"
)

// KeyPrefix is how our virtual keys begin, by which other gateways' SDKs recognise them.
const KeyPrefix = "sk-bf-"

// AdminPrefix begins every admin token that is made; none is a virtual key.
const AdminPrefix = "asbru-admin-"

// NewKey makes a new virtual key from 256 random bits.
func NewKey() string {
	var b [32]byte
	rand.Read(b[:])
	return KeyPrefix + hex.EncodeToString(b[:])
}
