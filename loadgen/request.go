package loadgen

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// ask is the parts of a request.
type ask struct {
	method  string
	path    string // begins with a slash
	key     string // bearer token; empty: no Authorization field
	headers []string
	body    []byte // sent unchanged; nil: no body
}

// render returns the bytes of a request to t.
func (a ask) render(t *target) []byte {
	b := make([]byte, 0, 512+len(a.body))
	b = append(b, a.method+" "+t.prefix+a.path+" HTTP/1.1\r\nHost: "+t.host+"\r\n"...)
	b = append(b, "User-Agent: asbru-loadgen\r\nAccept: */*\r\n"...)
	if a.key != "" {
		b = append(b, "Authorization: Bearer "+a.key+"\r\n"...)
	}
	if a.body != nil {
		b = append(b, "Content-Type: application/json\r\nContent-Length: "...)
		b = strconv.AppendInt(b, int64(len(a.body)), 10)
		b = append(b, "\r\n"...)
	}
	for _, h := range a.headers {
		b = append(b, h+"\r\n"...)
	}
	return append(append(b, "\r\n"...), a.body...)
}

// header checks a "Name: value" option.
func header(s string) error {
	name, _, ok := strings.Cut(s, ":")
	if !ok || name == "" || strings.ContainsAny(name, " \t") || strings.ContainsAny(s, "\r\n") {
		return fmt.Errorf("header %q is not of the form \"Name: value\"", s)
	}
	for _, own := range []string{"content-length", "transfer-encoding", "host", "connection"} {
		if strings.EqualFold(name, own) {
			return fmt.Errorf("header %q is set by the load generator itself", name)
		}
	}
	return nil
}

// chatBack is the end of a chat's body, after its text.
const chatBack = `"}]}`

// chat returns a chat-completions body of exactly size bytes; 0: the smallest.
func chat(model string, stream bool, size int) ([]byte, error) {
	name, err := json.Marshal(model)
	if err != nil {
		return nil, fmt.Errorf("cannot write model %q: %w", model, err)
	}
	front := `{"model":` + string(name)
	if stream {
		front += `,"stream":true`
	}
	front += `,"messages":[{"role":"user","content":"`
	const back = chatBack
	room := size - len(front) - len(back)
	if size == 0 {
		room = 0
	}
	if room < 0 {
		return nil, fmt.Errorf("--request-bytes %d is too small; the smallest request to model %q takes %d", size, model, len(front)+len(back))
	}
	const words = "Say how a rope bridge is tied, knot by knot. "
	text := strings.Repeat(words, room/len(words)+1)[:room]
	return []byte(front + text + back), nil
}
