package build

import (
	"asbru/core"
	"asbru/core/config"
)

// order is the pipeline, from top to bottom. A row for a feature that a policy does not use
// compiles to nil and costs nothing. Authentication is not a row: the caller's
// policy selects the plan.
var order = []row{
	{"scope", admit, (*compiler).scope}, // first: a model that a caller may not use is refused before it costs anything

	{"secrets", admit, (*compiler).secrets}, // refuses secrets with which a caller could bypass all that follows

	{"headers", admit, (*compiler).headers}, // the header fields that a request must have

	{"rules", admit, (*compiler).rules}, // after scope, which checks the model asked for; the targets of a rule are checked by the rule

	{"reach", admit, (*compiler).within}, // some target must be allowed to serve, wherever the rules led

	{"limit", admit, (*compiler).limit},     // last: a request refused for another reason uses nothing of a limit
	{"release", after, (*compiler).unlimit}, // corrects what was taken to what was used

	{"owners", before, (*compiler).ownersLook}, // after the limits, which bound guesses; before anything that answers or holds
	{"owners", settle, (*compiler).ownersKeep}, // the owner must be recorded before the client learns the thing's name
	{"owners", after, (*compiler).ownersEnd},   // for an exchange that did not reach its end

	{"models", before, (*compiler).models}, // an answer of asbru's own; nothing after it runs

	{"repeats", before, (*compiler).repeatsLook}, // before the cache: a repeated call gets its own answer, whatever the cache holds
	{"cache", before, (*compiler).cacheLook},     // after everything that decides whether the caller may ask; before money is held
	{"budgets", before, (*compiler).hold},        // after the cache: a cached answer costs nothing
	{"cache", sent, (*compiler).cacheLearn},      // most questions go upstream before the cache has read them
	{"budgets", sent, (*compiler).look},          // computes the digest of the prompt while the provider works
	{"budgets", commit, (*compiler).intent},      // waits for the intent to be durable; the provider is being asked meanwhile
	{"budgets", during, (*compiler).progress},    // what a stream has cost so far, in case that it never ends
	{"budgets", settle, (*compiler).settle},
	{"release", turn, (*compiler).unlimitTurn}, // before budgets, which begin the next turn
	{"budgets", turn, (*compiler).renew},       // a WebSocket is paid for turn by turn
	{"cost", after, (*compiler).cost},

	{"cache", after, (*compiler).cacheKeep}, // whatever the outcome: followers must learn of it
	{"repeats", after, (*compiler).repeatsKeep},
}

// A point is a position in a Plan.
type point string

const (
	admit  point = "admit"
	before point = "before"
	sent   point = "sent"
	commit point = "commit"
	during point = "during"
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
	allowed []string           // models, sorted, without duplicates; empty: all
	blocked []string           // models, sorted, without duplicates; empty: none
	key     *config.VirtualKey // one key that has these rules; its other fields do not matter. nil: anonymous callers

	grants *grants                       // allowed and blocked as the stages need them; nil: everything
	reach  *reach                        // which providers may serve; nil: all
	share  func(name []byte) *core.Route // where bare names lead that several providers share; nil: none is shared
	from   string                        // path of the rules in the document

	book *rulebook // their routing rules, once compiled
}

// says describes a row for explain.
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
		case during:
			p.During = append(p.During, stage)
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
