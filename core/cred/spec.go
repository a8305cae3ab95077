package cred

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"time"
)

// A Spec says how a credential is come by. The types of this package are all there
// are; they are plain data and are not changed once opened.
type Spec interface {
	describe(d digest)                                    // everything that makes it another credential
	fetch(ctx context.Context, c *client) (*grant, error) // does the I/O; grants are not shared
}

// Sum tells Specs apart: equal Specs have equal sums. It depends on secrets and is
// for use as a key in memory only.
func Sum(s Spec) [32]byte {
	h := sha256.New()
	s.describe(digest{h})
	return [32]byte(h.Sum(nil))
}

type digest struct{ hash.Hash }

// add takes in texts so that no two lists of them look alike.
func (d digest) add(texts ...string) {
	for _, t := range texts {
		d.Write(binary.BigEndian.AppendUint32(nil, uint32(len(t))))
		d.Write([]byte(t))
	}
}

// A grant is a credential as it was fetched.
type grant struct {
	lines   []byte        // header lines, each ended by CRLF; nil: aws is what it is
	aws     *AWS          // nil: lines are
	expires time.Time     // on this machine's clock; zero: never
	renew   time.Duration // renew after; 0: as expires makes it, never when it is zero
}

// fresh reports whether g can still be used.
func (g *grant) fresh(now time.Time) bool {
	return g != nil && (g.expires.IsZero() || now.Before(g.expires))
}
