package http1

import "bytes"

// cutWords is cut in portable Go.
func cutWords(buf []byte) (colon, end int) {
	colon = bytes.IndexByte(buf, ':')
	if colon < 0 || control(buf, 0) < colon {
		return -1, -1
	}
	if end = control(buf, colon+1); end == len(buf) {
		return -1, -1
	}
	return colon, end
}
