package route

import "asbru/core"

// A chooser finds the keys of one target that serve a model.
type chooser struct {
	open  bool              // the target takes no credential
	live  *live             // of an open target; nil: no Book has prepared it
	fixed *wheel            // for the model that the target names; nil: none
	rest  *wheel            // for models that no key names; nil: none
	by    map[string]*wheel // for models that some key names; a nil wheel: none
}

// chooser returns the chooser of t; for a target that no Book has prepared, one without keys.
func (b *Book) chooser(t *core.Target) *chooser {
	if c := b.choosers[t]; c != nil {
		return c
	}
	return &barren
}

// barren is the chooser of a target that no Book has prepared. It is never written to.
var barren chooser

func newChooser(t *core.Target, of func(*core.ProviderKey) *live) *chooser {
	c := &chooser{open: len(t.Keys) == 0, live: of(nil)}
	var rest []*core.ProviderKey
	names := map[string]bool{}
	for _, k := range t.Keys {
		if k.Models == nil {
			rest = append(rest, k)
		}
		for m := range k.Models {
			names[m] = true
		}
	}
	c.rest = newWheel(rest, of)
	c.by = make(map[string]*wheel, len(names))
	for m := range names {
		var keys []*core.ProviderKey
		for _, k := range t.Keys {
			if k.Models == nil || k.Models[m] {
				keys = append(keys, k)
			}
		}
		c.by[m] = newWheel(keys, of)
	}
	c.fixed = c.wheel([]byte(t.Model))
	return c
}

// wheel returns the keys that serve model, nil when there are none.
func (c *chooser) wheel(model []byte) *wheel {
	if w, ok := c.by[string(model)]; ok {
		return w
	}
	return c.rest
}
