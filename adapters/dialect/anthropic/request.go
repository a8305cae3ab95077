package anthropic

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// A writer is a request being written.
type writer struct {
	c       *core.Chat
	s       *core.Send
	b       []byte
	own     bool // c came from this family and is written again unchanged
	row     *model
	vendor  core.Vendor // the vendor whose signatures the target reads
	lenient bool        // the target accepts thinking without a signature
	plan    plan

	side   side // the side whose message is open
	want   side // the side of the next block
	more   bool // a comma is due in the open list
	inner  bool // within a list that is not the content of a message
	over   int  // number of cache marks to leave out, of the first messages
	atop   int  // number to leave out, of tools and system
	calls  int64
	solved int64 // number of calls and results without an id so far
	fault  *core.Fault
}

// A side is one of the two sides of a conversation.
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

// appendRequest appends the request for c to s.
//
// The format requires these decisions: without a limit of the client, max_tokens is that of the model's row.
// Consecutive turns of one side become one message, with results of tools first. A conversation that the user
// does not begin gets a user message "." at the beginning. All system and developer turns become blocks of
// the system prompt, in their order. If the answer must be any JSON object, a sentence there asks for it.
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

// head appends the model, which is always written.
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

// conversation appends the members that a request and a count have in common.
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

// refuse returns the Fault for a feature that this format does not have, and records what is dropped.
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

// lacks returns the Fault for a feature that the target does not have.
func (w *writer) lacks(param, what, hint string) *core.Fault {
	return body.Invalid(param, "cannot ask "+string(w.s.Model)+" for this: its format "+what, hint)
}

// drop records what is left out.
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
	if w.cites() {
		c.DropExtras(core.Paper...)
	} else {
		c.DropExtras()
	}
}

// cites reports whether a request comes in Converse's format, whose documents say what core.Paper has.
func (w *writer) cites() bool { return !w.own && w.c.From != nil && w.c.From.Name == "bedrock" }
