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
	switch {
	case name == "" && p.Name == "":
		return // reported already
	case name == "":
		hint := "set type to one of " + c.env.listed() + ", or base_url for a server that speaks OpenAI's format"
		if near := Near(p.Name, c.env.types()); near != "" {
			hint = "did you mean " + near + "? Otherwise set type, or base_url"
		}
		c.fail(path+".name", hint, "%s is not a provider asbru knows, and neither type nor base_url is set", quote(p.Name))
		return
	case !ok:
		hint := didYouMean(name, c.env.types())
		if hint == "" {
			hint = "known types: " + c.env.listed()
		}
		c.fail(path+".type", hint, "%s is not a type of provider", quote(name))
		return
	}
	c.options(path, p, name, kind)
	if p.Dialect != "" && !implied && kind.Dialects != nil && !slices.Contains(kind.Dialects, p.Dialect) {
		c.fail(path+".dialect", "it speaks "+strings.Join(kind.Dialects, " and "), "a provider of type %s does not speak %s", name, quote(p.Dialect))
	}
	if !kind.HasBase && p.BaseURL == "" {
		c.fail(path+".base_url", "", "a provider of type %s needs the address of its server", name)
	}
	if !kind.NeedsKey && kind.Auth == "" || p.Rehearses() || implied || p.APIKey.Set() || len(p.Keys) > 0 || p.Auth != nil {
		return
	}
	if p.BaseURL == "" {
		hint := "write api_key: env." + variableFor(p.Name)
		if kind.Auth != "" {
			hint += ", or auth: {type: " + kind.Auth + "}"
		}
		c.fail(path+".api_key", hint, "provider %s answers nobody without a key", quote(p.Name))
	} else {
		c.warn(path+".api_key", "", "is not set: requests to %s will carry no credential", p.BaseURL)
	}
}

// variableFor returns the usual name of the variable with a provider's key.
func variableFor(name string) string {
	return strings.ToUpper(strings.Map(func(r rune) rune {
		if notInName(r) || r == '-' || r == '.' {
			return '_'
		}
		return r
	}, name)) + "_API_KEY"
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

func (c *checker) keys(path string, p *Provider) {
	if p.APIKey.Set() {
		c.providerKey(path+".api_key", p, p.APIKey)
		if len(p.Keys) > 0 {
			c.fail(path+".api_key", "move it into keys", "cannot be set together with keys")
		}
	}
	if p.Auth != nil {
		if p.APIKey.Set() || len(p.Keys) > 0 {
			c.fail(path+".auth", "make it the auth of an entry in keys", "cannot be set together with api_key or keys")
		}
		c.auth(path+".auth", p, p.Auth)
	}
	isNew := c.unique("key")
	used := len(p.Keys) == 0
	for i := range p.Keys {
		k := &p.Keys[i]
		at := fmt.Sprintf("%s.keys[%d]", path, i)
		if k.Name != "" && c.name(at+".name", k.Name, "a key") {
			isNew(at+".name", k.Name)
		}
		switch {
		case k.Auth != nil:
			if k.Value.Set() {
				c.fail(at+".auth", "keep one of them", "cannot be set together with value")
			}
			c.auth(at+".auth", p, k.Auth)
		case k.Value.Set():
			c.providerKey(at+".value", p, k.Value)
		default:
			c.fail(at+".value", "write a reference such as env."+variableFor(p.Name), "a key needs a value")
		}
		if k.Weight != nil && *k.Weight < 0 {
			c.fail(at+".weight", "0 disables a key", "cannot be negative (%d)", *k.Weight)
		}
		if k.Weight != nil && *k.Weight > MaxWeight {
			c.fail(at+".weight", "only the ratio between keys matters", "cannot be more than %d (%d)", MaxWeight, *k.Weight)
		}
		used = used || k.Weight == nil || *k.Weight != 0
		for j, m := range k.Models {
			c.modelName(fmt.Sprintf("%s.models[%d]", at, j), m)
		}
	}
	if !used {
		c.warn(path+".keys", "", "every key of provider %s has weight 0: it is never used", quote(p.Name))
	}
}

// providerKey checks a credential of p. A placeholder from an example, or a key with its quotes, would
// otherwise be noticed only when a request is refused.
func (c *checker) providerKey(path string, p *Provider, s Secret) {
	key := s.Reveal()
	switch {
	case len(key) > 1 && strings.ContainsRune("\"'`", rune(key[0])) && key[0] == key[len(key)-1]:
		c.fail(path, "take them off where it is set", "%sstands in quotes that are part of it", whose(s))
		return
	case unexpanded(key) != "":
		c.fail(path, "write env."+unexpanded(key), "%sis the name of a variable in a spelling that is not followed here", whose(s))
		return
	case !isPlaceholder(key):
		c.printable(path, s)
		return
	}
	say := c.warn
	if strings.ContainsFunc(key, notInKey) {
		say = c.fail
	}
	hint := "write env." + variableFor(p.Name) + " and set that variable"
	if s.Ref() != "" {
		hint = "put the key itself into " + s.Ref()
	}
	say(path, hint, "holds what examples have in place of a key: %s would refuse it", quote(p.Name))
}

// whose names the origin of a secret, as the beginning of a message.
func whose(s Secret) string {
	if s.Ref() == "" {
		return ""
	}
	return s.Ref() + " "
}

// isPlaceholder reports whether key is a placeholder from an example. No provider issues keys with such words.
func isPlaceholder(key string) bool {
	if strings.HasPrefix(key, "<") && strings.HasSuffix(key, ">") {
		return true
	}
	word := strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(key))
	return slices.ContainsFunc(placeholders, func(p string) bool { return strings.Contains(word, p) })
}

