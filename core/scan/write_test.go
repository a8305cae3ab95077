package scan

import (
	"encoding/json"
	"testing"
)

func TestAppendEscaped(t *testing.T) {
	for _, plain := range []string{"", "a", `"\/`, "\n\r\t\b\f\x00\x7f", "é漢😀", "\xff", "a\xc3", `{"a":"b\n"}`} {
		got := AppendString([]byte("x"), plain)
		var back string
		if err := json.Unmarshal(got[1:], &back); err != nil {
			t.Errorf("%q: %s: %v", plain, got, err)
		}
		var want string
		b, _ := json.Marshal(plain)
		json.Unmarshal(b, &want)
		if back != want {
			t.Errorf("%q: got %q, want %q", plain, back, want)
		}
		text, ok := Inside(got[1:])
		if out := string(AppendUnescaped(nil, text)); !ok || out != want {
			t.Errorf("%q: unescaped %q", plain, out)
		}
	}
}

func TestAppendUnescaped(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		if got := string(AppendUnescaped(nil, []byte(text))); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
	f(`\u0041\/\b\f`, "A/\b\f")
	f(`\ud83d\ude00`, "😀")
	f(`\ud83d`, "\uFFFD")
	f(`\ude00x`, "\uFFFDx")
	f(`\ud83d\u0041`, "\uFFFDA")
	f(`\q\u00zz\`, `\q\u00zz\`)
}

func TestAppendEdited(t *testing.T) {
	f := func(body, insert, want string, cut ...string) {
		t.Helper()
		if got := string(AppendEdited(nil, []byte(body), []byte(insert), cut, [][2]string{{"from", "to"}})); got != want {
			t.Errorf("%s: got %s, want %s", body, got, want)
		}
	}
	f(`{"a":1, "b" : {"a":2} }`, ``, `{"b":{"a":2}}`, "a")
	f(`{"a":1}`, `"v":"x",`, `{"v":"x"}`, "a")
	f(` {"from":1,"c":[]}`, `"v":"x",`, `{"v":"x","to":1,"c":[]}`)
	f(`{}`, ``, `{}`)
	f(`[1]`, `"v":1,`, `[1]`)
}

func TestAppendInt(t *testing.T) {
	for _, n := range []int64{0, 7, 10, -1, 1 << 62, -1 << 63} {
		b, _ := json.Marshal(n)
		if got := string(AppendInt(nil, n)); got != string(b) {
			t.Errorf("got %s, want %s", got, b)
		}
	}
}
