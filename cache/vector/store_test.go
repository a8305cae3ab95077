package vector

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestDigests(t *testing.T) {
	key := [32]byte{0: 0xab, 6: 0xff, 8: 0xff, 31: 1}
	if got, ok := Digest(Hex(key[:])); !ok || got != key {
		t.Errorf("%x, %v", got, ok)
	}
	if got, ok := ID(Hex(key[:16])); !ok || got != [16]byte(key[:16]) {
		t.Errorf("%x, %v", got, ok)
	}
	for _, bad := range []string{"", "ab", strings.Repeat("x", 64), strings.Repeat("a", 63), strings.Repeat("a", 66), strings.Repeat("a", 31), strings.Repeat("a", 33)} {
		if _, ok := Digest(bad); ok {
			t.Errorf("%q is taken for a digest", bad)
		}
		if _, ok := ID(bad); ok {
			t.Errorf("%q is taken for the name of an answer", bad)
		}
	}
	if got := UUID(&key); got != "ab000000-0000-8f00-bf00-000000000000" {
		t.Errorf("%s", got)
	}
}

// A Filter names the rows for which all that it sets holds.
func TestFilter(t *testing.T) {
	now := time.Now()
	r := Row{Key: [32]byte{1}, ID: [16]byte{2}, Owner: "o", Label: "l", Asked: "a", Answered: "b", Born: now, Until: now.Add(time.Hour)}
	f := func(f Filter, want bool) {
		t.Helper()
		if f.Matches(&r) != want {
			t.Errorf("%+v: %v", f, !want)
		}
	}
	f(Filter{}, true)
	f(Filter{Key: &r.Key, ID: &r.ID, Owner: "o", Label: "l", Model: "b", Before: now.Add(time.Minute), Over: now.Add(2 * time.Hour)}, true)
	f(Filter{Model: "a"}, true)
	f(Filter{Key: new([32]byte)}, false)
	f(Filter{ID: new([16]byte)}, false)
	f(Filter{Owner: "x"}, false)
	f(Filter{Label: "x"}, false)
	f(Filter{Model: "x"}, false)
	f(Filter{Before: now}, false)
	f(Filter{Over: now}, false)
}

// What is secret is printed by no verb.
func TestSecret(t *testing.T) {
	p := Place{Kind: "qdrant", Secret: "sesame"}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		if got := fmt.Sprintf(verb, p); strings.Contains(got, "sesame") || strings.Contains(got, "736573616d65") {
			t.Errorf("%s: %s", verb, got)
		}
		if got := fmt.Sprintf(verb, p.Secret); strings.Contains(got, "sesame") || strings.Contains(got, "736573616d65") {
			t.Errorf("%s: %s", verb, got)
		}
	}
	if text, err := p.Secret.MarshalText(); err != nil || string(text) != "***" || p.Secret.LogValue().String() != "***" || Secret("").String() != "" {
		t.Errorf("%s, %v", text, err)
	}
}

func TestTLS(t *testing.T) {
	if c, err := (&Place{Insecure: true}).TLS(); err != nil || !c.InsecureSkipVerify {
		t.Errorf("%+v, %v", c, err)
	}
	if _, err := (&Place{CA: "/no/such/file"}).TLS(); err == nil {
		t.Error("a file that is not there is taken")
	}
	if _, err := (&Place{CA: "store_test.go"}).TLS(); err == nil || !strings.Contains(err.Error(), "holds no certificate") {
		t.Errorf("%v", err)
	}
}
