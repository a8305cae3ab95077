package cli

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"asbru/control/store"
	"asbru/core/config"
)

// An Offline is a store and the admin API over it, in this process.
type Offline struct {
	Store *store.Store
	API   http.Handler

	// Change edits the store, with the checks of the API.
	Change func(edit func(*store.Edit) error) error
	Digest func(key []byte) [32]byte // of a virtual key

	// Document is the file together with what is stored, as of opening; Warnings concern both.
	Document *config.Document
	Warnings []config.Problem
	Close    func()
}

// A keysRun is one run of the command.
type keysRun struct {
	tools          Tools
	stdout, stderr io.Writer

	pepper, config, admin, token string
	team, customer, description  string
	expires, budgets, models     string
	providers, requests, tokens  string
	grace                        time.Duration
	json                         bool
}

func (k *keysRun) flags(fs *flag.FlagSet) {
	fs.StringVar(&k.pepper, "pepper", "", "new, digest: governance.pepper of the configuration, as a `reference`")
	fs.StringVar(&k.config, "config", "", "configuration `file` that names the store")
	fs.StringVar(&k.admin, "admin", "", "`address` of a running gateway to use instead, such as http://127.0.0.1:9090")
	fs.StringVar(&k.token, "token", "", "admin token of that gateway, as a `reference`")
	fs.StringVar(&k.team, "team", "", "create: the `team` that it belongs to")
	fs.StringVar(&k.customer, "customer", "", "create: the `customer` that pays for it")
	fs.StringVar(&k.description, "description", "", "create: a `text` for people")
	fs.StringVar(&k.expires, "expires", "", "create: the `time` from which on it is refused, such as 2027-01-31T00:00:00Z")
	fs.StringVar(&k.budgets, "budget", "", "create: an `amount` of US dollars for a period, such as 50/1M; separate several with commas")
	fs.StringVar(&k.requests, "requests", "", "create: a `rate` of requests, such as 100/1m")
	fs.StringVar(&k.tokens, "tokens", "", "create: a `rate` of tokens, such as 200000/1m")
	fs.StringVar(&k.models, "models", "", "create: the `models` it may use, separated by commas; default: all")
	fs.StringVar(&k.providers, "providers", "", "create: the `providers` that may serve it, separated by commas; default: all")
	fs.DurationVar(&k.grace, "grace", 0, "rotate: how long the old key stays valid")
	fs.BoolVar(&k.json, "json", false, "print the answers of the admin API unchanged")
}

// with opens what the flags name, calls do and reports its error.
func (k *keysRun) with(do func(asker) error) int {
	switch {
	case k.admin != "" && k.config != "":
		return k.tools.App.Wrong(k.stderr, "keys", "--config and --admin are two ways to the same; leave one out")
	case k.admin != "":
		ask, err := k.remote()
		if err == nil {
			err = do(ask)
		}
		if err != nil {
			return k.told(err)
		}
		return OK
	}
	o, code := k.open()
	if o == nil {
		return code
	}
	defer o.Close()
	if err := do(over(o.API)); err != nil {
		return k.told(err)
	}
	return OK
}

// open opens the store of the configuration file.
func (k *keysRun) open() (*Offline, int) {
	path := k.config
	if path == "" {
		path = k.tools.Path
	}
	if path == "" || k.tools.Offline == nil {
		return nil, k.tools.App.Wrong(k.stderr, "keys", "name a configuration file with --config, or a gateway with --admin")
	}
	o, err := k.tools.Offline(path)
	if err != nil {
		return nil, k.told(err)
	}
	return o, OK
}

const virtualKeys = "/api/governance/virtual-keys"

func keyPath(name string) string { return virtualKeys + "/" + url.PathEscape(name) }

func (k *keysRun) create(ask asker, name string) error {
	body := map[string]any{"name": name, "allow_all_providers": true}
	if at, err := time.Parse(time.RFC3339, k.expires); err == nil && !time.Now().Before(at) {
		return fmt.Errorf("--expires %s has passed: the key could not be used", k.expires)
	}
	for _, f := range []struct{ member, value string }{{"team_id", k.team}, {"customer_id", k.customer}, {"description", k.description}, {"expires_at", k.expires}} {
		if f.value != "" {
			body[f.member] = f.value
		}
	}
	if k.models != "" {
		body["allowed_models"] = strings.Split(k.models, ",")
	}
	if k.providers != "" {
		var list []any
		for _, p := range strings.Split(k.providers, ",") {
			list = append(list, map[string]any{"provider": p, "allowed_models": []string{"*"}})
		}
		body["provider_configs"], body["allow_all_providers"] = list, false
	}
	if err := k.money(body); err != nil {
		return err
	}
	out, err := ask("POST", virtualKeys, body)
	if err != nil {
		return err
	}
	return k.show(out)
}

