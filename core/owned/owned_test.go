package owned

import (
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"asbru/core/scan"
)

func TestReadAct(t *testing.T) {
	f := func(method, path string, want Act) {
		t.Helper()
		got := ReadAct(method, []byte(path))
		got.Path = ""
		want.Inner = got.Inner
		if got != want {
			t.Errorf("%s %s: %+v", method, path, got)
		}
	}
	f("POST", "/files", Act{Verb: Make, Kind: Files})
	f("GET", "/files", Act{Verb: List, Kind: Files})
	f("GET", "/files/", Act{Verb: List, Kind: Files})
	f("PUT", "/files", Act{Verb: Shut, Kind: Files})
	f("DELETE", "/files", Act{Verb: Shut, Kind: Files})
	f("GET", "/files/file-1", Act{Verb: Use, Kind: Files, ID: "file-1"})
	f("GET", "/v1/Files/file-1/content", Act{Verb: Use, Kind: Files, ID: "file-1"})
	f("DELETE", "/openai/v1/files/file-1", Act{Verb: Remove, Kind: Files, ID: "file-1"})
	f("DELETE", "/files/file-1/", Act{Verb: Remove, Kind: Files, ID: "file-1"})
	f("GET", "/files/abc%3Adownload", Act{Verb: Use, Kind: Files, ID: "abc"})
	f("GET", "/upload/v1beta/files/abc:download", Act{Verb: Use, Kind: Files, ID: "abc"})
	f("POST", "/files:register", Act{Verb: Make, Kind: Files})
	f("GET", "/filesystem/1", Act{})
	f("POST", "/batches/b/cancel", Act{Verb: Use, Kind: Batches, ID: "b"})
	f("POST", "/batches/b:cancel", Act{Verb: Use, Kind: Batches, ID: "b"})
	f("DELETE", "/batches/b:delete", Act{Verb: Use, Kind: Batches, ID: "b"})
	f("GET", "/messages/batches/b/results", Act{Verb: Use, Kind: Batches, ID: "b"})
	f("POST", "/batch/jobs", Act{Verb: Make, Kind: Batches})
	f("POST", "/videos/v/remix", Act{Verb: Use, Kind: Videos, ID: "v", Makes: true})
	f("POST", "/videos/edits", Act{Verb: Make, Kind: Videos})
	f("POST", "/videos/characters", Act{Verb: Make, Kind: "characters"})
	f("POST", "/models/gemini-2.5-flash:batchGenerateContent", Act{Verb: Make, Kind: Batches})
	f("POST", "/openai/gpt:batchGenerateContent", Act{Verb: Make, Kind: Batches})
	f("POST", "/models/veo-3:predictLongRunning", Act{Verb: Make, Kind: Operations})
	f("GET", "/models/veo-3/operations/o", Act{Verb: Use, Kind: Operations, ID: "o"})
	f("GET", "/fileSearchStores/s/upload/operations/o", Act{Verb: Use, Kind: "file-search-stores", ID: "s"})
	f("DELETE", "/models/ft:gpt-4o:org::1", Act{Verb: Remove, Kind: Models, ID: "ft:gpt-4o:org::1"})
	f("GET", "/projects/p/locations/l/cachedContents/5", Act{Verb: Use, Kind: Contents, ID: "5"})
	f("GET", "/projects/p", Act{Verb: Shut})
	f("GET", "/deployments/d/batches/b", Act{Verb: Use, Kind: Batches, ID: "b"})
	f("GET", "/async-invoke/arn:aws:bedrock:us-east-1:1:async-invoke/abc", Act{Verb: Use, Kind: invocations, ID: "abc"})
	f("GET", "/organization/users", Act{Verb: Shut})
	f("GET", "/responses/r", Act{})
	f("GET", "/chat/completions", Act{Verb: Shut})
	f("GET", "/chat/completions/c", Act{})
	f("POST", "/audio/transcriptions", Act{})
	f("POST", "/moderations", Act{})
	f("GET", "/files/"+strings.Repeat("x", MaxID+1), Act{Verb: Shut, Kind: Files})
	f("GET", "/"+strings.Repeat("x", maxPath), Act{Verb: Shut})
}

