package hotpath

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
)

func TestFormBoundary(t *testing.T) {
	f := func(kind, want string, form bool) {
		t.Helper()
		if got, ok := formBoundary([]byte(kind)); string(got) != want || ok != form {
			t.Errorf("%q: got %q, %v; want %q, %v", kind, got, ok, want, form)
		}
	}
	f("multipart/form-data; boundary=abc", "abc", true)
	f("Multipart/Form-Data;boundary=abc", "abc", true)
	f(`multipart/form-data; boundary="a'b:c"`, "a'b:c", true)
	f("multipart/form-data; charset=utf-8; boundary=abc", "abc", true)
	f("multipart/form-data; Boundary=abc ", "abc", true)
	f("application/json", "", false)
	f("multipart/mixed; boundary=abc", "", false)
	f("multipart/form-datax; boundary=abc", "", false)
	f("multipart/form-data", "", true)
	f("multipart/form-data; xboundary=a; boundary=b", "b", true)
	f("multipart/form-data; boundary=a; boundary=b", "", true)
	f("multipart/form-data; boundary*=a", "", true)
	f(`multipart/form-data; boundary="a`, "", true)
	f("multipart/form-data; boundary=a b", "", true)
	f("multipart/form-data; boundary=", "", true)
	f("multipart/form-data; boundary="+strings.Repeat("a", 71), "", true)
}

// part is one part of a form with boundary B.
func part(disposition, content string) string {
	return "--B\r\nContent-Disposition: " + disposition + "\r\n\r\n" + content + "\r\n"
}

const namedModel = `form-data; name="model"`

func TestFormModel(t *testing.T) {
	file := part(`form-data; name="file"; filename="a.wav"`, "\x00\x01\r\n--b")
	f := func(body, want string, ok bool) {
		t.Helper()
		model, at, fine := formModel([]byte(body), []byte("B"))
		if string(model) != want || fine != ok || fine && string(at.Of([]byte(body))) != want {
			t.Errorf("%q: got %q at %v, %v; want %q, %v", body, model, at, fine, want, ok)
		}
	}
	f(file+part(namedModel, "m")+"--B--\r\n", "m", true)
	f(part(namedModel, "m")+file+"--B--", "m", true)
	f(file+"--B--\r\n", "", true)
	f(part(namedModel, "m\r\n--x")+"--B--\r\n", "m\r\n--x", true)
	f(part(`form-data; name="file"; filename="x"`, "B\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nm\r\n--")+part(namedModel, "n")+"--B--\r\n", "n", true)
	f(part(`form-data; name="model"`+"\r\nContent-Type: text/plain", "m")+"--B--\r\n", "m", true)
	f("", "", false)
	f("--B--", "", true)
	f(part(namedModel, "m"), "", false)
	f(part(namedModel, "m")+part(namedModel, "n")+"--B--\r\n", "", false)
	f(part(namedModel, "")+"--B--\r\n", "", false)
	f(part(namedModel, strings.Repeat("m", 257))+"--B--\r\n", "", false)
	f("preamble\r\n"+part(namedModel, "m")+"--B--\r\n", "", false)
	f(part(namedModel, "m")+"--B--\r\n"+part(namedModel, "n"), "", false)
	f(part(namedModel, "m")+"--Bx\r\n\r\n", "", false)
	f(part(`form-data; name=model`, "m")+"--B--\r\n", "", false)
	f(part(`form-data; name*=utf-8''model`, "m")+"--B--\r\n", "", false)
	f(part(`form-data; name="mod\el"`, "m")+"--B--\r\n", "", false)
	f(part(`form-data; name="Model"`, "m")+"--B--\r\n", "", false)
	f(part(`form-data; name="x"; name="model"`, "m")+"--B--\r\n", "", false)
	f(part(`form-data; name="x"`+"\r\nContent-Disposition: "+namedModel, "m")+"--B--\r\n", "", false)
	f(part(`form-data; name="x"`+"\r\n folded: "+namedModel, "m")+"--B--\r\n", "", false)
	f(part(`attachment; name="model"`, "m")+"--B--\r\n", "", false)
	f("--B\r\nContent-Type: a/b\r\n\r\nm\r\n--B--\r\n", "", false)
	f("--B\r0"+part(namedModel, "m")[5:]+"--B--\r\n", "", false)
	f(part(`form-data; name="x"`, "a\n"+part(namedModel, "m"))+"--B--\r\n", "", false) // a delimiter to those who take bare LF
	f(strings.ReplaceAll(part(namedModel, "m")+"--B--\r\n", "\r\n", "\n"), "", false)
}

// FuzzFormModel compares with another reader: where we read a form, both see the
// same model, or none.
func FuzzFormModel(f *testing.F) {
	f.Add([]byte(part(namedModel, "m") + "--B--\r\n"))
	f.Add([]byte(part(`form-data; name="file"; filename="x"`, "B") + part(namedModel, "n") + "--B--"))
	f.Fuzz(func(t *testing.T, body []byte) {
		model, _, ok := formModel(body, []byte("B"))
		if !ok {
			return
		}
		seen := ""
		for r := multipart.NewReader(bytes.NewReader(body), "B"); ; {
			p, err := r.NextRawPart()
			if err != nil {
				break
			}
			b, err := io.ReadAll(p)
			if err == nil && p.FormName() == "model" {
				seen += string(b)
			}
		}
		if seen != string(model) {
			t.Errorf("we read %q, another reads %q", model, seen)
		}
	})
}

// TestFormThroughServer checks that the model of a form is spliced and that a
// form with two readings reaches nobody.
func TestFormThroughServer(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		var calls atomic.Int64
		r := newRig(t, loops, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			calls.Add(1)
			io.WriteString(w, q.FormValue("model"))
		}))
		f := func(kind, body, want string, status int) {
			t.Helper()
			before := calls.Load()
			q, _ := http.NewRequest("POST", "http://"+r.addr+"/v1/audio/transcriptions", strings.NewReader(body))
			q.Header.Set("X-Api-Key", testKey)
			q.Header.Set("Content-Type", kind)
			res, err := http.DefaultClient.Do(q)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			b, err := io.ReadAll(res.Body)
			if err != nil || res.StatusCode != status || status == 200 && string(b) != want || (calls.Load() > before) != (status == 200) {
				t.Errorf("%q: got %d %q, %v; want %d %q", kind, res.StatusCode, b, err, status, want)
			}
		}
		file := part(`form-data; name="file"; filename="a.wav"`, strings.Repeat("\x00\r\n", 50_000))
		f("multipart/form-data; boundary=B", file+part(namedModel, "m")+"--B--\r\n", "real-p0", 200)
		f("multipart/form-data; boundary=B", part(namedModel, "m")+file+"--B--\r\n", "real-p0", 200)
		f("multipart/form-data; boundary=B", file+"--B--\r\n", "", 200)
		f("multipart/form-data; boundary=B", part(namedModel, "m")+part(namedModel, "n")+"--B--\r\n", "", 400)
		f("multipart/form-data; boundary=C; boundary=B", part(namedModel, "m")+"--B--\r\n", "", 400)
		f("multipart/form-data", part(namedModel, "m")+"--B--\r\n", "", 400)
		f("multipart/form-data; boundary=B", part(namedModel, "nobody")+"--B--\r\n", "", 404)
	})
}
