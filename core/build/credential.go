package build

import (
	"fmt"
	"strconv"
	"strings"

	"asbru/core"
	"asbru/core/config"
	"asbru/core/route"
)

// compileCredentials renders each key once, as the header lines that carry it.
func (c *compiler) compileCredentials(p *provider) {
	if p.doc.APIKey.Set() {
		c.credential(p, p.at+".api_key", &config.Key{Value: p.doc.APIKey})
	}
	if p.doc.Auth != nil {
		c.credential(p, p.at, &config.Key{Auth: p.doc.Auth})
	}
	for i := range p.doc.Keys {
		c.credential(p, fmt.Sprintf("%s.keys[%d]", p.at, i), &p.doc.Keys[i])
	}
	if !p.doc.APIKey.Set() && len(p.doc.Keys) == 0 && p.doc.Auth == nil && p.adapter.Env != "" && p.doc.BaseURL == "" && !p.doc.Rehearses() {
		c.fail(p.at+".api_key", fmt.Sprintf("is missing: %s answers nobody without a key", p.doc.Name), "set api_key, for instance to env."+p.adapter.Env)
	}
	if len(p.keys) > maxProviderKeys {
		c.fail(p.at+".keys", fmt.Sprintf("holds %d keys, the most is %d", len(p.keys), maxProviderKeys), "")
	}
}

func (c *compiler) credential(p *provider, at string, k *config.Key) {
	secret := k.Value.Reveal()
	if k.Auth == nil && (!clean(secret) || secret == "") {
		c.fail(at, "cannot stand in a header: it is empty or holds a space, a control or a non-ASCII character", "check for a line break at the end of the secret")
		return
	}
	out := &core.ProviderKey{Name: k.Name, Weight: 1, Header: p.adapter.Headers(nil, secret)}
	if out.Name == "" {
		out.Name = "key-" + strconv.Itoa(len(p.keys)+1)
	}
	if k.Weight != nil {
		out.Weight = *k.Weight
	}
	if out.Weight < 0 || out.Weight > route.MaxWeight {
		c.fail(at+".weight", fmt.Sprintf("is %d, weights go from 0 to %d", out.Weight, route.MaxWeight), "0 disables a key")
	}
	if len(k.Models) > 0 {
		out.Models = make(map[string]bool, len(k.Models))
		for _, m := range k.Models {
			out.Models[m] = true
		}
	}
	if k.Auth != nil {
		c.auth(p, at+".auth", k.Auth, out)
	}
	p.keys = append(p.keys, out)
}

// clean reports whether s consists of visible ASCII.
func clean(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}
