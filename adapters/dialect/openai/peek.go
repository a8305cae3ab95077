package openai

import (
	"errors"
	"strconv"

	"asbru/core"
	"asbru/core/scan"
)

// The fields that are read, in the order of fields.
const (
	fieldModel = iota
	fieldStream
	fieldStreamOptions
	fieldFallbacks
	fieldMaxTokens
	fieldMaxCompletionTokens
	fieldMaxOutputTokens
	fieldN
	fieldBestOf
	numFields
)

var fieldNames = [numFields]string{"model", "stream", "stream_options", "fallbacks",
	"max_tokens", "max_completion_tokens", "max_output_tokens", "n", "best_of"}

// fields are looked up in every body; passFields only where the endpoint is
// unknown and other names may mean other things.
var (
	fields     = scan.NewKeys(fieldNames[:]...)
	passFields = scan.NewKeys(fieldNames[:fieldFallbacks+1]...)
)

// A request is a body while Peek reads it.
type request struct {
	body []byte
	at   [numFields]scan.Span
	p    *core.Peek
	used int // bytes of p.Names in use
}

func (r *request) raw(field int) []byte { return r.body[r.at[field].Start:r.at[field].End] }

// peek is the dialect's Peek. A field that is null counts as absent, as it does
// at OpenAI.
func peek(body []byte, op core.Op, p *core.Peek) *core.Fault {
	p.Reset()
	r := request{body: body, p: p}
	want := fields
	if op == core.OpPass {
		want = passFields
	}
	if err := scan.Object(body, want, r.at[:]); err != nil {
		return unreadable(err)
	}
	if f := r.model(op); f != nil {
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

func (r *request) model(op core.Op) *core.Fault {
	raw := r.raw(fieldModel)
	if len(raw) == 0 && op == core.OpPass {
		return nil
	}
	if len(raw) == 0 {
		return invalid("model", "cannot route the request: it names no model", `set "model" to one that GET /v1/models lists`)
	}
	name, f := r.name(raw, "model")
	if f != nil {
		return f
	}
	r.p.Model, r.p.ModelAt = name, core.Span(r.at[fieldModel])
	return nil
}

// stream reads stream and stream_options.include_usage.
func (r *request) stream() *core.Fault {
	var ok bool
	if raw := r.raw(fieldStream); !scan.IsNull(raw) {
		if r.p.Stream, ok = scan.Bool(raw); !ok {
			return invalid("stream", "cannot read stream: it must be true or false", "")
		}
	}
	raw := r.raw(fieldStreamOptions)
	r.p.OptionsAt = core.Span(r.at[fieldStreamOptions])
	if scan.IsNull(raw) {
		return nil
	}
	if raw[0] != '{' {
		return invalid("stream_options", "cannot read stream_options: it must be an object", "")
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
			return invalid("stream_options.include_usage", "cannot read stream_options.include_usage: it must be true or false", "")
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
		return invalid("fallbacks", "cannot read fallbacks: it must be an array of model names", "")
	}
	w := scan.Elements(raw)
	for n := 0; ; n++ {
		_, value, more := w.Next()
		if !more {
			return nil
		}
		if n == core.MaxFallbacks {
			return invalid("fallbacks", "cannot take more than "+strconv.Itoa(core.MaxFallbacks)+" fallbacks", "name fewer models")
		}
		if value[0] == '{' {
			return invalid("fallbacks", "cannot read fallbacks: objects are not supported here",
				`write each as a string, "provider/model"`)
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
	for field := fieldMaxTokens; field < numFields; field++ {
		raw := r.raw(field)
		if scan.IsNull(raw) {
			continue
		}
		n, ok := scan.Int(raw)
		if field >= fieldN {
			if !ok || n < 1 || n > maxChoices {
				return invalid(fieldNames[field], "cannot accept "+fieldNames[field]+": it must be an integer from 1 to "+strconv.Itoa(maxChoices), "")
			}
			continue
		}
		if !ok || n < 0 || n > maxTokens {
			return invalid(fieldNames[field], "cannot accept "+fieldNames[field]+": it must be an integer from 0 to "+strconv.Itoa(maxTokens), "")
		}
		r.p.MaxTokens = max(r.p.MaxTokens, n)
	}
	return nil
}

func invalid(param, message, hint string) *core.Fault {
	return &core.Fault{Code: core.Invalid, Message: message, Hint: hint, Param: param}
}
