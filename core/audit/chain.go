package audit

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strconv"
)

// A Chain makes the lines of a trail. Line n is a JSON object that ends with a line feed
// and begins with its number and the SHA-256 of line n-1 without its line feed:
//
//	{"seq":7,"prev":"9f86…","kind":"call",…}
//
// The first line, and others at intervals, are checkpoints: a checkpoint names the trail and ends in a
// member "sig", the Ed25519 signature (RFC 8032) of domain and of the line up to the comma
// before it. With the public key anyone can verify that no line before a checkpoint was changed, left
// out or moved. A line of kind KindKey is signed in the same way, by the current key, and names the key that signs
// from then on. A Chain is not safe for concurrent use.
type Chain struct {
	ID   [16]byte // identifies the trail
	Seq  uint64   // of the last line; 0: there is none
	Prev [32]byte // SHA-256 of the last line
	Key  ed25519.PrivateKey
}

// Kinds of lines.
const (
	KindCall       = "call"       // a call that was held and settled, or refused
	KindCharge     = "charge"     // an amount without further details: a part of a call, or a call that a crash cut off
	KindChange     = "change"     // what an operator did
	KindTurned     = "refused"    // a count of refused requests
	KindGap        = "gap"        // a part of the ledger was removed before the trail had read it
	KindCheckpoint = "checkpoint" // signed
	KindKey        = "key"        // signed: from here on another key signs
)

// The domains keep a signature for one kind of line from being valid for anything else.
const (
	domain    = "asbru audit checkpoint\n"
	keyDomain = "asbru audit key\n"
)

// Call appends the line of a call.
func (c *Chain) Call(dst []byte, p *Place, call *Call) []byte {
	b, from := c.begin(dst, KindCall)
	return c.end(appendCall(appendPlace(b, p), call), from)
}

// Charge appends the line of an amount without further details.
func (c *Chain) Charge(dst []byte, p *Place) []byte {
	b, from := c.begin(dst, KindCharge)
	return c.end(appendPlace(b, p), from)
}

// Change appends the line of a change recorded at position at in the ledger.
func (c *Chain) Change(dst []byte, at uint64, g *Change) []byte {
	b, from := c.begin(dst, KindChange)
	return c.end(appendChange(appendStamp(append(b, `,"at":`...), at, g.Time), g), from)
}

// Gap appends the line that records that the ledger between the positions from and at
// was removed before the trail had read it.
func (c *Chain) Gap(dst []byte, from, at uint64, now int64) []byte {
	b, begin := c.begin(dst, KindGap)
	b = appendStamp(append(b, `,"at":`...), at, now)
	return c.end(strconv.AppendUint(append(b, `,"since":`...), from, 10), begin)
}

// Checkpoint appends a signed line; at is the trail's position in the ledger, now the
// wall clock.
func (c *Chain) Checkpoint(dst []byte, at uint64, now int64) []byte {
	b, from := c.begin(dst, KindCheckpoint)
	b = append(hex.AppendEncode(append(b, `,"trail":"`...), c.ID[:]), '"')
	b = appendStamp(append(b, `,"at":`...), at, now)
	return c.sign(b, from, domain)
}

// Pass appends the line with which the current key hands over to the next one, which signs from then on.
func (c *Chain) Pass(dst []byte, at uint64, next ed25519.PrivateKey, now int64) []byte {
	b, from := c.begin(dst, KindKey)
	b = append(hex.AppendEncode(append(b, `,"trail":"`...), c.ID[:]), '"')
	b = appendStamp(append(b, `,"at":`...), at, now)
	b = append(hex.AppendEncode(append(b, `,"public":"`...), next.Public().(ed25519.PublicKey)), '"')
	b = c.sign(b, from, keyDomain)
	c.Key = next
	return b
}

// sign ends a line with the signature of its content from offset from.
func (c *Chain) sign(b []byte, from int, domain string) []byte {
	sig := ed25519.Sign(c.Key, append([]byte(domain), b[from:]...))
	b = base64.StdEncoding.AppendEncode(append(b, signed...), sig)
	return c.end(append(b, '"'), from)
}

// signed separates the signed content from the signature.
const signed = `,"sig":"`

func (c *Chain) begin(dst []byte, kind string) (b []byte, from int) {
	from = len(dst)
	c.Seq++
	b = strconv.AppendUint(append(dst, `{"seq":`...), c.Seq, 10)
	b = hex.AppendEncode(append(b, `,"prev":"`...), c.Prev[:])
	b = append(append(b, `","kind":"`...), kind...)
	return append(b, '"'), from
}

func (c *Chain) end(b []byte, from int) []byte {
	b = append(b, '}')
	c.Prev = sha256.Sum256(b[from:])
	return append(b, '\n')
}
