package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"asbru/control/cli"
	"asbru/control/objects"
	"asbru/core"
)

// TestObjectsCommand: what a gateway has recorded is shown and forgotten from a shell, and a file that is not there
// is not made.
func TestObjectsCommand(t *testing.T) {
	dir := t.TempDir()
	file, db := filepath.Join(dir, "asbru.yaml"), filepath.Join(dir, "kept", objectsName)
	document := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f := func(args string, code int, has ...string) {
		t.Helper()
		var out strings.Builder
		app := program(func(string) (string, bool) { return "", false })
		if got := app.Run(append([]string{"objects"}, strings.Fields(args)...), &out, &out); got != code {
			t.Errorf("%s: exit code %d, want %d: %s", args, got, code, out.String())
		}
		for _, part := range has {
			if part, lacks := strings.CutPrefix(part, "!"); strings.Contains(out.String(), part) == lacks {
				t.Errorf("%s: %q (lacks: %v) in\n%s", args, part, lacks, out.String())
			}
		}
	}
	const keys = "listen: 127.0.0.1:0\nproviders: [{name: openai, api_key: sk-1234567890abcdef}]\nvirtual_keys: [{name: ci, key: vk-0123456789abcdef}]\n"
	config := " --config " + file
	document(keys)
	f("list"+config, cli.Problem, "in memory")
	document(keys + "governance: {ledger: " + filepath.Join(dir, "kept", "ledger") + "}\n")
	f("list"+config, cli.Problem, "there are no records in "+db)
	if _, err := os.Stat(db); err == nil {
		t.Error("to look made a book")
	}

	if err := os.Mkdir(filepath.Dir(db), 0o700); err != nil {
		t.Fatal(err)
	}
	b := objects.New(objects.Options{Path: db})
	for i, key := range []string{"ci", "other"} {
		o := core.Object{ObjectRef: core.ObjectRef{Provider: "openai", Kind: "files", ID: fmt.Sprintf("file-%d", i)}, Maker: core.Maker{Key: key, Team: "search"}, Made: 1_790_000_000}
		if err := b.Made(context.Background(), o); err != nil {
			t.Fatal(err)
		}
	}
	f("list"+config, cli.OK, "openai", "files", "file-0", "file-1", "search", "2026-09-21T", "!may be more") // beside an open one
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	f("list --key ci"+config, cli.OK, "file-0", "!file-1")
	f("list --offset 2"+config, cli.OK, "provider", "!file-")
	f("forget --provider openai --kind files --id file-0"+config, cli.OK, "forgotten; file-0 still lies at openai")
	f("forget --provider openai --kind files --id file-0"+config, cli.Problem, `no record of "file-0" among the files of openai`)
	f("list"+config, cli.OK, "!file-0", "file-1")
	b = objects.New(objects.Options{Path: db})
	var deeds []objects.Deed
	if err := b.Told(context.Background(), func(d *objects.Deed) error { deeds = append(deeds, *d); return nil }); err != nil {
		t.Error(err)
	}
	if len(deeds) != 1 || deeds[0].Did != "delete" || deeds[0].What != "object/openai/files/file-0" || !strings.HasPrefix(deeds[0].Who, "cli") {
		t.Errorf("for the audit trail: %+v", deeds)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}

	f("forget --id file-1"+config, cli.Usage, "needs --provider, --kind and --id")
	f("forget --provider openai --kind files --id file-1 --key other"+config, cli.Usage)
	f("list", cli.Usage, "--config")
	f("lists"+config, cli.Usage, "needs list or forget")
	f("list --config "+filepath.Join(dir, "nothing"), cli.Problem, "nothing")
}
