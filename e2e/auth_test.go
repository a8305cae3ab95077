package e2e

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
)

// The binary has a token before it reports that it listens, sends it, keeps it over a reload, and fetches another one
// if the credential for that has changed. No secret is printed.
func TestTokens(t *testing.T) {
	var asked atomic.Int32
	issuer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := asked.Add(1)
		if r.FormValue("client_secret") == "wrong-secret" {
			w.WriteHeader(401)
			io.WriteString(w, `{"error":"invalid_client","error_description":"wrong-secret is not it"}`)
			return
		}
		fmt.Fprintf(w, `{"access_token":"token-%d","token_type":"Bearer","expires_in":3600}`, n)
	}))
	defer issuer.Close()
	provider, base := scripted(t, status(400))
	config := func(secret, more string) string {
		return "providers:\n- name: mine\n  base_url: " + base +
			"\n  auth: {type: oauth, token_url: '" + issuer.URL + "', client_id: me, client_secret: " + secret + "}\n" + more
	}
	g := serve(t, config("right-secret", ""))
	sends := func(want string) {
		t.Helper()
		chat(t, g, "mine/m", "")
		seen := provider.requests()
		if len(seen) == 0 || seen[len(seen)-1].head.Get("Authorization") != want {
			t.Fatalf("sent %+v, want %q", seen, want)
		}
	}
	sends("Bearer token-1")
	reload := func(text string, version int) {
		t.Helper()
		write(t, g.file, text)
		g.signal(syscall.SIGHUP)
		g.awaits("the reload", func(s state) bool { return s.Snapshot >= version })
	}
	reload(config("right-secret", "limits: {connections: 77}\n"), 2)
	sends("Bearer token-1")
	reload(config("other-secret", ""), 3)
	sends("Bearer token-2")
	reload(config("wrong-secret", ""), 4)
	before := len(provider.requests())
	if a := chat(t, g, "mine/m", ""); a.status < 500 || !strings.Contains(a.body, "no valid credential") || len(provider.requests()) != before {
		t.Errorf("without a credential: %d %s", a.status, a.body)
	}
	if a := ask(t, "GET", g.url("/metrics"), ""); !strings.Contains(a.body, `asbru_credential_usable{provider="mine",key="key-1",state="failed"} 0`) {
		t.Errorf("the metrics do not show it:\n%.3000s", a.body)
	}
	log := g.stderr.String()
	if !strings.Contains(log, "mine/key-1") || !strings.Contains(log, "answered 401: invalid_client: *** is not it") {
		t.Errorf("the log does not say why:\n%s", log)
	}
	for _, secret := range []string{"right-secret", "other-secret", "wrong-secret", "token-1", "token-2"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log contains %s", secret)
		}
	}
}
