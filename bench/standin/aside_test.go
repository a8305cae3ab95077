package standin

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// What is no conversation is answered in the vendor's own shape, and refused in its own words.
func TestAsides(t *testing.T) {
	s, base := start(t, Options{Open: true})
	f := func(does, kind, body string, want int, says string, fields ...string) {
		t.Helper()
		method, path, _ := strings.Cut(does, " ")
		q, err := http.NewRequest(method, base+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if kind != "" {
			q.Header.Set("Content-Type", kind)
		}
		for i := 0; i+1 < len(fields); i += 2 {
			q.Header.Set(fields[i], fields[i+1])
		}
		a, err := http.DefaultClient.Do(q)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Body.Close()
		b, err := io.ReadAll(a.Body)
		if err != nil || a.StatusCode != want || !strings.Contains(string(b), says) {
			t.Errorf("%s %s: %v %d %.300s, want %d with %s", does, body, err, a.StatusCode, b, want, says)
		}
		if got := s.Take(); len(got) != 1 || got[0].Status != want || got[0].Family == "" {
			t.Errorf("%s: noted as %+v", does, got)
		}
	}
	const js = "application/json"
	f("POST /v1/audio/speech", js, `{"model":"tts","input":"Hi","voice":"alloy"}`, 200, string(Sound()[:300]))
	f("POST /v1/audio/speech", js, `{"model":"tts","input":"Hi","voice":"alloy","stream_format":"sse"}`, 200, `data: {"type":"speech.audio.done"`)
	f("POST /v1/audio/speech", js, `{"model":"tts","input":"Hi"}`, 400, "voice")
	f("POST /v1/audio/speech", js, `{"model":"error-429","input":"Hi","voice":"alloy"}`, 429, "rate_limit_exceeded")
	const form, begin = "multipart/form-data; boundary=B", "--B\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper\r\n"
	const sound = "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.mp3\"\r\nContent-Type: audio/mpeg\r\n\r\nab\r\n--B--\r\n"
	f("POST /v1/audio/transcriptions", form, begin+sound, 200, `{"text":"I hear audio/mpeg of 2 bytes`)
	f("POST /v1/audio/transcriptions", form, "--B\r\nContent-Disposition: form-data; name=\"stream\"\r\n\r\ntrue\r\n"+begin+sound, 200, "data: [DONE]")
	f("POST /v1/audio/translations", form, "--B\r\nContent-Disposition: form-data; name=\"response_format\"\r\n\r\ntext\r\n"+begin+sound, 200, "I hear")
	f("POST /v1/audio/transcriptions", form, "--B\r\n", 400, "required")
	f("POST /v1/audio/transcriptions", js, `{}`, 400, "multipart")
	f("POST /v1/images/generations", js, `{"model":"gpt-image-1","prompt":"a cat"}`, 200, `"b64_json":"iVBOR`)
	f("POST /v1/moderations", js, `{"input":"Hi"}`, 200, `"flagged":true`)
	f("GET /v1/responses/resp_7", "", "", 200, `{"id":"resp_7","object":"response"`)
	f("POST /v1/responses/resp_7/cancel", js, "", 200, `"status":"cancelled"`)
	f("DELETE /v1/responses/resp_7", "", "", 200, `"deleted":true`)
	f("GET /v1/responses/resp_7/input_items", "", "", 200, `"object":"list"`)
	f("GET /v1/responses/resp_missing", "", "", 404, "No such object")
	f("GET /v1/files", "", "", 200, `"object":"file"`)
	f("GET /v1/files", "", "", 200, `"type":"file"`, "Anthropic-Version", "2023-06-01")
	f("GET /v1/files/file-9/content", "", "", 200, string(Sound()[:300]))
	f("POST /v1/batches", js, `{"input_file_id":"f","endpoint":"/v1/responses","completion_window":"24h"}`, 200, `"status":"validating"`)
	f("POST /v1/batches", js, `{}`, 400, "input_file_id")
	f("POST /v1/messages/batches", js, `{"requests":[{}]}`, 200, `"processing_status":"in_progress"`)
	f("GET /v1/messages/batches/b1/results", "", "", 200, `"type":"succeeded"`)
	f("POST /v1beta/cachedContents", js, `{"model":"models/g","contents":[{}]}`, 200, `"name":"cachedContents/standin"`)
	f("GET /v1beta/files", "", "", 200, `"files"`)
	f("POST /v1beta/models/imagen-4:predict", js, `{"instances":[{"prompt":"a"}]}`, 200, "bytesBase64Encoded")

	// batches whose requests can be read are kept, and end when they are told to
	const upload = "--B\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jsonl\"\r\n\r\n" +
		`{"custom_id":"a","url":"/v1/chat/completions","body":{"model":"m"}}` + "\n" + `{"custom_id":"b","url":"/v1/chat/completions","body":{"model":"m-error-500"}}` + "\r\n--B--\r\n"
	f("POST /v1/files", form, upload, 200, `"id":"file-kept-1"`)
	f("POST /v1/batches", js, `{"input_file_id":"file-kept-1","endpoint":"/v1/chat/completions","completion_window":"24h"}`, 200, `"id":"batch_kept_2"`)
	f("GET /v1/batches/batch_kept_2", "", "", 200, `"output_file_id":null`)
	f("POST /v1/messages/batches", js, `{"requests":[{"custom_id":"a","params":{"model":"m"}}]}`, 200, `"id":"msgbatch_kept_4"`)
	f("GET /v1/messages/batches/msgbatch_kept_4", "", "", 200, `"processing_status":"in_progress"`)
	f("POST /v1beta/models/m:batchGenerateContent", js, `{"batch":{"input_config":{"requests":{"requests":[{}]}}}}`, 200, `"name":"batches/kept5"`)
	f("GET /v1beta/batches/kept5", "", "", 200, "BATCH_STATE_RUNNING")
	s.EndBatches()
	f("GET /v1/batches/batch_kept_2", "", "", 200, `"request_counts":{"total":2,"completed":1,"failed":1}`)
	f("GET /v1/files/file-kept-3/content", "", "", 200, `"usage":{"prompt_tokens":10,"completion_tokens":20,"total_tokens":30}`)
	f("GET /v1/messages/batches/msgbatch_kept_4", "", "", 200, `"processing_status":"ended"`)
	f("GET /v1/messages/batches/msgbatch_kept_4/results", "", "", 200, `"usage":{"input_tokens":10,"output_tokens":20`)
	f("GET /v1beta/batches/kept5", "", "", 200, `"usageMetadata":{"promptTokenCount":10`)
	s.ForgetFiles()
	f("GET /v1/files/file-kept-3/content", "", "", 404, "No such File")
	f("GET /v1beta/batches/kept9", "", "", 404, "No such operation")
	f("POST /v1/tokenize", js, `{"model":"command-a","text":"two words"}`, 200, `"tokens":[1,2]`)
	f("POST /v1/realtime/client_secrets", js, `{"session":{"type":"realtime","model":"gpt-realtime"}}`, 200, `"model":"gpt-realtime"`)
}
