package config

import (
	"errors"
	"strings"
	"testing"
)

// tells checks that a document gives exactly these problems; lines of want that
// begin with a number are file lines.
func tells(t *testing.T, doc, want string, vars ...string) {
	t.Helper()
	_, problems := Decode("t.yaml", []byte(doc), testEnv(vars...))
	want = strings.Trim(want, "\n")
	if got := text(problems); got != want {
		t.Errorf("%.1000s\ngives\n%s\nwant\n%s", doc, got, want)
	}
}

// base is a good provider for documents that are about something else.
const base = "providers: [{name: openai, api_key: a-key-for-openai}]\n"

func TestReading(t *testing.T) {
	tells(t, base, "")
	tells(t, "", "t.yaml: is empty; hint: begin with providers: [{name: openai, api_key: env.OPENAI_API_KEY}]")
	tells(t, "# nothing\n", "t.yaml: is empty; hint: begin with providers: [{name: openai, api_key: env.OPENAI_API_KEY}]")
	tells(t, "- a\n", "1: expected a mapping, found a list\n1: providers: there is no provider to send requests to; hint: add one: providers: [{name: openai, api_key: env.OPENAI_API_KEY}]")
	tells(t, base+"lisen: x\n", "2: lisen: unknown field; hint: did you mean listen?")
	tells(t, base+"qqqqqq: x\n", "2: qqqqqq: unknown field; hint: known here: $schema, listen, tls, admin, store, observability, limits, allow_anonymous, allowed_origins, extra_fields, cache, repeats, overload, providers, models, routing, virtual_keys, teams, customers, rate_limits, budgets, governance, prices, audit")
	tells(t, base+"provider: []\n", "2: provider: unknown field; hint: did you mean providers?")
	tells(t, base+"body_bytes: 1\n", "2: body_bytes: unknown field; hint: body_bytes belongs in limits")
	tells(t, base+"listen: 127.0.0.1:1\nlisten: 127.0.0.1:2\n", "3: listen: is set twice, first on line 2; hint: keep one of them")
	tells(t, base+"listen: 8080\n", `2: listen: expected a string, found the number 8080; hint: write host:port, such as 127.0.0.1:8080 or [::1]:8080, or systemd`)
	tells(t, base+"model_list: []\n", "2: model_list: unknown field; hint: that is LiteLLM's; asbru import litellm FILE converts it")
	tells(t, base+"listen: [a]\n", "2: listen: expected a string, found a list")
	tells(t, base+"listen:\n", "")
	tells(t, base+"allow_anonymous: yes\n", "2: allow_anonymous: expected true or false, found a string")
	tells(t, base+`allow_anonymous: "true"`, "2: allow_anonymous: expected true or false, found a string; hint: take the quotes off")
	tells(t, base+"limits: {connections: 1.5}\n", "2: limits.connections: expected a whole number, found the number 1.5")
	tells(t, base+"limits: {connections: 99999999999999999999}\n", "2: limits.connections: expected a whole number, found the number 99999999999999999999")
	tells(t, base+"limits: {idle_timeout: 3x}\n", "2: limits.idle_timeout: expected a duration such as 1.5s or 10m, found \"3x\"; hint: units are ns, us, ms, s, m, h; a bare number is seconds")
	tells(t, base+"limits: {body_bytes: 3XB}\n", "2: limits.body_bytes: expected a size such as 20MiB, found \"3XB\"; hint: units are B, KB, MB, GB, KiB, MiB, GiB")
	tells(t, base+"models: {alias: x}\n", `2: models: expected a list, found a mapping; hint: begin each entry with "- "`)
	tells(t, base+"models: [{alias: x, provider: openai, fallback: gpt-4o}]\n", "2: models[0].fallback: expected a list, found a string; hint: write [gpt-4o]")
	tells(t, base+"? [a]\n: b\n", "2: a key must be a word, found a list")
	tells(t, base+"---\n"+base, "2: holds more than one YAML document; hint: keep one and delete the --- between them")
}

func TestSyntax(t *testing.T) {
	tells(t, "listen: a: b\n", `1: cannot read YAML: mapping values are not allowed in this context; hint: quote a value that holds ": "`)
	tells(t, base+"models:\n\t- {}\n", "3: cannot read YAML: a tab indents the line; hint: indent with spaces")
	tells(t, base+"models: @x\n", "2: cannot read YAML: found character that cannot start any token; hint: quote a value that begins with @, ` or %")
	tells(t, base+"listen: *who\n", "2: cannot read YAML: unknown anchor 'who' referenced; hint: quote a value that begins with *")
	tells(t, "listen: \xff\n", "1: byte 0xff is not UTF-8; hint: save the file as UTF-8")
	tells(t, "a: \ufdd0NAME\ufdd1\n", "1: holds a code point that is not a character; hint: delete it")
	tells(t, strings.Repeat("#", MaxDocumentBytes+1), "t.yaml: is 4194305 bytes long; a document has at most 4194304, and 67108864 with its virtual_keys in YAML, each entry on a line of its own")
	deep := strings.Repeat("[", 200) + strings.Repeat("]", 200)
	tells(t, base+"x-deep: "+deep+"\nmodels: "+deep, "3: models[0]: expected a mapping, found a list")
}

