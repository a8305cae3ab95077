package openai

import (
	"bytes"
	"errors"

	"asbru/core"
	"asbru/core/scan"
)

// unfinished is the message of a failure that has none.
const unfinished = "the provider could not finish the answer"

var errNoResponse = errors.New("cannot read the reply: it is no response object")

// parseResponse is the face's ParseReply. The members that only this face has, and the spelling of numbers,
// are kept unchanged.
func parseResponse(r *core.Completion, doc []byte) error {
	r.From, r.Op = &dialect, core.OpResponses
	var output, status, reason, failure []byte
	w := scan.Members(doc)
	for {
		key, value, more := w.Next()
		if !more {
			break
		}
		keep := true
		switch string(key) {
		case "id":
			keep = !inside(&r.ID, value)
		case "model":
			keep = !inside(&r.Model, value)
		case "output":
			output, keep = value, value[0] != '['
		case "created_at":
			r.Created = seconds(value)
		case "status":
			status = value
		case "incomplete_details":
			reason = member(value, "reason")
		case "error":
			failure = value
		case "service_tier":
			inside(&r.Tier, value)
		case "usage":
			responsesUsage(value, &r.Usage)
		}
		if keep {
			r.Keep(&r.More, key, value)
		}
	}
	if len(output) == 0 || output[0] != '[' {
		return errNoResponse
	}
	n := r.Begin(0)
	calls, probs := outputs(&r.Tree, output)
	r.End(n)
	c := &r.Choices[n]
	c.Logprobs = probs
	if c.Finish, c.Native = endOf(status, reason, calls); c.Finish == core.FinishFailed && len(r.Parts) == 0 {
		r.Fault = failed(failure)
	}
	return nil
}

// failed is why a response has no answer. raw is its error.
func failed(raw []byte) *core.Fault {
	f := &core.Fault{Code: core.UpstreamFailed}
	if len(raw) > 0 && raw[0] == '{' {
		readError(raw, f)
	}
	if f.Message == "" {
		f.Message = unfinished
	}
	return f
}

// outputs reads the items of an answer. calls reports whether it has calls of tools.
func outputs(t *core.Tree, list []byte) (calls bool, probs []byte) {
	w := scan.Elements(list)
	for {
		_, value, more := w.Next()
		if !more {
			return calls, probs
		}
		it := readItem(t, value)
		it.reply = true
		switch it.kind() {
		case isMessage:
			it.answer()
		case isCall:
			calls = true
			it.call()
		case isThought:
			it.thought()
		default:
			it.other()
		}
		if probs == nil {
			probs = it.probs
		}
	}
}

// answer reads a message of an answer.
func (it *item) answer() {
	content := it.raw[itemContent]
	it.keep(itemType, itemRole, itemContent)
	if elements(content) > 0 {
		it.said(content)
		return
	}
	it.Add(core.Part{Kind: core.PartText, Shape: partBegins | partTyped | partNoText, More: it.more})
}

// seconds reads a time in seconds, which may have a fraction.
func seconds(raw []byte) int64 {
	if i := bytes.IndexByte(raw, '.'); i >= 0 {
		raw = raw[:i]
	}
	n, _ := scan.Whole(raw)
	return max(n, 0)
}

// responsesUsage reads usage, with the tokens written to the cache.
func responsesUsage(raw []byte, u *core.Usage) {
	tokens(raw, u)
	if details := member(raw, "input_tokens_details"); details != nil {
		count(member(details, "cache_write_tokens"), &u.WrittenIn, nil)
	}
}

// endOf returns why an answer ended, from its status, or from the reason why it is incomplete.
func endOf(status, reason []byte, calls bool) (core.Finish, core.Text) {
	native, _ := scan.Inside(status)
	switch string(native) {
	case "completed":
		if calls {
			return core.FinishCalls, native
		}
		return core.FinishStop, native
	case "failed", "cancelled":
		return core.FinishFailed, native
	case "incomplete":
		why, ok := scan.Inside(reason)
		switch {
		case string(why) == "content_filter":
			return core.FinishFiltered, why
		case ok:
			return core.FinishLength, why
		}
		return core.FinishLength, native
	}
	return core.FinishUnsaid, native
}

// appendResponse is the face's AppendReply.
func appendResponse(dst []byte, r *core.Completion, x *core.Crossing) []byte {
	if r.From == &dialect && r.Op == core.OpResponses {
		return appendOwn(dst, r, x)
	}
	h := header{id: r.ID, model: r.Model, created: r.Created, usage: &r.Usage}
	if r.From == &dialect {
		h.tier = r.Tier
	}
	for i := range r.Choices {
		if c := &r.Choices[i]; i == 0 || c.Finish == core.FinishCalls {
			h.finish = c.Finish
		}
	}
	if h.finish == core.FinishUnsaid {
		h.finish = core.FinishStop
	}
	h.fill(x)
	dst = h.head(dst, h.status())
	dst = appendOutput(dst, r, x, h.status())
	dst = h.tail(dst)
	if x != nil && x.Extra != nil {
		dst = x.Extra(append(dst, ','))
	}
	return append(dst, '}')
}

// appendOwn writes a response that was read from this face.
func appendOwn(dst []byte, r *core.Completion, x *core.Crossing) []byte {
	model := r.Model
	if x != nil && len(x.Model) > 0 {
		model = x.Model
	}
	at := len(dst)
	dst = append(dst, '{')
	if r.ID != nil {
		dst = appendField(dst, "id", r.ID)
	}
	if model != nil {
		dst = appendField(dst, "model", model)
	}
	dst = append(dst, `,"output":[`...)
	if len(r.Choices) > 0 {
		dst = appendItems(dst, r, &r.Choices[0])
	}
	dst, _ = appendChain(append(dst, ']'), &r.Tree, r.More)
	dst = append(dst[:at+1], dst[at+2:]...) // without the first comma
	if x != nil && x.Extra != nil {
		dst = x.Extra(append(dst, ','))
	}
	return append(dst, '}')
}

// appendItems appends the items that the parts of an answer of this face were read from.
func appendItems(dst []byte, r *core.Completion, c *core.Choice) []byte {
	w := writer{Chat: &core.Chat{Tree: r.Tree, From: r.From, Op: r.Op}, own: true, sign: core.OpenAI}
	at := len(dst)
	turn := core.Turn{Role: core.Assistant, From: c.From, To: c.To}
	for i := int(c.From); i < int(c.To); i++ {
		p := &w.Parts[i]
		switch {
		case p.Kind == core.PartCall:
			dst = w.call(dst, p)
		case p.Kind == core.PartThought || p.Kind == core.PartVeiled:
			if len(p.Raw) > 0 {
				dst = append(append(dst, p.Raw...), ',')
			}
		case p.Kind == core.PartOther && p.Shape&partAlone != 0:
			dst = append(append(dst, p.Raw...), ',')
		case p.Shape&partNoText != 0:
			dst = append(w.head(dst, &turn, p), `,"content":[]},`...)
		default:
			dst, i, _ = w.message(dst, &turn, i)
		}
	}
	if len(dst) > at {
		dst = dst[:len(dst)-1]
	}
	return dst
}
