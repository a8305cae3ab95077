package standin

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// The usage of each request of a batch.
const (
	BatchIn  = 10
	BatchOut = 20
)

// A batch is a stored batch, whose requests could be read. It is in progress until EndBatches.
type batch struct {
	family  string
	given   obj    // members of its object that are returned as they were sent
	lines   []line // its requests
	results string // the file or the path with its results
}

// A line is one request of a batch.
type line struct {
	id, model string
}

// EndBatches ends all batches so far, and makes later ones end at once. POST /__end does the same from
// outside.
func (s *Server) EndBatches() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
}

// ForgetFiles deletes all files, as their owner can, and as vendors do after a while. POST /__forget does the same
// from outside.
func (s *Server) ForgetFiles() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.files)
}

// outside handles the requests of tests that run in another process.
func (s *Server) outside(w http.ResponseWriter, r *http.Request) bool {
	switch r.URL.Path {
	case "/__requests":
		s.side(w, r)
	case "/__end":
		s.EndBatches()
	case "/__forget":
		s.ForgetFiles()
	default:
		return false
	}
	return true
}

// keepFile stores a file under a new name.
func (s *Server) keepFile(data []byte) (id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.made++
	id = "file-kept-" + strconv.Itoa(s.made)
	s.files[id] = data
	return id
}

func (s *Server) fileOf(id string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.files[id]
}

// begin stores a batch.
func (s *Server) begin(b *batch, prefix string) (id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.made++
	id = prefix + strconv.Itoa(s.made)
	s.batches[id] = b
	return id
}

func (s *Server) batchOf(id string) (b *batch, ended bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.batches[id], s.ended
}

// requestsOf returns the requests of a file in OpenAI's form; nil: it is not such a file.
func requestsOf(data []byte) (all []line) {
	for raw := range bytes.Lines(data) {
		var d doc
		if json.Unmarshal(raw, &d) != nil || d["custom_id"] == nil || d["body"] == nil {
			return nil
		}
		all = append(all, line{text(d["custom_id"]), text(at(d, "body", "model"))})
	}
	return all
}

// openaiBatch answers a request about a batch whose file is stored; false: there is no such batch.
func (ex *exchange) openaiBatch(id string) bool {
	s := ex.server
	if id == "" {
		lines := requestsOf(s.fileOf(text(ex.d["input_file_id"])))
		if lines == nil {
			return false
		}
		b := &batch{family: "openai", given: batchOf("", ex.d), lines: lines}
		id = s.begin(b, "batch_kept_")
		b.results = s.keepFile(b.openaiResults())
	}
	b, ended := s.batchOf(id)
	if b == nil {
		return false
	}
	o := append(obj{}, b.given...)
	o = o.with("id", id)
	if ended {
		done := len(b.lines) - b.failed()
		o = o.with("status", "completed").with("output_file_id", b.results).
			with("request_counts", obj{"total", len(b.lines), "completed", done, "failed", b.failed()})
		o = append(o, "usage", obj{"input_tokens", BatchIn * done, "output_tokens", BatchOut * done, "total_tokens", (BatchIn + BatchOut) * done})
	}
	ex.json(200, encode(o))
	return true
}

// with returns o with another value of one member.
func (o obj) with(name string, v any) obj {
	for i := 0; i+1 < len(o); i += 2 {
		if o[i] == name {
			o[i+1] = v
		}
	}
	return o
}

// failed returns how many of the requests fail, by the names of their models.
func (b *batch) failed() (n int) {
	for _, l := range b.lines {
		if name, _ := scenario(l.model); name == "error" {
			n++
		}
	}
	return n
}

func (b *batch) openaiResults() (out []byte) {
	for _, l := range b.lines {
		status, body := 200, obj{"id", "chatcmpl-kept", "object", "chat.completion", "created", created, "model", l.model,
			"choices", []any{obj{"index", 0, "message", obj{"role", "assistant", "content", "Hello"}, "finish_reason", "stop"}},
			"usage", obj{"prompt_tokens", BatchIn, "completion_tokens", BatchOut, "total_tokens", BatchIn + BatchOut}}
		if name, code := scenario(l.model); name == "error" {
			status, body = code, obj{"error", obj{"message", "as was asked", "type", "server_error"}}
		}
		out = append(append(out, encode(obj{"id", "batch_req_" + l.id, "custom_id", l.id,
			"response", obj{"status_code", status, "request_id", "req", "body", body}, "error", nil})...), '\n')
	}
	return out
}