// money adds the budgets and limits of the flags to a request body.
func (k *keysRun) money(body map[string]any) error {
	var budgets []any
	for _, text := range strings.Split(k.budgets, ",") {
		if text == "" {
			continue
		}
		number, window, _ := strings.Cut(text, "/")
		usd, err := strconv.ParseFloat(number, 64)
		if err != nil || window == "" || math.IsNaN(usd) || math.IsInf(usd, 0) {
			return fmt.Errorf("--budget %q is not an amount for a time, such as 50/1M", text)
		}
		w, ok := config.ParseWindow(window)
		budgets = append(budgets, map[string]any{"max_limit": usd, "reset_duration": window, "calendar_aligned": ok && w.Aligns() && w.Count == 1})
	}
	if budgets != nil {
		body["budgets"] = budgets
	}
	limit := map[string]any{}
	for _, f := range []struct{ flag, word, text string }{{"--requests", "request", k.requests}, {"--tokens", "token", k.tokens}} {
		if f.text == "" {
			continue
		}
		number, window, _ := strings.Cut(f.text, "/")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil || window == "" {
			return fmt.Errorf("%s %q is not a whole number for a time, such as 100/1m", f.flag, f.text)
		}
		limit[f.word+"_max_limit"], limit[f.word+"_reset_duration"] = n, window
	}
	if len(limit) > 0 {
		body["rate_limit"] = limit
	}
	return nil
}

// show prints a new key, once.
func (k *keysRun) show(out map[string]any) error {
	v, _ := out["virtual_key"].(map[string]any)
	if k.json {
		return k.print(out)
	}
	fmt.Fprintf(k.stderr, "%v (%v); this is shown once:\n", out["message"], v["id"])
	_, err := fmt.Fprintln(k.stdout, v["value"])
	return err
}

func (k *keysRun) print(out map[string]any) error {
	b, err := json.MarshalIndent(out, "", "  ")
	if err == nil {
		_, err = fmt.Fprintf(k.stdout, "%s\n", b)
	}
	return err
}

func (k *keysRun) rotate(ask asker, name string) error {
	if k.grace < 0 {
		return errors.New("--grace cannot be negative")
	}
	out, err := ask("POST", keyPath(name)+"/rotate", map[string]any{"grace_seconds": int64(k.grace / time.Second)})
	if err != nil {
		return err
	}
	return k.show(out)
}

func (k *keysRun) revoke(ask asker, name string) error {
	return k.say(ask("PUT", keyPath(name), map[string]any{"is_active": false}))
}

func (k *keysRun) delete(ask asker, name string) error {
	return k.say(ask("DELETE", keyPath(name), nil))
}

// say prints an answer.
func (k *keysRun) say(out map[string]any, err error) error {
	if err != nil {
		return err
	}
	if k.json {
		return k.print(out)
	}
	_, err = fmt.Fprintln(k.stdout, out["message"])
	return err
}

// list prints a line for each key.
func (k *keysRun) list(ask asker) error {
	tab := tabwriter.NewWriter(k.stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintln(tab, "NAME\tSTATE\tTEAM\tCUSTOMER\tSPENT\tFROM\tID")
	for offset := 0; ; {
		out, err := ask("GET", fmt.Sprintf("%s?limit=%d&offset=%d", virtualKeys, listStep, offset), nil)
		if err != nil {
			return err
		}
		if k.json {
			if err := k.print(out); err != nil {
				return err
			}
		}
		rows, _ := out["virtual_keys"].([]any)
		for _, row := range rows {
			v, _ := row.(map[string]any)
			fmt.Fprintf(tab, "%v\t%s\t%s\t%s\t%s\t%v\t%v\n", v["name"], state(v), word(v["team"]), word(v["customer"]), spent(v), v["source"], v["id"])
		}
		total, _ := out["total_count"].(float64)
		if offset += len(rows); len(rows) == 0 || offset >= int(total) {
			break
		}
	}
	if k.json {
		return nil
	}
	return tab.Flush()
}

func state(v map[string]any) string {
	if on, _ := v["is_active"].(bool); !on {
		return "revoked"
	}
	if at, _ := v["expires_at"].(string); at != "" {
		if t, err := time.Parse(time.RFC3339, at); err == nil && !time.Now().Before(t) {
			return "expired"
		}
	}
	return "active"
}

func word(ref any) string {
	r, _ := ref.(map[string]any)
	if name, _ := r["name"].(string); name != "" {
		return name
	}
	return "-"
}

// spent returns what has been used of each budget, where known.
func spent(v map[string]any) string {
	var out []string
	list, _ := v["budgets"].([]any)
	for _, x := range list {
		b, _ := x.(map[string]any)
		used := "?"
		if n, ok := b["current_usage"].(float64); ok {
			used = strconv.FormatFloat(n, 'f', 2, 64)
		}
		out = append(out, fmt.Sprintf("%s of %v USD/%v", used, b["max_limit"], b["reset_duration"]))
	}
	if len(out) == 0 {
		return "-"
	}
	return strings.Join(out, ", ")
}

// adminToken replaces the admin token.
func (k *keysRun) adminToken() int {
	o, code := k.open()
	if o == nil {
		return code
	}
	defer o.Close()
	token, err := o.Store.NewAdminToken(context.Background())
	if err != nil {
		return k.told(err)
	}
	fmt.Fprintln(k.stderr, "The admin token, which is shown this once; the one before is no longer good:")
	fmt.Fprintln(k.stdout, token)
	return OK
}
