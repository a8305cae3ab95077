package quality

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"sort"
	"testing"

	"asbru/cache/semantic"
)

var full = flag.Bool("full", false, "the large sets too")

const folder = "../../../shared/data/semantic"

// A pair is two questions; Label 1: the same answer, 0: different ones, 2: arguable, left out.
type pair struct {
	A, B                      string
	Label                     int
	Family, Test, Cap, Intent string
	Text                      string
}

// half returns which half of a set a row is in, by its text: the rules were made with the first half, and are
// checked with the second.
func (p *pair) half() int {
	sum := sha256.Sum256([]byte(p.A + "\x00" + p.B))
	return int(sum[0] & 1)
}

func read(t *testing.T, path string) []pair {
	t.Helper()
	data, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		t.Skipf("%s is not here: this set is not part of the repository", filepath.Base(path))
	}
	if err != nil {
		t.Fatal(err)
	}
	var out []pair
	lines := bufio.NewScanner(bytes.NewReader(data))
	for lines.Scan() {
		var p pair
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	return out
}

func index(t testing.TB, mode semantic.Mode) *semantic.Index {
	t.Helper()
	x, err := semantic.New(semantic.Options{Mode: mode, Now: func() int64 { return 0 }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(x.Close)
	return x
}

var ways = []struct {
	name string
	how  semantic.How
}{
	{"strict", semantic.How{}},
	{"balanced", semantic.How{Mode: semantic.Balanced}},
	{"relaxed", semantic.How{Mode: semantic.Relaxed}},
}

// score judges all pairs that keep chooses.
func score(x *semantic.Index, pairs []pair, how semantic.How, keep func(*pair) bool) (s Score) {
	for i := range pairs {
		p := &pairs[i]
		if p.Label > 1 || keep != nil && !keep(p) {
			continue
		}
		v := x.Judge(p.A, p.B, how)
		if p.Label == 1 {
			s.Asked++
		}
		if v.Hit && p.Label == 1 {
			s.Right++
		} else if v.Hit {
			s.Wrong++
		}
	}
	return s
}

// TestPairs prints a table for each set of pairs and checks the goals of strict mode.
func TestPairs(t *testing.T) {
	goals := map[string][2]float64{ // least precision, least recall
		"gateway_prompts_dev": {0.99, 0.55}, "checklist_dev": {0.98, 0.30}, "stream_hits_judged_dev": {0.97, 0.40},
	}
	for _, set := range []string{"gateway_prompts_dev", "checklist_dev", "stream_hits_judged_dev", "qqp_dev", "gptcache_mock"} {
		t.Run(set, func(t *testing.T) {
			if _, small := goals[set]; !small && !*full {
				t.Skip("a large set: make cache-quality asks for it")
			}
			pairs := read(t, filepath.Join(folder, set+".jsonl"))
			x := index(t, semantic.Strict)
			for _, w := range ways {
				s := score(x, pairs, w.how, nil)
				t.Logf("%-9s %v", w.name, s)
				if g, ok := goals[set]; ok && w.name == "strict" && (s.Precision() < g[0] || s.Recall() < g[1]) {
					t.Errorf("strict on %s: %v; want precision %.2f at recall %.2f", set, s, g[0], g[1])
				}
			}
			for h := range 2 {
				t.Logf("strict, half %d: %v", h+1, score(x, pairs, semantic.How{}, func(p *pair) bool { return p.half() == h }))
			}
			families(t, x, pairs)
			if _, small := goals[set]; small && *full {
				misses(t, x, pairs)
			}
		})
	}
}

// misses logs the pairs with the same answer that strict mode does not join, and why.
func misses(t *testing.T, x *semantic.Index, pairs []pair) {
	t.Helper()
	for i := range pairs {
		p := &pairs[i]
		if v := x.Judge(p.A, p.B, semantic.How{}); p.Label == 1 && !v.Hit {
			t.Logf("missed: %-16s %-22s %.2f %q %q", p.Family, v.Explain(), v.Similarity, p.A, p.B)
		}
	}
}

// families prints the results of strict mode for each family that has hits, and fails for families in which nothing
// may hit.
func families(t *testing.T, x *semantic.Index, pairs []pair) {
	t.Helper()
	by := map[string][]pair{}
	for _, p := range pairs {
		if name := p.Family + p.Test; name != "" {
			by[name] = append(by[name], p)
		}
	}
	var names []string
	for n := range by {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		s := score(x, by[n], semantic.How{}, nil)
		if s.Right+s.Wrong > 0 {
			t.Logf("   %-50.50s %v", n, s)
		}
		if s.Wrong > 0 && s.Asked == 0 {
			t.Errorf("%d wrong hits in family %q", s.Wrong, n)
		}
	}
}

// TestMock uses GPTCache's own set with its own protocol: all first halves are stored, the second ones asked, and the
// nearest answers.
func TestMock(t *testing.T) {
	if !*full {
		t.Skip("a large set: make cache-quality asks for it")
	}
	pairs := read(t, filepath.Join(folder, "gptcache_mock.jsonl"))
	x := index(t, semantic.Relaxed)
	var space semantic.Space
	for i := range pairs {
		x.Add(&space, []byte(pairs[i].A), name(i), 0)
	}
	for _, least := range []float32{0.8, 0.82, 0.85, 0.9, 0.95} {
		s := Score{Asked: len(pairs)}
		for i := range pairs {
			if v := x.Look(&space, []byte(pairs[i].B), semantic.How{Mode: semantic.Relaxed, Least: least}); v.Hit && v.ID == *name(i) {
				s.Right++
			} else if v.Hit {
				s.Wrong++
			}
		}
		t.Logf("relaxed at %.2f: %v", least, s)
	}
}

func name(i int) *semantic.ID {
	id := semantic.ID(sha256.Sum256([]byte{byte(i), byte(i >> 8), byte(i >> 16)}))
	return &id
}

// TestIntents asks questions in their order and then stores each. The same intent counts as the same answer, which is
// a weaker condition.
func TestIntents(t *testing.T) {
	for _, set := range []string{"banking77_train", "clinc_val"} {
		t.Run(set, func(t *testing.T) {
			if !*full {
				t.Skip("a large set: make cache-quality asks for it")
			}
			rows := read(t, filepath.Join(folder, set+".jsonl"))
			for _, w := range ways {
				x := index(t, w.how.Mode)
				s, oos := stream(x, rows, w.how)
				t.Logf("%-9s hits %.3f of %d, of the same intent: %v; outside of all intents: %d", w.name,
					float64(s.Right+s.Wrong)/float64(s.Asked), s.Asked, s, oos)
				if w.name == "strict" && oos > 0 {
					t.Errorf("%d semantic hits outside of all intents", oos)
				}
			}
		})
	}
}

func stream(x *semantic.Index, rows []pair, how semantic.How) (s Score, oos int) {
	var space semantic.Space
	kept := map[semantic.ID]string{}
	for i := range rows {
		r := &rows[i]
		v := x.Look(&space, []byte(r.Text), how)
		s.Asked++
		if v.Hit && (r.Intent == "oos" || kept[v.ID] == "oos") {
			if v.Tier == semantic.Near {
				oos++
			}
		} else if v.Hit && kept[v.ID] == r.Intent {
			s.Right++
		} else if v.Hit {
			s.Wrong++
		}
		if r.Intent != "oos" {
			kept[*name(i)] = r.Intent
			x.Add(&space, []byte(r.Text), name(i), 0)
		}
	}
	return s, oos
}
