package batch

import (
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"

	"asbru/core"
	"asbru/core/scan"
)

func TestBegins(t *testing.T) {
	f := func(dialect, path string, want Form, place string) {
		t.Helper()
		if got, at := Begins(dialect, []byte(path)); got != want || at != place {
			t.Errorf("%s %s: %v %q; want %v %q", dialect, path, got, at, want, place)
		}
	}
	for _, path := range []string{"/batches", "/v1/batches", "/openai/v1/batches", "/openai/batches"} {
		f("openai", path, OpenAI, "/batches")
	}
	f("openai", "/batch/jobs", OpenAI, "/batch/jobs")
	f("mistral", "/batch/jobs", OpenAI, "/batch/jobs")
	f("openai", "/batches/", OpenAI, "/batches")
	f("openai", "/batch/jobs/", OpenAI, "/batch/jobs")
	f("anthropic", "/messages/batches/", Anthropic, "/messages/batches")
	f("cohere", "/embed-jobs/", Unknown, "")
	f("openai", "/files/", NoForm, "")
	f("anthropic", "/messages/batches", Anthropic, "/messages/batches")
	f("anthropic", "/v1/messages/batches", Anthropic, "/messages/batches")
	f("gemini", "/models/gemini-2.5-flash:batchGenerateContent", Gemini, "")
	f("gemini", "/v1beta/models/m:batchGenerateContent", Gemini, "")
	f("gemini", "/models/m:asyncBatchEmbedContent", Gemini, "")
	f("gemini", "/projects/p/locations/l/batchPredictionJobs", Unknown, "")
	f("openai", "/accounts/a/batchInferenceJobs", Unknown, "")
	f("openai", "/batches/b/requests", Unknown, "") // xAI
	f("cohere", "/embed-jobs", Unknown, "")
	f("cohere", "/batches", Unknown, "")
	for _, path := range []string{"/files", "/batches/batch_1/cancel", "/images/generations", "/requests"} {
		f("openai", path, NoForm, "")
	}
	f("openai", "/vector_stores/v/file_batches", NoForm, "")
	f("gemini", "/corpora/c/documents/d/chunks:batchCreate", NoForm, "")
	f("gemini", "/batches/1:cancel", NoForm, "")
	f("gemini", "/batches/1:updateGenerateContentBatch", NoForm, "")
	f("anthropic", "/messages/batches/b/cancel", NoForm, "")
}

func TestAsks(t *testing.T) {
	f := func(dialect, path string, want Form, name string) {
		t.Helper()
		got, is, ok := Asks(dialect, []byte(path))
		if got != want || is != name || ok != (want != NoForm) {
			t.Errorf("%s %s: %v %q; want %v %q", dialect, path, got, is, want, name)
		}
	}
	f("openai", "/batches/batch_1", OpenAI, "batch_1")
	f("openai", "/v1/batches/batch_1/cancel", OpenAI, "batch_1")
	f("mistral", "/batch/jobs/j", OpenAI, "j")
	f("anthropic", "/messages/batches/m/results", Anthropic, "m")
	f("gemini", "/batches/g", Gemini, "batches/g")
	f("gemini", "/batches/g:cancel", Gemini, "batches/g")
	for _, path := range []string{"/batches", "/batches/", "/files/batches/1", "/batches/" + strings.Repeat("x", MaxID+1)} {
		f("openai", path, NoForm, "")
	}
}

func TestStores(t *testing.T) {
	f := func(path string, want bool) {
		t.Helper()
		if Stores("openai", []byte(path)) != want {
			t.Errorf("%s: %v", path, !want)
		}
	}
	f("/files", true)
	f("/v1/files", true)
	f("/files/", true)
	f("/uploads/u/parts", true)
	f("/batches", false)
	f("/audio/transcriptions", false)
}

