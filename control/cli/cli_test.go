package cli

import (
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"asbru/adapters/dialect/openai"
	"asbru/core"
	"asbru/core/config"
)

// app is a program with the commands of this package and two more.
func app() *App {
	a := &App{Name: "asbru", Summary: "an LLM gateway in one binary", Footer: "More at /docs"}
	t := Tools{App: a, Compile: compile, Env: config.Env{
		Lookup: func(name string) (string, bool) { return "value-of-" + name, name != "NOPE" },
		Known:  map[string]config.Kind{"openai": {NeedsKey: true, HasBase: true}, "mistral": {NeedsKey: true, HasBase: true}},
	}}
	a.Commands = []Command{
		{Name: "serve", Summary: "run the gateway", Help: strings.Repeat("Some words to fold. ", 10), New: func(fs *flag.FlagSet) Run {
			listen := fs.String("listen", "127.0.0.1:8080", "`address` to listen on")
			n := fs.Int("n", 0, "a number")
			yes := fs.Bool("yes", false, "it's [on]: or not")
			return func(args []string, stdout, _ io.Writer) int {
				fmt.Fprintf(stdout, "serving on %s, %d %v %q\n", *listen, *n, *yes, args)
				return OK
			}
		}},
		Check(t), Explain(t), Schema(t), Import(t), Ledger(a),
		{Name: "mock", Summary: "a stand-in provider", Raw: func(args []string, stdout, _ io.Writer) int {
			fmt.Fprintf(stdout, "mock %q\n", args)
			return OK
		}},
		{Name: "version", Summary: "print the version", New: func(*flag.FlagSet) Run {
			return func(_ []string, stdout, _ io.Writer) int { fmt.Fprintln(stdout, "asbru 1"); return OK }
		}},
		{Name: "secret", Summary: "not in the list", Hidden: true, Raw: func([]string, io.Writer, io.Writer) int { return Problem }},
		Completion(a),
	}
	return a
}

// run runs a line of words and checks the exit code.
func run(t *testing.T, want int, words ...string) (stdout, stderr string) {
	t.Helper()
	var out, err strings.Builder
	if code := app().Run(words, &out, &err); code != want {
		t.Errorf("asbru %s: exit code %d; want %d\n%s%s", strings.Join(words, " "), code, want, out.String(), err.String())
	}
	return out.String(), err.String()
}

func TestRun(t *testing.T) {
	out := func(want string, words ...string) {
		t.Helper()
		if got, errs := run(t, OK, words...); got != want || errs != "" {
			t.Errorf("asbru %v says %q and %q; want %q", words, got, errs, want)
		}
	}
	out("serving on 127.0.0.1:8080, 0 false []\n", "serve")
	out("serving on x, 3 true [\"a\" \"b\"]\n", "serve", "a", "--listen", "x", "b", "-n=3", "--yes")
	out("serving on 127.0.0.1:8080, 0 true [\"--n\" \"-x\"]\n", "serve", "-yes", "--", "--n", "-x")
	out("serving on 127.0.0.1:8080, 0 false [\"a\" \"-x\"]\n", "serve", "a", "--", "-x")
	out("mock [\"--help\" \"-x\"]\n", "mock", "--help", "-x")
	out("mock [\"--help\"]\n", "help", "mock")
	out("asbru 1\n", "--version")
	out("asbru 1\n", "version")

	bad := func(want string, words ...string) {
		t.Helper()
		if got, errs := run(t, Usage, words...); errs != want || got != "" {
			t.Errorf("asbru %v says %q and %q; want %q", words, got, errs, want)
		}
	}
	bad("asbru: there is no command sreve\n  did you mean serve?\n  see: asbru help\n", "sreve")
	bad("asbru: there is no command xyzzy\n  see: asbru help\n", "xyzzy")
	bad("asbru help: there is no command chekc\n  did you mean check?\n  see: asbru help\n", "help", "chekc")
	bad("asbru serve: there is no flag --lisen\n  did you mean --listen?\n  see: asbru help serve\n", "serve", "--lisen", "x")
	bad("asbru serve: there is no flag --port\n  did you mean --listen?\n  see: asbru help serve\n", "serve", "--port", "8080")
	bad("asbru: there is no command start\n  did you mean serve?\n  see: asbru help\n", "start")
	bad("asbru serve: flag --listen needs a value\n  see: asbru help serve\n", "serve", "--listen")
	bad("asbru serve: invalid value \"x\" for --n: parse error\n  see: asbru help serve\n", "serve", "-n", "x")
	bad("asbru serve: invalid boolean value \"x\" for --yes: parse error\n  see: asbru help serve\n", "serve", "--yes=x")
	bad("asbru check: name a configuration file\n  see: asbru help check\n", "check")
	bad("asbru check: one file at a time, not 2\n  see: asbru help check\n", "check", "a", "b")
	bad("asbru schema: takes no arguments\n  see: asbru help schema\n", "schema", "x")
	bad("asbru completion: needs one shell: bash, zsh or fish\n  see: asbru help completion\n", "completion")
}

