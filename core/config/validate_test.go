package config

import (
	"strings"
	"testing"
)

func TestListen(t *testing.T) {
	f := func(addr, want string) {
		t.Helper()
		tells(t, base+"allow_anonymous: true\nlisten: '"+addr+"'\n", want)
	}
	const hint = "; hint: write host:port, such as 127.0.0.1:8080 or [::1]:8080, or systemd"
	f("127.0.0.1:8080", "")
	f("[::1]:0", "")
	f(":8080", "")
	f("systemd", "")
	f("systemd:data", "")
	f("systemd:", "3: listen: names no socket after systemd:; hint: write systemd, or systemd:NAME")
	f("8080", `3: listen: "8080" is not an address to listen on`+hint)
	f("::1:80", `3: listen: "::1:80" is not an address to listen on`+hint)
	f("http://x:80", `3: listen: "http://x:80" is not an address to listen on`+hint)
	f("127.0.0.1:http", `3: listen: "http" is not a port; ports are 0 to 65535`+hint)
	f("127.0.0.1:-1", `3: listen: "-1" is not a port; ports are 0 to 65535`+hint)

	tells(t, base+"listen: 0.0.0.0:80\n", "2: listen: 0.0.0.0:80 is reachable from other machines and there are no virtual_keys: anyone could use your provider keys; hint: add virtual_keys, set allow_anonymous: true, or listen on 127.0.0.1")
	tells(t, base+"listen: 0.0.0.0:80\nvirtual_keys: [{name: a, key: 0123456789abcdef}]\n", "")
	tells(t, base+"listen: 0.0.0.0:80\nvirtual_keys: [{name: a, key: short}]\n", "3: virtual_keys[0].key: is 5 bytes long and could be guessed; a key has at least 16; hint: openssl rand -hex 24 makes a good one")
	tells(t, base+"allow_anonymous: false\n", "2: warning: allow_anonymous: is false and there are no virtual_keys: every request will be refused; hint: add virtual_keys")
	tells(t, base+"admin: {listen: ':9090'}\n", "2: admin.listen: :9090 is reachable from other machines and admin.token is not set; hint: set admin.token, or listen on 127.0.0.1")
	tells(t, base+"admin: {listen: ':9090', token: t}\n", "")
	tells(t, base+"admin: {listen: '127.0.0.1:8080'}\n", "2: admin.listen: is the address of the data plane, 127.0.0.1:8080; hint: use another port")
	tells(t, base+"tls: {cert: /c.pem, key: /k.pem}\n", "2: tls.key: is no file, and a certificate and its key are read again when they change; hint: write file:/path or cred:NAME")
	tells(t, base+"tls: {min_version: '1.1'}\n", "2: tls.cert: tls needs the path of a certificate\n2: tls.key: tls needs a private key; hint: write file:/path or cred:NAME\n2: tls.min_version: cannot be \"1.1\"; it is one of 1.2, 1.3; hint: did you mean 1.2?")
	tells(t, base+"observability: {log_level: wran, access_log: sdtout}\n", "2: observability.log_level: cannot be \"wran\"; it is one of debug, info, warn, error; hint: did you mean warn?\n2: observability.access_log: cannot be \"sdtout\"; it is stdout, stderr, off or the path of a file; hint: did you mean stdout?")
	tells(t, base+"limits: {connections: -1, idle_timeout: -3, memory: 1MiB}\n", "2: limits.connections: cannot be negative (-1); hint: leave it out for the default\n2: limits.idle_timeout: cannot be negative (-3s); hint: leave it out for the default\n2: warning: limits.memory: 1MiB is less than an idle process needs; the collector would never rest")
}

func TestLoopback(t *testing.T) {
	f := func(addr string, want bool) {
		t.Helper()
		if got := Loopback(addr); got != want {
			t.Errorf("%s: %v; want %v", addr, got, want)
		}
	}
	f("127.0.0.1:1", true)
	f("127.9.9.9:1", true)
	f("[::1]:1", true)
	f("[::ffff:127.0.0.1]:1", true)
	f("localhost:1", true)
	f(":1", false)
	f("0.0.0.0:1", false)
	f("[::]:1", false)
	f("10.0.0.1:1", false)
	f("example.com:1", false)
	f("systemd", false)
}

