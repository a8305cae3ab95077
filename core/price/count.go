package price

import (
	"bytes"

	"asbru/core"
	"asbru/core/scan"
)

// A tally is what is counted of a request's body.
type tally struct {
	text    int64 // bytes that may be read as text
	pieces  int64 // pictures
	prompts int64 // that it holds, each with an answer and a window of its own; 0: one
	many    bool  // it holds any number of texts, each as long as the model takes
	open    bool  // it has the provider read what does not stand here
	paper   bool  // it holds a document
	far     bool  // something is at another place
	chunks  int64 // of the documents of a ranking, at most; 0: it is none
	papers  int64 // documents of a ranking
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
	var names, words [longestWord]byte // for those that are written with escapes
	for at := 0; ; {
		i := bytes.IndexByte(body[at:], '"')
		if i < 0 {
			break
		}
		begin := at + i + 1
		end := closing(body, begin)
		if end < 0 {
			break
		}
		text := body[begin:end]
		at = end + 1
		if follows(body, at, ':') {
			key = plain(names[:0], text)
			t.open = t.open || reaches(key)
			continue
		}
		t.value(key, text, words[:0])
	}
	t.open = t.open || t.paper && t.far // a paper has more pages than a picture has tokens
	return t
}

// longestWord is longer than any word that is looked for, written with escapes.
const longestWord = 6 * 64

// plain is the content of a string as its reader has it, when it is short: who writes web_search with escapes
// gets one all the same. dst is for what held some.
func plain(dst, text []byte) []byte {
	if bytes.IndexByte(text, '\\') < 0 {
		return text
	}
	return unescaped(dst, text)
}

func unescaped(dst, text []byte) []byte {
	if len(text) > longestWord-2 {
		return text
	}
	var buf [longestWord]byte
	quoted := append(append(append(buf[:0], '"'), text...), '"')
	if out, ok := scan.Unquote(dst, quoted); ok {
		return out
	}
	return text
}

// shape adds what counts of the requests that hold several prompts: completions of a list, and
// documents that a query is read with, each for itself.
func (t *tally) shape(x *core.Exchange) {
	switch x.Op {
	case core.OpCompletion:
		w := scan.Elements(member(x.Body, "prompt"))
		for _, v, ok := w.Next(); ok && !scan.IsNumber(v); _, v, ok = w.Next() { // numbers are the tokens of one
			t.prompts++
		}
	case core.OpEmbed:
		t.many = true
	case core.OpRerank:
		t.many = true
		w := scan.Elements(member(x.Body, "documents"))
		query := int64(len(member(x.Body, "query")))
		for _, v, ok := w.Next(); ok; _, v, ok = w.Next() {
			t.text += query
			t.papers++
			t.chunks += int64(len(v))/leastChunk + 1
		}
	}
}

// member is a value of an object, raw; nil: there is none.
func member(body []byte, name string) []byte {
	var buf [longestWord]byte
	w := scan.Members(body)
	for {
		key, value, ok := w.Next()
		if !ok {
			return nil
		}
		if string(plain(buf[:0], key)) == name {
			return value
		}
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

// value counts the string that stands behind key, or in a list behind it. room is for a word with escapes.
func (t *tally) value(key, text, room []byte) {
	switch string(key) {
	case "image_url", "url", "data", "bytes", "images", "image", "b64_json":
		switch {
		case isPicture(text):
			t.pieces++
			t.text -= int64(len(text))
		case string(key) == "image_url" || string(key) == "url":
			t.pieces++ // at another place, if it is one at all
			t.far = true
		case packed(text):
			t.open = true
		}
	case "file_data":
		t.open = t.open || !bytes.HasPrefix(text, []byte("data:text/"))
	case "type":
		text = plain(room, text)
		t.open = t.open || serves(text)
		t.paper = t.paper || string(text) == "document"
	case "mimeType", "mime_type", "media_type":
		t.open = t.open || bytes.HasPrefix(text, []byte("video/")) || bytes.HasPrefix(text, []byte("application/"))
	}
}

// packed reports whether text is the base64 of a document or a film, which come to more than a token a byte: a page, or
// a minute, of nothing takes next to none.
func packed(text []byte) bool {
	if rest, ok := bytes.CutPrefix(text, []byte("data:")); ok {
		return bytes.HasPrefix(rest, []byte("application/")) || bytes.HasPrefix(rest, []byte("video/"))
	}
	for _, magic := range [...]string{"JVBERi", "UEsDB", "0M8R4KGx"} { // PDF, ZIP and so docx, and what Word wrote before
		if bytes.HasPrefix(text, []byte(magic)) {
			return true
		}
	}
	return false
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
		"codeExecution", "code_execution", "mcp_servers", "video_url", "audio_url", "video":
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
