package api

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"asbru/core"
)

// A remembering is a core.Memory that notes what it is to forget.
type remembering struct {
	asked []core.Forget
	err   error
}

func (m *remembering) Figures() []core.Figure {
	return []core.Figure{{Name: "asbru_cache_hits_total", Label: "tier", Value: "exact", N: 3}, {Name: "asbru_cache_precision_lower_bound", Label: "owner", Value: "key:a", N: 9123, Per: 10_000}}
}

func (m *remembering) Clear(f core.Forget) (int, error) {
	m.asked = append(m.asked, f)
	return 2, m.err
}

func (m *remembering) Close() error { return nil }

func TestCachePaths(t *testing.T) {
	m := new(remembering)
	withCache := func(admin bool, sum func() [32]byte) http.Handler {
		o := options(admin)
		o.Memory = func() core.Memory { return m }
		if sum != nil {
			o.TokenSum = sum
		}
		return New(o)
	}
	h, data, bare := withCache(true, nil), withCache(false, nil), withCache(true, func() [32]byte { return [32]byte{} })
	f := func(h http.Handler, from, line, fields string, want int, says string, forgets ...core.Forget) {
		t.Helper()
		m.asked = nil
		w := ask(t, h, from, line+" HTTP/1.1\nHost: localhost"+fields)
		if w.Code != want || !strings.Contains(w.Body.String(), says) {
			t.Errorf("%s: %d %s; want %d with %q", line, w.Code, w.Body, want, says)
		}
		for i := range m.asked { // a time of day cannot be foretold
			if m.asked[i].Before > 0 {
				m.asked[i].Before = 1
			}
		}
		if len(m.asked) != len(forgets) || len(forgets) == 1 && m.asked[0] != forgets[0] {
			t.Errorf("%s: forgets %+v, want %+v", line, m.asked, forgets)
		}
	}
	const good, bad = "\nAuthorization: Bearer " + token, "\nAuthorization: Bearer wrong"
	f(h, near, "GET /api/cache", "", 200, `{"name":"asbru_cache_precision_lower_bound","label":"owner","value":"key:a","number":0.9123}`)
	f(h, far, "GET /api/cache", "", 401, "token")
	f(h, far, "GET /api/cache", good, 200, "figures")
	f(h, near, "POST /api/cache", good, 405, "DELETE")
	f(h, near, "GET /api/cache/clear?all=true", "", 405, "DELETE")
	f(data, near, "GET /api/cache", "", 404, "no such path")
	f(data, near, "DELETE /api/cache/clear?all=true", good, 404, "no such path")

	f(h, near, "DELETE /api/cache/clear?all=true", "", 401, "token")
	f(h, near, "DELETE /api/cache/clear?all=true", bad, 401, "token")
	f(h, far, "DELETE /api/cache/clear?all=true", good, 200, `"cleared":2`, core.Forget{})
	f(bare, near, "DELETE /api/cache/clear?all=true", "", 200, `"cleared":2`, core.Forget{})
	f(bare, far, "DELETE /api/cache/clear?all=true", "", 401, "token")
	f(bare, near, "DELETE /api/cache/clear?all=true", "\nSec-Fetch-Site: cross-site", 401, "token")
	f(h, near, "DELETE /api/cache/clear/4f", good, 200, "cleared 2 answers", core.Forget{ID: "4f"})
	f(h, near, "DELETE /api/cache/clear-by-key/team-a", good, 200, "cleared", core.Forget{Label: "team-a"})
	f(h, near, "DELETE /api/cache/clear?key=a%20b&namespace=key:ci&model=m&id=4f&older_than=10m", good, 200, "cleared", core.Forget{Label: "a b", Owner: "key:ci", Model: "m", ID: "4f", Before: 1})
	for _, q := range []string{"", "?", "?all=false", "?all=true&model=m", "?model=", "?model=a&model=b", "?mode=m", "?older_than=soon", "?older_than=-1s", "?%zz", "/", "/a/b", "/4f?model=m", "-by-key/", "-by-key/a/b", "ed"} {
		f(h, near, "DELETE /api/cache/clear"+q, good, 400, "cannot clear")
	}
	m.err = errors.New("the disk is gone")
	f(h, near, "DELETE /api/cache/clear?all=true", good, 500, "in memory only", core.Forget{})
	o := options(true)
	f(New(o), near, "GET /api/cache", "", 404, "there is no cache")
	o.Memory = func() core.Memory { return nil }
	f(New(o), near, "DELETE /api/cache/clear?all=true", good, 404, "there is no cache")
}
