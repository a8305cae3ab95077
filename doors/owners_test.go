package doors

import (
	"fmt"
	"strings"
	"testing"

	"asbru/core"
	"asbru/core/build"
	"asbru/core/config"
	"asbru/core/owned"
	"asbru/hotpath"
)

// served says for every prefix whether things can be read below it, or only POST is served. A new door needs a
// row.
var served = map[string]bool{
	"/v1": true, "/openai/v1": true, "/openai/openai": true, "/openai": true, "/anthropic/v1": true,
	"/genai/v1beta": true, "/genai/upload/v1beta": true, "/genai/download/v1beta": true, "/genai/upload/v1": true, "/genai/v1": true,
	"/v1beta": true, "/v1beta1": true, "/genai/v1beta1": true, "/genai/ws": true, "/ws": true, "/vertex/v1": true, "/vertex/v1beta1": true,
	"/upload/v1beta": true, "/upload/v1": true, "/bedrock/model": true, "/bedrock": true, "/model": true,
	"/cohere/v2": true, "/cohere/v1": true, "/ollama/api": true, "/mistral/v1": true, "/groq/openai/v1": true, "/v2": true,
	"/openai_passthrough": false, "/anthropic_passthrough": false, "/genai_passthrough": false, "/azure_passthrough": false,
}

// What a room holds. A new one needs a row.
var holds = map[string]string{
	"/files": "things", "/uploads": "things", "/messages/batches": "things", "/batches": "things", "/batch/jobs": "things", "/batchpredictionjobs": "things",
	"/fine_tuning/alpha": "nothing", "/fine_tuning/checkpoints": "the account", "/fine_tuning/jobs": "things", "/fine-tunes": "things",
	"/finetuning/finetuned-models": "things", "/tuningjobs": "things", "/tunedmodels": "things", "/vector_stores": "things", "/containers": "things",
	"/videos/characters": "things", "/videos/generations": "makes", "/videos/edits": "makes", "/videos/extensions": "makes", "/videos": "things",
	"/evals": "things", "/skills": "things", "/conversations": "things", "/assistants": "things", "/threads/runs": "makes", "/threads": "things",
	"/chatkit/sessions": "things", "/chatkit/threads": "things", "/audio/voices": "things", "/audio/voice_consents": "things",
	"/cachedcontents": "things", "/filesearchstores": "things", "/corpora": "things", "/ragcorpora": "things", "/operations": "things",
	"/agents/completions": "nothing", "/agents": "things", "/libraries": "things", "/datasets": "things", "/embed-jobs": "things", "/connectors": "things",
	"/trainings": "things", "/predictions": "things", "/pre-recorded": "things", "/transcription": "things", "/async-invoke": "arns",
	"/sessions": "things", "/environments": "things", "/vaults": "things", "/memory_stores": "things",
	"/customjobs": "things", "/pipelinejobs": "things", "/hyperparametertuningjobs": "things", "/generatedfiles": "records",
	"/responses": "records", "/interactions": "records", "/chat/completions": "records", "/history": "records",
	"/organization": "the account", "/organizations": "the account", "/projects": "the account", "/api_keys": "the account", "/api-keys": "the account", "/workspaces": "the account",
}

// A deed is a request about a thing or its room: METHOD and the path after the room's.
type deed struct{ name, method, tail string }

var deeds = []deed{
	{"make", "POST", ""}, {"list", "GET", ""}, {"head", "HEAD", ""}, {"look", "GET", "/it"}, {"take", "GET", "/it/content"}, {"download", "GET", "/it:download"}, {"change", "PATCH", "/it"},
	{"replace", "PUT", "/it"}, {"cancel", "POST", "/it/cancel"}, {"stop", "POST", "/it:cancel"}, {"delete", "DELETE", "/it"}, {"deeper", "DELETE", "/it/files/x"},
}

// expected is the outcome of a deed: it passes, is not found (404), or is a list of the caller's things.
func expected(room string, d deed, mine bool) string {
	thing := d.tail != ""
	switch holds[room] {
	case "things", "makes":
		switch {
		case thing && mine, d.name == "make":
			return "passes"
		case !thing && holds[room] == "things":
			return "its own"
		}
		return "nothing"
	case "arns": // what follows a slash is the name
		switch {
		case d.name == "make", d.tail == "/it" && mine:
			return "passes"
		case !thing:
			return "its own"
		}
		return "nothing"
	case "records":
		if !thing && d.name != "make" {
			return "nothing"
		}
	case "the account":
		return "nothing"
	}
	return "passes"
}