func TestProviders(t *testing.T) {
	f := func(provider, want string) {
		t.Helper()
		tells(t, "providers:\n  - "+provider+"\n", want)
	}
	f("{name: openai, api_key: k}", "")
	f("{name: mine, type: openai, api_key: k}", "")
	f("{name: box, base_url: 'http://box:1/v1'}", "")
	f("{name: ollama}", "")
	f("{api_key: k}", "2: providers[0].name: a provider needs a name")
	f("{name: a/b, type: ollama}", `2: providers[0].name: "a/b" cannot be a name; hint: use letters, digits, '.', '_' and '-', beginning with a letter or digit`)
	f("{name: "+strings.Repeat("a", 65)+", type: ollama}", "2: providers[0].name: is 65 bytes long; a name has at most 64")
	f("{name: openia, api_key: k}", `2: providers[0].name: "openia" is not a provider asbru knows, and neither type nor base_url is set; hint: did you mean openai? Otherwise set type, or base_url`)
	f("{name: x, type: mistrall, api_key: k}", `2: providers[0].type: "mistrall" is not a type of provider; hint: did you mean mistral?`)
	f("{name: x, type: qqqqqqq, api_key: k}", `2: providers[0].type: "qqqqqqq" is not a type of provider; hint: known types: azure, bedrock, cloud, mistral, ollama, openai`)
	f("{name: azure, api_key: k}", "2: providers[0].base_url: a provider of type azure needs the address of its server")
	f("{name: openai}", `2: providers[0].api_key: provider "openai" requires a key; hint: write api_key: env.OPENAI_API_KEY`)
	f("{name: openai, base_url: 'http://127.0.0.1:1/v1'}", "2: warning: providers[0].api_key: is not set: requests to http://127.0.0.1:1/v1 will carry no credential")
	f("{name: openai, api_key: k, keys: [{value: v}]}", "2: providers[0].api_key: cannot be set together with keys; hint: move it into keys")
	f("{name: openai, keys: [{name: a, value: v, weight: 0}, {name: a, value: w, weight: -3}, {}]}", "2: providers[0].keys[1].name: key \"a\" is there already, as providers[0].keys[0]\n"+
		"2: providers[0].keys[1].weight: cannot be negative (-3); hint: 0 disables a key\n2: providers[0].keys[2].value: a key needs a value; hint: write a reference such as env.OPENAI_API_KEY")
	f("{name: openai, keys: [{value: v, weight: 0}]}", `2: warning: providers[0].keys: every key of provider "openai" has weight 0: it is never used`)
	f("{name: openai, keys: [{value: v, weight: 1000001}]}", "2: providers[0].keys[0].weight: cannot be more than 1000000 (1000001); hint: only the ratio between keys matters")
	f("{name: openai, api_key: k, headers: {'X A': v, X-B: \"a\\nb\"}}", "2: providers[0].headers[\"X A\"]: \"X A\" cannot be the name of a header\n2: providers[0].headers.X-B: holds a control character")
	f("{name: openai, api_key: k, paths: {chta: /x, embeddings: x}}", "2: providers[0].paths.chta: \"chta\" is not an operation; they are chat, completion, responses, embeddings, invoke, rerank, count, pass, realtime; hint: did you mean chat?\n2: providers[0].paths.embeddings: \"x\" cannot be a path; hint: begin it with /")
	f("{name: openai, api_key: k, network: {insecure_skip_verify: true}}", "2: warning: providers[0].network.insecure_skip_verify: anyone on the network path can read the keys sent to this provider; hint: name the certificate's issuer in ca instead")
	f("{name: openai, api_key: k, network: {answer_timeout: 20m}}", "2: warning: providers[0].network.answer_timeout: is 20m0s, and total_timeout ends the exchange after 10m0s; hint: raise total_timeout as well")
	f("{name: openai, api_key: k, network: {header_timeout: 1m, answer_timeout: 20m, first_timeout: 20m, total_timeout: 20m}}", "")
	f("{name: openai, api_key: k, network: {answer_timeout: -1s}}", "2: providers[0].network.answer_timeout: cannot be negative (-1s); hint: leave it out for the default")
	f("{name: openai, api_key: k, models: ['', 'a b']}", "2: providers[0].models[0]: a model needs a name\n2: providers[0].models[1]: \"a b\" holds characters that no model's name has")
	f("{name: cloud, api_key: k, options: {region: eu-1}}", "")
	f("{name: cloud, api_key: k, base_url: 'http://box:1/v1'}", "")
	f("{name: x, type: cloud, api_key: k, options: {regoin: eu, zone: x y}}", `2: providers[0].options.region: is missing: it is part of the address of a provider of type cloud; hint: write options: {region: …}, or set base_url
2: providers[0].options.regoin: "regoin" is not an option of a provider of type cloud; hint: did you mean region?
2: providers[0].options.zone: "x y" cannot stand in an address; hint: use 1 to 64 letters, digits, '.', '_' and '-'`)
	f("{name: cloud, api_key: k, options: {region: a/b}}", `2: providers[0].options.region: "a/b" cannot stand in an address; hint: use 1 to 64 letters, digits, '.', '_' and '-'`)
	f("{name: cloud, api_key: k, options: {region: eu, q: x}}", `2: providers[0].options.q: "q" is not an option of a provider of type cloud; hint: its options are region, zone`)
	f("{name: openai, api_key: k, options: {region: x}}", `2: providers[0].options.region: "region" is not an option of a provider of type openai; hint: it has no options`)
	f("{name: cloud, api_key: k, dialect: gemini, options: {region: eu}}", `2: providers[0].dialect: a provider of type cloud does not speak "gemini"; hint: it speaks openai and anthropic`)
	f("{name: cloud, api_key: k, dialect: anthropic, options: {region: eu}}", "")
	f("{name: x, dialect: opnai, base_url: 'http://box:1/v1'}", `2: providers[0].dialect: cannot be "opnai"; it is one of openai, anthropic, gemini, bedrock, cohere; hint: did you mean openai?`)
	f("{name: x, dialect: opnai, base_url: 'http://box:1/v1', type: ollama}", `2: providers[0].dialect: cannot be "opnai"; it is one of openai, anthropic, gemini, bedrock, cohere; hint: did you mean openai?`)
	f("{name: ollama, drop: [store, user], rename: {max_completion_tokens: max_tokens}}", "")
	f("{name: ollama, drop: [store, '', store], rename: {a: a, store: x, b: ''}}", `2: providers[0].drop[1]: "" cannot be the name of a field; hint: only fields at the top of a body can be named
2: providers[0].drop[2]: "store" is dropped already
2: providers[0].rename.a: "a" is renamed to itself; hint: write the name that the server has for it
2: providers[0].rename.store: "store" is in drop too; hint: keep one of them
2: providers[0].rename.b: "" cannot be the name of a field; hint: only fields at the top of a body can be named`)
	f("{name: ollama, rename: {a: c, b: c}}", `2: providers[0].rename.b: "c" is what "a" is renamed to already`)
	const held = `holds what examples have in place of a key: "openai" would refuse it; hint: write env.OPENAI_API_KEY and set that variable`
	for _, key := range []string{"sk-...", "YOUR_API_KEY", "your-key-here", "changeme", "sk-xxxxxxxx", "<key>"} {
		f("{name: openai, api_key: "+key+"}", "2: warning: providers[0].api_key: "+held)
	}
	f("{name: openai, keys: [{value: <your key>}]}", "2: providers[0].keys[0].value: "+held)
	const named = "2: providers[0].api_key: is the name of a variable in a spelling that is not followed here; hint: write env.OPENAI_API_KEY"
	f(`{name: openai, api_key: $OPENAI_API_KEY}`, named)
	f(`{name: openai, api_key: os.environ/OPENAI_API_KEY}`, named)
	f(`{name: openai, api_key: "%OPENAI_API_KEY%"}`, named)
	f(`{name: openai, api_key: "$ecretOfOurs1"}`, "")
	f(`{name: openai, api_key: '"sk-1"'}`, "2: providers[0].api_key: stands in quotes that are part of it; hint: take them off where it is set")
	f("{name: openai, api_key: your k}", "2: providers[0].api_key: holds characters that no key has; hint: look for a space, a line break or a typographic quote that was pasted along")
	tells(t, "providers:\n  - {name: openai, api_key: k}\n  - {name: openai, api_key: k}\n", `3: providers[1].name: provider "openai" is there already, as providers[0]`)
}

