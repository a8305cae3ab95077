package standin

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"
)

// kept returns a stored conversation by its id.
func (ex *exchange) kept() answer {
	ex.q.model = "stored-text"
	return answers("text", &ex.q)
}

func (ex *exchange) storedResponse(id string) *refusal {
	a := ex.kept()
	status := "completed"
	if strings.HasSuffix(ex.r.URL.Path, "/cancel") {
		status = "cancelled"
	}
	r := response(ex, &a, status, []any{messageItem("completed", []any{textPart(&a, a.whole(), true)})}, true)
	r[1] = id
	ex.json(200, encode(r))
	return nil
}

func (ex *exchange) inputItems(id string) *refusal {
	item := obj{"id", "msg_" + id, "type", "message", "status", "completed", "role", "user", "content", []any{obj{"type", "input_text", "text", "Hi"}}}
	ex.json(200, encode(obj{"object", "list", "data", []any{item}, "first_id", "msg_" + id, "last_id", "msg_" + id, "has_more", false}))
	return nil
}

func fileOf(id, name, purpose string, bytes int) obj {
	return obj{"object", "file", "id", id, "purpose", purpose, "filename", name, "bytes", bytes, "created_at", created, "expires_at", nil, "status", "processed", "status_details", nil}
}

func anthropicFile(id string, bytes int) obj {
	return obj{"type", "file", "id", id, "size_bytes", bytes, "created_at", "2026-01-28T15:08:32.611000Z", "filename", "a.txt", "mime_type", "text/plain", "downloadable", false}
}

// anthropics reports whether the client is one of Anthropic's, whose files have another format.
func (ex *exchange) anthropics() bool { return ex.r.Header.Get("Anthropic-Version") != "" }

func (ex *exchange) upload(string) *refusal {
	f, bad := ex.form()
	if bad != nil {
		return bad
	}
	sent := f.files["file"]
	switch {
	case sent.data == nil:
		return invalid("file", "file is required")
	case ex.anthropics():
		ex.json(200, encode(anthropicFile("file_standin", len(sent.data))))
	case f.values["purpose"] == "":
		return invalid("purpose", "'purpose' is a required property")
	case f.values["purpose"] == "batch" && requestsOf(sent.data) != nil:
		ex.json(200, encode(fileOf(ex.server.keepFile(sent.data), sent.String(), "batch", len(sent.data))))
	default:
		ex.json(200, encode(fileOf("file-standin", sent.String(), f.values["purpose"], len(sent.data))))
	}
	return nil
}

func (ex *exchange) files(string) *refusal {
	var one any = fileOf("file-standin", "a.jsonl", "batch", 3)
	if ex.anthropics() {
		one = anthropicFile("file_standin", 3)
	}
	ex.json(200, encode(obj{"object", "list", "data", []any{one}, "first_id", "file-standin", "last_id", "file-standin", "has_more", false}))
	return nil
}

func (ex *exchange) file(id string) *refusal {
	if ex.anthropics() {
		ex.json(200, encode(anthropicFile(id, 3)))
		return nil
	}
	ex.json(200, encode(fileOf(id, "a.jsonl", "batch", 3)))
	return nil
}

func (ex *exchange) content(id string) *refusal {
	if data := ex.server.fileOf(id); data != nil {
		ex.send("application/octet-stream", data)
		return nil
	}
	if strings.HasPrefix(id, "file-kept-") {
		return &refusal{status: 404, message: "No such File object: " + id}
	}
	ex.send("application/octet-stream", Sound())
	return nil
}

func batchOf(id string, d doc) obj {
	status, endpoint := "validating", text(d["endpoint"])
	if endpoint == "" {
		status, endpoint = "in_progress", "/v1/responses"
	}
	return obj{"id", id, "object", "batch", "endpoint", endpoint, "errors", nil, "input_file_id", "file-standin", "completion_window", "24h", "status", status,
		"output_file_id", nil, "error_file_id", nil, "created_at", created, "request_counts", obj{"total", 1, "completed", 0, "failed", 0}, "metadata", nil}
}

func (ex *exchange) batch(id string) *refusal {
	if id == "" && ex.d["input_file_id"] == nil {
		return invalid("input_file_id", "Missing required parameter: 'input_file_id'.")
	}
	if ex.openaiBatch(id) {
		return nil
	}
	b := batchOf("batch_standin", ex.d)
	if id != "" {
		b[1] = id
	}
	if strings.HasSuffix(ex.r.URL.Path, "/cancel") {
		b = append(b, "cancelling_at", created)
	}
	ex.json(200, encode(b))
	return nil
}

func (ex *exchange) batches(string) *refusal {
	ex.json(200, encode(obj{"object", "list", "data", []any{batchOf("batch_standin", nil)}, "first_id", "batch_standin", "last_id", "batch_standin", "has_more", false}))
	return nil
}

func messageBatchOf(id, status string) obj {
	return obj{"id", id, "type", "message_batch", "processing_status", status, "request_counts", obj{"processing", 1, "succeeded", 0, "errored", 0, "canceled", 0, "expired", 0},
		"ended_at", nil, "created_at", "2026-08-20T18:37:24.100435Z", "expires_at", "2026-08-21T18:37:24.100435Z", "archived_at", nil, "cancel_initiated_at", nil, "results_url", nil}
}

