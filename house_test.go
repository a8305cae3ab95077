package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/format"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// floors lists the house from the ground up. A package may import packages of
// a lower floor only; packages on one floor do not know each other.
var floors = [][]string{
	{"core", "core/scan", "core/eventstream", "cache/vector", "pglink"},
	{"adapters/body", "adapters/sigv4", "adapters/trial", "cache/semantic/*", "cache/remote/*", "core/audit", "core/batch", "core/limit", "core/owned", "core/price", "core/rule"},
	{"core/config", "core/cred", "core/gate", "core/ledger", "core/meter", "core/probe", "core/route", "adapters/dialect/*",
		"cache/*", "hotpath/buf", "hotpath/frame", "hotpath/http1", "hotpath/sock", "hotpath/ws", "systemd", "web"},
	{"core/govern", "hotpath/upstream"},
	{"adapters", "cache", "hotpath"},
	{"core/build", "core/importer", "doors"},
	{"control", "control/postgres", "control/sqlite"},
	{"control/store"},
	{"control/*"},
	{"selftest"},
	{"."},
}

// outside stands next to the house: tools that measure it and must not be made of it.
var outside = []string{"bench/...", "loadgen/...", "e2e/..."}

// A wall forbids an import that the floors alone would allow.
type wall struct {
	from, to string
	but      []string // exceptions
	why      string
}

var never = []wall{
	{from: "hotpath/...", to: "core/*", but: []string{"core/eventstream"}, why: "the data plane knows the vocabulary and how one binary message is laid out, never the features"},
	{from: "hotpath/...", to: "adapters/...", why: "providers reach the hot path as core.Dialect and core.Pool values"},
	{from: "hotpath/...", to: "cache/...", why: "the cache reaches the hot path as a core.Stage"},
	{from: "hotpath/...", to: "control/...", why: "no request may wait for the control plane"},
	{from: "adapters/...", to: "hotpath/...", why: "an adapter translates; it does no I/O"},
	{from: "adapters/...", to: "core/*", but: []string{"core/scan", "core/eventstream"}, why: "an adapter needs the vocabulary, the one JSON scanner and the layout of binary messages only"},
	{from: "cache/...", to: "core/*", but: []string{"core/scan"}, why: "the cache needs the vocabulary and the one JSON scanner only"},
	{from: "core/build", to: "hotpath/...", why: "build is handed a pool constructor; it opens no sockets"},
	{from: "control/...", to: "hotpath/...", why: "control publishes a Snapshot; main owns the server"},
	{from: "bench/mock", to: "...", why: "a stand-in provider must not share the code it tests"},
	{from: "bench/standin", to: "...", why: "a stand-in provider must not share the code it tests"},
	{from: "selftest", to: "...", but: []string{"bench/standin"}, why: "a ruler must not be made of what it measures"},
	{from: "loadgen/...", to: "...", why: "a ruler must not be made of what it measures"},
	{from: "core", to: "...", why: "the vocabulary depends on nothing"},
	{from: "core/scan", to: "...", why: "a scanner of bytes depends on nothing"},
	{from: "core/eventstream", to: "...", why: "a layout of bytes depends on nothing"},
	{from: "pglink", to: "...", why: "a connection depends on nothing"},
}

// third names the only packages that may import a third-party module. A module
// that is not listed may be imported by nobody.
var third = map[string][]string{
	"github.com/VictoriaMetrics/metrics":      {"core/meter"},
	"github.com/dgraph-io/ristretto/v2":       {"cache/exact"},
	"github.com/lib/pq":                       {"cache/remote/pgvector", "control/lease", "control/postgres", "control/store", "pglink"},
	"github.com/redis/rueidis":                {"cache/remote/redis", "control/rates"},
	"go.yaml.in/yaml/v3":                      {"core/config"},
	"modernc.org/sqlite":                      {"control/sqlite", "control/trail"},
	"github.com/HdrHistogram/hdrhistogram-go": {"loadgen/..."},
	"golang.org/x/sys":                        {"hotpath", "hotpath/upstream", "systemd", "bench/mock", "loadgen"},
}

