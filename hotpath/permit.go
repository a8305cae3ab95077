package hotpath

import (
	"crypto/subtle"

	"asbru/core"
	"asbru/hotpath/http1"
)

// At Google the address to which a client sends the rest of a file is itself the permission to do so, and
// some of Google's clients send no key there. So the rewritten address carries a permit: who began the
// upload, and a MAC over that and the upload's id. It is valid for no other upload and no other
// operation, and only as long as the key is.

const (
	permitName = "asbru-permit" // the parameter of the query
	permitSize = 2 * 2 * 32     // two digests in hexadecimal
	uploadName = "upload_id"
)

// permitSum is the MAC over a caller and an upload, keyed with the pepper.
func permitSum(snap *core.Snapshot, place *[32]byte, upload []byte) [32]byte {
	b := append(make([]byte, 0, 256), "upload\x00"...)
	return snap.Pepper.Sum(append(append(b, place[:]...), upload...))
}

// appendPermit appends the permit of f's caller to an address that has a query.
func (f *flight) appendPermit(url, query []byte) []byte {
	x := &f.x
	upload, ok := parameter(query, uploadName)
	if !ok || len(upload) == 0 || x.Snap.Pepper == nil || x.Key.Place == [32]byte{} {
		return url
	}
	sum := permitSum(x.Snap, &x.Key.Place, upload)
	url = append(append(append(url, '&'), permitName...), '=')
	return appendHex(appendHex(url, x.Key.Place[:]), sum[:])
}

func appendHex(dst, b []byte) []byte {
	const digits = "0123456789abcdef"
	for _, c := range b {
		dst = append(dst, digits[c>>4], digits[c&15])
	}
	return dst
}

// permitted finds the caller by the permit in a request for the rest of a file; nil: there is no
// valid one.
func permitted(x *core.Exchange, r *http1.Request, b []byte) *core.VirtualKey {
	permit, ok := parameter(r.Query.Of(b), permitName)
	if !ok || len(permit) != permitSize || x.Op != core.OpPass || x.Snap.Pepper == nil || !uploads(x, r, b) {
		return nil
	}
	upload, ok := parameter(r.Query.Of(b), uploadName)
	if !ok || len(upload) == 0 {
		return nil
	}
	var both [64]byte
	for i := range both {
		hi, lo := unhex(permit[2*i]), unhex(permit[2*i+1])
		if hi > 15 || lo > 15 {
			return nil
		}
		both[i] = hi<<4 | lo
	}
	place := [32]byte(both[:32])
	want := permitSum(x.Snap, &place, upload)
	if subtle.ConstantTimeCompare(want[:], both[32:]) != 1 {
		return nil
	}
	return x.Snap.Keys[place]
}
