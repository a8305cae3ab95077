package config

import (
	"cmp"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Bounds on encoders and vector stores of the cache.
const (
	maxOutsideWait   = Duration(10 * time.Second)
	maxDimensions    = 8192
	maxStoreName     = 40 // PostgreSQL cuts names at 63 bytes, and a suffix is added
	maxStoreConns    = 1024
	maxRedisDatabase = 1 << 14
)

// cacheSharing checks the settings for which requests share answers.
func (c *checker) cacheSharing(d *Cache) {
	c.notNegative("cache.max_history", d.MaxHistory, d.MaxHistory < 0)
	if d.ExcludeSystemPrompt {
		c.warn("cache.exclude_system_prompt", "leave it out unless all who ask have the same instructions", "lets an answer be given under other instructions than it was made with")
	}
	if d.ByModel != nil && !*d.ByModel {
		c.warn("cache.by_model", "leave it out unless any model will do", "lets the answer of one model be given for another")
	}
}

func (c *checker) cacheEmbedding(e *CacheEmbedding) {
	const at = "cache.semantic.embedding"
	if e == nil {
		return
	}
	if names := c.providerNames(); e.Provider == "" {
		c.fail(at+".provider", "write the name of a provider", "is missing")
	} else if !slices.Contains(names, e.Provider) {
		c.fail(at+".provider", didYouMean(e.Provider, names), "%s is no provider of this document", quote(e.Provider))
	}
	switch {
	case e.Model == "":
		c.fail(at+".model", "write what the provider calls it, such as text-embedding-3-small", "is missing")
	case len(e.Model) > maxNameBytes || strings.ContainsFunc(e.Model, notInWord):
		c.fail(at+".model", "", "%s cannot be the name of a model", quote(e.Model))
	}
	c.notNegative(at+".dimensions", e.Dimensions, e.Dimensions < 0)
	if e.Dimensions > maxDimensions {
		c.fail(at+".dimensions", "", "is %d; a vector has %d numbers at most", e.Dimensions, maxDimensions)
	}
	c.outsideWait(at+".timeout", e.Timeout)
}

func (c *checker) providerNames() (all []string) {
	for i := range c.doc.Providers {
		all = append(all, c.doc.Providers[i].Name)
	}
	return all
}

func (c *checker) outsideWait(path string, d Duration) {
	c.notNegative(path, d, d < 0)
	if d > maxOutsideWait {
		c.fail(path, "", "is %v; a request waits for 10s at most", d)
	}
}

// storeSchemes lists the URL schemes of each type of store.
var storeSchemes = map[string][]string{
	"weaviate": {"http", "https"}, "qdrant": {"http", "https"}, "redis": {"redis", "rediss"}, "pgvector": {"postgres", "postgresql"},
}

func (c *checker) cacheStore(s *CacheStore) {
	const at = "cache.semantic.store"
	if s == nil {
		return
	}
	if s.Type == "" {
		c.fail(at+".type", "it is one of weaviate, redis, qdrant, pgvector", "is missing")
	}
	c.oneOf(at+".type", s.Type, "weaviate", "redis", "qdrant", "pgvector")
	c.storeURL(at+".url", s)
	if n := s.Name; n != "" && (len(n) > maxStoreName || !isLetter(n[0]) || strings.ContainsFunc(n, notInStore)) {
		c.fail(at+".name", "use letters, digits and '_', beginning with a letter", "%s cannot be the name of what a store keeps", quote(n))
	}
	if s.Username != "" && s.Type != "redis" && s.Type != "pgvector" {
		c.fail(at+".username", "leave it out", "is for redis and pgvector; %s takes a secret alone", s.Type)
	}
	if s.Database != 0 && s.Type != "redis" {
		c.fail(at+".database", "leave it out", "is for redis")
	}
	if s.Database < 0 || s.Database > maxRedisDatabase {
		c.fail(at+".database", "", "is %d, which no server has", s.Database)
	}
	if s.CA != "" && !filepath.IsAbs(s.CA) {
		c.fail(at+".ca", "write the whole path", "is %s, which depends on where asbru is started", quote(s.CA))
	}
	c.notNegative(at+".max_connections", s.MaxConnections, s.MaxConnections < 0)
	if s.MaxConnections > maxStoreConns {
		c.fail(at+".max_connections", "", "is %d; at most %d are allowed", s.MaxConnections, maxStoreConns)
	}
	c.outsideWait(at+".timeout", s.Timeout)
}

func notInStore(r rune) bool {
	return r >= 0x80 || !isLetter(byte(r)) && !isDigit(byte(r)) && r != '_'
}

// storeURL checks the address of a store. It must not hold a password, which would be shown along with it.
func (c *checker) storeURL(path string, s *CacheStore) {
	schemes := storeSchemes[s.Type]
	if schemes == nil {
		return
	}
	hint := "write " + schemes[0] + "://host:port"
	if s.Type == "pgvector" {
		hint += "/database"
	}
	if s.URL == "" {
		c.fail(path, hint, "is missing")
		return
	}
	all := []string{s.URL}
	if scheme, hosts, ok := strings.Cut(s.URL, "://"); ok && s.Type == "redis" { // a comma-separated list: the servers of a cluster
		all = all[:0]
		for host := range strings.SplitSeq(strings.TrimSuffix(hosts, "/"), ",") {
			all = append(all, scheme+"://"+host)
		}
	}
	for _, one := range all {
		if wrong, remedy := badStore(one, s.Type, schemes); wrong != "" {
			c.fail(path, cmp.Or(remedy, hint), "%s", wrong)
			return
		}
	}
}

// badStore returns what is wrong with the address of a server and a remedy; empty: nothing is.
func badStore(address, kind string, schemes []string) (wrong, remedy string) {
	u, err := url.Parse(address)
	switch {
	case err != nil || !slices.Contains(schemes, u.Scheme) || u.Hostname() == "" || strings.ContainsFunc(address, notInWord):
		return "is no address of " + kind, ""
	case u.Query().Has("password") || holdsPassword(u):
		return "holds a credential", "use username and secret"
	case u.Port() != "" && !port(u.Port()):
		return quote(u.Port()) + " is no port", ""
	case kind == "redis" && u.Port() == "":
		return "names no port", ""
	case kind == "redis" && u.Path+u.RawQuery != "":
		return "says more than a server", "use database"
	}
	return "", ""
}

// holdsPassword reports whether u holds a credential; the role name of PostgreSQL is none.
func holdsPassword(u *url.URL) bool {
	if u.User == nil {
		return false
	}
	_, has := u.User.Password()
	return has || u.Scheme != "postgres" && u.Scheme != "postgresql"
}

func port(text string) bool {
	n, err := strconv.Atoi(text)
	return err == nil && n > 0 && n < 1<<16
}
