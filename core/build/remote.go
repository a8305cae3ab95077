package build

import (
	"cmp"
	"fmt"
	"strconv"

	"asbru/adapters/dialect/openai"
	"asbru/cache"
	"asbru/cache/remote"
	"asbru/cache/semantic"
	"asbru/cache/vector"
	"asbru/core"
	"asbru/core/config"
)

// defaultStoreName is the default name of a vector store's collection.
const defaultStoreName = "asbru"

// farOptions converts the settings of outside encoders and vector stores.
func farOptions(s *config.SemanticCache, like cache.Likeness) (o remote.Options) {
	e, d := s.Embedding, s.Store
	if e == nil && d == nil {
		return o
	}
	o.Place.Kind = "memory"
	if e != nil {
		o.Encoder, o.Dims, o.Encode = e.Provider+"/"+e.Model, e.Dimensions, e.Timeout.Or(remote.DefaultEncodeWait)
	}
	if d != nil {
		o.Place = vector.Place{Kind: d.Type, URL: d.URL, Name: cmp.Or(d.Name, defaultStoreName), User: d.Username, Secret: vector.Secret(d.Secret.Reveal()),
			CA: d.CA, Insecure: d.InsecureSkipVerify, Database: d.Database, Conns: d.MaxConnections}
		o.Search = d.Timeout.Or(remote.DefaultSearchWait)
	}
	least := cmp.Or(float32(like.Threshold), like.Mode.Cosine())
	switch like.Mode {
	case semantic.Relaxed:
		o.Bare, o.Least = true, least
	case semantic.Balanced:
		o.Soft, o.Least, o.Pass = true, least, semantic.Strict.Cosine()
	default:
		o.Pass = least
	}
	return o
}

// ownName is the caller's name under which the cache asks for embeddings. No virtual key can
// have it.
const ownName = "asbru:cache"

// compileEncoder lets the cache call the provider that encodes questions, as a separate caller
// whose requests are counted, limited and retried like all
// others.
func (c *compiler) compileEncoder() {
	d := c.doc.Cache
	if d == nil || d.Off || d.Semantic == nil || d.Semantic.Embedding == nil {
		return
	}
	e := d.Semantic.Embedding
	p := c.byName[e.Provider]
	if p == nil {
		return // reported already
	}
	if face, _ := p.route.Targets[0].Face(openai.API, core.OpEmbed, []byte(e.Model)); face == nil {
		c.fail("cache.semantic.embedding.provider", fmt.Sprintf("is %s, which has no embeddings that %s could be asked for", strconv.Quote(e.Provider), strconv.Quote(e.Model)), "")
		return
	}
	if c.deps.Own == "" || c.memory == nil {
		return // the Snapshot is only inspected
	}
	k := &core.VirtualKey{Name: ownName, Policy: c.policy(nil, -1), Tally: new(core.Tally), Share: share(ownName)}
	sum := c.next.Pepper.Sum([]byte(c.deps.Own))
	if was := c.prev.Keys[c.prev.Pepper.Sum([]byte(c.deps.Own))]; was != nil {
		k.Tally = was.Tally
	}
	c.next.Keys[sum] = k
}
