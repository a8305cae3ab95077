package rule

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// fields is a Head for tests; names are in lower case, and "?" is the query.
type fields map[string]string

func (f fields) Field(name string) ([]byte, bool) {
	v, ok := f[name]
	return []byte(v), ok
}

func (f fields) Query() []byte { return []byte(f["?"]) }

func sample() *Env {
	return &Env{
		Model: "gpt-4o", Provider: "openai", RequestType: "chat", Key: "ci", Team: "platform",
		Budget: 81.5, Tokens: 20, Stream: true, PromptBytes: 1200,
		Head: fields{"x-tier": "premium", "x-empty": "", "user-agent": "curl/8", "?": "region=eu&a=b%20c+d&flag&region=us&%6bey=1&bad=%zz&=x"},
	}
}

func TestMatch(t *testing.T) {
	e := sample()
	f := func(src string, want bool) {
		t.Helper()
		r, err := Compile(src)
		if err != nil {
			t.Errorf("%s: %v", src, err)
			return
		}
		if got := r.Match(e); got != want {
			t.Errorf("%s: got %v, want %v", src, got, want)
		}
	}
	f("", true)
	f(" \n // nothing asked", true)
	f(`model == "gpt-4o"`, true)
	f(`'gpt-4o' == model`, true)
	f(`model != "gpt-4o"`, false)
	f(`model.startsWith("gpt-4") && provider == "openai"`, true)
	f(`model.endsWith("mini") || model.contains("4o")`, true)
	f(`model.matches("^gpt-[0-9]")`, true)
	f(`model.matches(r"\d$")`, false)
	f(`model in ["a", "gpt-4o"]`, true)
	f(`model in ["a","b","c","d","e","f","g","h","gpt-4o",]`, true)
	f(`model in []`, false)
	f(`prompt_bytes in [1, 1200]`, true)
	f(`model.size() == 6 && size(model) == 6 && size("äö") == 2 && size([1, 2]) == 2`, true)
	f(`request_type == "chat" && virtual_key_id == virtual_key_name && team_name == "platform" && customer_id == ""`, true)
	f(`budget_used > 80 && budget_used <= 81.5 && tokens_used < 20.5 && request == 0`, true)
	f(`prompt_bytes > 1e3 && prompt_bytes >= 0x4b0 && prompt_bytes > -5 && 0 < prompt_bytes`, true)
	f(`stream`, true)
	f(`!stream`, false)
	f(`!!stream == true`, true)
	f(`stream ? model == "gpt-4o" : false`, true)
	f(`(stream ? "a" : "b") == "a" && (!stream ? 1 : 2) == 2 && (stream ? 1.5 : 2.5) < 2.0`, true)
	f(`9223372036854775807 >= 9223372036854775807.0 && 9223372036854775807 < 1e300 && -1e300 < -9223372036854775808`, true)
	f(`model < "h" && model > "g" && "a" <= "a"`, true)
	f(`false || stream && !false`, true)
	f(`true == (1 < 2)`, true)
	f(`"""it's "x" """ == 'it\'s "x" '`, true)
	f(`"\x41\u00e4\U0001F600\101" == "Aä😀A"`, true)
}

func TestHeaders(t *testing.T) {
	e := sample()
	f := func(src string, want bool) {
		t.Helper()
		r, err := Compile(src)
		if err != nil {
			t.Errorf("%s: %v", src, err)
			return
		}
		if got := r.Match(e); got != want {
			t.Errorf("%s: got %v, want %v", src, got, want)
		}
	}
	f(`headers["X-Tier"] == "premium"`, true)
	f(`headers["x-empty"] == ""`, true)
	f(`headers["User-Agent"].startsWith("curl/")`, true)
	f(`"X-Tier" in headers`, true)
	f(`"x-none" in headers`, false)
	f(`"region" in params && !("x" in params)`, true)
	f(`params["region"] == "eu" && params["a"] == "b c d" && params["flag"] == "" && params["key"] == "1" && params["bad"] == "%zz"`, true)
	// a missing header does not match, in any expression
	f(`headers["x-none"] == ""`, false)
	f(`headers["x-none"] != ""`, false)
	f(`!(headers["x-none"] == "")`, false)
	f(`!(headers["x-none"] == "") && true`, false)
	f(`headers["x-none"].size() == 0`, false)
	f(`headers["x-none"] in ["a"]`, false)
	f(`headers["x-none"].matches("")`, false)
	f(`headers["x-none"].startsWith(model)`, false)
	f(`model.startsWith(headers["x-none"])`, false)
	f(`headers["x-none"] < model`, false)
	f(`(headers["x-none"] == "a") == (headers["x-none"] == "a")`, false)
	f(`headers["x-none"] == "a" ? true : true`, false)
	f(`(headers["x-none"] == "a" ? 1 : 2) > 0`, false)
	// unless the other operand decides
	f(`headers["x-none"] == "a" || stream`, true)
	f(`stream || headers["x-none"] == "a"`, true)
	f(`!(headers["x-none"] == "a" && !stream)`, true)
	f(`"x-none" in headers && headers["x-none"] == "a" || model == "gpt-4o"`, true)
	e.Head = nil
	f(`headers["x-tier"] == "premium"`, false)
	f(`params["region"] == "eu"`, false)
	e.Head = fields{"?": "q=" + strings.Repeat("%41", maxValue)}
	f(`params["q"].size() > 0`, false)
}

