package scan

import "testing"

func TestSurvey(t *testing.T) {
	f := func(doc, name string, want bool) {
		t.Helper()
		met, err := Survey([]byte(doc), nil, nil)
		if err != nil {
			t.Fatalf("%s: %v", doc, err)
		}
		if got := met.Meets(OutlineOf(name)); got != want {
			t.Errorf("%s meets %q: %v, want %v", doc, name, got, want)
		}
	}
	f(`{"url":1}`, "url", true)
	f(`{"a":[{"b":{"url":1}}]}`, "url", true)
	f(`{"a":[{"b":{"url":1}}],"z":0}`, "z", true)
	f(`{}`, "url", false)
	f(`{"model":"url","messages":[{"role":"user","content":"the \"url\": here"}]}`, "url", false)
	f(`{"":{"":1}}`, "url", false)
	f(`{"\u0075rl":1}`, "url", true)
	if met, err := Survey([]byte(`{"url":1,`), nil, nil); err == nil || !met.Meets(OutlineOf("url")) {
		t.Errorf("of a document that ends early: %v, %v", met, err)
	}
}

// FuzzSurvey checks that every key that a reader finds is in the outline.
func FuzzSurvey(f *testing.F) {
	f.Add([]byte(`{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"x"}]}]}`))
	f.Add([]byte(`{"a":{"b":{"c":[{"":0}]}}}`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		met, err := Survey(doc, nil, nil)
		if err != nil {
			return
		}
		var look func(doc []byte)
		look = func(doc []byte) {
			if len(doc) == 0 || doc[0] != '{' && doc[0] != '[' {
				return
			}
			w := Elements(doc)
			if doc[0] == '{' {
				w = Members(doc)
			}
			for {
				key, value, more := w.Next()
				if !more {
					return
				}
				if name, ok := Unquote(nil, []byte(`"`+string(key)+`"`)); ok && len(name) > 0 && !met.Meets(OutlineOf(string(name))) {
					t.Errorf("%s has a key %q that its outline lacks", doc, key)
				}
				look(value)
			}
		}
		look(doc[space(doc, 0):])
	})
}
