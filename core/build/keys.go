package build

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"asbru/core"
	"asbru/core/config"
)

// compileKeys compiles the virtual keys. The result does not depend on their order.
func (c *compiler) compileKeys() {
	tallies := c.keyTallies()
	holder := make(map[[32]byte]string, len(c.doc.VirtualKeys))
	for i := range c.doc.VirtualKeys {
		v := &c.doc.VirtualKeys[i]
		k := &core.VirtualKey{
			Name:     v.Name,
			Team:     v.Team,
			Customer: c.customerOf(v),
			Policy:   c.policy(v, i),
			Urgency:  v.Urgency(),
			Share:    share(v.Name),
			Tally:    tallies[i],
			Disabled: v.Disabled,
			Ends:     v.Expires.Unix(),
			Bound:    c.bound(v),
			Content:  c.doc.Governance.ContentLogging,
		}
		if v.ContentLogging != nil {
			k.Content = *v.ContentLogging
		}
		k.Limiter = c.bounds.of(v, k.Customer)
		if !c.admit(k, keyPath(i), v.Key, v.Digest, holder) {
			continue
		}
		for j := range v.Previous {
			old := *k
			old.Old = true
			if end := v.Previous[j].Until.Unix(); old.Ends == 0 || end < old.Ends {
				old.Ends = max(end, 1) // a time that cannot be read has passed
			}
			c.admit(&old, fmt.Sprintf("%s.previous[%d]", keyPath(i), j), v.Previous[j].Key, v.Previous[j].Digest, holder)
		}
	}
	if c.anonymous() {
		c.next.Anonymous = &core.VirtualKey{Name: "anonymous", Policy: c.policy(nil, -1), Tally: new(core.Tally), Content: c.doc.Governance.ContentLogging}
		c.next.Anonymous.Limiter = c.bounds.of(&config.VirtualKey{}, "")
		c.next.Anonymous.Bound = c.bound(&config.VirtualKey{})
		if a := c.prev.Anonymous; a != nil {
			c.next.Anonymous.Tally = a.Tally
		}
	}
}

// admit registers k under its credential and reports whether that was possible.
func (c *compiler) admit(k *core.VirtualKey, at string, key config.Secret, digest string, holder map[[32]byte]string) bool {
	var sum [32]byte
	switch {
	case digest != "":
		if n, err := hex.Decode(sum[:], []byte(digest)); err != nil || n != len(sum) || c.next.Pepper.IsRandom() {
			c.fail(at+".digest", "is no digest that can be compared", "write 64 hex digits, and set governance.pepper")
			return false
		}
	case key.Reveal() == "":
		c.fail(at+".key", "is missing", "set the secret the caller presents")
		return false
	default:
		sum = c.next.Pepper.Sum([]byte(key.Reveal()))
	}
	if what := c.opensAdmin(key.Reveal(), sum); what != "" {
		c.fail(at+".key", what, "whoever calls with it could change every key; asbru keys new makes one that cannot")
		return false
	}
	if first, taken := holder[sum]; taken {
		c.fail(at+".key", fmt.Sprintf("is the secret of %s (%q) too", first, c.next.Keys[sum].Name), "a secret tells who calls: give each caller its own")
		return false
	}
	holder[sum] = at
	c.next.Keys[sum], k.Place = k, sum
	return true
}

// opensAdmin says that a key is an admin token; empty: it is none. key is empty where only the digest is known. Of a store's
// token only another hash is known, but all of them begin alike.
func (c *compiler) opensAdmin(key string, sum [32]byte) string {
	token := c.doc.Admin.Token.Reveal()
	switch {
	case token != "" && sum == c.next.Pepper.Sum([]byte(token)):
		return "is the admin token"
	case strings.HasPrefix(key, core.AdminPrefix):
		return "begins as the admin tokens of stores do, " + core.AdminPrefix
	}
	return ""
}

