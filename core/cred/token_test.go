package cred

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestOAuth(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		r.ParseForm()
		user, pass, basic := r.BasicAuth()
		fmt.Fprintf(w, `{"access_token":%q,"token_type":"bearer","expires_in":1800}`,
			fmt.Sprintf("%s|%s|%s|%s|%s|%s|%v", r.Method, r.Form.Get("grant_type"), r.Form.Get("client_id"), r.Form.Get("client_secret"), r.Form.Get("scope"), user+pass, basic))
	})
	g := must(t, OAuth{TokenURL: url, ClientID: "id", Secret: NewSecret("s:/"), Scope: "all-apis"}, Options{})
	if want := "Authorization: Bearer POST|client_credentials|id|s:/|all-apis||false\r\n"; string(g.lines) != want {
		t.Errorf("got %q, want %q", g.lines, want)
	}
	lives(t, g, 30*time.Minute)
	g = must(t, OAuth{TokenURL: url, ClientID: "id", Secret: NewSecret("s:/"), Basic: true}, Options{})
	if want := "Authorization: Bearer POST|client_credentials||||ids%3A%2F|true\r\n"; string(g.lines) != want {
		t.Errorf("got %q, want %q", g.lines, want)
	}
}

func TestIBM(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("grant_type") != "urn:ibm:params:oauth:grant-type:apikey" || r.FormValue("apikey") != "good" {
			w.WriteHeader(400)
			fmt.Fprintf(w, `{"errorCode":"BXNIM0415E","errorMessage":"Provided API key %s could not be found.","context":{"requestId":"x"}}`, r.FormValue("apikey"))
			return
		}
		io.WriteString(w, `{"access_token":"t","refresh_token":"not_supported","token_type":"Bearer","expires_in":3600,"expiration":1473188353}`)
	})
	g := must(t, IBM{Key: NewSecret("good"), TokenURL: url}, Options{})
	lives(t, g, time.Hour)
	fails(t, IBM{Key: NewSecret("bad-key"), TokenURL: url}, Options{}, "answered 400: BXNIM0415E: Provided API key *** could not be found.")
}

func TestTokens(t *testing.T) {
	f := func(body, want string) {
		t.Helper()
		s := OAuth{TokenURL: serve(t, answer(200, body)), ClientID: "id", Secret: NewSecret("s")}
		if want != "" {
			fails(t, s, Options{}, want)
			return
		}
		if g := must(t, s, Options{}); string(g.lines) != "Authorization: Bearer a\r\n" {
			t.Errorf("%s: got %q", body, g.lines)
		}
	}
	f(`{"access_token":"a"}`, "")
	f(`{"access_token":"a","token_type":"Bearer","expires_in":"3599","ext_expires_in":0}`, "")
	f(`{"access_token":"a","expires_in":null,"expires_on":99999999999}`, "")
	f(`{"access_token":"a","expires_in":1e300}`, "")
	f(`{"access_token":"a","expires_in":true}`, "")
	f(`{"access_token":"a","token_type":"mac"}`, "issued a token of another type than Bearer")
	f(`{"access_token":"a\r\nHost: x"}`, "issued a token that cannot stand in a header")
	f(`{"access_token":"a b"}`, "issued a token that cannot stand in a header")
	f(`{"access_token":""}`, "issued a token that cannot stand in a header")
	f(`{"access_token":"`+strings.Repeat("a", maxTokenBytes+1)+`"}`, "issued a token that cannot stand in a header")
	f(`{"access_token":7}`, "is not the JSON of a token")
	f(`<html>`, "is not the JSON of a token")
	f(strings.Repeat(" ", maxReplyBytes+1), "more than 262144 bytes")
}

