package build

import (
	"hash/fnv"
	"time"

	"asbru/core"
	"asbru/core/config"
	"asbru/core/gate"
)

// gate returns the Gate of a target: its previous one, or a new one; nil if nothing bounds it.
// A target whose host has changed learns again.
func (c *compiler) gate(p *provider, name, model string) core.Gate {
	o := c.doc.Of(p.doc.Name, model)
	if o == nil {
		return nil
	}
	c.next.Gated = true
	spec := gateSpec(o)
	for _, t := range c.prev.Targets {
		if g, ok := t.Gate.(*gate.Gate); ok && t.Name == name && t.Host == p.host {
			c.gates = append(c.gates, func() { g.Set(spec) })
			return g
		}
	}
	return gate.New(spec)
}

func gateSpec(o *config.Overload) gate.Spec {
	s := gate.Spec{
		Min: o.MinConcurrency, Max: o.MaxConcurrency, Fixed: o.Adaptive != nil && !*o.Adaptive,
		Wait: time.Duration(o.Queue.Wait), Share: o.BatchShare,
	}
	if size := o.Queue.Size; size != nil {
		if s.Queue = *size; s.Queue == 0 {
			s.Queue = -1
		}
	}
	return s
}

// share returns the number by which Gates know a caller.
func share(name string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(name))
	return h.Sum64()
}
