package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"asbru/bench/standin"
)

// eachBatched is the cost of one request of the stand-in's batches at batch prices, in nanodollars: 10 tokens at half of
// $2 and 20 at half of $4 a million.
const eachBatched = standin.BatchIn*1000 + standin.BatchOut*2000

// batching is a gateway in front of the stand-in of all vendors. Its keys may spend a dollar a month.
func batching(t *testing.T) (up *standin.Server, config, dir string) {
	t.Helper()
	up, config = vendors(t)
	dir = filepath.Join(t.TempDir(), "ledger")
	sheet := filepath.Join(t.TempDir(), "prices")
	rows := "[openai]\nm-* in=2 out=4 batch=50% max-in=1000 max-out=500\n[anthropic]\nm-* in=2 out=4 batch=50% max-in=1000 max-out=500\n[gemini]\nm-* in=2 out=4 batch=50% max-in=1000 max-out=500\n"
	if err := os.WriteFile(sheet, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	return up, private(config) + "admin: {listen: '127.0.0.1:0'}\ngovernance: {ledger: '" + dir + "', batches: {every: 1s}}\nprices: {files: ['" + sheet + "']}\n" +
		"virtual_keys:\n- {name: ci, key: secret-of-ci-0001, budgets: [{usd: 1}]}\n- {name: free, key: secret-of-free-01}\n", dir
}

const batcher = "Authorization: Bearer secret-of-ci-0001"

// uploaded uploads a file of requests through g and returns its id.
func uploaded(t *testing.T, g *gateway, key string, models ...string) string {
	t.Helper()
	var lines, form bytes.Buffer
	for i, m := range models {
		fmt.Fprintf(&lines, `{"custom_id":"%d","method":"POST","url":"/v1/chat/completions","body":{"model":"%s","max_tokens":100,"messages":[{"role":"user","content":"Hi"}]}}`+"\n", i, m)
	}
	w := multipart.NewWriter(&form)
	w.WriteField("purpose", "batch")
	f, _ := w.CreateFormFile("file", "a.jsonl")
	f.Write(lines.Bytes())
	w.Close()
	a := ask(t, "POST", g.url("/v1/files"), form.String(), key, "Content-Type: "+w.FormDataContentType(), "x-model-provider: openai")
	var is struct{ ID string }
	if json.Unmarshal([]byte(a.body), &is); a.status != 200 || is.ID == "" {
		t.Fatalf("the file: %d %s", a.status, a.body)
	}
	return is.ID
}

// began begins a batch through g and returns its name.
func began(t *testing.T, g *gateway, path, body, key string) string {
	t.Helper()
	a := ask(t, "POST", g.url(path), body, key, "x-model-provider: "+map[bool]string{true: "openai", false: ""}[strings.HasPrefix(path, "/v1/")])
	var is struct{ ID, Name string }
	if json.Unmarshal([]byte(a.body), &is); a.status != 200 || is.ID+is.Name == "" {
		t.Fatalf("%s: %d %s\n%s", path, a.status, a.body, g.stderr.String())
	}
	return is.ID + is.Name
}

const inOpenAI = `{"input_file_id":"%s","endpoint":"/v1/chat/completions","completion_window":"24h"}`

// A batch is held from its beginning until it has ended, also over a kill and an orderly restart. Then each of its
// results is charged once, at batch prices, in every format.
func TestBatches(t *testing.T) {
	up, config, dir := batching(t)
	g := serve(t, config)
	began(t, g, "/v1/batches", fmt.Sprintf(inOpenAI, uploaded(t, g, batcher, "m-1", "m-1", "m-error-500")), batcher)
	began(t, g, "/anthropic/v1/messages/batches", `{"requests":[{"custom_id":"a","params":{"model":"m-1","max_tokens":100,"messages":[{"role":"user","content":"Hi"}]}},
		{"custom_id":"b","params":{"model":"m-2","max_tokens":100,"messages":[{"role":"user","content":"Hi"}]}}]}`, batcher)
	began(t, g, "/genai/v1beta/models/gemini%2Fm-1:batchGenerateContent", `{"batch":{"display_name":"x","input_config":{"requests":{"requests":[{"request":{"contents":[{"parts":[{"text":"Hi"}]}]}}]}}}}`, batcher)
	held := func() string {
		t.Helper()
		out, _ := asbru(t, 0, nil, "ledger", "verify", dir)
		_, out, _ = strings.Cut(out, "under way, and ")
		out, _, _ = strings.Cut(out, "\n")
		return out
	}
	g.signal(syscall.SIGKILL)
	g.ends(-1)
	before := held()
	if !strings.HasPrefix(before, "3 batches, which hold $0.00") {
		t.Fatalf("after the kill: %q", before)
	}
	g = serve(t, config)
	g.signal(syscall.SIGTERM)
	g.ends(0)
	if after := held(); after != before {
		t.Errorf("after restarts: %q; want %q", after, before)
	}
	g = serve(t, config)
	up.EndBatches()
	await(t, "the batches to be charged", func() bool { return len(settles(t, dir)) == 3 }, g.stderr.String)
	g.signal(syscall.SIGTERM)
	g.ends(0)
	const want = 5 * eachBatched // one of 6 requests failed
	spent, open := examine(t, dir)
	if spent != want || open != 0 || held() != "" {
		t.Errorf("%d spent, %d open, %q held; want %d, and nothing", spent, open, held(), want)
	}
	for id, list := range settles(t, dir) {
		if len(list) != 1 || list[0].Partial {
			t.Errorf("%s was settled %+v", id, list)
		}
	}
	reconciled(t, dir, want)
}

// A process that is killed at any moment while batches end charges each of them once after a restart.
func TestBatchesThroughKills(t *testing.T) {
	up, config, dir := batching(t)
	g := serve(t, config)
	const batches = 6
	for range batches {
		began(t, g, "/v1/batches", fmt.Sprintf(inOpenAI, uploaded(t, g, batcher, "m-1", "m-1")), batcher)
	}
	up.EndBatches()
	for n := 1; n <= 3; n++ {
		await(t, "some of the batches to be charged", func() bool { return len(settles(t, dir)) >= n }, g.stderr.String)
		g.signal(syscall.SIGKILL)
		g.ends(-1)
		g = serve(t, config)
	}
	await(t, "all batches to be charged", func() bool { return len(settles(t, dir)) == batches }, g.stderr.String)
	g.signal(syscall.SIGTERM)
	g.ends(0)
	if spent, open := examine(t, dir); spent != batches*2*eachBatched || open != 0 {
		t.Errorf("%d spent, %d open; want %d", spent, open, batches*2*eachBatched)
	}
}

// For a key with a budget, a batch that cannot be counted, or that does not fit, is not begun. Deleted results do not make
// a batch cheaper.
func TestBatchesRefused(t *testing.T) {
	up, config, dir := batching(t)
	g := serve(t, strings.Replace(config, "governance: {", "governance: {objects: {unrecorded: by_id}, ", 1)) // files that were not uploaded here
	for _, q := range []struct {
		path, body, says string
		status           int
	}{
		{"/v1/batches", fmt.Sprintf(inOpenAI, "file-kept-99"), "batch_not_counted", 403},
		{"/v1/batches", `{"name":"in a form of its own"}`, "batch_not_counted", 403},
		{"/genai/v1beta/models/gemini%2Fm-1:batchGenerateContent", `{"batch":{"input_config":{"file_name":"files/1"}}}`, "not known", 403},
		{"/anthropic/v1/messages/batches", `{"requests":[{"custom_id":"a","params":{"model":"m-1","max_tokens":900000,"messages":[{"role":"user","content":"Hi"}]}}]}`, "has $1 left", 402},
	} {
		provider := "x-model-provider: openai"
		if !strings.HasPrefix(q.path, "/v1/") {
			provider = "x-unused: 1"
		}
		if a := ask(t, "POST", g.url(q.path), q.body, batcher, provider); a.status != q.status || !strings.Contains(a.body, q.says) {
			t.Errorf("%s %s: %d %s; want %d with %s", q.path, q.body, a.status, a.body, q.status, q.says)
		}
	}
	for _, r := range up.Requests() {
		if r.Method == "POST" {
			t.Errorf("%s was requested", r.Path)
		}
	}
	// a key without a budget is served
	began(t, g, "/v1/batches", fmt.Sprintf(inOpenAI, "file-unknown"), "Authorization: Bearer secret-of-free-01")

	id := began(t, g, "/v1/batches", fmt.Sprintf(inOpenAI, uploaded(t, g, batcher, "m-1", "m-1")), batcher)
	up.EndBatches()
	up.ForgetFiles()
	if a := ask(t, "GET", g.url("/v1/batches/"+id), "", batcher, "x-model-provider: openai"); a.status != 200 || !strings.Contains(a.body, `"completed"`) {
		t.Fatalf("%d %s", a.status, a.body)
	}
	await(t, "the batch to be charged", func() bool { return len(settles(t, dir)) == 1 }, g.stderr.String)
	g.signal(syscall.SIGTERM)
	g.ends(0)
	if spent, _ := examine(t, dir); spent != 2*eachBatched {
		t.Errorf("%d spent; want the provider's total for the batch, %d", spent, 2*eachBatched)
	}
}