func (ex *exchange) messageBatch(id string) *refusal {
	switch {
	case id == "" && len(list(ex.d["requests"])) == 0:
		return invalid("requests", "requests: Field required")
	case ex.anthropicBatch(id):
		return nil
	case id == "":
		id = "msgbatch_standin"
	}
	status := "in_progress"
	switch {
	case strings.HasSuffix(ex.r.URL.Path, "/cancel"):
		status = "canceling"
	case ex.r.Method == "GET":
		status = "ended"
	}
	b := messageBatchOf(id, status)
	if status == "ended" { // the address of the results; SDKs use its path
		b[len(b)-1] = "https://api.anthropic.com/v1/messages/batches/" + id + "/results"
	}
	ex.json(200, encode(b))
	return nil
}

func (ex *exchange) messageBatches(string) *refusal {
	ex.json(200, encode(obj{"data", []any{messageBatchOf("msgbatch_standin", "in_progress")}, "has_more", false, "first_id", "msgbatch_standin", "last_id", "msgbatch_standin"}))
	return nil
}

func (ex *exchange) messageResults(id string) *refusal {
	if ex.anthropicResults(id) {
		return nil
	}
	a := ex.kept()
	line := encode(obj{"custom_id", "0", "result", obj{"type", "succeeded", "message", json.RawMessage(wholeAnthropic(ex, &a))}})
	ex.send("application/x-jsonl", append(line, '\n'))
	return nil
}

// cache returns a context cached by Gemini.
func (ex *exchange) cache(id string) *refusal {
	if id == "" {
		if id = "standin"; len(list(ex.d["contents"])) == 0 && ex.d["systemInstruction"] == nil {
			return invalid("contents", "* CreateCachedContentRequest.cached_content: contents is empty")
		}
	}
	ex.json(200, encode(cacheOf(id)))
	return nil
}

func cacheOf(id string) obj {
	return obj{"name", "cachedContents/" + id, "model", "models/gemini-2.5-flash", "createTime", "2026-05-13T19:56:49.957864Z", "updateTime", "2026-05-13T19:56:49.957864Z",
		"expireTime", "2026-05-13T20:01:49.580642575Z", "displayName", "kept", "usageMetadata", obj{"totalTokenCount", 1090}}
}

func (ex *exchange) caches(string) *refusal {
	ex.json(200, encode(obj{"cachedContents", []any{cacheOf("standin")}}))
	return nil
}

func (ex *exchange) googleFiles(string) *refusal {
	ex.json(200, encode(obj{"files", []any{obj{"name", "files/standin", "displayName", "a.mp3", "mimeType", "audio/mpeg", "sizeBytes", "3", "state", "ACTIVE",
		"uri", "https://generativelanguage.googleapis.com/v1beta/files/standin"}}}))
	return nil
}

// googleUpload handles a resumable upload: one request begins it, and the following ones go to the address in
// its answer.
func (ex *exchange) googleUpload(string) *refusal {
	h := ex.w.Header()
	switch command := ex.r.Header.Get("X-Goog-Upload-Command"); {
	case command == "start":
		h.Set("X-Goog-Upload-Status", "active")
		h.Set("X-Goog-Upload-URL", "https://generativelanguage.googleapis.com/upload/v1beta/files?upload_id=standin&upload_protocol=resumable")
		ex.json(200, []byte("{}"))
	case ex.r.URL.Query().Get("upload_id") != "standin" || !strings.Contains(command, "finalize"):
		return invalid("", "there is no such upload")
	default:
		h.Set("X-Goog-Upload-Status", "final")
		sum := sha256.Sum256(ex.body)
		ex.json(200, encode(obj{"file", obj{"name", "files/standin", "mimeType", "application/pdf", "sizeBytes", strconv.Itoa(len(ex.body)), "sha256Hash", base64.StdEncoding.EncodeToString(sum[:]), "state", "ACTIVE",
			"uri", "https://generativelanguage.googleapis.com/v1beta/files/standin"}}))
	}
	return nil
}

// secret returns a secret with which a browser can open a realtime session.
func (ex *exchange) secret(string) *refusal {
	ex.json(200, encode(obj{"value", "ek_standin", "expires_at", created + 60, "session", obj{"type", "realtime", "object", "realtime.session", "id", "sess_standin", "model", at(ex.d, "session", "model")}}))
	return nil
}

// tokenize returns a token for each word of a text, or a text for tokens.
func (ex *exchange) tokenize(string) *refusal {
	meta := obj{"api_version", obj{"version", "1"}}
	if text(ex.d["model"]) == "" {
		return invalid("model", "invalid request: model is required")
	}
	if t := list(ex.d["tokens"]); t != nil {
		ex.json(200, encode(obj{"text", strings.TrimSpace(strings.Repeat("word ", len(t))), "meta", meta}))
		return nil
	}
	words := strings.Fields(text(ex.d["text"]))
	tokens := []any{}
	for i := range words {
		tokens = append(tokens, i+1)
	}
	ex.json(200, encode(obj{"tokens", tokens, "token_strings", words, "meta", meta}))
	return nil
}
