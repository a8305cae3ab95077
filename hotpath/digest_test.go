package hotpath

import (
	"encoding/hex"
	"strings"
	"testing"

	"asbru/core"
)

// TestDigest asks for hashes in an order in which what is remembered could be mistaken for
// another's: the same again, one a byte shorter, one that differs in its last byte, one too
// long to be remembered.
func TestDigest(t *testing.T) {
	long := strings.Repeat("k", maxRemembered)
	d := newDigests()
	one, two := core.NewPepper([]byte("one")), core.NewPepper([]byte("two"))
	for i, secret := range []string{"vk-one", "vk-one", "vk-on", "vk-one", "vk-onf", "vk-two", long, long, long + "x", long, "v", long + "x", "v"} {
		for _, p := range []*core.Pepper{nil, one, two, two, one}[i%3:] {
			if want := p.Sum([]byte(secret)); *d.of(p, []byte(secret)) != want || *(*digests)(nil).of(p, []byte(secret)) != want {
				t.Errorf("%q: wrong digest", secret)
			}
		}
	}
}

// TestHexID holds the digits made eight at once against those of the library.
func TestHexID(t *testing.T) {
	for c := range 256 {
		var id [16]byte
		for i := range id {
			id[i] = byte(c + 17*i)
		}
		if got, want := string(appendHexID([]byte("id "), &id)), "id "+hex.EncodeToString(id[:]); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