func TestWhatIsInAThingDescribesNothing(t *testing.T) {
	for path, inner := range map[string]bool{
		"/files/f": false, "/files/f/": false, "/files/f/content": true, "/files/f:download": true, "/messages/batches/b/results": true, "/batches/b": false,
	} {
		v := &visit{act: ReadAct("GET", []byte(path))}
		if v.act.Inner != inner || v.reads() == inner {
			t.Errorf("%s: %+v, read: %v", path, v.act, v.reads())
		}
	}
}

func TestAppendRefs(t *testing.T) {
	f := func(body string, want ...string) {
		t.Helper()
		refs, ok := AppendRefs(nil, []byte(body))
		var got []string
		for _, r := range refs {
			got = append(got, r.Kind+" "+r.ID)
		}
		if !ok || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %q, %v", body, got, ok)
		}
	}
	f(`{"input_file_id":"f","endpoint":"/v1/responses"}`, "files f")
	f(`{"input_file\u005fid":"f\u0031"}`, "files f1")
	f(` {"file_ids":["a","b"],"vector_store_ids":["v"],"x":{"file_id":"c"}}`, "files a", "files b", "vector-stores v", "files c")
	f(`{"training_files":[{"file_id":"a","weight":1}],"validation_files":["b"]}`, "files a", "files b")
	f(`{"container":{"type":"auto","file_ids":["a"]}}`, "files a")
	f(`{"container":"cntr_1"}`, "containers cntr_1")
	f(`{"cachedContent":"cachedContents/c"}`, "cached-contents c")
	f(`{"input_config":{"file_name":"files/abc"},"fileName":"report.pdf"}`, "files abc")
	f(`{"fileData":{"fileUri":"https://generativelanguage.googleapis.com/v1beta/files/abc?alt=media"}}`, "files abc")
	f(`{"fileUri":"https://example.com/files/a.png","uri":"gs://bucket/v1/a"}`)
	f(`{"text":"\"file_id\":\"f\"","file_id":null,"n":[1,{"a":[]}]}`)
	f(strings.Repeat("[", 1000))
	if refs, ok := AppendRefs(nil, []byte(`{"file_ids":["a"`+strings.Repeat(`,"a"`, MaxRefs)+`]}`)); ok {
		t.Errorf("%d names are no more than the bound", len(refs))
	}
}