func TestHelp(t *testing.T) {
	overview, _ := run(t, OK, "--help")
	for _, want := range []string{"asbru: an LLM gateway", "asbru COMMAND", "  serve       run the gateway\n", "  completion  print", "More at /docs"} {
		if !strings.Contains(overview, want) {
			t.Errorf("help does not say %q:\n%s", want, overview)
		}
	}
	if strings.Contains(overview, "secret") || strings.Contains(overview, "\x1b") {
		t.Errorf("help shows what it should not:\n%s", overview)
	}
	if _, errs := run(t, Usage); errs != overview {
		t.Errorf("no command says\n%s", errs)
	}
	for _, words := range [][]string{{"help"}, {"-h"}, {"help", "help"}} {
		if got, _ := run(t, OK, words...); got != overview {
			t.Errorf("%v says\n%s", words, got)
		}
	}
	serve, _ := run(t, OK, "help", "serve")
	for _, want := range []string{"asbru serve [flags]", "  --listen ADDRESS\n        address to listen on (default 127.0.0.1:8080)\n", "  -n INT\n", "  --yes\n"} {
		if !strings.Contains(serve, want) {
			t.Errorf("help serve does not say %q:\n%s", want, serve)
		}
	}
	for line := range strings.SplitSeq(serve, "\n") {
		if len(line) > helpWidth {
			t.Errorf("a line is %d wide: %s", len(line), line)
		}
	}
	if again, _ := run(t, OK, "serve", "--help"); again != serve {
		t.Errorf("serve --help says\n%s", again)
	}
}

func TestColours(t *testing.T) {
	env := func(vars ...string) func(string) (string, bool) {
		return func(name string) (string, bool) {
			for _, v := range vars {
				if value, ok := strings.CutPrefix(v, name+"="); ok {
					return value, true
				}
			}
			return "", false
		}
	}
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0) // a character device, as a terminal is
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	file, err := os.Create(filepath.Join(t.TempDir(), "f"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	f := func(w io.Writer, want palette, vars ...string) {
		t.Helper()
		if got := colours(w, env(vars...)); got != want {
			t.Errorf("colours with %v: %v; want %v", vars, got, want)
		}
	}
	f(null, true, "TERM=xterm")
	f(null, false, "TERM=xterm", "NO_COLOR=1")
	f(null, true, "TERM=xterm", "NO_COLOR=")
	f(null, false, "TERM=dumb")
	f(null, false)
	f(file, false, "TERM=xterm")
	f(new(strings.Builder), false, "TERM=xterm")
	if got := palette(true).bold("x"); got != "\x1b[1mx\x1b[0m" {
		t.Errorf("bold is %q", got)
	}
}

func TestCompletion(t *testing.T) {
	for _, shell := range shells {
		script, _ := run(t, OK, "completion", shell)
		for _, want := range []string{"serve", "listen", "bash", "help"} {
			if !strings.Contains(script, want) {
				t.Errorf("the script for %s does not know %s", shell, want)
			}
		}
		t.Run(shell, func(t *testing.T) {
			path, err := exec.LookPath(shell)
			if err != nil {
				t.Skipf("%s is not installed; the script is not parsed", shell)
			}
			cmd := exec.Command(path, "-n")
			cmd.Stdin = strings.NewReader(script)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%s does not parse its script: %v\n%s\n%s", shell, err, out, script)
			}
		})
	}
}

func TestBash(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is not installed")
	}
	script, _ := run(t, OK, "completion", "bash")
	folder := ""
	f := func(want string, words ...string) {
		t.Helper()
		ask := fmt.Sprintf("%s\nCOMP_WORDS=(asbru %s); COMP_CWORD=%d; _asbru; echo ${COMPREPLY[*]}", script, strings.Join(words, " "), len(words))
		cmd := exec.Command(bash, "--norc", "-c", ask)
		cmd.Dir = folder
		out, err := cmd.CombinedOutput()
		if got := strings.TrimSpace(string(out)); err != nil || got != want {
			t.Errorf("%v completes to %q (%v); want %q", words, got, err, want)
		}
	}
	folder = t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "my.yaml"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	f("serve schema", "s")
	f("--listen", "serve", "--l")
	f("bash", "completion", "b")
	f("mock", "help", "m")
	f("my.yaml", "check", "m")
	f("my.yaml", "check", "--strict", "my")
	f("", "schema", "m")
}

