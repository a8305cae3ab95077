package openai

import (
	"bytes"

	"asbru/core"
	"asbru/core/scan"
)

// quoted returns the inside of a string, nil for any other value.
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

// keyRoom is enough for every known key, unescaped.
const keyRoom = 64

// plainKey returns key with its escapes decoded, in room if it has any. A key that is longer than
// every known one is returned unchanged.
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
		if len(got) != 1 || n == keyRoom { // all known keys are ASCII
			return key
		}
		room[n] = got[0]
		i = end
	}
	return room[:n]
}

// splitData splits a data URL (RFC 2397) with base64. ok is false for any other URL.
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

// plainText returns text without needless escapes, such as \/ in a MIME type.
func plainText(t *core.Tree, text []byte) core.Text {
	if bytes.IndexByte(text, '\\') < 0 {
		return text
	}
	return t.Took(scan.AppendUnescaped(t.Room(), text))
}

// isURL reports whether url is an address and not the data itself.
func isURL(url core.Text) bool {
	return bytes.HasPrefix(url, []byte("http")) || bytes.HasPrefix(url, []byte("gs:")) || bytes.HasPrefix(url, []byte("s3:"))
}

// appendMember appends a comma and a member. name must not need escapes.
func appendMember(dst []byte, name string, raw []byte) []byte {
	dst = append(append(append(dst, ',', '"'), name...), '"', ':')
	return append(dst, raw...)
}

// appendTextMember is appendMember for a string.
func appendTextMember(dst []byte, name string, t core.Text) []byte {
	dst = append(append(append(dst, ',', '"'), name...), '"', ':')
	return scan.AppendQuoted(dst, t)
}

// appendExtras appends the members of the chain that begins at more, each preceded by a comma, without
// the one called except.
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

// uncomma removes the comma at dst[at], where the first member of an object begins. It moves all bytes
// after it, and so is called while they are few.
func uncomma(dst []byte, at int) []byte {
	if at < len(dst) && dst[at] == ',' {
		return append(dst[:at], dst[at+1:]...)
	}
	return dst
}

// appendTitled appends the text of a file as a string, after the file's name.
func appendTitled(dst []byte, p *core.Part) []byte {
	if len(p.Name) == 0 {
		return scan.AppendQuoted(dst, p.Text)
	}
	dst = append(append(append(dst, '"'), p.Name...), `:\n`...)
	return append(append(dst, p.Text...), '"')
}
