package scan

import (
	"fmt"
	"strings"
	"testing"
)

func TestWalk(t *testing.T) {
	f := func(begin func([]byte) Walk, doc, want string) {
		t.Helper()
		var got []string
		w := begin([]byte(doc))
		for {
			key, value, ok := w.Next()
			if !ok {
				break
			}
			got = append(got, fmt.Sprintf("%s=%s", key, value))
		}
		got = append(got, fmt.Sprintf("rest %q", w.Rest()))
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%s:\n got %s\nwant %s", doc, s, want)
		}
	}
	f(Members, `{}`, `rest ""`)
	f(Members, ` { "a" : 1 , "b":"x,}\"]" } tail`, `a=1 b="x,}\"]" rest " tail"`)
	f(Members, `{"a":{"b":[1,"]}",{}]},"c":true}`, `a={"b":[1,"]}",{}]} c=true rest ""`)
	f(Members, `{"\u0061":-1.5e3}`, `\u0061=-1.5e3 rest ""`)
	f(Members, `[1]`, `rest ""`)
	f(Members, `{"a":1,`, `a=1 rest ""`)
	f(Members, `{"a":1 "b":2}`, `rest ""`)
	f(Members, `{"a":}`, `rest ""`)
	f(Members, `{"a"}`, `rest ""`)
	f(Members, `{"a":`, `rest ""`)
	f(Members, `{"a":[1,2`, `rest ""`)
	f(Members, `{"a\`, `rest ""`)
	f(Members, `{a:1}`, `rest ""`)
	f(Elements, `[1, "a" ,[2],{"b":3}],4`, `=1 ="a" =[2] ={"b":3} rest ",4"`)
	f(Elements, `[]`, `rest ""`)
	f(Elements, `{"a":1}`, `rest ""`)
	f(Elements, ``, `rest ""`)
}

func TestWalkResume(t *testing.T) {
	w := Members([]byte(`{"a":[1,2] ,"b":3}x`))
	key, _ := w.Key()
	inner := Elements(w.Tail())
	for n := 0; ; n++ {
		if _, _, ok := inner.Next(); !ok {
			break
		}
	}
	w.Resume(inner.Rest())
	next, value, ok := w.Next()
	if string(key) != "a" || string(next) != "b" || string(value) != "3" || !ok {
		t.Errorf("got %q, then %q = %q, %v", key, next, value, ok)
	}
	if _, _, ok := w.Next(); ok || string(w.Rest()) != "x" {
		t.Errorf("did not end; rest %q", w.Rest())
	}
}

func TestWalkCount(t *testing.T) {
	f := func(doc, key string, n int64, ok bool) {
		t.Helper()
		w := Members([]byte(doc))
		k, got, is := w.Count()
		if string(k) != key || got != n || is != ok {
			t.Errorf("%s: got %q, %d, %v; want %q, %d, %v", doc, k, got, is, key, n, ok)
		}
		if _, _, more := w.Next(); !ok && !more {
			t.Errorf("%s: Count took away what it did not read", doc)
		}
	}
	f(`{"a":0,"b":1}`, "a", 0, true)
	f(`{"a":123456789012345678}`, "a", 123456789012345678, true)
	f(`{"a":1234567890123456789}`, "", 0, false)
	f(`{"a":01}`, "", 0, false)
	f(`{"a":-1}`, "", 0, false)
	f(`{"a":1.5}`, "", 0, false)
	f(`{"a" :1}`, "", 0, false)
	f(`{"a": 1}`, "", 0, false)
	f(`{"a":1 }`, "", 0, false)
	f(`{"a":1, "b":2}`, "", 0, false)
	f(`{"a\"":1}`, "", 0, false)
	f(`{"":1}`, "", 0, false)
	f(`{"a":"1"}`, "", 0, false)
	f(`{"a":{"b":1}}`, "", 0, false)
}

func TestUnquote(t *testing.T) {
	f := func(raw, want string, ok bool) {
		t.Helper()
		got, gotOK := Unquote([]byte("> "), []byte(raw))
		if string(got) != "> "+want || gotOK != ok {
			t.Errorf("%s: got %q, %v", raw, got, gotOK)
		}
	}
	f(`""`, "", true)
	f(`"a\/b\"\\\b\f\n\r\t"`, "a/b\"\\\b\f\n\r\t", true)
	f(`"\u0041\u00e9\u20ac\ud83d\uDE00"`, "Aé€😀", true)
	f(`"\ud83d"`, "", false)
	f(`"\ude00"`, "", false)
	f(`"\ud83d\u0041"`, "", false)
	f(`"\ud83dx"`, "", false)
	f(`"\x"`, "", false)
	f(`"\u12"`, "", false)
	f(`"`, "", false)
	f(`x`, "", false)
	f(``, "", false)
}

func TestPlain(t *testing.T) {
	f := func(raw, want string, ok bool) {
		t.Helper()
		if got, gotOK := Plain([]byte(raw)); string(got) != want || gotOK != ok {
			t.Errorf("%s: got %q, %v", raw, got, gotOK)
		}
	}
	f(`"abc"`, "abc", true)
	f(`"é"`, "é", true)
	f(`"a\u0062"`, "", false)
	f(`12`, "", false)
}

func TestInt(t *testing.T) {
	f := func(raw string, want int64, ok bool) {
		t.Helper()
		if got, gotOK := Int([]byte(raw)); got != want || gotOK != ok {
			t.Errorf("%s: got %d, %v", raw, got, gotOK)
		}
	}
	f("0", 0, true)
	f("-7", -7, true)
	f("9223372036854775807", 1<<63-1, true)
	f("9223372036854775808", 0, false)
	f("99999999999999999999", 0, false)
	f("1.0", 0, false)
	f("1e3", 0, false)
	f("007", 0, false)
	f("-", 0, false)
	f("", 0, false)
	f(`"1"`, 0, false)
}

func TestWhole(t *testing.T) {
	f := func(raw string, want int64, ok bool) {
		t.Helper()
		if got, gotOK := Whole([]byte(raw)); got != want || gotOK != ok {
			t.Errorf("%s: got %d, %v", raw, got, gotOK)
		}
	}
	f("0", 0, true)
	f("10", 10, true)
	f("-7", -7, true)
	f("100.0", 100, true)
	f("12.000", 12, true)
	f("0.0", 0, true)
	f("12.50", 0, false)
	f("12.05", 0, false)
	f("12.", 0, false)
	f(".0", 0, false)
	f("1.0.0", 0, false)
	f("1e3", 0, false)
	f("", 0, false)
	f("null", 0, false)
	f("00", 0, false)
}

func TestBool(t *testing.T) {
	f := func(raw string, want, ok bool) {
		t.Helper()
		if got, gotOK := Bool([]byte(raw)); got != want || gotOK != ok {
			t.Errorf("%s: got %v, %v", raw, got, gotOK)
		}
	}
	f("true", true, true)
	f("false", false, true)
	f("null", false, false)
	f(`"true"`, false, false)
}