// The line of a wrong indentation is named, not the one before the list or mapping that it ends.
func TestIndentation(t *testing.T) {
	key, dash := "cannot read YAML: did not find expected key; hint: check the indentation of this line", "cannot read YAML: did not find expected '-' indicator; hint: check the indentation of this line"
	tells(t, "providers:\n  - name: openai\n   api_key: x\n", "3: "+dash)
	tells(t, "providers:\n  - name: openai\n    api_key: x\n    - name: b\n", "4: "+key)
	tells(t, "providers:\n- name: openai\n  api_key: x\n models:\n- alias: a\n", "4: "+key)
	tells(t, "providers:\r\n- name: openai\r\n  api_key: x\r\n models:\r\n- alias: a", "4: "+key)
	many := "providers:\n" + strings.Repeat("  - name: openai\n    api_key: \"a\n      b\"\n", 500)
	tells(t, many+"   api_key: x\n"+strings.Repeat("  - {name: b}\n", 50), "1502: "+dash)
	tells(t, many+"    - api_key: x\n", "1502: "+key)
	tells(t, strings.Repeat("#", maxSought)+"\n"+many+"    - api_key: x\n",
		"1499: cannot read YAML: did not find expected key; hint: check the indentation of the list or mapping that begins below this line")
}

func TestSecondProblemsAreNotTold(t *testing.T) {
	// The missing key follows from the variable that is not set.
	tells(t, "providers:\n  - {name: openai, api_key: ${NOPE}}\n",
		"2: providers[0].api_key: environment variable NOPE is not set; hint: set it where asbru is started, or take this entry out")
}

func TestManyProblems(t *testing.T) {
	_, problems := Decode("t.yaml", []byte(base+strings.Repeat("models: 1\n", 5000)), testEnv())
	if n := len(problems); n > maxProblems+1 {
		t.Errorf("%d problems are told", n)
	}
	last := problems[len(problems)-1]
	if last.Severity != Error || !strings.Contains(last.Message, "there are more problems than these 100") {
		t.Errorf("the last is %s", last)
	}
}

func TestAliases(t *testing.T) {
	doc, problems := Decode("t.yaml", []byte(`x-net: &net {connect_timeout: 1s, keep_alive: 2s}
providers:
  - {name: openai, api_key: a-key, network: {<<: *net, keep_alive: 5s}}
  - {name: mistral, api_key: a-key, network: *net}
`), testEnv())
	if doc == nil {
		t.Fatal(text(problems))
	}
	a, b := doc.Providers[0].Network, doc.Providers[1].Network
	if a.ConnectTimeout.String() != "1s" || a.KeepAlive.String() != "5s" || b.KeepAlive.String() != "2s" {
		t.Errorf("read %+v and %+v", a, b)
	}
	tells(t, "providers: &p\n  - *p\n", "1: providers[0]: expected a mapping, found a list")
	tells(t, base+"models: [&m {<<: *m, alias: a, provider: openai}]\n", "2: models[0]: alias *m leads back to itself")
}

func TestBillionLaughs(t *testing.T) {
	var b strings.Builder
	b.WriteString("x-0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n")
	for i := range 12 {
		prev := "*a" + string(rune('0'+i))
		if i >= 10 {
			prev = "*b" + string(rune('0'+i-10))
		}
		name := "a" + string(rune('0'+i+1))
		if i+1 >= 10 {
			name = "b" + string(rune('0'+i+1-10))
		}
		b.WriteString("x-" + name + ": &" + name + " [" + strings.Repeat(prev+", ", 9) + prev + "]\n")
	}
	b.WriteString("providers: [{name: openai, api_key: a-key, models: *a1, keys: *b2}]\n")
	b.WriteString("models: [{alias: a, provider: openai, fallback: *a0}]\n")
	_, problems := Decode("t.yaml", []byte(b.String()), testEnv())
	if !Failed(problems) {
		t.Error("nobody minds")
	}

	// Merges inside merges, where nothing else ends the recursion.
	b.Reset()
	b.WriteString("x-0: &m0 {connect_timeout: 1s}\n")
	for i := range 9 {
		m := "*m" + string(rune('0'+i))
		b.WriteString("x-" + string(rune('1'+i)) + ": &m" + string(rune('1'+i)) + " {<<: [" + strings.Repeat(m+", ", 19) + m + "]}\n")
	}
	b.WriteString("providers: [{name: openai, api_key: a-key, network: *m9}]\n")
	tells(t, b.String(), "1: providers[0].network: aliases stand for more than 100000 values; hint: write them out, or use fewer")
}

