package openai

import (
	"bytes"
	"errors"

	"asbru/core"
	"asbru/core/scan"
)

var (
	errNoObject  = errors.New("cannot read reply: it is no JSON object")
	errNoChoices = errors.New("cannot read reply: it has no choices")
	errNoVectors = errors.New("cannot read reply: it has no data")
	errNoRanks   = errors.New("cannot read reply: it has no results")
)

// parseReply is the ParseReply of chat completions, and of the legacy ones, which have the text in another
// place.
func parseReply(r *core.Completion, raw []byte) error {
	r.From, r.Op = &dialect, core.OpChat
	known, failed := false, false
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		if string(key) == "choices" && value[0] == '[' {
			known = true
			parseChoices(r, value)
			continue
		}
		failed = failed || string(key) == "error" && value[0] != 'n'
		if !replyField(r, key, value) {
			r.Keep(&r.More, key, value)
		}
	}
	switch {
	case w.Rest() == nil:
		return errNoObject
	case failed && len(r.Choices) == 0:
		var f core.Fault
		readFault(raw, &f)
		return errors.New("cannot use reply: the provider reports: " + f.Message)
	case !known || len(r.Choices) == 0:
		return errNoChoices
	case failedIn(raw) != nil:
		var f core.Fault
		readFaultObject(failedIn(raw), &f)
		return errors.New("cannot use reply: the provider reports: " + f.Message)
	}
	citeSources(r)
	nameCalls(r)
	return nil
}

var errorKey = []byte(`"error"`)

// failedIn returns the first choice of a reply if it is only an error, as OpenRouter sends with status 200
// for a provider that failed; nil if it is not.
func failedIn(raw []byte) []byte {
	if !bytes.Contains(raw, errorKey) {
		return nil
	}
	list := scan.Elements(memberOf(raw, "choices"))
	_, choice, _ := list.Next()
	failed := false
	w := scan.Members(choice)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch string(key) {
		case "error":
			failed = !scan.IsNull(value)
		case "message", "delta":
			if content(value) {
				return nil
			}
		case "text":
			if filled(value) {
				return nil
			}
		}
	}
	if !failed {
		return nil
	}
	return choice
}

// soundReply reports whether parseReply would accept raw: it is an object with a choice that is not an
// error. It does not check the rest of the choices.
func soundReply(raw []byte) bool {
	chosen, failed := false, false
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			return chosen && w.Rest() != nil && !(failed && failedIn(raw) != nil)
		}
		if string(key) == "choices" && value[0] == '[' && !chosen {
			chosen, failed = choiceIn(value)
		}
	}
}

// choiceIn reports whether one of the elements of an array is an object, and whether the first object has an
// error. Reading its members costs no more than skipping it.
func choiceIn(raw []byte) (chosen, failed bool) {
	if first := trim(raw[1:]); opens(first) {
		w := scan.Members(first)
		for key, _, ok := w.Next(); ok; key, _, ok = w.Next() {
			failed = failed || string(key) == "error"
		}
		if rest := trim(w.Rest()); len(rest) > 0 {
			return rest[0] == ',' || rest[0] == ']', failed
		}
	}
	w := scan.Elements(raw)
	for {
		if _, value, ok := w.Next(); !ok || value[0] == '{' {
			return ok, failed
		}
	}
}

// nameCalls gives an id to calls without one, such as those of Gemini's models. It is derived from the id of
// the reply, so that ids differ between the replies of a conversation.
func nameCalls(r *core.Completion) {
	for i := range r.Parts {
		p := &r.Parts[i]
		if p.Kind != core.PartCall || p.ID != nil {
			continue
		}
		id := append(append(r.Room(), "call_"...), appendShortID(nil, r.ID)...)
		p.ID = r.Took(scan.AppendInt(id, int64(i)))
		p.Shape |= partNoID
	}
}

