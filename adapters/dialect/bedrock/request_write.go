package bedrock

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// A requestWriter writes one request. own says that it came from this family: then it is written unchanged, and
// the server reports what is wrong with it.
type requestWriter struct {
	c     *core.Chat
	m     model
	own   bool
	calls bool // the conversation has tool blocks
	think thinking

	open    core.Role // role of the message being written; openNone: none
	parts   int       // number of its blocks
	words   bool      // it has a text
	papers  bool      // it has a document
	written int       // number of messages
	fault   *core.Fault
}

const openNone core.Role = 255

func appendRequest(dst []byte, c *core.Chat, s *core.Send) ([]byte, *core.Fault) {
	at := len(dst)
	q := requestWriter{c: c, m: modelOf(s), own: ours(c.From) && c.Op == core.OpChat}
	dst, f := q.conversation(append(dst, '{'))
	if f != nil {
		return dst, f
	}
	dst = q.inference(dst)
	dst = q.format(dst)
	dst = q.rest(dst)
	return body.Edit(append(dst, '}'), at, s.Face), nil
}

// conversation appends the members that a count of tokens depends on: messages, system, toolConfig and
// additionalModelRequestFields.
func (q *requestWriter) conversation(dst []byte) ([]byte, *core.Fault) {
	if !q.own {
		if f := q.refuse(); f != nil {
			return dst, f
		}
		q.drop()
		if !q.m.caches() {
			q.c.DropMarks()
		}
	}
	for i := range q.c.Parts {
		k := q.c.Parts[i].Kind
		q.calls = q.calls || k == core.PartCall || k == core.PartResult
	}
	q.think = q.thinks()
	if dst = q.messages(dst); q.fault != nil {
		return dst, q.fault
	}
	dst = q.system(dst)
	if dst = q.tools(dst); q.fault != nil {
		return dst, q.fault
	}
	return q.additional(dst), nil
}

// refuse returns the Fault for a feature that Converse does not have and that the answer depends on.
func (q *requestWriter) refuse() *core.Fault {
	c := q.c
	if n, ok := scan.Int(c.N); ok && n > 1 {
		return cannot("n", "Bedrock gives one answer to a request, and n asks for "+string(c.N), "send the request n times")
	}
	if c.Logprobs == core.Yes || c.TopLogprobs != nil {
		return cannot("logprobs", "Bedrock's Converse gives no logprobs", "leave logprobs out")
	}
	if c.Previous != nil {
		return cannot("previous_response_id", "Bedrock keeps no earlier answers", "send the whole conversation")
	}
	for _, m := range c.Modes {
		if string(m) != "text" {
			return cannot("modalities", "Bedrock's Converse answers in text, and the request asks for "+string(m), "ask for text only")
		}
	}
	return nil
}

// cannot returns the Fault for a request that this format cannot express.
func cannot(param, why, hint string) *core.Fault {
	return body.Invalid(param, "cannot send "+param+" to this model: "+why, hint)
}

// drop records as dropped the members that this format does not have and that do not matter for the answer.
func (q *requestWriter) drop() {
	c := q.c
	for _, f := range [...]struct {
		name string
		set  bool
	}{
		{"seed", c.Seed != nil}, {"frequency_penalty", c.FrequencyPenalty != nil}, {"presence_penalty", c.PresencePenalty != nil},
		{"logit_bias", c.LogitBias != nil}, {"prompt_cache_key", c.CacheKey != nil}, {"store", c.Store != core.Unsaid},
		{"verbosity", c.Verbose != nil}, {"user", c.User != nil},
	} {
		if f.set {
			c.Drop(f.name)
		}
	}
	if q.cites() {
		c.DropExtras(core.Paper...)
	} else {
		c.DropExtras()
	}
}

// inference appends inferenceConfig.
func (q *requestWriter) inference(dst []byte) []byte {
	c := q.c
	at := len(dst)
	dst = append(dst, `,"inferenceConfig":{`...)
	start := len(dst)
	if n := c.MaxTokens; n != nil {
		dst = append(dst, `"maxTokens":`...)
		if limit, ok := scan.Int(n); ok && q.think.budget > 0 && limit <= q.think.budget {
			// The budget is included in the limit, and must be less.
			dst = scan.AppendInt(dst, limit+q.think.budget)
		} else {
			dst = append(dst, n...)
		}
		dst = append(dst, ',')
	} else if q.think.budget > 0 {
		// The default limit of a model may be less than the budget.
		dst = append(scan.AppendInt(append(dst, `"maxTokens":`...), q.think.budget+answerTokens), ',')
	}
	before := len(dst)
	if c.Temperature != nil {
		dst = q.temperature(dst)
	}
	switch heated := len(dst) > before; {
	case c.TopP == nil:
	case !q.own && (q.think.on || !q.m.samples() || heated && q.m.single()):
		q.unsaid("top_p", c.TopP)
	default:
		dst = append(append(append(dst, `"topP":`...), c.TopP...), ',')
	}
	dst = q.stops(dst)
	if q.own {
		dst = q.inferenceExtras(dst)
	}
	if len(dst) == start {
		if !q.own || c.Shape&shapeConfig == 0 {
			return dst[:at]
		}
		return append(dst, '}')
	}
	dst[len(dst)-1] = '}'
	return dst
}

