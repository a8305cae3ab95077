package e2e

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// A keeper is a provider that stores things, in OpenAI's format, for its one account.
type keeper struct {
	mu    sync.Mutex
	n     int
	order []string // ids, the oldest first
	kind  map[string]string
}

func (k *keeper) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	k.mu.Lock()
	defer k.mu.Unlock()
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/v1/"), "/")
	kind := parts[0]
	w.Header().Set("Content-Type", "application/json")
	switch {
	case r.Method == "POST" && len(parts) == 1:
		k.n++
		id := fmt.Sprintf("%s-%d", kind, k.n)
		k.kind[id] = kind
		k.order = append(k.order, id)
		k.say(w, id)
	case len(parts) == 1:
		k.list(w, r, kind)
	case k.kind[parts[1]] != kind:
		w.WriteHeader(404)
		fmt.Fprint(w, `{"error":{"message":"No such thing","type":"invalid_request_error"}}`)
	case r.Method == "DELETE":
		delete(k.kind, parts[1])
		k.order = slices.DeleteFunc(k.order, func(id string) bool { return id == parts[1] })
		fmt.Fprintf(w, `{"id":%q,"deleted":true}`, parts[1])
	case len(parts) == 3 && parts[2] == "content":
		fmt.Fprint(w, "what is in "+parts[1])
	default:
		k.say(w, parts[1])
	}
}

func (k *keeper) say(w http.ResponseWriter, id string) {
	out := "null"
	if k.kind[id] == "batches" {
		out = fmt.Sprintf("%q", "out-of-"+id)
		if k.kind["out-of-"+id] == "" {
			k.kind["out-of-"+id] = "files"
			k.order = append(k.order, "out-of-"+id)
		}
	}
	fmt.Fprintf(w, `{"id":%q,"object":"thing","output_file_id":%s}`, id, out)
}

// list returns pages of two, the newest first.
func (k *keeper) list(w http.ResponseWriter, r *http.Request, kind string) {
	var all []string
	after := r.URL.Query().Get("after")
	for _, id := range slices.Backward(k.order) {
		if k.kind[id] == kind {
			all = append(all, id)
		}
	}
	if i := slices.Index(all, after); i >= 0 {
		all = all[i+1:]
	}
	page := all[:min(2, len(all))]
	var items []string
	for _, id := range page {
		items = append(items, fmt.Sprintf(`{"id":%q}`, id))
	}
	first, last := "null", "null"
	if len(page) > 0 {
		first, last = fmt.Sprintf("%q", page[0]), fmt.Sprintf("%q", page[len(page)-1])
	}
	fmt.Fprintf(w, `{"object":"list","data":[%s],"first_id":%s,"last_id":%s,"has_more":%v}`, strings.Join(items, ","), first, last, len(all) > 2)
}