func TestJSON(t *testing.T) {
	f := func(doc, want string) {
		t.Helper()
		_, problems := Decode("t.json", []byte(doc), testEnv("K=v"))
		got := text(problems)
		if got != want {
			t.Errorf("%s\ngives\n%s\nwant\n%s", doc, got, want)
		}
	}
	good := `"providers": [{"name": "openai", "api_key": "${K}"}]`
	f("{"+good+"}", "")
	f("{\n"+good+",\n \"lisen\": \"\\ud83d\\ude00\"}", "3: lisen: unknown field; hint: did you mean listen?")
	f("{\n"+good+",\n \"listen\": \"127.0.0.1:1\",\n \"listen\": \"127.0.0.1:2\"}", "4: listen: is set twice, first on line 3; hint: keep one of them")
	f("{\n"+good+",\n\t\"limits\": {\"connections\": 1e3}}", "3: limits.connections: expected a whole number, found the number 1e3")
	f("{\n"+good+",\n}", "3: cannot read JSON: unexpected character '}'; hint: take out the comma before it")
	f("{ // comment\n"+good+"}", "1: cannot read JSON: unexpected character '/'; hint: JSON has no comments; YAML has, behind #")
	f("{\n"+good+",\n x: 1}", "3: cannot read JSON: unexpected character 'x'")
	f("{"+good+"}\n{}", "2: cannot read JSON: there is something after the document")
	f("{\n"+good+"\n", "3: cannot read JSON: the text ends before the document does")
	f(strings.Repeat("[", 100)+strings.Repeat("]", 100), "1: cannot read JSON: more than 64 levels are inside each other")
	f("", "t.json: is empty; hint: begin with providers: [{name: openai, api_key: env.OPENAI_API_KEY}]")
}

func TestPositions(t *testing.T) {
	f := func(name, doc string, line, column int) {
		t.Helper()
		_, problems := Decode(name, []byte(doc), testEnv("K=v"))
		if len(problems) != 1 || problems[0].Line != line || problems[0].Column != column {
			t.Errorf("%s: %+v; want %d:%d", doc, problems, line, column)
		}
	}
	f("t.yaml", "providers: [{name: openai, api_key: ${K}, lisen: ü}]", 1, 43)
	f("t.json", `{"x-ü": "ü", "providers": [{"name": "openai", "api_key": "k", "lisen": 1}]}`, 1, 63)
	f("none", `{"providers": [{"name": "openai", "api_key": "k", "lisen": 1}]}`, 1, 51)
	f("none", "{providers: [{name: openai, api_key: k, lisen: 1}]}", 1, 41)
}

func TestProblem(t *testing.T) {
	f := func(p Problem, want string) {
		t.Helper()
		if got := p.String(); got != want {
			t.Errorf("got %s; want %s", got, want)
		}
	}
	f(Problem{File: "asbru.yaml", Line: 41, Column: 7, Path: "routes[2].targets[0].weight", Message: "cannot be negative (-3)", Hint: "0 disables a target"},
		"asbru.yaml:41: routes[2].targets[0].weight: cannot be negative (-3); hint: 0 disables a target")
	f(Problem{Message: "is empty"}, "is empty")
	f(Problem{File: "a", Path: "b", Message: "c", Severity: Warning}, "a: warning: b: c")
	var p Problem
	if !errors.As(error(Problem{Path: "x"}), &p) || p.Path != "x" {
		t.Error("a Problem is no error")
	}
}

func TestJoin(t *testing.T) {
	told := []Problem{{Path: "a", Severity: Warning}, {Path: "b"}}
	got := Join(told, []Problem{{Path: "a"}, {Path: "b", Severity: Warning}, {Path: "c"}, {Path: "c"}})
	if len(got) != 5 {
		t.Errorf("joined to %v", got)
	}
}

func TestLocate(t *testing.T) {
	doc := "providers:\n  - name: openai\n    headers:\n      \"X.Y\": v\n"
	f := func(path string, line, column int) {
		t.Helper()
		p := []Problem{{Path: path}}
		Locate("t.yaml", []byte(doc), p)
		if p[0].Line != line || p[0].Column != column || p[0].File != "t.yaml" {
			t.Errorf("%s is at %d:%d; want %d:%d", path, p[0].Line, p[0].Column, line, column)
		}
	}
	f("", 1, 1)
	f("providers", 1, 1)
	f("providers[0].name", 2, 11)
	f(`providers[0].headers["X.Y"]`, 4, 14)
	f("providers[0].keys[3].value", 2, 5)
	f("providers[7]", 1, 1)
	f("providers[", 1, 1)
	f(`providers[0].headers["`, 3, 5)
}
