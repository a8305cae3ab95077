package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"asbru/bench/mock"
	"asbru/bench/postgres"
)

// soon bounds how long a revoked key may still be accepted.
const soon = 5 * time.Second

// kept is a gateway with a store, and its admin token.
type kept struct {
	*gateway
	token string
}

func (k *kept) ask(method, path, body string) answer {
	k.t.Helper()
	return ask(k.t, method, "http://"+k.admin+"/api/governance/"+path, body, "Authorization: Bearer "+k.token)
}

// made sends a request that creates or changes an object, and returns the member value of the answer.
func (k *kept) made(method, path, body string) string {
	k.t.Helper()
	a := k.ask(method, path, body)
	if a.status != 200 {
		k.t.Fatalf("%s %s: %d %s", method, path, a.status, a.body)
	}
	var out struct {
		Key struct{ Value string } `json:"virtual_key"`
	}
	if err := json.Unmarshal([]byte(a.body), &out); err != nil {
		k.t.Fatal(err)
	}
	return out.Key.Value
}

// call returns the status of a request with a key.
func (k *kept) call(key string) int {
	k.t.Helper()
	return ask(k.t, "POST", k.url("/v1/chat/completions"), hello, "Authorization: Bearer "+key).status
}

// becomes waits until a request with a key has that status, and returns how long that took.
func (k *kept) becomes(want int, key string) time.Duration {
	k.t.Helper()
	begun := time.Now()
	for time.Since(begun) < patience {
		if k.call(key) == want {
			return time.Since(begun)
		}
		time.Sleep(20 * time.Millisecond)
	}
	k.t.Fatalf("a call with the key is not answered %d\n%s", want, k.stderr.String())
	return 0
}

const hello = `{"model":"local/m","messages":[{"role":"user","content":"hi"}]}`

var tokenTold = regexp.MustCompile(`asbru-admin-[0-9a-f]{64}`)

