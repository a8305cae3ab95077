package build

import (
	"fmt"
	"sync/atomic"
	"time"

	"asbru/core"
	"asbru/core/price"
)

// The default price of a model without a price, in dollars for a
// million tokens: more than almost all models cost.
const (
	ceilingIn  = 30
	ceilingOut = 180

	ceilingName = "ceiling" // named as the origin of such a price

	pricesKept = 64 // names for which a target's last price is replaced; after so many it stays
)

// compilePrices gives every Target its price.
func (c *compiler) compilePrices() {
	d := &c.doc.Prices
	var sheets []*price.Sheet
	for i, path := range d.Files {
		if s := c.sheet(fmt.Sprintf("prices.files[%d]", i), path); s != nil {
			sheets = append(sheets, s)
		}
	}
	var overrides []*price.Override
	for i := range d.Overrides {
		o, err := d.Overrides[i].Compile()
		if err != nil {
			c.fail(fmt.Sprintf("prices.overrides[%d]", i), err.Error(), "")
			continue
		}
		overrides = append(overrides, o)
	}
	c.prices = price.New(append(sheets, price.BuiltIn()), overrides, c.ceiling())
	tables := map[string]*price.Table{}
	for _, p := range c.providers {
		tables[p.doc.Name] = c.prices.Table(p.doc.Name, p.adapter.Name)
	}
	plain := c.plainNames()
	steady := !c.prices.Overridden()
	for _, list := range [][]*core.Target{c.next.Targets, c.pinned, c.shaded} {
		for _, t := range list {
			if t.Price = priceAt(tables[t.Provider], plain[t]); steady {
				t.Price = remembered(t.Price)
			}
		}
	}
	c.compare()
}

// compare gives the strategy cheapest the prices that the document does not set.
func (c *compiler) compare() {
	for i := range c.doc.Models {
		m := &c.doc.Models[i]
		r := c.next.Models[m.Alias]
		spec := c.specs[r]
		if m.Strategy != "cheapest" || r == nil || r.Name != m.Alias || len(spec.Prices) != len(m.Targets) {
			continue
		}
		for j, t := range m.Targets {
			if t.Price != nil {
				continue
			}
			at := fmt.Sprintf("models[%d].targets[%d].price", i, j)
			switch p := r.Targets[j].Price(&core.Exchange{}, nil, nil); {
			case p == nil:
				c.fail(at, "is missing: strategy cheapest compares it, and nobody knows what "+r.Targets[j].Name+" costs", "write price: {input: 0.15, output: 0.6}, dollars for a million tokens")
			default:
				p = p.At(time.Now().Unix())
				spec.Prices[j] = (3*float64(p.In) + float64(p.Out)) / 4 / 1e9
			}
		}
	}
}

// priceAt returns a Target's Price; model is the one that it names.
func priceAt(t *price.Table, model []byte) func(x *core.Exchange, k *core.ProviderKey, name []byte) *core.Price {
	return func(x *core.Exchange, k *core.ProviderKey, name []byte) *core.Price {
		q := price.Query{Model: name, Op: x.Op}
		if model != nil {
			q.Model = model
		}
		if x.Key != nil {
			q.Key = x.Key.Name
		}
		if k != nil {
			q.ProviderKey = k.Name
		}
		p, _ := t.Find(q)
		return p
	}
}

// A found is the price for a model name.
type found struct {
	name  string
	price *core.Price
}

// remembered is find, which depends only on the name, with the result for the last name
// kept: almost all requests of a target are for one. After a number of different names the last result
// stays, so that a target with many models does not allocate for each request.
func remembered(find func(*core.Exchange, *core.ProviderKey, []byte) *core.Price) func(*core.Exchange, *core.ProviderKey, []byte) *core.Price {
	var last atomic.Pointer[found]
	var changes atomic.Int32
	return func(x *core.Exchange, k *core.ProviderKey, name []byte) *core.Price {
		if f := last.Load(); f != nil && f.name == string(name) {
			return f.price
		}
		p := find(x, k, name)
		if changes.Load() < pricesKept && changes.Add(1) <= pricesKept {
			last.Store(&found{string(name), p})
		}
		return p
	}
}

// ceiling returns the price of models without one; nil: they are refused.
func (c *compiler) ceiling() *core.Price {
	d := &c.doc.Prices
	if d.Unknown == "refuse" {
		return nil
	}
	in, out := float64(ceilingIn), float64(ceilingOut)
	if d.Ceiling != nil {
		in, out = d.Ceiling.Input, d.Ceiling.Output
	}
	p, err := price.Flat(ceilingName, in, out)
	if err != nil {
		c.fail("prices.ceiling", err.Error(), "")
	}
	return p
}

// sheet reads a price file; nil if it cannot be used.
func (c *compiler) sheet(at, path string) *price.Sheet {
	if c.deps.ReadFile == nil {
		c.fail(at, fmt.Sprintf("is %q, and files cannot be read here", path), "")
		return nil
	}
	data, err := c.deps.ReadFile(path)
	if err != nil {
		c.fail(at, err.Error(), "asbru prices import makes such a file")
		return nil
	}
	s, bad := price.Read(path, string(data))
	for _, b := range append(bad, s.Check()...) {
		c.fail(at, fmt.Sprintf("%s:%d: %s", path, b.Line, b.Message), "")
	}
	return s
}
