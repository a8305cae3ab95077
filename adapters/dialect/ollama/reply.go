package ollama

import (
	"errors"

	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

var (
	errNoObject  = errors.New("the body is not one JSON object")
	errNoMessage = errors.New("the body holds no message")
	errMessage   = errors.New("the message cannot be read")
)

// parseReply is the codec's ParseReply for /api/chat. Durations, counts and other members that the neutral form does not
// hold exactly are also kept for the same format.
func parseReply(r *core.Completion, b []byte) error { return parseAnswer(r, b, core.OpChat) }

// parseGenerated is the ParseReply for /api/generate, whose text is in response.
func parseGenerated(r *core.Completion, b []byte) error {
	return parseAnswer(r, b, core.OpCompletion)
}

// An answer is what a reply says besides what goes to the Completion as it is read.
type answer struct {
	message
	found  bool // there is a message, or what stands for one
	finish core.Text
	probs  []byte // raw
}

func parseAnswer(r *core.Completion, b []byte, op core.Op) error {
	r.From, r.Op = &self, op
	var a answer
	w := scan.Members(b)
	for key, value, ok := w.Next(); ok; key, value, ok = w.Next() {
		if !a.takes(r, key, value) {
			r.Keep(&r.More, key, value)
		} else if string(key) == "message" && !a.found {
			return errMessage
		}
	}
	switch {
	case w.Rest() == nil:
		return errNoObject
	case !a.found:
		return errNoMessage
	}
	if a.roleValue != nil && string(a.roleValue) != `"assistant"` {
		body.Keep(&r.Tree, &a.more, "role", a.roleValue)
	}
	i, made := r.Begin(0), 0
	if a.parts(&r.Tree, &made) != "" {
		return errMessage
	}
	r.End(i)
	ch := &r.Choices[i]
	ch.Shape, ch.Message = a.shape, a.more
	if a.roleValue == nil || string(a.roleValue) != `"assistant"` {
		ch.Shape |= replyNoRole
	}
	ch.Finish, ch.Native = finishOf(a.finish, a.calls != nil), a.finish
	if len(a.probs) > 0 && a.probs[0] == '[' {
		ch.Logprobs = a.probs // they are in OpenAI's form
	}
	return nil
}

// takes reads a member of the reply r. It reports whether that says all there is to it: the others are kept as well.
func (a *answer) takes(r *core.Completion, key, value []byte) bool {
	switch name, generated := string(key), r.Op == core.OpCompletion; {
	case name == "model" && scan.IsString(value):
		r.Model = inside(value)
	case name == "message" && !generated:
		a.found = a.members(&r.Tree, value) != nil
	case name == "response" && generated && scan.IsString(value):
		a.found, a.content, a.shape = true, value, a.shape|turnContent
	case name == "thinking" && generated && scan.IsString(value):
		a.thinking, a.shape = value, a.shape|turnThought
	case name == "done_reason" && scan.IsString(value):
		a.finish = inside(value)
	case name == "created_at":
		r.Created = created(inside(value))
		return false
	case name == "logprobs":
		a.probs = value
		return false
	default:
		counter(key, value, &r.Usage)
		return false
	}
	return true
}

// replyNoRole is a bit of Choice.Shape besides those of a turn: the role is an extra or absent.
const replyNoRole uint16 = 1 << 15

// appendReply is the codec's AppendReply, for both operations. It writes only the first choice, as Ollama has one.
func appendReply(dst []byte, r *core.Completion, x *core.Crossing) []byte {
	own := r.From == &self
	generate := own && r.Op == core.OpCompletion
	model := r.Model
	if x != nil {
		generate = x.ToOp == core.OpCompletion
		if len(x.Model) > 0 {
			model = x.Model
		}
	}
	dst = append(dst, '{')
	if model != nil || !own {
		dst = append(scan.AppendQuoted(append(dst, `"model":`...), model), ',')
	}
	if !own {
		dst = append(dst, `"created_at":"`...)
		at := r.Created
		if at == 0 && x != nil {
			at = x.Wall
		}
		dst = append(appendTime(dst, at), `",`...)
	}
	var ch core.Choice
	if len(r.Choices) > 0 {
		ch = r.Choices[0]
	}
	if generate {
		dst = appendGenerated(dst, r, &ch)
	} else {
		dst = appendMessage(append(dst, `"message":{`...), r, &ch, own)
	}
	switch {
	case !own:
		dst = append(dst, `,"done":true,"done_reason":"`...)
		dst = append(append(dst, finishWord(ch.Finish)...), '"')
		if ch.Logprobs != nil {
			dst = append(append(dst, `,"logprobs":`...), ch.Logprobs...)
		}
		dst = appendCounts(dst, &r.Usage)
	default:
		if ch.Native != nil {
			dst = scan.AppendQuoted(append(dst, `,"done_reason":`...), ch.Native)
		}
		dst = appendExtras(dst, &r.Tree, r.More, false)
	}
	if x != nil && x.Extra != nil {
		dst = x.Extra(append(dst, ','))
	}
	return append(dst, '}')
}

func appendCounts(dst []byte, u *core.Usage) []byte {
	if !u.Known {
		return dst
	}
	dst = scan.AppendInt(append(dst, `,"prompt_eval_count":`...), u.In)
	return scan.AppendInt(append(dst, `,"eval_count":`...), u.Out)
}

// joined appends the texts of the parts of kind, text or thoughts. ok is false if there are none.
func joined(dst []byte, parts []core.Part, kind core.PartKind) (out []byte, ok bool) {
	for i := 0; i < len(parts); i += 1 + int(parts[i].Inner) {
		p := &parts[i]
		text := kind == core.PartText && (p.Kind == core.PartRefusal || p.Kind == core.PartAudio && p.Text != nil)
		if p.Kind == kind || text {
			dst, ok = append(dst, p.Text...), true
		}
	}
	return dst, ok
}

// appendGenerated appends response and thinking.
func appendGenerated(dst []byte, r *core.Completion, ch *core.Choice) []byte {
	parts := r.Parts[ch.From:ch.To]
	dst, _ = joined(append(dst, `"response":"`...), parts, core.PartText)
	dst = append(dst, '"')
	at := len(dst)
	dst, ok := joined(append(dst, `,"thinking":"`...), parts, core.PartThought)
	if !ok && ch.Shape&turnThought == 0 {
		return dst[:at]
	}
	return append(dst, '"')
}

// appendMessage appends the members of message and its closing brace. The signature of a thought is written only if there
// is one thought, because joined thoughts would not match it.
func appendMessage(dst []byte, r *core.Completion, ch *core.Choice, own bool) []byte {
	parts := r.Parts[ch.From:ch.To]
	if !own || ch.Shape&replyNoRole == 0 {
		dst = append(dst, `"role":"assistant"`...)
	}
	if !own || ch.Shape&turnContent != 0 {
		dst, _ = joined(append(comma(dst), `"content":"`...), parts, core.PartText)
		dst = append(dst, '"')
	}
	at := len(dst)
	dst, thinks := joined(append(comma(dst), `"thinking":"`...), parts, core.PartThought)
	if dst = append(dst, '"'); !thinks && (!own || ch.Shape&turnThought == 0) {
		dst = dst[:at]
	}
	dst = appendSigns(dst, parts)
	if dst = replyImages(dst, parts); own && ch.Shape&turnImages != 0 {
		dst = append(dst, `,"images":[]`...)
	}
	dst = appendCalls(dst, &r.Tree, parts, own, true)
	if own {
		dst = appendExtras(dst, &r.Tree, ch.Message, false)
	}
	return append(dst, '}')
}

// appendSigns appends the signature of the only thought, and veiled thoughts.
func appendSigns(dst []byte, parts []core.Part) []byte {
	thoughts, veils := 0, 0
	var thought, veil *core.Part
	for i := range parts {
		switch p := &parts[i]; p.Kind {
		case core.PartThought:
			thoughts, thought = thoughts+1, p
		case core.PartVeiled:
			veils, veil = veils+1, p
		}
	}
	if thoughts == 1 && len(thought.Sign) > 0 {
		dst = appendSign(dst, "signature", thought.Vendor, thought.Sign)
	}
	if veils == 1 {
		dst = appendSign(dst, "veiled", veil.Vendor, veil.Sign)
	}
	return dst
}

func replyImages(dst []byte, parts []core.Part) []byte {
	n := 0
	for i := range parts {
		if p := &parts[i]; p.Kind == core.PartImage && p.Data != nil {
			if n++; n == 1 {
				dst = append(dst, `,"images":[`...)
			}
			dst = scan.AppendQuoted(comma(dst), p.Data)
		}
	}
	if n > 0 {
		dst = append(dst, ']')
	}
	return dst
}
