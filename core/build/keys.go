package build

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"asbru/core"
	"asbru/core/config"
)

// compileKeys compiles the callers. The result does not depend on their order.
func (c *compiler) compileKeys() {
	tallies := c.keyTallies()
	seen := make(map[[32]byte]int, len(c.doc.VirtualKeys))
	for i := range c.doc.VirtualKeys {
		v := &c.doc.VirtualKeys[i]
		secret := v.Key.Reveal()
		if secret == "" {
			c.fail(keyPath(i)+".key", "is missing", "set the secret the caller presents")
			continue
		}
		sum := sha256.Sum256([]byte(secret))
		if j, taken := seen[sum]; taken {
			c.fail(keyPath(i)+".key", fmt.Sprintf("is the secret of %s (%q) too", keyPath(j), c.doc.VirtualKeys[j].Name), "a secret tells who calls: give each caller its own")
			continue
		}
		seen[sum] = i
		if v.Disabled {
			continue
		}
		c.next.Keys[sum] = &core.VirtualKey{
			Name:     v.Name,
			Team:     v.Team,
			Customer: v.Customer,
			Policy:   c.policy(v.AllowedModels, i),
			Urgency:  v.Urgency(),
			Share:    share(v.Name),
			Tally:    tallies[i],
		}
	}
	if c.anonymous() {
		c.next.Anonymous = &core.VirtualKey{Name: "anonymous", Policy: c.policy(nil, -1), Tally: new(core.Tally)}
		if a := c.prev.Anonymous; a != nil {
			c.next.Anonymous.Tally = a.Tally
		}
	}
}

func keyPath(i int) string { return "virtual_keys[" + strconv.Itoa(i) + "]" }

// keyTallies returns the Tally of each virtual key: the one it had, one of its
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

// anonymous reports whether a caller without a key is served. Unless the
// document says so, only a gateway without any virtual key that nobody else can
// reach serves them; disabling the last key does not open the door.
func (c *compiler) anonymous() bool {
	if a := c.doc.AllowAnonymous; a != nil {
		return *a
	}
	return len(c.doc.VirtualKeys) == 0 && config.Loopback(cmp.Or(c.doc.Listen, config.DefaultListen))
}

// policy returns the one Policy of a set of allowed models, whoever asked for
// it first. None, or * among them, allow all. i is the virtual key that has it
// now, -1 for none.
func (c *compiler) policy(allowed []string, i int) *core.Policy {
	if allowed = slices.Clone(allowed); slices.Contains(allowed, "*") {
		allowed = nil
	}
	slices.Sort(allowed)
	allowed = slices.Compact(allowed)
	id := strings.Join(allowed, "\x00")
	if p := c.policies[id]; p != nil {
		return p
	}
	r := &rules{allowed: allowed}
	p := &core.Policy{Name: "all models"}
	if len(allowed) > 0 {
		r.from = keyPath(i) + ".allowed_models"
		p.Name = listed(allowed)
		r.grants = c.grants(r)
		p.Allows = r.grants.allow
	}
	c.policies[id] = p
	for op := range core.NumOps {
		p.Plans[op] = c.plan(r, op)
	}
	return p
}
