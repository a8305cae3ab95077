package cel

import (
	"flag"
	"maps"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/cel-go/cel"

	"asbru/core/rule"
)

var (
	seed   = flag.Uint64("seed", 1, "of the conditions")
	rounds = flag.Int("rounds", 3000, "conditions of each kind")
)

// head is a core.Head; names are in lower case.
type head map[string]string

func (h head) Field(name string) ([]byte, bool) {
	v, ok := h[name]
	return []byte(v), ok
}

// Query is kept among the fields.
func (h head) Query() []byte { return []byte(h["?"]) }

// A request is one set of values, for both sides.
type request struct {
	env  rule.Env
	vars map[string]any
}

func newRequest(g grammar) request {
	h, p, q := head{}, map[string]string{}, url.Values{}
	for _, name := range headers {
		if g.IntN(2) == 0 {
			h[name] = g.of(words...)
		}
	}
	for _, name := range params {
		if g.IntN(2) == 0 {
			p[name] = g.of(words...)
			q.Set(name, p[name])
			q.Add(name, "another")
		}
	}
	told := maps.Clone(map[string]string(h))
	h["?"] = q.Encode()
	e := rule.Env{
		Model: g.of(words...), Provider: g.of(words...), RequestType: "chat", Key: g.of(words...), Team: g.of(words...), Customer: g.of(words...),
		Budget: float64(g.IntN(5)) / 2, Tokens: float64(g.IntN(5)), Requests: g.Float64() * 200,
		Stream: g.IntN(2) == 0, PromptBytes: int64(g.IntN(12)) - 3, Head: h,
	}
	return request{e, map[string]any{
		"model": e.Model, "provider": e.Provider, "request_type": e.RequestType,
		"virtual_key_id": e.Key, "virtual_key_name": e.Key, "team_id": e.Team, "team_name": e.Team, "customer_id": e.Customer, "customer_name": e.Customer,
		"budget_used": e.Budget, "tokens_used": e.Tokens, "request": e.Requests,
		"stream": e.Stream, "prompt_bytes": e.PromptBytes, "headers": told, "params": p,
	}}
}

func newLibrary(t *testing.T) *cel.Env {
	t.Helper()
	options := []cel.EnvOption{cel.CrossTypeNumericComparisons(true)}
	for _, name := range rule.Variables() {
		kind := cel.StringType
		switch name {
		case "budget_used", "tokens_used", "request":
			kind = cel.DoubleType
		case "stream":
			kind = cel.BoolType
		case "prompt_bytes":
			kind = cel.IntType
		case "headers", "params":
			kind = cel.MapType(cel.StringType, cel.StringType)
		}
		options = append(options, cel.Variable(name, kind))
	}
	env, err := cel.NewEnv(options...)
	if err != nil {
		t.Fatal(err)
	}
	return env
}

// looser reports whether the library refuses something that we allow on purpose: comparing numbers
// of both kinds, also in a list.
func looser(err error) bool {
	for _, op := range []string{"'_==_'", "'_!=_'", "'@in'"} {
		if strings.Contains(err.Error(), "no matching overload for "+op) && (strings.Contains(err.Error(), "double") || strings.Contains(err.Error(), "int")) {
			return true
		}
	}
	return false
}

// same compares both sides on src. It returns whether we accept it, and how often it matched.
func same(t *testing.T, library *cel.Env, src string, requests []request) (accepted bool, matched int) {
	t.Helper()
	r, err := rule.Compile(src)
	if err != nil {
		return false, 0
	}
	ast, issues := library.Compile(src)
	if err := issues.Err(); err != nil {
		if !looser(err) {
			t.Errorf("%s\nis accepted, and the library says: %v", src, err)
		}
		return true, 0
	}
	prg, err := library.Program(ast)
	if err != nil {
		t.Errorf("%s\nis accepted, and the library says: %v", src, err)
		return true, 0
	}
	for i := range requests {
		want := false
		out, _, err := prg.Eval(requests[i].vars)
		if err == nil {
			want, _ = out.Value().(bool)
		}
		got := r.Match(&requests[i].env)
		if got != want {
			t.Errorf("%s\ngot %v, the library %v (%v)\n%+v", src, got, want, err, requests[i].vars)
		}
		if got {
			matched++
		}
	}
	return true, matched
}

func TestAgainstLibrary(t *testing.T) {
	g, library := grammar{rand.New(rand.NewPCG(*seed, 1))}, newLibrary(t)
	requests := make([]request, 12)
	accepted, matched, odd := 0, 0, 0
	for i := range *rounds {
		if i%50 == 0 {
			for j := range requests {
				requests[j] = newRequest(g)
			}
		}
		src := g.logic(1 + g.IntN(5))
		if len(src) > rule.MaxBytes {
			continue
		}
		ok, n := same(t, library, src, requests)
		if !ok {
			_, err := rule.Compile(src)
			t.Errorf("%s\nis refused: %v", src, err)
		}
		matched += n
		if maimed := g.maim(src); utf8.ValidString(maimed) && !blank(maimed) {
			if ok, _ := same(t, library, maimed, requests); ok {
				odd++
			}
		}
		accepted++
		if t.Failed() {
			t.Fatalf("seed %d, round %d", *seed, i)
		}
	}
	t.Logf("seed %d: %d conditions on %d requests each, %d of the answers yes; %d maimed ones still conditions", *seed, accepted, len(requests), matched, odd)
	if share := float64(matched) / float64(accepted*len(requests)); share < 0.1 || share > 0.9 {
		t.Errorf("%.0f%% of the answers are yes: the comparison says little", 100*share)
	}
	if odd == 0 {
		t.Error("no maimed condition was one")
	}
}

// blank reports whether src may be only blanks and a comment, which always match.
func blank(src string) bool {
	src = strings.TrimSpace(src)
	return src == "" || strings.HasPrefix(src, "//")
}
