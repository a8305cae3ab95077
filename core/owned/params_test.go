package owned

import "testing"

func TestParams(t *testing.T) {
	f := func(raw string, change func(*params), want string) {
		t.Helper()
		p, ok := parseParams(raw)
		if !ok {
			t.Fatalf("%q cannot be read", raw)
		}
		if change(&p); p.String() != want {
			t.Errorf("%q becomes %q, want %q", raw, p.String(), want)
		}
	}
	as := func(*params) {}
	f("", as, "")
	f("purpose=batch&limit=3", as, "purpose=batch&limit=3")
	f("b=%7e&a=x+y&&c", as, "b=%7e&a=x+y&c")
	f("k%65y=s&limit=3&key=t", func(p *params) { p.del("key") }, "limit=3")
	f("after=1&limit=3", func(p *params) { p.set("after", "file 2") }, "limit=3&after=file+2")
	f("", func(p *params) { p.set("page", "2") }, "page=2")

	p, _ := parseParams("a=x%20y&a=2&b")
	if p.get("a") != "x y" || p.get("b") != "" || p.get("c") != "" {
		t.Errorf("a is %q, b is %q, c is %q", p.get("a"), p.get("b"), p.get("c"))
	}
	for _, bad := range []string{"a=%zz", "a=1;b=2"} {
		if _, ok := parseParams(bad); ok {
			t.Errorf("%q was accepted", bad)
		}
	}
}

// A page from which nothing is left out says nothing about others, so it is passed on unchanged, unless it
// states the number of items on all pages.
func TestPlain(t *testing.T) {
	f := func(body string, want bool) {
		t.Helper()
		p, ok := ReadPage(Act{Kind: "file"}, []byte(body), func(string) string { return "" })
		if !ok || p.Plain() != want {
			t.Errorf("%s: plain is %v, a page: %v", body, p.Plain(), ok)
		}
	}
	f(`{ "data": [ {"id":"a"} ], "has_more": true, "last_id": "a" }`, true)
	f(`[ {"id":"a"} ]`, true)
	f(`{"data":[{"id":"a"}],"total":9}`, false)
	p, _ := ReadPage(Act{Kind: "file"}, []byte(`{"data":[{"id":"a"}],"has_more":true}`), func(string) string { return "" })
	if p.End(); p.Plain() {
		t.Error("a page that is made the last one goes out as it came")
	}
}