// A book has the records that a test gives it.
type book map[core.ObjectRef]core.Maker

func (b book) Find(refs []core.ObjectRef, told func([]core.Object, error)) {
	var found []core.Object
	for _, r := range refs {
		if h, ok := b[r]; ok {
			found = append(found, core.Object{ObjectRef: r, Maker: h})
		}
	}
	told(found, nil)
}

func (b book) Any(_, _ string, _ core.Maker, told func(bool, error)) { told(true, nil) }
func (b book) Keep(_, _ []core.Object, told func(error))             { told(nil) }
func (b book) Forget(_ []core.ObjectRef, told func(error))           { told(nil) }
func (b book) Figures() []core.Figure                                { return nil }

// line is a head with only a request line.
type line struct{ method, path string }

func (l line) Field(string) ([]byte, bool) { return nil, false }
func (l line) Query() []byte               { return nil }
func (l line) Method() []byte              { return []byte(l.method) }
func (l line) Path() []byte                { return []byte(l.path) }

// relayed returns how the data plane reads a path of a door: the part after the prefix, and whether it is relayed.
func relayed(d *hotpath.Door, method, tail string) (path []byte, ok bool) {
	if op, ok := d.Ops[method+" "+tail]; ok {
		return nil, op == core.OpPass
	}
	if i := strings.IndexByte(tail[1:], '/'); i >= 0 {
		if op, ok := d.Ops[method+" "+tail[:i+2]+"*"]; ok {
			return nil, op == core.OpPass
		}
	}
	path = []byte(tail)
	if d.Find != nil {
		if f, ok := d.Find([]byte(method), path); ok {
			return path[max(f.Skip, 0):], f.Op == core.OpPass
		}
	}
	return path, true
}

// TestWhoseThingsAreWhose compares every combination of door, room, deed and caller with expected.
func TestWhoseThingsAreWhose(t *testing.T) {
	for share, mates := range map[string]bool{"key": false, "team": true} {
		t.Run(share, func(t *testing.T) {
			b := book{}
			lists := 0
			snap := compiled(t, share, b, func(_ owned.Question, told func(owned.Sent, error)) {
				lists++
				told(owned.Sent{Status: 200, Type: "application/json", Body: []byte(`{"data":[{"id":"it"},{"id":"others"}]}`)}, nil)
			})
			for _, r := range owned.Rooms() {
				b[core.ObjectRef{Provider: "p", Kind: r.Kind, ID: "it"}] = core.Maker{Key: "own", Team: "a"}
				if holds[r.Path] == "" {
					t.Errorf("%s has no row", r.Path)
				}
			}
			all := All()
			n := 0
			for i := range all {
				d := &all[i]
				under := d.Prefix
				for _, name := range []string{"/litellm", "/langchain", "/pydanticai"} {
					under = strings.TrimPrefix(under, name)
				}
				if _, ok := served[under]; !ok {
					t.Errorf("%s has no row", d.Prefix)
				}
				for op := range d.Ops {
					if d.Ops[op] == core.OpPass {
						t.Errorf("%s%s is relayed by name: it needs a room", d.Prefix, op)
					}
				}
				if under != d.Prefix {
					continue // the same doors again
				}
				n += matrix(t, snap, d, mates)
			}
			if n < 10000 || lists == 0 {
				t.Errorf("only %d requests were judged, %d lists among them", n, lists)
			}
		})
	}
}