// unexpanded is the variable that key names as shells, Windows or LiteLLM do, which is not followed here;
// empty: none.
func unexpanded(key string) string {
	name, ok := strings.CutPrefix(key, "os.environ/")
	if !ok {
		name, ok = strings.CutPrefix(key, "$")
	}
	if between, both := strings.CutSuffix(key, "%"); !ok && both {
		name, ok = strings.CutPrefix(between, "%")
	}
	if !ok || name == "" || isDigit(name[0]) || strings.ContainsFunc(name, func(r rune) bool { return r != '_' && (r < 'A' || r > 'Z') && (r < '0' || r > '9') }) {
		return "" // a password can begin with $ as well
	}
	return name
}

// printable checks that a credential is a single word of ASCII, as RFC 6750 requires.
func (c *checker) printable(path string, s Secret) {
	if strings.ContainsFunc(s.Reveal(), notInKey) {
		c.fail(path, "look for a space, a line break or a typographic quote that was pasted along", "%sholds characters that no key has", whose(s))
	}
}

func notInKey(r rune) bool { return r <= 0x20 || r > 0x7e }

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

func (c *checker) network(path string, n *Network) {
	c.notNegative(path+".connect_timeout", n.ConnectTimeout, n.ConnectTimeout < 0)
	c.notNegative(path+".header_timeout", n.HeaderTimeout, n.HeaderTimeout < 0)
	c.notNegative(path+".answer_timeout", n.AnswerTimeout, n.AnswerTimeout < 0)
	c.notNegative(path+".first_timeout", n.FirstTimeout, n.FirstTimeout < 0)
	c.notNegative(path+".stall_timeout", n.StallTimeout, n.StallTimeout < 0)
	c.notNegative(path+".total_timeout", n.TotalTimeout, n.TotalTimeout < 0)
	total := Duration(n.TotalTimeout.Or(DefaultTotalTimeout))
	c.within(path+".header_timeout", n.HeaderTimeout, total)
	c.within(path+".answer_timeout", n.AnswerTimeout, total)
	c.within(path+".first_timeout", n.FirstTimeout, total)
	c.notNegative(path+".keep_alive", n.KeepAlive, n.KeepAlive < 0)
	c.notNegative(path+".max_connections", n.MaxConnections, n.MaxConnections < 0)
	if n.Proxy != "" && n.Proxy != "env" {
		c.proxy(path+".proxy", n.Proxy)
	}
	if strings.ContainsFunc(n.ServerName, notInWord) {
		c.fail(path+".server_name", "", "%s cannot be a server's name", quote(n.ServerName))
	}
	if n.InsecureSkipVerify {
		c.warn(path+".insecure_skip_verify", "name the certificate's issuer in ca instead", "anybody on the way can read the keys sent to this provider")
	}
}

// within warns of a wait that never ends, because the whole exchange ends before.
func (c *checker) within(path string, d, total Duration) {
	if d > total {
		c.warn(path, "raise total_timeout as well", "is %s, and total_timeout ends the exchange after %s", d, total)
	}
}

func (c *checker) proxy(path, text string) {
	const hint = "write http://host:port, or env"
	u, err := url.Parse(text)
	switch {
	case err != nil:
		c.fail(path, hint, "is not a URL")
	case u.User != nil:
		c.fail(path, hint, "cannot hold a user or password")
	case u.Scheme != "http" || u.Hostname() == "" || !isPort(u.Port()) || u.Path != "" && u.Path != "/" || u.RawQuery != "":
		c.fail(path, hint, "%s is not the address of an HTTP proxy", quote(text))
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
