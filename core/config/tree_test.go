package config

import (
	"fmt"
	"strings"
	"testing"
)

// lined is a Value on one line, with where it stands.
func lined(v *Value) string {
	if v == nil {
		return "none"
	}
	s := fmt.Sprintf("%s@%d", v.Text, v.Line)
	for _, m := range v.Members {
		s += fmt.Sprintf(" %s=(%s)", m.Name, lined(m.Value))
	}
	for _, i := range v.Items {
		s += fmt.Sprintf(" [%s]", lined(i))
	}
	return s
}

func TestRead(t *testing.T) {
	f := func(name, text, want string) {
		t.Helper()
		v, problems := Read(name, []byte(text))
		got := lined(v)
		for _, p := range problems {
			got += " " + p.String()
		}
		if got != want {
			t.Errorf("%s:\n%s\nwant\n%s", text, got, want)
		}
	}
	f("a.json", `{"a": {"b": [1, "x", null, true]}}`, "@1 a=(@1 b=(@1 [1@1] [x@1] [null@1] [true@1]))")
	f("a.yaml", "a:\n  b: ${X}\nc: [1.5]\n", "@1 a=(@1 b=(${X}@2)) c=(@3 [1.5@3])")
	f("a.yaml", "x: &x {a: 1}\ny: *x\nz: {<<: *x, b: 2}\n", "@1 x=(@1 a=(1@1)) y=(@2 a=(1@1)) z=(@3 b=(2@3) a=(1@1))")
	f("a.yaml", "", "none a.yaml: is empty")
	f("a.yaml", "a: 1\na: 2\n", "none a.yaml:2: a: is set twice, first on line 1; hint: keep one of them")
	f("a.yaml", "a: &a [*a]\n", "none a.yaml:1: a[0][0]: alias *a leads back to itself")
	f("a.json", `{"a"`, "none a.json:1: cannot read JSON: the text ends before the document does")
	bomb := "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'j'; c++ {
		bomb += fmt.Sprintf("%c: &%c [%s]\n", c, c, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c,", c-1), 10), ","))
	}
	if v, problems := Read("a.yaml", []byte(bomb)); v != nil || !strings.Contains(problems[0].Message, "aliases stand for more than") {
		t.Errorf("a billion values are read: %v", problems)
	}
	if v, problems := Read("a.yaml", []byte(strings.Repeat("[", 200)+strings.Repeat("]", 200))); v != nil || !strings.Contains(problems[0].Message, "levels are inside each other") {
		t.Errorf("200 levels are read: %v", problems)
	}
}

func TestEncodeWritten(t *testing.T) {
	d := &Document{Providers: []Provider{{Name: "a", BaseURL: "https://${HOST}/$${x}", APIKey: NewSecret("", "sk-1"), Headers: map[string]string{"h": "${H}"},
		Keys: []Key{{Value: NewSecret("env.K", "")}}}}}
	got := string(EncodeWritten(d))
	for _, want := range []string{"base_url: https://${HOST}/$${x}\n", "api_key: sk-1\n", "value: env.K\n", "h: ${H}\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
}
