package cli

import (
	"crypto/rand"
	"encoding/hex"
	"flag"
	"fmt"
	"io"

	"asbru/core"
	"asbru/core/config"
)

// Keys is the command that makes virtual keys and their digests.
func Keys(app *App, env config.Env) Command {
	return Command{
		Name:    "keys",
		Summary: "make a virtual key, or the digest of one",
		Usage:   "new | digest SECRET, with --pepper",
		Help: "new prints a key that nobody has, once, and with --pepper its digest for the configuration, which needs no key then.\n" +
			"digest prints the digest of a key there is. The pepper and the key are references such as env.PEPPER or file:/path: what is\n" +
			"written on a command line others can read.",
		Example: app.Name + " keys new --pepper env.ASBRU_PEPPER\n" + app.Name + " keys digest --pepper file:/run/secrets/pepper env.OLD_KEY",
		Words:   []string{"new", "digest"},
		New: func(fs *flag.FlagSet) Run {
			pepper := fs.String("pepper", "", "governance.pepper of the configuration, as a reference")
			return func(args []string, stdout, stderr io.Writer) int {
				switch {
				case len(args) == 1 && args[0] == "new":
					return newKey(app, env, *pepper, stdout, stderr)
				case len(args) == 2 && args[0] == "digest" && *pepper != "":
					sum, err := digest(env, *pepper, args[1])
					if err != nil {
						fmt.Fprintf(stderr, "%s keys: %v\n", app.Name, err)
						return Problem
					}
					fmt.Fprintln(stdout, sum)
					return OK
				case len(args) > 0 && args[0] == "digest" && *pepper == "":
					return app.Wrong(stderr, "keys", "a digest needs the --pepper that it is made with")
				}
				return app.Wrong(stderr, "keys", "say new, or digest and a key")
			}
		},
	}
}

// keyPrefix is how a key of ours begins: the SDKs of others know by it whom it is for.
const keyPrefix = "sk-bf-"

func newKey(app *App, env config.Env, pepper string, stdout, stderr io.Writer) int {
	var b [32]byte
	rand.Read(b[:])
	key := keyPrefix + hex.EncodeToString(b[:])
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

// refer reads what a reference leads to; a literal is refused.
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
