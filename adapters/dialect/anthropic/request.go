package anthropic

import (
	"strconv"

	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// A writer appends one request.
type writer struct {
	c       *core.Chat
	s       *core.Send
	b       []byte
	own     bool // c came from this family and is repeated as it stood
	row     *model
	vendor  core.Vendor // whose signatures the target reads
	lenient bool        // it takes thinking without one
	plan    plan

	side   side // whose message is open
	want   side // whose block comes next
	more   bool // a comma is due in the open list
	inner  bool // within a list that is no message's
	over   int  // cache marks of messages to leave out, from the first on
	atop   int  // of tools and system
	calls  int64
	solved int64 // calls and results without an id so far
	fault  *core.Fault
}

// A side is whose turn it is.
type side uint8

const (
	nobody side = iota
	theUser
	theModel
)

func (f family) newWriter(dst []byte, c *core.Chat, s *core.Send) writer {
	w := writer{c: c, s: s, b: dst, own: c.From == f.api, row: modelOf(s.Model), vendor: core.Anthropic}
	w.lenient = w.own && s.Face == nil
	if s.Face != nil && s.Face.Vendor != core.NoVendor {
		w.vendor = s.Face.Vendor
		w.lenient = w.vendor != core.Anthropic
	}
	if !w.own {
		w.countMarks()
	}
	return w
}

func (w *writer) quirk(q core.Quirk) bool { return w.s.Face != nil && w.s.Face.Quirks&q != 0 }

// appendRequest appends the body that asks c of s.
//
// Decisions that the format forces: max_tokens is that of the model's row when the client
// said none. Turns of one side become one message, results of tools first. A conversation
// that the user does not open gets a user message "." in front. System and developer turns,
// wherever they stand, become blocks of the system prompt in their order. An answer that
// must be any JSON object is asked for by a sentence there.
func (f family) appendRequest(dst []byte, c *core.Chat, s *core.Send) ([]byte, *core.Fault) {
	at := len(dst)
	w := f.newWriter(dst, c, s)
	if !w.own {
		if fault := w.refuse(); fault != nil {
			return dst, fault
		}
	}
	if fault := w.planThinking(); fault != nil {
		return dst, fault
	}
	w.head()
	w.limit()
	w.conversation()
	w.appendThinking()
	w.settings()
	w.extras(c.More, "")
	w.b = append(w.b, '}')
	if w.fault != nil {
		return w.b, w.fault
	}
	return body.Edit(w.b, at, s.Face), nil
}

// head appends the model, which is always said.
func (w *writer) head() {
	w.b = append(w.b, `{"model":`...)
	w.b = scan.AppendString(w.b, w.s.Model)
}

func (w *writer) limit() {
	w.b = append(w.b, `,"max_tokens":`...)
	switch {
	case w.plan.max > 0:
		w.b = scan.AppendInt(w.b, w.plan.max)
	case w.c.MaxTokens != nil:
		w.b = append(w.b, w.c.MaxTokens...)
	default:
		w.b = scan.AppendInt(w.b, w.row.most)
	}
}

// conversation appends what a request and a count have in common.
func (w *writer) conversation() {
	if w.own {
		w.ownSystem()
		w.ownMessages()
	} else {
		w.system()
		w.messages()
	}
	w.tools()
	w.toolChoice()
}

// refuse finds what this format cannot ask for, and notes what is left out.
func (w *writer) refuse() *core.Fault {
	c := w.c
	switch {
	case c.N != nil && string(c.N) != "1":
		return w.lacks("n", "gives one answer, not n", "send n requests")
	case c.Logprobs == core.Yes || c.TopLogprobs != nil && string(c.TopLogprobs) != "0":
		return w.lacks("logprobs", "tells no log probabilities", "leave logprobs out")
	case c.Previous != nil:
		return w.lacks("previous_response_id", "keeps no conversations", "send the whole conversation")
	}
	for _, m := range c.Modes {
		if string(m) != "text" {
			return w.lacks("modalities", "answers in text, not in "+string(m), "ask for text alone")
		}
	}
	for i := range c.Tools {
		if t := &c.Tools[i]; t.Type != nil {
			return w.lacks("tools", "has no tool "+string(t.Type)+" of another provider", "offer it as a function")
		}
	}
	if len(c.Tools) > 0 && w.quirk(core.QuirkNoTools) {
		return w.lacks("tools", "takes no tools", "leave tools out")
	}
	w.drop()
	return nil
}

// lacks is the Fault of what the target has nothing like.
func (w *writer) lacks(param, what, hint string) *core.Fault {
	return body.Invalid(param, "cannot ask "+string(w.s.Model)+" for this: its format "+what, hint)
}

// drop notes what is left out.
func (w *writer) drop() {
	c := w.c
	for _, d := range [...]struct {
		name string
		said bool
	}{
		{"seed", c.Seed != nil}, {"frequency_penalty", c.FrequencyPenalty != nil && string(c.FrequencyPenalty) != "0"},
		{"presence_penalty", c.PresencePenalty != nil && string(c.PresencePenalty) != "0"},
		{"logit_bias", c.LogitBias != nil}, {"prompt_cache_key", c.CacheKey != nil}, {"metadata", c.Metadata != nil},
		{"store", c.Store == core.Yes}, {"verbosity", c.Verbose != nil},
	} {
		if d.said {
			c.Drop(d.name)
		}
	}
	for n := c.More; n != 0; {
		var e core.Extra
		if e, n = c.Extra(n); !scan.IsNull(e.Value) {
			c.Drop(string(e.Key))
		}
	}
}

// settings appends the members behind the conversation.
func (w *writer) settings() {
	c := w.c
	if w.s.Stream {
		w.b = append(w.b, `,"stream":true`...)
	} else if w.own && c.Shape&chatNoStream != 0 {
		w.b = append(w.b, `,"stream":false`...)
	}
	w.sampling()
	w.stops()
	if c.User != nil && (!w.own || c.Shape&chatRawMetadata == 0) {
		w.b = append(w.b, `,"metadata":{"user_id":`...)
		w.b = append(scan.AppendQuoted(w.b, c.User), '}')
	}
	if c.Tier != nil {
		if w.own || string(c.Tier) == "auto" || string(c.Tier) == "standard_only" {
			w.b = append(w.b, `,"service_tier":`...)
			w.b = scan.AppendQuoted(w.b, c.Tier)
		} else {
			c.Drop("service_tier")
		}
	}
	if w.own && c.Format == core.FormatSchema && c.Shape&(chatOutputFormat|chatRawFormat) == chatOutputFormat {
		w.b = append(w.b, `,"output_format":`...)
		w.appendFormat()
	}
}

// sampling appends temperature, top_p and top_k as far as the model takes them:
// none of them beside thinking, the first two not together, the newest models none at all.
func (w *writer) sampling() {
	c := w.c
	heat, p, k := c.Temperature, c.TopP, c.TopK
	if !w.own {
		thinks := w.plan.kind == planBudget || w.plan.kind == planAdaptive
		none := thinks || w.row.way == thinkAdaptive
		heat = w.unless(none, heat, "temperature")
		if above1(heat) {
			c.Drop("temperature")
			heat = c.Took(append(c.Room(), '1'))
		}
		p = w.unless(none || w.row.single && heat != nil, p, "top_p")
		k = w.unless(none, k, "top_k")
	}
	w.raw(`,"temperature":`, heat)
	w.raw(`,"top_p":`, p)
	w.raw(`,"top_k":`, k)
}

// above1 reports whether the number raw, if there is one, is more than this format's
// temperatures go.
func above1(raw []byte) bool {
	if raw == nil {
		return false
	}
	n, err := strconv.ParseFloat(string(raw), 64)
	return err == nil && n > 1
}

// unless is value, or nil and a note when it must go. 1 says nothing and goes unnoted.
func (w *writer) unless(gone bool, value []byte, name string) []byte {
	if !gone || value == nil {
		return value
	}
	if string(value) != "1" && string(value) != "1.0" {
		w.c.Drop(name)
	}
	return nil
}

func (w *writer) raw(name string, value []byte) {
	if value != nil {
		w.b = append(append(w.b, name...), value...)
	}
}

// stops appends the stop sequences; those of white space alone are refused upstream.
func (w *writer) stops() {
	n := 0
	for _, s := range w.c.Stop {
		if !w.own && blank(s) {
			w.c.Drop("stop")
			continue
		}
		if n == 0 {
			w.b = append(w.b, `,"stop_sequences":[`...)
		} else {
			w.b = append(w.b, ',')
		}
		w.b = scan.AppendQuoted(w.b, s)
		n++
	}
	if n > 0 {
		w.b = append(w.b, ']')
	}
}

// extras appends the members of the family's own, except the one called but.
func (w *writer) extras(n int32, but string) {
	if w.own {
		w.b = appendExtras(w.b, &w.c.Tree, n, but)
	}
}

func appendExtras(dst []byte, t *core.Tree, n int32, but string) []byte {
	for n != 0 {
		var e core.Extra
		if e, n = t.Extra(n); but != "" && string(e.Key) == but {
			continue
		}
		dst = scan.AppendQuoted(append(dst, ','), e.Key)
		dst = append(append(dst, ':'), e.Value...)
	}
	return dst
}
