package config

import (
	"fmt"
	"slices"
	"strings"
)

// keyless reports a provider that has no credential although its kind takes one.
func (c *checker) keyless(path string, p *Provider, kind Kind) {
	switch {
	case p.Rehearses() || p.APIKey.Set() || len(p.Keys) > 0 || p.Auth != nil:
	case p.BaseURL != "":
		c.warn(path+".api_key", "", "is not set: requests to %s will carry no credential", p.BaseURL)
	default:
		hint := "write api_key: env." + variableFor(p.Name)
		if kind.Auth != "" {
			hint += ", or auth: {type: " + kind.Auth + "}"
		}
		c.fail(path+".api_key", hint, "provider %s requires a key", quote(p.Name))
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

// keys checks the credentials of p, which stand in one of three places.
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
		k, at := &p.Keys[i], fmt.Sprintf("%s.keys[%d]", path, i)
		if k.Name != "" && c.name(at+".name", k.Name, "a key") {
			isNew(at+".name", k.Name)
		}
		c.key(at, p, k)
		used = used || k.Weight == nil || *k.Weight != 0
	}
	if !used {
		c.warn(path+".keys", "", "every key of provider %s has weight 0: it is never used", quote(p.Name))
	}
}

// key checks an entry of the keys of p.
func (c *checker) key(at string, p *Provider, k *Key) {
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
	for j, m := range k.Models {
		c.modelName(fmt.Sprintf("%s.models[%d]", at, j), m)
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
