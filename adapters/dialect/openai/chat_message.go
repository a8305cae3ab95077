package openai

import (
	"asbru/core"
	"asbru/core/scan"
)

// A chatMessage is a message of a request or reply: the raw values of its known members. Members that are
// null are kept among the extras and count as absent.
type chatMessage struct {
	role, content, name, calls, callID, function       []byte
	refusal, thinking, reasoning, details, audio, sign []byte
	cites, images                                      []byte
	cache                                              core.Text
}

// read reads the members of the object at the start of raw and returns the bytes after it, nil if it is
// malformed.
func (m *chatMessage) read(t *core.Tree, raw []byte, more *int32) (rest []byte) {
	var room [keyRoom]byte
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			return w.Rest()
		}
		to := m.field(plainKey(key, &room))
		if to == nil || *to != nil || value[0] == 'n' {
			t.Keep(more, key, value)
			continue
		}
		*to = value
		switch {
		case to == &m.cites || to == &m.sign: // kept as well, to be written as they came
			t.Keep(more, key, value)
		case string(key) == "cache_control":
			t.Keep(more, key, value)
		}
	}
}

// field returns where to store the member called key, nil if it is unknown.
func (m *chatMessage) field(key []byte) *[]byte {
	switch string(key) {
	case "role":
		return &m.role
	case "content":
		return &m.content
	case "name":
		return &m.name
	case "tool_calls":
		return &m.calls
	case "tool_call_id":
		return &m.callID
	case "function_call":
		return &m.function
	case "refusal":
		return &m.refusal
	case "reasoning_content":
		return &m.thinking
	case "reasoning":
		return &m.reasoning
	case "reasoning_details":
		return &m.details
	case "audio":
		return &m.audio
	case "extra_content":
		return &m.sign
	case "annotations":
		return &m.cites
	case "images":
		return &m.images
	case "cache_control":
		return (*[]byte)(&m.cache)
	}
	return nil
}

// assistant reads a message of the model, in the order in which it is produced: thinking, content, calls.
func (m *chatMessage) assistant(t *core.Tree, shape *uint16, more *int32) {
	m.thoughts(t, more)
	from := len(t.Parts)
	if m.content != nil && !parseContent(t, m.content, shape) {
		t.Keep(more, keyContent, m.content)
	}
	m.says(t, more)
	calls := len(t.Parts)
	if m.calls != nil && !parseCalls(t, m.calls) {
		t.Keep(more, keyCalls, m.calls)
	}
	if m.function != nil && !parseOldCall(t, m.function) {
		t.Keep(more, keyFunction, m.function)
	}
	if sign := googleSign(m.sign); sign != nil {
		signed(t, from, calls, sign)
	}
}

// thoughts reads thinking from the member that has the most of it. The others repeat it and are kept for the
// same family.
func (m *chatMessage) thoughts(t *core.Tree, more *int32) {
	from := len(t.Parts)
	if m.details != nil && !parseDetails(t, m.details) {
		t.Keep(more, keyDetails, m.details)
	}
	said := len(t.Parts) > from
	for _, f := range [...]struct {
		key   core.Text
		raw   []byte
		shape uint16
	}{{keyThinking, m.thinking, partContent}, {keyReasoning, m.reasoning, partReason}} {
		if f.raw == nil {
			continue
		}
		text := quoted(f.raw)
		if said || len(text) == 0 {
			t.Keep(more, f.key, f.raw)
			fillThought(t, from, text)
			continue
		}
		t.Add(core.Part{Kind: core.PartThought, Text: text, Shape: f.shape})
		said = true
	}
}

// fillThought sets the text of the first thought from index from on if the details contain only its
// signature, as at the end of a stream.
func fillThought(t *core.Tree, from int, text core.Text) {
	for i := from; i < len(t.Parts); i++ {
		if p := &t.Parts[i]; p.Kind == core.PartThought && len(p.Text) > 0 {
			return
		}
	}
	for i := from; i < len(t.Parts) && len(text) > 0; i++ {
		if p := &t.Parts[i]; p.Kind == core.PartThought {
			p.Text, p.Shape = text, p.Shape|partFilled
			return
		}
	}
}

