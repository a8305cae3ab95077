package gemini

import (
	"bytes"
	"encoding/base64"

	"asbru/core"
)

// carried begins a thoughtSignature with another vendor's signature. The field is base64, which Google's SDKs decode, so the
// mark of core.AppendSign is encoded as well.
const carried = "YXNicnUu" // "asbru." in base64

// readSign returns the vendor and the signature in field, a thoughtSignature.
func readSign(t *core.Tree, field core.Text) (core.Vendor, core.Text) {
	if !bytes.HasPrefix(field, []byte(carried)) {
		return core.Google, field
	}
	room := t.Room()
	at := len(room)
	for _, c := range field { // both alphabets, with or without padding
		switch c {
		case '-':
			c = '+'
		case '_':
			c = '/'
		case '=', '\\':
			continue
		}
		room = append(room, c)
	}
	end := len(room)
	out, err := base64.RawStdEncoding.AppendDecode(room, room[at:end:end])
	if err != nil {
		return core.Google, field
	}
	return core.ReadSign(t.Took(out)[end-at:], core.Google)
}

// appendSign appends the signature sign of v as the inside of a thoughtSignature.
func appendSign(dst []byte, v core.Vendor, sign core.Text) []byte {
	if v == core.Google || v == core.NoVendor {
		return append(dst, sign...)
	}
	at := len(dst)
	dst = core.AppendSign(dst, core.Google, v, sign)
	end := len(dst)
	dst = base64.StdEncoding.AppendEncode(dst, dst[at:end:end])
	n := copy(dst[at:], dst[end:])
	return dst[:at+n]
}
