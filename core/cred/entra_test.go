package cred

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestEntra(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		r.ParseForm()
		f := r.Form
		fmt.Fprintf(w, `{"token_type":"Bearer","expires_in":3599,"ext_expires_in":3599,"access_token":%q}`,
			strings.Join([]string{r.URL.Path, f.Get("client_id"), f.Get("scope"), f.Get("client_secret"), f.Get("client_assertion_type"), f.Get("client_assertion")}, "|"))
	})
	f := func(s Spec, o Options, want string) {
		t.Helper()
		g := must(t, s, o)
		if got := strings.TrimSpace(strings.TrimPrefix(string(g.lines), "Authorization: Bearer ")); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		lives(t, g, 3599*time.Second)
	}
	f(Entra{Tenant: "contoso.test", ClientID: "app", Secret: NewSecret("s3"), Authority: url + "/"}, Options{},
		"/contoso.test/oauth2/v2.0/token|app|https://cognitiveservices.azure.com/.default|s3||")
	token := file(t, "token", "ey.a.b\n")
	const federated = "/t1/oauth2/v2.0/token|app|x/.default||urn:ietf:params:oauth:client-assertion-type:jwt-bearer|ey.a.b"
	f(Entra{Tenant: "t1", ClientID: "app", TokenFile: token, Scope: "x/.default", Authority: url}, Options{}, federated)
	f(EntraDefault{Scope: "x/.default"}, Options{Lookup: env("AZURE_TENANT_ID", "t1", "AZURE_CLIENT_ID", "app",
		"AZURE_FEDERATED_TOKEN_FILE", token, "AZURE_AUTHORITY_HOST", url)}, federated)
	f(EntraDefault{Authority: url, ClientID: "own"}, Options{Lookup: env("AZURE_TENANT_ID", "t2", "AZURE_CLIENT_ID", "app", "AZURE_CLIENT_SECRET", "s4")},
		"/t2/oauth2/v2.0/token|own|https://cognitiveservices.azure.com/.default|s4||")

	fails(t, Entra{Tenant: "a/../b", Authority: url}, Options{}, "the tenant is not an id or a domain")
	fails(t, Entra{Tenant: "a", TokenFile: token + "x", Authority: url}, Options{}, "no such file")
	fails(t, Entra{Tenant: "a", TokenFile: file(t, "token", "two words"), Authority: url}, Options{}, "is empty or more than one word")
	fails(t, Entra{Tenant: "a", TokenFile: t.TempDir(), Authority: url}, Options{}, "is not a regular file")
	fails(t, Entra{Tenant: "a", TokenFile: file(t, "token", strings.Repeat("a", maxFileBytes+1)), Authority: url}, Options{}, "larger than 1048576 bytes")
}

func TestEntraIdentity(t *testing.T) {
	on := time.Now().Add(24 * time.Hour).Unix()
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		switch {
		case q.Get("resource") != "https://cognitiveservices.azure.com":
			w.WriteHeader(400)
			io.WriteString(w, `{"error":"invalid_resource"}`)
		case r.URL.Path == "/metadata/identity/oauth2/token" && r.Header.Get("Metadata") == "true" && q.Get("api-version") == "2018-02-01":
			fmt.Fprintf(w, `{"access_token":"vm-%s","client_id":"x","expires_in":"86399","expires_on":"%d","refresh_in":"43199","token_type":"Bearer"}`, q.Get("client_id"), on)
		case r.URL.Path == "/msi/token" && r.Header.Get("X-IDENTITY-HEADER") == "proof" && q.Get("api-version") == "2019-08-01":
			fmt.Fprintf(w, `{"access_token":"app","expires_on":"%d","token_type":"Bearer"}`, on)
		default:
			w.WriteHeader(404)
		}
	})
	f := func(s Spec, o Options, want string) *grant {
		t.Helper()
		g := must(t, s, o)
		if string(g.lines) != "Authorization: Bearer "+want+"\r\n" {
			t.Errorf("got %q, want %q", g.lines, want)
		}
		lives(t, g, 24*time.Hour)
		return g
	}
	if g := f(EntraIdentity{Endpoint: url, ClientID: "mine"}, Options{}, "vm-mine"); g.renew != 43199*time.Second {
		t.Errorf("renewed after %v", g.renew)
	}
	f(EntraDefault{Endpoint: url}, Options{Lookup: env("AZURE_CLIENT_ID", "pod")}, "vm-pod")
	f(EntraIdentity{}, Options{Lookup: env("IDENTITY_ENDPOINT", url+"/msi/token", "IDENTITY_HEADER", "proof")}, "app")
	fails(t, EntraIdentity{}, Options{Lookup: env("IDENTITY_ENDPOINT", url+"/msi/token", "IDENTITY_HEADER", "bad")}, "answered 404")
	fails(t, EntraIdentity{Endpoint: url, Scope: "y/.default"}, Options{}, "answered 400: invalid_resource")
}