func TestRead(t *testing.T) {
	f := func(form Form, body string, want Status) {
		t.Helper()
		got, err := Read(form, []byte(body))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s\n got %+v, %v\nwant %+v", body, got, err, want)
		}
	}
	f(OpenAI, `{"id":"batch_1","object":"batch","status":"validating","output_file_id":null,"request_counts":{"total":0,"completed":0,"failed":0},"usage":{"input_tokens":0,"output_tokens":0}}`,
		Status{Name: "batch_1", Word: "validating"})
	f(OpenAI, `{"id":"batch_1","status":"completed","error_file_id":"file-e","output_file_id":"file-o","request_counts":{"total":3,"completed":2,"failed":1},
		"usage":{"input_tokens":10,"output_tokens":5,"input_tokens_details":{"cached_tokens":4},"output_tokens_details":{"reasoning_tokens":2}}}`,
		Status{Name: "batch_1", Word: "completed", State: Ended, Files: []string{"file-o", "file-e"}, Total: 3, Answers: 2, Usage: core.Usage{In: 10, CachedIn: 4, Out: 5, Reasoning: 2, Known: true}})
	f(OpenAI, `{"id":"b","status":"failed","errors":{},"request_counts":{"total":0,"completed":0,"failed":0}}`, Status{Name: "b", Word: "failed", State: Failed})
	f(OpenAI, `{"id":"b","status":"failed","output_file_id":"o"}`, Status{Name: "b", Word: "failed", State: Ended, Files: []string{"o"}, Answers: -1})
	f(OpenAI, `{"id":"b","status":"validating","created_at":1790000000}`, Status{Name: "b", Word: "validating", Created: 1790000000, Answers: -1})
	f(Anthropic, `{"id":"m","processing_status":"in_progress","created_at":"2026-09-21T13:33:20.5Z"}`, Status{Name: "m", Word: "in_progress", Created: 1789997600, Answers: -1})
	f(Gemini, `{"name":"batches/1","metadata":{"state":"BATCH_STATE_PENDING","createTime":"2026-09-21T13:33:20.123456789Z"}}`, Status{Name: "batches/1", Word: "BATCH_STATE_PENDING", Created: 1789997600, Answers: -1})
	f(OpenAI, `{"id":"b","status":"validating","created_at":"yesterday"}`, Status{Name: "b", Word: "validating", Answers: -1})
	f(OpenAI, `{"id":"b","status":"cancelling"}`, Status{Name: "b", Word: "cancelling", Answers: -1})
	f(OpenAI, `{"job":{"id":"b","status":"VALIDATING"},"warning":""}`, Status{Name: "b", Word: "validating", Answers: -1})
	f(OpenAI, `{"id":"b","status":"SUCCESS","output_file":"o","total_requests":2,"succeeded_requests":1}`, Status{Name: "b", Word: "success", State: Ended, Files: []string{"o"}, Total: 2, Answers: 1})
	f(OpenAI, `{"id":"b","status":"something new"}`, Status{Name: "b", Word: "something new", Answers: -1})
	f(Anthropic, `{"id":"m","processing_status":"canceling","request_counts":{"processing":1,"succeeded":2,"errored":0,"canceled":0,"expired":0}}`,
		Status{Name: "m", Word: "canceling", Total: 3, Answers: 2})
	f(Anthropic, `{"id":"m","processing_status":"ended","request_counts":{"processing":0,"succeeded":0,"errored":2}}`, Status{Name: "m", Word: "ended", State: Ended, Total: 2})
	f(Gemini, `{"name":"batches/1","metadata":{"state":"BATCH_STATE_RUNNING","batchStats":{"requestCount":"2"}}}`, Status{Name: "batches/1", Word: "BATCH_STATE_RUNNING", Total: 2, Answers: -1})
	f(Gemini, `{"name":"batches/1","metadata":{"state":"BATCH_STATE_SUCCEEDED"},"done":true,"response":{"responsesFile":"files/r"}}`,
		Status{Name: "batches/1", Word: "BATCH_STATE_SUCCEEDED", State: Ended, Files: []string{"files/r"}, Answers: -1})
	f(Gemini, `{"name":"batches/1","metadata":{"state":"BATCH_STATE_CANCELLED"}}`, Status{Name: "batches/1", Word: "BATCH_STATE_CANCELLED", State: Failed, Answers: -1})
	s, err := Read(Gemini, []byte(`{"name":"batches/1","done":true,"response":{"inlinedResponses":{"inlinedResponses":[{},{}]}}}`))
	if err != nil || s.State != Ended || string(s.Inline) != `[{},{}]` {
		t.Errorf("%+v, %v", s, err)
	}
	for _, bad := range []string{"", "[]", `{"status":"completed"}`, `{"id":"../../x","status":"completed"}`, `{"id":7}`} {
		if s, err := Read(OpenAI, []byte(bad)); err == nil {
			t.Errorf("%s is %+v", bad, s)
		}
	}
}

// usage stands in for a dialect's reader.
func usage(body []byte, u *core.Usage, _ *core.Forms) {
	if n, ok := scan.Whole(member(member(body, "usage"), "in")); ok {
		u.In, u.Known = n, true
	}
}

