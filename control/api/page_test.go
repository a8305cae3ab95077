package api

import (
	"net/http"
	"strings"
	"testing"

	"asbru/core"
)

// TestPagesOfOtherOrigins holds what browsers are told: what is for everyone may be read by the pages of allowed origins,
// also when it is refused; what is for operators may not.
func TestPagesOfOtherOrigins(t *testing.T) {
	const named = "https://app.example"
	lines := []byte("Access-Control-Allow-Origin: " + named + "\r\nAccess-Control-Allow-Credentials: true\r\n")
	origins := []core.Origin{{Name: named, Lines: lines}}
	o := options(false)
	o.Governance, o.Origins = governing{}, func() []core.Origin { return origins }
	h := New(o)
	f := func(method, path, fields string, want int, allowed string) http.Header {
		t.Helper()
		w := ask(t, h, near, method+" "+path+" HTTP/1.1\nHost: localhost:8080"+fields)
		head := w.Header()
		if w.Code != want || head.Get("Access-Control-Allow-Origin") != allowed || (head.Get("Access-Control-Allow-Credentials") == "true") != (allowed != "") {
			t.Errorf("%s %s from %q: %d %v, want %d and %q", method, path, fields, w.Code, head, want, allowed)
		}
		return head
	}
	const from, evil, asks = "\nOrigin: https://APP.example", "\nOrigin: https://evil.example", "\nAccess-Control-Request-Method: GET"
	for path, want := range map[string]int{"/v1/quota": 200, "/v1/quota/": 200, "/litellm/v1/Quota": 200, "/api/governance/virtual-keys/quota": 200, "/health": 200, "/": 200, "/nope": 404} {
		if head := f("GET", path, from, want, named); head.Get("Vary") != "Origin" {
			t.Errorf("%s: %v", path, head)
		}
		f("GET", path, evil, want, "")
		if head := f("GET", path, "", want, ""); head.Get("Vary") != "Origin" {
			t.Errorf("%s: %v", path, head)
		}
		head := f("OPTIONS", path, from+asks+"\nAccess-Control-Request-Headers: authorization", 204, named)
		if head.Get("Access-Control-Allow-Headers") != "authorization" || !strings.HasPrefix(head.Get("Access-Control-Allow-Methods"), "GET, ") || head.Get("Access-Control-Max-Age") == "" {
			t.Errorf("%s: %v", path, head)
		}
		f("OPTIONS", path, evil+asks, 403, "")
	}
	f("OPTIONS", "/health", from, 405, named)
	f("GET", "/metrics", from+"\nSec-Fetch-Site: cross-site", 403, "")
	f("GET", "/metrics", from, 200, "")
	f("OPTIONS", "/metrics", from+asks, 405, "")
	f("GET", "/api/governance/teams", from+"\nAuthorization: Bearer "+token, 200, "")
	if head := f("OPTIONS", "/v1/quota", from+asks+"\nAccess-Control-Request-Headers: "+strings.Repeat("x", maxPreflight+1), 204, named); head.Get("Access-Control-Allow-Headers") != "" {
		t.Error("headers without a bound are allowed")
	}
	origins = nil
	if head := f("GET", "/v1/quota", from, 200, ""); head.Get("Vary") != "" {
		t.Errorf("without origins: %v", head)
	}
}
