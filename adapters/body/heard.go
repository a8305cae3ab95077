package body

import (
	"bytes"
	"unicode/utf8"

	"asbru/core"
	"asbru/core/scan"
)

// Heard returns a ReadFault that understands more errors than read does, which knows its own format: those of servers
// and proxies that stand in front of a provider, or imitate it. They answer with text, with a list, with the event of
// a stream, or with an object in words of their own; what they say is in the Message then.
func Heard(read func(text []byte, f *core.Fault)) func(text []byte, f *core.Fault) {
	return func(text []byte, f *core.Fault) {
		text = event(bytes.TrimSpace(text))
		if read(text, f); f.Message == "" {
			f.Message = words(text, 0)
		}
		f.Message = CutMessage(f.Message)
	}
}

// event returns the data of the first event in text, which is a stream; any other text is returned unchanged.
func event(text []byte) []byte {
	for line := range bytes.Lines(text) {
		if data, ok := bytes.CutPrefix(line, []byte("data:")); ok {
			return bytes.TrimSpace(data)
		}
		if !bytes.HasPrefix(line, []byte("event:")) && !bytes.HasPrefix(line, []byte(":")) && !bytes.HasPrefix(line, []byte("id:")) {
			break
		}
	}
	return text
}

// tellers are the members of an error in which servers say what is wrong, the most telling first.
var tellers = [...]string{"message", "msg", "error", "detail", "details", "errors", "error_description", "title", "reason"}

// words returns what an error of unknown form says; empty: nothing that a client could read.
func words(raw []byte, depth int) string {
	switch {
	case len(raw) == 0 || depth == maxFaultDepth:
		return ""
	case raw[0] == '"':
		text, _ := scan.Unquote(nil, raw)
		return string(text)
	case raw[0] == '[':
		w := scan.Elements(raw)
		_, first, _ := w.Next()
		return words(first, depth+1)
	case raw[0] == '{':
		for _, name := range tellers {
			if text := words(memberOf(raw, name), depth+1); text != "" {
				return text
			}
		}
	case depth == 0 && raw[0] != '<' && utf8.Valid(raw) && bytes.IndexByte(raw, 0) < 0 && scan.Valid(raw) != nil: // a page or a number says nothing
		return string(raw)
	}
	return ""
}

// memberOf returns the raw member of an object, nil if there is none.
func memberOf(object []byte, name string) []byte {
	w := scan.Members(object)
	for {
		key, value, ok := w.Next()
		if !ok || string(key) == name {
			return value
		}
	}
}

// CutMessage cuts a provider's error message to 2,048 bytes, at the boundary of a character.
func CutMessage(s string) string {
	if len(s) <= maxMessage {
		return s
	}
	n := maxMessage
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
