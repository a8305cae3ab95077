package scan

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
)

var wanted = NewKeys("model", "stream", "max_tokens")

func kindOf(err error) Kind {
	if e := (*Error)(nil); errors.As(err, &e) {
		return e.Kind
	}
	return OK
}

func TestObjectSpans(t *testing.T) {
	f := func(doc string, want ...string) {
		t.Helper()
		at := make([]Span, 3)
		if err := Object([]byte(doc), wanted, at); err != nil {
			t.Fatalf("%s: %v", doc, err)
		}
		for i, sp := range at {
			if got := doc[sp.Start:sp.End]; got != want[i] {
				t.Errorf("%s: value %d is %q, want %q", doc, i, got, want[i])
			}
		}
	}
	f(`{}`, "", "", "")
	f(` {"model":"a"} `, `"a"`, "", "")
	f(`{"x":{"model":"no"},"model" : "yes" ,"stream":true}`, `"yes"`, "true", "")
	f(`{"max_tokens":12,"model":{"a":[1,{"stream":1}]},"y":[{"max_tokens":3}]}`, `{"a":[1,{"stream":1}]}`, "", "12")
	f(`{"\u006dodel":"m"}`, `"m"`, "", "")
	f("{\n\t\"stream\" : null\r\n}", "", "null", "")
	f(`{"models":1,"mode":2,"":3,"Mod":4}`, "", "", "")
}

func TestObjectRefuses(t *testing.T) {
	f := func(doc string, kind Kind, offset int) {
		t.Helper()
		err := Object([]byte(doc), wanted, make([]Span, 3))
		var e *Error
		if !errors.As(err, &e) {
			t.Fatalf("%q passed, want %v", doc, kind)
		}
		if e.Kind != kind || e.Offset != offset {
			t.Errorf("%q: %v (kind %d), want kind %d (%v) at byte %d", doc, e, e.Kind, kind, kind, offset)
		}
	}
	f(``, Truncated, 0)
	f(`  `, Truncated, 2)
	f(`[]`, NotObject, 0)
	f(` null`, NotObject, 1)
	f("\xef\xbb\xbf{}", BOM, 0)
	f(`{} {}`, Trailing, 3)
	f("{}\x00", Trailing, 2)
	f(`{`, Truncated, 1)
	f(`{"a"`, Truncated, 4)
	f(`{"a":`, Truncated, 5)
	f(`{"a":1`, Truncated, 6)
	f(`{"a":1,`, Truncated, 7)
	f(`{"a":1,}`, Syntax, 7)
	f(`{"a":[1,]}`, Syntax, 8)
	f(`{"a":[}`, Syntax, 6)
	f(`{"a":[1}`, Syntax, 7)
	f(`{"a" 1}`, Syntax, 5)
	f(`{a:1}`, Syntax, 1)
	f(`{'a':1}`, Syntax, 1)
	f(`{"a":tru}`, Syntax, 5)
	f(`{"a":NaN}`, Syntax, 5)
	f(`{"a":01}`, Number, 5)
	f(`{"a":-}`, Number, 5)
	f(`{"a":1.}`, Number, 5)
	f(`{"a":1e}`, Number, 5)
	f("{\"a\":\"x\ny\"}", Control, 7)
	f("{\"a\":\"12345678\x00\"}", Control, 14)
	f(`{"a":"\x"}`, Escape, 6)
	f(`{"a":"\u12g4"}`, Escape, 6)
	f(`{"a":"\u12`, Truncated, 10)
	f("{\"a\":\"\xff\"}", UTF8, 6)
	f("{\"a\":\"\xc0\xaf\"}", UTF8, 6)
	f("{\"a\":\"\xed\xa0\x80\"}", UTF8, 6)
	f("{\"a\":\"\xf4\x90\x80\x80\"}", UTF8, 6)
	f("{\"a\":\"\xe2\x82\"}", UTF8, 6)
	f(`{"\ud800":1}`, Surrogate, 1)
	f(`{"a":1,"b":2,"a":3}`, Duplicate, 13)
	f(`{"x":[{"role":1,"role":2}]}`, Duplicate, 16)
	f(`{"model":1,"\u006dodel":2}`, Duplicate, 11)
	f(`{"key":1,"KEY":2}`, Twin, 9)
	f(`{"k":1,"`+"\u212a"+`":2}`, Duplicate, 7)
	f(`{"ſ":1,"S":2}`, Twin, 8)
	f(`{"Model":1}`, Twin, 1)
	f(`{"\u004dodel":1}`, Twin, 1)
	f(`{"`+"\u017f"+`tream":true}`, Twin, 1)
}

