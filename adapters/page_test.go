package adapters

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"asbru/core"
)

const page = "../docs/PROVIDERS.md"

// TestPage compares docs/PROVIDERS.md with the table and the proofs.
func TestPage(t *testing.T) {
	want := render(proofs(t))
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(page)
	if err != nil || string(got) != want {
		t.Errorf("%s is not what the table says (%v); run go generate ./adapters", page, err)
	}
}

const pageHead = `# Providers

Written by ` + "`go generate ./adapters`" + ` from the files of [adapters](../adapters); a test fails when it is stale. How to add one:
[ADD_A_PROVIDER.md](ADD_A_PROVIDER.md).

A provider of the configuration has one of these types. Its address may leave something open, as {region}: write it under
` + "`options`" + `. A value after = is what holds when it is left out. ` + "`base_url`" + ` replaces the whole address.

A server that is not here and speaks one of the formats needs no type: give it a name, a ` + "`base_url`" + ` and, unless it is OpenAI's,
the format as ` + "`dialect`" + `. ` + "`paths`" + ` says where an operation is elsewhere, ` + "`drop`" + ` and ` + "`rename`" + ` which fields of requests it refuses or
calls otherwise:

` + "```yaml" + `
providers:
  - name: ours
    base_url: https://llm.example.com/api
    dialect: openai
    api_key: env.OURS_KEY
    paths: {chat: "/deployments/{model}/chat"}
    drop: [store, metadata]
    rename: {max_completion_tokens: max_tokens}
` + "```" + `

`

// render returns the whole page.
func render(proofs []proof) string {
	all := slices.Clone(All)
	slices.SortFunc(all, func(a, b *Adapter) int { return strings.Compare(a.Name, b.Name) })
	var b strings.Builder
	b.WriteString(pageHead)
	fmt.Fprintf(&b, "## Addresses\n\n%d types.\n\n| type | address | credential | usual variable |\n|---|---|---|---|\n", len(all))
	for _, a := range all {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", a.Name, address(a), credential(a), a.Env)
	}
	b.WriteString("\n## Operations\n\n" +
		"**recorded**: traffic with the provider was recorded, this many calls of it are what the table sends or what it reads.\n" +
		"documented: the provider's own documentation says so, nobody has shown it. unproven: neither; its kin have it.\n" +
		"A provider has one row for each format it speaks; in brackets the beginnings of the model names the format is for.\n" +
		"Any other format is translated into one of these. relayed: whatever else a client asks for passes byte for byte.\n\n" +
		"| type | format | chat | completion | responses | embeddings | invoke | rerank | count | relayed |\n|---|---|---|---|---|---|---|---|---|---|\n")
	for _, a := range all {
		for _, format := range formats(a) {
			row(&b, a, format, proofs)
		}
	}
	return b.String()
}

// address returns the base of a with the defaults of its options.
func address(a *Adapter) string {
	if a.Base == "" {
		return "base_url"
	}
	s := "`" + strings.ReplaceAll(a.Base, "{host}", "…aiplatform.googleapis.com") + "`"
	for _, o := range a.Options {
		if o.Default != "" {
			s += fmt.Sprintf(" {%s}=%s", o.Name, o.Default)
		}
	}
	return s
}

// credential describes how a's credential is sent.
func credential(a *Adapter) string {
	if a.Local {
		return "none needed"
	}
	lines := strings.Split(strings.TrimSpace(string(a.Headers(nil, "KEY"))), "\r\n")
	s := "`" + strings.Join(lines, "`, `") + "`"
	if a.Auth.Kind != AuthKey {
		s = a.Auth.Kind.String() + ", or " + s
	}
	return s
}

// formats lists the names of a's dialects, each once.
func formats(a *Adapter) []string {
	var out []string
	for _, f := range a.Faces {
		if !slices.Contains(out, f.Dialect.Name) {
			out = append(out, f.Dialect.Name)
		}
	}
	return out
}

var columns = []core.Op{core.OpChat, core.OpCompletion, core.OpResponses, core.OpEmbed, core.OpInvoke, core.OpRerank, core.OpCount, core.OpPass}

func row(b *strings.Builder, a *Adapter, format string, proofs []proof) {
	var beginnings []string
	all := false
	has := map[core.Op]bool{}
	for _, f := range a.Faces {
		if f.Dialect.Name != format {
			continue
		}
		all = all || len(f.For) == 0
		for _, prefix := range f.For {
			if !slices.Contains(beginnings, prefix) {
				beginnings = append(beginnings, prefix)
			}
		}
		for op, p := range f.Paths {
			has[core.Op(op)] = has[core.Op(op)] || p != ""
		}
	}
	name := format
	if !all {
		name += " (" + strings.Join(beginnings, ", ") + ")"
	}
	fmt.Fprintf(b, "| %s | %s |", a.Name, name)
	for _, op := range columns {
		if has[op] {
			b.WriteString(" " + cell(a, format, op, proofs))
		}
		b.WriteString(" |")
	}
	b.WriteString("\n")
}

// cell says how well op of a is proven.
func cell(a *Adapter, format string, op core.Op, proofs []proof) string {
	n := 0
	var apis []string
	for _, p := range proofs {
		if p.provider == a.Name && p.op == op.String() && (p.format == format || p.format == "-" && format == passes(a)) {
			n += p.unary + p.stream
			apis = append(apis, fmt.Sprintf("%s %d", strings.ReplaceAll(p.api, "_", " "), p.unary+p.stream))
		}
	}
	switch {
	case n > 0 && op == core.OpPass:
		return "**recorded**: " + strings.Join(apis, ", ")
	case n > 0:
		return fmt.Sprintf("**recorded** %d", n)
	case slices.Contains(a.Unproven, op):
		return "unproven"
	}
	return "documented"
}

// passes returns the first format in which a gets other requests relayed.
func passes(a *Adapter) string {
	for _, f := range a.Faces {
		if f.Paths[core.OpPass] != "" {
			return f.Dialect.Name
		}
	}
	return ""
}

// The facts about a provider must have a source.
func TestEveryAdapterSaysWhereItIsFrom(t *testing.T) {
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || len(declared(t, f.Name())) == 0 {
			continue
		}
		src, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(src), "// Source: https://") {
			t.Errorf("%s does not name a page of its provider", f.Name())
		}
		if n := len(declared(t, f.Name())); n != 1 {
			t.Errorf("%s declares %d adapters; one file each", f.Name(), n)
		}
	}
}
