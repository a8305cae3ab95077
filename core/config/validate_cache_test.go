package config

import "testing"

func TestCacheIsJudged(t *testing.T) {
	tells(t, base+"cache: {}\n", "")
	tells(t, base+"cache: {off: true, scope: customer, dir: /var/cache/asbru, secret: 0123456789abcdef, exact: {size: 1GiB, ttl: 720h, stale: 1m, tool_calls: true, pace: true}}\n", "")
	tells(t, base+"cache: {scope: tenant}\n", `2: cache.scope: cannot be "tenant"; it is one of key, team, customer, all`)
	tells(t, base+"cache: {exact: {size: 1KiB, ttl: 721h, stale: -1s}}\n", "2: cache.exact.size: is 1KiB; a cache has 1MiB at least; hint: leave it out for 256MiB\n"+
		"2: cache.exact.ttl: is 721h0m0s; answers are kept for 720h at most\n2: cache.exact.stale: cannot be negative (-1s); hint: leave it out for the default")
	tells(t, base+"cache: {dir: cache, secret: short}\n", `2: cache.dir: is "cache", which depends on where asbru is started; hint: write the whole path, such as /var/lib/asbru/cache`+"\n"+
		"2: cache.secret: has 5 bytes; one of less than 16 can be guessed; hint: openssl rand -hex 32 makes a good one")
	tells(t, base+"cache: {secret: 0123456789abcdef}\n", "2: warning: cache.secret: encrypts nothing: there is no directory; hint: set cache.dir, or leave the secret out")
	tells(t, base+"cache: {semantic: {}}\n", "")
	tells(t, base+"cache: {semantic: {mode: balanced, threshold: 0.9, entries: 5}}\n", "")
	tells(t, base+"cache: {semantic: {mode: loose, threshold: 1.5, entries: -1}}\n", `2: cache.semantic.mode: cannot be "loose"; it is one of strict, balanced, relaxed`+"\n"+
		"2: cache.semantic.threshold: is 1.5; it goes from 0 to 1; hint: leave it out for that of the mode\n2: cache.semantic.entries: cannot be negative (-1); hint: leave it out for the default")
	tells(t, base+"cache: {semantic: {mode: relaxed}}\n", "2: warning: cache.semantic.mode: is relaxed: questions that are only near each other share an answer, and some of them have another one; hint: use strict or balanced")
	tells(t, base+"cache: {charge: {hits: full, followers: free}, semantic: {shadow: {}}}\n", "")
	tells(t, base+"cache: {charge: {hits: half}}\n", `2: cache.charge.hits: cannot be "half"; it is one of free, limits, full`)
	tells(t, base+"cache: {semantic: {shadow: {share: 5%, precision: 0.95, samples: 73}}}\n", "")
	tells(t, base+"cache: {semantic: {shadow: {precision: 0.95, samples: 72}}}\n", "2: cache.semantic.shadow.samples: is 72; so few cannot prove a precision of 0.95 even if all agree; hint: ask for 73 at least, or for less precision")
	tells(t, base+"cache: {semantic: {shadow: {share: 101%, precision: 1}}}\n", "2: cache.semantic.shadow.share: is 101%; it goes from 0% to 100%; hint: leave shadow out to compare nothing\n"+
		"2: cache.semantic.shadow.precision: is 1; it goes from 0 to below 1, which no number of answers can prove; hint: leave it out for 0.9")
	tells(t, base+"cache: {semantic: {shadow: {samples: 10001}}}\n", "2: cache.semantic.shadow.samples: is 10001; 10000 are the most; hint: leave it out for 100")
}