func TestReadReply(t *testing.T) {
	say := func(refs []Ref) (s string) {
		for _, r := range refs {
			s += fmt.Sprintf("%s %s %d;", r.Kind, r.ID, r.Expires)
		}
		return s
	}
	f := func(a Act, body, made, beside string) {
		t.Helper()
		m, b := ReadReply(a, []byte(body))
		if say(m) != made || say(b) != beside {
			t.Errorf("%s: made %q, beside %q", body, say(m), say(b))
		}
	}
	f(Act{Verb: Make, Kind: Files}, `{"object":"file","id":"f","expires_at":99,"filename":"x"}`, "files f 99;", "")
	f(Act{Verb: Make, Kind: Files}, `{"id":"f","bytes":`, "files f 0;", "")
	f(Act{Verb: Make, Kind: Files}, `{"file":{"name":"files/abc","expirationTime":"1970-01-01T00:01:00Z","uri":"https://g/v1beta/files/abc"}}`, "files abc 60;", "")
	f(Act{Verb: Make, Kind: Files}, `{"files":[{"name":"files/a"},{"name":"files/b"}]}`, "files a 0;files b 0;", "")
	f(Act{Verb: Make, Kind: Files}, `{}`, "", "")
	f(Act{Verb: Make, Kind: Files}, `{"metadata":{"id":"theirs"}}`, "", "")
	f(Act{Verb: Make, Kind: Stores}, `{"id":"vs_1","name":"my store"}`, "vector-stores vs_1 0;", "")
	f(Act{Verb: Make, Kind: Batches}, `{"name":"batches/b","metadata":{"output":{"responsesFile":"files/x"}},"response":{"responsesFile":"files/out"}}`, "batches b 0;", "files out 0;")
	f(Act{Verb: Make, Kind: Operations}, `{"name":"models/veo/operations/o"}`, "operations o 0;", "")
	f(Act{Verb: Make, Kind: Models}, `{"name":"tunedModels/m/operations/o"}`, "models m 0;operations o 0;", "")
	f(Act{Verb: Make, Kind: Contents}, `{"name":"projects/1/locations/l/cachedContents/5"}`, "cached-contents 5 0;", "")
	f(Act{Verb: Make, Kind: "embed-jobs"}, `{"job_id":"j","meta":{}}`, "embed-jobs j 0;", "")
	f(Act{Verb: Make, Kind: "threads", Path: "/threads/runs"}, `{"id":"run_1","thread_id":"thread_1"}`, "threads thread_1 0;", "")
	f(Act{Verb: Make, Kind: invocations}, `{"invocationArn":"arn:aws:bedrock:us-east-1:1:async-invoke/abc"}`, "invocations abc 0;", "")
	f(Act{Verb: Use, Kind: Batches, ID: "b"}, `{"id":"b","output_file_id":"o","error_file_id":null,"input_file_id":"i","metadata":{"output_file_id":"theirs"}}`, "", "files o 0;")
	f(Act{Verb: Use, Kind: Files, ID: "f"}, `{"id":"f","output_file_id":"theirs"}`, "", "")
	f(Act{Verb: Use, Kind: Tunings, ID: "j"}, `{"id":"j","result_files":["r"],"fine_tuned_model":"ft:a:b"}`, "", "files r 0;models ft:a:b 0;")
	f(Act{Verb: Use, Kind: Operations, ID: "o"}, `{"response":{"generateVideoResponse":{"generatedSamples":[{"video":{"uri":"https://g/v1beta/files/v:download?alt=media"}}]}}}`, "", "files v 0;")
	f(Act{Verb: Use, Kind: "uploads", ID: "u"}, `{"id":"u","status":"completed","file":{"id":"f"}}`, "", "files f 0;")
	f(Act{Verb: Use, Kind: Contents, ID: "c"}, `{"name":"cachedContents/c","expireTime":"1970-01-01T00:02:00Z"}`, "", "cached-contents c 120;")
	f(Act{Verb: Use, Kind: Videos, ID: "a", Makes: true}, `{"id":"b"}`, "videos b 0;", "")
}

