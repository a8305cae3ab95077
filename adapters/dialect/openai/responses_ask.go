package openai

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// maxUser is the most characters that OpenAI accepts in an end user's name. Longer ones, from clients of
// other vendors, are left out.
const maxUser = 64

// appendAsk is the face's AppendRequest.
func appendAsk(dst []byte, c *core.Chat, s *core.Send) ([]byte, *core.Fault) {
	at, own := len(dst), ours(c)
	w := writer{Chat: c, own: own, sign: core.OpenAI}
	if s.Face != nil {
		w.quirks = s.Face.Quirks
		if s.Face.Vendor != core.NoVendor {
			w.sign = s.Face.Vendor
		}
	}
	if f := w.refuse(); f != nil {
		return dst, f
	}
	dst = scan.AppendString(append(dst, `{"model":`...), s.Model)
	dst = w.instructions(dst)
	if !own || c.Shape&askIsNoInput == 0 {
		var f *core.Fault
		if dst, f = w.input(append(dst, `,"input":`...)); f != nil {
			return dst, f
		}
	}
	dst, f := w.tools(dst)
	if f != nil {
		return dst, f
	}
	dst = w.choice(dst)
	dst = w.format(dst)
	dst = w.thinking(dst)
	dst = w.settings(dst, s.Stream)
	if own {
		dst = w.nulls(dst)
		dst, _ = appendChain(dst, &c.Tree, c.More)
	} else {
		dst = w.foreign(dst)
	}
	return body.Edit(append(dst, '}'), at, s.Face), nil
}

// A writer is a request being written.
type writer struct {
	*core.Chat
	own     bool // it was read from this face
	sign    core.Vendor
	quirks  core.Quirk
	lead    int // number of turns written as instructions
	calls   int // calls without an id so far; they get one by their order, and so do results
	results int
}

// refuse finds members that this face does not have and that the answer depends on.
func (w *writer) refuse() *core.Fault {
	if w.own {
		return nil
	}
	if w.N != nil && string(w.N) != "1" {
		return body.Invalid("n", "cannot ask for more than one answer: the Responses API gives one", "leave n out, or name a model that is served by another API")
	}
	if len(w.Stop) > 0 { // without them, the answer would not stop where the client expects it to
		return body.Invalid(stopMember(w.From), "cannot end an answer at a stop sequence: the Responses API has none", "leave it out and cut the answer yourself, or name a model that is served by another API")
	}
	if w.Previous != nil {
		return body.Invalid("previous_response_id", "cannot continue a response that this provider does not hold", "send the whole conversation")
	}
	for _, m := range w.Modes {
		if string(m) != "text" {
			return body.Invalid("modalities", "cannot ask the Responses API for an answer in "+string(m), `leave modalities out, or say ["text"]`)
		}
	}
	return nil
}

// stopMember returns a dialect's name for the member with stop sequences.
func stopMember(from *core.Dialect) string {
	switch {
	case from == nil || from.Name == "openai" || from.Name == "mistral":
		return "stop"
	case from.Name == "gemini":
		return "generationConfig.stopSequences"
	case from.Name == "bedrock":
		return "inferenceConfig.stopSequences"
	case from.Name == "ollama":
		return "options.stop"
	}
	return "stop_sequences"
}

// choice appends tool_choice and parallel_tool_calls, which OpenAI refuses without tools.
func (w *writer) choice(dst []byte) []byte {
	if !w.own && len(w.Tools) == 0 {
		return dst
	}
	switch {
	case len(w.Allowed) > 0:
		dst = append(dst, `,"tool_choice":{"type":"allowed_tools","mode":"`...)
		if w.Choice == core.ChooseAny {
			dst = append(dst, "required"...)
		} else {
			dst = append(dst, "auto"...)
		}
		dst = append(dst, `","tools":[`...)
		for i, name := range w.Allowed {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(scan.AppendQuoted(append(dst, `{"type":"function","name":`...), name), '}')
		}
		dst = append(dst, `]}`...)
	case w.Choice == core.ChooseAuto:
		dst = append(dst, `,"tool_choice":"auto"`...)
	case w.Choice == core.ChooseNone:
		dst = append(dst, `,"tool_choice":"none"`...)
	case w.Choice == core.ChooseAny && w.quirks&core.QuirkAnyChoice != 0:
		dst = append(dst, `,"tool_choice":"any"`...)
	case w.Choice == core.ChooseAny:
		dst = append(dst, `,"tool_choice":"required"`...)
	case w.Choice == core.ChooseNamed:
		dst = append(scan.AppendQuoted(append(dst, `,"tool_choice":{"type":"function","name":`...), w.ChoiceName), '}')
	}
	return appendTruth(dst, "parallel_tool_calls", w.Parallel)
}

func appendTruth(dst []byte, key string, v core.Tri) []byte {
	switch v {
	case core.Yes:
		return append(append(append(dst, ',', '"'), key...), `":true`...)
	case core.No:
		return append(append(append(dst, ',', '"'), key...), `":false`...)
	}
	return dst
}

// format appends text: the format of the answer and its verbosity.
func (w *writer) format(dst []byte) []byte {
	if w.own && w.Shape&askIsText != 0 || w.Format == core.FormatUnsaid && w.Verbose == nil {
		return dst
	}
	dst = append(dst, `,"text":{`...)
	if w.Format != core.FormatUnsaid {
		dst = w.answer(append(dst, `"format":`...))
		if w.Verbose != nil {
			dst = append(dst, ',')
		}
	}
	if w.Verbose != nil {
		dst = scan.AppendQuoted(append(dst, `"verbosity":`...), w.Verbose)
	}
	return append(dst, '}')
}

// answer appends the format of the answer.
func (w *writer) answer(dst []byte) []byte {
	switch {
	case w.Format == core.FormatText:
		return append(dst, `{"type":"text"}`...)
	case w.Format == core.FormatJSON || w.quirks&core.QuirkNoSchema != 0:
		return append(dst, `{"type":"json_object"}`...)
	}
	dst = append(dst, `{"type":"json_schema"`...)
	switch {
	case w.FormatName != nil:
		dst = appendField(dst, "name", w.FormatName)
	case !w.own:
		dst = append(dst, `,"name":"answer"`...) // a name is required
	}
	if w.FormatNote != nil {
		dst = appendField(dst, "description", w.FormatNote)
	}
	if w.Schema != nil {
		dst = appendRaw(dst, "schema", w.Schema)
	}
	strict := w.Strict
	if strict == core.Unsaid && !w.own {
		strict = core.No
	}
	return append(appendTruth(dst, "strict", strict), '}')
}
