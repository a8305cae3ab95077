package e2e

import (
	"bufio"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// canaries are secrets that must not appear anywhere. There is one for each place that a secret can come from; the shared ones
// have the shapes of vendors' secrets.
func canaries(t *testing.T) (own map[string]string, strangers []string) {
	own = map[string]string{}
	for _, place := range []string{"providerliteral", "providerenv", "providerfile", "providerheader", "keyliteral", "keyenv", "keyold",
		"pepper", "admintoken", "webhook", "cachesecret"} {
		own[place] = "sk-canary-" + place + "-7f3a9c51d2e84b06"
	}
	f, err := os.Open("../../shared/data/protocol/redaction/canaries.jsonl")
	if err != nil {
		return own, []string{"sk-ant-api03-canary-of-a-stranger-01", "AKIACANARYOFSTRANGER", "ghp_canaryofastranger0123456789abcdef"}
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		var row struct{ Value string }
		if err := json.Unmarshal(s.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		if row.Value != "" {
			strangers = append(strangers, row.Value)
		}
	}
	return own, strangers
}

// encodings returns the forms in which a secret could be written.
func encodings(secret string) []string {
	b := []byte(secret)
	var all []string
	for shift := range 3 { // at any position of encoded data
		text := base64.StdEncoding.EncodeToString(append(make([]byte, shift), b...))
		text = text[(shift*8+5)/6 : len(text)-4]
		all = append(all, text, strings.NewReplacer("+", "-", "/", "_").Replace(text))
	}
	reversed := slices.Clone(b)
	slices.Reverse(reversed)
	quoted, _ := json.Marshal(secret)
	all = append(all, secret, hex.EncodeToString(b), strings.ToUpper(hex.EncodeToString(b)), url.QueryEscape(secret), url.PathEscape(secret),
		strings.Trim(string(quoted), `"`), string(reversed), strings.ReplaceAll(secret, "-", `\u002d`))
	return slices.Compact(all)
}

// leaks returns the names of the secrets in text, in any encoding.
func leaks(text string, secrets []string) (found []string) {
	for _, s := range secrets {
		for _, e := range encodings(s) {
			if strings.Contains(text, e) {
				found = append(found, fmt.Sprintf("%s as %s", s, e))
			}
		}
	}
	return found
}

// echo is a provider that refuses requests and repeats their credentials, as some do.
func echo(t *testing.T) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		shown := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		switch {
		case strings.Contains(string(body), `"model":"good"`):
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, `{"id":"1","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}`)
		case strings.Contains(string(body), `"model":"cut"`):
			panic(http.ErrAbortHandler)
		default:
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(401)
			fmt.Fprintf(w, `{"error":{"message":"Incorrect API key provided: %s.","type":"invalid_request_error","code":"invalid_api_key"}}`, shown)
		}
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// TestNoSecretIsWrittenDown sends secrets in every part of a request, has a provider repeat ours, and searches for all of them in
// logs, metrics, profiles, pages, and every file that was written.
func TestNoSecretIsWrittenDown(t *testing.T) {
	own, strangers := canaries(t)
	state, log := t.TempDir(), filepath.Join(t.TempDir(), "access.log")
	file := filepath.Join(t.TempDir(), "key")
	write(t, file, own["providerfile"])
	base := echo(t)
	config := filepath.Join(t.TempDir(), "asbru.yaml")
	write(t, config, strings.NewReplacer("BASE", base, "FILE", file, "LOG", log, "STATE", state, "PROVIDERLITERAL", own["providerliteral"],
		"PROVIDERHEADER", own["providerheader"], "KEYLITERAL", own["keyliteral"], "KEYOLD", own["keyold"], "PEPPER", own["pepper"],
		"ADMINTOKEN", own["admintoken"], "WEBHOOK", own["webhook"], "CACHESECRET", own["cachesecret"], "LATER", time.Now().Add(time.Hour).Format(time.RFC3339)).Replace(`
providers:
- {name: a, base_url: BASE, api_key: PROVIDERLITERAL, models: [good, bad, cut], headers: {X-Secret: PROVIDERHEADER}}
- {name: b, base_url: BASE, api_key: env.PROVIDER_ENV, models: [bad-b]}
- {name: c, base_url: BASE, api_key: "file:FILE", models: [bad-c]}
- {name: d, base_url: "http://127.0.0.1:1", api_key: PROVIDERLITERAL, models: [dead]}
- {name: e, base_url: "https://127.0.0.1:1", api_key: PROVIDERLITERAL, models: [closed]}
virtual_keys:
- {name: one, key: KEYLITERAL, previous: [{key: KEYOLD, until: LATER}], budgets: [{usd: 5}], content_logging: true}
- {name: two, key: env.KEY_ENV, budgets: [{usd: 5}]}
prices: {overrides: [{name: all, input: 1, output: 2}]}
governance: {pepper: PEPPER, ledger: STATE/ledger}
audit: {dir: STATE/audit, sinks: [{type: sqlite}, {type: webhook, url: BASE, secret: WEBHOOK, token: WEBHOOK}]}
cache: {dir: STATE/cache, secret: CACHESECRET}
admin: {listen: "127.0.0.1:0", token: ADMINTOKEN}
observability: {access_log: LOG, log_level: debug}
`))
	g := start(t, []string{"PROVIDER_ENV=" + own["providerenv"], "KEY_ENV=" + own["keyenv"], "STATE_DIRECTORY=" + state}, "serve", "--listen", "127.0.0.1:0", config)
	g.file = config

	var seen strings.Builder // everything that was sent to a client
	secrets := slices.Clone(strangers)
	for _, s := range own {
		secrets = append(secrets, s)
	}
	tell := func(a answer, err error) {
		fmt.Fprintln(&seen, a.status, a.head, a.body, err)
	}
	for _, key := range []string{own["keyliteral"], own["keyenv"], own["keyold"]} {
		for _, model := range []string{"good", "bad", "bad-b", "bad-c", "cut", "dead", "closed"} {
			tell(try(client(), "POST", g.url("/v1/chat/completions"), chatBody(model, ""), "Authorization: Bearer "+key))
		}
	}
	for _, s := range strangers {
		quoted, _ := json.Marshal(s)
		good := "Authorization: Bearer " + own["keyliteral"]
		for _, name := range []string{"Authorization", "X-Api-Key", "Api-Key", "X-Goog-Api-Key", "X-Bf-Vk", "Cookie", "X-Session-Id"} {
			tell(try(client(), "POST", g.url("/v1/chat/completions"), chatBody("good", ""), name+": "+s))
		}
		tell(try(client(), "POST", g.url("/v1/chat/completions?key="+url.QueryEscape(s)), chatBody("bad", ""), good))
		tell(try(client(), "POST", g.url("/v1beta/models/good:generateContent?key="+url.QueryEscape(s)), `{"contents":[{"parts":[{"text":"x"}]}]}`))
		tell(try(client(), "GET", g.url("/nowhere?token="+url.QueryEscape(s)), ""))
		tell(try(client(), "POST", g.url("/v1/chat/completions"), chatBody("bad", `,"api_key":`+string(quoted)), good))
		tell(try(client(), "POST", g.url("/v1/chat/completions"), chatBody("good", `,"metadata":{"a":{"b":[{"token":`+string(quoted)+`}]}}`), good))
		tell(try(client(), "GET", "http://"+g.admin+"/metrics", "", "Authorization: Bearer "+s))
		garbage(t, g.addr, s)
	}

	token := "Authorization: Bearer " + own["admintoken"]
	for _, path := range []string{"/metrics", "/version", "/api/status", "/debug/pprof/goroutine?debug=2", "/debug/pprof/cmdline",
		"/debug/pprof/allocs?debug=1", "/debug/pprof/heap?debug=1", "/api/config", "/api/providers", "/api/governance/virtual-keys"} {
		tell(try(client(), "GET", "http://"+g.admin+path, "", token))
	}
	write(t, config, "providers: [{name: a, api_key: "+own["providerliteral"]+", base_ur: x}]\nvirtual_keys: ["+own["keyliteral"]+"]\n")
	g.signal(syscall.SIGHUP)
	time.Sleep(200 * time.Millisecond)
	g.signal(syscall.SIGTERM)
	g.ends(0)
	out, errs := asbru(t, 1, nil, "check", config)
	dumped, _ := asbru(t, 0, nil, "ledger", "dump", filepath.Join(state, "ledger"))

	for name, text := range map[string]string{"an answer": seen.String(), "standard output": g.stdout.String(), "the log": g.stderr.String(),
		"asbru check": out + errs, "asbru ledger dump": dumped} {
		if found := leaks(text, secrets); len(found) > 0 {
			t.Errorf("%s holds %s", name, strings.Join(found, "\n"))
		}
	}
	files := 0
	for _, dir := range []string{state, filepath.Dir(log)} {
		filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b, err := os.ReadFile(path)
			if err != nil {
				t.Error(err)
			}
			files++
			if found := leaks(string(b), secrets); len(found) > 0 {
				t.Errorf("%s holds %s", path, strings.Join(found, "\n"))
			}
			return nil
		})
	}
	if files < 3 {
		t.Errorf("%d files were written: nothing was searched", files)
	}
}

