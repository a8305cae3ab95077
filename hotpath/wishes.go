package hotpath

import (
	"bytes"
	"time"

	"asbru/core"
	"asbru/hotpath/http1"
)

// Wishes are what a client asks of a translation in headers.
type wishes struct {
	extras   bool // x-bf-passthrough-extra-params: send members that only its own format knows to other formats too
	request  bool // x-bf-send-back-raw-request: extra_fields holds what was sent
	drop     bool // x-bf-compat with should_drop_params: remove whatever the target cannot express
	response bool // x-bf-send-back-raw-response: extra_fields holds what came back, unless it was a stream
}

func wishesOf(r *http1.Request, b []byte) (w wishes) {
	for i := range r.N {
		fd := &r.Fields[i]
		name := fd.Name.Of(b)
		if fd.ID != http1.Other || !http1.HasPrefixFold(name, "x-bf-") {
			continue
		}
		on := http1.EqualFold(fd.Value.Of(b), "true")
		if http1.EqualFold(name, "x-bf-compat") {
			w.drop = on || bytes.Contains(fd.Value.Of(b), []byte(`"should_drop_params"`)) || bytes.Contains(fd.Value.Of(b), []byte(`"*"`))
		}
		if !on {
			continue
		}
		switch {
		case http1.EqualFold(name, "x-bf-passthrough-extra-params"):
			w.extras = true
		case http1.EqualFold(name, "x-bf-send-back-raw-request"):
			w.request = true
		case http1.EqualFold(name, "x-bf-send-back-raw-response"):
			w.response = true
		}
	}
	return w
}

// appendUnknown appends the members of the request that have no place in the neutral form to the
// object in dst, and removes them from the list of dropped fields.
func (c *crossing) appendUnknown(dst []byte) []byte {
	if len(dst) == 0 || dst[len(dst)-1] != '}' {
		return dst
	}
	for n := c.chat.More; n != 0; {
		var e core.Extra
		e, n = c.chat.Extra(n)
		dst = append(append(dst[:len(dst)-1], `,"`...), e.Key...)
		dst = append(append(append(dst, `":`...), e.Value...), '}')
		for i, name := range c.dropped {
			if name == string(e.Key) {
				c.dropped = append(c.dropped[:i], c.dropped[i+1:]...)
				break
			}
		}
	}
	return dst
}

// appendExtras appends extra_fields, which Bifrost's clients expect beside an answer.
func (c *crossing) appendExtras(dst []byte) []byte {
	x := &c.f.x
	dst = append(dst, `"extra_fields":{"request_type":"`...)
	dst = append(dst, requestType(x.Op, x.Peek.Stream)...)
	dst = append(append(dst, `","provider":"`...), c.f.target.Provider...)
	for _, name := range [...]string{`","original_model_requested":"`, `","model_requested":"`} {
		dst = append(append(dst, name...), c.asked...)
	}
	for _, name := range [...]string{`","resolved_model_used":"`, `","model_deployment":"`} {
		dst = append(append(dst, name...), c.used...)
	}
	dst = append(dst, `","latency":`...)
	dst = http1.AppendUint(dst, uint64(max(core.Clock()-x.Start, 0))/1e6)
	if cost, ok := c.cost(); ok {
		dst = cost.AppendUSD(append(dst, `,"cost":`...))
	}
	if c.splice != nil && c.splice.in != nil {
		dst = append(dst, `,"rescued":true`...)
	}
	if len(c.dropped) > 0 {
		dst = append(dst, `,"dropped_params":[`...)
		for i, name := range c.dropped {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(append(append(dst, '"'), name...), '"')
		}
		dst = append(dst, ']')
	}
	if len(c.sent) > 0 {
		dst = append(append(dst, `,"raw_request":`...), c.sent...)
	}
	if c.wants.response && len(c.f.rel.kept) > 0 {
		dst = append(append(dst, `,"raw_response":`...), core.Readable(c.f.rel.kept)...)
	}
	return append(dst, '}')
}

// cost is the price of the answer by the provider's usage report, in dollars; ok is false if there
// is no report yet, or no price.
func (c *crossing) cost() (cost core.Money, ok bool) {
	x := &c.f.x
	for _, u := range [...]*core.Usage{&x.Usage, &x.Stream.Usage, &c.x.Usage, &c.reply.Usage, &c.vectors.Usage, &c.ranking.Usage} {
		if u.Known {
			return x.Worth(u, time.Now().Unix())
		}
	}
	return 0, false
}

// requestType is Bifrost's name for an operation.
func requestType(op core.Op, stream bool) string {
	switch {
	case op == core.OpEmbed:
		return "embedding"
	case op == core.OpRerank:
		return "rerank"
	case op == core.OpCount:
		return "count_tokens"
	case op == core.OpResponses && stream:
		return "responses_stream"
	case op == core.OpResponses:
		return "responses"
	case op == core.OpCompletion && stream:
		return "text_completion_stream"
	case op == core.OpCompletion:
		return "text_completion"
	case stream:
		return "chat_completion_stream"
	}
	return "chat_completion"
}