// temperature appends the temperature, which is at most 1 here and not allowed while Claude thinks.
func (q *requestWriter) temperature(dst []byte) []byte {
	t := q.c.Temperature
	switch {
	case q.own:
	case q.think.on || !q.m.samples():
		q.unsaid("temperature", t)
		return dst
	case above(t):
		q.c.Drop("temperature")
		t = one
	}
	return append(append(append(dst, `"temperature":`...), t...), ',')
}

var one = []byte("1")

// unsaid records that a setting is dropped, unless it has the default value.
func (q *requestWriter) unsaid(name string, value []byte) {
	if string(value) != "1" && string(value) != "1.0" {
		q.c.Drop(name)
	}
}

// above reports whether the number raw is more than 1.
func above(raw []byte) bool {
	whole, rest := raw, []byte(nil)
	for i, c := range raw {
		if c == '-' || c|0x20 == 'e' {
			return false // negative, or an unusual spelling of a temperature
		}
		if c == '.' {
			whole, rest = raw[:i], raw[i+1:]
			break
		}
	}
	if len(whole) != 1 || whole[0] > '1' {
		return true
	}
	for _, c := range rest {
		if whole[0] == '1' && c != '0' {
			return true
		}
	}
	return false
}

func (q *requestWriter) stops(dst []byte) []byte {
	c := q.c
	at := len(dst)
	dst = append(dst, `"stopSequences":[`...)
	start := len(dst)
	for _, s := range c.Stop {
		if !q.own && blank(s) {
			c.Drop("stop")
			continue
		}
		dst = append(scan.AppendQuoted(dst, s), ',')
	}
	if len(dst) > start {
		dst = dst[:len(dst)-1]
	} else if !q.own || c.Shape&shapeStops == 0 {
		return dst[:at]
	}
	return append(dst, "],"...)
}

// inferenceExtras appends the unknown members of inferenceConfig.
func (q *requestWriter) inferenceExtras(dst []byte) []byte {
	for n := q.c.More; n != 0; {
		var e core.Extra
		e, n = q.c.Extra(n)
		if key, ok := cutPrefix(e.Key, inferencePrefix); ok {
			dst = append(append(append(scan.AppendQuoted(dst, key), ':'), e.Value...), ',')
		}
	}
	return dst
}

// rest appends the other members.
func (q *requestWriter) rest(dst []byte) []byte {
	c := q.c
	if q.own {
		dst = appendChain(dst, &c.Tree, int32(c.Shape>>shapeFlags))
		for n := c.More; n != 0; {
			var e core.Extra
			e, n = c.Extra(n)
			if !inner(e.Key) {
				dst = append(append(scan.AppendQuoted(append(dst, ','), e.Key), ':'), e.Value...)
			}
		}
		return dst
	}
	switch string(c.Tier) {
	case "", "auto":
	case "default", "priority", "flex":
		dst = append(scan.AppendQuoted(append(dst, `,"serviceTier":{"type":`...), c.Tier), '}')
	default:
		c.Drop("service_tier")
	}
	if c.Metadata != nil {
		if metadata(c.Metadata) {
			dst = append(append(dst, `,"requestMetadata":`...), c.Metadata...)
		} else {
			c.Drop("metadata")
		}
	}
	return dst
}

// appendChain appends the members of a chain of extras, each preceded by a comma.
func appendChain(dst []byte, t *core.Tree, n int32) []byte {
	for n != 0 {
		var e core.Extra
		e, n = t.Extra(n)
		dst = append(append(scan.AppendQuoted(append(dst, ','), e.Key), ':'), e.Value...)
	}
	return dst
}

// metadata reports whether Bedrock accepts raw as requestMetadata: an object of short strings with a limited set
// of characters.
func metadata(raw []byte) bool {
	w := scan.Members(raw)
	for n := 0; ; n++ {
		key, v, ok := w.Next()
		if !ok {
			return n > 0 && w.Rest() != nil
		}
		t := inside(v)
		if n == maxEntries || t == nil || len(t) > maxMetadata || len(key) > maxMetadata || len(key) == 0 || !plain(t) || !plain(key) {
			return false
		}
	}
}

// plain reports whether t consists of [a-zA-Z0-9 :_@$#=/+,-.].
func plain(t []byte) bool {
	for _, c := range t {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case c == ' ', c == ':', c == '_', c == '@', c == '$', c == '#', c == '=', c == '/', c == '+', c == ',', c == '-', c == '.':
		default:
			return false
		}
	}
	return true
}

// inner reports whether key has the prefix for a member of an inner object.
func inner(key core.Text) bool {
	_, one := cutPrefix(key, inferencePrefix)
	_, other := cutPrefix(key, toolsPrefix)
	return one || other
}

func cutPrefix(t core.Text, prefix string) (core.Text, bool) {
	if len(t) < len(prefix) || string(t[:len(prefix)]) != prefix {
		return t, false
	}
	return t[len(prefix):], true
}

// blank reports whether t is empty or white space, which Converse refuses as a text.
func blank(t core.Text) bool {
	for i := 0; i < len(t); i++ {
		switch t[i] {
		case ' ':
		case '\\':
			if i++; i == len(t) || t[i] != 'n' && t[i] != 't' && t[i] != 'r' {
				return false
			}
		default:
			return false
		}
	}
	return true
}