// says reads the members that accompany the content: a refusal, an audio answer, images.
func (m *chatMessage) says(t *core.Tree, more *int32) {
	if text := quoted(m.refusal); len(text) > 0 {
		t.Add(core.Part{Kind: core.PartRefusal, Text: text, Shape: partMember})
	} else if m.refusal != nil {
		t.Keep(more, keyRefusal, m.refusal)
	}
	if m.audio != nil && !parseAudio(t, m.audio) {
		t.Keep(more, keyAudio, m.audio)
	}
	if m.images == nil {
		return
	}
	t.Keep(more, keyImages, m.images)
	w := scan.Elements(m.images)
	for {
		_, value, ok := w.Next()
		if !ok {
			return
		}
		from := len(t.Parts)
		if parsePart(t, value); t.Parts[from].Kind != core.PartImage {
			t.Parts = t.Parts[:from]
			continue
		}
		t.Parts[from].Shape |= partMember
	}
}

// parseAudio reads the audio of an answer: {id, data, transcript, expires_at}, or only the id in a later
// request. ok is false if there is no id.
func parseAudio(t *core.Tree, raw []byte) (ok bool) {
	p := core.Part{Kind: core.PartAudio, Shape: partMember}
	w := scan.Members(raw)
	for {
		key, value, more := w.Next()
		if !more {
			break
		}
		switch text := quoted(value); {
		case string(key) == "id" && len(text) > 0:
			p.ID = text
		case string(key) == "data" && text != nil:
			p.Data = text
		case string(key) == "transcript" && text != nil:
			p.Text = text
		default:
			t.Keep(&p.More, key, value)
		}
	}
	if p.ID == nil {
		return false
	}
	t.Add(p)
	return true
}

// signed moves the signature of a message to the part that it belongs to: to the first call, if that has
// none, otherwise to the last text.
func signed(t *core.Tree, from, calls int, sign core.Text) {
	vendor, sign := core.ReadSign(sign, core.Google)
	at := -1
	if calls < len(t.Parts) {
		at = calls
	} else {
		for i := from; i < len(t.Parts); i++ {
			if t.Parts[i].Kind == core.PartText {
				at = i
			}
		}
	}
	if at < 0 {
		t.Add(core.Part{Kind: core.PartVeiled, Sign: sign, Vendor: vendor, Shape: partSignedBy})
		return
	}
	if p := &t.Parts[at]; p.Sign == nil {
		p.Sign, p.Vendor = sign, vendor
		p.Shape |= partSignedBy
	}
}

// googleSign reads {google: {thought_signature}}, Gemini's signature in this format; nil: there is none.
//
// Source: https://ai.google.dev/gemini-api/docs/openai
func googleSign(raw []byte) core.Text {
	if raw == nil {
		return nil
	}
	w := scan.Members(raw)
	for {
		key, value, more := w.Next()
		if !more {
			return nil
		}
		if string(key) != "google" {
			continue
		}
		in := scan.Members(value)
		for {
			key, value, more := in.Next()
			if !more {
				break
			}
			if text := quoted(value); string(key) == "thought_signature" && len(text) > 0 {
				return text
			}
		}
	}
}

// Keys of known members that are kept among the extras in some cases.
var (
	keyRole      = core.Text("role")
	keyContent   = core.Text("content")
	keyName      = core.Text("name")
	keyCalls     = core.Text("tool_calls")
	keyCallID    = core.Text("tool_call_id")
	keyFunction  = core.Text("function_call")
	keyRefusal   = core.Text("refusal")
	keyThinking  = core.Text("reasoning_content")
	keyReasoning = core.Text("reasoning")
	keyDetails   = core.Text("reasoning_details")
	keyAudio     = core.Text("audio")
	keyImages    = core.Text("images")
)
