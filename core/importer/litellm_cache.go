package importer

import (
	"cmp"
	"strings"

	"asbru/core/config"
)

// semantic imports a cache that compares questions: the threshold, the encoder
// and the vector store.
//
// Source: https://docs.litellm.ai/docs/proxy/caching
func (l *litellm) semantic(params field, kind string) *config.SemanticCache {
	s := &config.SemanticCache{}
	near := params.at("similarity_threshold")
	if n, ok := near.number(); ok && n <= 1 {
		s.Threshold = n
		near.partly("is the least nearness here too, and besides no rule may object (mode strict); cache.semantic.mode: relaxed is nearness alone")
	} else if ok {
		near.leave("a nearness is 1 at most")
	}
	base := strings.TrimSuffix(kind, "-semantic")
	model := params.at(base + "_semantic_cache_embedding_model")
	if s.Embedding = l.encoder(model.text()); s.Embedding == nil {
		params.at("type").partly("questions in other words are found by the model that is part of the program, in English")
		model.leave("no model of that name is here")
	} else {
		model.partly("a question that is not encoded in 150ms is a miss: cache.semantic.embedding.timeout says otherwise")
	}
	s.Store = l.vectors(params, base)
	if s.Store == nil {
		params.at("type").partly("questions are found in memory: cache.semantic.store says where else")
	}
	return s
}

// encoder returns the target behind an alias; nil: there is none.
func (l *litellm) encoder(alias string) *config.CacheEmbedding {
	for i := range l.doc.Models {
		m := &l.doc.Models[i]
		switch {
		case alias == "" || m.Alias != alias:
		case m.Provider != "":
			return &config.CacheEmbedding{Provider: m.Provider, Model: cmp.Or(m.Model, m.Alias)}
		case len(m.Targets) > 0:
			return &config.CacheEmbedding{Provider: m.Targets[0].Provider, Model: m.Targets[0].Model}
		}
	}
	return nil
}

// vectors returns the vector store; nil: the file names none, or none of the supported kinds.
func (l *litellm) vectors(params field, base string) *config.CacheStore {
	switch host, at := params.at("host"), params.at("qdrant_api_base"); {
	case base == "redis" && host.there():
		port := "6379"
		if params.at("port").there() {
			port = params.at("port").written("6379")
		}
		return &config.CacheStore{Type: "redis", URL: "redis://" + host.written("redis") + ":" + port, Name: l.storeName(params.at("redis_semantic_cache_index_name")),
			Username: params.at("username").written("user"), Secret: params.at("password").secret("cache_password")}
	case base == "qdrant" && at.there():
		return &config.CacheStore{Type: "qdrant", URL: at.written("http://qdrant:6333"), Name: l.storeName(params.at("qdrant_collection_name")),
			Secret: params.at("qdrant_api_key").secret("qdrant_api_key")}
	}
	return nil
}
