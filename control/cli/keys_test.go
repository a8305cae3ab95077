package cli

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"asbru/core"
	"asbru/core/config"
)

func TestKeys(t *testing.T) {
	vars := map[string]string{"PEPPER": strings.Repeat("p", 32), "KEY": "secret-of-a-caller", "EMPTY": ""}
	env := config.Env{Lookup: func(name string) (string, bool) { v, ok := vars[name]; return v, ok }}
	app := &App{Name: "asbru"}
	app.Commands = []Command{Keys(Tools{App: app, Env: env})}
	run := func(code int, args string, part string) string {
		t.Helper()
		var out, bad bytes.Buffer
		if got := app.Run(strings.Fields("keys "+args), &out, &bad); got != code || !strings.Contains(out.String()+bad.String(), part) {
			t.Errorf("keys %s: %d, %s%s; want %d and %q", args, got, &out, &bad, code, part)
		}
		return out.String()
	}
	sum := func(key string) string {
		h := hmac.New(sha256.New, []byte(vars["PEPPER"]))
		h.Write([]byte(key))
		return hex.EncodeToString(h.Sum(nil))
	}
	run(OK, "digest --pepper env.PEPPER env.KEY", sum("secret-of-a-caller")+"\n")
	one, two := run(OK, "new", core.KeyPrefix), run(OK, "new", core.KeyPrefix)
	if len(strings.TrimSpace(one)) != len(core.KeyPrefix)+64 || one == two {
		t.Errorf("keys are %s and %s", one, two)
	}
	key, rest, _ := strings.Cut(run(OK, "new --pepper env.PEPPER", core.KeyPrefix), "\n")
	if rest != "digest: "+sum(key)+"\n" {
		t.Errorf("the digest of %s is %s", key, rest)
	}
	run(Problem, "digest --pepper plain-pepper env.KEY", "can be read by others")
	run(Problem, "digest --pepper env.PEPPER a-key", "can be read by others")
	run(Problem, "digest --pepper env.NONE env.KEY", "NONE is not set")
	run(Problem, "digest --pepper env.PEPPER env.EMPTY", "")
	run(Problem, "new --pepper env.NONE", "NONE is not set")
	run(Usage, "digest env.KEY", "needs the --pepper")
	run(Usage, "", "or new, or digest")
	run(Usage, "revoke ci --grace 24h --config x", "--grace is for rotate, and does nothing to revoke")
	run(Usage, "new --team a", "--team is for create, and does nothing to new")
	run(Usage, "admin-token --admin http://127.0.0.1:1", "--admin is for create")
}

// TestKeyMoney checks what the flags of create make of amounts.
func TestKeyMoney(t *testing.T) {
	f := func(k keysRun, want string) {
		t.Helper()
		ask := func(_, _ string, body any) (map[string]any, error) {
			b, err := json.Marshal(body)
			if err != nil {
				return nil, err
			}
			return nil, errors.New(string(b))
		}
		if err := k.create(ask, "ci"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v; want %s", k, err, want)
		}
	}
	f(keysRun{requests: "100/1m", budgets: "50/1M"}, `"rate_limit":{"request_max_limit":100,"request_reset_duration":"1m"}`)
	f(keysRun{budgets: "0.5/1h,50/1M"}, `"budgets":[{"calendar_aligned":false,"max_limit":0.5,"reset_duration":"1h"},{"calendar_aligned":true,"max_limit":50`)
	f(keysRun{budgets: "50/30d,5/1w"}, `"budgets":[{"calendar_aligned":false,"max_limit":50,"reset_duration":"30d"},{"calendar_aligned":true,"max_limit":5,`)
	f(keysRun{requests: "0.5/1m"}, `--requests "0.5/1m" is not a whole number for a time`)
	f(keysRun{tokens: "1e30/1m"}, `--tokens "1e30/1m" is not a whole number`)
	f(keysRun{requests: "100"}, "such as 100/1m")
	f(keysRun{budgets: "NaN/1M"}, `--budget "NaN/1M" is not an amount`)
	f(keysRun{budgets: "50"}, "such as 50/1M")
	f(keysRun{expires: "2020-01-01T00:00:00Z"}, "--expires 2020-01-01T00:00:00Z has passed")
}
