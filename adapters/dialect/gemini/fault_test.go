package gemini

import (
	"strings"
	"testing"

	"asbru/core"
)

// Google's time to wait is in the body and nowhere else.
func TestRetryDelay(t *testing.T) {
	f := func(delay string, want int) {
		t.Helper()
		var got core.Fault
		readFault([]byte(`{"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"`+delay+`"}]}}`), &got)
		if got.Retry != want {
			t.Errorf("%s: %d, want %d", delay, got.Retry, want)
		}
	}
	f("48s", 48)
	f("48.9399s", 49)
	f("2.000s", 2)
	f("0s", 0)
	f("", 0)
	f("soon", 0)
	f("-5s", 0)
	f("99999999999999999999s", 0)
	out := string(appendFault(nil, &core.Fault{Code: core.RateLimited, Message: "m", Retry: 7}, []byte("id")))
	if !strings.Contains(out, `"retryDelay":"7s"`) {
		t.Errorf("written as %s", out)
	}
}
