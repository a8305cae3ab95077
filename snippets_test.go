package main

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"asbru/control/cli"
	"asbru/core/config"
)

// A snippet is one fenced block of a page.
type snippet struct {
	page, kind, text string
	line             int // of its first line
}

// snippets are the blocks of README.md and docs.
func snippets(t *testing.T) []snippet {
	t.Helper()
	var list []snippet
	for name, page := range pages(t) {
		var s *snippet
		for i, line := range strings.SplitAfter(page, "\n") {
			kind, fence := strings.CutPrefix(strings.TrimSpace(line), "```")
			switch {
			case fence && s == nil:
				s = &snippet{page: name, kind: kind, line: i + 2}
			case fence:
				if _, rest, ok := strings.Cut(s.text, " <<'EOF'\n"); ok { // a command that writes a configuration
					file, _, _ := strings.Cut(rest, "\nEOF\n")
					list = append(list, snippet{page: s.page, kind: "yaml", text: file + "\n", line: s.line})
				}
				list = append(list, *s)
				s = nil
			case s != nil:
				s.text += line
			}
		}
		if s != nil {
			t.Errorf("%s:%d: the block has no end", name, s.line)
		}
	}
	return list
}

// pages are the documents by name.
func pages(t *testing.T) map[string]string {
	t.Helper()
	names, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, name := range append(names, "README.md") {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = string(text)
	}
	return texts
}

// What a page takes for granted: an excerpt without the section gets this one.
var granted = map[string]string{
	"providers:": `
providers:
- {name: openai, keys: [{value: sk-one-0123456789abcdef}, {value: sk-two-0123456789abcdef}]}
- {name: mistral, api_key: 0123456789abcdef}
- {name: anthropic, api_key: 0123456789abcdef}
- {name: azure, api_key: 0123456789abcdef, options: {resource: contoso}}
`,
	"models:": `
models:
- {alias: fast-cheap, provider: openai, model: gpt-4o-mini}
- {alias: large-context, provider: openai, model: gpt-4.1}
`,
	"virtual_keys:": `
virtual_keys:
- {name: research, key: 0123456789abcdef0123456789abcdef}
`,
}

// variables have a value of the form that their place asks for.
func variables(dir string) func(string) (string, bool) {
	forms := map[string]string{
		"AUDIT_DB":              "postgres://user:secret@host/database",
		"AUDIT_CH":              "http://user:secret@host:8123/?database=audit",
		"CREDENTIALS_DIRECTORY": dir,
	}
	return func(name string) (string, bool) {
		if value, ok := forms[name]; ok {
			return value, true
		}
		if !regexp.MustCompile(`^[A-Z][A-Z0-9]*_[A-Z0-9_]+$|^NIGHTLY$|^PGPASSWORD$`).MatchString(name) {
			return "", false
		}
		return "value-of-" + name + "-0123456789abcdef", true
	}
}

// sample is the configuration that make install puts down, as it is and with all that it proposes.
func sample(t *testing.T) []snippet {
	t.Helper()
	const name = "packaging/asbru.yaml"
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	whole := regexp.MustCompile(`(?m)^#((?:  - |[a-z]).*)$`).ReplaceAll(text, []byte("$1"))
	if bytes.Equal(whole, text) {
		t.Errorf("%s proposes nothing", name)
	}
	return []snippet{{page: name, kind: "yaml", text: string(text), line: 1}, {page: name, kind: "yaml", text: string(whole), line: 1}}
}

