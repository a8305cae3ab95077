package body

import (
	"errors"
	"strconv"

	"asbru/core"
	"asbru/core/scan"
)

// Fields are the names a dialect gives to what policy reads.
type Fields struct {
	names  []string
	keys   *scan.Keys // looked up where the endpoint is known
	pass   *scan.Keys // looked up where it is not and other names may mean other things
	model  bool       // a request has to name its model
	counts int        // from here on the names multiply the price; before it they limit tokens
	turns  int        // from here on the names hold the turns of a conversation

	weighty scan.Outline // of core.Weighty
	refers  scan.Outline // of core.Referring
}

// The fields every dialect has, in the order of names.
const (
	fieldModel = iota
	fieldStream
	fieldStreamOptions
	fieldFallbacks
	fieldServiceTier
	fieldServiceTierJSON // as ProtoJSON and Bedrock spell it
	fieldSpeed
	numFields
	maxFields = 15
)

// NewFields compiles the names of a dialect. model says that the body must name its
// model; limits are the fields that limit tokens, counts those that multiply the price. turns are
// those that hold a conversation: that of OpChat, and that of OpResponses.
func NewFields(model bool, limits, counts []string, turns ...string) *Fields {
	names := append([]string{"model", "stream", "stream_options", "fallbacks", "service_tier", "serviceTier", "speed"}, limits...)
	names = append(append(names, counts...), turns...)
	if len(names) > maxFields {
		panic("BUG: a dialect reads more fields than there is room for")
	}
	return &Fields{
		names: names, keys: scan.NewKeys(names...), pass: scan.NewKeys(names[:numFields]...),
		model: model, counts: numFields + len(limits), turns: numFields + len(limits) + len(counts), weighty: scan.OutlineOf(core.Weighty()...), refers: scan.OutlineOf(core.Referring()...),
	}
}

// A request is a body while Peek reads it.
type request struct {
	*Fields
	body []byte
	at   [maxFields]scan.Span
	p    *core.Peek
	used int // bytes of p.Names in use
}

func (r *request) raw(field int) []byte { return r.body[r.at[field].Start:r.at[field].End] }

// Peek reads from body, which must be one JSON object that cannot be read in two
// ways, what policy needs. A field that is null counts as absent, as it does at OpenAI.
func (fs *Fields) Peek(body []byte, op core.Op, p *core.Peek) *core.Fault {
	p.Reset()
	r := request{Fields: fs, body: body, p: p}
	want := fs.keys
	if op == core.OpPass {
		want = fs.pass
	}
	met, err := scan.Survey(body, want, r.at[:])
	if err != nil {
		return unreadable(err)
	}
	p.Plain, p.Refers = !met.Meets(fs.weighty), met.Meets(fs.refers)
	if met != scan.Escaped {
		r.readTurns(op)
	}
	if f := r.readModel(op); f != nil {
		return f
	}
	if f := r.stream(); f != nil {
		return f
	}
	if r.at[fieldFallbacks].End > 0 {
		if f := r.fallbacks(); f != nil {
			return f
		}
	}
	r.haste()
	return r.numbers()
}

func unreadable(err error) *core.Fault {
	f := &core.Fault{Code: core.Invalid, Message: "cannot read the request body: " + err.Error(),
		Hint: "send one JSON object (RFC 8259) in UTF-8", Cause: err}
	var e *scan.Error
	if errors.As(err, &e) && (e.Kind == scan.Duplicate || e.Kind == scan.Twin) {
		f.Hint, f.Param = "send each key once, spelled as documented", e.Key
	}
	return f
}

func (r *request) readModel(op core.Op) *core.Fault {
	raw := r.raw(fieldModel)
	if len(raw) == 0 && (op == core.OpPass || !r.model) {
		return nil
	}
	if len(raw) == 0 {
		return Invalid("model", "cannot route the request: it names no model", `set "model" to one that GET /v1/models lists`)
	}
	name, f := r.name(raw, "model")
	if f != nil {
		return f
	}
	r.p.Model, r.p.ModelAt = name, core.Span(r.at[fieldModel])
	return nil
}

// readTurns notes where the conversation stands. Codecs may take a key with escapes for another one.
func (r *request) readTurns(op core.Op) {
	field := r.turns
	switch op {
	case core.OpChat:
	case core.OpResponses:
		field++
	default:
		return
	}
	if field < len(r.names) {
		r.p.TurnsAt = core.Span(r.at[field])
	}
}

