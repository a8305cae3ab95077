package openai

import (
	"bytes"

	"asbru/core"
	"asbru/core/scan"
)

// takeData splits a data: URL with base64 (RFC 2397). Slashes may be escaped. ok is false for one without
// base64. whole is false if it cannot be restored from media and data, because its type has parameters or
// is absent.
func takeData(t *core.Tree, url core.Text) (media, data core.Text, whole, ok bool) {
	const scheme, mark = "data:", ";base64,"
	comma := bytes.IndexByte(url, ',')
	if comma < 0 || !bytes.HasSuffix(url[:comma+1], []byte(mark)) {
		return nil, nil, false, false
	}
	media, whole = url[len(scheme):comma+1-len(mark)], true
	if i := bytes.IndexByte(media, ';'); i >= 0 {
		media, whole = media[:i], false
	}
	if bytes.IndexByte(media, '\\') >= 0 {
		media = t.Took(scan.AppendUnescaped(t.Room(), media))
		if bytes.ContainsAny(media, "\"\\") {
			return nil, nil, false, false
		}
	}
	if len(media) == 0 {
		media, whole = nil, false
	}
	return media, url[comma+1:], whole, true
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

// audioMedia returns the MIME type of an audio format.
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
