package adapters

import (
	"net/url"
	"slices"
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

// examples returns a value for every option of a: its default, or its example.
func examples(a *Adapter) map[string]string {
	set := map[string]string{}
	for _, o := range a.Options {
		if o.Default == "" {
			set[o.Name] = o.Example
		}
	}
	return a.Filled(set)
}

// Checks names, prefixes and addresses. A prefix that two adapters claim would lead to neither, and
// one that is a prefix of another adapter's would misroute that one's models.
func TestTable(t *testing.T) {
	if len(All) < 60 {
		t.Fatalf("%d adapters", len(All))
	}
	names, prefixes, envs := map[string]bool{}, map[string]string{}, map[string]string{}
	for _, a := range All {
		if names[a.Name] || a.Name != strings.ToLower(a.Name) || strings.ContainsAny(a.Name, "/ _") {
			t.Errorf("name %q", a.Name)
		}
		names[a.Name] = true
		checkBase(t, a)
		checkOptions(t, a)
		for i := range a.Faces {
			checkFace(t, a, a.Faces[i])
		}
		// one key may serve several adapters of one vendor, and no others
		vendor, _, _ := strings.Cut(a.Name, "-")
		if other := envs[a.Env]; a.Env != "" && other != "" && other != vendor {
			t.Errorf("%s: environment variable %q is that of %s", a.Name, a.Env, other)
		}
		envs[a.Env] = vendor
		if keyless := a.Local || a.Base == "" || a.Auth.Kind == AuthGoogle; (a.Env == "") != keyless {
			t.Errorf("%s: environment variable %q", a.Name, a.Env)
		}
		for _, s := range a.Serves {
			for other, owner := range prefixes {
				if a.Env == "AWS_BEARER_TOKEN_BEDROCK" && strings.HasPrefix(owner, "bedrock") && s != other {
					continue // one vendor at several hosts: the longer prefix decides
				}
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
	base := Fill(a.Base, examples(a))
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.RawQuery != "" || strings.HasSuffix(base, "/") || strings.Contains(base, "{") {
		t.Errorf("%s: base %q: %v", a.Name, base, err)
		return
	}
	if local := u.Scheme == "http" && u.Hostname() == "127.0.0.1"; local != a.Local || !local && u.Scheme != "https" {
		t.Errorf("%s: base %q, local %v", a.Name, a.Base, a.Local)
	}
}

// An option without a default must be needed for the base URL, so that it is noticed when it is
// missing.
func checkOptions(t *testing.T, a *Adapter) {
	t.Helper()
	places := a.Base
	for _, f := range a.Faces {
		places += strings.Join(f.Paths[:], " ") + strings.Join(f.Streams[:], " ") + string(f.Insert)
	}
	for _, o := range a.Options {
		used := strings.Contains(places, "{"+o.Name+"}") || a.Host != nil && strings.Contains(a.Base, "{host}")
		if !used || o.Example == "" || o.Name == "host" || o.Name == "model" {
			t.Errorf("%s: option %+v", a.Name, o)
		}
		if o.Default == "" && !strings.Contains(a.Base+string(a.Faces[0].Insert), "{"+o.Name+"}") {
			t.Errorf("%s: option %s has no default and is in no base", a.Name, o.Name)
		}
	}
	if (a.Host != nil) != strings.Contains(a.Base, "{host}") {
		t.Errorf("%s: base %q, host %v", a.Name, a.Base, a.Host != nil)
	}
}

func checkFace(t *testing.T, a *Adapter, f *core.Face) {
	t.Helper()
	if f.Dialect == nil || f.Paths == [core.NumOps]string{} || f.Paths[core.OpModels] != "" {
		t.Errorf("%s: face %+v", a.Name, f)
		return
	}
	options := examples(a)
	for op := range core.NumOps {
		p, s := f.Paths[op], f.Streams[op]
		if p == "" && s != "" || p != "" && p[0] != '/' || s != "" && s[0] != '/' || len(p) > 1 && strings.HasSuffix(p, "/") || p == "/" && op != core.OpPass {
			t.Errorf("%s: %s at %q, streams at %q", a.Name, op, p, s)
		}
		for _, text := range []string{p, s} {
			text = Fill(text, options)
			if strings.Contains(strings.Replace(text, "{model}", "", 1), "{") {
				t.Errorf("%s: %s at %q holds more than {model}", a.Name, op, text)
			}
		}
	}
	insert := Fill(string(f.Insert), options)
	if insert != "" && (!strings.HasSuffix(insert, ",") || strings.ContainsAny(insert, "{}")) {
		t.Errorf("%s: inserts %q", a.Name, insert)
	}
	if name, _, ok := strings.Cut(strings.TrimPrefix(insert, `"`), `"`); ok && !slices.Contains(f.Cut, name) {
		t.Errorf("%s: inserts %q beside a client's own; cut that", a.Name, name)
	}
	if (f.Quirks&core.QuirkMaxTokens != 0) != slices.Contains(f.Rename, [2]string{"max_completion_tokens", "max_tokens"}) {
		t.Errorf("%s: QuirkMaxTokens and the renaming of max_completion_tokens belong together", a.Name)
	}
	if f.Dialect.Name == "anthropic" && len(f.Headers) == 0 && !strings.Contains(insert, "anthropic_version") {
		t.Errorf("%s: says no version of Anthropic's format", a.Name)
	}
	if h := string(f.Headers); h != "" && !strings.HasSuffix(h, "\r\n") {
		t.Errorf("%s: header lines %q", a.Name, h)
	}
}

// Operations that are listed as unproven must exist.
func TestUnproven(t *testing.T) {
	for _, a := range All {
		for _, op := range a.Unproven {
			if !slices.ContainsFunc(a.Faces, func(f *core.Face) bool { return f.Paths[op] != "" }) {
				t.Errorf("%s has no %s", a.Name, op)
			}
		}
	}
}
