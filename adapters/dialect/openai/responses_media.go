package openai

import (
	"bytes"

	"asbru/core"
	"asbru/core/scan"
)

// splitData takes a data: URL with base64 apart (RFC 2397). Slashes may be escaped. ok
// is false for other URLs, and for data URLs with parameters or without base64, which
// could not be put together again.
func splitData(t *core.Tree, url core.Text) (media, data core.Text, ok bool) {
	const scheme, mark = "data:", ";base64,"
	if len(url) < len(scheme) || string(url[:len(scheme)]) != scheme {
		return nil, nil, false
	}
	comma := bytes.IndexByte(url, ',')
	if comma < 0 || !bytes.HasSuffix(url[:comma+1], []byte(mark)) {
		return nil, nil, false
	}
	media = url[len(scheme) : comma+1-len(mark)]
	if bytes.IndexByte(media, ';') >= 0 {
		return nil, nil, false
	}
	if bytes.IndexByte(media, '\\') >= 0 {
		media = t.Took(scan.AppendUnescaped(t.Room(), media))
		if bytes.ContainsAny(media, "\"\\") {
			return nil, nil, false
		}
	}
	return media, url[comma+1:], true
}

// isData reports whether url is a data: URL.
func isData(url []byte) bool { return bytes.HasPrefix(url, []byte("data:")) }

// appendData appends a data: URL as a string.
func appendData(dst []byte, media, data core.Text, fallback string) []byte {
	dst = append(dst, `"data:`...)
	if len(media) > 0 {
		dst = append(dst, media...)
	} else {
		dst = append(dst, fallback...)
	}
	return append(append(append(dst, ";base64,"...), data...), '"')
}

// audioMedia is the MIME type of an audio format.
func audioMedia(t *core.Tree, format core.Text) core.Text {
	room := append(t.Room(), "audio/"...)
	if string(format) == "mp3" {
		return t.Took(append(room, "mpeg"...))
	}
	return t.Took(append(room, format...))
}

// appendAudioFormat appends the format of an audio MIME type.
func appendAudioFormat(dst []byte, media core.Text) []byte {
	switch string(media) {
	case "audio/mpeg", "audio/mp3":
		return append(dst, "mp3"...)
	case "audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave", "":
		return append(dst, "wav"...)
	}
	return append(dst, bytes.TrimPrefix(media, []byte("audio/"))...)
}
