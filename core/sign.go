package core

import "bytes"

// signMark begins a signature that travels in a field of another vendor's format.
const signMark = "asbru."

// AppendSign appends the signature sign of v for a field that holds signatures of
// own: as it is, or marked with whose it is, so that it finds its way back through
// a client that speaks another format. What is marked is text without escapes when sign is.
func AppendSign(dst []byte, own, v Vendor, sign Text) []byte {
	if v == own || v == NoVendor {
		return append(dst, sign...)
	}
	dst = append(append(dst, signMark...), v.String()...)
	return append(append(dst, '.'), sign...)
}

// ReadSign undoes AppendSign: it tells whose the signature in a field of own is.
func ReadSign(field Text, own Vendor) (Vendor, Text) {
	rest, marked := bytes.CutPrefix(field, []byte(signMark))
	if !marked {
		return own, field
	}
	for v := Vendor(1); v < NumVendors; v++ {
		if sign, ok := bytes.CutPrefix(rest, []byte(vendors[v]+".")); ok {
			return v, sign
		}
	}
	return own, field
}
