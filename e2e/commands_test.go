package e2e

import (
	"encoding/json"
	"net"
	"path/filepath"
	"strings"
	"testing"
)

const oneProvider = "providers:\n  - {name: local, base_url: http://127.0.0.1:9/v1}\n"

func TestConfigurationErrors(t *testing.T) {
	f := func(text string, want ...string) {
		t.Helper()
		file := filepath.Join(t.TempDir(), "asbru.yaml")
		write(t, file, text)
		for _, command := range []string{"check", "serve"} {
			_, errs := asbru(t, 1, nil, command, file)
			for _, w := range want {
				if w = strings.ReplaceAll(w, "F:", file+":"); !strings.Contains(errs, w) {
					t.Errorf("asbru %s does not say %q:\n%s", command, w, errs)
				}
			}
		}
	}
	f("", "F:")
	f(oneProvider+"lisen: x\n", "F:3: lisen: unknown field; hint: did you mean listen?")
	f(oneProvider+"models:\n  - {alias: a, provider: lokal}\n", "F:4: models[0].provider:")
	f("providers:\n  - {name: openai, api_key: env.NOT_THERE}\nlisten: nowhere\n",
		"F:2: providers[0].api_key: environment variable NOT_THERE is not set", "F:3: listen:")
	f("providers: [\n", "F:")
	key := filepath.Join(t.TempDir(), "tls.key")
	write(t, key, "a-key-of-some-length")
	f(oneProvider+"tls: {cert: /nowhere/tls.crt, key: file:"+key+"}\n", "F:3: tls.cert: cannot read certificate:")
	f(oneProvider+"listen: 0.0.0.0:1\nallow_anonymous: true\nvirtual_keys: [{name: a, key: short}]\n", "F:5: virtual_keys[0].key:")
	if _, errs := asbru(t, 1, nil, "serve", "/nowhere/asbru.yaml"); !strings.Contains(errs, `cannot read configuration "/nowhere/asbru.yaml"`) {
		t.Errorf("no file: %s", errs)
	}
}

// --listen must not expose what the file allows only on loopback.
func TestListenIsJudged(t *testing.T) {
	file := filepath.Join(t.TempDir(), "asbru.yaml")
	write(t, file, oneProvider+"virtual_keys: [{name: a, key: short}]\n")
	if _, errs := asbru(t, 1, nil, "serve", "--listen", "0.0.0.0:0", file); !strings.Contains(errs, "virtual_keys[0].key") {
		t.Errorf("a short key on an open listener: %s", errs)
	}
	write(t, file, oneProvider)
	_, errs := asbru(t, 1, nil, "serve", "--listen", "0.0.0.0:0", file)
	if !strings.Contains(errs, ": --listen: 0.0.0.0:0 is reachable from other machines") || !strings.HasSuffix(errs, ": mend the error above first\n") {
		t.Errorf("an address of the command line: %s", errs)
	}
}

func TestCommandLine(t *testing.T) {
	f := func(code int, want string, args ...string) {
		t.Helper()
		out, errs := asbru(t, code, nil, args...)
		if !strings.Contains(out+errs, want) {
			t.Errorf("asbru %v does not say %q:\n%s%s", args, want, out, errs)
		}
	}
	f(0, "serve       run the gateway", "--help")
	f(2, "serve       run the gateway")
	f(0, "--demo", "serve", "--help")
	f(0, "SIGUSR2", "help", "serve")
	f(0, "--tps", "mock", "--help")
	f(0, "loadgen", "loadgen", "--help")
	f(0, "asbru ", "version")
	f(0, "complete", "completion", "bash")
	f(2, "did you mean serve?", "sreve")
	f(2, "did you mean --demo?", "serve", "--dem")
	f(2, "--loops is 5000; it is -1 to 256", "serve", "--loops", "5000", "--demo")
	f(2, "leave one of the two out", "serve", "--demo", "x.yaml")
	f(2, "give one configuration file", "serve", "x.yaml", "y.yaml")
	f(2, "give one configuration file", "serve", "--config", "x.yaml", "y.yaml")
	schema, _ := asbru(t, 0, nil, "schema")
	var x map[string]any
	if err := json.Unmarshal([]byte(schema), &x); err != nil || x["$schema"] == nil {
		t.Errorf("the schema is not one: %v", err)
	}
}

