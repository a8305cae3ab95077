package audit

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"asbru/core"
)

// key is the same in every test.
func key() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32)) }

func public() ed25519.PublicKey { return key().Public().(ed25519.PublicKey) }

// trail is one of n lines with a checkpoint first and every ten.
func trail(n int) [][]byte {
	c := &Chain{ID: [16]byte{9}, Key: key()}
	x := exchange()
	var all [][]byte
	for i := range n {
		var b []byte
		p := &Place{At: uint64(i) * 100, ID: [16]byte{byte(i)}, Time: 1_790_000_000_000_000_000 + int64(i), Nanos: core.Money(i)}
		switch {
		case i%10 == 0:
			b = c.Checkpoint(nil, p.At, p.Time)
		case i%10 == 3:
			b = c.Charge(nil, p)
		case i%10 == 5:
			b = c.Change(nil, p.At, &Change{Time: p.Time, Who: "root \xff \"q\"", Did: "update", What: "keys/alice", Version: 3, Before: [32]byte{1}})
		case i%10 == 7:
			b = c.Gap(nil, 5, p.At, p.Time)
		default:
			call, _ := ParseCall(packed(nil, x, 200, 5, p.Time))
			b = c.Call(nil, p, &call)
		}
		all = append(all, b)
	}
	return all
}

// readAll has v check the lines of b. Without a line feed the last one is judged as it is.
func readAll(v *Verifier, b []byte) error {
	for len(b) > 0 {
		line, rest, _ := bytes.Cut(b, []byte("\n"))
		if err := v.Line(line); err != nil {
			return err
		}
		b = rest
	}
	return nil
}

func verify(lines [][]byte, least uint64) (Report, error) {
	v := NewVerifier(public())
	err := readAll(v, bytes.Join(lines, nil))
	if err == nil {
		err = v.End(least)
	}
	return v.Report, err
}

func TestVerifyFindsATrailGood(t *testing.T) {
	lines := trail(105)
	r, err := verify(lines, 101)
	if err != nil {
		t.Fatal(err)
	}
	want := Report{Trail: [16]byte{9}, First: 1, Last: 105, Signed: 101, Lines: 105, Calls: 63, Changes: 10, Checkpoints: 11, Gaps: 10}
	r.SignedSum, r.SignedAt = [32]byte{}, 0
	for i := range 105 {
		if i%10 != 0 && i%10 != 5 && i%10 != 7 {
			want.Nanos += core.Money(i)
		}
	}
	if r != want {
		t.Errorf("got  %+v\nwant %+v", r, want)
	}
	if r, err = verify(lines[40:], 0); err != nil || r.First != 41 {
		t.Errorf("from a checkpoint on: %+v, %v", r, err)
	}
}

func TestVerifyFindsWhatWasTouched(t *testing.T) {
	f := func(name string, edit func(l [][]byte) [][]byte, least, seq uint64, why error) {
		t.Helper()
		_, err := verify(edit(trail(60)), least)
		var b *Broken
		if !errors.As(err, &b) || b.Seq != seq || !errors.Is(err, why) {
			t.Errorf("%s: %v, want record %d: %v", name, err, seq, why)
		}
	}
	cut := func(from, to int) func(l [][]byte) [][]byte {
		return func(l [][]byte) [][]byte { return append(l[:from:from], l[to:]...) }
	}
	f("one deleted", cut(16, 17), 0, 17, ErrMissing)
	f("many deleted", cut(16, 40), 0, 17, ErrMissing)
	f("the beginning deleted", cut(0, 16), 0, 17, ErrBegin)
	f("the end deleted", cut(50, 60), 51, 51, ErrShort)
	f("all deleted", cut(0, 60), 0, 1, ErrMissing)
	f("half a record deleted", func(l [][]byte) [][]byte { l[59] = l[59][:40]; return l }, 0, 60, ErrCut)
	f("two swapped", func(l [][]byte) [][]byte { l[21], l[22] = l[22], l[21]; return l }, 0, 22, ErrMissing)
	f("one twice", func(l [][]byte) [][]byte { l[22] = l[21]; return l }, 0, 22, ErrOrder)
	f("an amount changed", func(l [][]byte) [][]byte {
		l[21] = bytes.Replace(l[21], []byte(`"nanos":21`), []byte(`"nanos":20`), 1)
		return l
	}, 0, 22, ErrChanged)
	f("a checkpoint changed", func(l [][]byte) [][]byte {
		l[20] = bytes.Replace(l[20], []byte(`"at":2000`), []byte(`"at":2001`), 1)
		return l
	}, 0, 21, ErrForged)
	f("numbered anew", func(l [][]byte) [][]byte {
		for i := range l {
			l[i] = bytes.Replace(l[i], fmt.Appendf(nil, `"seq":%d,`, i+1), fmt.Appendf(nil, `"seq":%d,`, i), 1)
		}
		return l[1:]
	}, 0, 1, ErrBegin)
	f("another key", func(l [][]byte) [][]byte {
		c := &Chain{ID: [16]byte{9}, Key: ed25519.NewKeyFromSeed(make([]byte, 32))}
		return [][]byte{c.Checkpoint(nil, 0, 0)}
	}, 0, 1, ErrForged)
	f("two trails", func(l [][]byte) [][]byte {
		h, _ := NewLines().Read(bytes.TrimSpace(l[29]))
		c := &Chain{ID: [16]byte{8}, Key: key(), Seq: 30, Prev: h.Sum()}
		return append(l[:30:30], c.Checkpoint(nil, 0, 0))
	}, 0, 31, ErrTrail)
	f("no trail", func([][]byte) [][]byte { return [][]byte{[]byte("<html>\n")} }, 0, 1, ErrCut)
}

