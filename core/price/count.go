package price

import (
	"bytes"

	"asbru/core"
)

// A tally is what is counted of a request's body.
type tally struct {
	text   int64 // bytes that may be read as text
	pieces int64 // pictures
	open   bool  // it has the provider read what does not stand here
}

// countOf counts the body of x. One in which nothing is called as what weighs otherwise is not
// looked at again: it is all text.
func countOf(x *core.Exchange) tally {
	if x.Peek.Plain {
		return tally{text: int64(len(x.Body))}
	}
	return count(x.Body)
}

// count looks at the strings of a body, hopping from quote to quote. A body that is no
// JSON is all text.
func count(body []byte) tally {
	t := tally{text: int64(len(body))}
	var key []byte
	for at := 0; ; {
		i := bytes.IndexByte(body[at:], '"')
		if i < 0 {
			return t
		}
		begin := at + i + 1
		end := closing(body, begin)
		if end < 0 {
			return t
		}
		text := body[begin:end]
		at = end + 1
		if follows(body, at, ':') {
			key = text
			t.open = t.open || reaches(key)
			continue
		}
		t.value(key, text)
	}
}

// closing is where the string that begins at i ends; -1: nowhere.
func closing(b []byte, i int) int {
	for {
		n := bytes.IndexByte(b[i:], '"')
		if n < 0 {
			return -1
		}
		i += n
		slashes := 0
		for i-slashes > 0 && b[i-slashes-1] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return i
		}
		i++
	}
}

// follows reports whether the next byte that is no space is c.
func follows(b []byte, i int, c byte) bool {
	for ; i < len(b); i++ {
		if b[i] != ' ' && b[i] != '\n' && b[i] != '\t' && b[i] != '\r' {
			return b[i] == c
		}
	}
	return false
}

// value counts the string that stands behind key, or in a list behind it.
func (t *tally) value(key, text []byte) {
	switch string(key) {
	case "image_url", "url", "data", "bytes", "images", "image", "b64_json":
		switch {
		case isPicture(text):
			t.pieces++
			t.text -= int64(len(text))
		case string(key) == "image_url" || string(key) == "url":
			t.pieces++ // at another place, if it is one at all
		}
	case "type":
		t.open = t.open || serves(text)
	}
}

// isPicture reports whether text is the base64 of a picture, by itself or in a data URL.
func isPicture(text []byte) bool {
	if rest, ok := bytes.CutPrefix(text, []byte("data:image/")); ok {
		i := bytes.Index(rest[:min(len(rest), 64)], []byte(";base64,"))
		return i >= 0 && base64Only(rest[i+len(";base64,"):])
	}
	for _, magic := range [...]string{"/9j/", "iVBORw0KGgo", "R0lGOD", "UklGR"} { // JPEG, PNG, GIF, WebP
		if bytes.HasPrefix(text, []byte(magic)) {
			return base64Only(text)
		}
	}
	return false
}

func base64Only(b []byte) bool {
	for _, c := range b {
		if !alphabet[c] {
			return false
		}
	}
	return true
}

var alphabet = func() (t [256]bool) {
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-_\\") {
		t[c] = true
	}
	return t
}()

// reaches reports whether a member of that name makes a prompt of more than the body.
func reaches(key []byte) bool {
	switch string(key) {
	case "file_id", "file_url", "fileUri", "file_uri", "fileData", "s3Location", "uri",
		"previous_response_id", "conversation", "cachedContent", "cached_content", "container",
		"web_search_options", "googleSearch", "google_search", "googleSearchRetrieval", "urlContext", "url_context",
		"codeExecution", "code_execution", "mcp_servers", "video_url", "audio_url":
		return true
	}
	return false
}

// serves reports whether something of that type is a tool that the provider runs, whose
// findings are charged as prompt, or a reference to what it keeps.
func serves(kind []byte) bool {
	for _, begin := range [...]string{"web_search", "web_fetch", "file_search", "code_interpreter", "code_execution", "mcp", "item_reference", "video_url"} {
		if bytes.HasPrefix(kind, []byte(begin)) {
			return true
		}
	}
	return false
}
