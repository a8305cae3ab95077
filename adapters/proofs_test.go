package adapters

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"asbru/bench/corpus"
	"asbru/core"
)

// A proof counts the recorded cases of one api of one provider.
type proof struct {
	provider, format, op, api string // format: a dialect's name; -: any
	unary, stream             int
}

const proofsFile = "testdata/proofs.tsv"

// TestProofs compares proofs.tsv with the recordings, if they are available.
func TestProofs(t *testing.T) {
	counts := map[proof]*[2]int{}
	for _, c := range corpus.Cases(t, nil) {
		for _, a := range All {
			if a.Name != recordedAs(c.Provider) && (a.Name != "azure-classic" || c.Provider != "azure") {
				continue
			}
			p, ok := proves(a, c)
			if !ok {
				continue
			}
			if counts[p] == nil {
				counts[p] = new([2]int)
			}
			if c.Stream {
				counts[p][1]++
			} else {
				counts[p][0]++
			}
		}
	}
	var lines []string
	for p, n := range counts {
		lines = append(lines, fmt.Sprintf("%s\t%s\t%s\t%s\t%d\t%d\n", p.provider, p.format, p.op, p.api, n[0], n[1]))
	}
	slices.Sort(lines)
	want := "provider\tformat\toperation\tapi\tunary\tstream\n" + strings.Join(lines, "")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(proofsFile, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if os.Getenv("ASBRU_WIRE") != "" {
		t.Skip("ASBRU_WIRE names recordings that may be others than those that were counted")
	}
	got, err := os.ReadFile(proofsFile)
	if err != nil || string(got) != want {
		t.Errorf("%s is not what the recordings hold (%v); run go generate ./adapters", proofsFile, err)
	}
}

// proves returns what c proves about a: an operation whose request is what the table sends, or of
// which only an answer was recorded.
func proves(a *Adapter, c *corpus.Case) (proof, bool) {
	dialect, op := asked(c.API)
	if c.Request != nil && c.Request.Host != "" && compare(a, c) != "" {
		return proof{}, false
	}
	if op == core.OpModels || c.API == "models" { // answered here
		return proof{}, false
	}
	i := slices.IndexFunc(a.Faces, func(f *core.Face) bool {
		return (dialect == "" || f.Dialect.Name == dialect) && f.Paths[op] != ""
	})
	if i < 0 {
		return proof{}, false
	}
	p := proof{provider: a.Name, format: a.Faces[i].Dialect.Name, op: op.String(), api: c.API}
	if op == core.OpPass {
		p.format = "-"
	}
	return p, true
}

// proofs reads proofs.tsv.
func proofs(t *testing.T) []proof {
	t.Helper()
	b, err := os.ReadFile(proofsFile)
	if err != nil {
		t.Fatal(err)
	}
	var out []proof
	for _, line := range strings.Split(strings.TrimSpace(string(b)), "\n")[1:] {
		f := strings.Split(line, "\t")
		if len(f) != 6 {
			t.Fatalf("%s: %q", proofsFile, line)
		}
		p := proof{provider: f[0], format: f[1], op: f[2], api: f[3]}
		var bad [2]error
		p.unary, bad[0] = strconv.Atoi(f[4])
		p.stream, bad[1] = strconv.Atoi(f[5])
		if bad[0] != nil || bad[1] != nil {
			t.Fatalf("%s: %q", proofsFile, line)
		}
		out = append(out, p)
	}
	return out
}