// anthropicBatch answers a request about a message batch whose requests could be read.
func (ex *exchange) anthropicBatch(id string) bool {
	s := ex.server
	if id == "" {
		var lines []line
		for _, q := range list(ex.d["requests"]) {
			q, _ := q.(doc)
			if at(q, "params", "model") == nil {
				return false
			}
			lines = append(lines, line{text(q["custom_id"]), text(at(q, "params", "model"))})
		}
		if lines == nil {
			return false
		}
		id = s.begin(&batch{family: "anthropic", lines: lines}, "msgbatch_kept_")
	}
	b, ended := s.batchOf(id)
	if b == nil {
		return false
	}
	o := messageBatchOf(id, "in_progress")
	if ended {
		o = o.with("processing_status", "ended").with("results_url", "https://api.anthropic.com/v1/messages/batches/"+id+"/results").
			with("request_counts", obj{"processing", 0, "succeeded", len(b.lines) - b.failed(), "errored", b.failed(), "canceled", 0, "expired", 0})
	}
	ex.json(200, encode(o))
	return true
}

func (ex *exchange) anthropicResults(id string) bool {
	b, ended := ex.server.batchOf(id)
	if b == nil || !ended {
		return false
	}
	var out []byte
	for _, l := range b.lines {
		result := obj{"type", "succeeded", "message", obj{"id", "msg_kept", "type", "message", "role", "assistant", "model", l.model,
			"content", []any{obj{"type", "text", "text", "Hello"}}, "stop_reason", "end_turn", "stop_sequence", nil,
			"usage", obj{"input_tokens", BatchIn, "output_tokens", BatchOut, "service_tier", "batch"}}}
		if name, _ := scenario(l.model); name == "error" {
			result = obj{"type", "errored", "error", obj{"type", "error"}}
		}
		out = append(append(out, encode(obj{"custom_id", l.id, "result", result})...), '\n')
	}
	ex.send("application/x-jsonl", out)
	return true
}

// geminiBegin begins a batch at Google; the model is in the path.
func (ex *exchange) geminiBegin(string) *refusal {
	_, rest, _ := strings.Cut(ex.r.URL.Path, "/models/")
	model, _, _ := strings.Cut(rest, ":")
	var lines []line
	for range list(at(ex.d, "batch", "input_config", "requests", "requests")) {
		lines = append(lines, line{model: model})
	}
	if lines == nil {
		return invalid("batch.input_config", "* BatchGenerateContentRequest.batch.input_config: requests is empty")
	}
	return ex.geminiBatch(strings.TrimPrefix(ex.server.begin(&batch{family: "gemini", lines: lines}, "batches/kept"), "batches/"))
}

// geminiBatch returns the operation for a batch.
func (ex *exchange) geminiBatch(id string) *refusal {
	b, ended := ex.server.batchOf("batches/" + id)
	if b == nil {
		return &refusal{status: 404, message: "No such operation: " + id}
	}
	o := obj{"name", "batches/" + id, "metadata", obj{"@type", "type.googleapis.com/google.ai.generativelanguage.v1main.GenerateContentBatch",
		"batchStats", obj{"requestCount", strconv.Itoa(len(b.lines))}, "state", "BATCH_STATE_RUNNING"}}
	if ended {
		var all []any
		for _, l := range b.lines {
			all = append(all, obj{"response", obj{"candidates", []any{}, "modelVersion", l.model,
				"usageMetadata", obj{"promptTokenCount", BatchIn, "candidatesTokenCount", BatchOut, "totalTokenCount", BatchIn + BatchOut}}})
		}
		o[3] = obj{"batchStats", obj{"requestCount", strconv.Itoa(len(b.lines)), "successfulRequestCount", strconv.Itoa(len(b.lines))}, "state", "BATCH_STATE_SUCCEEDED"}
		o = append(o, "done", true, "response", obj{"inlinedResponses", obj{"inlinedResponses", all}})
	}
	ex.json(200, encode(o))
	return nil
}