// The same name in two objects is not a duplicate, and values are not keys.
func TestObjectAccepts(t *testing.T) {
	f := func(doc string) {
		t.Helper()
		if err := Object([]byte(doc), nil, nil); err != nil {
			t.Errorf("%s: %v", doc, err)
		}
	}
	f(`{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]}`)
	f(`{"x@":1,"x` + "`" + `":2,"[":3,"{":4}`) // differ only in the bit of the case, but are not letters
	f(`{"é":1,"É":2,"e":3}`)
	f(`{"a":"\ud800"}`)
	f(`{"a":"😀\ud83d\ude00","😀":1,"\ud83d\ude01":2}`)
	f(`{"a":-0.5e+10,"b":1E5,"c":0,"d":` + strings.Repeat("9", 5000) + `}`)
	f(`{"a":` + strings.Repeat("[", MaxDepth-1) + strings.Repeat("]", MaxDepth-1) + `}`)
}

func TestLimits(t *testing.T) {
	deep := []byte(`{"a":` + strings.Repeat("[", MaxDepth) + strings.Repeat("]", MaxDepth) + `}`)
	if got := kindOf(Object(deep, nil, nil)); got != Deep {
		t.Errorf("depth %d: %v, want %v", MaxDepth+1, got, Deep)
	}
	if got, want := kindOf(Object(manyKeys(MaxKeys), nil, nil)), OK; got != want {
		t.Errorf("%d keys: %v, want %v", MaxKeys, got, want)
	}
	if got := kindOf(Object(manyKeys(MaxKeys+1), nil, nil)); got != Many {
		t.Errorf("%d keys: %v, want %v", MaxKeys+1, got, Many)
	}
	if !strings.Contains(Deep.String(), fmt.Sprint(MaxDepth)) || !strings.Contains(Many.String(), fmt.Sprint(MaxKeys)) {
		t.Errorf("messages name other limits: %q, %q", Deep, Many)
	}
}

func manyKeys(n int) []byte {
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, ",\"key%d\":%d", i, i)
	}
	doc := append(b.Bytes(), '}')
	doc[0] = '{'
	return doc
}

// A Scanner must not take the keys of one document for those of the next.
func TestScannerReuse(t *testing.T) {
	s := NewScanner()
	for i := range 3 {
		if err := s.Object(manyKeys(3000), nil, nil); err != nil {
			t.Fatalf("round %d: %v", i, err)
		}
		if got := kindOf(s.Object([]byte(`{"\u0061":1,"A":2}`), nil, nil)); got != Twin {
			t.Fatalf("round %d: %v, want %v", i, got, Twin)
		}
	}
	s.keys.last = 1<<31 + 5
	if err := s.Object(manyKeys(3000), nil, nil); err != nil {
		t.Errorf("after the numbers ran out: %v", err)
	}
	if s.keys.last > 10 {
		t.Errorf("numbers were not restarted: %d", s.keys.last)
	}
}

func TestErrorText(t *testing.T) {
	f := func(doc, want string) {
		t.Helper()
		if got := fmt.Sprint(Object([]byte(doc), nil, nil)); got != want {
			t.Errorf("%s:\n got %s\nwant %s", doc, got, want)
		}
	}
	f(`{"a":1,"a":2}`, `duplicate key "a" at byte 7`)
	f(`{"a":1,"A":2}`, `case variant of another or a known key "A" at byte 7`)
	f(`[1]`, `the top level is not an object at byte 0`)
	long := strings.Repeat("é", 50)
	f(`{"`+long+`":1,"`+long+`":2}`, `duplicate key "`+strings.Repeat("é", 32)+`…" at byte 106`)
}
