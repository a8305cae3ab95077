package config

import (
	"fmt"
	"reflect"

	"asbru/core"
)

// Over fills in the unset fields of o from under. Both may be nil; a nil result means no bound.
func (o *Overload) Over(under *Overload) *Overload {
	switch {
	case o == nil:
		o = under
	case under != nil && !under.Off && !o.Off:
		both := *o
		if both.Adaptive == nil {
			both.Adaptive = under.Adaptive
		}
		if both.MinConcurrency == 0 {
			both.MinConcurrency = under.MinConcurrency
		}
		if both.MaxConcurrency == 0 {
			both.MaxConcurrency = under.MaxConcurrency
		}
		if both.Queue.Size == nil {
			both.Queue.Size = under.Queue.Size
		}
		if both.Queue.Wait == 0 {
			both.Queue.Wait = under.Queue.Wait
		}
		if both.BatchShare == nil {
			both.BatchShare = under.BatchShare
		}
		o = &both
	}
	if o == nil || o.Off {
		return nil
	}
	return o
}

// Of returns the bound of a target: its own settings, then its provider's, then the document's.
// model is empty for the name that a client asked for. nil: there is no bound.
func (d *Document) Of(provider, model string) *Overload {
	under := d.Overload
	for i := range d.Providers {
		if p := &d.Providers[i]; p.Name == provider {
			under = p.Overload.Over(under)
			break
		}
	}
	for i := range d.Models {
		for j := range d.Models[i].Targets {
			if t := &d.Models[i].Targets[j]; t.Overload != nil && t.Provider == provider && or(t.Model, d.Models[i].Alias) == model {
				return t.Overload.Over(under)
			}
		}
	}
	return under.Over(nil)
}

// Urgency returns the lane of a virtual key.
func (k *VirtualKey) Urgency() core.Urgency {
	if k.Lane == core.Batch.String() {
		return core.Batch
	}
	return core.Interactive
}

// overload checks the fields of one bound.
func (c *checker) overload(path string, o *Overload) {
	if o == nil {
		return
	}
	for _, n := range [...]struct {
		name  string
		value int
	}{{".min_concurrency", o.MinConcurrency}, {".max_concurrency", o.MaxConcurrency}} {
		c.notNegative(path+n.name, n.value, n.value < 0)
		if n.value > MaxConcurrency {
			c.fail(path+n.name, "", "is %d; %d is the most", n.value, MaxConcurrency)
		}
	}
	if s := o.Queue.Size; s != nil {
		c.notNegative(path+".queue.size", *s, *s < 0)
		if *s > MaxQueue {
			c.fail(path+".queue.size", "a longer queue does not serve requests sooner", "is %d; %d is the most", *s, MaxQueue)
		}
	}
	c.notNegative(path+".queue.wait", o.Queue.Wait, o.Queue.Wait < 0)
	if s := deref(o.BatchShare); s < 0 || s > 0.9 {
		c.fail(path+".batch_share", "0.1 is one turn in ten", "is %v; it goes from 0 to 0.9", s)
	}
}

// overloads checks the bounds of targets: a target that several aliases lead to has only one.
func (c *checker) overloads() {
	first := map[string]*Overload{}
	from := map[string]string{}
	for i := range c.doc.Models {
		m := &c.doc.Models[i]
		for j := range m.Targets {
			t := &m.Targets[j]
			if t.Overload == nil {
				continue
			}
			name, path := t.Provider+"/"+or(t.Model, m.Alias), fmt.Sprintf("models[%d].targets[%d].overload", i, j)
			c.overload(path, t.Overload)
			if old := first[name]; old != nil {
				if !reflect.DeepEqual(old, t.Overload) {
					c.fail(path, "say it once", "is not what %s says of %s: it is one target, whichever alias leads there", from[name], name)
				}
				continue
			}
			first[name], from[name] = t.Overload, path
			c.bounds(path, c.doc.Of(t.Provider, or(t.Model, m.Alias)))
		}
	}
}

// bounds checks a bound together with the values that it inherits from the document.
func (c *checker) bounds(path string, o *Overload) {
	if o == nil {
		return
	}
	if o.Adaptive != nil && !*o.Adaptive && o.MaxConcurrency == 0 {
		c.fail(path+".max_concurrency", "say how many requests a target takes, or leave adaptive out", "is missing: a bound that is not adaptive is max_concurrency")
	}
	if o.MaxConcurrency > 0 && o.MinConcurrency > o.MaxConcurrency {
		c.fail(path+".min_concurrency", "", "is %d, above max_concurrency, %d", o.MinConcurrency, o.MaxConcurrency)
	}
}
