package mock

import (
	"encoding/base64"
	"io"
	"sync"
	"unicode/utf8"
)

// journal writes the request log: one JSON line for each complete request, and one for each answer that its
// client did not wait for.
//
//	{"event":"request","n":1,"method":"POST","target":"/v1/…","proto":"HTTP/1.1","headers":[["Host","…"],…],
//	 "body_bytes":12,"body_sha256":"…","body":"…"}             "body64" instead if it is not UTF-8; the first 64 KiB
//	{"event":"abandoned","n":1,"chunks":3}
type journal struct {
	mu  sync.Mutex
	w   io.Writer
	buf []byte
	err error // the first error; nothing is written after it
}

func (j *journal) request(s *session) {
	j.mu.Lock()
	defer j.mu.Unlock()
	d := s.side
	b := appendCount(j.buf[:0], `{"event":"request","n":`, int64(s.answer.n))
	b = appendQuoted(append(b, `,"method":`...), []byte(d.method))
	b = appendLoose(append(b, `,"target":`...), []byte(d.target))
	b = appendIndex(b, `,"proto":"HTTP/1.`, int(d.minor))
	b = append(b, `","headers":[`...)
	first := true
	d.each(func(name, value []byte) {
		if !first {
			b = append(b, ',')
		}
		first = false
		b = appendQuoted(append(b, '['), name)
		b = append(appendLoose(append(b, ','), value), ']')
	})
	b = appendCount(b, `],"body_bytes":`, s.body.total)
	b = append(d.appendSum(append(b, `,"body_sha256":"`...)), '"')
	if utf8.Valid(d.kept) {
		b = appendQuoted(append(b, `,"body":`...), d.kept)
	} else {
		b = base64.StdEncoding.AppendEncode(append(b, `,"body64":"`...), d.kept)
		b = append(b, '"')
	}
	j.writeLocked(append(b, "}\n"...))
}

func (j *journal) abandoned(s *session) {
	j.mu.Lock()
	defer j.mu.Unlock()
	b := appendCount(j.buf[:0], `{"event":"abandoned","n":`, int64(s.answer.n))
	j.writeLocked(append(appendIndex(b, `,"chunks":`, s.sent), "}\n"...))
}

func (j *journal) writeLocked(line []byte) {
	j.buf = line[:0]
	if j.err == nil {
		_, j.err = j.w.Write(line)
	}
}
