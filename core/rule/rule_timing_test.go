package rule

import "testing"

// oneField is a head that costs nothing to search, because the data plane's search is not measured here.
type oneField struct{}

var premium = []byte("premium")

var region = []byte("region=eu&a=b")

func (oneField) Query() []byte { return region }

func (oneField) Field(name string) ([]byte, bool) { return premium, name == "x-tier" }

func BenchmarkMatch(b *testing.B) {
	e := sample()
	e.Head = oneField{}
	f := func(name, src string) {
		r, err := Compile(src)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if !r.Match(e) {
					b.Fatal("no match")
				}
			}
		})
	}
	f("typical", `model.startsWith("gpt-4") && headers["x-tier"] == "premium"`)
	f("four", `model.startsWith("gpt-4") && headers["x-tier"] == "premium" && request_type == "chat" && budget_used > 80`)
	f("list", `model in ["a", "b", "gpt-4o"]`)
	f("long", `model in ["a","b","c","d","e","f","g","h","gpt-4o"]`)
	f("param", `params["region"] == "eu"`)
	f("matches", `model.matches("^gpt-4")`)
}
