package config

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

// TestLaw: Decode(Encode(d)) equals d, through YAML and through JSON, for
// documents of all shapes whose secrets are references.
func TestLaw(t *testing.T) {
	env := testEnv("A_KEY=one: {two}", "B=${A_KEY}")
	for seed := range uint64(300) {
		want := someDocument(seed)
		yaml := Encode(want)
		same(t, "law.yaml", yaml, want, env)
		text, err := json.MarshalIndent(escaped(want), "", "\t")
		if err != nil {
			t.Fatal(err)
		}
		same(t, "law.json", text, want, env)
	}
}

// same reads a document without validating it: the law is about the form.
func same(t *testing.T, name string, data []byte, want *Document, env Env) {
	t.Helper()
	root, bad := parse(name, data)
	if bad != nil {
		t.Fatalf("%s\n%s", bad, data)
	}
	got := new(Document)
	d := decoder{name: name, env: env}
	d.value(root, reflect.ValueOf(got).Elem(), nil)
	if len(d.problems) > 0 || !reflect.DeepEqual(got, want) {
		t.Fatalf("problems %v\ngot  %+v\nwant %+v\nfrom\n%s", d.problems, got, want, data)
	}
}

func TestEncodeHidesLiterals(t *testing.T) {
	doc := &Document{Providers: []Provider{{Name: "a", APIKey: NewSecret("", "sk-literal")}, {Name: "b", APIKey: NewSecret("env.B", "sk-env")}}}
	out := string(Encode(doc))
	if strings.Contains(out, "sk-") || !strings.Contains(out, "api_key: env.B") || !strings.Contains(out, "***") {
		t.Errorf("encoded as\n%s", out)
	}
	_, problems := Decode("t.yaml", []byte(out), testEnv("B=x"))
	if !strings.Contains(text(problems), "only stands for a secret that was not shown") {
		t.Errorf("*** was not refused: %s", text(problems))
	}
}

// words are strings that YAML or references could misread.
var words = []string{"plain", "123", "1e3", "true", "null", "~", "", "- x", "a: b", "{x}", "[y]", "#c", "x #c", "'", `"`, "*a", "&a", "!t", "%d", "@", "`",
	"${A_KEY}", "$${", "$", "$$", "a$${b}", "2001-01-01", "0x10", " lead", "trail ", "two\nlines", "\n", "tab\there", "ümlaut", "😀", "\u2028", "\x7f", "<<", "=", "yes", "0o7", "|", ">", "\r\n", "a\r", "\ufeff", "\u0085"}

// someDocument fills every field of a Document, or leaves it, by chance.
func someDocument(seed uint64) *Document {
	d := new(Document)
	fillRandom(reflect.ValueOf(d).Elem(), rand.New(rand.NewPCG(seed, 1)))
	return d
}

func fillRandom(v reflect.Value, r *rand.Rand) {
	if r.IntN(4) == 0 && v.Kind() != reflect.Struct {
		return
	}
	if v.Type() == secretType {
		s := []Secret{{}, NewSecret("${A_KEY}", "one: {two}"), NewSecret("env.B", "${A_KEY}")}
		v.Set(reflect.ValueOf(s[r.IntN(len(s))]))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fillRandom(v.Field(i), r)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fillRandom(v.Elem(), r)
	case reflect.Slice:
		if n := r.IntN(3); n > 0 {
			v.Set(reflect.MakeSlice(v.Type(), n, n))
			for i := range n {
				fillRandom(v.Index(i), r)
			}
		}
	case reflect.Map:
		if n := r.IntN(4); n > 0 {
			v.Set(reflect.MakeMap(v.Type()))
			for range n {
				v.SetMapIndex(reflect.ValueOf(words[r.IntN(len(words))]), reflect.ValueOf(words[r.IntN(len(words))]))
			}
		}
	case reflect.String:
		v.SetString(words[r.IntN(len(words))])
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case reflect.Float64:
		v.SetFloat([]float64{0, 50, 0.1, 1e21, -3.25}[r.IntN(5)])
	default:
		v.SetInt([]int64{1, -3, 1000, 1 << 20, 1500000000, 20 << 20, 3600000000000, 7}[r.IntN(8)])
	}
}

// escaped is a copy of d in which ${ of plain strings is written $${, as the
// JSON of a document has it.
func escaped(d *Document) *Document {
	c := reflect.New(reflect.TypeFor[Document]()).Elem()
	escape(c, reflect.ValueOf(d).Elem())
	return c.Addr().Interface().(*Document)
}

func escape(to, from reflect.Value) {
	switch from.Kind() {
	case reflect.String:
		to.SetString(strings.ReplaceAll(from.String(), "${", "$${"))
	case reflect.Struct:
		to.Set(from)
		if from.Type() == secretType {
			return
		}
		for i := range from.NumField() {
			escape(to.Field(i), from.Field(i))
		}
	case reflect.Pointer:
		if !from.IsNil() {
			to.Set(reflect.New(from.Type().Elem()))
			escape(to.Elem(), from.Elem())
		}
	case reflect.Slice:
		if from.IsNil() {
			return
		}
		to.Set(reflect.MakeSlice(from.Type(), from.Len(), from.Len()))
		for i := range from.Len() {
			escape(to.Index(i), from.Index(i))
		}
	case reflect.Map:
		if from.IsNil() {
			return
		}
		to.Set(reflect.MakeMap(from.Type()))
		for _, k := range from.MapKeys() {
			item := reflect.New(from.Type().Elem()).Elem()
			escape(item, from.MapIndex(k))
			to.SetMapIndex(k, item)
		}
	default:
		to.Set(from)
	}
}