func TestRefusals(t *testing.T) {
	f := func(status int, body, want string) {
		t.Helper()
		s := OAuth{TokenURL: serve(t, answer(status, body)), ClientID: "id", Secret: NewSecret("hush-hush")}
		_, err := get(t, s, Options{})
		if err == nil {
			t.Fatalf("%s: no error", body)
		}
		if _, got, _ := strings.Cut(err.Error(), "answered "); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	f(401, `{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided. Ensure\r\nTrace ID: x"}`,
		"401: invalid_client: AADSTS7000215: Invalid client secret provided. Ensure")
	f(400, `{"error":"invalid_client","error_description":"who is hush-hush?"}`, "400: invalid_client: who is ***?")
	f(403, `{"error":{"code":403,"message":"Permission denied","status":"PERMISSION_DENIED"}}`, "403: PERMISSION_DENIED: Permission denied")
	f(403, `<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not authorized</Message></Error></ErrorResponse>`, "403: AccessDenied: not authorized")
	f(500, `oh no hush-hush`, "500")
	f(500, `{"error":["x"]}`, "500")
	f(500, ``, "500")
	f(400, `{"error":"`+strings.Repeat("x", 300)+`"}`, "400: "+strings.Repeat("x", maxTold)+"...")
	f(400, `{"error":"\u001b[31m\u2028red"}`, "400: [31mred")
}

func TestStaysOnItsWay(t *testing.T) {
	asked := false
	other := serve(t, func(http.ResponseWriter, *http.Request) { asked = true })
	from := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other, http.StatusTemporaryRedirect) })
	fails(t, OAuth{TokenURL: from, ClientID: "id", Secret: NewSecret("s")}, Options{}, "answered 307")
	if asked {
		t.Error("a redirect was followed with the secret")
	}
	fails(t, OAuth{TokenURL: "http://example.com/token"}, Options{}, "over plain http")
	fails(t, OAuth{TokenURL: "ftp://127.0.0.1/token"}, Options{}, "over plain ftp")
	fails(t, OAuth{TokenURL: "https://u:p@example.com/"}, Options{}, "is not a URL with a host")
	fails(t, OAuth{TokenURL: "/token"}, Options{}, "is not a URL with a host")
	fails(t, OAuth{TokenURL: "http://127.0.0.1:1/?secret=hush"}, Options{}, "cannot ask 127.0.0.1:1: ")
}

func TestProxy(t *testing.T) {
	var through []string
	proxy := serve(t, func(w http.ResponseWriter, r *http.Request) {
		through = append(through, r.Method+" "+r.Host)
		w.WriteHeader(http.StatusBadGateway)
	})
	o := Options{Proxy: func(u *url.URL) string { return proxy }}
	fails(t, OAuth{TokenURL: "https://issuer.test/token"}, o, "cannot ask issuer.test")
	if len(through) != 1 || through[0] != "CONNECT issuer.test:443" {
		t.Errorf("the proxy saw %q", through)
	}
	own := serve(t, answer(200, `{"access_token":"a"}`))
	must(t, OAuth{TokenURL: own}, o)
	must(t, EntraIdentity{Endpoint: own}, o)
	if len(through) != 1 {
		t.Errorf("the proxy saw %q", through)
	}
}

// A machine whose clock is an hour behind still keeps a key whose expiry is given by the
// issuer's clock for its whole lifetime, and dates its signatures correctly.
func TestSkew(t *testing.T) {
	f := func(ahead, want time.Duration) {
		t.Helper()
		url := serve(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Date", time.Now().Add(ahead).UTC().Format(http.TimeFormat))
			fmt.Fprintf(w, `{"AccessKeyId":"A","SecretAccessKey":"s","Token":"t","Expiration":%q}`, time.Now().Add(ahead+time.Hour).UTC().Format(time.RFC3339))
		})
		src := Open(AWSDefault{}, Options{Lookup: env("AWS_CONTAINER_CREDENTIALS_FULL_URI", url)})
		defer src.Close()
		if err := src.Ready(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := src.Skew(); (got - want).Abs() > 10*time.Second {
			t.Errorf("skew of %v is taken for %v", ahead, got)
		}
		if left := time.Until(src.AWS().Expires); (left - time.Hour).Abs() > time.Minute {
			t.Errorf("with a skew of %v the key expires in %v", ahead, left)
		}
	}
	f(time.Hour, time.Hour)
	f(-time.Hour, -time.Hour)
	f(10*time.Second, 0)
	f(0, 0)
}

func TestRetryAfter(t *testing.T) {
	f := func(text string, least, most time.Duration) {
		t.Helper()
		if got := retryAfter(http.Header{"Retry-After": {text}}); got < least || got > most {
			t.Errorf("%q: got %v, want %v to %v", text, got, least, most)
		}
	}
	f("7", 7*time.Second, 7*time.Second)
	f("86400", refusedPause, refusedPause)
	f("-1", 0, 0)
	f("soon", 0, 0)
	f("", 0, 0)
	f(time.Now().Add(time.Minute).UTC().Format(http.TimeFormat), 50*time.Second, time.Minute)
	f("Mon, 02 Jan 2006 15:04:05 GMT", 0, 0)
}