// serviceAccount is a key file of Google's.
func serviceAccount(t *testing.T, key *rsa.PrivateKey) string {
	t.Helper()
	text, err := json.Marshal(map[string]string{"type": "service_account", "client_email": "a@b.c", "private_key_id": "1",
		"token_uri": "https://oauth2.googleapis.com/token", "private_key": pkcs8(t, key)})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// pkcs8 is key as PEM.
func pkcs8(t *testing.T, key *rsa.PrivateKey) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// Every configuration that the documents show can be served as it stands there.
func TestSnippetsCanBeServed(t *testing.T) {
	all, dir := append(snippets(t), sample(t)...), t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"pepper", "entra", "dbx", "openai", "mistral", "team-a"} {
		write(name, "0123456789abcdef0123456789abcdef")
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	write("google", serviceAccount(t, key))
	cert, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)},
		&x509.Certificate{}, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	write("tls.crt", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})))
	write("tls.key", pkcs8(t, key))
	for _, s := range all {
		switch {
		case s.page == "docs/PRICES.md" && s.kind == "text":
			write("prices.txt", s.text)
		case s.page == "docs/REHEARSE.md" && s.kind == "":
			write("script", s.text)
		case s.page == "docs/REHEARSE.md" && s.kind == "json":
			write("openai.tape", s.text)
		}
	}
	t.Chdir(dir)
	app, shown := program(variables(dir)), 0
	for _, s := range all {
		if s.kind != "yaml" {
			continue
		}
		shown++
		text := strings.NewReplacer("/run/secrets/", dir+"/", "6f0c…", strings.Repeat("6f0c", 16), "/var/lib/asbru/", dir+"/", "/etc/asbru/tls", dir+"/tls").Replace(s.text)
		for section, what := range granted {
			if own := strings.Contains("\n"+s.text, "\nproviders:"); !own && !strings.Contains("\n"+s.text, "\n"+section) {
				text += what
			}
		}
		write("asbru.yaml", text)
		var out, problems bytes.Buffer
		if code := app.Run([]string{"check", "asbru.yaml"}, &out, &problems); code != cli.OK {
			t.Errorf("%s:%d: asbru check says\n%s", s.page, s.line, problems.String())
		}
		for line := range strings.Lines(problems.String()) {
			if !strings.Contains(line, ".upstream: ") { // a rehearsal is always warned of
				t.Errorf("%s:%d: asbru check says\n%s", s.page, s.line, line)
			}
		}
	}
	if shown < 12 {
		t.Errorf("%d configurations; the documents show more", shown)
	}
}

// What stands as JSON is JSON.
func TestSnippetsOfJSON(t *testing.T) {
	for _, s := range snippets(t) {
		if s.kind == "json" && !json.Valid([]byte(s.text)) {
			t.Errorf("%s:%d: no JSON", s.page, s.line)
		}
	}
}

// Commands that the documents name are there, with the flags that stand behind them.
func TestSnippetsOfCommands(t *testing.T) {
	app := program(func(string) (string, bool) { return "", false })
	flags := map[string]map[string]bool{}
	for _, c := range app.Commands {
		var out, problems bytes.Buffer
		app.Run([]string{c.Name, "--help"}, &out, &problems)
		known := map[string]bool{"--help": true}
		for _, f := range regexp.MustCompile(`--[a-z][a-z-]*`).FindAllString(out.String(), -1) {
			known[f] = true
		}
		flags[c.Name] = known
	}
	command := regexp.MustCompile(`(?m)(?:^\s*|&& |\$ |<\(|sudo |[A-Z]=\S+ )(?:bin/)?asbru ([a-z][a-z-]*)((?:[^\n#&;|\\]|\\\n)*)`)
	seen := 0
	for name, page := range pages(t) {
		for _, text := range quoted(page) {
			for _, m := range command.FindAllStringSubmatch(text, -1) {
				known, there := flags[m[1]]
				if m[1] == "help" {
					continue
				}
				if !there {
					t.Errorf("%s: there is no command asbru %s", name, m[1])
					continue
				}
				seen++
				for _, f := range regexp.MustCompile(`(?:^|\s)(--[a-z][a-z-]*)`).FindAllStringSubmatch(m[2], -1) {
					if !known[f[1]] {
						t.Errorf("%s: asbru %s has no flag %s", name, m[1], f[1])
					}
				}
			}
		}
	}
	if seen < 40 {
		t.Errorf("%d commands; the documents name more", seen)
	}
}

