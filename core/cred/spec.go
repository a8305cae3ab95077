package cred

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"time"
)

// A Spec says how a credential is obtained. All implementations are in this package;
// they are plain data and must not be changed once opened.
type Spec interface {
	describe(d digest)                                    // adds everything that identifies the credential
	fetch(ctx context.Context, c *client) (*grant, error) // does the I/O; a grant is not shared
}

// Sum identifies a Spec: equal Specs have equal sums. It depends on secrets and is
// only for use as a key in memory.
func Sum(s Spec) [32]byte {
	h := sha256.New()
	s.describe(digest{h})
	return [32]byte(h.Sum(nil))
}

type digest struct{ hash.Hash }

// add adds texts so that different lists give different digests.
func (d digest) add(texts ...string) {
	for _, t := range texts {
		d.Write(binary.BigEndian.AppendUint32(nil, uint32(len(t))))
		d.Write([]byte(t))
	}
}

// A grant is a credential as fetched.
type grant struct {
	lines   []byte        // header lines, each ended by CRLF; nil: it is aws
	aws     *AWS          // nil: it is lines
	expires time.Time     // on this machine's clock; zero: never
	renew   time.Duration // renew after this time; 0: as expires requires, never if that is zero
}

// fresh reports whether g can still be used.
func (g *grant) fresh(now time.Time) bool {
	return g != nil && (g.expires.IsZero() || now.Before(g.expires))
}
