package hotpath

import (
	"bytes"

	"asbru/hotpath/http1"
)

// forwarded are the client's header fields that are sent upstream. Nothing else is: with an
// allow-list no credential can be forgotten.
var forwarded = [http1.NumFieldIDs]bool{
	http1.Accept:         true,
	http1.AcceptLanguage: true,
	http1.ContentType:    true,
	http1.UserAgent:      true,
	http1.Range:          true,
	http1.IdempotencyKey: true,
	http1.Traceparent:    true,
	http1.Tracestate:     true,
	http1.OpenAIBeta:     true,
	http1.LastEventID:    true,
}

// appendForwarded appends the client's header fields that are sent upstream. If the target speaks
// another format, those that belong to the client's format, describe its body or its preferences
// are left out.
func appendForwarded(h []byte, r *http1.Request, f *flight, crosses bool) []byte {
	b := f.buf
	for i := range r.N {
		fd := &r.Fields[i]
		name := fd.Name.Of(b)
		switch {
		case forwarded[fd.ID]:
			if !crosses || fd.ID != http1.ContentType && fd.ID != http1.Accept && fd.ID != http1.OpenAIBeta {
				h = fd.AppendTo(h, b)
			}
			continue
		case fd.ID == http1.Other && len(name) > len(extraHeader) && http1.HasPrefixFold(name, extraHeader):
			if name = name[len(extraHeader):]; !extra(name) {
				continue
			}
		case crosses || !listed(f.x.From.Forward, name):
			continue
		case f.x.Face.Betas != nil:
			h = appendKnown(h, name, fd.Value.Of(b), f.x.Face.Betas)
			continue
		}
		h = append(append(h, name...), ": "...)
		h = append(append(h, fd.Value.Of(b)...), "\r\n"...)
	}
	return h
}

// appendKnown appends a field whose value is a list, reduced to the names that begin with one of
// known; if none is left, no field. A server that does not know a name would answer 400.
func appendKnown(h, name, value []byte, known []string) []byte {
	start := len(h)
	h = append(append(h, name...), ": "...)
	at := len(h)
	for len(value) > 0 {
		var one []byte
		one, value, _ = bytes.Cut(value, []byte(","))
		one = bytes.Trim(one, " \t")
		for _, k := range known {
			if len(one) > 0 && bytes.HasPrefix(one, []byte(k)) {
				if len(h) > at {
					h = append(h, ',')
				}
				h = append(h, one...)
				break
			}
		}
	}
	if len(h) == at {
		return h[:start]
	}
	return append(h, "\r\n"...)
}

// extraHeader is the prefix of fields that the client wants sent on without that prefix.
const extraHeader = "x-bf-eh-"

// kept are the fields that are never sent on for a client, with or without the prefix: those that
// frame a message, belong to one connection, or carry a credential.
var kept = []string{
	"proxy-authorization", "proxy-authenticate", "proxy-connection", "cookie", "host", "content-length", "content-type",
	"content-encoding", "accept-encoding", "connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "expect",
	"authorization", "x-api-key", "api-key", "x-goog-api-key", "x-amz-security-token", "x-amz-date", "x-amz-content-sha256",
}

// extra reports whether a client may have a field called name sent on.
func extra(name []byte) bool {
	return !listed(kept, name) && !http1.HasPrefixFold(name, "x-bf-") && !http1.HasPrefixFold(name, "x-forwarded-")
}

func listed(names []string, name []byte) bool {
	for _, n := range names {
		if http1.EqualFold(name, n) {
			return true
		}
	}
	return false
}
