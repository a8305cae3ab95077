package importer

import (
	"regexp"
	"strings"
	"testing"
)

// imported is the cache of a document made of a config.json with these parts, and what was told
// of them.
func imported(t *testing.T, plugin, store string) (cache, notes string) {
	t.Helper()
	if store != "" {
		store = `,"vector_store":` + store
	}
	r := Import("bifrost", "f.json", []byte(`{"providers":{"openai":{"keys":[{"name":"k","value":"env.OPENAI_API_KEY","weight":1}]}},"plugins":[{"enabled":true,"name":"semantic_cache","config":`+plugin+`}]`+store+"}"),
		Options{Env: known()})
	if r.Document == nil {
		t.Fatalf("nothing was made of %s %s:\n%s", plugin, store, told(r.Notes))
	}
	return cacheOf(string(r.Document)), told(r.Notes)
}

// cacheOf is the section cache of a document, on one line.
func cacheOf(document string) string {
	_, cache, _ := strings.Cut(document, "\ncache:\n")
	if end := regexp.MustCompile(`(?m)^\S`).FindStringIndex(cache); end != nil {
		cache = cache[:end[0]]
	}
	return strings.Join(strings.Fields(cache), " ")
}

// All that vector_store and the plugin semantic_cache can say is taken over or told.
func TestBifrostCache(t *testing.T) {
	f := func(plugin, store, want string, notes ...string) {
		t.Helper()
		got, told := imported(t, plugin, store)
		if got != want {
			t.Errorf("%s %s\ngives %s\nwant  %s\n%s", plugin, store, got, want, told)
		}
		for _, n := range notes {
			if !strings.Contains(told, n) {
				t.Errorf("%s %s: nothing says %q:\n%s", plugin, store, n, told)
			}
		}
		if strings.Contains(told, "is not known here") {
			t.Errorf("%s %s: %s", plugin, store, told)
		}
	}
	const near = `"provider":"openai","embedding_model":"text-embedding-3-small","dimension":1536,"default_cache_key":"all"`
	const encoded, short = "semantic: embedding: provider: openai model: text-embedding-3-small dimensions: 1536", " max_history: 3"
	f(`{`+near+`}`, "", encoded+short, "embedding_model: a question that is not encoded in 150ms is a miss")
	f(`{"default_cache_key":"all","dimension":1}`, `{"enabled":true,"type":"redis","config":{"addr":"r:6379"}}`, "max_history: 3", "vector_store: is left out: what is asked in the same words is remembered in this process")
	f(`{`+near+`,"ttl":"10m","threshold":0.9,"conversation_history_threshold":5,"exclude_system_prompt":true,"cache_by_model":false,"cache_by_provider":false,"vector_store_namespace":"My-Cache","cleanup_on_shutdown":true,"keys":[]}`,
		`{"enabled":true,"type":"weaviate","config":{"scheme":"https","host":"w.example.com","api_key":"env.W_KEY","grpc_config":{"host":"g","secured":true},"headers":{"a":"b"},"timeout":"5s","class_name":"X","properties":[]}}`,
		"exact: ttl: 10m0s semantic: threshold: 0.9 embedding: provider: openai model: text-embedding-3-small dimensions: 1536 store: type: weaviate url: https://w.example.com name: My_Cache secret: env.W_KEY max_history: 5 exclude_system_prompt: true by_model: false by_provider: false",
		"threshold: is the least nearness here too", "vector_store_namespace: is called My_Cache here", "grpc_config: is left out", "headers: is left out", "timeout: is left out", "class_name: is left out", "cleanup_on_shutdown: is left out")
	f(`{`+near+`}`, `{"type":"redis","config":{"addr":"env.REDIS_ADDR","username":"u","password":"env.R_PASS","db":2,"use_tls":true,"insecure_skip_verify":true,"ca_cert_pem":"PEM","cluster_mode":true,"pool_size":10,"max_active_conns":5,"min_idle_conns":1,"max_idle_conns":2,"conn_max_lifetime":"1h","conn_max_idle_time":"1m","dial_timeout":"5s","read_timeout":"3s","write_timeout":"3s","context_timeout":"10s"}}`,
		encoded+" store: type: redis url: rediss://${REDIS_ADDR},${REDIS_ADDR} username: u secret: env.R_PASS insecure_skip_verify: true database: 2"+short,
		"ca_cert_pem: is left out", "pool_size: is left out: all requests share a connection", "context_timeout: is left out")
	f(`{`+near+`}`, `{"enabled":true,"type":"qdrant","config":{"host":"q","port":6334,"api_key":"env.Q","use_tls":true,"max_recv_msg_size_mb":64}}`,
		encoded+" store: type: qdrant url: https://q:6333 secret: env.Q"+short, "port: is 6333 here", "max_recv_msg_size_mb: is left out")
	f(`{`+near+`}`, `{"enabled":true,"type":"qdrant","config":{"host":"q","port":7000}}`, encoded+" store: type: qdrant url: http://q:7000"+short, "must be the port of the REST interface")
	f(`{`+near+`}`, `{"enabled":true,"type":"pinecone","config":{"api_key":"k","index_host":"h"}}`, encoded+short, `no store of type "pinecone"`+" is known here (4 values in it)")
	f(`{`+near+`,"vector_store_namespace":"n"}`, `{"enabled":false,"type":"qdrant","config":{"host":"q"}}`, encoded+short, "vector_store: is left out: it is off", "vector_store_namespace: is left out")
	f(strings.Replace(`{`+near+`}`, `"openai"`, `"elsewhere"`, 1), "", "semantic: {}"+short, `provider "elsewhere" is not here`)
	f(`{"provider":"openai"}`, `{"enabled":true,"type":"qdrant","config":{"host":"q"}}`, "", "vector_store: is left out: nothing is remembered")
}
