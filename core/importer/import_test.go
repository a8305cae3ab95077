package importer

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"asbru/core"
	"asbru/core/build"
	"asbru/core/config"
)

var update = flag.Bool("update", false, "write the golden files")

var kinds = sync.OnceValue(build.Kinds)

// known is what the program knows of providers.
func known() config.Env { return config.Env{Known: kinds()} }

// samples are the files of testdata.
var samples = []struct{ form, file string }{{"bifrost", "bifrost.json"}, {"bifrost", "bifrost-open.json"}, {"litellm", "litellm.yaml"}, {"litellm", "litellm-small.yaml"}}

func sample(t testing.TB, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// told are notes, one a line.
func told(notes []config.Problem) string {
	var b strings.Builder
	for _, n := range notes {
		b.WriteString(n.String() + "\n")
	}
	return b.String()
}

// TestGolden compares the document and what is told of each file of testdata.
func TestGolden(t *testing.T) {
	for _, s := range samples {
		base := strings.TrimSuffix(s.file, filepath.Ext(s.file))
		r := Import(s.form, s.file, sample(t, s.file), Options{Env: known()})
		if r.Document == nil {
			t.Fatalf("%s: nothing was made of it:\n%s", s.file, told(r.Notes))
		}
		golden(t, base+".yaml", string(r.Document))
		golden(t, base+".notes", told(r.Notes))
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; go test -run TestGolden -update ./core/importer, and the diff shows how", path)
	}
}

// pool is a core.Pool that leads nowhere.
type pool struct{ core.Pool }

// variables sets every variable, to what can stand in an address too.
func variables(name string) (string, bool) {
	switch name {
	case "AZURE_NORTH", "AZURE_API_BASE", "OLLAMA_URL", "VLLM":
		return "http://127.0.0.1:9", true
	case "GCP_JSON":
		return `{"type": "authorized_user", "client_id": "a", "client_secret": "b", "refresh_token": "c"}`, true
	}
	return "value-of-" + strings.ToLower(strings.ReplaceAll(name, "_", "-")), true
}

// TestServed compiles what was made of each file, as asbru check does.
func TestServed(t *testing.T) {
	for _, s := range samples {
		for _, secrets := range []bool{false, true} {
			r := Import(s.form, s.file, sample(t, s.file), Options{Env: known(), Secrets: secrets})
			env := known()
			env.Lookup = variables
			doc, problems := config.Decode("asbru.yaml", r.Document, env)
			if doc == nil {
				t.Fatalf("%s: %v", s.file, problems)
			}
			snap, more, retire := build.Compile(doc, nil, build.Deps{NewPool: func(core.Endpoint) (core.Pool, error) { return pool{}, nil }, Lookup: variables})
			if snap == nil || config.Failed(more) {
				t.Fatalf("%s: %v", s.file, more)
			}
			retire()
		}
	}
}

// TestSecrets looks for what is secret in the files: it is in no note, and in a document only
// when that was asked for and where it belongs.
func TestSecrets(t *testing.T) {
	for _, s := range samples {
		data := sample(t, s.file)
		plain := Import(s.form, s.file, data, Options{Env: known()})
		copied := Import(s.form, s.file, data, Options{Env: known(), Secrets: true})
		for _, secret := range []string{"canary-secret", "sk-literal", "sk-bf-literal"} {
			if strings.Contains(string(plain.Document), secret) {
				t.Errorf("%s: the document holds %s", s.file, secret)
			}
			if strings.Contains(told(plain.Notes)+told(copied.Notes), secret) {
				t.Errorf("%s: a note holds %s", s.file, secret)
			}
		}
	}
	r := Import("bifrost", "bifrost.json", sample(t, "bifrost.json"), Options{Env: known(), Secrets: true})
	for _, want := range []string{"value: sk-literal-0123456789", "key: sk-bf-literal-0123456789abcdef", "value: env.OPENAI_API_KEY"} {
		if !strings.Contains(string(r.Document), want) {
			t.Errorf("with secrets the document lacks %q", want)
		}
	}
}

// TestSecretForms reads a key's value in each form it can have.
func TestSecretForms(t *testing.T) {
	f := func(value string, secrets bool, want string) {
		t.Helper()
		text := `{"providers": {"openai": {"keys": [{"name": "k", "value": ` + value + `, "models": ["*"]}]}}}`
		r := Import("bifrost", "x.json", []byte(text), Options{Env: known(), Secrets: secrets})
		if got := string(r.Document); !strings.Contains(got, "value: "+want+"\n") {
			t.Errorf("%s: want %s in\n%s%s", value, want, got, told(r.Notes))
		}
	}
	f(`"env.KEY"`, false, "env.KEY")
	f(`"env.KEY"`, true, "env.KEY")
	f(`{"value": "", "env_var": "KEY", "from_env": true}`, false, "env.KEY")
	f(`{"value": "", "env_var": "env.KEY"}`, false, "env.KEY")
	f(`{"ref": "env.KEY", "type": "env"}`, false, "env.KEY")
	f(`{"value": "env.KEY", "from_env": true}`, false, "env.KEY")
	f(`{"value": "sk-1", "type": "plain_text"}`, true, "sk-1")
	f(`{"value": "sk-1", "type": "plain_text"}`, false, "env.OPENAI_K")
	f(`"sk-${x}"`, true, "sk-$${x}")
	f(`"vault.kv/openai#key"`, true, "env.OPENAI_K")
	f(`{"ref": "vault.kv/openai", "type": "vault"}`, true, "env.OPENAI_K")
	f(`"env.not a name"`, true, "env.OPENAI_K")
	f(`"file:/etc/passwd"`, true, "env.OPENAI_K") // a literal that would be taken for a reference
	f(`"***"`, true, "env.OPENAI_K")
}

// TestRefused tells why nothing was made of a file.
func TestRefused(t *testing.T) {
	f := func(form, text, want string) {
		t.Helper()
		r := Import(form, "x.json", []byte(text), Options{Env: known()})
		if got := told(r.Notes); r.Document != nil || !strings.Contains(got, want) {
			t.Errorf("%s %s: told %q, want %q and no document", form, text, got, want)
		}
	}
	f("bifrost", "", "is empty")
	f("bifrost", "[1]", "x.json:1: is a list, not Bifrost's config.json")
	f("bifrost", `{"providers": {}}`, "there is no provider in it to import")
	f("bifrost", `{"providers": {"openai": {"keys": [`, "cannot read JSON")
	f("bifrost", `{"providers": {"openai": {}}}`, "providers[0].api_key: provider \"openai\" requires a key")
	f("bifrost", `{"a": 1, "a": 2}`, "is set twice")
	f("litellm", `{"model_list": [{"model_name": "a", "litellm_params": {"model": "nobody/x"}}]}`, "there is no model in it whose provider is known here")
}
