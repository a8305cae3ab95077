package hotpath

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"asbru/adapters/dialect/anthropic"
)

// TestLeads holds that an address of the provider's own leads back through the door that was
// asked, in the members that hold one and nowhere else.
func TestLeads(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		var answer, kind string
		m := meet(t, loops, faceOf(anthropic.API), func(w http.ResponseWriter, q *http.Request) {
			w.Header().Set("Content-Type", kind)
			io.WriteString(w, answer)
		})
		f := func(path, said, want string, fields ...string) {
			t.Helper()
			answer = said
			if a, got := m.say(path, "{}", fields...); got != strings.ReplaceAll(want, "HERE", m.addr) || a.StatusCode != 200 || a.Header.Get("Content-Type") != kind {
				t.Errorf("%s %s: got %d %s", path, said, a.StatusCode, got)
			}
		}
		const batches = "/anthropic/messages/batches"
		kind = "application/json"
		f(batches, `{"id":"b","results_url":"https://api.anthropic.com/up/messages/batches/b/results","x":"\"results_url\": \"https://a/up/b\""}`,
			`{"id":"b","results_url":"http://HERE/anthropic/messages/batches/b/results","x":"\"results_url\": \"https://a/up/b\""}`)
		f(batches+"/b/cancel", `{"results_url":"https://api.anthropic.com/up/messages/batches/b/results"}`, `{"results_url":"https://HERE/anthropic/messages/batches/b/results"}`, "X-Forwarded-Proto", "https")
		f(batches, `{"data":[{"results_url" : "https://a/up/1"},{"results_url":null},{"results_url":"https://a/up/2"}]}`,
			`{"data":[{"results_url" : "http://HERE/anthropic/1"},{"results_url":null},{"results_url":"http://HERE/anthropic/2"}]}`)
		for _, same := range []string{`{"results_url":"https://elsewhere/b"}`, `{"results_url":"none"}`, `{"results_url":7}`, `{"results_url`, `{"results_url":"https://a/up/b`, `{"other":"https://a/up/b"}`, `["results_url","https://a/up/b"]`, ``} {
			f(batches, same, same)
		}
		const url = `{"results_url":"https://a/up/b"}`
		f("/anthropic/files", url, url)
		kind = "application/x-jsonl"
		f(batches+"/b/results", url, url)
	})
}