// TestWhatIsMadeBelongsToItsKey makes files and batches as several callers, each of which then tries to read, use, list and
// delete those of the others, also after a restart.
func TestWhatIsMadeBelongsToItsKey(t *testing.T) {
	k := &keeper{kind: map[string]string{}}
	_, base := scripted(t, k.ServeHTTP)
	state := t.TempDir()
	config := "providers: [{name: mine, type: openai, base_url: '" + base + "', api_key: sk-shared, models: [m]}]\n" +
		"store: {path: '" + filepath.Join(state, "store.db") + "'}\n" +
		"virtual_keys:\n- {name: a, key: secret-of-a-secret, team: one}\n- {name: mate, key: secret-of-mate-secret, team: one}\n- {name: b, key: secret-of-b-secret}\n" +
		"teams: [{name: one}]\n"
	g := serve(t, config)
	as := func(key, method, path, body string) answer {
		t.Helper()
		return ask(t, method, g.url(path), body, "Authorization: Bearer secret-of-"+key+"-secret", "Content-Type: application/json")
	}
	create := func(key, kind, body string) string {
		t.Helper()
		a := as(key, "POST", "/v1/"+kind, body)
		var is struct{ ID string }
		if json.Unmarshal([]byte(a.body), &is); a.status != 200 || is.ID == "" {
			t.Fatalf("%s cannot make one of the %s: %d %s", key, kind, a.status, a.body)
		}
		return is.ID
	}
	f := func(key, method, path, body string, status int) string {
		t.Helper()
		a := as(key, method, path, body)
		if a.status != status {
			t.Errorf("%s: %s %s: %d, not %d: %s", key, method, path, a.status, status, a.body)
		}
		return a.body
	}
	of := create("a", "files", `{"purpose":"batch"}`)
	var others []string
	for range 5 { // so that a's file is three pages later
		others = append(others, create("b", "files", `{"purpose":"batch"}`))
	}
	f("a", "GET", "/v1/files/"+of, "", 200)
	f("a", "GET", "/v1/files/"+of+"/content", "", 200)
	none := f("b", "GET", "/v1/files/"+of, "", 404)
	if never := f("b", "GET", "/v1/files/files-99", "", 404); strings.ReplaceAll(never, "files-99", of) != none && len(never) != len(none)+len("files-99")-len(of) {
		t.Errorf("a missing thing can be distinguished from another caller's:\n%s\n%s", never, none)
	}
	f("mate", "GET", "/v1/files/"+of, "", 404)
	f("b", "GET", "/v1/files/"+of+"/content", "", 404)
	f("b", "GET", "/openai/files/"+of, "", 404)
	f("b", "GET", "/v1/FILES/"+of, "", 404)
	f("b", "DELETE", "/v1/files/"+of, "", 404)
	f("b", "POST", "/v1/batches", `{"input_file_id":"`+of+`"}`, 404)
	f("b", "POST", "/v1/batches", `{"input_file\u005fid":"`+of+`"}`, 404)

	const asks = `{"model":"m","messages":[{"role":"user","content":[{"type":"file","file":{"file_id":"%s"}}]}]}`
	if got := f("b", "POST", "/v1/chat/completions", fmt.Sprintf(asks, of), 404); !strings.Contains(got, "there is no file") {
		t.Errorf("a conversation about another's file: %s", got)
	}
	if got := as("a", "POST", "/v1/chat/completions", fmt.Sprintf(asks, of)).body; strings.Contains(got, "there is no file") {
		t.Errorf("a conversation about one's own file: %s", got)
	}

	batch := create("a", "batches", `{"input_file_id":"`+of+`"}`)
	f("b", "GET", "/v1/batches/"+batch, "", 404)
	f("b", "POST", "/v1/batches/"+batch+"/cancel", "", 404)
	f("b", "GET", "/v1/files/out-of-"+batch, "", 404)
	f("a", "GET", "/v1/batches/"+batch, "", 200)
	f("a", "GET", "/v1/files/out-of-"+batch, "", 200)

	listed := func(key string) (ids []string) {
		t.Helper()
		for query := ""; ; {
			var page struct {
				Data   []struct{ ID string }
				More   bool    `json:"has_more"`
				LastID *string `json:"last_id"`
			}
			body := f(key, "GET", "/v1/files"+query, "", 200)
			if err := json.Unmarshal([]byte(body), &page); err != nil {
				t.Fatalf("%v in %s", err, body)
			}
			for _, d := range page.Data {
				ids = append(ids, d.ID)
			}
			if !page.More {
				return ids
			}
			if len(page.Data) == 0 || page.LastID == nil || *page.LastID != page.Data[len(page.Data)-1].ID {
				t.Fatalf("a page leads nowhere: %s", body)
			}
			query = "?after=" + *page.LastID
		}
	}
	slices.Reverse(others)
	if got := listed("a"); !slices.Equal(got, []string{"out-of-" + batch, of}) {
		t.Errorf("a's list is %v", got)
	}
	if got := listed("b"); !slices.Equal(got, others) {
		t.Errorf("b's list is %v and not %v", got, others)
	}
	if got := listed("mate"); len(got) != 0 {
		t.Errorf("a caller that made nothing sees %v", got)
	}

	g.signal(syscall.SIGTERM)
	g.ends(0)
	g = serve(t, config+"governance: {objects: {share: team}}\n")
	f("mate", "GET", "/v1/files/"+of, "", 200)
	f("b", "GET", "/v1/files/"+of, "", 404)
	if got := listed("mate"); !slices.Equal(got, []string{"out-of-" + batch, of}) {
		t.Errorf("a team's list is %v", got)
	}
	f("mate", "DELETE", "/v1/files/"+of, "", 200)
	f("a", "GET", "/v1/files/"+of, "", 404)
	g.signal(syscall.SIGTERM)
	g.ends(0)
	g = serve(t, config+"governance: {objects: {unrecorded: shown}}\n")
	k.mu.Lock()
	k.kind["old"], k.order = "files", append(k.order, "old")
	k.mu.Unlock()
	f("b", "GET", "/v1/files/old", "", 200)
	f("b", "GET", "/v1/files/out-of-"+batch, "", 404)
	if got := listed("mate"); !slices.Equal(got, []string{"old"}) {
		t.Errorf("all callers see %v", got)
	}
}

// TestWhatIsMadeForNobody checks that a file belongs to its key even if the client hangs up before the provider has answered.
func TestWhatIsMadeForNobody(t *testing.T) {
	k := &keeper{kind: map[string]string{}}
	came, answer := make(chan bool, 1), make(chan bool)
	_, base := scripted(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == "POST" {
			came <- true
			<-answer
		}
		k.ServeHTTP(w, r)
	})
	g := serve(t, "providers: [{name: mine, type: openai, base_url: '"+base+"', api_key: sk-shared, models: [m]}]\nvirtual_keys: [{name: a, key: secret-of-a-secret}]\n")
	g.stderr.has(t, "what virtual keys make at providers (files, batches …) is known to be theirs until this process ends")
	c, err := net.Dial("tcp", g.addr)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(c, "POST /v1/files HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer secret-of-a-secret\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
	<-came
	c.Close()
	close(answer)
	var last string
	await(t, "the file in the list", func() bool {
		last = ask(t, "GET", g.url("/v1/files"), "", "Authorization: Bearer secret-of-a-secret").body
		return strings.Contains(last, `"files-1"`)
	}, func() string { return last + g.stderr.String() })
}
