package openai

import (
	"asbru/core"
	"asbru/core/scan"
)

// A header holds the members of a response object other than its output.
type header struct {
	id, model, tier []byte
	created         int64
	request         [16]byte
	finish          core.Finish
	usage           *core.Usage
	fault           *core.Fault // why it failed; nil: not known
}

// fill fills in from x what the provider did not send. x may be nil.
func (h *header) fill(x *core.Crossing) {
	if x == nil {
		return
	}
	h.request = x.Request
	if len(h.id) == 0 {
		h.id = x.ID
	}
	if len(x.Model) > 0 {
		h.model = x.Model
	}
	if h.created == 0 {
		h.created = x.Created
	}
	if h.created == 0 {
		h.created = x.Wall
	}
}

// status returns the status for the finish.
func (h *header) status() string {
	switch h.finish {
	case core.FinishLength, core.FinishFiltered:
		return "incomplete"
	case core.FinishFailed:
		return "failed"
	}
	return "completed"
}

// head appends a response up to the elements of its output. The members that repeat settings of the request
// have their default values.
func (h *header) head(dst []byte, status string) []byte {
	dst = append(dst, `{"id":"`...)
	if len(h.id) > 0 {
		dst = append(dst, h.id...)
	} else {
		dst = appendHex(append(dst, "resp_"...), h.request)
	}
	dst = scan.AppendInt(append(dst, `","object":"response","created_at":`...), h.created)
	dst = append(append(append(dst, `,"status":"`...), status...), `","background":false,"error":`...)
	if status == "failed" {
		dst = append(appendFailure(append(dst, '{'), h.fault), '}')
	} else {
		dst = append(dst, "null"...)
	}
	dst = append(dst, `,"incomplete_details":`...)
	switch {
	case status != "incomplete":
		dst = append(dst, "null"...)
	case h.finish == core.FinishFiltered:
		dst = append(dst, `{"reason":"content_filter"}`...)
	default:
		dst = append(dst, `{"reason":"max_output_tokens"}`...)
	}
	dst = append(dst, `,"instructions":null,"max_output_tokens":null,"max_tool_calls":null,"model":"`...)
	return append(append(dst, h.model...), `","output":[`...)
}

// appendFailure appends code and message of an error object. f may be nil.
func appendFailure(dst []byte, f *core.Fault) []byte {
	if f == nil {
		return append(dst, `"code":"server_error","message":"the provider could not finish the answer"`...)
	}
	dst = scan.AppendString(append(dst, `"code":`...), kindOf(f))
	dst = scan.AppendEscaped(append(dst, `,"message":"`...), f.Message)
	if f.Hint != "" {
		dst = scan.AppendEscaped(append(dst, "; hint: "...), f.Hint)
	}
	return append(dst, '"')
}

// kindOf returns the code of a fault: the provider's own, if it had one.
func kindOf(f *core.Fault) string {
	if f.Kind != "" {
		return f.Kind
	}
	return f.Code.Kind()
}

// tail appends the rest without the closing brace.
func (h *header) tail(dst []byte) []byte {
	dst = append(dst, `],"parallel_tool_calls":true,"previous_response_id":null,"prompt_cache_key":null,`+
		`"reasoning":{"effort":null,"summary":null},"safety_identifier":null,"service_tier":`...)
	if len(h.tier) > 0 {
		dst = scan.AppendQuoted(dst, h.tier)
	} else {
		dst = append(dst, `"default"`...)
	}
	dst = append(dst, `,"store":false,"temperature":1,"text":{"format":{"type":"text"},"verbosity":"medium"},`+
		`"tool_choice":"auto","tools":[],"top_logprobs":0,"top_p":1,"truncation":"disabled","usage":`...)
	if h.usage != nil {
		dst = appendSpent(dst, h.usage)
	} else {
		dst = append(dst, "null"...)
	}
	return append(dst, `,"user":null,"metadata":{}`...)
}

// appendSpent appends usage. Unknown counts are 0, because strict clients require them.
func appendSpent(dst []byte, u *core.Usage) []byte {
	dst = scan.AppendInt(append(dst, `{"input_tokens":`...), u.In)
	dst = scan.AppendInt(append(dst, `,"input_tokens_details":{"cached_tokens":`...), u.CachedIn)
	if u.WrittenIn > 0 {
		dst = scan.AppendInt(append(dst, `,"cache_write_tokens":`...), u.WrittenIn)
	}
	dst = appendImages(dst, u.ImageIn)
	dst = scan.AppendInt(append(dst, `},"output_tokens":`...), u.Out)
	dst = scan.AppendInt(append(dst, `,"output_tokens_details":{"reasoning_tokens":`...), u.Reasoning)
	dst = appendImages(dst, u.ImageOut)
	dst = scan.AppendInt(append(dst, `},"total_tokens":`...), u.In+u.Out)
	return append(dst, '}')
}

func appendHex(dst []byte, b [16]byte) []byte {
	const digits = "0123456789abcdef"
	for _, c := range b {
		dst = append(dst, digits[c>>4], digits[c&15])
	}
	return dst
}

// appendItemID appends a made-up id of the nth item, without quotes.
func appendItemID(dst []byte, prefix string, request [16]byte, n int32) []byte {
	dst = appendHex(append(dst, prefix...), request)
	return scan.AppendInt(append(dst, '_'), int64(n))
}

// An output is the items of a response being written from an answer of another family.
type output struct {
	*core.Completion
	request [16]byte
	next    int32
	probs   []byte // the choice's, which go with its first text
}

