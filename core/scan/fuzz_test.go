package scan

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

var seeds = []string{`{}`, `{"model":"m","stream":true,"max_tokens":5}`, `{"a":[1,{"b":"\u00e9\ud83d\ude00é"}],"model":{}}`,
	`[1,-0.5e+3,null]`, `{"a":1,"A":2}`, `"\ud800"`, "{\"a\":\"\xff\"}", `{"a":"` + strings.Repeat("x", 40) + `\n"}`, " \t\r\n1 "}

// FuzzValid compares the grammar with encoding/json, which accepts invalid UTF-8 and has
// another bound on depth.
func FuzzValid(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		err := Valid(doc)
		want := json.Valid(doc) && utf8.Valid(doc)
		if kindOf(err) == Deep {
			return
		}
		if (err == nil) != want {
			t.Errorf("%q: %v, want valid %v", doc, err, want)
		}
	})
}

// FuzzObject compares the spans with encoding/json, and the walk with the spans.
func FuzzObject(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		at := make([]Span, 3)
		err := Object(doc, wanted, at)
		if again := Object(doc, wanted, make([]Span, 3)); kindOf(again) != kindOf(err) {
			t.Fatalf("%q: first %v, then %v", doc, err, again)
		}
		var want map[string]json.RawMessage
		jsonErr := json.Unmarshal(doc, &want)
		if err != nil {
			if k := kindOf(err); jsonErr == nil && want != nil && utf8.Valid(doc) && k < Surrogate {
				t.Errorf("%q: %v, but encoding/json accepts it", doc, err)
			}
			return
		}
		if jsonErr != nil {
			t.Fatalf("%q passed: %v", doc, jsonErr)
		}
		for i, name := range wanted.names {
			if got := doc[at[i].Start:at[i].End]; !bytes.Equal(got, want[name]) {
				t.Errorf("%q: %s is %q, want %q", doc, name, got, want[name])
			}
		}
		n := 0
		for w := Members(doc); ; n++ {
			_, value, ok := w.Next()
			if !ok {
				break
			}
			if !json.Valid(value) {
				t.Errorf("%q: walked over %q", doc, value)
			}
		}
		if n != len(want) {
			t.Errorf("%q: walked over %d members, want %d", doc, n, len(want))
		}
	})
}

// FuzzWalk looks for bytes that make a Walk panic or loop, and for wrong unquoting.
func FuzzWalk(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Add([]byte(`{"prompt_tokens":12,"b":0,"c":01,"d":-1,"e":1.5,"f":7 ,"g":8}`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		for _, w := range []Walk{Members(doc), Elements(doc)} {
			for n := 0; ; n++ {
				c := w
				counted, number, plain := c.Count()
				key, value, ok := w.Next()
				if plain && (string(counted) != string(key) || !isNumber(value, number) || c.i != w.i || !ok) {
					t.Fatalf("%q: Count says %q, %d; Next %q, %q, %v", doc, counted, number, key, value, ok)
				}
				if !ok {
					break
				}
				if len(value) == 0 || n > len(doc) {
					t.Fatalf("%q: no progress", doc)
				}
			}
		}
		got, ok := Unquote(nil, doc)
		var want string
		if err := json.Unmarshal(doc, &want); err == nil && doc[0] == '"' && ok && string(got) != want && utf8.Valid(doc) && doc[len(doc)-1] == '"' {
			t.Errorf("%q: got %q, want %q", doc, got, want)
		}
	})
}

func isNumber(raw []byte, n int64) bool {
	got, ok := Int(raw)
	return ok && got == n
}
