package cli

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Bounds of a request to a running gateway.
const (
	adminWait  = 30 * time.Second // clearing rewrites what is on disk
	adminReply = 1 << 20          // bytes of an answer that are read
)

// Cache is the command that shows and clears the cache of a running gateway.
func Cache(t Tools) Command {
	return Command{
		Name:    "cache",
		Summary: "show or clear the cache of a running gateway",
		Usage:   "stats | clear, with flags, and FILE or --admin",
		Help: "Asks the admin listener that FILE or --admin names. stats prints what the cache holds and its counters. clear removes the answers that match all flags, " +
			"in memory and on disk: --id (from the header X-Cache-Id), --key (of x-bf-cache-key), --namespace (such as key:ci-bot), --model, --older-than; or --all of them.\n" +
			"The token is that of FILE, or --token, a reference such as env.ADMIN_TOKEN.",
		Example: t.App.Name + " cache stats asbru.yaml\n" + t.App.Name + " cache clear --model gpt-4o --older-than 1h asbru.yaml\n" + t.App.Name + " cache clear --all --admin http://127.0.0.1:9090",
		Words:   []string{"stats", "clear"},
		New: func(fs *flag.FlagSet) Run {
			c := cacheAsk{Tools: t, filter: url.Values{}}
			fs.StringVar(&c.admin, "admin", "", "`URL` of the admin listener")
			fs.StringVar(&c.token, "token", "", "`reference` of its token")
			for name, help := range map[string]string{"id": "the answer of this `id`", "key": "answers of this `cache key`", "namespace": "answers of this `owner`",
				"model": "answers whose `model` was asked for, or answered", "older-than": "answers older than this `duration`"} {
				fs.Func(name, help, func(v string) error { c.filter.Set(strings.ReplaceAll(name, "-", "_"), v); return nil })
			}
			fs.BoolVar(&c.all, "all", false, "every answer")
			return c.run
		},
	}
}

// A cacheAsk is one run of the command.
type cacheAsk struct {
	Tools
	admin, token string
	filter       url.Values
	all          bool
}

func (c *cacheAsk) run(args []string, stdout, stderr io.Writer) int {
	if c.all {
		c.filter.Set("all", "true")
	}
	word := ""
	if len(args) > 0 {
		word, args = args[0], args[1:]
	}
	switch {
	case word != "stats" && word != "clear":
		return c.App.Wrong(stderr, "cache", "needs stats or clear")
	case word == "stats" && len(c.filter) > 0:
		return c.App.Wrong(stderr, "cache", "stats cover all answers: leave the filters out")
	case word == "clear" && len(c.filter) == 0:
		return c.App.Wrong(stderr, "cache", "needs flags that select answers, or --all")
	}
	if c.admin == "" {
		path, wrong := c.file(args)
		if wrong != "" {
			return c.App.Wrong(stderr, "cache", wrong+", or the admin listener with --admin")
		}
		doc, _, problems, err := c.load(path)
		if err != nil {
			c.App.print(stderr, problems)
			return c.App.refuse(stderr, path, problems, err)
		}
		if doc.Admin.Listen == "" {
			fmt.Fprintf(stderr, "%s cache: %s has no admin listener\n  write admin: {listen: 127.0.0.1:9090}\n", c.App.Name, path)
			return Problem
		}
		c.admin = "http://" + reachable(doc.Admin.Listen)
		if c.token == "" {
			c.token = doc.Admin.Token.Reveal()
			return c.ask(word, c.token, stdout, stderr)
		}
	} else if len(args) > 0 {
		return c.App.Wrong(stderr, "cache", "takes a file or --admin, not both")
	}
	token := ""
	if c.token != "" {
		var err error
		if token, err = refer(c.Env, c.token); err != nil {
			fmt.Fprintf(stderr, "%s cache: %v\n", c.App.Name, err)
			return Problem
		}
	}
	return c.ask(word, token, stdout, stderr)
}

// reachable turns a listen address into one to connect to.
func reachable(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if ip := net.ParseIP(host); err == nil && (host == "" || ip != nil && ip.IsUnspecified()) {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return listen
}

// ask sends the request and prints the answer.
func (c *cacheAsk) ask(word, token string, stdout, stderr io.Writer) int {
	method, path := http.MethodGet, "/api/cache"
	if word == "clear" {
		method, path = http.MethodDelete, "/api/cache/clear?"+c.filter.Encode()
	}
	var out struct {
		Message string
		Error   struct{ Message string }
		Figures []struct {
			Name, Label, Value string
			Number             float64
		}
	}
	status, err := c.call(method, strings.TrimRight(c.admin, "/")+path, token, &out)
	switch {
	case err != nil:
		fmt.Fprintf(stderr, "%s cache: cannot ask %s: %v; hint: start the gateway, or name its admin listener with --admin\n", c.App.Name, c.admin, err)
		return Problem
	case status != http.StatusOK:
		fmt.Fprintf(stderr, "%s cache: %s says %d: %s\n", c.App.Name, c.admin, status, out.Error.Message)
		return Problem
	case word == "clear":
		fmt.Fprintln(stdout, out.Message)
		return OK
	}
	for _, f := range out.Figures {
		name := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(f.Name, "asbru_"), "cache_"), "_total")
		if f.Label != "" {
			name += " " + f.Label + "=" + f.Value
		}
		fmt.Fprintf(stdout, "%-52s %.10g\n", name, f.Number)
	}
	return OK
}

func (c *cacheAsk) call(method, to, token string, out any) (status int, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), adminWait)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, to, nil)
	if err != nil {
		return 0, err
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	a, err := client.Do(r)
	if err != nil {
		return 0, errors.Unwrap(err) // without the address, which the message has already
	}
	defer a.Body.Close()
	body, err := io.ReadAll(io.LimitReader(a.Body, adminReply))
	if err != nil {
		return 0, err
	}
	return a.StatusCode, json.Unmarshal(body, out)
}