// banned standard packages, by tree.
var banned = []struct{ tree, pkg, why string }{
	{"hotpath/...", "net/http", "the hot path has its own HTTP/1.1"},
	{"hotpath/...", "encoding/json", "reflection allocates; dialects parse"},
	{"hotpath/...", "fmt", "formatting allocates; append instead"},
	{"hotpath/...", "database/sql", "no request waits for a disk"},
	{"core", "net", "vocabulary does no I/O"},
	{"adapters/...", "net/http", "an adapter is a pure translation"},
	{"...", "text/template", "it makes the linker keep every method"},
	{"...", "html/template", "it makes the linker keep every method"},
}

type pkg struct {
	ImportPath string
	Imports    []string
}

func TestHouse(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatalf("cannot list packages: %v", err)
	}
	seen := 0
	dec := json.NewDecoder(bytes.NewReader(out))
	for {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		seen++
		from := rel(p.ImportPath)
		if floor(from) < 0 && !anyMatch(outside, from) {
			t.Errorf("%s has no floor; give it one in house_test.go", from)
		}
		for _, imp := range p.Imports {
			checkImport(t, from, imp)
		}
	}
	if seen < 2 {
		t.Fatalf("saw %d packages; the house cannot be that small", seen)
	}
}

func checkImport(t *testing.T, from, imp string) {
	t.Helper()
	if imp == "asbru" || strings.HasPrefix(imp, "asbru/") {
		checkOwn(t, from, rel(imp))
		return
	}
	for _, b := range banned {
		if imp == b.pkg && match(b.tree, from) {
			t.Errorf("%s imports %s: %s", from, imp, b.why)
		}
	}
	host, _, _ := strings.Cut(imp, "/")
	if !strings.Contains(host, ".") {
		return // standard library
	}
	for mod, ok := range third {
		if imp == mod || strings.HasPrefix(imp, mod+"/") {
			if !anyMatch(ok, from) {
				t.Errorf("%s imports %s, which is for %v", from, imp, ok)
			}
			return
		}
	}
	t.Errorf("%s imports %s, a module that house_test.go gives to nobody", from, imp)
}

func checkOwn(t *testing.T, from, to string) {
	t.Helper()
	for _, w := range never {
		if match(w.from, from) && match(w.to, to) && !sameTree(w.from, from, to) && !anyMatch(w.but, to) {
			t.Errorf("%s imports %s: %s", from, to, w.why)
		}
	}
	f, g := floor(from), floor(to)
	if f >= 0 && g >= 0 && g >= f {
		t.Errorf("%s (floor %d) imports %s (floor %d): imports go down only", from, f, to, g)
	}
}

// sameTree lets packages inside a "tree/..." wall see each other.
func sameTree(pat, from, to string) bool {
	root, ok := strings.CutSuffix(pat, "/...")
	return ok && within(root, from) && within(root, to)
}

func rel(path string) string {
	if path == "asbru" {
		return "."
	}
	return strings.TrimPrefix(path, "asbru/")
}

func floor(p string) int {
	for i, f := range floors {
		if anyMatch(f, p) {
			return i
		}
	}
	return -1
}

func anyMatch(pats []string, p string) bool {
	for _, pat := range pats {
		if match(pat, p) {
			return true
		}
	}
	return false
}

// match: "a" exact, "a/*" one level below, "a/..." a and all below, "..." all.
func match(pat, p string) bool {
	if pat == "..." {
		return true
	}
	if root, ok := strings.CutSuffix(pat, "/..."); ok {
		return within(root, p)
	}
	if root, ok := strings.CutSuffix(pat, "/*"); ok {
		rest, ok := strings.CutPrefix(p, root+"/")
		return ok && !strings.Contains(rest, "/")
	}
	return pat == p
}

func within(root, p string) bool { return p == root || strings.HasPrefix(p, root+"/") }

func TestFormat(t *testing.T) {
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if out, err := format.Source(src); err != nil || !bytes.Equal(out, src) {
			t.Errorf("%s: not gofmt'ed (%v)", path, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
