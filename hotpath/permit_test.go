package hotpath

import (
	"crypto/sha256"
	"net/http"
	"strings"
	"testing"

	"asbru/adapters/dialect/gemini"
	"asbru/core"
)

// TestPermit holds that the rest of a file can be sent without a key to the address that the
// gateway gave out, and that the address opens nothing else.
func TestPermit(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		m := meet(t, loops, faceOf(gemini.API), func(w http.ResponseWriter, q *http.Request) {
			w.Header().Set("X-Goog-Upload-URL", "https://upload.example/upload/v1beta/files?upload_id=one&upload_protocol=resumable")
		})
		pepper := core.NewPepper([]byte("a pepper of this test"))
		m.change(func(s *core.Snapshot) {
			old := s.Keys[sha256.Sum256([]byte(testKey))]
			k := *old
			k.Place = pepper.Sum([]byte(testKey))
			s.Pepper, s.Keys = pepper, map[[32]byte]*core.VirtualKey{k.Place: &k}
		})
		a, _ := m.say("/gemini/files", "{}", "X-Goog-Upload-Command", "start")
		url := a.Header.Get("X-Goog-Upload-Url")
		if !strings.HasPrefix(url, "http://"+m.addr+"/gemini/files?upload_id=one&upload_protocol=resumable&asbru-permit=") {
			t.Fatalf("got %q", url)
		}
		f := func(url, command string, want int) {
			t.Helper()
			q, _ := http.NewRequest("POST", url, strings.NewReader("%PDF { no JSON"))
			q.Header.Set("X-Goog-Upload-Command", command)
			res, err := http.DefaultClient.Do(q)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			if res.StatusCode != want {
				t.Errorf("%s to %s: %s; want %d", command, url, res.Status, want)
			}
		}
		f(url, "upload, finalize", 200)
		if got := m.last(); got.line != "POST /up/v1beta/files?upload_id=one&upload_protocol=resumable" || got.body != "%PDF { no JSON" {
			t.Errorf("the provider got %s %q", got.line, got.body)
		}
		f(url, "start", 401)
		f(strings.Replace(url, "upload_id=one", "upload_id=two", 1), "upload", 401)
		f(strings.Replace(url, "upload_id=one&", "", 1), "upload", 401)
		f(strings.Replace(url, "permit=", "permit=00", 1), "upload", 401)
		f(url[:len(url)-2]+"zz", "upload", 401)
		f(strings.Replace(url, "/gemini/files", "/gemini/m:generate", 1), "upload", 401)
		m.rekey(func(k *core.VirtualKey) { k.Disabled = true })
		f(url, "upload", 403)
	})
}