// TestLeaksAreFound searches text that contains a secret in each of the encodings.
func TestLeaksAreFound(t *testing.T) {
	const secret = "sk-canary-0123456789+/=&"
	for _, text := range []string{secret, "x" + secret, base64.StdEncoding.EncodeToString([]byte("user:" + secret + ":x")), base64.URLEncoding.EncodeToString([]byte("a" + secret + "b")),
		base64.StdEncoding.EncodeToString([]byte("ab" + secret)), hex.EncodeToString([]byte("a" + secret)), fmt.Sprintf("%X", secret), "?key=" + url.QueryEscape(secret)} {
		if len(leaks(text, []string{secret})) == 0 {
			t.Errorf("nothing is found in %s", text)
		}
	}
	if found := leaks("sk-canary-012345678 c2stY2FuYXJ5", []string{secret}); len(found) > 0 {
		t.Errorf("found %v where nothing is", found)
	}
}

// garbage sends bytes that are not a request, with a secret in them.
func garbage(t *testing.T, addr, secret string) {
	for _, text := range []string{"GET /" + url.PathEscape(secret) + " HTTP/1.1\r\nHost: a\r\nAuthorization : " + secret + "\r\n\r\n", secret + "\r\n\r\n"} {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(c, text)
		c.SetReadDeadline(time.Now().Add(2 * time.Second))
		b, _ := io.ReadAll(c)
		c.Close()
		if strings.Contains(string(b), secret) {
			t.Errorf("the answer to a malformed request contains it: %q", b)
		}
	}
}
