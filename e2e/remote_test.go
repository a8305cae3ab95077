package e2e

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"asbru/bench/postgres"
	"asbru/bench/stores"
)

// An encoder is a provider of embeddings in every format that has them. It ignores the order of words.
type encoder struct {
	greeter
	asked atomic.Int64
	fails atomic.Bool
	slow  atomic.Int64 // milliseconds
}

func (p *encoder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasSuffix(r.URL.Path, "/chat/completions") {
		p.greeter.ServeHTTP(w, r)
		return
	}
	p.asked.Add(1)
	time.Sleep(time.Duration(p.slow.Load()) * time.Millisecond)
	if p.fails.Load() {
		http.Error(w, `{"error":{"message":"broken"}}`, http.StatusInternalServerError)
		return
	}
	raw, _ := io.ReadAll(r.Body)
	var in struct {
		Input, InputText, InputType string
		Texts                       []string
		Content                     struct{ Parts []struct{ Text string } }
		Requests                    []struct {
			Content struct{ Parts []struct{ Text string } }
		}
		Dimensions, OutputDimension int
	}
	if err := json.Unmarshal([]byte(strings.NewReplacer("input_type", "inputType", "output_dimension", "outputDimension").Replace(string(raw))), &in); err != nil {
		var many struct{ Input []string }
		if json.Unmarshal(raw, &many) != nil || len(many.Input) != 1 {
			http.Error(w, err.Error(), 400)
			return
		}
		in.Input = many.Input[0]
	}
	var out any
	switch path := r.URL.Path; {
	case strings.HasSuffix(path, "/embeddings"):
		out = map[string]any{"object": "list", "model": "e", "data": []any{map[string]any{"object": "embedding", "index": 0, "embedding": bag(in.Input, in.Dimensions)}}, "usage": map[string]any{"prompt_tokens": 4, "total_tokens": 4}}
	case strings.HasSuffix(path, "/embed"):
		out = map[string]any{"id": "e", "texts": in.Texts, "embeddings": map[string]any{"float": []any{bag(in.Texts[0], in.OutputDimension)}}, "meta": map[string]any{"billed_units": map[string]any{"input_tokens": 4}}}
	case strings.HasSuffix(path, ":batchEmbedContents"):
		out = map[string]any{"embeddings": []any{map[string]any{"values": bag(in.Requests[0].Content.Parts[0].Text, 0)}}}
	case strings.HasSuffix(path, ":embedContent"):
		out = map[string]any{"embedding": map[string]any{"values": bag(in.Content.Parts[0].Text, 0)}}
	case strings.HasSuffix(path, "/invoke"):
		out = map[string]any{"embedding": bag(in.InputText, in.Dimensions), "inputTextTokenCount": 4}
	default:
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(out)
}

func bag(text string, dims int) []float32 {
	if dims == 0 {
		dims = 64
	}
	v := make([]float32, dims)
	for w := range strings.FieldsSeq(strings.ToLower(strings.Trim(text, "?.! "))) {
		h := fnv.New32a()
		h.Write([]byte(w))
		v[h.Sum32()%uint32(dims)]++
	}
	return v
}

func encodes(t *testing.T, p *encoder) (base string) {
	s := httptest.NewServer(p)
	t.Cleanup(s.Close)
	return s.URL
}

const (
	callers  = "virtual_keys: [{name: a, key: vk-0123456789abcdef-a}, {name: b, key: vk-0123456789abcdef-b}]\n"
	callerA  = "Authorization: Bearer vk-0123456789abcdef-a"
	callerB  = "Authorization: Bearer vk-0123456789abcdef-b"
	embedded = "embedding: {provider: local, model: e, timeout: 10s}"
)

func says(t *testing.T, g *gateway, text string, fields ...string) answer {
	t.Helper()
	body, err := json.Marshal(map[string]any{"model": "fast", "messages": []any{map[string]any{"role": "user", "content": text}}})
	if err != nil {
		t.Fatal(err)
	}
	return ask(t, "POST", g.url("/v1/chat/completions"), string(body), fields...)
}

// metric returns the value of one line of the metrics.
func metric(t *testing.T, g *gateway, name string) string {
	t.Helper()
	for line := range strings.Lines(ask(t, "GET", g.url("/metrics"), "").body) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

func written(t *testing.T, g *gateway, n int) {
	t.Helper()
	await(t, "the answer to be written to the store", func() bool {
		return metric(t, g, `asbru_cache_remote_inserts_total{outcome="stored"}`) == fmt.Sprint(n)
	}, func() string { return ask(t, "GET", g.url("/metrics"), "").body + g.stderr.String() })
}

// reached waits until a store is prepared.
func reached(t *testing.T, g *gateway) {
	t.Helper()
	await(t, "the store to be reached", func() bool {
		n := metric(t, g, "asbru_cache_remote_dimensions")
		return n != "" && n != "0"
	}, g.stderr.String)
}

// A shelf is a store that several processes share.
type shelf struct {
	name     string
	config   string
	problems func() []string
	muddle   func(bool)
}

// shelves returns all stores that are available on this machine.
func shelves(t *testing.T) []shelf {
	q, w, r := &stores.Qdrant{Key: "sesame"}, &stores.Weaviate{Key: "sesame"}, &stores.Redis{Password: "sesame"}
	serves := func(h http.Handler) string {
		s := httptest.NewServer(h)
		t.Cleanup(s.Close)
		return s.URL
	}
	address, err := r.Listen()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	all := []shelf{
		{"qdrant", "type: qdrant, url: " + serves(q) + ", secret: sesame", q.Problems, q.Muddle},
		{"weaviate", "type: weaviate, url: " + serves(w) + ", secret: sesame", w.Problems, w.Muddle},
		{"redis", "type: redis, url: redis://" + address + ", secret: sesame", r.Problems, r.Muddle},
	}
	if at := os.Getenv("ASBRU_WEAVIATE"); at != "" {
		all = append(all, shelf{"weaviate of the environment", "type: weaviate, url: '" + at + "', secret: '" + os.Getenv("ASBRU_WEAVIATE_SECRET") + "'",
			func() []string { return nil }, func(bool) {}})
	}
	if postgres.Programs() == "" {
		t.Log("Postgres is not installed (Debian's package postgresql); the other stores are tested")
		return all
	}
	at := postgres.Start(t).Address()
	stores.Vectors(t, at)
	all = append(all, shelf{"pgvector", "type: pgvector, url: '" + at + "'",
		func() []string { return nil }, func(bool) {}})
	return all
}

// An answer that one process got is given by another one for the same question in other words, with every store, with and without
// an encoder. It is never given to another tenant, nor for another number, even if the store forgets to filter.
func TestStoreIsShared(t *testing.T) {
	for _, s := range shelves(t) {
		for _, with := range []string{embedded + ", ", ""} {
			t.Run(s.name+map[bool]string{true: " encoded by a provider", false: ""}[with != ""], func(t *testing.T) {
				p := &encoder{}
				config := local(encodes(t, p)+"/v1") + callers + "cache: {semantic: {" + with + "store: {" + s.config + ", timeout: 10s}}}\n"
				one, two := serve(t, config), serve(t, config)
				const first, other = "How do I convert 5 miles to kilometers?", "Please, how can I convert 5 miles to kilometers?"
				if a := says(t, one, first, callerA); a.status != 200 || a.head.Get("X-Cache") != "miss" {
					t.Fatalf("%d %v %s", a.status, a.head, a.body)
				}
				written(t, one, 1)
				if with == "" {
					reached(t, two)
				} else { // the size of vectors is learnt from the first one
					says(t, two, "Who painted the Mona Lisa?", callerA)
					reached(t, two)
				}
				calls := p.calls.Load()
				a := says(t, two, other, callerA)
				if a.head.Get("X-Cache") != "semantic" || a.head.Get("X-Cache-Guard") != "pass" || !strings.Contains(a.body, "Hello to you") || !strings.Contains(a.body, `"hit_type":"semantic"`) || p.calls.Load() != calls {
					t.Fatalf("%v %s\n%s", a.head, a.body, ask(t, "GET", two.url("/metrics"), "").body)
				}
				if b := says(t, two, first, callerA); b.head.Get("X-Cache") != "exact" { // now it is in memory
					t.Errorf("%v", b.head)
				}
				miss := func(text, caller string) {
					t.Helper()
					if a := says(t, two, text, caller, "X-Bf-Cache-No-Store: true"); a.head.Get("X-Cache") != "miss" {
						t.Errorf("%s: %v %s", text, a.head, a.body)
					}
				}
				miss(first, callerB)
				miss(other, callerB)
				miss("How do I convert 6 miles to kilometers?", callerA)
				s.muddle(true)
				miss(first, callerB)
				miss(other, callerB)
				s.muddle(false)
				says(t, one, "How do I build stairs of wood?", callerA, "X-Bf-Cache-Key: part") // a separate part of the cache, named by a header
				written(t, one, 2)
				miss("How can I build stairs of wood?", callerA)
				if a := says(t, two, "How can I build stairs of wood?", callerA, "X-Bf-Cache-Key: part"); a.head.Get("X-Cache") != "semantic" {
					t.Errorf("%v %s", a.head, a.body)
				}
				if p := s.problems(); len(p) > 0 {
					t.Errorf("the store got invalid requests: %s", strings.Join(p, "\n"))
				}
			})
		}
	}
}

// Every format that has embeddings can encode. Then questions in other languages are compared as well, including their
// numbers.
func TestEncoders(t *testing.T) {
	p := &encoder{}
	base := encodes(t, p)
	f := func(name, provider, model string, dims int) {
		t.Run(name, func(t *testing.T) {
			g := serve(t, strings.Replace(local(base+"/v1"), "models:", "  - {name: enc, "+provider+", network: {allow_private_network: true}}\nmodels:", 1)+
				fmt.Sprintf("cache: {semantic: {embedding: {provider: enc, model: '%s', dimensions: %d, timeout: 10s}}}\n", model, dims))
			const first, other = "Wie installiere ich 2 Server unter Debian?", "wie installiere ich  2 server unter debian"
			says(t, g, first)
			written(t, g, 1)
			if a := says(t, g, other); a.head.Get("X-Cache") != "semantic" || a.head.Get("X-Cache-Guard") != "pass" {
				t.Errorf("%v %s\n%s", a.head, a.body, g.stderr)
			}
			if m := ask(t, "GET", g.url("/metrics"), "").body; !strings.Contains(m, `asbru_key_requests_total{key="asbru:cache"} `) {
				t.Error("the cache is not a caller in the metrics")
			}
			if a := says(t, g, "Wie installiere ich 3 Server unter Debian?"); a.head.Get("X-Cache") != "miss" {
				t.Errorf("%v %s", a.head, a.body)
			}
		})
	}
	f("openai", "type: openai-compatible, base_url: "+base+"/v1", "e", 0)
	f("voyage", "type: voyage, base_url: "+base+"/v1, api_key: k", "voyage-3", 0)
	f("cohere", "type: cohere, base_url: "+base+", api_key: k", "embed-v4.0", 64)
	f("gemini", "type: gemini, base_url: "+base+", api_key: k", "gemini-embedding-001", 64)
	f("bedrock", "type: bedrock, base_url: "+base+", options: {region: us-east-1}, auth: {type: aws, access_key: AKIDOURS, secret_key: sk-ours}", "amazon.titan-embed-text-v2:0", 256)
}

// A slow or broken encoder or store costs a client at most the time limit, and never an error.
func TestOthersAreDown(t *testing.T) {
	p, q := &encoder{}, &stores.Qdrant{}
	s := httptest.NewServer(q)
	t.Cleanup(s.Close)
	lanes(t, local(encodes(t, p)+"/v1")+"cache: {semantic: {embedding: {provider: local, model: e, dimensions: 64, timeout: 30ms}, store: {type: qdrant, url: "+s.URL+"}}}\n", func(t *testing.T, g *gateway) {
		reached(t, g)
		fine := func(n int) {
			t.Helper()
			if a := says(t, g, fmt.Sprintf("How do I build %d houses of wood?", n)); a.status != 200 || a.head.Get("X-Cache") != "miss" || !strings.Contains(a.body, "Hello to you") {
				t.Errorf("%d %v %s", a.status, a.head, a.body)
			}
		}
		p.slow.Store(2000)
		fine(1)
		p.slow.Store(0)
		if n := metric(t, g, `asbru_cache_remote_lookups_total{outcome="late"}`); n != "1" {
			t.Errorf("%s were late", n)
		}
		p.fails.Store(true)
		fine(2)
		p.fails.Store(false)
		q.Down(true)
		for n := range 8 {
			fine(10 + n)
		}
		q.Down(false)
		if n := metric(t, g, "asbru_cache_remote_down"); n != "1" {
			t.Errorf("down is %q", n)
		}
		if n := metric(t, g, `asbru_cache_remote_lookups_total{outcome="resting"}`); n == "0" || n == "" {
			t.Errorf("%s look-ups were spared", n)
		}
	})
}

// What an operator clears is removed from the store too, by owner, and so are answers that a caller reports as
// wrong.
func TestStoreIsCleared(t *testing.T) {
	q := &stores.Qdrant{}
	s := httptest.NewServer(q)
	t.Cleanup(s.Close)
	g, _, admin, _ := controlled(t, "semantic: {store: {type: qdrant, url: "+s.URL+", timeout: 10s}}")
	const stairs, boat = "How do I build stairs of wood?", "How do I fold a paper boat?"
	left := func(want int) {
		t.Helper()
		await(t, "rows to be gone", func() bool { return q.Len() == want }, func() string { return fmt.Sprint(q.Len(), q.Problems(), g.stderr.String()) })
	}
	reached(t, g)
	g.kept(t, stairs, asCI)
	g.kept(t, stairs, asTwo)
	g.kept(t, boat, asTwo)
	left(3)
	for path, want := range map[string]int{"namespace=key:nobody": 3, "model=nothing": 3} {
		if a := ask(t, "DELETE", admin+"/api/cache/clear?"+path, ""); a.status != 200 || q.Len() != want {
			t.Errorf("%s: %d %s, %d rows", path, a.status, a.body, q.Len())
		}
	}
	if a := ask(t, "DELETE", admin+"/api/cache/clear?namespace=key:ci", ""); a.status != 200 || q.Len() != 2 {
		t.Errorf("%d %s, %d rows", a.status, a.body, q.Len())
	}
	g.says(t, boat, asTwo, "X-Cache-Feedback: wrong", "X-Bf-Cache-No-Store: true")
	left(1)
	q.Down(true)
	if a := ask(t, "DELETE", admin+"/api/cache/clear?namespace=key:two", ""); a.status < 500 || !strings.Contains(a.body, "503") {
		t.Errorf("a store that was not cleared is reported as %d %s", a.status, a.body)
	}
	q.Down(false)
	if a := ask(t, "DELETE", admin+"/api/cache/clear?namespace=key:two", ""); a.status != 200 || q.Len() != 0 {
		t.Errorf("%d %s, %d rows", a.status, a.body, q.Len())
	}
}

// A store that is unavailable at the start is used once it is available.
func TestStoreComesLater(t *testing.T) {
	q := &stores.Qdrant{}
	q.Down(true)
	s := httptest.NewServer(q)
	t.Cleanup(s.Close)
	p := &encoder{}
	g := serve(t, local(encodes(t, p)+"/v1")+"cache: {secret: 0123456789abcdef0123456789abcdef, semantic: {store: {type: qdrant, url: "+s.URL+", timeout: 10s}}}\n")
	if a := says(t, g, "How do I fold a paper boat?"); a.status != 200 || a.head.Get("X-Cache") != "miss" {
		t.Errorf("%d %v", a.status, a.head)
	}
	q.Down(false)
	reached(t, g)
	says(t, g, "How do I build stairs of wood?")
	await(t, "the answer to be written", func() bool { return q.Len() >= 1 }, g.stderr.String)
	two := serve(t, local(encodes(t, p)+"/v1")+"cache: {secret: 0123456789abcdef0123456789abcdef, semantic: {store: {type: qdrant, url: "+s.URL+", timeout: 10s}}}\n")
	reached(t, two)
	if a := says(t, two, "How can I build stairs of wood?"); a.head.Get("X-Cache") != "semantic" {
		t.Errorf("%v", a.head)
	}
	three := serve(t, local(encodes(t, p)+"/v1")+"cache: {secret: another0123456789abcdef012345678, semantic: {store: {type: qdrant, url: "+s.URL+", timeout: 10s}}}\n")
	reached(t, three)
	if a := says(t, three, "How can I build stairs of wood?"); a.head.Get("X-Cache") != "miss" { // it is sealed with another secret
		t.Errorf("%v", a.head)
	}
}

// Many equal requests at the same time make one search, and all get its result.
func TestOneLookUpForAll(t *testing.T) {
	p, q := &encoder{}, &stores.Qdrant{}
	s := httptest.NewServer(q)
	t.Cleanup(s.Close)
	config := local(encodes(t, p)+"/v1") + "cache: {semantic: {embedding: {provider: local, model: e, dimensions: 64, timeout: 10s}, store: {type: qdrant, url: " + s.URL + ", timeout: 10s}}}\n"
	one := serve(t, config)
	says(t, one, "How do I convert 5 miles to kilometers?")
	written(t, one, 1)
	two := serve(t, config)
	reached(t, two)
	calls, searches := p.calls.Load(), q.Searches()
	p.slow.Store(300)
	var wg sync.WaitGroup
	var good atomic.Int64
	const n = 40
	for i := range n {
		wg.Go(func() {
			const body = `{"model":"fast","messages":[{"role":"user","content":"Please, how can I convert 5 miles to kilometers?"}]%s}`
			more, end := "", `"finish_reason":"stop"`
			if i%2 == 0 {
				more, end = `,"stream":true`, "data: [DONE]\n\n"
			}
			a := ask(t, "POST", two.url("/v1/chat/completions"), fmt.Sprintf(body, more))
			if how := a.head.Get("X-Cache"); a.status == 200 && strings.Contains(a.body, end) && (how == "semantic" || how == "joined" || how == "exact") {
				good.Add(1)
			}
		})
	}
	wg.Wait()
	if good.Load() != n || p.calls.Load() != calls || q.Searches() != searches+1 {
		t.Errorf("%d of %d were answered, %d calls, %d searches", good.Load(), n, p.calls.Load()-calls, q.Searches()-searches)
	}
}
