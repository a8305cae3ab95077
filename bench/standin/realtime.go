package standin

import (
	"encoding/base64"
	"strconv"
	"strings"
)

// A session is a conversation over OpenAI's Realtime API.
type session struct {
	k        *socket
	model    string
	scenario string
	events   int
	items    int
	tools    []any
	result   string // the output of the last call; empty: the last item is not one
	sound    int    // bytes in the input buffer
	about    string // the text heard, to be repeated
}

// realtime serves OpenAI's Realtime API, as far as needed for sessions with text, calls and audio. The end of the
// model's name chooses the scenario: tool, cut, closes, or text.
func (k *socket) realtime(model string) {
	s := &session{k: k, model: model}
	s.scenario, _ = scenario(model)
	if strings.HasSuffix(model, "closes") {
		s.scenario = "closes"
	}
	s.event("session.created", "session", s.settings())
	for {
		d, err := k.hear()
		if err != nil || !s.does(d) {
			return
		}
	}
}

func (s *session) settings() obj {
	tools := s.tools
	if tools == nil {
		tools = []any{}
	}
	return obj{"type", "realtime", "object", "realtime.session", "id", "sess_standin", "model", s.model, "output_modalities", []string{"text"}, "tools", tools, "tool_choice", "auto"}
}

// event sends an event of that type with further members.
func (s *session) event(kind string, members ...any) {
	s.events++
	s.k.say(append(obj{"type", kind, "event_id", "event_" + strconv.Itoa(s.events)}, members...))
}

func (s *session) fails(message string) {
	s.event("error", "error", obj{"type", "invalid_request_error", "code", "invalid_value", "message", message, "param", nil, "event_id", nil})
}

// does handles an event of the client. It returns false if the session has ended.
func (s *session) does(d doc) bool {
	switch kind := text(d["type"]); kind {
	case "session.update":
		if m := at(d, "session", "model"); m != nil && text(m) != s.model {
			s.fails("Cannot update a conversation's model.")
			break
		}
		if t := list(at(d, "session", "tools")); t != nil {
			s.tools = t
		}
		s.event("session.updated", "session", s.settings())
	case "conversation.item.create":
		s.item(object(d["item"]))
	case "input_audio_buffer.append":
		b, err := base64.StdEncoding.DecodeString(text(d["audio"]))
		if err != nil {
			s.fails("Invalid 'audio'. Expected base64.")
		}
		s.sound += len(b)
	case "input_audio_buffer.commit":
		s.items++
		s.about = "I hear " + strconv.Itoa(s.sound) + " bytes"
		s.event("input_audio_buffer.committed", "previous_item_id", nil, "item_id", "item_"+strconv.Itoa(s.items))
	case "response.create":
		return s.respond()
	default:
		s.fails("Invalid value: '" + kind + "'. Supported values are: 'session.update' and others.")
	}
	return true
}

func (s *session) item(item doc) {
	s.items++
	added := obj{"id", "item_" + strconv.Itoa(s.items)}
	for _, name := range []string{"type", "role", "content", "call_id", "output"} {
		if v, ok := item[name]; ok {
			added = append(added, name, v)
		}
	}
	added = append(added, "object", "realtime.item", "status", "completed")
	s.result = text(item["output"])
	s.event("conversation.item.added", "previous_item_id", nil, "item", added)
	s.event("conversation.item.done", "previous_item_id", nil, "item", added)
}

func (s *session) response(status string, output []any) obj {
	usage := any(nil)
	if status == "completed" {
		usage = obj{"total_tokens", 48, "input_tokens", 37, "output_tokens", 11,
			"input_token_details", obj{"text_tokens", 37, "audio_tokens", 0, "cached_tokens", 5},
			"output_token_details", obj{"text_tokens", 11, "audio_tokens", 0}}
	}
	return obj{"object", "realtime.response", "id", "resp_standin", "status", status, "status_details", nil, "output", output, "usage", usage, "metadata", nil}
}

// respond is a turn of the model: a call of the first tool, or text.
func (s *session) respond() bool {
	s.event("response.created", "response", s.response("in_progress", []any{}))
	if s.scenario == "tool" && len(s.tools) > 0 && s.result == "" {
		s.calls()
		return true
	}
	where := func(more ...any) []any {
		return append([]any{"response_id", "resp_standin", "item_id", "item_said", "output_index", 0, "content_index", 0}, more...)
	}
	part := func(said string) obj { return obj{"type", "output_text", "text", said} }
	item := func(status string, parts ...any) obj {
		return obj{"id", "item_said", "object", "realtime.item", "type", "message", "status", status, "role", "assistant", "content", append([]any{}, parts...)}
	}
	s.event("response.output_item.added", "response_id", "resp_standin", "output_index", 0, "item", item("in_progress"))
	s.event("response.content_part.added", where("part", part(""))...)
	pieces := sentence[:]
	if s.result != "" {
		pieces = []string{"The tool says: ", s.result}
	} else if s.about != "" {
		pieces = []string{s.about}
	}
	for i, p := range pieces {
		if i == 2 && s.scenario == "cut" {
			return false
		}
		if i == 2 && s.scenario == "closes" {
			s.k.close(4001, "the session is over")
			return false
		}
		s.event("response.output_text.delta", where("delta", p)...)
	}
	all := strings.Join(pieces, "")
	s.event("response.output_text.done", where("text", all)...)
	s.event("response.content_part.done", where("part", part(all))...)
	s.event("response.output_item.done", "response_id", "resp_standin", "output_index", 0, "item", item("completed", part(all)))
	s.event("response.done", "response", s.response("completed", []any{item("completed", part(all))}))
	return true
}

func (s *session) calls() {
	tool := object(s.tools[0])
	args := string(encode(sample(tool["parameters"], 0)))
	item := obj{"id", "item_call", "object", "realtime.item", "type", "function_call", "status", "completed", "name", tool["name"], "call_id", "call_1", "arguments", args}
	where := []any{"response_id", "resp_standin", "item_id", "item_call", "output_index", 0, "call_id", "call_1"}
	s.event("response.output_item.added", "response_id", "resp_standin", "output_index", 0, "item", item)
	s.event("response.function_call_arguments.delta", append(where, "delta", args)...)
	s.event("response.function_call_arguments.done", append(where, "arguments", args)...)
	s.event("response.output_item.done", "response_id", "resp_standin", "output_index", 0, "item", item)
	s.event("response.done", "response", s.response("completed", []any{item}))
}
