package route

import "asbru/core"

// A Book holds the key choosers of a Snapshot's targets, so that every Route
// that names a target draws from the same turn. It is immutable once built.
type Book struct {
	choosers map[*core.Target]*chooser
}

// NewBook prepares the keys of targets. Keys of weight 0 are left out.
func NewBook(targets []*core.Target) *Book {
	b := &Book{choosers: make(map[*core.Target]*chooser, len(targets))}
	for _, t := range targets {
		b.choosers[t] = newChooser(t)
	}
	return b
}

// chooser returns the chooser of t; a target nobody prepared has no keys to give.
func (b *Book) chooser(t *core.Target) *chooser {
	if c := b.choosers[t]; c != nil {
		return c
	}
	return &barren
}

// barren is the chooser of a target that no Book knows. It is never written.
var barren chooser

// A chooser finds the keys of one target that serve a model.
type chooser struct {
	open  bool              // the target takes no credential
	fixed *wheel            // for the model that the target names; nil: none
	rest  *wheel            // for models that no key names; nil: none
	by    map[string]*wheel // for models that some key names; a nil wheel: none
}

func newChooser(t *core.Target) *chooser {
	c := &chooser{open: len(t.Keys) == 0}
	var rest []*core.ProviderKey
	named := map[string]bool{}
	for _, k := range t.Keys {
		if k.Models == nil {
			rest = append(rest, k)
		}
		for m := range k.Models {
			named[m] = true
		}
	}
	c.rest = newWheel(rest)
	c.by = make(map[string]*wheel, len(named))
	for m := range named {
		var keys []*core.ProviderKey
		for _, k := range t.Keys {
			if k.Models == nil || k.Models[m] {
				keys = append(keys, k)
			}
		}
		c.by[m] = newWheel(keys)
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
