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
	open bool              // the target takes no credential
	rest *wheel            // for models that no key names; nil: none
	by   map[string]*wheel // for models that some key names; a nil wheel: none
}

// A modelName is a name from the configuration or from a request. Both are
// kept as they are so that looking one up does not allocate.
type modelName struct {
	fixed string
	asked []byte
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
	if len(named) == 0 {
		return c
	}
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
	return c
}

// wheel returns the keys that serve m, nil when there are none.
func (c *chooser) wheel(m modelName) *wheel {
	if c.by == nil {
		return c.rest
	}
	w, ok := c.by[m.fixed]
	if m.fixed == "" {
		w, ok = c.by[string(m.asked)]
	}
	if ok {
		return w
	}
	return c.rest
}
