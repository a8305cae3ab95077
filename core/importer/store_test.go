package importer

import (
	"strings"
	"testing"

	"asbru/core/config"
)

func TestStore(t *testing.T) {
	f := func(store string, secrets bool, want, note string) {
		t.Helper()
		text := `{"providers": {"openai": {"keys": [{"name": "k", "value": "env.KEY", "models": ["*"]}]}}, "config_store": ` + store + `}`
		r := Import("bifrost", "x.json", []byte(text), Options{Env: known(), Secrets: secrets})
		if got := string(r.Document); r.Document == nil || !strings.Contains(got, want) || !strings.Contains(told(r.Notes), note) {
			t.Errorf("%s: want %q and %q in\n%s%s", store, want, note, got, told(r.Notes))
		}
		if strings.Contains(told(r.Notes), "s3c") {
			t.Errorf("a note holds the password:\n%s", told(r.Notes))
		}
	}
	f(`{"enabled": true}`, false, "store: {}", "lets nobody in without a key")
	f(`{"enabled": false, "type": "postgres", "config": {"password": "s3c"}}`, false, "providers:", "it is off")
	f(`{"enabled": true, "type": "oracle"}`, false, "providers:", `"oracle" is not known`)
	const pg = `{"enabled": true, "type": "postgres", "config": {"host": "db.acme", "port": "5433", "user": "gw", "db_name": "bifrost", "ssl_mode": "verify-full", "max_open_conns": 50, "password": `
	f(pg+`"env.PG"}}`, false, "postgres: postgres://gw:${PG}@db.acme:5433/bifrost?sslmode=verify-full", "it must have no character")
	f(pg+`"env.PG"}}`, false, "pepper: env.ASBRU_PEPPER", "max_open_conns: is left out")
	f(pg+`"s3c@t"}}`, true, "postgres: postgres://gw:s3c%40t@db.acme:5433/bifrost?sslmode=verify-full", "begins empty")
	f(pg+`"s3cret"}}`, false, "postgres: env.ASBRU_POSTGRES", "is a secret in the file: env.ASBRU_POSTGRES stands in place of the address; hint: set ASBRU_POSTGRES to postgres://gw:PASSWORD@db.acme:5433/bifrost?sslmode=verify-full")

	env := known()
	env.Lookup = func(string) (string, bool) { return "a-value-of-some-length", true }
	doc, problems := Decode("config.json", []byte(`{"providers": {"openai": {"keys": [{"name": "k", "value": "env.KEY", "models": ["*"]}]}}, "config_store": `+pg+`"s3cret"}}}`), env)
	if doc == nil || doc.Store != nil || !strings.Contains(told(problems), "served as it is") {
		t.Errorf("a file that is served: %v", problems)
	}
	var none config.Secret
	if doc != nil && doc.Governance.Pepper != none {
		t.Error("it has a pepper")
	}
}
