package config

import (
	"reflect"
	"runtime"
	"strings"
	"testing"
)

// FuzzDecode: nothing panics, nothing allocates more than a constant times its
// size, problems have a place, and what is accepted survives Encode.
func FuzzDecode(f *testing.F) {
	f.Add("t.yaml", seeds)
	f.Add("t.yaml", base+"x-a: &a {connect_timeout: 1s}\nmodels: [{<<: *a, alias: ${A}, provider: '$${B}'}]\n")
	f.Add("t.yaml", "a: &a [*a, *a]\nb: {<<: [*a, {}]}\n? [x]\n: |\n  y\n")
	f.Add("t.yaml", "%YAML 1.1\n---\n!!binary aGk=\n...\n---\n")
	f.Add("t.yaml", base+"routing:\n  rules:\n  - name: a\n    targets: [{provider: openai}]\n    when: >\n      stream\n        && modle == 'x'\n")
	f.Add("t.yaml", base+"routing: {rules: [{when: \"a\\u0041\\\"ä && x\", targets: [{model: 'openai/'}], scope: {key: a, team: b}}]}\n")
	f.Add("t.json", `{"providers": [{"name": "openai", "api_key": "${A}", "keys": [{"weight": -1e9}]}], "x": [[[null]]]}`)
	f.Add("", `{"listen": "\ud83d\ude00", "listen": 1`)
	env := testEnv("A=value", "OPENAI_API_KEY=k", "MISTRAL_API_KEY=k")
	f.Fuzz(func(t *testing.T, name, text string) {
		if strings.Contains(text, "file:") || strings.Contains(text, "cred:") {
			return // the machine's files are not part of the input
		}
		doc, problems := Decode(name, []byte(text), env)
		if (doc == nil) != Failed(problems) {
			t.Fatalf("document %v with problems %v", doc, problems)
		}
		if len(problems) > maxProblems+2 {
			t.Fatalf("%d problems", len(problems))
		}
		for _, p := range problems {
			if p.Message == "" || p.Line < 0 || p.Line > 2+strings.Count(text, "\n")+strings.Count(text, "\r")+strings.Count(text, "\u0085")+strings.Count(text, "\u2028")+strings.Count(text, "\u2029") {
				t.Fatalf("problem %+v in %d bytes", p, len(text))
			}
		}
		if doc == nil || hasLiterals(reflect.ValueOf(doc).Elem()) {
			return
		}
		again, problems := Decode("again.yaml", Encode(doc), env)
		if !reflect.DeepEqual(doc, again) {
			t.Fatalf("%q\nis %+v\nencodes as\n%s\nwhich is %+v, %v", text, doc, Encode(doc), again, problems)
		}
	})
}

// hasLiterals reports whether a document holds a secret that Encode hides.
func hasLiterals(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer:
		return !v.IsNil() && hasLiterals(v.Elem())
	case reflect.Slice:
		for i := range v.Len() {
			if hasLiterals(v.Index(i)) {
				return true
			}
		}
	case reflect.Struct:
		if s, ok := v.Interface().(Secret); ok {
			return s.Set() && s.Ref() == ""
		}
		for i := range v.NumField() {
			if hasLiterals(v.Field(i)) {
				return true
			}
		}
	}
	return false
}

// TestDecodeMemory: the worst shapes we know stay within a constant times
// their size. The parser of YAML needs some 200 bytes for each value of two.
func TestDecodeMemory(t *testing.T) {
	const size = 64 << 10
	shapes := map[string]string{
		"commas":   "x-a: [" + strings.Repeat("a,", size/2) + "]\n",
		"deep":     "x-a: " + strings.Repeat("[", size/8) + strings.Repeat("]", size/8),
		"keys":     strings.Repeat("a: 1\n", size/5),
		"unknown":  "providers: [" + strings.Repeat("{a: 1},", size/7) + "]\n",
		"aliases":  "x-a: &a [" + strings.Repeat("b,", size/4) + "]\nproviders: [" + strings.Repeat("{models: *a},", size/26) + "]\n",
		"expanded": "listen: " + strings.Repeat("${LONG}", size/7) + "\n",
		"many":     "providers: [{name: openai, headers: {" + strings.Repeat("a: ${LONG}, ", size/12) + "}}]\n",
		"json":     `{"x-a": [` + strings.Repeat("1,", size/2) + "1]}",
	}
	env := testEnv("LONG=" + strings.Repeat("x", 1000))
	for name, text := range shapes {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		Decode("", []byte(text), env)
		runtime.ReadMemStats(&after)
		if spent := after.TotalAlloc - before.TotalAlloc; spent > 1024*size {
			t.Errorf("%s: %d KiB for %d KiB", name, spent>>10, size>>10)
		} else {
			t.Logf("%s: %d KiB for %d KiB", name, spent>>10, size>>10)
		}
	}
}