func TestURLs(t *testing.T) {
	f := func(field, url, want string) {
		t.Helper()
		tells(t, "providers:\n  - {name: ollama, "+field+url+"'}}\n", want)
	}
	const head = "network: {}, headers: {}, paths: {}, keys: [], models: [], base_url: '"
	b := func(url, want string) {
		t.Helper()
		if want != "" {
			want = "2: providers[0].base_url: " + want
		}
		tells(t, "providers:\n  - {name: ollama, "+head+url+"'}\n", want)
	}
	const hint = "; hint: write http://host:port/path or https://host/path"
	b("https://host", "")
	b("http://[::1]:11434/v1/", "")
	b("host:80", `"host:80" does not begin with http:// or https://`+hint)
	b("ftp://host", `"ftp://host" does not begin with http:// or https://`+hint)
	b("http://", `"http://" has no usable host and port`+hint)
	b("http://h:0", `"http://h:0" has no usable host and port`+hint)
	b("http://h:99999", `"http://h:99999" has no usable host and port`+hint)
	b("http://u:p@h", "cannot hold a user or password; hint: put the credential in api_key")
	b("http://h?x=1", "cannot hold a query or fragment"+hint)
	b("http://h#", "cannot hold a query or fragment"+hint)
	b("http://h h", "is not a URL"+hint)
	warned := func(url, end, base string) {
		t.Helper()
		tells(t, "providers:\n  - {name: ollama, "+head+url+"'}\n", "2: warning: providers[0].base_url: ends in "+end+", which asbru puts behind it; hint: write "+base)
	}
	warned("https://h/v1/chat/completions/", "/chat/completions", "https://h/v1")
	warned("https://h/v1/completions", "/completions", "https://h/v1")
	warned("https://h/v1/messages", "/messages", "https://h/v1")
	b("https://h/messages/v1", "")

	proxy := func(url, want string) {
		t.Helper()
		if want != "" {
			want = "2: providers[0].network.proxy: " + want + "; hint: write http://host:port, or env"
		}
		f("network: {proxy: '", url, want)
	}
	proxy("env", "")
	proxy("http://proxy:3128", "")
	proxy("https://proxy", `"https://proxy" is not the address of an HTTP proxy`)
	proxy("http://proxy/path", `"http://proxy/path" is not the address of an HTTP proxy`)
	proxy("http://u:p@proxy", "cannot hold a user or password")
	proxy("%zz", "is not a URL")
}

