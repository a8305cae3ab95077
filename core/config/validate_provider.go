package config

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"asbru/core"
)

func (c *checker) providers() {
	if len(c.doc.Providers) == 0 {
		c.fail("providers", "add one: providers: [{name: openai, api_key: env.OPENAI_API_KEY}]", "there is no provider to send requests to")
		return
	}
	isNew := c.unique("provider")
	for i := range c.doc.Providers {
		p := &c.doc.Providers[i]
		path := fmt.Sprintf("providers[%d]", i)
		if c.name(path+".name", p.Name, "a provider") {
			isNew(path+".name", p.Name)
		}
		c.kind(path, p)
		c.upstream(path+".upstream", p)
		c.keys(path, p)
		c.headers(path, p.Headers)
		c.paths(path, p.Paths)
		c.edits(path, p)
		c.health(path, p.Health)
		c.overload(path+".overload", p.Overload)
		c.bounds(path+".overload", p.Overload.Over(c.doc.Overload))
		c.limitsOf(path, p.Retry, p.Breaker)
		c.network(path+".network", &p.Network)
		for j, m := range p.Models {
			c.modelName(fmt.Sprintf("%s.models[%d]", path, j), m)
		}
	}
}

// Rehearses reports whether answers come from a recording or a script: the provider is not
// reached, and needs no key.
func (p *Provider) Rehearses() bool {
	return p.Upstream != "" && !strings.HasPrefix(p.Upstream, "record:") && !strings.HasSuffix(p.Upstream, "?over=live")
}

// upstream checks the rehearsal that replaces p.
func (c *checker) upstream(path string, p *Provider) {
	kind, file, _ := strings.Cut(p.Upstream, ":")
	switch {
	case p.Upstream == "":
	case file == "" || !slices.Contains([]string{"record", "replay", "chaos"}, kind):
		c.fail(path, "write record:FILE, replay:FILE or chaos:FILE", "is %q", p.Upstream)
	case kind == "record":
		c.warn(path, "take it out when the recording is done", "writes what is asked and answered into %s", file)
	default:
		c.warn(path, "take it out to reach the provider", "answers from %s in place of %s", file, p.Name)
	}
}

// Kind returns the name of the adapter that serves p: its type, else its name if that is an
// adapter, else, if it has an address of its own, its dialect or openai. implied
// reports the last case. The name is empty if there is none.
func (p *Provider) Kind(env Env) (name string, implied bool) {
	if p.Type != "" {
		return p.Type, false
	}
	if _, ok := env.Known[p.Name]; ok || env.Known == nil {
		return p.Name, false
	}
	switch {
	case p.BaseURL == "":
		return "", false
	case slices.Contains(dialects, p.Dialect):
		return p.Dialect, true
	}
	return "openai", true
}

// kind checks the type of p and what that type requires.
func (c *checker) kind(path string, p *Provider) {
	if p.BaseURL != "" {
		c.baseURL(path+".base_url", p.BaseURL)
	}
	c.oneOf(path+".dialect", p.Dialect, dialects...)
	if c.env.Known == nil {
		return
	}
	name, implied := p.Kind(c.env)
	kind, ok := c.env.Known[name]
	if !ok {
		c.noKind(path, p, name)
		return
	}
	c.options(path, p, name, kind)
	if p.Dialect != "" && !implied && kind.Dialects != nil && !slices.Contains(kind.Dialects, p.Dialect) {
		c.fail(path+".dialect", "it speaks "+strings.Join(kind.Dialects, " and "), "a provider of type %s does not speak %s", name, quote(p.Dialect))
	}
	if !kind.HasBase && p.BaseURL == "" {
		c.fail(path+".base_url", "", "a provider of type %s needs the address of its server", name)
	}
	if (kind.NeedsKey || kind.Auth != "") && !implied {
		c.keyless(path, p, kind)
	}
}

// noKind reports that there is no type of the name that Kind has derived for p; empty: it could derive none.
func (c *checker) noKind(path string, p *Provider, name string) {
	switch {
	case name == "" && p.Name == "": // reported already
	case name == "":
		hint := "set type to one of " + c.env.listed() + ", or base_url for a server that speaks OpenAI's format"
		if near := Near(p.Name, c.env.types()); near != "" {
			hint = "did you mean " + near + "? Otherwise set type, or base_url"
		}
		c.fail(path+".name", hint, "%s is not a provider asbru knows, and neither type nor base_url is set", quote(p.Name))
	default:
		hint := didYouMean(name, c.env.types())
		if hint == "" {
			hint = "known types: " + c.env.listed()
		}
		c.fail(path+".type", hint, "%s is not a type of provider", quote(name))
	}
}

func (c *checker) baseURL(path, text string) {
	const hint = "write http://host:port/path or https://host/path"
	u, err := url.Parse(text)
	switch {
	case err != nil || strings.ContainsFunc(text, notInWord):
		c.fail(path, hint, "is not a URL") // not quoted: it may hold a password
	case u.User != nil:
		c.fail(path, "put the credential in api_key", "cannot hold a user or password")
	case u.Scheme != "http" && u.Scheme != "https":
		c.fail(path, hint, "%s does not begin with http:// or https://", quote(text))
	case u.Hostname() == "" || !isPort(u.Port()):
		c.fail(path, hint, "%s has no usable host and port", quote(text))
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.HasSuffix(text, "#"):
		c.fail(path, hint, "cannot hold a query or fragment")
	default:
		bare := strings.TrimRight(text, "/")
		for _, end := range requestEnds {
			if base, ends := strings.CutSuffix(bare, end); ends {
				c.warn(path, "write "+base, "ends in %s, which asbru puts behind it", end)
				break
			}
		}
	}
}

// isPort reports whether s, from a URL, is a port or empty.
func isPort(s string) bool {
	n, err := strconv.Atoi(s)
	return s == "" || err == nil && n > 0 && n <= 65535
}

func (c *checker) headers(path string, headers map[string]string) {
	for _, name := range sortedKeys(headers) {
		at := path + ".headers" + step(name)
		if name == "" || strings.ContainsFunc(name, notInToken) {
			c.fail(at, "", "%s cannot be the name of a header", quote(name))
		}
		if strings.ContainsFunc(headers[name], func(r rune) bool { return r < 0x20 && r != '\t' || r == 0x7f }) {
			c.fail(at, "", "holds a control character")
		}
	}
}

// notInToken reports runes outside tchar (RFC 9110, 5.6.2).
func notInToken(r rune) bool {
	return r >= 0x80 || !isLetter(byte(r)) && !isDigit(byte(r)) && !strings.ContainsRune("!#$%&'*+-.^_`|~", r)
}

func (c *checker) paths(path string, paths map[string]string) {
	var ops []string
	for op := range core.NumOps {
		if op != core.OpModels { // asbru answers these itself
			ops = append(ops, op.String())
		}
	}
	for _, op := range sortedKeys(paths) {
		at := path + ".paths" + step(op)
		switch {
		case !slices.Contains(ops, op):
			c.fail(at, didYouMean(op, ops), "%s is not an operation; they are %s", quote(op), strings.Join(ops, ", "))
		case !strings.HasPrefix(paths[op], "/") || strings.ContainsFunc(paths[op], notInWord) || strings.Contains(paths[op], "#"):
			c.fail(at, "begin it with /", "%s cannot be a path", quote(paths[op]))
		}
	}
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