// bounded is a gate that has learnt nothing yet.
type bounded struct{ core.Gate }

func (bounded) Gauges() core.GateGauges {
	return core.GateGauges{Limit: 12, Least: 4, Most: 50, Queue: 10, Wait: 1e9, BatchShare: 0.1}
}

type closer struct{ _ byte }

func (*closer) Close() error { return nil }

// compile makes a Snapshot of the shape that the real compiler makes.
func compile(doc *config.Document, version uint64) (*core.Snapshot, []config.Problem) {
	s := &core.Snapshot{Version: version, Keys: map[[32]byte]*core.VirtualKey{}, Models: map[string]*core.Route{}, Providers: map[string]*core.Route{}}
	target := func(provider, model string) *core.Target {
		t := &core.Target{Name: strings.TrimSuffix(provider+"/"+model, "/"), Provider: provider, Model: model, Host: "api." + provider + ".test"}
		t.Faces = []*core.Face{{Dialect: openai.API}}
		t.Faces[0].Paths[core.OpChat] = "/v1/chat/completions"
		t.Keys = []*core.ProviderKey{{Name: "key-1", Weight: 3}, {Name: "key-2", Weight: 1}, {Name: "old"}, {Name: "narrow", Weight: 1, Models: map[string]bool{"x": true}}}
		if provider == "mistral" {
			t.Gate = bounded{}
			t.Pool = &closer{}
			s.Pools = map[core.Endpoint]core.Pool{{Host: t.Host, Via: "chaos:script"}: t.Pool, {Host: "other"}: &closer{}}
		}
		return t
	}
	for _, p := range doc.Providers {
		s.Providers[p.Name] = &core.Route{Name: p.Name, Targets: []*core.Target{target(p.Name, "")}}
	}
	s.Serves = []core.Prefix{{Text: "o1", Route: s.Providers["openai"]}, {Text: "gpt-", Route: s.Providers["openai"]}}
	for _, m := range doc.Models {
		s.Models[m.Alias] = &core.Route{Name: m.Alias, Targets: []*core.Target{target(m.Provider, m.Model), target("openai", "gpt-4o")}}
	}
	var problems []config.Problem
	for i, k := range doc.VirtualKeys {
		vk := &core.VirtualKey{Name: k.Name, Urgency: core.Batch, Policy: &core.Policy{Name: "narrow"}}
		plan := &vk.Policy.Plans[core.OpChat]
		plan.Steps = []core.Step{{Point: "admit", Name: "scope", From: fmt.Sprintf("virtual_keys[%d].allowed_models", i)}}
		plan.Admit = []core.Stage{func(x *core.Exchange) core.Verdict {
			if string(x.Peek.Model) != "fast" {
				x.Fault = &core.Fault{Code: core.Forbidden, Message: "key may not use " + string(x.Peek.Model), Hint: "ask for fast"}
				return core.Refuse
			}
			return core.Continue
		}}
		s.Keys[[32]byte{byte(i)}] = vk
		if k.Name == "unlucky" {
			problems = append(problems, config.Problem{Path: fmt.Sprintf("virtual_keys[%d]", i), Message: "cannot be compiled"})
		}
	}
	if len(doc.VirtualKeys) == 0 {
		s.Anonymous = &core.VirtualKey{Name: "anonymous"}
	}
	return s, problems
}

const good = `providers:
  - {name: openai, api_key: env.OPENAI_API_KEY}
  - {name: mistral, api_key: env.MISTRAL_API_KEY}
models:
  - {alias: fast, provider: mistral, model: mistral-small}
virtual_keys:
  - {name: tenant-12, key: a-key-of-sufficient-length, allowed_models: [fast]}
`

// file writes a configuration and returns its path and a function that puts
// the path's place-holder F in an expected text.
func file(t *testing.T, text string) (path string, with func(string) string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "asbru.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path, func(s string) string { return strings.ReplaceAll(s, "F:", path+":") }
}

