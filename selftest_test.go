package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestSelftestCommand(t *testing.T) {
	f := func(code int, says string, args ...string) {
		t.Helper()
		var out, errs bytes.Buffer
		got := program(func(string) (string, bool) { return "", false }).Run(append([]string{"selftest"}, args...), &out, &errs)
		if text := out.String() + errs.String(); got != code || !strings.Contains(text, says) {
			t.Errorf("selftest %q: %d %s, want %d with %q", args, got, text, code, says)
		}
	}
	f(0, "29 lossless", "--door", "cohere", "--upstream", "cohere")
	f(0, `{"door":"anthropic","upstream":"anthropic","scenario":"text","stream":true,"grade":"lossless"}`, "--json", "--door", "anthropic", "--upstream", "anthropic")
	f(2, "there is no format telex", "--door", "telex")
	f(2, "takes no arguments", "x")
	f(2, "--update needs the whole matrix", "--update", "--door", "cohere")
}