// matrix judges every deed in every room behind a door by each caller, and returns how many it judged.
func matrix(t *testing.T, snap *core.Snapshot, d *hotpath.Door, mates bool) (n int) {
	for _, r := range owned.Rooms() {
		spellings := []string{r.Path}
		if d.Prefix == "/v1" { // some servers do not tell them apart
			spellings = append(spellings, strings.ToUpper(r.Path))
		}
		for _, spelt := range spellings {
			for _, do := range deeds {
				tail := spelt + do.tail
				path, ok := relayed(d, do.method, tail)
				if !ok {
					continue // what is done with it is no relaying
				}
				for name, mine := range map[string]bool{"own": true, "mate": mates, "stranger": false, "who has no key": false} {
					n++
					k := snap.Caller([]byte("secret-of-" + name))
					if k == nil {
						k = snap.Anonymous
					}
					x := &core.Exchange{Snap: snap, Key: k, Route: snap.Only, Path: path, Op: core.OpPass, From: d.Dialect, Head: line{do.method, d.Prefix + tail}}
					x.Peek.Free = do.method != "POST"
					want := expected(r.Path, do, mine)
					if got := outcome(x, mine); got != want {
						t.Errorf("%s of %s by %s: %s, not %s", do.method, d.Prefix+tail, name, got, want)
					}
				}
			}
		}
	}
	return n
}

// outcome returns the outcome of x.
func outcome(x *core.Exchange, mine bool) string {
	switch v := core.Run(x, x.Key.Policy.Plans[core.OpPass].Before); v {
	case core.Continue:
		return "passes"
	case core.Answer:
		want := `{"data":[]}`
		if mine {
			want = `{"data":[{"id":"it"}]}`
		}
		if string(x.Reply.Body) != want {
			return "a list of " + string(x.Reply.Body)
		}
		return "its own"
	case core.Refuse:
		if x.Fault.Code == core.NotFound {
			return "nothing"
		}
		return "refused: " + x.Fault.Message
	default:
		return fmt.Sprint("verdict ", v)
	}
}

// compiled is a configuration with three keys, two of one team.
func compiled(t *testing.T, share string, b core.Objects, ask owned.Ask) *core.Snapshot {
	t.Helper()
	yes := true
	doc := &config.Document{
		AllowAnonymous: &yes,
		Providers:      []config.Provider{{Name: "p", Type: "openai", BaseURL: "http://127.0.0.1:1/v1", APIKey: config.NewSecret("", "sk")}},
		Teams:          []config.Team{{Name: "a"}},
		Governance:     config.Governance{Objects: config.Objects{Share: share}},
	}
	for name, team := range map[string]string{"own": "a", "mate": "a", "stranger": ""} {
		doc.VirtualKeys = append(doc.VirtualKeys, config.VirtualKey{Name: name, Team: team, Key: config.NewSecret("", "secret-of-"+name)})
	}
	snap, problems, retire := build.Compile(doc, nil, build.Deps{
		NewPool: func(core.Endpoint) (core.Pool, error) { return nil, nil },
		Objects: func() core.Objects { return b }, Ask: ask, Lister: "lister",
	})
	if snap == nil {
		t.Fatal(problems)
	}
	_ = retire // nothing is open
	return snap
}

// TestNobodysThings checks that without virtual keys, and if all callers share, nothing is judged.
func TestNobodysThings(t *testing.T) {
	yes := true
	with := func(doc *config.Document) core.Plan {
		t.Helper()
		snap, problems, _ := build.Compile(doc, nil, build.Deps{
			NewPool: func(core.Endpoint) (core.Pool, error) { return nil, nil }, Objects: func() core.Objects { return book{} }, Lister: "lister",
		})
		if snap == nil {
			t.Fatal(problems)
		}
		if len(doc.VirtualKeys) > 0 {
			return snap.Caller([]byte("secret-of-own")).Policy.Plans[core.OpPass]
		}
		return snap.Anonymous.Policy.Plans[core.OpPass]
	}
	bare := func() *config.Document {
		return &config.Document{AllowAnonymous: &yes, Providers: []config.Provider{{Name: "p", Type: "openai", BaseURL: "http://127.0.0.1:1/v1", APIKey: config.NewSecret("", "sk")}}}
	}
	keyed := bare()
	keyed.VirtualKeys = []config.VirtualKey{{Name: "own", Key: config.NewSecret("", "secret-of-own")}}
	if p := with(keyed); len(p.Settle) == 0 || len(p.Before) == 0 {
		t.Fatal("a key's things are not told apart")
	}
	keyed.Governance.Objects.Share = "all"
	for _, doc := range []*config.Document{bare(), keyed} {
		if p := with(doc); len(p.Settle) != 0 || len(p.Before) != 0 {
			t.Errorf("%+v", p.Steps)
		}
	}
}
