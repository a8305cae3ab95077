package build

import (
	"asbru/core"
	"asbru/core/config"
)

// order is the pipeline, top to bottom. A row whose feature a policy leaves out
// compiles to nil and costs nothing. Who is calling is not a row: the caller's
// policy selects the plan.
var order = []row{
	{"scope", admit, (*compiler).scope}, // first: what a caller may not use is refused before it costs anything

	{"secrets", admit, (*compiler).secrets}, // what would let a caller go round all of the following

	{"headers", admit, (*compiler).headers}, // what every request must say of itself

	{"rules", admit, (*compiler).rules}, // after scope, which judges what was asked for; where a rule leads is judged by itself

	{"reach", admit, (*compiler).within}, // wherever the rules led: somebody there must be allowed to answer

	{"limit", admit, (*compiler).limit},     // last: who is refused for anything else has used nothing of a limit
	{"release", after, (*compiler).unlimit}, // what was held is corrected by what was used

	{"owners", before, (*compiler).ownersLook}, // behind the limits, which bound guesses; before anything that answers or holds
	{"owners", settle, (*compiler).ownersKeep}, // whose it is must be known before the client knows its name
	{"owners", after, (*compiler).ownersEnd},   // of whatever did not come to its end

	{"models", before, (*compiler).models}, // an answer from memory; nothing after it runs

	{"repeats", before, (*compiler).repeatsLook}, // before the cache: a call by its key is that call, whatever others were told
	{"cache", before, (*compiler).cacheLook},     // behind all that decides whether the caller may ask; before what is held for an attempt
	{"budgets", before, (*compiler).hold},        // behind the cache: what is remembered costs nothing
	{"budgets", sent, (*compiler).look},          // what is written down of the request is made while the provider works
	{"budgets", commit, (*compiler).intent},      // the provider is being asked meanwhile
	{"budgets", settle, (*compiler).settle},
	{"budgets", turn, (*compiler).renew}, // a socket is paid turn by turn
	{"cost", after, (*compiler).cost},

	{"cache", after, (*compiler).cacheKeep}, // whatever came of it: who waits for the answer must be told
	{"repeats", after, (*compiler).repeatsKeep},
}

// A point is a place in a Plan.
type point string

const (
	admit  point = "admit"
	before point = "before"
	sent   point = "sent"
	commit point = "commit"
	settle point = "settle"
	turn   point = "turn"
	after  point = "after"
)

// A row places one feature in the pipeline.
type row struct {
	name    string
	at      point
	compile func(c *compiler, r *rules, op core.Op) (stage core.Stage, from string) // nil: not in this plan
}

// rules are what one Policy is compiled from.
type rules struct {
	allowed []string           // models, in order and each once; empty: all
	blocked []string           // models, in order and each once; empty: none
	key     *config.VirtualKey // some key that has the rules; its other fields are its own. nil: of nobody

	grants *grants                       // allowed and blocked in the shape the stages read; nil: all
	reach  *reach                        // who may serve; nil: everybody
	share  func(name []byte) *core.Route // where bare names lead that several providers share; nil: they share none
	from   string                        // the path in the document that the rules stand at

	book *rulebook // the routing rules for them, once compiled
}

// says is what there is to tell about a row besides its name.
func (c *compiler) says(w row) string {
	if w.name == "cache" && w.at == before {
		return cacheSays(c.doc.Cache)
	}
	if w.name == "owners" && w.at == before {
		return ownersSay(&c.doc.Governance.Objects)
	}
	if w.name == "repeats" && w.at == before {
		return repeatsSays(&c.doc.Repeats)
	}
	return ""
}

// plan flattens order for one policy and one operation.
func (c *compiler) plan(r *rules, op core.Op) core.Plan {
	var p core.Plan
	for _, w := range order {
		stage, from := w.compile(c, r, op)
		if stage == nil {
			continue
		}
		switch w.at {
		case admit:
			p.Admit = append(p.Admit, stage)
		case before:
			p.Before = append(p.Before, stage)
		case sent:
			p.Sent = append(p.Sent, stage)
		case commit:
			p.Commit = append(p.Commit, stage)
		case settle:
			p.Settle = append(p.Settle, stage)
		case turn:
			p.Turn = append(p.Turn, stage)
		case after:
			p.After = append(p.After, stage)
		}
		p.Steps = append(p.Steps, core.Step{Point: string(w.at), Name: w.name, From: from, Say: c.says(w)})
	}
	return p
}
