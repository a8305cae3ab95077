package importer

import (
	"cmp"
	"strconv"
	"strings"

	"asbru/core/config"
)

// bifrostHistory is Bifrost's default for the number of messages above which a conversation
// is not cached.
const bifrostHistory = 3

const maxStoreName = 40

// cache imports the plugin semantic_cache.
func (b *bifrost) cache(f field) {
	if f.at("default_cache_key").text() == "" {
		f.leave("only requests with x-bf-cache-key are remembered there; write cache: {} to remember all")
		return
	}
	f.at("default_cache_key").partly("answers are remembered for each virtual key apart; cache.scope shares them")
	c := &config.Cache{Exact: config.ExactCache{TTL: f.at("ttl").ttl()}, MaxHistory: bifrostHistory, ExcludeSystemPrompt: f.at("exclude_system_prompt").on(),
		ByModel: f.at("cache_by_model").unless(), ByProvider: f.at("cache_by_provider").unless()}
	if n, ok := f.at("conversation_history_threshold").count(1 << 20); ok {
		c.MaxHistory = n
	}
	model := f.at("embedding_model")
	if dimension, ok := f.at("dimension").number(); model.there() && (!ok || dimension != 1) {
		c.Semantic = b.semantic(f, model)
	}
	f.leaveAll(bifrostCacheLeft)
	b.origins["cache"] = f.v
	b.doc.Cache = c
}

// unless reads a bool that is true by default; it returns nil for true.
func (f field) unless() *bool {
	if on, ok := f.flag(); ok && !on {
		return &on
	}
	return nil
}

// semantic imports the encoder and the threshold. The guard has no counterpart in Bifrost.
func (b *bifrost) semantic(f, model field) *config.SemanticCache {
	s := &config.SemanticCache{}
	if n, ok := f.at("threshold").number(); ok && n <= 1 {
		s.Threshold = n
		f.at("threshold").partly("is the least nearness here too, and besides no rule may object (mode strict); cache.semantic.mode: relaxed is nearness alone")
	} else if ok {
		f.at("threshold").leave("a nearness is 1 at most")
	}
	provider := f.at("provider")
	name := b.provider[provider.text()]
	if name == "" {
		model.partly("questions in other words are found by the model that is part of the program: provider %s is not here", short(provider.text()))
		return s
	}
	s.Embedding = &config.CacheEmbedding{Provider: name, Model: model.written("text-embedding-3-small")}
	if n, ok := f.at("dimension").count(maxDimensions); ok {
		s.Embedding.Dimensions = n
	}
	model.partly("a question that is not encoded in 150ms is a miss: cache.semantic.embedding.timeout says otherwise")
	b.origins["cache.semantic.embedding"] = model.v
	return s
}

const maxDimensions = 8192

var bifrostCacheLeft = []left{
	{"keys", "the keys of the provider are used"},
	{"cleanup_on_shutdown", "what is in a store stays there until it is over"},
	{"ttl_seconds", "write cache.exact.ttl"},
}

// vectorStore imports the vector store. plugin is the configuration of the cache.
func (b *bifrost) vectorStore(f, plugin field) {
	name := plugin.at("vector_store_namespace")
	switch on, said := f.at("enabled").flag(); {
	case !f.there():
		name.leave("there is no vector_store")
		return
	case said && !on:
		f.leave("it is off")
	case b.doc.Cache == nil:
		f.leave("nothing is remembered that could stand in it: see the plugin semantic_cache")
	case b.doc.Cache.Semantic == nil:
		f.leave("what is asked in the same words is remembered in this process; cache.dir keeps it on a disk")
	default:
		b.store(f, name)
		return
	}
	name.leave("there is no store that it would be in")
}

