package scan

import "testing"

func TestEnding(t *testing.T) {
	f := func(raw, want string) {
		t.Helper()
		if got := string(Ending([]byte(raw), "usage")); got != want {
			t.Errorf("%s: %q, want %q", raw, got, want)
		}
	}
	f(`AAAA"}],"usage":{"n":1}}`, `{"usage":{"n":1}}`)
	f(`AAAA"}], "usage" : {"n":1},"id":"x"} `+"\n", `{"usage" : {"n":1},"id":"x"} `+"\n")
	f(`AAAA"}],"usage":{"n":{"usage":2},"x":[{"usage":3}]}}`, `{"usage":{"n":{"usage":2},"x":[{"usage":3}]}}`) // of the outermost object
	f(`AAAA","usage":{"n":1},"text":"the \"usage\":{}"}`, `{"usage":{"n":1},"text":"the \"usage\":{}"}`)
	f(`AAAA","usage":{"n":1}`, "")   // cut
	f(`AAAA","usage":{"n":1}}]`, "") // within something else
	f(`AAAA","usages":{"n":1}}`, "")
	f(`"usage":{"n":1}}`, "") // nothing stands before it
	f(``, "")
	f(`x"usage`, "")
}