func TestModels(t *testing.T) {
	f := func(model, want string) {
		t.Helper()
		tells(t, base+"models:\n  - {alias: other, provider: openai}\n  - "+model+"\n", want)
	}
	f("{alias: a, provider: openai, model: gpt-4o, fallback: [other, gpt-4o]}", "")
	f("{alias: a, provider: openai, fallback: [openai/any]}", "")
	f("{provider: openai}", "4: models[1].alias: a model needs a name")
	f("{alias: a}", `4: models[1].provider: alias "a" needs a provider`)
	f("{alias: a, provider: opnai}", `4: models[1].provider: no provider is named "opnai"; hint: did you mean openai?`)
	f("{alias: a, provider: mistral}", `4: models[1].provider: no provider is named "mistral"; hint: add it to providers`)
	f("{alias: other, provider: openai}", `4: models[1].alias: alias "other" is there already, as models[0].alias`)
	f("{alias: openai/x, provider: openai}", `4: warning: models[1].alias: "openai/x" hides a model of provider openai`)
	f("{alias: a, provider: openai, fallback: [a]}", "4: models[1].fallback[0]: is the model itself; hint: name another one")
	f("{alias: a, provider: openai, fallback: [other, other]}", `4: warning: models[1].fallback[1]: "other" is in the list already`)
	f("{alias: a, provider: openai, fallback: [othre]}", `4: warning: models[1].fallback[0]: no provider serves "othre": it will be skipped; hint: did you mean other?`)
	f("{alias: a, provider: openai, fallback: [mistral/x]}", `4: warning: models[1].fallback[0]: no provider serves "mistral/x": it will be skipped; hint: name an alias, or write provider/model`)
	f("{alias: a, provider: openai, fallback: [other, gpt-1, gpt-2]}", "4: warning: models[1].fallback: lists 3; at most 3 attempts are made for a request, the first and 2 fallbacks")
}

func TestVirtualKeys(t *testing.T) {
	f := func(keys, want string) {
		t.Helper()
		tells(t, base+"virtual_keys:\n  - {name: first, key: 0123456789abcdef}\n  - "+keys+"\n", want)
	}
	f("{name: a, key: 0123456789abcdeg, allowed_models: [gpt-4o, openai/x, 'openai/*']}", "")
	f("{key: 0123456789abcdeg}", "4: virtual_keys[1].name: a virtual key needs a name")
	f("{name: first, key: 0123456789abcdeg}", `4: virtual_keys[1].name: virtual key "first" is there already, as virtual_keys[0]`)
	f("{name: a}", `4: virtual_keys[1].key: virtual key "a" needs a key; hint: openssl rand -hex 24 makes one`)
	f("{name: a, key: 0123456789abcdef}", "4: virtual_keys[1].key: is the key of virtual_keys[0] too; hint: give each its own")
	f("{name: a, key: '0123456789 abcdef'}", "4: virtual_keys[1].key: holds characters that no key has; hint: look for a space, a line break or a typographic quote that was pasted along")
	f("{name: a, key: 0123456789abcde}", "4: warning: virtual_keys[1].key: is 15 bytes long and could be guessed; a key has at least 16; hint: openssl rand -hex 24 makes a good one")
	f("{name: a, key: 0123456789abcdeg, budget_usd_per_month: 50}", "")
	f("{name: a, key: 0123456789abcdeg, budget_usd_per_month: -1}", "4: virtual_keys[1].budget_usd_per_month: cannot be negative (-1)")
	f("{name: a, key: 0123456789abcdeg, allowed_models: ['*', 'gpt-4*', '*/gpt-4*', 'regex:^gpt-(4|5)', 'openai/gpt-4*']}", "")
	f("{name: a, key: 0123456789abcdeg, blocked_models: ['regex:(']}", "4: virtual_keys[1].blocked_models[0]: is no RE2 expression: error parsing regexp: missing closing ): `(`")
	f("{name: a, key: 0123456789abcdeg, allowed_models: ['opnai/*', fsat]}", `4: warning: virtual_keys[1].allowed_models[0]: no provider is named "opnai": it allows nothing; hint: did you mean openai?`+"\n"+
		`4: warning: virtual_keys[1].allowed_models[1]: no provider serves "fsat": it allows nothing; hint: name an alias, or write provider/model`)
}

