package openai

import (
	"strings"
	"testing"

	"asbru/core"
)

// A bad key is distinguished from a bad request if the status is the same.
func TestReadBadKey(t *testing.T) {
	f := func(body string, want bool) {
		t.Helper()
		var got core.Fault
		if readFault([]byte(body), &got); got.BadKey != want {
			t.Errorf("%s: a bad key: %v, want %v", body, got.BadKey, want)
		}
	}
	f(`{"code":"Client specified an invalid argument","error":"Incorrect API key provided: xa***ey. You can obtain an API key from the console."}`, true)
	f(`[{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT"}}]`, true)
	f(`{"error":{"message":"Unknown parameter: 'API key not valid'","type":"invalid_request_error"}}`, false)
}

func TestReadFault(t *testing.T) {
	f := func(body, message, param, kind string) {
		t.Helper()
		var got core.Fault
		readFault([]byte(body), &got)
		if got.Message != message || got.Param != param || got.Kind != kind {
			t.Errorf("%s: got %q %q %q", body, got.Message, got.Param, got.Kind)
		}
	}
	f(`{"error":{"message":"no \"m\"","type":"invalid_request_error","param":"model","code":"model_not_found"}}`, `no "m"`, "model", "model_not_found")
	f(`{"error":{"message":"m","type":"t","param":null,"code":null}}`, "m", "", "t")
	f(`{"error":{"message":"m","code":429},"user_id":"u"}`, "m", "", "")
	f(`{"object":"error","message":"m","type":"invalid_model","code":"1500","raw_status_code":400}`, "m", "", "invalid_model")
	f(`{"code":"bad key","error":"wrong"}`, "wrong", "", "")
	f(`{"error":"text"}`, "text", "", "")
	f(`{"detail":"Invalid API Key"}`, "Invalid API Key", "", "")
	f(`{"detail":[{"loc":["body"],"msg":"field required","type":"missing"}]}`, "field required", "", "")
	f(`{"errors":[{"message":"m","code":7}],"success":false}`, "m", "", "")
	f(`[{"error":{"message":"m"}}]`, "m", "", "")
	f(`{"error":{"message":"Provider returned error","metadata":{"raw":"why"}}}`, "Provider returned error: why", "", "")
	f("Failed to deserialize\n", "Failed to deserialize", "", "")
	f(`<html>`, "", "", "")
	f(``, "", "", "")
	f(`[`, "", "", "")
	f("{\"message\":\""+strings.Repeat("é", 3000)+"\"}", strings.Repeat("é", 1024), "", "")
}
