package cli

import (
	"encoding/hex"
	"flag"
	"fmt"
	"io"

	"asbru/core"
	"asbru/core/config"
)

// Keys is the command for virtual keys: those of a store, and digests for a configuration file.
func Keys(t Tools) Command {
	return Command{
		Name:    "keys",
		Summary: "create, list, rotate and revoke virtual keys, or compute a key's digest",
		Usage:   "create NAME | list | rotate NAME | revoke NAME | delete NAME | admin-token | new | digest SECRET, with flags",
		Help: "create, list, rotate, revoke and delete change the store of a configuration file (--config), whether a gateway is running or not, or ask a running gateway (--admin, --token). " +
			"A new key is printed once, alone on standard output, and cannot be shown again. revoke disables a key, delete removes it; running gateways refuse it within a second or so.\n" +
			"admin-token replaces the token of the admin API.\n" +
			"new prints a random key and, with --pepper, its digest, which a configuration can hold instead of the key. digest prints the digest of an existing key.\n" +
			"Peppers, tokens and keys are given as references such as env.PEPPER or file:/path: a command line can be read by others.",
		Example: t.App.Name + " keys create ci --config asbru.yaml --team platform --budget 50/1M --requests 100/1m\n" +
			t.App.Name + " keys rotate ci --config asbru.yaml --grace 24h\n" +
			t.App.Name + " keys list --admin http://127.0.0.1:9090 --token env.ASBRU_ADMIN\n" +
			t.App.Name + " keys digest --pepper file:/run/secrets/pepper env.OLD_KEY",
		Words: []string{"create", "list", "rotate", "revoke", "delete", "admin-token", "new", "digest"},
		For:   keyFlags(),
		New: func(fs *flag.FlagSet) Run {
			k := keysRun{tools: t}
			k.flags(fs)
			return func(args []string, stdout, stderr io.Writer) int {
				k.stdout, k.stderr = stdout, stderr
				return k.run(args)
			}
		},
	}
}

// keyFlags lists the subcommands that each flag applies to.
func keyFlags() map[string][]string {
	kept := []string{"create", "list", "rotate", "revoke", "delete"}
	words := map[string][]string{"pepper": {"new", "digest"}, "grace": {"rotate"}, "admin": kept, "token": kept, "json": kept, "config": append(kept, "admin-token")}
	for _, name := range []string{"team", "customer", "description", "expires", "budget", "requests", "tokens", "models", "providers"} {
		words[name] = kept[:1]
	}
	return words
}

// run executes the subcommand.
func (k *keysRun) run(args []string) int {
	app := k.tools.App
	word, rest := "", []string(nil)
	if len(args) > 0 {
		word, rest = args[0], args[1:]
	}
	named := len(rest) == 1
	switch {
	case word == "new" && len(rest) == 0:
		return newKey(app, k.tools.Env, k.pepper, k.stdout, k.stderr)
	case word == "digest" && k.pepper == "":
		return app.Wrong(k.stderr, "keys", "digest needs the --pepper of the configuration")
	case word == "digest" && named:
		sum, err := digest(k.tools.Env, k.pepper, rest[0])
		if err != nil {
			return k.told(err)
		}
		fmt.Fprintln(k.stdout, sum)
		return OK
	case word == "list" && len(rest) == 0:
		return k.with(k.list)
	case word == "admin-token" && len(rest) == 0:
		return k.adminToken()
	case word == "create" && named:
		return k.with(func(s asker) error { return k.create(s, rest[0]) })
	case word == "rotate" && named:
		return k.with(func(s asker) error { return k.rotate(s, rest[0]) })
	case word == "revoke" && named:
		return k.with(func(s asker) error { return k.revoke(s, rest[0]) })
	case word == "delete" && named:
		return k.with(func(s asker) error { return k.delete(s, rest[0]) })
	case word == "create" || word == "rotate" || word == "revoke" || word == "delete":
		return app.Wrong(k.stderr, "keys", "needs the name of one virtual key to "+word)
	}
	return app.Wrong(k.stderr, "keys", "needs create, list, rotate, revoke, delete, admin-token or new, or digest and a key")
}

// told reports an error and returns the exit code.
func (k *keysRun) told(err error) int {
	fmt.Fprintf(k.stderr, "%s keys: %v\n", k.tools.App.Name, err)
	return Problem
}

func newKey(app *App, env config.Env, pepper string, stdout, stderr io.Writer) int {
	key := core.NewKey()
	if pepper == "" {
		fmt.Fprintln(stdout, key)
		return OK
	}
	p, err := refer(env, pepper)
	if err != nil {
		fmt.Fprintf(stderr, "%s keys: %v\n", app.Name, err)
		return Problem
	}
	sum := core.NewPepper([]byte(p)).Sum([]byte(key))
	fmt.Fprintf(stdout, "%s\ndigest: %x\n", key, sum)
	return OK
}

func digest(env config.Env, pepper, key string) (string, error) {
	p, err := refer(env, pepper)
	if err != nil {
		return "", err
	}
	k, err := refer(env, key)
	if err != nil {
		return "", err
	}
	sum := core.NewPepper([]byte(p)).Sum([]byte(k))
	return hex.EncodeToString(sum[:]), nil
}

// refer resolves a reference to a secret; a literal is refused.
func refer(env config.Env, text string) (string, error) {
	s, err := env.Secret(text)
	switch {
	case err != nil:
		return "", err
	case s.Ref() == "":
		return "", fmt.Errorf("a secret on a command line can be read by others; write env.NAME or file:/path")
	case s.Reveal() == "":
		return "", fmt.Errorf("%s is empty", s.Ref())
	}
	return s.Reveal(), nil
}