// replyField reads one top-level member. ok is false if it is to be kept among the extras.
func replyField(r *core.Completion, key, value []byte) (ok bool) {
	text := quoted(value)
	switch string(key) {
	case "id":
		r.ID = text
		return text != nil
	case "model":
		r.Model = text
		return text != nil
	case "service_tier":
		r.Tier = text
		return text != nil
	case "created":
		r.Created, ok = scan.Int(value)
		return ok && r.Created > 0
	case "object":
		switch string(text) {
		case "chat.completion":
			r.Shape |= replyObject
			return true
		case "text_completion":
			r.Shape |= replyText
			return true
		}
	case "usage":
		if value[0] == '{' {
			tokens(value, &r.Usage)
			r.Shape |= replyUsage
		}
	}
	return false
}

// parseChoices reads the alternatives.
func parseChoices(r *core.Completion, raw []byte) {
	w := scan.Elements(raw)
	for {
		_, value, ok := w.Next()
		if !ok {
			return
		}
		if value[0] == '{' {
			parseAlternative(r, value)
		}
	}
}

func parseAlternative(r *core.Completion, raw []byte) {
	i := r.Begin(int64(len(r.Choices)))
	c := &r.Choices[i]
	c.Shape = choseNoIndex
	var said, delta, text []byte
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch {
		case string(key) == "message" && value[0] == '{':
			said = value
		case string(key) == "delta" && value[0] == '{':
			delta = value
		case string(key) == "text" && value[0] == '"':
			text = value
		default:
			if !choiceField(c, key, value) {
				r.Keep(&c.More, key, value)
			}
		}
	}
	if said == nil && delta != nil && text == nil {
		said, delta = delta, nil
		c.Shape |= choseDelta
	}
	if delta != nil {
		r.Keep(&c.More, keyDelta, delta)
	}
	switch {
	case text != nil:
		c.Shape |= choseText
		if t := quoted(text); len(t) > 0 {
			r.Add(core.Part{Kind: core.PartText, Text: t})
		}
		if said != nil {
			r.Keep(&c.More, keyMessage, said)
		}
	case said != nil:
		parseSaid(r, c, said)
	default:
		c.Shape |= choseBare
	}
	r.End(i)
	settle(r, c)
}

var (
	keyDelta   = core.Text("delta")
	keyMessage = core.Text("message")
)

// choiceField reads one member of a choice. ok is false if it is to be kept for the same family.
func choiceField(c *core.Choice, key, value []byte) (ok bool) {
	switch string(key) {
	case "index":
		if n, ok := scan.Whole(value); ok && n >= 0 && n <= maxChoices {
			c.Index = n
			c.Shape &^= choseNoIndex
			return true
		}
	case "finish_reason":
		if word := quoted(value); word != nil {
			c.Finish, c.Native = finishOf(word), word
			return true
		}
	case "logprobs":
		if list := memberOf(value, "content"); len(list) > 2 && list[0] == '[' {
			c.Logprobs = list
		} else if list := memberOf(value, "refusal"); len(list) > 2 && list[0] == '[' {
			c.Logprobs = list
		}
		c.Shape |= choseProbs
	case "stop_reason": // vLLM: the string, or the token, that was met
		if word := quoted(value); len(word) > 0 {
			c.Stopped = word
		}
	}
	return false
}

// parseSaid reads the message of a choice.
func parseSaid(r *core.Completion, c *core.Choice, raw []byte) {
	var m chatMessage
	m.read(&r.Tree, raw, &c.Message)
	if string(m.role) != `"assistant"` {
		c.Shape |= saidNoRole
		if m.role != nil {
			r.Keep(&c.Message, keyRole, m.role)
		}
	}
	if m.name != nil {
		r.Keep(&c.Message, keyName, m.name)
	}
	if m.callID != nil {
		r.Keep(&c.Message, keyCallID, m.callID)
	}
	from := len(r.Parts)
	m.assistant(&r.Tree, &c.Shape, &c.Message)
	if m.cites != nil {
		citeText(&r.Tree, from, m.cites)
	}
}

// settle corrects the finish reason: a forced call finishes with stop, and some servers send no reason.
func settle(r *core.Completion, c *core.Choice) {
	calls := false
	for i := c.From; i < c.To; i++ {
		calls = calls || r.Parts[i].Kind == core.PartCall
	}
	switch {
	case calls && (c.Finish == core.FinishStop || c.Finish == core.FinishUnsaid):
		c.Finish = core.FinishCalls
	case c.Finish == core.FinishStop && c.Stopped != nil:
		c.Finish = core.FinishStopped
	}
}
