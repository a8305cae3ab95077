package e2e

import (
	"bytes"
	be "encoding/binary"
	"hash/crc32"
	"io"

	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"time"

	"asbru/bench/standin"
)

// A staged is the stand-in of all vendors behind a hand that spoils its answers, as the name of the model says:
// mx-WORD-cN-usage, where N is the number of the cell. Below /spare nothing is spoilt.
type staged struct {
	vendor *standin.Server
	over   chan struct{} // closed: nobody waits any longer
	going  chan struct{} // closed: answers that were held in the middle go on

	cells map[int]*cell // read-only
}

var stageWord = regexp.MustCompile(`mx-([a-z0-9]+)-c(\d+)`)

func (p *staged) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	m := stageWord.FindStringSubmatch(r.RequestURI + " " + string(body))
	if m == nil { // about a batch, or its results
		p.vendor.ServeHTTP(w, again(r, body))
		return
	}
	n, _ := strconv.Atoi(m[2])
	c := p.cells[n]
	c.tries.Add(1)
	word := m[1]
	if strings.HasPrefix(r.URL.Path, "/spare/") {
		word = "ok"
	}
	switch word {
	case "e400", "e401", "e429", "e500":
		status, _ := strconv.Atoi(word[1:])
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		io.WriteString(w, `{"message":"as the test says","error":{"type":"test_error","message":"as the test says"}}`)
	case "hangup":
		panic(http.ErrAbortHandler)
	case "garbled":
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, "<html>Bad luck</html>")
	case "silent":
		c.reaches()
		p.waits(r, nil)
		panic(http.ErrAbortHandler)
	default:
		if word == "wait" {
			c.reaches()
			time.Sleep(300 * time.Millisecond) // for another to come meanwhile
		}
		p.answer(w, again(r, body), c, word)
	}
}

// again is r with its body to be read once more.
func again(r *http.Request, body []byte) *http.Request {
	q := r.Clone(r.Context())
	q.Body = io.NopCloser(bytes.NewReader(body))
	return q
}

func (p *staged) waits(r *http.Request, going chan struct{}) {
	select {
	case <-r.Context().Done():
	case <-going:
	case <-p.over:
	case <-time.After(patience):
	}
}

// answer is what the vendor answers, spoilt.
func (p *staged) answer(w http.ResponseWriter, r *http.Request, c *cell, word string) {
	if r.Header.Get("Upgrade") != "" {
		p.vendor.ServeHTTP(&spoiltSocket{w, r, p, word, c}, r)
		return
	}
	rec := httptest.NewRecorder()
	if strings.Contains(r.URL.Path, "/anything/") {
		rec.Header().Set("Content-Type", "application/json")
		rec.WriteString(`{"object":"thing","done":"something","usage":{"prompt_tokens":120,"completion_tokens":24,"total_tokens":144}}`)
	} else {
		p.vendor.ServeHTTP(rec, r)
	}
	list := spoilAll(rec.Header().Get("Content-Type"), rec.Body.Bytes(), word)
	for name, v := range rec.Header() {
		w.Header()[name] = v
	}
	whole := bytes.Join(list, nil)
	c.whole.Store(int64(len(whole)))
	if len(list) == 1 {
		w.Header().Set("Content-Length", strconv.Itoa(len(whole)))
	}
	w.WriteHeader(rec.Code)
	at := len(whole)
	if word == "cut" || word == "half" {
		at = half(list)
	}
	w.Write(whole[:at])
	if at < len(whole) {
		p.breaks(w, r, c, whole[at:])
	}
}

// spoilAll is the events of an answer, spoilt.
func spoilAll(kind string, b []byte, word string) (list [][]byte) {
	for _, f := range framesOf(kind, b) {
		g := spoil(kind, f, word)
		list = append(list, g)
		if word == "twice" && !bytes.Equal(g, spoil(kind, f, "missing")) {
			list = append(list, g)
		}
	}
	return list
}

// breaks leaves an answer where it is, unless it is to go on.
func (p *staged) breaks(w http.ResponseWriter, r *http.Request, c *cell, rest []byte) {
	w.(http.Flusher).Flush()
	c.reaches()
	if c.e.word == "half" {
		p.waits(r, p.going)
		select {
		case <-p.going:
			w.Write(rest)
			return
		default:
		}
	}
	panic(http.ErrAbortHandler)
}

// deliverable is how many events with content come before the end of what half lets through.
const deliverable = 3

// half is how many bytes of a stream hold its first three events with content and a piece of the next, or a half of what is none.
func half(list [][]byte) (at int) {
	if len(list) == 1 {
		return len(list[0]) / 2
	}
	for n, i := 0, 0; i < len(list); i++ {
		if n == deliverable {
			return at + len(list[i])/2
		}
		if at += len(list[i]); speaks(list[i]) {
			n++
		}
	}
	return at / 2
}

// speaks reports whether a frame has one of the pieces of the stand-in's text; one that repeats all of them is no piece.
func speaks(frame []byte) bool {
	n := 0
	for _, s := range []string{"It is 21", "in Paris", "mild", "va?", "Bye."} {
		if bytes.Contains(frame, []byte(s)) {
			n++
		}
	}
	return n == 1
}

// framesOf cuts an answer into its events; one that comes whole is a single one.
func framesOf(kind string, b []byte) (list [][]byte) {
	switch {
	case strings.HasPrefix(kind, "text/event-stream"):
		for len(b) > 0 {
			at := len(b)
			for _, end := range []string{"\n\n", "\r\n\r\n"} {
				if i := bytes.Index(b, []byte(end)); i >= 0 {
					at = min(at, i+len(end))
				}
			}
			list, b = append(list, b[:at]), b[at:]
		}
	case kind == "application/vnd.amazon.eventstream":
		for len(b) >= 16 {
			n := int(be.BigEndian.Uint32(b))
			list, b = append(list, b[:n]), b[n:]
		}
	default:
		list = [][]byte{b}
	}
	return list
}

var (
	reportName = regexp.MustCompile(`"(usage|usageMetadata|meta|amazon-bedrock-invocationMetrics)":\{`)
	number     = regexp.MustCompile(`:(0|[1-9]\d*)`)
)

// spoil changes the report of usage in a frame.
func spoil(kind string, frame []byte, word string) []byte {
	if kind != "application/vnd.amazon.eventstream" {
		return spoilText(frame, word)
	}
	head := int(be.BigEndian.Uint32(frame[4:]))
	text := spoilText(frame[12+head:len(frame)-4], word)
	b := be.BigEndian.AppendUint32(nil, uint32(16+head+len(text)))
	b = be.BigEndian.AppendUint32(b, uint32(head))
	b = be.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
	b = append(append(b, frame[12:12+head]...), text...)
	return be.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
}

func spoilText(text []byte, word string) []byte {
	with, ok := map[string]string{"missing": "", "zero": ":0", "negative": ":-$1", "absurd": ":9${1}0000000000"}[word]
	at := reportName.FindIndex(text)
	if !ok || at == nil {
		return text
	}
	begin, end := at[1]-1, at[1]
	for depth := 1; depth > 0; end++ {
		depth += map[byte]int{'{': 1, '}': -1}[text[end]]
	}
	if word == "missing" {
		return bytes.Join([][]byte{text[:at[0]], []byte(`"x_gone":0`), spoilText(text[end:], word)}, nil)
	}
	return bytes.Join([][]byte{text[:begin], number.ReplaceAll(text[begin:end], []byte(with)), spoilText(text[end:], word)}, nil)
}
