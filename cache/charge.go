package cache

import "asbru/core"

// A Charge says how answers count that no target gave. The zero value of its fields means
// core.ChargeRequest: a request, no tokens and no money.
type Charge struct {
	Hits      core.Charge // answers from memory
	Followers core.Charge // answers shared with another exchange that was asking already
}

// charge records in x what answered it and how that counts for limits and budgets.
func (v *visit) charge(x *core.Exchange, h how) {
	x.Recall = h.recall()
	switch p := v.c.charges.Load(); {
	case h == missed:
		x.Charge = core.ChargeUsed
		return
	case h == withOthers:
		x.Charge = p.Followers
	default:
		x.Charge = p.Hits
	}
	if x.Charge == core.ChargeUsed {
		x.Charge = core.ChargeRequest
	}
}

// full makes x count as if the original provider had been asked, if that is the
// policy.
func full(x *core.Exchange, provider, model string, u *core.Usage) {
	if x.Charge != core.ChargeFull {
		return
	}
	x.Usage = *u
	for _, t := range x.Route.Targets {
		if t.Provider == provider && (t.Model == model || t.Model == "") {
			x.Answered = t
			return
		}
	}
}
