package price

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"testing"

	"asbru/core"
	"asbru/core/scan"
)

// TestWeighty holds the list that says which bodies have to be counted against what is counted:
// a member that is in one and not in the other would be charged as text.
func TestWeighty(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "count.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	ast.Inspect(file, func(a ast.Node) bool {
		c, ok := a.(*ast.CaseClause)
		if !ok {
			return true
		}
		for _, e := range c.List {
			if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				name, _ := strconv.Unquote(lit.Value)
				n++
				if !slices.Contains(core.Weighty(), name) {
					t.Errorf("%q is counted and not among core.Weighty", name)
				}
			}
		}
		return true
	})
	if n != len(core.Weighty()) {
		t.Errorf("%d names are counted, and core.Weighty has %d", n, len(core.Weighty()))
	}
}

func TestCountOf(t *testing.T) {
	weighty := scan.OutlineOf(core.Weighty()...)
	f := func(body string, plain bool) {
		t.Helper()
		met, err := scan.Survey([]byte(body), nil, nil)
		if err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		x := &core.Exchange{Body: []byte(body)}
		if x.Peek.Plain = !met.Meets(weighty); x.Peek.Plain != plain {
			t.Errorf("%s is plain: %v, want %v", body, x.Peek.Plain, plain)
		}
		if got, want := countOf(x), count(x.Body); got != want {
			t.Errorf("%s counts %+v, want %+v", body, got, want)
		}
	}
	f(`{"model":"m","messages":[{"role":"system","content":"be \"brief\""},{"role":"user","content":"type: url"}],"temperature":0.7,"top_p":1,"max_completion_tokens":9,"stream":true,"stream_options":{"include_usage":true}}`, true)
	f(`{"model":"m","input":"x","instructions":"y","max_output_tokens":5}`, true)
	f(`{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgoAAAA"}}]}]}`, false)
	f(`{"model":"m","input":"x","tools":[{"type":"web_search"}]}`, false)
	f(`{"model":"m","input":"x","tools":[{"\u0074ype":"web_search"}]}`, false)
	for _, name := range core.Weighty() {
		f(fmt.Sprintf(`{"model":"m","a":[{"b":{%q:"web_search"}}]}`, name), false)
	}
}
