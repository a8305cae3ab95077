//go:build !race

package rule

import "testing"

func TestMatchingDoesNotAllocate(t *testing.T) {
	e := sample()
	e.Head = oneField{}
	for _, src := range []string{
		`model.startsWith("gpt-4") && headers["x-tier"] == "premium"`,
		`model in ["a","b","c","d","e","f","g","h","gpt-4o"] && params["region"] == "eu"`,
		`model.matches("^gpt-[0-9]+o") ? budget_used > 80 : prompt_bytes > 5`,
	} {
		r, err := Compile(src)
		if err != nil {
			t.Fatal(err)
		}
		if n := testing.AllocsPerRun(200, func() {
			if !r.Match(e) {
				t.Fatal(src)
			}
		}); n != 0 {
			t.Errorf("%s allocates %v times", src, n)
		}
	}
}