// Targets of make that the documents name are there.
func TestSnippetsOfMake(t *testing.T) {
	known := map[string]bool{}
	for _, name := range []string{"Makefile", "packaging/install.mk"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^([a-z][a-z-]*):`).FindAllStringSubmatch(string(text), -1) {
			known[m[1]] = true
		}
	}
	for name, page := range pages(t) {
		for _, text := range quoted(page) {
			for _, m := range regexp.MustCompile(`(?:^|[\s;&|])make ([a-z][a-z-]*)`).FindAllStringSubmatch(text, -1) {
				if !known[m[1]] {
					t.Errorf("%s: there is no make %s", name, m[1])
				}
			}
		}
	}
}

// goText is the text of all Go files but tests.
func goText(t *testing.T) string {
	t.Helper()
	var all bytes.Buffer
	err := filepath.WalkDir(".", func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		all.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

// Fields of sections of the configuration that the documents name are there. docs/IMPORT.md names others'.
func TestSnippetsOfFields(t *testing.T) {
	document, seen := reflect.TypeFor[config.Document](), 0
	for name, page := range pages(t) {
		for _, text := range quoted(page) {
			path := strings.Split(text, ".")
			section := fieldType(document, path[0])
			if name == "docs/IMPORT.md" || section == nil || section.Kind() != reflect.Struct || !regexp.MustCompile(`^[a-z_]+(\.[a-z_]+)+$`).MatchString(text) ||
				regexp.MustCompile(`\.(go|pub|db)$`).MatchString(text) {
				continue
			}
			seen++
			for at, word := section, path[1:]; len(word) > 0; word = word[1:] {
				if at = fieldType(at, word[0]); at == nil {
					t.Errorf("%s: the configuration has no field %s", name, text)
					break
				}
			}
		}
	}
	if seen < 30 {
		t.Errorf("%d fields; the documents name more", seen)
	}
}

// fieldType is the type of a field of a section, of an entry if it is a list; nil: there is none.
func fieldType(section reflect.Type, name string) reflect.Type {
	if section.Kind() != reflect.Struct {
		return nil
	}
	for i := range section.NumField() {
		if tag, _, _ := strings.Cut(section.Field(i).Tag.Get("json"), ","); tag == name {
			found := section.Field(i).Type
			for found.Kind() == reflect.Pointer || found.Kind() == reflect.Slice {
				found = found.Elem()
			}
			return found
		}
	}
	return nil
}

// Methods that the map names are there.
func TestMapNamesMethods(t *testing.T) {
	known := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^func \(\w* ?\*?(\w+)(?:\[[^\]]*\])?\) (\w+)\(`).FindAllStringSubmatch(goText(t), -1) {
		known[m[1]+"."+m[2]], known[m[1]] = true, true
	}
	seen := 0
	for _, text := range quoted(pages(t)["docs/MAP.md"]) {
		owner, name, ok := strings.Cut(text, ".")
		if !ok || !known[owner] || !regexp.MustCompile(`^[A-Za-z]+$`).MatchString(name) || name == "go" {
			continue
		}
		seen++
		if !known[text] && !fieldsInMap[text] {
			t.Errorf("docs/MAP.md: there is no method %s", text)
		}
	}
	if seen < 30 {
		t.Errorf("%d methods; the map names more", seen)
	}
}

// fieldsInMap are what the map names of a type and is no method.
var fieldsInMap = map[string]bool{"frame.Cutter": true, "Server.rounds": true}

// Metrics that the documents name are somewhere in the program.
func TestSnippetsOfMetrics(t *testing.T) {
	known := map[string]bool{}
	name := regexp.MustCompile(`\basbru_[a-z0-9_]+[a-z0-9]`)
	for _, m := range name.FindAllString(goText(t), -1) {
		known[m] = true
	}
	for page, text := range pages(t) {
		for _, m := range name.FindAllString(text, -1) {
			if !known[m] {
				t.Errorf("%s: nothing in the program is called %s", page, m)
			}
		}
	}
}

// quoted is what of a page is to be typed or found: its blocks and what stands in backquotes.
func quoted(page string) []string {
	var list []string
	for i, part := range strings.Split(page, "```") {
		if i%2 == 1 {
			list = append(list, part)
			continue
		}
		for _, m := range regexp.MustCompile("`([^`\n]+)`").FindAllStringSubmatch(part, -1) {
			list = append(list, m[1])
		}
		for line := range strings.Lines(part) {
			if strings.HasPrefix(line, "    ") {
				list = append(list, strings.TrimSpace(line))
			}
		}
	}
	return list
}

// The glossary has each word once, in order, below the head of its table.
func TestGlossary(t *testing.T) {
	_, table, ok := strings.Cut(pages(t)["docs/GLOSSARY.md"], "\n| word | meaning |\n|---|---|\n")
	if !ok {
		t.Fatal("the table has no head")
	}
	before := ""
	for line := range strings.Lines(table) {
		cells := strings.Split(line, " | ")
		word := strings.ToLower(strings.TrimPrefix(cells[0], "| "))
		if len(cells) != 2 {
			t.Errorf("%s: %d cells", fmt.Sprintf("%.40q", line), len(cells))
		}
		if word <= before {
			t.Errorf("%q stands behind %q", word, before)
		}
		before = word
	}
}
