package config

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestWith(t *testing.T) {
	d := &Document{
		Providers:   []Provider{{Name: "a", RateLimits: []RateLimit{{Requests: 1}}}, {Name: "b"}},
		Models:      []Model{{Alias: "fast"}},
		VirtualKeys: []VirtualKey{{Name: "filed"}},
		Budgets:     []Budget{{USD: 1}},
	}
	before, _ := json.Marshal(d)
	k := &Kept{
		VirtualKeys: []VirtualKey{{Name: "kept"}}, Teams: []Team{{Name: "t"}}, Customers: []Customer{{Name: "c"}}, Overrides: []PriceOverride{{Name: "o"}},
		Providers: []KeptProvider{{Name: "a", Budgets: []Budget{{USD: 2}}, RateLimits: []RateLimit{{Tokens: 5}}}, {Name: "gone", Budgets: []Budget{{USD: 3}}}},
		Models: []KeptModel{{Model: "gpt", Provider: "a", Budgets: []Budget{{Name: "m", USD: 4}}}, {Model: "fast", Key: "kept", Budgets: []Budget{{USD: 5}}},
			{Model: "fast", Key: "filed", Budgets: []Budget{{USD: 6}}}, {Model: "fast", RateLimits: []RateLimit{{Requests: 7}}}},
	}
	kept, _ := json.Marshal(k)
	got := d.With(k)
	want := &Document{
		Providers:   []Provider{{Name: "a", RateLimits: []RateLimit{{Requests: 1}, {Tokens: 5}}, Budgets: []Budget{{USD: 2}}}, {Name: "b"}},
		Models:      []Model{{Alias: "fast", RateLimits: []RateLimit{{Requests: 7}}}},
		VirtualKeys: []VirtualKey{{Name: "filed", Budgets: []Budget{{USD: 6, Models: []string{"fast"}}}}, {Name: "kept", Budgets: []Budget{{USD: 5, Models: []string{"fast"}}}}},
		Budgets:     []Budget{{USD: 1}, {Name: "m", USD: 4, Models: []string{"gpt"}, Providers: []string{"a"}}},
		Teams:       []Team{{Name: "t"}}, Customers: []Customer{{Name: "c"}},
	}
	want.Prices.Overrides = []PriceOverride{{Name: "o"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("together they are\n%+v\nwant\n%+v", got, want)
	}
	if after, _ := json.Marshal(d); string(after) != string(before) {
		t.Errorf("the document was changed to %s", after)
	}
	if after, _ := json.Marshal(k); string(after) != string(kept) {
		t.Errorf("what is kept was changed to %s", after)
	}
	if alone := d.With(nil); !reflect.DeepEqual(alone, d) || alone == d {
		t.Error("a document with nothing is not itself, copied")
	}

	problems := []Problem{{Path: "virtual_keys[0].name", Line: 3, File: "f"}, {Path: "virtual_keys[1].budgets[0].usd", Line: 3, File: "f"}, {Path: "virtual_keys[2]"}, {Path: "prices.overrides[0].scope"}, {Path: "teams[0]"}, {Path: "listen"}}
	k.Place(d, problems)
	for i, want := range []Problem{{Path: "virtual_keys[0].name", Line: 3, File: "f"}, {Path: `virtual_keys["kept"].budgets[0].usd`, File: InStore}, {Path: "virtual_keys[2]"}, {Path: `prices.overrides["o"].scope`, File: InStore}, {Path: `teams["t"]`, File: InStore}, {Path: "listen"}} {
		if problems[i] != want {
			t.Errorf("placed at %+v, want %+v", problems[i], want)
		}
	}
}

func TestStoreSection(t *testing.T) {
	f := func(doc, want string) {
		t.Helper()
		var told []string
		_, problems := Decode("a.yaml", []byte("providers: [{name: x, type: openai, api_key: k}]\n"+doc), Env{})
		for _, p := range problems {
			told = append(told, p.String())
		}
		if got := strings.Join(told, "\n"); got != want {
			t.Errorf("%s\ngives %q\nwant  %q", doc, got, want)
		}
	}
	f("store: {}", "")
	f("store: {}\nlisten: 0.0.0.0:80", "")
	f("store: {}\nadmin: {listen: '0.0.0.0:81'}", "")
	f("store: {path: a.db, postgres: 'postgres://h/db'}\ngovernance: {pepper: 0123456789abcdef0123456789abcdef}", "a.yaml:2: store.path: stands beside postgres; hint: keep one of them")
	f("store: {postgres: 'mysql://h/db'}\ngovernance: {pepper: 0123456789abcdef0123456789abcdef}", "a.yaml:2: store.postgres: is no address of a database; hint: write postgres://user:password@host/name, or a reference to it such as env.ASBRU_POSTGRES")
	f("governance: {shared: true}", "a.yaml:2: governance.shared: is set, and there is no database that machines could share; hint: set store.postgres, or leave it out")
	f("store: {postgres: 'postgres://u:p@h/db'}", "a.yaml:1: governance.pepper: is missing: machines that share a store must make the same digests of keys; hint: openssl rand -hex 32 makes one; give each machine the same")
	f("store: {copy: c.json}", "a.yaml:2: store.copy: is for postgres; a file of SQLite is there when asbru starts; hint: leave it out")
	f("store: {poll: -1s}", "a.yaml:2: store.poll: cannot be negative (-1s); hint: leave it out for the default")
}

func TestObjectsInJSON(t *testing.T) {
	in := VirtualKey{Name: "ci", Digest: "ab", RateLimits: []RateLimit{{Requests: 5, Per: Duration(90 * time.Second)}}, Expires: "2027-01-31T00:00:00Z"}
	b, err := json.Marshal(&in)
	if err != nil {
		t.Fatal(err)
	}
	var out VirtualKey
	if err := json.Unmarshal(b, &out); err != nil || !reflect.DeepEqual(in, out) {
		t.Errorf("%s is read as %+v, %v", b, out, err)
	}
	if err := json.Unmarshal([]byte(`{"key":"sk-bf-of-somebody"}`), &out); err == nil || strings.Contains(err.Error(), "sk-bf") || out.Key.Set() {
		t.Errorf("a credential was read: %v", err)
	}
}
