package openai

import (
	"bytes"

	"asbru/core"
	"asbru/core/scan"
)

// quoted reads a string: what stands between its quotes. It is nil for any other value.
func quoted(raw []byte) core.Text {
	t, ok := scan.Inside(raw)
	if !ok {
		return nil
	}
	return t
}

// isNumber reports whether raw is a number.
func isNumber(raw []byte) bool {
	return len(raw) > 0 && (raw[0] == '-' || raw[0]-'0' <= 9)
}

// keyRoom is enough for any key that is looked at here, unescaped.
const keyRoom = 64

// plainKey is key without its escapes, in room if it has any. A key that is too long
// for a known one stays as it is.
func plainKey(key []byte, room *[keyRoom]byte) []byte {
	if bytes.IndexByte(key, '\\') < 0 {
		return key
	}
	if len(key) > 6*keyRoom {
		return key
	}
	n := 0
	for i := 0; i < len(key); n++ {
		var one [8]byte
		end := i + 1
		if key[i] == '\\' {
			end = i + 2
			if end <= len(key) && key[i+1] == 'u' {
				end = i + 6
			}
		}
		if end > len(key) {
			return key
		}
		got := scan.AppendUnescaped(one[:0], key[i:end])
		if len(got) != 1 || n == keyRoom { // no known key has more than ASCII
			return key
		}
		room[n] = got[0]
		i = end
	}
	return room[:n]
}

// splitData takes a data URL (RFC 2397) with base64 apart. ok is false for all else.
func splitData(t *core.Tree, url core.Text) (media, data core.Text, ok bool) {
	const scheme, mark = "data:", ";base64"
	if len(url) < len(scheme) || string(url[:len(scheme)]) != scheme {
		return nil, nil, false
	}
	head, data, ok := bytes.Cut(url[len(scheme):], []byte{','})
	if !ok || !bytes.HasSuffix(head, []byte(mark)) {
		return nil, nil, false
	}
	return plainText(t, head[:len(head)-len(mark)]), data, true
}

// plainText is text without escapes that need not be: \/ in a MIME type.
func plainText(t *core.Tree, text []byte) core.Text {
	if bytes.IndexByte(text, '\\') < 0 {
		return text
	}
	return t.Took(scan.AppendUnescaped(t.Room(), text))
}

// isURL reports whether url says where something is, rather than holding it.
func isURL(url core.Text) bool {
	return bytes.HasPrefix(url, []byte("http")) || bytes.HasPrefix(url, []byte("gs:")) || bytes.HasPrefix(url, []byte("s3:"))
}

// appendMember appends a member and the comma in front of it. name needs no escapes.
func appendMember(dst []byte, name string, raw []byte) []byte {
	dst = append(append(append(dst, ',', '"'), name...), '"', ':')
	return append(dst, raw...)
}

// appendTextMember is appendMember for a string.
func appendTextMember(dst []byte, name string, t core.Text) []byte {
	dst = append(append(append(dst, ',', '"'), name...), '"', ':')
	return scan.AppendQuoted(dst, t)
}

// appendExtras appends the members of the chain that begins at more, each with a
// comma in front, but for one called except.
func appendExtras(dst []byte, t *core.Tree, more int32, except string) []byte {
	for more != 0 {
		var e core.Extra
		if e, more = t.Extra(more); string(e.Key) != except {
			dst = append(scan.AppendQuoted(append(dst, ','), e.Key), ':')
			dst = append(dst, e.Value...)
		}
	}
	return dst
}

// uncomma takes the comma out that stands at dst[at], where the first member of an
// object begins. All behind it moves: it is called when that is little yet.
func uncomma(dst []byte, at int) []byte {
	if at < len(dst) && dst[at] == ',' {
		return append(dst[:at], dst[at+1:]...)
	}
	return dst
}
