package cache

import "asbru/core"

// A Charge is what answers count for that no target gave for their exchange. Zero stands for
// core.ChargeRequest: a request, no tokens and no money.
type Charge struct {
	Hits      core.Charge // answers from memory
	Followers core.Charge // answers that another exchange was asking for already
}

// charge tells who keeps limits and budgets what answered x and what that counts for.
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

// full makes x count as if who once gave the answer had been asked for it, if that is the
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
