package cache

import (
	"slices"

	"asbru/cache/canon"
	"asbru/core"
)

// A Share says what two questions may differ in and still be one. The zero Share is nothing.
type Share struct {
	Instructions bool // what system and developer say
	Model        bool // the model that is to answer
	Provider     bool // who serves it
}

// targets writes down who is asked, as far as that tells questions apart.
func (h Share) targets(w *canon.Writer, x *core.Exchange, all []*core.Target) {
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
			continue // the same model at several providers, or several models of one
		}
		last = name
		w.Word(tagTarget, name)
		if t.Model == "" && !h.Model {
			w.Field(tagName, x.Name)
		}
	}
}

// trim takes out of a conversation what does not tell it from others, and judges its length.
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
