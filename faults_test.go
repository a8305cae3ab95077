package main

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"

	"asbru/core"
)

var update = flag.Bool("update", false, "rewrite docs/FAULTS.md")

const faultsHead = `# What a client can be told

Generated from ` + "`core/fault.go`" + `: go test -run TestFaultsAreDocumented -update .

Every error of the gateway is an error of the format in which the request came, with its status and the request id in it and in ` + "`X-Request-Id`" + `. In
OpenAI's format:

` + "```json" + `
{"error":{"message":"what cannot be done and why; hint: what to change","type":"...","param":null,"code":"..."},"request_id":"..."}
` + "```" + `

An error that a provider answered reaches the client as the provider wrote it, or turned into the client's format. Once a stream has begun, an error
is its last event, and ` + "`retryable`" + ` in the formats of OpenAI and Anthropic says whether the same request can succeed later. ` + "`asbru_faults_total`" + ` and the access log call it by its code below. To the client the code may be a narrower word of the same status:
` + "`model_not_found`" + `, ` + "`idempotency_key_reused`" + ` (422), or one of [those about keys, limits and budgets](GOVERNANCE.md#refusals).

| code | status | type | meaning |
|---|---|---|---|
`

// The page is made of the table that answers are made of.
func TestFaultsAreDocumented(t *testing.T) {
	meanings := constants(t, "core/fault.go")
	if len(meanings) < int(core.NumCodes) {
		t.Fatalf("core/fault.go names %d codes, want %d", len(meanings), core.NumCodes)
	}
	var page bytes.Buffer
	page.WriteString(faultsHead)
	for c := core.None + 1; c < core.NumCodes; c++ {
		if meanings[c] == "" {
			t.Errorf("code %s has no comment", c)
		}
		fmt.Fprintf(&page, "| `%s` | %d | `%s` | %s |\n", c, c.Status(), c.Kind(), meanings[c])
	}
	const name = "docs/FAULTS.md"
	if *update {
		if err := os.WriteFile(name, page.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if is, err := os.ReadFile(name); err != nil || !bytes.Equal(is, page.Bytes()) {
		t.Errorf("%s is not what core/fault.go says (%v); run: go test -run TestFaultsAreDocumented -update .", name, err)
	}
}

// constants returns the comments of the constants of the block that begins with
// None, in order.
func constants(t *testing.T, file string) (comments []string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range f.Decls {
		block, ok := d.(*ast.GenDecl)
		if !ok || block.Tok != token.CONST || len(block.Specs) == 0 || block.Specs[0].(*ast.ValueSpec).Names[0].Name != "None" {
			continue
		}
		for _, s := range block.Specs {
			comments = append(comments, strings.TrimSpace(s.(*ast.ValueSpec).Comment.Text()))
		}
	}
	return comments
}
