package standin

import (
	"encoding/base64"
	"fmt"
	"strings"
)

// live serves Google's Live API, as far as needed for sessions with text, calls and audio. It accepts both
// spellings of members; messages are binary, like Google's.
func (k *socket) live() {
	d, err := k.hear()
	if err != nil {
		return
	}
	setup := object(d["setup"])
	name := text(setup["model"])
	if strings.HasPrefix(k.ex.r.URL.Path, "/ws/google.cloud.aiplatform.") { // Vertex AI requires the full name
		name = strings.TrimPrefix(name, "projects/p/locations/us-east5/publishers/google/")
	}
	if setup == nil || !strings.HasPrefix(name, "models/") || strings.Count(name, "/") != 1 {
		k.close(1008, name+" is not found for API version v1beta, or is not supported for bidiGenerateContent")
		return
	}
	model := modelOf(name)
	k.ex.note.Model = model
	var tools []any
	for _, t := range list(setup["tools"]) {
		tools = append(tools, list(either(object(t), "functionDeclarations", "function_declarations"))...)
	}
	k.say(obj{"setupComplete", obj{}})
	does, _ := scenario(model)
	sound := 0
	for {
		d, err := k.hear()
		switch {
		case err != nil:
			return
		case either(d, "realtimeInput", "realtime_input") != nil:
			in := object(either(d, "realtimeInput", "realtime_input"))
			data := strings.NewReplacer("-", "+", "_", "/").Replace(text(at(in, "audio", "data"))) // either alphabet
			b, err := base64.StdEncoding.DecodeString(data)
			if err != nil {
				k.close(1007, "Base64 decoding failed.")
				return
			}
			sound += len(b)
			if in["text"] != nil || either(in, "audioStreamEnd", "audio_stream_end") != nil {
				k.turn([]string{fmt.Sprintf("I hear %d bytes", sound)})
			}
		case either(d, "toolResponse", "tool_response") != nil:
			first := list(either(object(either(d, "toolResponse", "tool_response")), "functionResponses", "function_responses"))
			if len(first) == 0 {
				k.close(1007, "the tool response is empty")
				return
			}
			k.turn([]string{"The tool says: ", string(encode(object(first[0])["response"]))})
		case either(d, "clientContent", "client_content") == nil:
			k.close(1007, "Invalid JSON payload received.")
			return
		case does == "tool" && len(tools) > 0:
			tool := object(tools[0])
			schema := tool["parameters"]
			if schema == nil {
				schema = either(tool, "parametersJsonSchema", "parameters_json_schema")
			}
			k.say(obj{"toolCall", obj{"functionCalls", []any{obj{"id", "function-call-1", "name", tool["name"], "args", sample(schema, 0)}}}})
		default:
			k.turn(sentence[:])
		}
	}
}

// turn sends a turn of the model.
func (k *socket) turn(pieces []string) {
	for _, p := range pieces {
		k.say(obj{"serverContent", obj{"modelTurn", obj{"parts", []any{obj{"text", p}}}}})
	}
	k.say(obj{"serverContent", obj{"generationComplete", true}})
	k.say(obj{"serverContent", obj{"turnComplete", true}, "usageMetadata", obj{"promptTokenCount", 37, "responseTokenCount", 11, "totalTokenCount", 48,
		"promptTokensDetails", []any{obj{"modality", "TEXT", "tokenCount", 37}}, "responseTokensDetails", []any{obj{"modality", "TEXT", "tokenCount", 11}}}})
}
