package cli

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
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
}
