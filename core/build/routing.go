package build

import (
	"fmt"
	"slices"
	"sync"

	"asbru/core"
	"asbru/core/config"
	"asbru/core/rule"
)

// A rulebook holds the rules for one policy's callers, in order. It is
// immutable except for the pool.
type rulebook struct {
	all   []*ruled                // for callers that no rule names
	own   map[string][]*ruled     // by virtual key, for keys that rules name; nil: none
	plain map[*core.Target][]byte // the names of the targets' models
	envs  *sync.Pool              // of *rule.Env: otherwise each would escape to the heap
}

// rules is the stage that applies the document's routing rules.
func (c *compiler) rules(r *rules, op core.Op) (core.Stage, string) {
	if len(c.rulings) == 0 || op == core.OpModels {
		return nil, ""
	}
	if r.book == nil {
		r.book = c.rulebook(r.grants)
	}
	b, kind := r.book, op.String()
	return func(x *core.Exchange) core.Verdict {
		if x.Fixed || len(x.Peek.Model) == 0 {
			return core.Continue
		}
		e := b.envs.Get().(*rule.Env)
		b.read(e, x)
		e.RequestType = kind
		v := b.lead(x, e)
		*e = rule.Env{} // it aliases the request
		b.envs.Put(e)
		return v
	}, "routing.rules"
}

func (c *compiler) rulebook(g *grants) *rulebook {
	b := &rulebook{plain: map[*core.Target][]byte{}, envs: &sync.Pool{New: func() any { return new(rule.Env) }}}
	for _, t := range slices.Concat(c.next.Targets, c.pinned) {
		if t.Model != "" {
			b.plain[t] = []byte(t.Model)
		}
	}
	rules := c.rulingsFor(g)
	b.all = applying(rules, &config.VirtualKey{}, "")
	for i := range c.doc.VirtualKeys {
		k := &c.doc.VirtualKeys[i]
		if own := applying(rules, k, c.customerOf(k)); len(own) > len(b.all) {
			if b.own == nil {
				b.own = map[string][]*ruled{}
			}
			b.own[k.Name] = own
		}
	}
	return b
}

// applying returns the rules that apply to k, in order.
func applying(all []*ruled, k *config.VirtualKey, customer string) []*ruled {
	var out []*ruled
	for _, r := range all {
		s := r.doc.Scope
		if s == (config.Scope{}) || s.Key != "" && s.Key == k.Name || s.Team != "" && s.Team == k.Team || s.Customer != "" && s.Customer == customer {
			out = append(out, r)
		}
	}
	return out
}

// read fills e with what is known of x.
func (b *rulebook) read(e *rule.Env, x *core.Exchange) {
	e.Model, e.Provider = rule.View(x.Name), x.Route.Targets[0].Provider
	if k := x.Key; k != x.Snap.Anonymous {
		e.Key, e.Team, e.Customer = k.Name, k.Team, k.Customer
	}
	e.Stream, e.PromptBytes, e.Head = x.Peek.Stream, int64(len(x.Body)), x.Head
}

// lead applies the first rule that matches and, while that one chains, the
// next one for its choice; none is applied twice.
func (b *rulebook) lead(x *core.Exchange, e *rule.Env) core.Verdict {
	list := b.all
	if b.own != nil && x.Key != x.Snap.Anonymous {
		if own := b.own[x.Key.Name]; own != nil {
			list = own
		}
	}
	var used [maxChain]*ruled
	var to *course
	for depth := range used {
		r := first(list, e, used[:depth])
		if r == nil {
			break
		}
		used[depth], to = r, r.draw()
		b.follow(x, e, r, to)
		if !r.doc.Chain {
			break
		}
	}
	if to == nil || to.may(x.Name) {
		return core.Continue
	}
	x.Fault = misled(x)
	return core.Refuse
}

// first returns the first rule that matches and is not among used.
func first(list []*ruled, e *rule.Env, used []*ruled) *ruled {
	for _, r := range list {
		if !slices.Contains(used, r) && r.when.Match(e) {
			return r
		}
	}
	return nil
}

// follow sends x along a course of r, and updates e.
func (b *rulebook) follow(x *core.Exchange, e *rule.Env, r *ruled, to *course) {
	if name := b.plain[x.Route.Targets[0]]; name != nil {
		x.Name = name // the model behind the alias, wherever its name is stored
	}
	if e.Model = to.model; to.name == nil {
		e.Model = rule.View(x.Name)
	}
	x.Route, x.Rule, x.Asked = to.route, r.doc.Name, x.Name
	e.Provider = to.route.Targets[0].Provider
}

// misled is the fault of a rule that would lead a caller to what it may not use.
func misled(x *core.Exchange) *core.Fault {
	return &core.Fault{
		Code:    core.Forbidden,
		Param:   "model",
		Message: fmt.Sprintf("rule %q leads requests for model %q to one that key %q may not use", x.Rule, x.Peek.Model, x.Key.Name),
		Hint:    "have that model added to the key's allowed_models, or the rule narrowed",
	}
}
