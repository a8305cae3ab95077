package openai

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"asbru/core"
)

// A recording is one case of recorded provider traffic.
type recording struct {
	ID, Provider, API string
	Stream            bool
	Fidelity          string
	Request           struct{ Body json.RawMessage }
	Response          struct {
		Status int
		Body   json.RawMessage
		SSE    string
	}
}

var apiOps = map[string]core.Op{
	"chat": core.OpChat, "responses": core.OpResponses, "completions": core.OpCompletion, "embeddings": core.OpEmbed,
}

// speak lists the recorded providers that use this format.
var speak = []string{"openai", "mistral", "groq", "deepseek", "together", "openrouter", "xai", "perplexity", "cerebras",
	"sambanova", "nebius", "hyperbolic", "novita", "ollama", "vllm", "lmstudio", "llamacpp", "azure", "zai", "alibaba"}

func recordings(t *testing.T) []recording {
	t.Helper()
	var all []recording
	for _, p := range speak {
		files, _ := filepath.Glob("../../../../shared/data/wire/" + p + "/*.json")
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var r recording
			if err := json.Unmarshal(data, &r); err != nil {
				continue // another API
			}
			if _, ok := apiOps[r.API]; ok {
				all = append(all, r)
			}
		}
	}
	if len(all) == 0 {
		t.Skip("no recorded traffic is beside this repository; TestPeek, TestRequestsRoundTrip and TestReadEvent cover its shapes")
	}
	return all
}

func TestRecordedRequests(t *testing.T) {
	seen := 0
	for _, r := range recordings(t) {
		var want struct {
			Model  string
			Stream bool
		}
		if json.Unmarshal(r.Request.Body, &want) != nil || want.Model == "" {
			continue
		}
		seen++
		var p core.Peek
		if f := fields.Peek(r.Request.Body, apiOps[r.API], &p); f != nil {
			t.Errorf("%s: %v", r.ID, f)
			continue
		}
		if string(p.Model) != want.Model || p.Stream != want.Stream {
			t.Errorf("%s: model %q stream %v, want %+v", r.ID, p.Model, p.Stream, want)
		}
		to := &core.Face{AskUsage: true}
		same := API.AppendBody(nil, r.Request.Body, apiOps[r.API], &p, core.Send{Face: &core.Face{}, Model: p.Model})
		if !bytes.Equal(same, r.Request.Body) {
			t.Errorf("%s: changed without need", r.ID)
		}
		out := API.AppendBody(nil, r.Request.Body, apiOps[r.API], &p, core.Send{Face: to, Model: []byte("other/model")})
		var q core.Peek
		if f := fields.Peek(out, apiOps[r.API], &q); f != nil || string(q.Model) != "other/model" {
			t.Errorf("%s: patched to %q: %v", r.ID, q.Model, f)
		}
		if chatty := apiOps[r.API] == core.OpChat || apiOps[r.API] == core.OpCompletion; p.Stream && chatty && !q.AskUsage {
			t.Errorf("%s: usage is not asked for", r.ID)
		}
	}
	t.Logf("%d requests", seen)
}

// usageJSON is usage as read by encoding/json.
type usageJSON struct {
	Prompt     int64 `json:"prompt_tokens"`
	Input      int64 `json:"input_tokens"`
	Completion int64 `json:"completion_tokens"`
	Output     int64 `json:"output_tokens"`
	Total      int64 `json:"total_tokens"`
	Details    struct {
		Reasoning int64 `json:"reasoning_tokens"`
	} `json:"completion_tokens_details"`
}

func (u *usageJSON) agrees(got core.Usage) bool {
	out := max(u.Completion, u.Output)
	ok := got.Known && got.In == max(u.Prompt, u.Input)
	return ok && (got.Out == out || got.Out == out+u.Details.Reasoning && u.Total == got.In+got.Out)
}

func TestRecordedReplies(t *testing.T) {
	seen := 0
	for _, r := range recordings(t) {
		var want struct{ Usage *usageJSON }
		if len(r.Response.Body) == 0 || json.Unmarshal(r.Response.Body, &want) != nil {
			continue
		}
		seen++
		var u core.Usage
		readUsage(r.Response.Body, &u, nil)
		switch {
		case want.Usage == nil || *want.Usage == (usageJSON{}):
			if u.In != 0 || u.Out != 0 {
				t.Errorf("%s: usage %+v out of nothing", r.ID, u)
			}
		case !want.Usage.agrees(u):
			t.Errorf("%s: got %+v, want %+v", r.ID, u, *want.Usage)
		}
	}
	t.Logf("%d replies", seen)
}