func TestPages(t *testing.T) {
	f := func(kind, query, body string, ids, next, left string) {
		t.Helper()
		q, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		p, ok := ReadPage(Act{Verb: List, Kind: kind}, []byte(body), q.Get)
		if !ok {
			t.Errorf("%s is no page", body)
			return
		}
		var got []string
		keep := make([]bool, len(p.Items))
		for i := range p.Items {
			got = append(got, p.Items[i].ID)
			keep[i] = i%2 == 1
		}
		if strings.Join(got, " ") != ids || strings.Join(p.Next, "=") != next {
			t.Errorf("%s: %q, next %q", body, got, p.Next)
		}
		if out := string(p.Append(nil, keep)); out != left {
			t.Errorf("%s\nbecame %s", body, out)
		}
	}
	f(Files, "", `{"object":"list","data":[{"id":"a"}, {"id":"b"}],"first_id":"a","last_id":"b","has_more":true}`, "a b", "after=b", `{"object":"list","data":[{"id":"b"}],"first_id":"b","last_id":"b","has_more":true}`)
	f(Files, "before=z", `{"object":"list","data":[{"id":"a"}],"first_id":"a","last_id":"a","has_more":true}`, "a", "before=a", `{"object":"list","data":[],"first_id":null,"last_id":null,"has_more":true}`)
	f(Batches, "limit=2", `{"data":[{"id":"a"},{"id":"b"}],"has_more":true,"first_id":"a","last_id":"b"}`, "a b", "after_id=b", `{"data":[{"id":"b"}],"has_more":true,"first_id":"b","last_id":"b"}`)
	f(Batches, "before_id=q", `{"data":[{"id":"a"},{"id":"b"}],"has_more":true,"first_id":"a","last_id":"b"}`, "a b", "before_id=a", `{"data":[{"id":"b"}],"has_more":true,"first_id":"b","last_id":"b"}`)
	f("skills", "", `{"data":[{"id":"a"}],"has_more":true,"next_page":"p2"}`, "a", "page=p2", `{"data":[],"has_more":true,"next_page":"p2"}`)
	f(Files, "", `{"files":[{"name":"files/a"},{"name":"files/b"}],"nextPageToken":"t"}`, "a b", "pageToken=t", `{"files":[{"name":"files/b"}],"nextPageToken":"t"}`)
	f(Batches, "", `{"operations":[{"name":"batches/a"}]}`, "a", "", `{"operations":[]}`)
	f(Files, "page=1&page_size=2", `{"data":[{"id":"a"},{"id":"b"}],"object":"list","total":9}`, "a b", "page=2", `{"data":[{"id":"b"}],"object":"list","total":1}`)
	f(Files, "page=4&page_size=2", `{"data":[{"id":"a"}],"object":"list","total":9}`, "a", "", `{"data":[],"object":"list","total":0}`)
	f(Tunings, "", `[{"id":"a"},{"id":"b"}]`, "a b", "", `[{"id":"b"}]`)
	f(Files, "", `{}`, "", "", `{}`)
	for _, body := range []string{``, `{"data":`, `null`, `"x"`, `{"data":[{"id":"a"}]} {}`} {
		if _, ok := ReadPage(Act{Kind: Files}, []byte(body), url.Values{}.Get); ok {
			t.Errorf("%q is a page", body)
		}
	}
	p, _ := ReadPage(Act{Kind: Files}, []byte(`{"data":[{"id":"a"}],"has_more":true,"nextPageToken":"t","object":"list"}`), url.Values{}.Get)
	p.End()
	if out := string(p.Append(nil, []bool{true})); out != `{"data":[{"id":"a"}],"has_more":false,"object":"list"}` || p.Next != nil {
		t.Errorf("a last page is %s", out)
	}
}

// FuzzReaders looks for replies, bodies and paths that make a reader panic, and checks that a page is still one
// without its items.
func FuzzReaders(f *testing.F) {
	f.Add("POST", "/files", `{"id":"f","file":{"name":"files/a"},"output_file_id":"x"}`)
	f.Add("GET", "/batches", `{"object":"list","data":[{"id":"a","output_file_id":"b"},{"id":"c"}],"has_more":true,"last_id":"c"}`)
	f.Add("GET", "/models/veo/operations/o", `{"name":"models/veo/operations/o","expireTime":"2026-01-01T00:00:00Z"}`)
	f.Fuzz(func(t *testing.T, method, path, body string) {
		a := ReadAct(method, []byte(path))
		if (a.Verb == Use || a.Verb == Remove) && (a.ID == "" || len(a.ID) > MaxID || a.Kind == "") {
			t.Errorf("%s %s: %+v", method, path, a)
		}
		if refs, ok := AppendRefs(nil, []byte(body)); ok != (len(refs) <= MaxRefs) {
			t.Errorf("%d names", len(refs))
		}
		made, beside := ReadReply(a, []byte(body))
		for _, r := range append(made, beside...) {
			if r.ID == "" {
				t.Errorf("a thing without a name in %s", body)
			}
		}
		p, ok := ReadPage(a, []byte(body), url.Values{}.Get)
		if !ok {
			return
		}
		out := p.Append(nil, make([]bool, len(p.Items)))
		if scan.Valid(out) != nil {
			t.Errorf("%s became %s", body, out)
		}
		for i := range p.Items {
			if id := p.Items[i].ID; len(id) > 8 && strings.Count(body, id) == 1 && strings.Contains(string(out), id) {
				t.Errorf("%s still names %q: %s", body, id, out)
			}
		}
	})
}
