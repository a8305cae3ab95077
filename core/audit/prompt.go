package audit

import (
	"crypto/sha256"
	"encoding/binary"

	"asbru/core"
)

// PromptOf returns the digest of a request's body. Whoever has the prompt can prove later that it
// was sent, and equal prompts can be found, although none is stored. It is
// the body's SHA-256 under the pepper (Pepper.Keyed), so that short prompts cannot be
// guessed from the trail alone; plain SHA-256 without a pepper. For a body longer
// than maxHashed it is computed from the SHA-256 of both ends and the length. It does not
// allocate.
func PromptOf(s *core.Snapshot, body []byte) [32]byte {
	sum := bodySum(body)
	return pepperOf(s).Keyed(&sum)
}

func bodySum(body []byte) [32]byte {
	if len(body) <= maxHashed {
		return sha256.Sum256(body)
	}
	first, last := sha256.Sum256(body[:maxHashed/2]), sha256.Sum256(body[len(body)-maxHashed/2:])
	var b [32 + 32 + 8]byte
	copy(b[:], first[:])
	copy(b[32:], last[:])
	binary.LittleEndian.PutUint64(b[64:], uint64(len(body)))
	return sha256.Sum256(b[:])
}

// sessionOf returns a short digest that identifies a session.
func sessionOf(s *core.Snapshot, session []byte) [8]byte {
	sum := sha256.Sum256(session)
	sum = pepperOf(s).Keyed(&sum)
	return [8]byte(sum[:8])
}

func pepperOf(s *core.Snapshot) *core.Pepper {
	if s == nil {
		return nil
	}
	return s.Pepper
}