func TestRefused(t *testing.T) {
	f := func(src string, offset int, parts ...string) {
		t.Helper()
		r, err := Compile(src)
		if err == nil {
			t.Errorf("%s: compiles to %v", src, r)
			return
		}
		if at := err.(*Error).Offset; at != offset {
			t.Errorf("%s: at %d, want %d (%v)", src, at, offset, err)
		}
		for _, part := range parts {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%s: got %q, want %q in it", src, err, part)
			}
		}
	}
	f(`modle == "x"`, 0, `nothing is called "modle"`, "did you mean model?")
	f(`model == "x" && vritual_key_name == "y"`, 16, "did you mean virtual_key_name?")
	f(`xyzzyplugh`, 0, "the variables are budget_used")
	f(`model > 3`, 6, "a string cannot be compared with a whole number", "put the value in quotes")
	f(`budget_used > "80"`, 12, "take the quotes off")
	f(`model`, 0, "the condition is a string")
	f(`model == "x" && provider`, 16, "&& joins what is true or false")
	f(`!model`, 1, "! turns")
	f(`!model == "x"`, 1, "parentheses")
	f(`model == "x`, 9, "the string does not end")
	f("model == \"x\n\"", 9, "does not end on its line")
	f(`model == "\d"`, 10, "escape")
	f(`model == "\ud800"`, 10, "escape")
	f(`model = "x"`, 6, "write ==")
	f(`stream & stream`, 7, "write &&")
	f(`stream and stream`, 7, "write &&")
	f(`model == “x”`, 9, "straight quotes")
	f(`model == "x")`, 12, "expected the end")
	f(`(model == "x"`, 13, `where ")" was expected`)
	f(`prompt_bytes + 1 > 2`, 13, "does not calculate")
	f(`model + "x" == "y"`, 6, "does not calculate")
	f(`prompt_bytes > - model`, 15, "before a number")
	f(`99999999999999999999 > prompt_bytes`, 0, "64 bits")
	f(`10u > prompt_bytes`, 0, "ends in letters")
	f(`1e999 > budget_used`, 0, "64 bits")
	f(`model.startWith("x")`, 6, "did you mean startsWith?")
	f(`startsWith(model, "x")`, 0, "write model.startsWith(…)")
	f(`has(headers.x)`, 0, "there is no function")
	f(`headers.tier == "x"`, 8, `write headers["tier"]`)
	f(`headers[model] == "x"`, 8, "a name in quotes")
	f(`headers == "x"`, 0, "as a whole")
	f(`model["x"] == "x"`, 0, "no members")
	f(`model in headers`, 0, "only a name in quotes")
	f(`model in "x"`, 9, "write [ ] around it")
	f(`model in [1]`, 6, "never in a list")
	f(`model in ["a", 1]`, 15, "a whole number stands in a list that begins with a string")
	f(`model in ["a", provider]`, 15, "a list holds")
	f(`model in ["a" "b"]`, 14, `"," or "]"`)
	f(`stream in ["a"]`, 7, "never in a list")
	f(`model == ["a"]`, 6, "look into it with in")
	f(`model.matches("[")`, 14, "regular expression", "missing closing ]")
	f(`model.matches(provider)`, 14, "in quotes")
	f(`stream < true`, 7, "no order")
	f(`stream ? 1 : "a"`, 13, "this branch is a string")
	f(`model ? 1 : 2`, 6, "not true or false")
	f(`model == null`, 9, "null")
	f(`model == b"x"`, 9, "strings with b")
	f(`request_type == "chat_completion"`, 16, "never", "did you mean chat?")
	f(`request_type == "speech"`, 16, "it is one of chat, completion")
	f(`request_type in ["chat", "embedding"]`, 25, "did you mean embeddings?")
	f(`model == "x" ? `, 15, "ends where a value was expected")
	f(`#`, 0, "means nothing here")
	f(strings.Repeat("(", 100)+"stream", maxDepth, "levels")
	f(strings.Repeat("[", 100), maxDepth, "levels")
	f(`stream`+strings.Repeat(" ", MaxBytes), 0, "bytes long")
	f("model.matches(\""+strings.Repeat("a", maxPattern+1)+"\")", 14, "at most")
}

func TestReads(t *testing.T) {
	r, err := Compile(`model == "a" && headers["x"] == "y" || model == "budget_used"`)
	if err != nil || !slices.Equal(r.Reads(), []string{"headers", "model"}) {
		t.Errorf("reads %v (%v)", r.Reads(), err)
	}
	if v := Variables(); !slices.IsSorted(v) || !slices.Contains(v, "request_type") {
		t.Errorf("variables are %v", v)
	}
	for _, name := range Variables() { // each of them compiles
		ok := false
		for _, src := range []string{"%s", `%s == "a"`, "%s == 1", `%s["a"] == "b"`, `%s == "chat"`} {
			_, err := Compile(fmt.Sprintf(src, name))
			ok = ok || err == nil
		}
		if !ok {
			t.Errorf("%s cannot be used", name)
		}
	}
}
