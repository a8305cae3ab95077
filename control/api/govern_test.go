package api

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"asbru/core"
)

// governing is an admin API that says who got there.
type governing struct{}

func (governing) ServeHTTP(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "governed") }
func (governing) Quota(w http.ResponseWriter, r *http.Request)     { io.WriteString(w, "quota") }
func (governing) Refuse(w http.ResponseWriter, f *core.Fault) {
	if f.Retry > 0 {
		w.Header().Set("Retry-After", "1")
	}
	w.WriteHeader(f.HTTP())
	io.WriteString(w, f.Message)
}

func TestWhoGoverns(t *testing.T) {
	shared := false
	withToken := func(admin bool) http.Handler {
		o := options(admin)
		o.Governance, o.Shared = governing{}, func() bool { return shared }
		return New(o)
	}
	bare := options(true)
	bare.Governance, bare.TokenSum = governing{}, func() [32]byte { return [32]byte{} }
	admin, data, open := withToken(true), withToken(false), New(bare)
	f := func(h http.Handler, from, head string, want int) {
		t.Helper()
		h.(*handler).guesses.cells = nil
		w := ask(t, h, from, head)
		if w.Code != want || (want == 200) != (w.Body.String() == "governed" || w.Body.String() == "quota") {
			t.Errorf("%q from %s: %d %s, want %d", head, from, w.Code, w.Body, want)
		}
		if (w.Code == 401) != (w.Header().Get("WWW-Authenticate") != "") {
			t.Errorf("%q: %v", head, w.Header())
		}
	}
	const good, bad = "\nAuthorization: Bearer " + token, "\nAuthorization: Bearer wrong"
	for _, p := range []string{"/api/governance/virtual-keys", "/api/governance/teams/x", "/api/governance/virtual-keys/quota/x"} {
		f(admin, near, get(p, ""), 401)
		f(admin, near, get(p, bad), 401)
		f(admin, near, get(p, good), 200)
		f(admin, far, get(p, ""), 401)
		f(admin, far, get(p, good), 200)
		f(data, near, get(p, ""), 401)
		f(data, near, get(p, good), 200)
		f(data, far, get(p, good), 403)
		shared = true
		f(data, far, get(p, ""), 401)
		f(data, far, get(p, good), 200)
		shared = false
		f(open, near, get(p, ""), 200)
		f(open, far, get(p, ""), 401)
		f(open, far, get(p, "\nAuthorization: Bearer "), 401)
		f(admin, near, "DELETE "+p+" HTTP/1.1\nHost: localhost"+good, 200)
	}
	for _, p := range []string{"/v1/quota", "/api/governance/virtual-keys/quota", "/v1/quota?x=y"} {
		f(data, far, get(p, ""), 200)
		f(admin, far, get(p, ""), 200)
	}
	f(New(options(true)), near, get("/api/governance/teams", good), 404)
	f(admin, far, get("/api/governance/../governance/teams", good), 400)
	f(admin, far, get("/api//governance/teams", good), 400)
}

func TestGuesses(t *testing.T) {
	o := options(true)
	o.Governance = governing{}
	h := New(o)
	now := time.Unix(1_800_000_000, 0)
	h.(*handler).guesses.now = func() time.Time { return now }
	f := func(from, token string, want int) {
		t.Helper()
		for _, p := range []string{"/api/governance/teams", "/version"} {
			w := ask(t, h, from, get(p, "\nAuthorization: Bearer "+token))
			if w.Code != want {
				t.Fatalf("%s from %s: %d %s, want %d", p, from, w.Code, w.Body, want)
			}
			if want == 429 && (w.Header().Get("Retry-After") == "" || strings.Contains(w.Body.String(), token)) {
				t.Errorf("%v %s", w.Header(), w.Body)
			}
		}
	}
	for i := range maxGuesses / 2 {
		f("[2001:db8::1]:9", fmt.Sprint("guess", i), 401)
	}
	f("[2001:db8::2]:9", token, 429) // of the same network
	f("[2001:db8:0:1::1]:9", token, 200)
	f(far, token, 200)
	now = now.Add(guessTime)
	f("[2001:db8::1]:9", token, 200)
	for i := range 3 * guessCells { // the table is bounded
		ask(t, h, fmt.Sprintf("10.%d.%d.%d:1", i>>16, i>>8&255, i&255), get("/version", "\nAuthorization: Bearer x"))
	}
	if n := len(h.(*handler).guesses.cells); n > guessCells {
		t.Errorf("%d cells", n)
	}
}

// TestNamesInPaths holds which escapes the admin API takes in a path: those of names.
func TestNamesInPaths(t *testing.T) {
	o := options(true)
	o.Governance = governing{}
	h := New(o)
	f := func(path string, want int) {
		t.Helper()
		if w := ask(t, h, near, get(path, "\nAuthorization: Bearer "+token)); w.Code != want {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	for _, name := range []string{"a%20b", "Z%C3%BCrich", "R&D%20(x@y),%20%231+2", "it's", "%71uota", "100%25"} {
		f("/api/governance/virtual-keys/"+name, 200)
		f("/api/governance/virtual-keys/"+name+"/rotate", 200)
	}
	for _, name := range []string{"a%2Fb", "%2e", "%2E%2e", "a%5Cb", "a%00", "a%0Ab", "%ff", "a;b", "a//b", "%c0%ae"} {
		f("/api/governance/virtual-keys/"+name, 400)
	}
	f("/metrics%20", 400)
	f("/api/status/%20", 400)
}
