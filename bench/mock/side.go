package mock

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"hash"
)

// side keeps what only an echo or the request log needs of a request.
type side struct {
	method, target string
	fields         []byte // as in head, copied
	minor          byte
	sum            hash.Hash
	kept           []byte // the beginning of the body, up to maxLogged
}

func newSide(h *head) *side {
	return &side{
		method: string(h.method), target: string(h.target), minor: h.minor,
		fields: bytes.Clone(h.fields), sum: sha256.New(),
	}
}

func (d *side) take(data []byte) {
	d.sum.Write(data)
	d.kept = append(d.kept, data[:min(len(data), maxLogged-len(d.kept))]...)
}

// each calls f for every field, in order. The head was parsed before.
func (d *side) each(f func(name, value []byte)) {
	rest := d.fields
	for len(rest) > 0 {
		line, after, ok := cutLine(rest)
		if !ok {
			return
		}
		name, value, _ := cutField(line)
		f(name, value)
		rest = after
	}
}

// get is the last value of a field; "" if there is none.
func (d *side) get(name string) (v string) {
	d.each(func(n, value []byte) {
		if fold(n, name) {
			v = string(value)
		}
	})
	return v
}

func (d *side) isJSON() bool {
	return fold([]byte(d.get("content-type")[:min(len(d.get("content-type")), len(typeJSON))]), typeJSON)
}

// formModel is the model of a multipart form, if it is near its beginning.
func (d *side) formModel() []byte {
	_, b, ok := bytes.Cut(d.kept, []byte(`name="model"`))
	if !ok {
		return nil
	}
	_, b, _ = bytes.Cut(b, []byte("\r\n\r\n"))
	b, _, ok = bytes.Cut(b, []byte("\r\n"))
	if !ok || len(b) > maxModel {
		return nil
	}
	return b
}

// echoed are the fields shown to the client; credentials are not among them.
var echoed = []string{"accept", "accept-encoding", "accept-language", "anthropic-beta", "anthropic-version",
	"content-encoding", "content-type", "idempotency-key", "openai-beta", "openai-organization", "openai-project",
	"traceparent", "user-agent", "x-request-id"}

// appendEcho writes the request back as JSON.
func (d *side) appendEcho(dst []byte, s *session) []byte {
	dst = s.answer.appendID(dst, `{"id":"echo-mock-`)
	dst = appendQuoted(append(dst, `","object":"mock.echo","method":`...), []byte(d.method))
	path, query, _ := bytes.Cut([]byte(d.target), []byte("?"))
	dst = appendLoose(append(dst, `,"path":`...), path)
	dst = appendLoose(append(dst, `,"query":`...), query)
	dst = append(dst, `,"headers":{`...)
	first := true
	for _, name := range echoed {
		v := d.get(name)
		if v == "" {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = appendQuoted(dst, []byte(name))
		dst = appendLoose(append(dst, ':'), []byte(v))
	}
	dst = appendCount(dst, `},"body_bytes":`, s.body.total)
	return append(d.appendSum(append(dst, `,"body_sha256":"`...)), `"}`...)
}

func (d *side) appendSum(dst []byte) []byte {
	return hex.AppendEncode(dst, d.sum.Sum(nil))
}

// appendLoose quotes bytes of any kind; what is not UTF-8 is replaced.
func appendLoose(dst, b []byte) []byte {
	return appendQuoted(dst, bytes.ToValidUTF8(b, []byte("\uFFFD")))
}
