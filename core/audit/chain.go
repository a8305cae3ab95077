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
// The first line and one every so often is a checkpoint: it names the trail and ends in a
// member "sig", the Ed25519 signature (RFC 8032) of domain and of the line up to the comma
// before it. So who has the public key knows that nothing up to there was changed, left
// out or moved. A line of kind KindKey is signed likewise, by the key before, and says which key signs
// from then on. One goroutine owns a Chain.
type Chain struct {
	ID   [16]byte // of the trail: which of several
	Seq  uint64   // of the last line; 0: there is none
	Prev [32]byte // SHA-256 of the last line
	Key  ed25519.PrivateKey
}

// Kinds of lines.
const (
	KindCall       = "call"       // a call that was held and settled, or refused
	KindCharge     = "charge"     // an amount of which no more is known: a part of a call, or one that a crash cut off
	KindChange     = "change"     // what an operator did
	KindTurned     = "refused"    // how many were turned away at the door
	KindGap        = "gap"        // a part of the ledger was gone before the trail had it
	KindCheckpoint = "checkpoint" // signed
	KindKey        = "key"        // signed: from here on another key signs
)

// The domains keep the signature of a line of one kind from being one of anything else.
const (
	domain    = "asbru audit checkpoint\n"
	keyDomain = "asbru audit key\n"
)

// Call appends the line of a call.
func (c *Chain) Call(dst []byte, p *Place, call *Call) []byte {
	b, from := c.begin(dst, KindCall)
	return c.end(appendCall(appendPlace(b, p), call), from)
}

// Charge appends the line of an amount of which nothing else is known.
func (c *Chain) Charge(dst []byte, p *Place) []byte {
	b, from := c.begin(dst, KindCharge)
	return c.end(appendPlace(b, p), from)
}

// Change appends the line of a change that stands at at in the ledger.
func (c *Chain) Change(dst []byte, at uint64, g *Change) []byte {
	b, from := c.begin(dst, KindChange)
	return c.end(appendChange(appendStamp(append(b, `,"at":`...), at, g.Time), g), from)
}

// Gap appends the line that says that the ledger from the position from to the position at
// was removed before the trail had read it.
func (c *Chain) Gap(dst []byte, from, at uint64, now int64) []byte {
	b, begin := c.begin(dst, KindGap)
	b = appendStamp(append(b, `,"at":`...), at, now)
	return c.end(strconv.AppendUint(append(b, `,"since":`...), from, 10), begin)
}

// Checkpoint appends a signed line; at is how far in the ledger the trail has come, now the
// wall clock.
func (c *Chain) Checkpoint(dst []byte, at uint64, now int64) []byte {
	b, from := c.begin(dst, KindCheckpoint)
	b = append(hex.AppendEncode(append(b, `,"trail":"`...), c.ID[:]), '"')
	b = appendStamp(append(b, `,"at":`...), at, now)
	return c.sign(b, from, domain)
}

// Pass appends the line by which the key hands over to the next one, which signs from then on.
func (c *Chain) Pass(dst []byte, at uint64, next ed25519.PrivateKey, now int64) []byte {
	b, from := c.begin(dst, KindKey)
	b = append(hex.AppendEncode(append(b, `,"trail":"`...), c.ID[:]), '"')
	b = appendStamp(append(b, `,"at":`...), at, now)
	b = append(hex.AppendEncode(append(b, `,"public":"`...), next.Public().(ed25519.PublicKey)), '"')
	b = c.sign(b, from, keyDomain)
	c.Key = next
	return b
}

// sign ends a line with the signature of what stands there since from.
func (c *Chain) sign(b []byte, from int, domain string) []byte {
	sig := ed25519.Sign(c.Key, append([]byte(domain), b[from:]...))
	b = base64.StdEncoding.AppendEncode(append(b, signed...), sig)
	return c.end(append(b, '"'), from)
}

// signed is what stands between what is signed and the signature.
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