func TestReadResult(t *testing.T) {
	f := func(form Form, line string, want Result, ok bool) {
		t.Helper()
		got, is := ReadResult(form, []byte(line), usage)
		if is != ok || !reflect.DeepEqual(got, want) {
			t.Errorf("%s\n got %+v, %v\nwant %+v, %v", line, got, is, want, ok)
		}
	}
	used := core.Usage{In: 7, Known: true}
	f(OpenAI, `{"custom_id":"a","response":{"status_code":200,"body":{"model":"m","usage":{"in":7}}},"error":null}`, Result{Model: []byte("m"), Usage: used}, true)
	f(OpenAI, `{"custom_id":"a","response":{"status_code":400,"body":{"error":{}}},"error":null}`, Result{Failed: true}, true)
	f(OpenAI, `{"custom_id":"a","response":null,"error":{"code":"batch_expired"}}`, Result{Failed: true}, true)
	f(OpenAI, `{"custom_id":"a","response":{"status_code":200}}`, Result{}, false)
	f(OpenAI, `nothing`, Result{}, false)
	f(Anthropic, `{"custom_id":"a","result":{"type":"succeeded","message":{"model":"c","usage":{"in":7}}}}`, Result{Model: []byte("c"), Usage: used}, true)
	f(Anthropic, `{"custom_id":"a","result":{"type":"expired"}}`, Result{Failed: true}, true)
	f(Anthropic, `{"custom_id":"a","result":{"type":"else"}}`, Result{}, false)
	f(Gemini, `{"key":"a","response":{"modelVersion":"g","usage":{"in":7}}}`, Result{Model: []byte("g"), Usage: used}, true)
	f(Gemini, `{"error":{"code":3}}`, Result{Failed: true}, true)
	f(Gemini, `{"key":"a"}`, Result{}, false)
}

func TestReadSource(t *testing.T) {
	f := func(form Form, body string, want Source) {
		t.Helper()
		got, err := ReadSource(form, []byte(body))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s\n got %+v, %v\nwant %+v", body, got, err, want)
		}
	}
	f(OpenAI, `{"input_file_id":"file-1","endpoint":"/v1/embeddings","completion_window":"24h"}`, Source{Files: []string{"file-1"}, Op: core.OpEmbed})
	f(OpenAI, `{"input_files":["a"],"model":"m","endpoint":"/v1/chat/completions"}`, Source{Files: []string{"a"}, Model: []byte("m"), Op: core.OpChat})
	f(OpenAI, `{"requests":[1],"model":"m","endpoint":"/v1/fim/completions"}`, Source{Inline: []byte("[1]"), Model: []byte("m"), Op: core.OpCompletion})
	f(Anthropic, `{"requests":[{}]}`, Source{Inline: []byte("[{}]"), Op: core.OpChat})
	f(Gemini, `{"batch":{"input_config":{"requests":{"requests":[{}]}}}}`, Source{Inline: []byte("[{}]"), Op: core.OpChat})
	f(Gemini, `{"batch":{"inputConfig":{"fileName":"files/1"}}}`, Source{Files: []string{"files/1"}, Op: core.OpChat})
	for form, list := range map[Form][]string{
		OpenAI:    {`{}`, `{"input_file_id":"a","requests":[]}`, `{"input_file_id":"a","input_file_id":"b"}`, `{"input_file_id":"a","Input_File_Id":"b"}`, `{"input_file_id":"../x"}`, `{"input_file_id":"a","input\u005ffile_id":"b"}`},
		Anthropic: {`{"requests":{}}`, `{"requests":[],"requests":[{}]}`},
		Gemini:    {`{"batch":{"input_config":{"file_name":"files/1"},"inputConfig":{"fileName":"files/2"}}}`},
	} {
		for _, body := range list {
			if s, err := ReadSource(form, []byte(body)); !errors.Is(err, errNoSource) {
				t.Errorf("%v %s: %+v, %v", form, body, s, err)
			}
		}
	}
}