func TestQuickstart(t *testing.T) {
	offers := []Offer{{"openai", "OPENAI_API_KEY"}, {"mistral", "MISTRAL_API_KEY"}}
	d, problems := Quickstart(testEnv("MISTRAL_API_KEY=m", "OPENAI_API_KEY="), offers)
	if len(problems) > 0 || len(d.Providers) != 1 || d.Providers[0].Name != "mistral" || d.Providers[0].APIKey.Reveal() != "m" || d.Providers[0].APIKey.Ref() != "env.MISTRAL_API_KEY" || d.Providers[0].Network.Proxy != "env" {
		t.Errorf("document %+v, problems %v", d, problems)
	}
	d, problems = Quickstart(testEnv(), append(offers, Offer{"mistral-eu", "MISTRAL_API_KEY"}))
	if d != nil || text(problems) != "no key of a provider is in the environment; hint: set one of MISTRAL_API_KEY, OPENAI_API_KEY, or write a configuration file" {
		t.Errorf("without keys: %+v, %s", d, text(problems))
	}
}

func TestNear(t *testing.T) {
	f := func(word, want string) {
		t.Helper()
		if got := Near(word, []string{"listen", "base_url", "api_key", "models", "keys", "name"}); got != want {
			t.Errorf("near %s is %q; want %q", word, got, want)
		}
	}
	f("lisen", "listen")
	f("LISTEN", "listen")
	f("baseURL", "base_url")
	f("url", "base_url")
	f("apikey", "api_key")
	f("model", "models")
	f("kesy", "keys")
	f("nmae", "name")
	f("qqq", "")
	f("", "")
	f(strings.Repeat("listen", 100), "")
}

func TestUnits(t *testing.T) {
	d := func(s, want string) {
		t.Helper()
		got, err := parseDuration(s)
		if text := got.String(); err != nil && want != "" || err == nil && text != want {
			t.Errorf("%s is %s, %v; want %s", s, text, err, want)
		}
	}
	d("1.5s", "1.5s")
	d("10m", "10m0s")
	d("3", "3s")
	d("0.25", "250ms")
	d("-1", "-1s")
	d("1d", "")
	d("NaN", "")
	d("1e300", "")
	d("", "")
	s := func(text, want string) {
		t.Helper()
		got, err := parseSize(text)
		if err != nil && want != "" || err == nil && got.String() != want {
			t.Errorf("%s is %s, %v; want %s", text, got, err, want)
		}
	}
	s("20MiB", "20MiB")
	s("20 MiB", "20MiB")
	s("1536KiB", "1536KiB")
	s("1048576", "1MiB")
	s("512KB", "500KiB")
	s("1000", "1000")
	s("1.5GiB", "1536MiB")
	s("0.5B", "")
	s("9999999999GiB", "")
	s("MiB", "")
	s("inf", "")
	s("0", "0")
}

func TestIsOrigin(t *testing.T) {
	f := func(text string, want bool) {
		t.Helper()
		if IsOrigin(text) != want {
			t.Errorf("%q is an origin: %v", text, !want)
		}
	}
	for _, good := range []string{"*", "https://app.example.com", "http://localhost:3000", "http://[::1]:3000", "chrome-extension://abcdef", "HTTPS://App.Example"} {
		f(good, true)
	}
	for _, bad := range []string{"", "null", "app.example.com", "https://", "https://a/", "https://a?", "https://a?b", "https://a#", "https://u:p@a", "https://*.a", "https://a\r\nX: 1", "https://a b", "https://é.example"} {
		f(bad, false)
	}
}
