package config

import "testing"

func TestStoreIsJudged(t *testing.T) {
	semantic := func(more, want string) {
		t.Helper()
		tells(t, base+"cache: {semantic: {"+more+"}}\n", want)
	}
	store := func(more, want string) {
		t.Helper()
		semantic("store: {"+more+"}", want)
	}
	store("type: qdrant, url: http://q:6333, name: mine, secret: k, ca: /etc/ca.pem, insecure_skip_verify: true, max_connections: 4, timeout: 1s", "")
	store("type: weaviate, url: https://w", "")
	store("type: redis, url: 'rediss://a:6379,b:6379', username: u, secret: k, database: 3", "")
	store("type: pgvector, url: 'postgres://db:5432/cache?sslmode=disable', username: u, secret: k", "")
	store("url: http://q", "2: cache.semantic.store.type: is missing; hint: it is one of weaviate, redis, qdrant, pgvector")
	store("type: quadrant, url: http://q", `2: cache.semantic.store.type: cannot be "quadrant"; it is one of weaviate, redis, qdrant, pgvector; hint: did you mean qdrant?`)
	store("type: qdrant", "2: cache.semantic.store.url: is missing; hint: write http://host:port")
	store("type: qdrant, url: redis://q:1", "2: cache.semantic.store.url: is no address of qdrant; hint: write http://host:port")
	store("type: redis, url: redis://q", "2: cache.semantic.store.url: names no port; hint: write redis://host:port")
	store("type: redis, url: 'redis://a:1,b'", "2: cache.semantic.store.url: names no port; hint: write redis://host:port")
	store("type: redis, url: 'redis://a:1/2'", "2: cache.semantic.store.url: says more than a server; hint: use database")
	store("type: redis, url: 'redis://u:p@a:1'", "2: cache.semantic.store.url: holds a credential; hint: use username and secret")
	store("type: qdrant, url: http://q:99999", `2: cache.semantic.store.url: "99999" is no port; hint: write http://host:port`)
	store("type: pgvector, url: 'postgres://u:p@db/x'", "2: cache.semantic.store.url: holds a credential; hint: use username and secret")
	store("type: pgvector, url: 'postgres://db/x?password=p'", "2: cache.semantic.store.url: holds a credential; hint: use username and secret")
	store("type: qdrant, url: http://q, name: my-store", `2: cache.semantic.store.name: "my-store" cannot be the name of what a store keeps; hint: use letters, digits and '_', beginning with a letter`)
	store("type: qdrant, url: http://q, username: u, database: 2", "2: cache.semantic.store.username: is for redis and pgvector; qdrant takes a secret alone; hint: leave it out\n"+
		"2: cache.semantic.store.database: is for redis; hint: leave it out")
	store("type: qdrant, url: http://q, ca: ca.pem, timeout: 11s, max_connections: 2000", `2: cache.semantic.store.ca: is "ca.pem", which depends on where asbru is started; hint: write the whole path`+"\n"+
		"2: cache.semantic.store.timeout: is 11s; a request waits for 10s at most\n2: cache.semantic.store.max_connections: is 2000; at most 1024 are allowed")

	encoder := func(more, want string) {
		t.Helper()
		tells(t, base+"cache: {semantic: {embedding: {"+more+"}}}\n", want)
	}
	encoder("provider: nobody, model: m", `2: cache.semantic.embedding.provider: "nobody" is no provider of this document`)
	encoder("model: m", "2: cache.semantic.embedding.provider: is missing; hint: write the name of a provider")
	encoder("provider: openai, dimensions: 9000, timeout: -1s",
		"2: cache.semantic.embedding.model: is missing; hint: write what the provider calls it, such as text-embedding-3-small\n"+
			"2: cache.semantic.embedding.dimensions: is 9000; a vector has 8192 numbers at most\n2: cache.semantic.embedding.timeout: cannot be negative (-1s); hint: leave it out for the default")
}

func TestCacheSharingIsJudged(t *testing.T) {
	tells(t, base+"cache: {max_history: 3, by_model: true, by_provider: false}\n", "")
	tells(t, base+"cache: {max_history: -1, by_model: false, exclude_system_prompt: true}\n", "2: cache.max_history: cannot be negative (-1); hint: leave it out for the default\n"+
		"2: warning: cache.by_model: lets the answer of one model be given for another; hint: leave it out unless any model will do\n"+
		"2: warning: cache.exclude_system_prompt: lets an answer be given under other instructions than it was made with; hint: leave it out unless all who ask have the same instructions")
	tells(t, base+"cache: {secret: 0123456789abcdef, semantic: {store: {type: qdrant, url: http://q}}}\n", "")
}