// compilePepper sets the pepper: the document's, or one of the process.
func (c *compiler) compilePepper() {
	switch p := c.doc.Governance.Pepper; {
	case p.Set():
		c.next.Pepper = core.NewPepper([]byte(p.Reveal()))
	case c.prev.Pepper.IsRandom():
		c.next.Pepper = c.prev.Pepper
	default:
		var b [32]byte
		rand.Read(b[:])
		c.next.Pepper = core.NewPepper(b[:]).Random()
	}
}

func keyPath(i int) string { return "virtual_keys[" + strconv.Itoa(i) + "]" }

// keyTallies returns the Tally of each virtual key: its previous one, one of its
// own while maxKeyTallies allows, or the one that the others share.
func (c *compiler) keyTallies() []*core.Tally {
	before := make(map[string]*core.Tally)
	for _, k := range c.prev.Keys {
		if k.Tally != c.prev.Others {
			before[k.Name] = k.Tally
		}
	}
	if c.next.Others = c.prev.Others; c.next.Others == nil {
		c.next.Others = new(core.Tally)
	}
	out := make([]*core.Tally, len(c.doc.VirtualKeys))
	own := 0
	for i := range c.doc.VirtualKeys {
		if t := before[c.doc.VirtualKeys[i].Name]; t != nil {
			out[i] = t
			own++
		}
	}
	for i := range out {
		switch {
		case out[i] != nil:
		case own < maxKeyTallies:
			out[i] = new(core.Tally)
			own++
		default:
			out[i] = c.next.Others
		}
	}
	return out
}

// anonymous reports whether callers without a key are served. Unless the
// document says so, they are only if there are no virtual keys and only this machine can
// connect. Disabling the last key, or deleting the last one from a store, does not
// allow them.
func (c *compiler) anonymous() bool {
	if a := c.doc.AllowAnonymous; a != nil {
		return *a
	}
	return len(c.doc.VirtualKeys) == 0 && c.doc.Store == nil && config.Loopback(cmp.Or(c.doc.Listen, config.DefaultListen))
}

// policy returns the Policy of a set of rules, shared by all keys that have the same. i is the index of
// the virtual key v; -1 and nil for anonymous callers.
func (c *compiler) policy(v *config.VirtualKey, i int) *core.Policy {
	r := &rules{key: v}
	if v != nil {
		r.allowed, r.blocked = distinct(v.AllowedModels), distinct(v.BlockedModels)
		if slices.Contains(r.allowed, "*") {
			r.allowed = nil
		}
	}
	id := r.id()
	if p := c.policies[id]; p != nil {
		return p
	}
	p := &core.Policy{Name: "all models"}
	if v != nil && id != "" {
		r.from = keyPath(i)
		p.Name = fmt.Sprintf("of key %q", v.Name)
		if len(r.allowed) > 0 {
			r.from += ".allowed_models"
			p.Name = listed(r.allowed)
		}
		if r.grants = c.grants(r); r.grants != nil {
			p.Allows = r.grants.allow
		}
		if r.reach = c.reachOf(r); r.reach != nil {
			p.Serves = r.reach.serves
		}
		r.share = c.sharing(v)
		p.Resolve = r.share
	}
	c.policies[id] = p
	for op := range core.NumOps {
		p.Plans[op] = c.plan(r, op)
	}
	return p
}

// distinct returns a sorted list without duplicates.
func distinct(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}

// id identifies everything that a Policy is made of; empty for no rules.
func (r *rules) id() string {
	v := r.key
	if v == nil || len(r.allowed)+len(r.blocked)+len(v.Providers)+len(v.BlockedProviders)+len(v.RequiredHeaders) == 0 {
		return ""
	}
	if len(r.blocked)+len(v.Providers)+len(v.BlockedProviders)+len(v.RequiredHeaders) == 0 {
		return strings.Join(r.allowed, "\x00")
	}
	id, err := json.Marshal([]any{r.allowed, r.blocked, v.Providers, distinct(v.BlockedProviders), distinct(v.RequiredHeaders)})
	if err != nil {
		panic("BUG: lists of names cannot be written: " + err.Error())
	}
	return string(id)
}