func TestCheck(t *testing.T) {
	f := func(code int, text, wantOut, wantErr string, flags ...string) {
		t.Helper()
		path, with := file(t, text)
		out, errs := run(t, code, append([]string{"check", path}, flags...)...)
		if out != with(wantOut) || errs != with(wantErr) {
			t.Errorf("check says\n%s%s\nwant\n%s%s", out, errs, with(wantOut), with(wantErr))
		}
	}
	f(OK, good, "F: ok: 2 providers, 1 alias, 1 virtual key\n", "")
	f(OK, good, "", "", "--quiet")
	f(Problem, good+"lisen: x\n", "", "F:8: lisen: unknown field; hint: did you mean listen?\nF: cannot be used: 1 problem\n")
	f(Problem, strings.Replace(good, "env.OPENAI_API_KEY", "env.NOPE", 1)+"lisen: x\n", "",
		"F:2: providers[0].api_key: environment variable NOPE is not set; hint: set it where asbru is started, or take this entry out\n"+
			"F:8: lisen: unknown field; hint: did you mean listen?\nF: cannot be used: 2 problems\n")
	f(Problem, strings.Replace(good, "tenant-12", "unlucky", 1), "", "F:7: virtual_keys[0]: cannot be compiled\nF: cannot be used: 1 problem\n")
	short := strings.Replace(good, "a-key-of-sufficient-length", "short", 1)
	warning := "F:7: warning: virtual_keys[0].key: is 5 bytes long and could be guessed; a key has at least 16; hint: openssl rand -hex 24 makes a good one\n"
	f(OK, short, "F: ok: 2 providers, 1 alias, 1 virtual key\n", warning)
	f(Problem, short, "", warning+"F: 1 warning taken for errors\n", "--strict")
	if _, errs := run(t, Problem, "check", "/nowhere/asbru.yaml"); errs != "asbru: cannot read configuration \"/nowhere/asbru.yaml\": no such file or directory\n" {
		t.Errorf("a file that is not there: %s", errs)
	}
	if _, errs := run(t, Problem, "check", os.TempDir()); !strings.Contains(errs, "it is a directory; hint: name the file in it") {
		t.Errorf("a folder: %s", errs)
	}
}

func TestExplain(t *testing.T) {
	path, _ := file(t, good)
	says := func(code int, flags string, wants ...string) {
		t.Helper()
		out, errs := run(t, code, append(append([]string{"explain"}, strings.Fields(flags)...), path)...)
		for _, want := range wants {
			if !strings.Contains(out+errs, want) {
				t.Errorf("explain %s does not say %q:\n%s%s", flags, want, out, errs)
			}
		}
		if strings.Contains(out+errs, "value-of") || strings.Contains(out+errs, "sufficient") {
			t.Errorf("explain shows a secret:\n%s", out)
		}
	}
	says(OK, "--key tenant-12", "1 model by name", "mistral/mistral-small, then openai/gpt-4o", "openai/*", "bare names → openai\n            gpt-* o1*\n", "1 step", "admit   scope       from virtual_keys[0].allowed_models")
	says(OK, "--key tenant-12 --model fast", "tenant-12, policy narrow, lane batch", "bound: 12 under way at first, then what it bears from 4 to 50; 10 may wait for 1s; batch has 10 % of the turns", "fast → route fast", "target 1  mistral/mistral-small, model mistral-small",
		"sent to api.mistral.test/v1/chat/completions", "rehearsed: chaos:script stands in its place", "key key-1: weight 3, 75% of requests", "key old: disabled, weight 0", "key narrow: not for", "verdict   admitted")
	says(OK, "--key tenant-12 --model fast --op embeddings", "cannot do embeddings: it is skipped", "no steps")
	says(Problem, "--key tenant-12 --model openai/gpt-4o", "verdict   refused with 403: key may not use openai/gpt-4o", "hint: ask for fast", "model gpt-4o")
	says(Problem, "--key tenant-12 --model fsat", `no provider serves "fsat"`, "did you mean fast?")
	says(Problem, "--key tenant-21", `no virtual key is named "tenant-21"`, "did you mean tenant-12?")
	says(Problem, "", "say who calls with --key NAME")
	says(Usage, "--op dance", `there is no operation "dance"; there are chat`)

	path, _ = file(t, strings.Split(good, "virtual_keys")[0])
	says(OK, "--model fast", "anonymous", "no steps, bytes go straight through", "admitted")
	path, _ = file(t, "lisen: x")
	says(Problem, "", "lisen: unknown field", "cannot be used: 2 problems")
}

func TestSchema(t *testing.T) {
	if out, _ := run(t, OK, "schema"); !strings.Contains(out, `"$schema": "https://json-schema.org/draft/2020-12/schema"`) {
		t.Errorf("schema prints %.200s", out)
	}
}
