package hotpath

import (
	"bufio"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"asbru/core"
)

// TestPages holds what browsers are told about pages of other origins: whether they may ask, and whether they may read
// the answer, also that of a refusal and of a stream that a hedge answers.
func TestPages(t *testing.T) {
	const (
		named = "https://app.example"
		lines = "Access-Control-Allow-Origin: https://app.example\r\nAccess-Control-Allow-Credentials: true\r\n"
		path  = "/v1/chat/completions"
		auth  = "Authorization: Bearer " + testKey + "\r\n"
		told  = `{"choices":[]}`
		hi    = `{"model":"m","messages":[]}`
		pre   = "Access-Control-Request-Method: POST\r\n"
	)
	ask := func(line, fields, body string) string {
		if body != "" {
			fields += "Content-Type: application/json\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n"
		}
		return line + " HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n" + fields + "\r\n" + body
	}
	from := func(origin string) string { return "Origin: " + origin + "\r\n" }
	lanes(t, func(t *testing.T, loops int) {
		r := newRig(t, loops, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Access-Control-Allow-Origin", "https://provider.example")
			io.WriteString(w, told)
		}))
		f := func(name, sent string, has ...string) {
			t.Helper()
			got := r.raw(sent)
			for _, part := range has {
				part, lacks := strings.CutPrefix(part, "!")
				if strings.Contains(got, part) == lacks {
					t.Errorf("%s: %q (lacks: %v) in %s", name, part, lacks, got)
				}
			}
		}
		f("off, asked first", ask("OPTIONS "+path, from(named)+pre, ""), "HTTP/1.1 405 ", "Allow: GET, POST", "allowed_origins", "!Access-Control", "!Vary")
		f("off", ask("POST "+path, auth+from(named), hi), "HTTP/1.1 200 ", "!Access-Control", "!Vary")

		r.change(func(s *core.Snapshot) { s.Origins = []core.Origin{{Name: named, Lines: []byte(lines)}} })
		f("asked first", ask("OPTIONS "+path, from(named)+pre+"Access-Control-Request-Headers: authorization,content-type\r\n", ""), "HTTP/1.1 204 No Content\r\n", lines,
			"Vary: Origin\r\n", "Access-Control-Allow-Methods: GET, POST, ", "Access-Control-Allow-Headers: authorization,content-type\r\n", "Access-Control-Max-Age: ", "X-Request-Id: ",
			"!Content-Length", "!Content-Type")
		f("no such path at the provider", ask("OPTIONS /v1/anything", from(named)+pre, ""), "HTTP/1.1 204 ", lines, "!Allow-Headers")
		f("very many headers", ask("OPTIONS "+path, from(named)+pre+"Access-Control-Request-Headers: "+strings.Repeat("x", maxPreflight+1)+"\r\n", ""), "HTTP/1.1 204 ", "!Allow-Headers")
		f("another page", ask("OPTIONS "+path, from("https://evil.example")+pre, ""), "HTTP/1.1 403 ", "https://evil.example", "allowed_origins", "Vary: Origin\r\n", "!Access-Control")
		f("a page that begins alike", ask("OPTIONS "+path, from(named+".evil")+pre, ""), "HTTP/1.1 403 ", "!Access-Control")
		f("no page", ask("OPTIONS "+path, auth, ""), "HTTP/1.1 405 ", "!Access-Control")
		f("asked for nothing", ask("OPTIONS "+path, from(named), ""), "HTTP/1.1 405 ")
		f("with a body", ask("OPTIONS "+path, from(named)+pre, hi), "HTTP/1.1 405 ")
		f("a path of two meanings", ask("OPTIONS /v1//chat", from(named)+pre, ""), "HTTP/1.1 400 ")

		f("its answer", ask("POST "+path, auth+from(named), hi), "HTTP/1.1 200 ", lines, "Vary: Origin\r\n", "!provider.example", told)
		f("its answer of an operation of ours", ask("GET /v1/models", auth+from(named), ""), "HTTP/1.1 200 ", lines)
		f("no key", ask("POST "+path, from(named), hi), "HTTP/1.1 401 ", lines)
		f("a body in pieces, and no key", ask("POST "+path, from(named)+"Transfer-Encoding: chunked\r\n", "")+"5\r\nhello\r\n0\r\n\r\n", "HTTP/1.1 401 ", lines)
		f("no such model", ask("POST "+path, auth+from(named), `{"model":"x"}`), "HTTP/1.1 404 ", lines)
		f("an answer for another page", ask("POST "+path, auth+from("https://evil.example"), hi), "HTTP/1.1 200 ", "Vary: Origin\r\n", "!Access-Control")
		f("an answer for no page", ask("POST "+path, auth, hi), "HTTP/1.1 200 ", "Vary: Origin\r\n", "!Access-Control")

		const any = "Access-Control-Allow-Origin: *\r\n"
		r.change(func(s *core.Snapshot) {
			s.Origins = []core.Origin{{Name: "*", Lines: []byte(any)}, {Name: named, Lines: []byte(lines)}}
		})
		f("any page", ask("OPTIONS "+path, from("https://evil.example")+pre, ""), "HTTP/1.1 204 ", any, "!Credentials")
		f("a file", ask("POST "+path, auth+from("null"), hi), "HTTP/1.1 200 ", any, "!Credentials")
		f("the one that is named", ask("POST "+path, auth+from("HTTPS://APP.example"), hi), "HTTP/1.1 200 ", lines, "!"+any)

		c := r.dial() // the request itself comes on the same connection
		b := bufio.NewReader(c)
		for _, sent := range []string{ask("OPTIONS "+path, from(named)+pre, ""), ask("POST "+path, auth+from(named), hi), ask("OPTIONS "+path, from(named)+pre, "")} {
			io.WriteString(c, strings.Replace(sent, "Connection: close\r\n", "", 1))
			a, err := http.ReadResponse(b, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := body(t, a); a.Header.Get("Access-Control-Allow-Origin") != named || a.Close {
				t.Errorf("%.20s: %d %v %s", sent, a.StatusCode, a.Header, got)
			}
		}
	})
}

// TestPagesAndHedges: whichever attempt answers, a page may read it.
func TestPagesAndHedges(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		var busy atomic.Int64
		r := newRig(t, loops, slow(time.Minute, &busy, say(otherAnswer)), say(otherAnswer))
		r.hedged(20 * time.Millisecond)
		r.change(func(s *core.Snapshot) {
			s.Origins = []core.Origin{{Name: "https://app.example", Lines: []byte("X-Granted: 1\r\n")}}
		})
		got := r.raw("POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nConnection: close\r\nOrigin: https://app.example\r\nAuthorization: Bearer " + testKey +
			"\r\nContent-Type: application/json\r\nContent-Length: " + strconv.Itoa(len(askForStream)) + "\r\n\r\n" + askForStream)
		if !strings.Contains(got, "X-Granted: 1\r\n") || !strings.Contains(got, "two") {
			t.Errorf("got %s", got)
		}
	})
}
