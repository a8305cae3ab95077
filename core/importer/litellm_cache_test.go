package importer

import (
	"strings"
	"testing"
)

func TestLiteLLMSemanticCache(t *testing.T) {
	f := func(params, want string, notes ...string) {
		t.Helper()
		r := Import("litellm", "f.yaml", []byte("model_list:\n  - {model_name: emb, litellm_params: {model: openai/text-embedding-3-small, api_key: os.environ/OPENAI_API_KEY}}\n"+
			"litellm_settings: {cache: true, cache_params: {"+params+"}}\n"), Options{Env: known()})
		if r.Document == nil {
			t.Fatalf("nothing was made of %s:\n%s", params, told(r.Notes))
		}
		if got := cacheOf(string(r.Document)); got != want {
			t.Errorf("%s\ngives %s\nwant  %s\n%s", params, got, want, told(r.Notes))
		}
		for _, n := range notes {
			if !strings.Contains(told(r.Notes), n) {
				t.Errorf("%s: nothing says %q:\n%s", params, n, told(r.Notes))
			}
		}
	}
	const encoded = "embedding: provider: openai model: text-embedding-3-small"
	f("type: redis-semantic, similarity_threshold: 0.9, redis_semantic_cache_embedding_model: emb, host: r, port: 6380, password: os.environ/R_PASS, redis_semantic_cache_index_name: my-index",
		"semantic: threshold: 0.9 "+encoded+" store: type: redis url: redis://r:6380 name: my_index secret: env.R_PASS", "is called my_index here", "similarity_threshold: is the least nearness here too")
	f("type: qdrant-semantic, qdrant_semantic_cache_embedding_model: emb, qdrant_api_base: http://q:6333, qdrant_api_key: os.environ/Q, qdrant_collection_name: c, qdrant_quantization_config: binary",
		"semantic: "+encoded+" store: type: qdrant url: http://q:6333 name: c secret: env.Q", "qdrant_quantization_config: is left out")
	f("type: redis-semantic, redis_semantic_cache_embedding_model: other", "semantic: {}", "no model of that name is here", "cache.semantic.store says where else")
}
