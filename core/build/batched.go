package build

import (
	"crypto/sha256"
	"encoding/hex"

	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/gemini"
	"asbru/adapters/dialect/openai"
	"asbru/core"
	"asbru/core/audit"
	"asbru/core/batch"
	"asbru/core/price"
)

// askerName is what the gateway is called where it asks about batches. No virtual key can have it.
const askerName = "asbru:batches"

// compileBatches says what becomes of batches whose cost is not known before.
func (c *compiler) compileBatches() {
	b := &c.money.batches
	b.fetch, b.look = c.deps.Fetch, c.deps.Look
	if s := c.doc.Governance.Batches; s != nil && s.HoldUSD > 0 {
		b.flat, _ = price.USD(s.HoldUSD)
	}
}

// compileAskers lets the gateway ask providers about batches, as a caller of its own for each of their keys: what
// one key began, others need not see. Nothing is held, limited or written down for it.
func (c *compiler) compileAskers() {
	if c.money == nil || c.deps.Own == "" || c.deps.Fetch == nil {
		return
	}
	tally := new(core.Tally)
	for _, p := range c.providers {
		if p.route == nil || len(p.route.Targets) == 0 {
			continue
		}
		names := []string{""}
		for _, k := range p.route.Targets[0].Keys {
			names = append(names, k.Name)
		}
		for _, name := range names {
			k := &core.VirtualKey{Name: askerName, Policy: askerPolicy(p.doc.Name, name), Share: share(askerName), Tally: tally}
			own := []byte(OwnKey(c.deps.Own, p.doc.Name, name))
			if was := c.prev.Keys[c.prev.Pepper.Sum(own)]; was != nil {
				k.Tally = was.Tally
			}
			k.Place = c.next.Pepper.Sum(own)
			c.next.Keys[k.Place] = k
		}
	}
}

// askerPolicy is that of who asks one provider, with one of its keys; empty: with any.
func askerPolicy(provider, key string) *core.Policy {
	return &core.Policy{Name: askerName, Serves: func(t *core.Target, k *core.ProviderKey, _ []byte) bool {
		return t.Provider == provider && (k == nil || key == "" || k.Name == key)
	}}
}

// OwnKey is the credential by which the gateway asks a provider with one of its keys; own is Deps.Own.
func OwnKey(own, provider, key string) string {
	sum := sha256.Sum256([]byte(own + "\x00" + provider + "\x00" + key))
	return "own-" + hex.EncodeToString(sum[:])
}

// Batched is what a Snapshot knows of a batch that was begun under it, or under one before.
type Batched struct {
	Snap *core.Snapshot
	Note *batch.Note
}

// exchange is what a request of the batch would be if it came alone; t is nil when the provider is no more.
func (b Batched) exchange(model []byte) (x *core.Exchange, t *core.Target, k *core.ProviderKey) {
	n := b.Note
	x = &core.Exchange{Snap: b.Snap, Op: core.Op(n.Op), Name: model, Key: &core.VirtualKey{Name: n.Caller, Team: n.Team, Customer: n.Customer}}
	x.Peek.Model = model
	x.Route = b.Snap.Providers[n.Provider]
	if x.Route == nil || len(x.Route.Targets) == 0 {
		return x, nil, nil
	}
	t = x.Route.Targets[0]
	for _, one := range t.Keys {
		if one.Name == n.Key {
			k = one
		}
	}
	if k == nil && n.Key != "" {
		k = &core.ProviderKey{Name: n.Key}
	}
	return x, t, k
}

// Price is what a model cost the batch; nil: nobody knows.
func (b Batched) Price(model string) *core.Price {
	x, t, k := b.exchange([]byte(model))
	if t == nil || t.Price == nil {
		return nil
	}
	return t.Price(x, k, x.Name)
}

// Usage is how the replies in the batch's results say what they used.
func (b Batched) Usage() func([]byte, *core.Usage, *core.Forms) {
	switch batch.Named(b.Note.Form) {
	case batch.Anthropic:
		return anthropic.API.ReadUsage
	case batch.Gemini:
		return gemini.API.ReadUsage
	}
	return openai.API.ReadUsage
}

// A BatchPart is what a batch came to, for one model or for all of them (an empty name).
type BatchPart struct {
	Model string
	Usage core.Usage
	Cost  core.Money
}

// AppendCall appends what is kept of p in the audit trail, at most audit.MaxCall bytes. id is that of the call which
// began the batch, now the wall clock in Unix nanoseconds.
func (b Batched) AppendCall(dst []byte, id [16]byte, p *BatchPart, now int64) []byte {
	model := p.Model
	if model == "" && len(b.Note.Models) > 0 {
		model = b.Note.Models[0]
	}
	x, t, k := b.exchange([]byte(model))
	x.ID, x.Op, x.Usage = id, core.OpPass, p.Usage
	x.Start = core.Clock()
	if t == nil {
		t = &core.Target{Name: b.Note.Provider, Provider: b.Note.Provider}
	}
	a := x.Begin(t, k)
	a.Status = 200
	return audit.AppendCall(dst, x, &audit.End{Before: new(audit.Before), Status: 200, Cost: p.Cost, Time: now, Clock: x.Start})
}

// Count adds what the batch came to to the counters of its provider and of its caller.
func (b Batched) Count(u *core.Usage, cost core.Money) {
	_, t, _ := b.exchange(nil)
	var tallies []*core.Tally
	if t != nil {
		tallies = append(tallies, t.Tally)
	}
	for _, k := range b.Snap.Keys {
		if k.Name == b.Note.Caller {
			tallies = append(tallies, k.Tally)
			break
		}
	}
	for _, y := range tallies {
		if y == nil {
			continue
		}
		y.Cost.Add(uint64(cost))
		y.TokensIn.Add(uint64(max(u.In, 0)))
		y.TokensCached.Add(uint64(max(u.CachedIn, 0)))
		y.TokensOut.Add(uint64(max(u.Out, 0)))
	}
}