func TestCheckAndExplain(t *testing.T) {
	file := filepath.Join(t.TempDir(), "asbru.yaml")
	write(t, file, oneProvider+"models: [{alias: fast, provider: local, model: small}]\n")
	if out, _ := asbru(t, 0, nil, "check", file); !strings.Contains(out, "ok: 1 provider, 1 alias, 0 virtual keys") {
		t.Errorf("check says %s", out)
	}
	if out, _ := asbru(t, 0, nil, "explain", "--model", "fast", file); !strings.Contains(out, "local/small") {
		t.Errorf("explain says %s", out)
	}
}

func TestExplainRules(t *testing.T) {
	file := filepath.Join(t.TempDir(), "asbru.yaml")
	write(t, file, oneProvider+"routing: {rules: [{name: free, when: 'headers[\"x-tier\"] == \"free\"', targets: [{provider: local, model: small}]}]}\n")
	out, _ := asbru(t, 0, nil, "explain", "--model", "local/big", "--header", "X-Tier: free", file)
	for _, want := range []string{"rule      free → route rule free", "local/small", "admit   rules       from routing.rules"} {
		if !strings.Contains(out, want) {
			t.Errorf("explain does not say %q:\n%s", want, out)
		}
	}
	if out, _ := asbru(t, 0, nil, "explain", "--model", "local/big", file); strings.Contains(out, "rule free") {
		t.Errorf("a rule that does not match is explained:\n%s", out)
	}
	write(t, file, oneProvider+"routing: {rules: [{name: free, when: 'modle == \"x\"', targets: [{provider: local}]}]}\n")
	if _, errs := asbru(t, 1, nil, "check", file); !strings.Contains(errs, "did you mean model?") || !strings.Contains(errs, "routing.rules[0].when") {
		t.Errorf("a mistake in a rule is reported as\n%s", errs)
	}
}

func TestPortTaken(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	addr := l.Addr().String()
	_, errs := asbru(t, 1, nil, "serve", "--demo", "--listen", addr)
	if want := "asbru: cannot listen on " + addr + ": another program does; hint: ss -ltnp"; !strings.HasPrefix(errs, want) || strings.Count(errs, "\n") != 1 {
		t.Errorf("a port that is taken: %s", errs)
	}
}

func TestQuickstart(t *testing.T) {
	_, errs := asbru(t, 1, nil, "serve", "--listen", "127.0.0.1:0")
	for _, want := range []string{"OPENAI_API_KEY", "asbru serve --demo"} {
		if !strings.Contains(errs, want) {
			t.Errorf("without a key it does not say %q: %s", want, errs)
		}
	}
	g := start(t, []string{"OPENAI_API_KEY=sk-canary-4711", "MISTRAL_API_KEY=canary-4712"}, "serve", "--listen", "127.0.0.1:0")
	await(t, "what was found", func() bool { return strings.Contains(g.stdout.String(), "/chat/completions") }, g.stdout.String)
	for _, want := range []string{"http://" + g.addr, "openai       key in OPENAI_API_KEY", "mistral      key in MISTRAL_API_KEY"} {
		if !strings.Contains(g.stdout.String(), want) {
			t.Errorf("it does not say %q:\n%s", want, g.stdout.String())
		}
	}
	if s := g.stdout.String() + g.stderr.String(); strings.Contains(s, "canary") {
		t.Errorf("it shows a key:\n%s", s)
	}
	if a := ask(t, "GET", g.url("/health/ready"), ""); a.status != 200 {
		t.Errorf("ready: %d %s", a.status, a.body)
	}
}

func TestDemo(t *testing.T) {
	g := start(t, nil, "serve", "--demo", "--listen", "127.0.0.1:0")
	await(t, "the lines to try", func() bool { return strings.Contains(g.stdout.String(), "Ctrl-C") }, g.stdout.String)
	if a := chat(t, g, "whatever-name", ""); a.status != 200 || !strings.Contains(a.body, `"chat.completion"`) {
		t.Errorf("an answer: %d %s", a.status, a.body)
	}
	if a := chat(t, g, "gpt-4o-mini", `,"stream":true`); a.status != 200 || !strings.HasSuffix(a.body, "data: [DONE]\n\n") {
		t.Errorf("a stream: %d %s", a.status, a.body)
	}
	if a := ask(t, "GET", g.url("/v1/models"), ""); !strings.Contains(a.body, `"gpt-4o-mini"`) {
		t.Errorf("models: %s", a.body)
	}
}