// TestVerifyFindsAnyBitOfTheEnd changes each bit of the last line, which no other line has the sum of.
func TestVerifyFindsAnyBitOfTheEnd(t *testing.T) {
	lines := trail(41)
	for bit := range 8 * (len(lines[40]) - 1) {
		last := bytes.Clone(lines[40])
		last[bit/8] ^= 1 << (bit % 8)
		if _, err := verify(append(lines[:40:40], last), 41); err == nil {
			t.Errorf("bit %d of %q is changed, and is not found", bit%8, last[:bit/8+1])
		}
	}
}

// TestVerifyFindsAnyByte changes single bytes and bits wherever the chain is signed.
func TestVerifyFindsAnyByte(t *testing.T) {
	lines := trail(41)
	all := bytes.Join(lines, nil)
	rng := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		b := bytes.Clone(all)
		b[rng.IntN(len(b))] ^= 1 << rng.IntN(8)
		v := NewVerifier(public())
		err := readAll(v, b)
		if err == nil {
			err = v.End(41)
		}
		if err == nil {
			t.Fatal("a changed bit is not found")
		}
	}
}

func TestKeys(t *testing.T) {
	private, err := EncodeKey(key())
	if err != nil {
		t.Fatal(err)
	}
	pub, err := EncodePublic(public())
	if err != nil {
		t.Fatal(err)
	}
	if k, err := ParseKey(private); err != nil || !k.Equal(key()) {
		t.Errorf("the private key is %v", err)
	}
	if k, err := ParsePublic(pub); err != nil || !k.Equal(public()) {
		t.Errorf("the public key is %v", err)
	}
	for _, b := range [][]byte{nil, []byte("x"), pub[:len(pub)/2]} {
		if _, err := ParsePublic(b); err == nil {
			t.Errorf("%q is taken for a key", b)
		}
	}
	if _, err := ParseKey(pub); err == nil {
		t.Error("a public key is taken for a private one")
	}
	if _, err := ParsePublic(private); err == nil {
		t.Error("a private key is taken for a public one")
	}
}

func TestLinesAreBounded(t *testing.T) {
	c := &Chain{Key: key()}
	call, err := ParseCall(packed(nil, largest(), 200, 1, 1))
	if err != nil {
		t.Fatal(err)
	}
	call.Key, call.Team = strings.Repeat("\x01", maxKey), strings.Repeat("\xff", maxGroup)
	if n := len(c.Call(nil, &Place{}, &call)); n > MaxLine {
		t.Errorf("a call takes %d bytes", n)
	}
	g, long := Change{}, strings.Repeat("\x01", maxWord)
	g.Who, g.From, g.Did, g.What, g.Notes = long, long, long, long, strings.Repeat("\x01", maxNote)
	b := c.Change(nil, 1, &g)
	if len(b) > MaxLine {
		t.Errorf("a change takes %d bytes", len(b))
	}
	if _, err := NewLines().Read(bytes.TrimSpace(b)); err != nil {
		t.Errorf("%v: %s", err, b)
	}
}

func FuzzVerify(f *testing.F) {
	f.Add(bytes.Join(trail(12), nil))
	f.Add([]byte("{\"seq\":1,\"prev\":\"\",\"kind\":\"checkpoint\",\"sig\":\"\"}\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		v := NewVerifier(public())
		if readAll(v, b) == nil && v.End(0) == nil && v.Signed == 0 {
			t.Error("a trail without a signature is good")
		}
	})
}

