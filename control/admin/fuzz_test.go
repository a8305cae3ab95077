package admin

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// Whatever a body says, the answer is one of ours, and what was refused has changed nothing.
func FuzzBodies(f *testing.F) {
	for _, s := range []string{
		`{"name":"x","allow_all_providers":true}`, `{"name":"x","provider_configs":[{"provider":"openai","weight":1e300,"allowed_models":["*"]}]}`, `{"name":null}`, `{}`, `[`,
		`{"name":"x","allow_all_providers":true,"budgets":[{"max_limit":1e308,"reset_duration":"1M"}],"rate_limit":{"token_max_limit":-1,"token_reset_duration":"Y"}}`,
		`{"name":"x","pattern":"*","pricing_patch":"{\"input_cost_per_token\":1e300}"}`, `{"model_name":"é/*","scope":"virtual_key","scope_id":"filed"}`,
		`{"amount":-1,"mode":"cycles","cycles":1000}`, `{"grace_seconds":9223372036854775807}`,
	} {
		for _, path := range []string{"POST virtual-keys", "PUT virtual-keys/there", "POST teams", "POST model-configs", "POST pricing-overrides", "PUT providers/openai", "PUT virtual-keys/there/budgets/1d/override", "POST virtual-keys/there/rotate"} {
			f.Add(path, s)
		}
	}
	var once sync.Mutex
	f.Fuzz(func(t *testing.T, path, body string) {
		once.Lock() // one bench a worker is enough work for a disk
		defer once.Unlock()
		method, path, _ := strings.Cut(path, " ")
		if strings.ContainsFunc(method+path, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune("%?#\\\"<>^`{|}[]", r) }) || method == "" || method == "CONNECT" {
			return
		}
		b := newBench(t)
		b.ok("POST", keys, `{"name":"there","allow_all_providers":true,"budgets":[{"max_limit":1,"reset_duration":"1d"}]}`)
		before := b.store.Set().Revision
		w := httptest.NewRecorder()
		b.h.ServeHTTP(w, httptest.NewRequest(method, Prefix+path, strings.NewReader(body)))
		if w.Code != 200 && (w.Code < 400 || w.Code > 499 || !strings.Contains(w.Body.String(), `"is_bifrost_error":false`)) {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		if w.Code != 200 && b.store.Set().Revision != before {
			t.Error("what was refused has changed something")
		}
	})
}

func TestManyAtOnce(t *testing.T) {
	b := newBench(t)
	var told atomic.Int64
	b.h.o.Changed = func(Changed) { told.Add(1) }
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			name := fmt.Sprint("k", i)
			send := func(method, path, body string) {
				w := httptest.NewRecorder()
				b.h.ServeHTTP(w, httptest.NewRequest(method, keys+path, strings.NewReader(body)))
				if w.Code != 200 {
					t.Errorf("%s %s: %d %s", method, path, w.Code, w.Body)
				}
			}
			send("POST", "", `{"name":"`+name+`","allow_all_providers":true}`)
			for range 5 {
				send("POST", "/"+name+"/rotate", "")
				send("GET", "?limit=2", "")
				send("GET", "/"+name, "")
			}
			send("DELETE", "/"+name, "")
		})
	}
	all.Wait()
	if s := b.store.Set(); s.Len() != 0 || s.Revision != 4*7 || told.Load() != 4*7 {
		t.Errorf("%d are left at revision %d, and %d changes were told", s.Len(), s.Revision, told.Load())
	}
}