func TestRequests(t *testing.T) {
	f := func(form Form, s Source, line string, want Request) {
		t.Helper()
		got, err := s.Read(form, []byte(line))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s\n got %+v, %v\nwant %+v", line, got, err, want)
		}
	}
	f(OpenAI, Source{}, `{"custom_id":"a","method":"POST","url":"/v1/responses","body":{"model":"m"}}`, Request{core.OpResponses, []byte("m"), []byte(`{"model":"m"}`)})
	f(OpenAI, Source{Model: []byte("n"), Op: core.OpEmbed}, `{"custom_id":"a","body":{"input":"x"}}`, Request{core.OpEmbed, []byte("n"), []byte(`{"input":"x"}`)})
	f(Anthropic, Source{}, `{"custom_id":"a","params":{"model":"c"}}`, Request{core.OpChat, []byte("c"), []byte(`{"model":"c"}`)})
	f(Gemini, Source{}, `{"request":{"contents":[]}}`, Request{Op: core.OpChat, Body: []byte(`{"contents":[]}`)})
	for _, line := range []string{`{}`, `x`, `{"body":[]}`, `{"body":{},"body":{}}`, `{"body":{"model":"a","model":"b"}}`} {
		if r, err := new(Source).Read(OpenAI, []byte(line)); !errors.Is(err, errNoRequest) {
			t.Errorf("%s: %+v, %v", line, r, err)
		}
	}
}

func TestLines(t *testing.T) {
	f := func(text string, want ...string) {
		t.Helper()
		var got []string
		if err := Lines(strings.NewReader(text), func(line []byte) error { got = append(got, string(line)); return nil }); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%.40q: %d lines, %v; want %d", text, len(got), err, len(want))
		}
	}
	long := strings.Repeat("x", 3*readBytes)
	f("")
	f("a\n\r\nb", "a", "b")
	f(long+"\n"+long+"\nc\n", long, long, "c")
	if err := Lines(strings.NewReader(strings.Repeat("x", MaxLine+1)), func([]byte) error { return nil }); !errors.Is(err, errLong) {
		t.Error(err)
	}
	stop := errors.New("enough")
	if err := Lines(strings.NewReader("a\nb"), func([]byte) error { return stop }); err != stop {
		t.Error(err)
	}
	n := 0
	if err := Elements([]byte(`[1,{"a":[2]},3]`), func([]byte) error { n++; return nil }); err != nil || n != 3 {
		t.Errorf("%d elements, %v", n, err)
	}
}

func TestPaths(t *testing.T) {
	f := func(got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s; want %s", got, want)
		}
	}
	at, _ := OpenAI.Where("/batches", "b")
	f(OpenAI.Door()+at, "/v1/batches/b")
	at, results := Anthropic.Where("/messages/batches", "m")
	f(Anthropic.Door()+at, "/anthropic/v1/messages/batches/m")
	f(results, "/messages/batches/m/results")
	at, _ = Gemini.Where("", "batches/g")
	f(Gemini.Door()+at, "/genai/v1beta/batches/g")
	f(OpenAI.File("file-1"), "/v1/files/file-1/content")
	f(Gemini.File("files/1"), "/genai/download/v1beta/files/1:download?alt=media")
	for _, form := range []Form{OpenAI, Anthropic, Gemini} {
		if Named(form.String()) != form {
			t.Errorf("%v has no name", form)
		}
	}
}

// No bytes make a reader stumble, claim a name that cannot stand in a path, or count below nothing.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"id":"b","status":"completed","output_file_id":"o","request_counts":{"total":1,"completed":1}}`))
	f.Add([]byte(`{"name":"batches/1","done":true,"response":{"inlinedResponses":{"inlinedResponses":[{"response":{}}]}}}`))
	f.Add([]byte(`{"custom_id":"a","response":{"status_code":200,"body":{"model":"m","usage":{"in":7}}}}`))
	f.Add([]byte(`{"requests":[{"custom_id":"a","params":{"model":"m"}}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, form := range []Form{OpenAI, Anthropic, Gemini} {
			if s, err := Read(form, b); err == nil && (!Plain(s.Name) || s.Answers < -1 && s.State == Failed) {
				t.Errorf("%v: %+v", form, s)
			}
			ReadResult(form, b, usage)
			s, err := ReadSource(form, b)
			if err != nil {
				s = Source{}
			}
			for _, name := range s.Files {
				if !Plain(name) {
					t.Errorf("%v reads file %q", form, name)
				}
			}
			Elements(s.Inline, func(line []byte) error { _, err := s.Read(form, line); return err })
			s.Read(form, b)
		}
	})
}

func TestWithin(t *testing.T) {
	tooLong := errors.New("too long")
	if b, err := io.ReadAll(Within(strings.NewReader("abc"), 3, tooLong)); string(b) != "abc" || err != nil {
		t.Errorf("three bytes of three are %q, %v", b, err)
	}
	if _, err := io.ReadAll(Within(strings.NewReader("abcd"), 3, tooLong)); err != tooLong {
		t.Errorf("four bytes of three end with %v", err)
	}
}
