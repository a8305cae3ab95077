package hotpath

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"asbru/adapters/dialect/openai"
)

// What the body of a refusal says of the key or of how long to wait is heard, however it comes,
// and is not waited for without end.
func TestTestimony(t *testing.T) {
	const (
		whole = iota
		pieces
		sized // in pieces, behind a Content-Length
		hangs // in the middle
		breaks
	)
	const (
		badKey = `{"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID"}]}}`
		quota  = `{"error":{"code":429,"message":"quota","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"48s"}]}}`
		wrong  = `{"error":{"code":400,"message":"no such thing","status":"INVALID_ARGUMENT"}}`
	)
	refuses := func(status, how int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, q *http.Request) {
			io.Copy(io.Discard, q.Body)
			w.Header().Set("Content-Type", "application/json; charset=UTF-8")
			if how == sized {
				w.Header().Set("Content-Length", fmt.Sprint(len(body)))
			}
			w.WriteHeader(status)
			if how == whole {
				io.WriteString(w, body)
				return
			}
			for i, p := range []string{"", body[:len(body)/3], body[len(body)/3 : len(body)-2], body[len(body)-2:]} {
				io.WriteString(w, p)
				w.(http.Flusher).Flush()
				switch time.Sleep(10 * time.Millisecond); {
				case i == 1 && how == hangs:
					<-q.Context().Done()
					return
				case i == 1 && how == breaks:
					panic(http.ErrAbortHandler)
				}
			}
		}
	}
	good := http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, told)
	})
	lanes(t, func(t *testing.T, loops int) {
		// once is what went wrong with one request.
		once := func(status, how int, body string, client, taken int, wait time.Duration, others []http.Handler) (wrong string) {
			r := crossRig(t, loops, append([]http.Handler{refuses(status, how, body)}, others...)...)
			notes := r.told()
			res, got := r.tell(ask)
			if res.StatusCode != client {
				wrong += fmt.Sprintf("the client got %d %s; ", res.StatusCode, got)
			}
			if wait > 0 && client == 429 && res.Header.Get("Retry-After") != fmt.Sprint(wait.Seconds()) {
				wrong += fmt.Sprintf("the client got %v; ", res.Header)
			}
			if client == 400 && !strings.Contains(got, "no such thing") {
				wrong += "the client got " + got + "; "
			}
			eventually(t, "the route is told", func() bool { return len(notes()) > 0 }) // of what the client may have, later than it
			if a := notes(); a[0].Status != taken || a[0].RetryAfter != wait || a[0].Spent != strings.Contains(body, "insufficient_quota") {
				wrong += fmt.Sprintf("the route was told %+v", a)
			}
			return wrong
		}
		// What comes in pieces is waited for as long as testimonyWait: a machine that stands still for
		// longer may hear nothing of it, but not each time.
		f := func(status, how int, body string, client, taken int, wait time.Duration, others ...http.Handler) {
			t.Helper()
			wrong := ""
			for range 5 {
				if wrong = once(status, how, body, client, taken, wait, others); wrong == "" {
					return
				}
			}
			t.Errorf("%d, way %d: %s", status, how, wrong)
		}
		for _, how := range []int{whole, pieces, sized} {
			f(400, how, badKey, 200, 401, 0, good)
			f(400, how, badKey, 502, 401, 0)
			f(400, how, wrong, 400, 400, 0, good)
			f(429, how, quota, 200, 429, 48*time.Second, good)
			f(503, how, quota, 200, 503, 48*time.Second, good)
			f(429, how, quota, 429, 429, 48*time.Second)
		}
		spent := strings.Replace(quota, "RESOURCE_EXHAUSTED", "insufficient_quota", 1)
		f(429, whole, spent, 200, 429, 0, good)
		for _, how := range []int{hangs, breaks} {
			f(429, how, quota, 200, 429, 0, good)
			f(429, how, strings.Repeat(" ", 2*maxTestimony)+quota, 200, 429, 0, good)
		}
		f(400, breaks, badKey, 200, 0, 0, good) // it reached nobody
	})
}

// A provider that names the moment of its return, as OpenRouter does, is understood by its own
// clock, and each client is told how long that is, whatever format it speaks.
func TestTestimonyOfAMoment(t *testing.T) {
	date := time.Date(2025, 11, 5, 15, 28, 0, 0, time.UTC)
	const body = `{"error":{"message":"Rate limit exceeded","code":%d,"metadata":{"headers":{"X-RateLimit-Reset":"%d"}}},"user_id":"u"}`
	refuses := func(status int, at time.Time, tells bool, header ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, q *http.Request) {
			io.Copy(io.Discard, q.Body)
			w.Header().Set("Content-Type", "application/json")
			w.Header()["Date"] = nil
			if tells {
				w.Header().Set("Date", date.Format(http.TimeFormat))
			}
			for i := 0; i+1 < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(status)
			fmt.Fprintf(w, body, status, at.UnixMilli())
		}
	}
	lanes(t, func(t *testing.T, loops int) {
		f := func(h http.HandlerFunc, status int, least, most int) {
			t.Helper()
			m := meet(t, loops, faceOf(openai.API), h)
			for path, sent := range map[string]string{"/openai/": chat, "/anthropic/": sayClaude, "/bedrock/m/converse": sayAWS} {
				a, text := m.say(path, sent)
				n, _ := strconv.Atoi(a.Header.Get("Retry-After"))
				if a.StatusCode != status || n < least || n > most || len(a.Header.Values("Retry-After")) > 1 {
					t.Errorf("%s: %d %v %s", path, a.StatusCode, a.Header, text)
				}
			}
		}
		for _, status := range []int{429, 503} {
			f(refuses(status, date.Add(89500*time.Millisecond), true), status, 90, 90)
			f(refuses(status, time.Now().Add(time.Hour), false), status, 3000, 3600)
			f(refuses(status, date, false), status, 0, 0)                                         // it is over
			f(refuses(status, date.Add(1000*time.Hour), true), status, 86400, 86400)              // no more than a day
			f(refuses(status, date.Add(time.Hour), true, "Retry-After", "7"), status, 7, 7)       // the head has said it
			f(refuses(status, date.Add(time.Hour), true, "Retry-After-Ms", "2500"), status, 0, 0) // and so it has here
		}
	})
}
