package http1

import "bytes"

// validHost reports whether v is accepted as a Host: a name or IPv4 address of letters,
// digits and "-._", or an IPv6 address in brackets, with an optional port. RFC 3986
// allows more, which no host needs, and which has been used to make two readers
// disagree.
func validHost(v []byte) bool {
	if len(v) > MaxHost {
		return false
	}
	if len(v) > 0 && v[0] == '[' {
		end := bytes.IndexByte(v, ']')
		return end > 0 && validIPv6(v[1:end]) && validPort(v[end+1:])
	}
	for i, c := range v {
		if classes[c]&isHost == 0 {
			return i > 0 && validPort(v[i:])
		}
	}
	return len(v) > 0
}

// validIPv6 checks only the characters, not the value, because it is never dialled.
func validIPv6(v []byte) bool {
	colons := 0
	for _, c := range v {
		switch {
		case c == ':':
			colons++
		case c != '.' && classes[c]&isHex == 0:
			return false
		}
	}
	return colons >= 2
}

// validPort checks the rest after the host: nothing, or a colon and a port.
func validPort(v []byte) bool {
	if len(v) == 0 {
		return true
	}
	if v[0] != ':' || len(v) < 2 || len(v) > 6 {
		return false
	}
	n := 0
	for _, c := range v[1:] {
		if c < '0' || c > '9' {
			return false
		}
		n = n*10 + int(c-'0')
	}
	return n <= 65535
}
