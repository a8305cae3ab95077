package core

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
)

func TestPepper(t *testing.T) {
	for _, n := range []int{1, 32, 63, 64, 65, 200} {
		secret := bytes.Repeat([]byte("p"), n)
		p := NewPepper(secret)
		for _, m := range []int{0, 1, 51, usualCredential, usualCredential + 1, 4000} {
			credential := bytes.Repeat([]byte("c"), m)
			h := hmac.New(sha256.New, secret)
			h.Write(credential)
			if got := p.Sum(credential); !bytes.Equal(got[:], h.Sum(nil)) {
				t.Errorf("a pepper of %d bytes and a credential of %d: %x", n, m, got)
			}
		}
		digest, block := sha256.Sum256(secret), make([]byte, sha256.BlockSize)
		if n <= len(block) {
			copy(block, secret)
		} else {
			copy(block, digest[:])
		}
		for i := range block {
			block[i] ^= 0x36
		}
		if got := p.Keyed(&digest); got != sha256.Sum256(append(block, digest[:]...)) {
			t.Errorf("a digest under a pepper of %d bytes: %x", n, got)
		}
		clear(secret)
		if p.Sum(nil) != NewPepper(bytes.Repeat([]byte("p"), n)).Sum(nil) {
			t.Error("the pepper changed with the caller's bytes")
		}
		for _, form := range []string{"%v", "%+v", "%#v", "%s", "%x"} {
			if got := fmt.Sprintf(form, p); got != "***" {
				t.Errorf("%s prints %s", form, got)
			}
		}
	}
	if got := (*Pepper)(nil).Sum([]byte("c")); got != sha256.Sum256([]byte("c")) {
		t.Errorf("without a pepper it is %x", got)
	}
	if d := [32]byte{1}; (*Pepper)(nil).Keyed(&d) != d {
		t.Error("without a pepper a digest changes")
	}
	if NewPepper(nil).IsRandom() || !NewPepper(nil).Random().IsRandom() || (*Pepper)(nil).IsRandom() {
		t.Error("who is random is wrong")
	}
}

func TestBarred(t *testing.T) {
	f := func(k VirtualKey, now int64, part string) {
		t.Helper()
		k.Name = "ci"
		got := k.Barred(now)
		if (got == nil) != (part == "") || got != nil && (!strings.Contains(got.Message, part) || got.HTTP() != 403 || got.Kind != "access_blocked") {
			t.Errorf("%+v at %d: %v, want %q", k, now, got, part)
		}
	}
	f(VirtualKey{}, 5, "")
	f(VirtualKey{Ends: 6}, 5, "")
	f(VirtualKey{Ends: 5}, 5, `key "ci" has expired`)
	f(VirtualKey{Ends: 5, Old: true}, 6, `key "ci" was replaced`)
	f(VirtualKey{Disabled: true}, 5, `key "ci" is disabled`)
}