func (b *bifrost) store(f, name field) {
	kind, c := f.at("type").text(), f.at("config")
	s := &config.CacheStore{Type: kind, Name: b.storeName(name)}
	switch kind {
	case "weaviate":
		b.weaviate(c, s)
	case "redis":
		b.redis(c, s)
	case "qdrant":
		b.qdrant(c, s)
	default:
		f.leave("no store of type %s is known here", short(kind))
		return
	}
	b.doc.Cache.Semantic.Store = s
	b.origins["cache.semantic.store"] = f.v
}

// storeName imports the name under which a store keeps questions. Entries of other programs are not read.
func (r *run) storeName(f field) string {
	text := f.text()
	clean := strings.Map(func(r rune) rune {
		if r < 0x80 && (r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_') {
			return r
		}
		return '_'
	}, text)
	clean = strings.TrimLeft(clean, "_0123456789")
	if clean = clean[:min(len(clean), maxStoreName)]; clean != text {
		f.partly("is called %s here", cmp.Or(clean, "asbru"))
	}
	return clean
}

func (b *bifrost) weaviate(f field, s *config.CacheStore) {
	scheme := f.at("scheme").literal()
	if f.at("scheme").there() && scheme != "http" && scheme != "https" {
		f.at("scheme").partly("is taken for https")
	}
	if scheme != "http" {
		scheme = "https"
	}
	s.URL = scheme + "://" + f.at("host").written("weaviate:8080")
	s.Secret = f.at("api_key").secret("vector_store_api_key")
	if class := f.at("class_name"); s.Name == "" {
		s.Name = b.storeName(class)
	} else {
		class.leave("vector_store_namespace says what it is called")
	}
	f.leaveAll([]left{{"grpc_config", "it is asked over HTTP"}, {"headers", "it is sent an API key and no other headers"}, {"properties", "the class has those of this program"},
		{"timeout", storeWait}})
}

// storeWait is the reason why the time limits of stores are left out.
const storeWait = "a look-up waits for cache.semantic.store.timeout, 50ms by default, and is a miss then"

func (b *bifrost) redis(f field, s *config.CacheStore) {
	address := f.at("addr").written("redis:6379")
	if f.at("cluster_mode").on() {
		address += "," + address // two servers are a cluster
	}
	s.URL = "redis://" + address
	if f.at("use_tls").on() {
		s.URL = "rediss://" + address
	}
	s.Username, s.Secret = f.at("username").written("user"), f.at("password").secret("vector_store_password")
	s.InsecureSkipVerify = f.at("insecure_skip_verify").on()
	if n, ok := f.at("db").count(1 << 14); ok {
		s.Database = n
	}
	f.leaveAll([]left{{"ca_cert_pem", "write it into a file, and the file's path into cache.semantic.store.ca"}})
	for _, name := range []string{"dial_timeout", "read_timeout", "write_timeout", "context_timeout"} {
		f.at(name).leave(storeWait)
	}
	for _, name := range []string{"pool_size", "max_active_conns", "min_idle_conns", "max_idle_conns", "conn_max_lifetime", "conn_max_idle_time"} {
		f.at(name).leave("all requests share a connection")
	}
}

// The ports of Qdrant: Bifrost uses gRPC, we use HTTP.
const (
	qdrantGRPC = 6334
	qdrantHTTP = 6333
)

func (b *bifrost) qdrant(f field, s *config.CacheStore) {
	port := qdrantHTTP
	switch n, ok := f.at("port").count(1<<16 - 1); {
	case ok && n != qdrantGRPC:
		port = n
		f.at("port").partly("is asked over HTTP: it must be the port of the REST interface, %d by default", qdrantHTTP)
	case ok:
		f.at("port").partly("is %d here: it is asked over HTTP", qdrantHTTP)
	}
	scheme := "http://"
	if f.at("use_tls").on() {
		scheme = "https://"
	}
	s.URL = scheme + f.at("host").written("qdrant") + ":" + strconv.Itoa(port)
	s.Secret = f.at("api_key").secret("vector_store_api_key")
	f.at("max_recv_msg_size_mb").leave("answers have a bound of their own")
}
