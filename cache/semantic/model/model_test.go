package model

import (
	"bufio"
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"
)

func load(t testing.TB) *Model {
	t.Helper()
	m, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestGolden compares the tokenizer and the sums with the results of the recipe.
func TestGolden(t *testing.T) {
	m := load(t)
	f, err := os.Open("testdata/golden.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	texts := 0
	for lines.Scan() {
		var want struct {
			Text  string
			Rows  []int
			First []float64
		}
		if err := json.Unmarshal(lines.Bytes(), &want); err != nil {
			t.Fatal(err)
		}
		texts++
		if got := m.tokens(want.Text); !equal(got, want.Rows) {
			t.Errorf("%q: rows %v, want %v", want.Text, got, want.Rows)
		}
		var v [Dims]float32
		if n := m.Embed(want.Text, &v); n != len(want.Rows) {
			t.Errorf("%q: %d pieces, want %d", want.Text, n, len(want.Rows))
		}
		for i, x := range want.First {
			if math.Abs(float64(v[i])-x) > 2e-3 {
				t.Errorf("%q: axis %d is %v, want %v", want.Text, i, v[i], x)
				break
			}
		}
	}
	if texts < 190 {
		t.Errorf("only %d golden texts", texts)
	}
}

// tokens returns the rows of text's pieces.
func (m *Model) tokens(text string) (out []int) {
	w := words{text: text}
	for w.next() {
		var rows [maxWord]uint16
		n := m.pieces(w.word[:w.n], &rows)
		for _, r := range rows[:n] {
			out = append(out, int(r))
		}
	}
	return out
}

func equal(a, b []int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func cosine(m *Model, a, b string) float32 {
	var x, y [Dims]float32
	m.Embed(a, &x)
	m.Embed(b, &y)
	sum := float32(0)
	for i := range x {
		sum += x[i] * y[i]
	}
	return sum
}

func TestNearness(t *testing.T) {
	m := load(t)
	near := cosine(m, "How do I install nginx?", "How can I set up nginx?")
	far := cosine(m, "How do I install nginx?", "What do penguins eat in winter?")
	if near < 0.7 || far > 0.4 {
		t.Errorf("a rewording has similarity %.2f, another subject %.2f", near, far)
	}
}

func TestKnown(t *testing.T) {
	m := load(t)
	for _, w := range []string{"house", "escutcheon", "running"} {
		if !m.Known([]byte(w)) {
			t.Errorf("%q is not known", w)
		}
	}
	for _, w := range []string{"hosue", "javascipt", "instal1", "qwrtz"} {
		if m.Known([]byte(w)) {
			t.Errorf("%q is known", w)
		}
	}
}

func TestDamage(t *testing.T) {
	for _, f := range []string{"", file[:100], strings.Replace(file, "the", "teh", 1), "X" + file[1:]} {
		if m, err := parse(f); err == nil || m != nil {
			t.Error("a damaged table was accepted")
		}
	}
}

func FuzzEmbed(f *testing.F) {
	f.Add("How do I parse JSON in C++?")
	f.Add("naïve ÀÉ ½ \xff\xfe 日本")
	m := load(f)
	f.Fuzz(func(t *testing.T, s string) {
		var v [Dims]float32
		n := m.Embed(s, &v)
		sum := 0.0
		for _, x := range v {
			sum += float64(x) * float64(x)
		}
		if n > maxPieces || n > 0 && math.Abs(sum-1) > 1e-3 && sum != 0 || n == 0 && sum != 0 {
			t.Errorf("%d pieces, length² %v", n, sum)
		}
	})
}
