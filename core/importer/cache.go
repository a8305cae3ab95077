package importer

import (
	"strings"
	"time"

	"asbru/core/config"
)

// mostTTL is the longest time for which an answer can be cached.
const mostTTL = config.Duration(720 * time.Hour)

// ttl reads how long an answer is cached, 0 for the default.
func (f field) ttl() config.Duration {
	d := f.duration(time.Second)
	if d > mostTTL {
		f.partly("is %s here, the longest there is", mostTTL)
		return mostTTL
	}
	return d
}

// cache imports litellm_settings.cache.
func (l *litellm) cache() {
	f, params := l.settings.at("cache"), l.settings.at("cache_params")
	if !f.on() {
		params.leave("cache is not true")
		return
	}
	if !params.there() {
		f.partly("answers are remembered for each virtual key apart; cache.scope shares them")
		l.origins["cache"], l.doc.Cache = f.v, &config.Cache{}
		return
	}
	if mode := params.at("mode").text(); mode != "" && mode != "default_on" {
		params.leave("only requests that ask for it are remembered there; write cache: {} to remember all")
		return
	}
	c := &config.Cache{Exact: config.ExactCache{TTL: params.at("ttl").ttl()}}
	kind := params.at("type").text()
	if strings.HasSuffix(kind, "-semantic") {
		c.Semantic = l.semantic(params, kind)
	} else if kind != "" && kind != "local" {
		params.at("type").partly("is in memory here; cache.dir keeps it on a disk")
	}
	f.partly("answers are remembered for each virtual key apart; cache.scope shares them")
	for _, m := range params.untouched() {
		m.leave("the cache is in this process and needs no more than a size and a time")
	}
	l.origins["cache"] = f.v
	l.doc.Cache = c
}