func TestAdmin(t *testing.T) {
	base := standIn(t, mock.Options{})
	dir := t.TempDir()
	db := filepath.Join(dir, "asbru.db")
	config := local(base) + "admin: {listen: '127.0.0.1:0'}\nstore: {path: '" + db + "', poll: 100ms}\nteams: [{name: filed}]\n"
	k := &kept{gateway: serve(t, config)}
	k.token = tokenTold.FindString(k.stderr.String())
	if k.token == "" {
		t.Fatalf("no token was printed\n%s", k.stderr.String())
	}
	for _, a := range []answer{
		ask(t, "GET", "http://"+k.admin+"/api/governance/virtual-keys", ""),
		ask(t, "GET", k.url("/api/governance/virtual-keys"), ""),
		ask(t, "GET", "http://"+k.admin+"/api/governance/virtual-keys", "", "Authorization: Bearer wrong"),
		ask(t, "POST", k.url("/v1/chat/completions"), hello),
	} {
		if a.status != 401 {
			t.Errorf("without a token: %d %s", a.status, a.body)
		}
	}

	key := k.made("POST", "virtual-keys", `{"name":"ci","team_id":"filed","allow_all_providers":true,"rate_limit":{"request_max_limit":1000,"request_reset_duration":"1h"}}`)
	if got := k.call(key); got != 200 {
		t.Fatalf("a new key: %d", got)
	}
	for _, path := range []string{"/v1/quota", "/api/governance/virtual-keys/quota"} {
		a := ask(t, "GET", k.url(path), "", "x-api-key: "+key)
		if a.status != 200 || !strings.Contains(a.body, `"request_current_usage":1`) || !strings.Contains(a.body, `"name":"filed"`) {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
	if a := k.ask("PUT", "teams/filed", `{}`); a.status != 409 || !strings.Contains(a.body, k.file+":7") {
		t.Errorf("an object of the file: %d %s", a.status, a.body)
	}
	k.made("PUT", "virtual-keys/ci", `{"is_active":false}`)
	if got := k.call(key); got != 403 {
		t.Errorf("directly after it was revoked: %d", got)
	}
	k.made("PUT", "virtual-keys/ci", `{"is_active":true}`)

	// with the command line, while the gateway serves it
	second, told := asbru(t, 0, nil, "keys", "create", "second", "--config", k.file, "--requests", "10/1m")
	second = strings.TrimSpace(second)
	if strings.Contains(told, second) {
		t.Error("the key is printed twice")
	}
	k.becomes(200, second)
	if out, _ := asbru(t, 0, []string{"T=" + k.token}, "keys", "list", "--admin", "http://"+k.admin, "--token", "env.T"); !strings.Contains(out, "second") || strings.Contains(out, second) {
		t.Errorf("list prints\n%s", out)
	}
	asbru(t, 0, nil, "keys", "revoke", "second", "--config", k.file)
	if took := k.becomes(403, second); took > soon {
		t.Errorf("a key revoked by another program was good for %v", took)
	}
	next, _ := asbru(t, 0, []string{"T=" + k.token}, "keys", "rotate", "ci", "--admin", "http://"+k.admin, "--token", "env.T")
	if old, now := k.call(key), k.call(strings.TrimSpace(next)); old != 401 || now != 200 {
		t.Errorf("rotated: the old key %d, the new one %d", old, now)
	}
	other, _ := asbru(t, 0, nil, "keys", "admin-token", "--config", k.file)
	old := k.token
	k.token = strings.TrimSpace(other)
	await(t, "the new admin token", func() bool { return strings.Count(k.stderr.String(), `"by":"store `) >= 3 }, k.stderr.String)
	if a := k.ask("GET", "teams", ""); a.status != 200 {
		t.Errorf("the new admin token: %d %s", a.status, a.body)
	}
	if a := ask(t, "GET", "http://"+k.admin+"/api/governance/teams", "", "Authorization: Bearer "+old); a.status != 401 {
		t.Errorf("the old admin token: %d", a.status)
	}

	// a file that contradicts the store is refused, and the old configuration stays in use
	write(t, k.file, config+"virtual_keys: [{name: ci, key: secret-of-another-01}]\n")
	k.stderr.has(t, "configuration refused")
	if got := k.call(strings.TrimSpace(next)); got != 200 {
		t.Errorf("after a file was refused: %d", got)
	}
	write(t, k.file, config)

	k.signal(syscall.SIGTERM)
	k.ends(0)
	again := &kept{gateway: start(t, nil, "serve", "--listen", "127.0.0.1:0", k.file), token: k.token}
	if got := again.call(strings.TrimSpace(next)); got != 200 {
		t.Errorf("after a restart: %d", got)
	}
	if tokenTold.MatchString(again.stderr.String()) {
		t.Error("a token was printed again")
	}
	said := k.stderr.String() + k.stdout.String() + again.stderr.String()
	files, _ := filepath.Glob(dir + "/*")
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		said += string(b)
	}
	for _, secret := range []string{key, second, strings.TrimSpace(next), k.token} {
		if strings.Contains(said, secret) {
			t.Errorf("a secret is in the log or the store: %.12s…", secret)
		}
	}
}

// Two machines share a Postgres database, which is unavailable for a while.
func TestTwoMachines(t *testing.T) {
	server := postgres.Start(t)
	base := standIn(t, mock.Options{})
	copied := filepath.Join(t.TempDir(), "copy.json")
	config := local(base) + "admin: {listen: '127.0.0.1:0', token: the-admin-token-of-both}\n" +
		"store: {postgres: '" + server.Address() + "', poll: 300ms, copy: '" + copied + "'}\ngovernance: {pepper: 0123456789abcdef0123456789abcdef}\n"
	one := &kept{serve(t, config), "the-admin-token-of-both"}
	two := &kept{serve(t, config), "the-admin-token-of-both"}

	key := one.made("POST", "virtual-keys", `{"name":"ci","allow_all_providers":true}`)
	if took := two.becomes(200, key); took > soon {
		t.Errorf("a new key took %v", took)
	}
	one.made("PUT", "virtual-keys/ci", `{"is_active":false}`)
	if took := two.becomes(403, key); took > soon {
		t.Errorf("a revoked key was good for %v", took)
	}
	two.made("PUT", "virtual-keys/ci", `{"is_active":true}`)
	one.becomes(200, key)

	metrics := func(k *kept) string {
		return ask(t, "GET", "http://"+k.admin+"/metrics", "", "Authorization: Bearer "+k.token).body
	}
	for _, want := range []string{"asbru_store_lost 0", "asbru_store_objects 1", "asbru_store_revision 3"} {
		if m := metrics(one); !strings.Contains(m, want+"\n") {
			t.Errorf("the metrics lack %s", want)
		}
	}
	server.Stop()
	one.stderr.has(t, "the store does not answer; what it kept is served on")
	two.stderr.has(t, "the store does not answer; what it kept is served on")
	for _, k := range []*kept{one, two} {
		if got := k.call(key); got != 200 {
			t.Errorf("without the database: %d", got)
		}
		if a := k.ask("POST", "virtual-keys", `{"name":"lost","allow_all_providers":true}`); a.status != 503 || a.head.Get("Retry-After") == "" {
			t.Errorf("a change without the database: %d %s", a.status, a.body)
		}
		if a := k.ask("GET", "virtual-keys", ""); a.status != 200 || strings.Contains(a.body, "lost") {
			t.Errorf("the list without the database: %d %s", a.status, a.body)
		}
	}
	if m := metrics(one); !strings.Contains(m, "asbru_store_lost 1\n") {
		t.Error("the metrics do not say that the store is lost")
	}
	// a machine that starts now serves the last state that it knew
	three := &kept{serve(t, config), "the-admin-token-of-both"}
	three.stderr.has(t, "the store does not answer; what it kept when it was last seen is served")
	if a := three.ask("POST", "virtual-keys", `{"name":"lost","allow_all_providers":true}`); a.status != 503 {
		t.Errorf("a change without the database: %d %s", a.status, a.body)
	}
	server.Start()
	three.becomes(200, key)
	one.stderr.has(t, "the store answers again")
	two.stderr.has(t, "the store answers again")
	one.made("PUT", "virtual-keys/ci", `{"is_active":false}`)
	if took := two.becomes(403, key); took > soon {
		t.Errorf("after the database came back a revoked key was good for %v", took)
	}
}

const bifrostFile = `{
  "providers": {"local": {"keys": [{"name": "k", "value": "env.LOCAL_KEY", "weight": 1, "models": ["*"]}], "network_config": {"base_url": "BASE"},
    "custom_provider_config": {"base_provider_type": "openai"}}},
  "governance": {
    "customers": [{"id": "c1", "name": "acme", "budget_id": "b1"}],
    "teams": [{"id": "t1", "name": "search", "customer_id": "c1", "rate_limit_id": "r1"}],
    "virtual_keys": [{"id": "v1", "name": "ci", "value": "sk-bf-literal-0123456789abcdef", "team_id": "t1", "allow_all_providers": true},
      {"id": "v2", "name": "later", "value": "env.NOT_SET", "allow_all_providers": true},
      {"id": "v3", "name": "set", "value": "env.KEY_OF_SET", "allow_all_providers": true}],
    "budgets": [{"id": "b1", "max_limit": 500, "reset_duration": "1M"}, {"id": "b2", "max_limit": 5, "reset_duration": "1d"}],
    "rate_limits": [{"id": "r1", "request_max_limit": 100, "request_reset_duration": "1m"}],
    "model_configs": [{"id": "m1", "model_name": "gpt-4o", "budget_ids": ["b2"]}],
    "pricing_overrides": [{"id": "p1", "name": "cheap", "scope_kind": "virtual_key", "virtual_key_id": "v1", "match_type": "wildcard", "pattern": "gpt-*", "pricing_patch": "{\"input_cost_per_token\": 0.000001}"}]
  }
}`

func TestImportIntoStore(t *testing.T) {
	base := standIn(t, mock.Options{})
	dir := t.TempDir()
	file, from := filepath.Join(dir, "asbru.yaml"), filepath.Join(dir, "config.json")
	write(t, file, local(base)+"store: {path: '"+filepath.Join(dir, "asbru.db")+"'}\ngovernance: {ledger: '"+filepath.Join(dir, "ledger")+"'}\nadmin: {listen: '127.0.0.1:0', token: the-token-of-this-test}\n")
	write(t, from, strings.ReplaceAll(bifrostFile, "BASE", base))
	env := []string{"KEY_OF_SET=sk-bf-from-the-environment"}
	for range 2 { // the second import replaces everything
		out, told := asbru(t, 0, env, "import", "bifrost", from, "--quiet", "--store", file)
		if !strings.Contains(out, "6 kept in the store, 1 left out") || !strings.Contains(told, `is left out: virtual key "later": NOT_SET is not set`) {
			t.Fatalf("%s%s", out, told)
		}
	}
	k := &kept{start(t, nil, "serve", "--listen", "127.0.0.1:0", file), "the-token-of-this-test"}
	for _, key := range []string{"sk-bf-literal-0123456789abcdef", "sk-bf-from-the-environment"} {
		if got := k.call(key); got != 200 {
			t.Errorf("an imported key: %d", got)
		}
	}
	for path, want := range map[string]string{
		"virtual-keys/ci": `"name":"search"`, "teams/search": `"request_max_limit":100`, "customers/acme": `"max_limit":500`,
		"model-configs/gpt-4o": `"max_limit":5`, "pricing-overrides/cheap": `"input_cost_per_token":0.000001`,
	} {
		if a := k.ask("GET", path, ""); a.status != 200 || !strings.Contains(a.body, want) {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
	k.made("PUT", "virtual-keys/ci", `{"is_active":false}`)
	k.signal(syscall.SIGTERM)
	k.ends(0)
	dump, _ := asbru(t, 0, nil, "ledger", "dump", filepath.Join(dir, "ledger"))
	if n := strings.Count(dump, `"who":"admin","from":"127.0.0.1","did":"update","what":"virtual-key/ci"`); n != 1 {
		t.Errorf("the change is %d times in the ledger, want once\n%s", n, dump)
	}
	asbru(t, 0, nil, "keys", "create", "odd", "--config", file, "--models", "nobody-serves-this")
	if out, told := asbru(t, 0, nil, "check", "--store", file); !strings.Contains(out, "3 virtual keys") || !strings.Contains(told, `no provider serves "nobody-serves-this"`) {
		t.Errorf("the file with its store: %s%s", out, told)
	}
	both := filepath.Join(dir, "both.yaml")
	text, _ := os.ReadFile(file)
	write(t, both, string(text)+"teams: [{name: search}]\n")
	asbru(t, 0, nil, "check", both)
	if _, told := asbru(t, 1, nil, "check", "--store", both); !strings.Contains(told, `store: teams["search"].name: team "search" is there already, as teams[0]`) {
		t.Error(told)
	}
	bare := filepath.Join(dir, "bare.yaml")
	write(t, bare, local(base))
	if _, told := asbru(t, 1, env, "import", "bifrost", from, "--quiet", "--store", bare); !strings.Contains(told, "names no store") {
		t.Error(told)
	}
}