// events splits recorded SSE into the data of its events.
func events(sse string) []string {
	var all []string
	sse = strings.ReplaceAll(sse, "\r\n", "\n")
	for _, block := range strings.Split(sse, "\n\n") {
		for _, line := range strings.Split(block, "\n") {
			if data, ok := strings.CutPrefix(line, "data:"); ok {
				all = append(all, strings.TrimPrefix(data, " "))
			}
		}
	}
	return all
}

func TestRecordedStreams(t *testing.T) {
	seen := 0
	for _, r := range recordings(t) {
		if r.Response.SSE == "" {
			continue
		}
		seen++
		var got, want core.StreamState
		for _, e := range events(r.Response.SSE) {
			readEvent([]byte(e), &got)
			slowEvent(e, &want)
			if got != want {
				t.Errorf("%s: after %.300s\n got %+v\nwant %+v", r.ID, e, got, want)
				break
			}
		}
		if !got.Content && !got.Failed && r.Response.Status == 200 {
			t.Errorf("%s: no content seen", r.ID)
		}
	}
	t.Logf("%d streams", seen)
}

// slowEvent is readEvent written with encoding/json, for comparison.
func slowEvent(data string, st *core.StreamState) {
	st.UsageOnly = false
	if data == "[DONE]" {
		st.Done = true
		return
	}
	var e map[string]any
	if json.Unmarshal([]byte(data), &e) != nil {
		return
	}
	kind, _ := e["type"].(string)
	list, isList := e["choices"].([]any)
	for _, c := range list {
		choice := c.(map[string]any)
		delta, _ := choice["delta"].(map[string]any)
		for _, k := range []string{"content", "tool_calls", "refusal", "function_call", "audio", "reasoning_content", "reasoning"} {
			st.Content = st.Content || full(delta[k])
		}
		st.Content = st.Content || full(choice["text"])
		st.Finished = st.Finished || full(choice["finish_reason"])
		index, _ := choice["index"].(float64)
		st.Several = st.Several || index != 0
		st.Failed = st.Failed || choice["error"] != nil
	}
	st.Failed = st.Failed || e["error"] != nil || kind == "error" || kind == "response.failed"
	usage, isUsage := e["usage"].(map[string]any)
	switch kind {
	case "response.completed", "response.incomplete":
		st.Finished, st.Done = true, true
	case "response.failed":
		st.Done = true
	case "response.output_item.done", "response.image_generation_call.partial_image":
		st.Content = true
	default:
		st.Content = st.Content || strings.HasSuffix(kind, ".delta") && full(e["delta"])
	}
	if response, ok := e["response"].(map[string]any); ok {
		usage, _ = response["usage"].(map[string]any)
	}
	if groq, ok := e["x_groq"].(map[string]any); ok && usage == nil {
		usage, _ = groq["usage"].(map[string]any)
	}
	if len(usage) > 0 {
		st.Usage = slowUsage(usage)
	}
	st.UsageOnly = isList && len(list) == 0 && isUsage
}

func full(v any) bool {
	switch v := v.(type) {
	case string:
		return v != ""
	case []any:
		return len(v) > 0
	case map[string]any:
		return len(v) > 0
	}
	return false
}

func slowUsage(u map[string]any) core.Usage {
	num := func(m any, names ...string) int64 {
		for _, n := range names {
			if m, ok := m.(map[string]any); ok {
				if v, ok := m[n].(float64); ok {
					return int64(v)
				}
			}
		}
		return 0
	}
	first := func(names ...string) any {
		for _, n := range names {
			if u[n] != nil {
				return u[n]
			}
		}
		return nil
	}
	got := core.Usage{Known: true,
		In:        num(u, "prompt_tokens", "input_tokens"),
		Out:       num(u, "completion_tokens", "output_tokens"),
		CachedIn:  num(first("prompt_tokens_details", "input_tokens_details"), "cached_tokens"),
		Reasoning: num(first("completion_tokens_details", "output_tokens_details"), "reasoning_tokens"),
		ImageIn:   num(first("prompt_tokens_details", "input_tokens_details"), "image_tokens"),
		ImageOut:  num(first("completion_tokens_details", "output_tokens_details"), "image_tokens"),
	}
	if got.CachedIn == 0 {
		got.CachedIn = num(u, "prompt_cache_hit_tokens", "cached_tokens")
	}
	if got.Reasoning == 0 {
		got.Reasoning = num(u, "reasoning_tokens")
	}
	if got.Reasoning > 0 && num(u, "total_tokens") == got.In+got.Out+got.Reasoning {
		got.Out += got.Reasoning
	}
	return got
}
