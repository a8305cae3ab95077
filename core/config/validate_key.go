package config

import (
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

func (c *checker) virtualKeys() {
	isNew := c.unique("virtual key")
	holder := map[string]string{} // path of each credential seen
	inTeam, ofCustomer := c.teamNamed(), c.customerNamed()
	for i := range c.doc.VirtualKeys {
		k := &c.doc.VirtualKeys[i]
		path := fmt.Sprintf("virtual_keys[%d]", i)
		if c.holder(path+".name", k.Name, "a virtual key") {
			isNew(path+".name", k.Name)
		}
		c.credential(path, k.Name, k.Key, k.Digest, holder)
		c.previous(path, k, holder)
		if k.Team != "" && c.holder(path+".team", k.Team, "a team") {
			inTeam(path+".team", k.Team)
		}
		if k.Customer != "" && c.holder(path+".customer", k.Customer, "a customer") {
			ofCustomer(path+".customer", k.Customer)
		}
		c.oneOf(path+".lane", k.Lane, "interactive", "batch")
		c.moment(path+".expires", k.Expires)
		c.budget(path+".budget_usd_per_month", k.BudgetUSDPerMonth)
		c.budgets(path, k.Budgets)
		c.rates(path, k.RateLimits)
		c.modelList(path+".allowed_models", k.AllowedModels, "allows")
		c.modelList(path+".blocked_models", k.BlockedModels, "blocks")
		c.keyProviders(path, k)
		c.headerNames(path+".required_headers", k.RequiredHeaders)
	}
}

// credential checks a caller's credential: the credential itself, or its digest.
func (c *checker) credential(path, name string, key Secret, digest string, holder map[string]string) {
	listen := c.doc.Listen
	if listen == "" {
		listen = DefaultListen
	}
	at, id := path+".key", key.Reveal()
	switch {
	case key.Set() && digest != "":
		c.fail(path+".digest", "keep one of them", "stands beside key")
		return
	case !key.Set() && digest == "":
		c.fail(at, "openssl rand -hex 24 makes one", "virtual key %s needs a key", quote(name))
		return
	case digest != "":
		at, id = path+".digest", "digest "+strings.ToLower(digest)
		if b, err := hex.DecodeString(digest); err != nil || len(b) != 32 {
			c.fail(at, "asbru keys digest makes one", "is no HMAC-SHA-256: it has 64 hex digits")
			return
		}
		if !c.doc.Governance.Pepper.Set() {
			c.fail(at, "set governance.pepper to what it was made with", "cannot be compared with anything without a pepper")
			return
		}
	default:
		c.callerKey(at, key, Loopback(listen))
	}
	if first, dup := holder[id]; dup {
		c.fail(at, "give each its own", "is the key of %s too", first)
		return
	}
	holder[id] = path
}

func (c *checker) previous(path string, k *VirtualKey, holder map[string]string) {
	if len(k.Previous) > maxOldKeys {
		c.fail(path+".previous", "", "holds %d keys; there are at most %d", len(k.Previous), maxOldKeys)
		return
	}
	for i := range k.Previous {
		old, at := &k.Previous[i], fmt.Sprintf("%s.previous[%d]", path, i)
		c.credential(at, k.Name, old.Key, old.Digest, holder)
		if old.Until == "" {
			c.fail(at+".until", "write when it ends, such as 2027-01-31T00:00:00Z", "an old key is good for a while only")
		}
		c.moment(at+".until", old.Until)
	}
}

// moment checks a point in time; empty means none.
func (c *checker) moment(path string, m Moment) {
	if _, err := time.Parse(time.RFC3339, string(m)); m != "" && err != nil {
		c.fail(path, "write it as 2027-01-31T00:00:00Z", "%s is no moment in the form of RFC 3339", quote(string(m)))
	}
}

// callerKey checks a credential that callers present.
func (c *checker) callerKey(path string, s Secret, loopback bool) {
	c.printable(path, s)
	if name := unexpanded(s.Reveal()); name != "" {
		c.warn(path, "write env."+name, "%sis the name of a variable in a spelling that is not followed here: whoever guesses that has the key", whose(s))
	}
	if n := len(s.Reveal()); n < MinKeyBytes {
		say := c.fail
		if loopback {
			say = c.warn
		}
		say(path, "openssl rand -hex 24 makes a good one", "is %d bytes long and could be guessed; a key has at least %d", n, MinKeyBytes)
	}
}

// modelList checks the models a caller may or may not use.
func (c *checker) modelList(path string, models []string, does string) {
	for j, m := range models {
		at := fmt.Sprintf("%s[%d]", path, j)
		if expr, is := strings.CutPrefix(m, "regex:"); is {
			if _, err := regexp.Compile(expr); err != nil {
				c.fail(at, "", "is no RE2 expression: %v", err)
			}
			continue
		}
		provider, all := strings.CutSuffix(m, "/*")
		switch {
		case !c.modelName(at, m):
		case all && !strings.Contains(provider, "*") && !c.all().known[provider] && !strings.Contains(provider, "/"):
			c.warn(at, didYouMean(provider, c.all().providers), "no provider is named %s: it %s nothing", quote(provider), does)
		case strings.Contains(m, "*"):
		case !c.all().leads(m):
			what := "nothing"
			if does != "allows" { // what forbids or caps is meant at every provider
				what = "only what is asked for as provider/" + m
			}
			c.warn(at, c.all().near(m), "no provider serves %s: it %s %s", quote(m), does, what)
		}
	}
}

// keyProviders checks which providers may serve a caller.
func (c *checker) keyProviders(path string, k *VirtualKey) {
	isNew := c.unique("provider")
	for j := range k.Providers {
		p, at := &k.Providers[j], fmt.Sprintf("%s.providers[%d]", path, j)
		if c.provider(at+".provider", p.Provider) {
			isNew(at+".provider", p.Provider)
		}
		if p.Weight != nil && (*p.Weight < 0 || *p.Weight > MaxWeight) {
			c.fail(at+".weight", "", "is %d; weights are 0 to %d", *p.Weight, MaxWeight)
		}
		c.patterns(at+".allowed_models", p.AllowedModels)
		c.patterns(at+".blocked_models", p.BlockedModels)
		c.keyNames(at, p)
	}
	for j, p := range k.BlockedProviders {
		c.provider(fmt.Sprintf("%s.blocked_providers[%d]", path, j), p)
	}
}

// provider checks that name is a provider of the document, and reports whether it is.
func (c *checker) provider(path, name string) bool {
	if c.all().known[name] {
		return true
	}
	c.fail(path, didYouMean(name, c.all().providers), "no provider is named %s", quote(name))
	return false
}

// patterns checks names of models at a provider, which may contain almost anything.
func (c *checker) patterns(path string, models []string) {
	for j, m := range models {
		at := fmt.Sprintf("%s[%d]", path, j)
		expr, is := strings.CutPrefix(m, "regex:")
		if !is {
			c.modelName(at, m)
		} else if _, err := regexp.Compile(expr); err != nil {
			c.fail(at, "", "is no RE2 expression: %v", err)
		}
	}
}

// keyNames checks that the keys that a caller is restricted to belong to the provider.
func (c *checker) keyNames(path string, p *KeyProvider) {
	for i := range c.doc.Providers {
		d := &c.doc.Providers[i]
		if d.Name != p.Provider {
			continue
		}
		known := make([]string, 0, len(d.Keys))
		for j := range d.Keys {
			if known = append(known, d.Keys[j].Name); d.Keys[j].Name == "" {
				known[j] = fmt.Sprintf("key-%d", j+1)
			}
		}
		if len(d.Keys) == 0 {
			known = []string{"key-1"}
		}
		for j, name := range p.Keys {
			if !slices.Contains(known, name) {
				c.fail(fmt.Sprintf("%s.keys[%d]", path, j), didYouMean(name, known), "%s is no key of provider %s", quote(name), p.Provider)
			}
		}
	}
}

// headerNames checks names of request headers.
func (c *checker) headerNames(path string, names []string) {
	if len(names) > maxHeaders {
		c.fail(path, "", "names %d headers; there are at most %d", len(names), maxHeaders)
		return
	}
	for j, n := range names {
		if n == "" || strings.ContainsFunc(n, notInHeader) {
			c.fail(fmt.Sprintf("%s[%d]", path, j), "", "%s is no name of a header", quote(n))
		}
	}
}

func notInHeader(r rune) bool {
	return r >= 0x80 || !isLetter(byte(r)) && !isDigit(byte(r)) && !strings.ContainsRune("!#$%&'*+-.^_`|~", r)
}