// id appends the next item's id, as the first member of an item.
func (o *output) id(dst []byte, prefix string) []byte {
	dst = appendItemID(append(dst, `{"id":"`...), prefix, o.request, o.next)
	o.next++
	return append(dst, '"')
}

// appendOutput appends the items of the answer. This format has no n, so that several choices can only be
// parts of one answer.
func appendOutput(dst []byte, r *core.Completion, x *core.Crossing, status string) []byte {
	o := output{Completion: r}
	if x != nil {
		o.request = x.Request
	}
	at := len(dst)
	for n := range r.Choices {
		dst = o.choice(dst, &r.Choices[n], status)
	}
	if len(dst) > at {
		dst = dst[:len(dst)-1] // every item ends in a comma
	}
	return dst
}

// choice appends the items of one choice, each followed by a comma.
func (o *output) choice(dst []byte, c *core.Choice, status string) []byte {
	o.probs = c.Logprobs
	for i := c.From; i < c.To; i += 1 + o.Parts[i].Inner {
		p := &o.Parts[i]
		if (p.Kind == core.PartCall || p.Kind == core.PartText) && len(p.Sign) > 0 {
			dst = append(o.thought(dst, nil, p), ',')
		}
		switch p.Kind {
		case core.PartText, core.PartRefusal:
			dst, i = o.message(dst, c, i, status)
		case core.PartCall:
			dst = o.call(dst, p)
		case core.PartThought, core.PartVeiled:
			if len(p.Text) == 0 && len(p.Sign) == 0 {
				continue
			}
			dst = o.thought(dst, p.Text, p)
		case core.PartImage:
			if p.Data == nil {
				continue
			}
			dst = append(o.id(dst, "ig_"), `,"type":"image_generation_call","status":"completed"`...)
			dst = append(appendField(dst, "result", p.Data), '}')
		default:
			continue // this format has nothing for it
		}
		dst = append(dst, ',')
	}
	return dst
}

// message appends a message with the consecutive texts from i on and returns the index of the last.
func (o *output) message(dst []byte, c *core.Choice, i int32, status string) ([]byte, int32) {
	if status == "failed" {
		status = "incomplete"
	}
	dst = append(o.id(dst, "msg_"), `,"type":"message","status":"`...)
	dst = append(append(dst, status...), `","role":"assistant","content":[`...)
	for n := i; ; {
		p := &o.Parts[n]
		if p.Kind == core.PartRefusal {
			dst = append(appendField(append(dst, `{"type":"refusal"`...), "refusal", p.Text), '}')
		} else {
			dst = o.text(dst, p)
		}
		i = n
		n += 1 + p.Inner
		if n >= c.To || o.Parts[n].Kind != core.PartText && o.Parts[n].Kind != core.PartRefusal || len(o.Parts[n].Sign) > 0 {
			return append(dst, "]}"...), i
		}
		dst = append(dst, ',')
	}
}

// text appends an output_text.
func (o *output) text(dst []byte, p *core.Part) []byte {
	dst = appendField(append(dst, `{"type":"output_text"`...), "text", p.Text)
	dst = append(dst, `,"annotations":[`...)
	at := len(dst)
	for n := p.Cites; n != 0; {
		cite, next := o.Cited(n)
		n = next
		if cite.URL == nil {
			continue // it refers to a document of the client, which has no name here
		}
		if len(dst) > at {
			dst = append(dst, ',')
		}
		dst = appendCitation(dst, &cite)
	}
	dst = append(dst, `],"logprobs":`...)
	if o.probs != nil {
		dst, o.probs = append(dst, o.probs...), nil
	} else {
		dst = append(dst, "[]"...)
	}
	return append(dst, '}')
}

// appendCitation appends an annotation of the only kind that other formats have too.
func appendCitation(dst []byte, c *core.Cite) []byte {
	dst = scan.AppendInt(append(dst, `{"type":"url_citation","start_index":`...), max(c.Start, 0))
	dst = scan.AppendInt(append(dst, `,"end_index":`...), max(c.End, 0))
	dst = appendField(dst, "url", c.URL)
	return append(appendField(dst, "title", c.Title), '}')
}

// call appends a function_call. One that came without an id gets one.
func (o *output) call(dst []byte, p *core.Part) []byte {
	n := o.next
	dst = append(o.id(dst, "fc_"), `,"type":"function_call","status":"completed","arguments":`...)
	dst = appendArgs(dst, p, true)
	dst = append(dst, `,"call_id":"`...)
	if len(p.ID) > 0 {
		dst = append(dst, p.ID...)
	} else {
		dst = appendItemID(dst, "call_", o.request, n)
	}
	return append(appendField(append(dst, '"'), "name", p.Name), '}')
}

// thought appends a reasoning item with p's signature.
func (o *output) thought(dst []byte, text core.Text, p *core.Part) []byte {
	dst = append(o.id(dst, "rs_"), `,"type":"reasoning","summary":[`...)
	return appendThought(dst, text, p.Vendor, p.Sign)
}

// appendThought appends the rest of a reasoning item, from within its summary on.
func appendThought(dst []byte, text core.Text, v core.Vendor, sign core.Text) []byte {
	if len(text) > 0 {
		dst = append(scan.AppendQuoted(append(dst, `{"type":"summary_text","text":`...), text), '}')
	}
	dst = append(dst, ']')
	if len(sign) > 0 {
		dst = append(core.AppendSign(append(dst, `,"encrypted_content":"`...), core.OpenAI, v, sign), '"')
	}
	return append(dst, '}')
}