// passed is a trail whose key hands over twice: lines 1, 11, … are signed by the first key, from 22 on by the
// second, from 33 on by the third.
func passed() (lines [][]byte, keys []ed25519.PrivateKey) {
	c := &Chain{ID: [16]byte{9}, Key: key()}
	keys = []ed25519.PrivateKey{c.Key, ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, 32)), ed25519.NewKeyFromSeed(bytes.Repeat([]byte{2}, 32))}
	for i := range 50 {
		switch at := uint64(i) * 100; {
		case i == 21 || i == 32:
			lines = append(lines, c.Pass(nil, at, keys[i/11], int64(i)))
		case i%10 == 0:
			lines = append(lines, c.Checkpoint(nil, at, int64(i)))
		default:
			lines = append(lines, c.Charge(nil, &Place{At: at, Nanos: 1}))
		}
	}
	return lines, keys
}

func verifyWith(lines [][]byte, key ed25519.PrivateKey) (Report, error) {
	v := NewVerifier(key.Public().(ed25519.PublicKey))
	err := readAll(v, bytes.Join(lines, nil))
	if err == nil {
		err = v.End(0)
	}
	return v.Report, err
}

func TestAnyOfItsKeysVerifiesATrail(t *testing.T) {
	lines, keys := passed()
	for i, k := range keys {
		r, err := verifyWith(lines, k)
		if err != nil || r.Keys != 2 || r.Last != 50 || r.Signed != 41 || r.Checkpoints != 5 || r.Nanos != 43 {
			t.Errorf("key %d: %v, %+v", i, err, r)
		}
	}
	if _, err := verifyWith(lines, ed25519.NewKeyFromSeed(make([]byte, 32))); !errors.Is(err, ErrForged) {
		t.Errorf("a key that never signed: %v", err)
	}
	if _, err := verifyWith(lines[30:], keys[1]); err != nil { // retention left the end
		t.Errorf("from line 31 on: %v", err)
	}
	if _, err := verifyWith(lines[40:], keys[0]); !errors.Is(err, ErrForged) {
		t.Errorf("the first key cannot know what follows line 40: %v", err)
	}
}

func TestWhoHasAnOldKeyCannotForgeUnderTheNewOne(t *testing.T) {
	lines, keys := passed()
	after := func(n int) *Chain { // a thief of the first key goes on behind line n
		h, _ := NewLines().Read(bytes.TrimSpace(lines[n-1]))
		return &Chain{ID: [16]byte{9}, Key: keys[0], Seq: uint64(n), Prev: h.Sum()}
	}
	f := func(name string, from int, key ed25519.PrivateKey, seq uint64, why error) {
		t.Helper()
		c := after(from)
		forged := append(lines[:from:from], c.Charge(nil, &Place{Nanos: 1e9}), c.Checkpoint(nil, 9, 9))
		_, err := verifyWith(forged, key)
		var b *Broken
		if why == nil && err != nil || why != nil && (!errors.As(err, &b) || b.Seq != seq || !errors.Is(err, why)) {
			t.Errorf("%s: %v, want record %d: %v", name, err, seq, why)
		}
	}
	f("behind the hand-over, for who has the first key", 25, keys[0], 27, ErrForged)
	f("behind the hand-over, for who has the second", 25, keys[1], 1, ErrForged) // nothing of it is left
	f("behind the second's signature", 31, keys[1], 33, ErrForged)
	f("instead of the hand-over, for who has the second key", 15, keys[1], 1, ErrForged)
	f("instead of the hand-over, for who has the first key only", 15, keys[0], 0, nil) // why keys are not to be lost

	for i := range 45 { // any single line that is changed is found, whichever key is known
		for _, k := range keys {
			changed := append([][]byte(nil), lines...)
			changed[i] = bytes.Replace(lines[i], []byte(`"time":"1970`), []byte(`"time":"1971`), 1)
			if _, err := verifyWith(changed, k); err == nil && i < 41 {
				t.Errorf("line %d was changed", i+1)
			}
		}
	}
	// The announced key is exchanged, and all behind it made anew by the thief of no key.
	changed := append([][]byte(nil), lines...)
	thief := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{66}, 32))
	c := after(21)
	c.Key = thief
	changed = append(changed[:21:21], c.Pass(nil, 0, thief, 0), c.Checkpoint(nil, 0, 0))
	if _, err := verifyWith(changed, keys[0]); !errors.Is(err, ErrForged) {
		t.Errorf("a hand-over that nobody signed: %v", err)
	}
}
