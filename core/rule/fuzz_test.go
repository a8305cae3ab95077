package rule

import "testing"

// Any text is either refused at an offset within it, or it compiles and runs.
func FuzzCompile(f *testing.F) {
	for _, s := range []string{
		`model.startsWith("gpt-4") && headers["x-tier"] == "premium"`, `!(stream ? a : "b") in [1, -2.5e3,]`,
		`"""a\u00e4\x41\101""" != r'\d' // end`, `size(params["a"]) >= 0x1f || true`, `((((`, `model.matches("(a|b)*$")`, "\"\\", "0x", "'''", `request_type in ["chat"]`,
	} {
		f.Add(s)
	}
	e := sample()
	f.Fuzz(func(t *testing.T, src string) {
		r, err := Compile(src)
		if err == nil {
			r.Match(e)
			r.Match(&Env{})
			return
		}
		bad := err.(*Error)
		if bad.Offset < 0 || bad.Offset > len(src) || bad.Message == "" {
			t.Errorf("%q: %d of %d, %q", src, bad.Offset, len(src), bad.Message)
		}
	})
}