// stream reads stream and stream_options.include_usage.
func (r *request) stream() *core.Fault {
	var ok bool
	if raw := r.raw(fieldStream); !scan.IsNull(raw) {
		if r.p.Stream, ok = scan.Bool(raw); !ok {
			return Invalid("stream", "cannot read stream: it must be true or false", "")
		}
	}
	raw := r.raw(fieldStreamOptions)
	r.p.OptionsAt = core.Span(r.at[fieldStreamOptions])
	if scan.IsNull(raw) {
		return nil
	}
	if raw[0] != '{' {
		return Invalid("stream_options", "cannot read stream_options: it must be an object", "")
	}
	w := scan.Members(raw)
	for {
		key, value, more := w.Next()
		if !more {
			return nil
		}
		if !is(key, "include_usage") {
			continue
		}
		r.p.UsageAt = within(r.body, value)
		if scan.IsNull(value) {
			continue
		}
		if r.p.AskUsage, ok = scan.Bool(value); !ok {
			return Invalid("stream_options.include_usage", "cannot read stream_options.include_usage: it must be true or false", "")
		}
	}
}

// haste reads how soon an answer is wanted. What is no such word is the provider's to judge.
func (r *request) haste() {
	for field := fieldServiceTier; field <= fieldSpeed; field++ {
		raw := r.raw(field)
		if len(raw) > 0 && raw[0] == '{' { // Bedrock's
			raw = typeOf(raw)
		}
		switch {
		case !scan.IsString(raw):
		case is(raw[1:len(raw)-1], "priority"):
			r.p.Haste = max(r.p.Haste, core.Priority)
		case is(raw[1:len(raw)-1], "fast"), is(raw[1:len(raw)-1], "ultrafast"):
			r.p.Haste = core.Fast
		}
	}
}

// typeOf is the value of an object's member "type", raw; nil: it has none.
func typeOf(object []byte) []byte {
	w := scan.Members(object)
	for {
		key, value, more := w.Next()
		if !more || is(key, "type") {
			return value
		}
	}
}

// is compares a key as it stands between its quotes with a name of at most 63 bytes.
func is(key []byte, name string) bool {
	if len(key) == len(name) {
		return string(key) == name
	}
	if len(key) < len(name) || len(key) > 6*len(name) {
		return false
	}
	var buf [6*63 + 2]byte
	quoted := append(append(append(buf[:0], '"'), key...), '"')
	var out [6 * 63]byte
	plain, ok := scan.Unquote(out[:0], quoted)
	return ok && string(plain) == name
}

// within is the Span of part, a subslice of whole.
func within(whole, part []byte) core.Span {
	start := cap(whole) - cap(part)
	return core.Span{Start: int32(start), End: int32(start + len(part))}
}

// fallbacks reads the caller's own list of models to try next.
func (r *request) fallbacks() *core.Fault {
	raw := r.raw(fieldFallbacks)
	r.p.FallsAt = core.Span(r.at[fieldFallbacks])
	if scan.IsNull(raw) {
		return nil
	}
	if raw[0] != '[' {
		return Invalid("fallbacks", "cannot read fallbacks: it must be an array of model names", "")
	}
	w := scan.Elements(raw)
	for n := 0; ; n++ {
		_, value, more := w.Next()
		if !more {
			return nil
		}
		if n == core.MaxFallbacks {
			return Invalid("fallbacks", "cannot take more than "+strconv.Itoa(core.MaxFallbacks)+" fallbacks", "name fewer models")
		}
		if value[0] == '{' {
			name, f := r.pair(value)
			if f != nil {
				return f
			}
			r.p.Fallbacks[n] = name
			continue
		}
		name, f := r.name(value, "fallbacks")
		if f != nil {
			return f
		}
		r.p.Fallbacks[n] = name
	}
}

// numbers reads the token limits, of which the largest counts whatever the
// provider makes of them, and bounds what multiplies the price.
func (r *request) numbers() *core.Fault {
	for field := numFields; field < r.turns; field++ {
		if r.at[field].End == 0 {
			continue
		}
		raw := r.raw(field)
		if scan.IsNull(raw) {
			continue
		}
		n, ok := scan.Int(raw)
		if field >= r.counts {
			if !ok || n < 1 || n > maxChoices {
				return Invalid(r.names[field], "cannot accept "+r.names[field]+": it must be an integer from 1 to "+strconv.Itoa(maxChoices), "")
			}
			r.p.Choices = max(r.p.Choices, n)
			continue
		}
		if !ok || n < 0 || n > maxTokens {
			return Invalid(r.names[field], "cannot accept "+r.names[field]+": it must be an integer from 0 to "+strconv.Itoa(maxTokens), "")
		}
		r.p.MaxTokens = max(r.p.MaxTokens, n)
	}
	return nil
}

// Invalid is the Fault of a request that cannot be carried out.
func Invalid(param, message, hint string) *core.Fault {
	return &core.Fault{Code: core.Invalid, Message: message, Hint: hint, Param: param}
}
