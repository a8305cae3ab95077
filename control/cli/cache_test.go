package cli

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"asbru/core/config"
)

func TestCache(t *testing.T) {
	var asked string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.Method + " " + r.RequestURI + " " + r.Header.Get("Authorization")
		switch {
		case r.Header.Get("Authorization") != "Bearer token-of-the-admin":
			w.WriteHeader(401)
			io.WriteString(w, `{"error":{"message":"it needs the admin token"}}`)
		case r.Method == "GET":
			io.WriteString(w, `{"figures":[{"name":"asbru_cache_hits_total","label":"tier","value":"exact","number":12},{"name":"asbru_cache_entries","number":3}]}`)
		default:
			io.WriteString(w, `{"message":"cleared 4 answers","cleared":4}`)
		}
	}))
	defer s.Close()
	file := filepath.Join(t.TempDir(), "asbru.yaml")
	doc := "providers: [{name: mine, base_url: 'http://127.0.0.1:1/v1', models: [m]}]\n"
	write := func(more string) {
		if err := os.WriteFile(file, []byte(doc+more), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	vars := map[string]string{"TOKEN": "token-of-the-admin"}
	env := config.Env{Lookup: func(name string) (string, bool) { v, ok := vars[name]; return v, ok }}
	app := &App{Name: "asbru"}
	app.Commands = []Command{Cache(Tools{App: app, Env: env})}
	f := func(code int, args, says, wantAsked string) {
		t.Helper()
		asked = ""
		var out, bad bytes.Buffer
		if got := app.Run(strings.Fields("cache "+args), &out, &bad); got != code || !strings.Contains(out.String()+bad.String(), says) || asked != wantAsked {
			t.Errorf("cache %s: %d, %s%s, asked %q; want %d, %q and %q", args, got, &out, &bad, asked, code, says, wantAsked)
		}
	}
	at := " --token env.TOKEN --admin " + s.URL
	f(OK, "stats"+at, "hits tier=exact                                      12\nentries                                              3\n", "GET /api/cache Bearer token-of-the-admin")
	f(OK, "clear --model gpt-4o --older-than 1h"+at+"/", "cleared 4 answers\n", "DELETE /api/cache/clear?model=gpt-4o&older_than=1h Bearer token-of-the-admin")
	f(OK, "clear --id 4f --key k --namespace key:a"+at, "cleared 4", "DELETE /api/cache/clear?id=4f&key=k&namespace=key%3Aa Bearer token-of-the-admin")
	f(OK, "clear --all"+at, "cleared 4", "DELETE /api/cache/clear?all=true Bearer token-of-the-admin")
	f(Problem, "stats --admin "+s.URL, "says 401: it needs the admin token", "GET /api/cache ")
	f(Problem, "stats --token literal --admin "+s.URL, "read by others", "")
	f(Problem, "stats --admin http://127.0.0.1:1", "cannot ask", "")
	write("admin: {listen: '" + strings.TrimPrefix(s.URL, "http://") + "', token: env.TOKEN}\n")
	f(OK, "stats "+file, "entries", "GET /api/cache Bearer token-of-the-admin")
	write("")
	f(Problem, "stats "+file, "has no admin listener", "")
	f(Usage, "clear"+at, "or --all", "")
	f(Usage, "stats --all"+at, "leave the filters out", "")
	f(Usage, "drop"+at, "needs stats or clear", "")
	f(Usage, "stats", "name a configuration file, or the admin listener", "")
	f(Usage, "stats "+file+at, "not both", "")
}

func TestReachable(t *testing.T) {
	for listen, want := range map[string]string{"127.0.0.1:9090": "127.0.0.1:9090", ":9090": "127.0.0.1:9090", "0.0.0.0:9090": "127.0.0.1:9090", "[::]:9090": "127.0.0.1:9090", "10.0.0.1:1": "10.0.0.1:1"} {
		if got := reachable(listen); got != want {
			t.Errorf("%s: %s, want %s", listen, got, want)
		}
	}
}
