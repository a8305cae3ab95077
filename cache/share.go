package cache

import (
	"slices"

	"asbru/cache/canon"
	"asbru/core"
)

// A Share says in what two equal questions may differ. The zero Share allows no difference.
type Share struct {
	Instructions bool // the turns of system and developer
	Model        bool // the model asked for
	Provider     bool // the provider that serves it
}

// targets writes who is asked, as far as that distinguishes questions. asked is the name sent to targets that have none.
func (h Share) targets(w *canon.Writer, asked []byte, all []*core.Target) {
	if h.Model && h.Provider {
		return
	}
	last := ""
	for _, t := range all {
		name := t.Name
		switch {
		case h.Model:
			name = t.Provider
		case h.Provider && t.Model != "":
			name = "/" + t.Model
		case h.Provider:
			name = "/"
		}
		if (h.Model || h.Provider) && name == last {
			continue // one model at several providers, or several models of one
		}
		last = name
		w.Word(tagTarget, name)
		if t.Model == "" && !h.Model {
			w.Field(tagName, asked)
		}
	}
}

// trim removes what does not distinguish conversations, and judges the length.
func (o *Options) trim(c *core.Chat) Why {
	if o.History == 0 && !o.Share.Instructions {
		return Cached
	}
	said := 0
	for i := range c.Turns {
		if !instructs(&c.Turns[i]) {
			said++
		}
	}
	if o.History > 0 && said > o.History {
		return TooLong
	}
	if o.Share.Instructions {
		c.Turns = slices.DeleteFunc(c.Turns, func(t core.Turn) bool { return instructs(&t) })
	}
	return Cached
}

func instructs(t *core.Turn) bool { return t.Role == core.System || t.Role == core.Developer }
