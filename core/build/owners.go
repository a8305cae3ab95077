package build

import (
	"asbru/core"
	"asbru/core/config"
	"asbru/core/owned"
)

// listerName is the caller's name under which the gateway fetches lists. No virtual key can have it.
const listerName = "asbru:objects"

// apart reports whether the document keeps callers' things apart.
func (c *compiler) apart() bool {
	return len(c.doc.VirtualKeys) > 0 && c.doc.Governance.Objects.Share != "all"
}

// compileOwners makes the Steward that keeps callers' things apart. It runs before compileKeys, whose plans use it.
func (c *compiler) compileOwners() {
	if !c.apart() || c.deps.Objects == nil {
		return
	}
	o := owned.Options{Book: c.deps.Objects(), Ask: c.deps.Ask}
	switch c.doc.Governance.Objects.Share {
	case "team":
		o.Share = owned.ByTeam
	case "customer":
		o.Share = owned.ByCustomer
	}
	switch c.doc.Governance.Objects.Unrecorded {
	case "by_id":
		o.Unrecorded = owned.ByID
	case "shown":
		o.Unrecorded = owned.Shown
	}
	c.owners = owned.New(o)
	if c.deps.Lister == "" {
		return
	}
	sum := c.next.Pepper.Sum([]byte(c.deps.Lister))
	k := &core.VirtualKey{Name: listerName, Policy: &core.Policy{Name: "lists"}, Tally: new(core.Tally), Share: share(listerName)}
	if was := c.prev.Keys[c.prev.Pepper.Sum([]byte(c.deps.Lister))]; was != nil {
		k.Tally = was.Tally
	}
	c.next.Keys[sum] = k
}

// ownersSay describes whose things a caller may use.
func ownersSay(d *config.Objects) string {
	say := "files, batches and the like are their key's"
	switch d.Share {
	case "team":
		say = "files, batches and the like are their key's and its team's"
	case "customer":
		say = "files, batches and the like are their key's and its customer's"
	}
	switch d.Unrecorded {
	case "by_id":
		say += "; those without a record are there for who knows their ids"
	case "shown":
		say += "; those without a record are everybody's"
	}
	return say
}

// ownersLook is the stage that checks the things that a request names.
func (c *compiler) ownersLook(_ *rules, op core.Op) (core.Stage, string) {
	if conversation(op) || op == core.OpCount {
		if c.owners == nil {
			return nil, ""
		}
		return c.owners.Named(), "governance.objects"
	}
	return c.ownersAt(op, (*owned.Steward).Look)
}

// ownersKeep is the stage that records what a request made, and forgets what is gone.
func (c *compiler) ownersKeep(_ *rules, op core.Op) (core.Stage, string) {
	return c.ownersAt(op, (*owned.Steward).Settle)
}

// ownersEnd does the same for an exchange that did not reach its end.
func (c *compiler) ownersEnd(_ *rules, op core.Op) (core.Stage, string) {
	return c.ownersAt(op, (*owned.Steward).Keep)
}

func (c *compiler) ownersAt(op core.Op, stage func(*owned.Steward) core.Stage) (core.Stage, string) {
	switch {
	case op != core.OpPass || !c.apart():
		return nil, ""
	case c.owners == nil:
		return func(*core.Exchange) core.Verdict { return core.Continue }, "governance.objects" // only shown, not run
	}
	return stage(c.owners), "governance.objects"
}
