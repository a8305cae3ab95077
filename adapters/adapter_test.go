package adapters

import (
	"net/url"
	"strings"
	"testing"

	"asbru/core"
)

func TestFind(t *testing.T) {
	if a, ok := Find("groq"); !ok || a != groq {
		t.Errorf("got %v, %v", a, ok)
	}
	if a, ok := Find("Groq"); ok {
		t.Errorf("found %v", a)
	}
}

func TestHeaders(t *testing.T) {
	f := func(key, want string) {
		t.Helper()
		if got := string(groq.Headers([]byte("X: y\r\n"), key)); got != "X: y\r\n"+want {
			t.Errorf("key %q: got %q, want %q behind the first line", key, got, want)
		}
	}
	f("sk-1", "Authorization: Bearer sk-1\r\n")
	f("", "")
	f("sk-1\r\nX-Admin: 1", "")
	f("sk 1", "")
	f("sk-\xff", "")
}

// Names, prefixes and addresses must work together: a prefix that two adapters
// claim would serve nobody, one that hides another's would misroute it.
func TestTable(t *testing.T) {
	if len(All) < 23 {
		t.Fatalf("%d adapters", len(All))
	}
	names, prefixes, envs := map[string]bool{}, map[string]string{}, map[string]bool{}
	for _, a := range All {
		if names[a.Name] || a.Name != strings.ToLower(a.Name) || strings.ContainsAny(a.Name, "/ ") {
			t.Errorf("name %q", a.Name)
		}
		names[a.Name] = true
		checkBase(t, a)
		if len(a.Faces) == 0 || a.Faces[0].Dialect == nil || a.Faces[0].Paths[core.OpChat] == "" || a.Faces[0].Paths[core.OpModels] != "" {
			t.Errorf("%s: %+v", a.Name, a)
		}
		for op, p := range a.Faces[0].Paths {
			if p != "" && (p[0] != '/' || core.Op(op) != core.OpPass && strings.HasSuffix(p, "/")) {
				t.Errorf("%s: path %q", a.Name, p)
			}
		}
		if a.Env != "" && envs[a.Env] || (a.Env == "") != (a.Local || a.Base == "") {
			t.Errorf("%s: environment variable %q", a.Name, a.Env)
		}
		envs[a.Env] = true
		for _, s := range a.Serves {
			for other, owner := range prefixes {
				if strings.HasPrefix(s, other) || strings.HasPrefix(other, s) {
					t.Errorf("%s claims %q, %s claims %q", a.Name, s, owner, other)
				}
			}
		}
		for _, s := range a.Serves {
			prefixes[s] = a.Name
		}
	}
}

func checkBase(t *testing.T, a *Adapter) {
	t.Helper()
	if a.Base == "" {
		return
	}
	u, err := url.Parse(a.Base)
	if err != nil || u.Host == "" || u.RawQuery != "" || strings.HasSuffix(a.Base, "/") {
		t.Errorf("%s: base %q: %v", a.Name, a.Base, err)
	}
	if local := u.Scheme == "http" && u.Hostname() == "127.0.0.1"; local != a.Local || !local && u.Scheme != "https" {
		t.Errorf("%s: base %q, local %v", a.Name, a.Base, a.Local)
	}
}
