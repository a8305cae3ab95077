package canon

import (
	"asbru/core"
	"asbru/core/scan"
)

// Chat adds the conversation c to the form. The model and the provider are not part of it: the
// caller adds them.
//
// Left out are Model, Stream, Usage, User, Tier, CacheKey, Metadata, Dropped,
// every Cache mark, every Shape and the trees' own links: no answer depends on them.
// Store is left out except where the Responses API is told not to store: nobody can continue from such an
// answer, and others who ask the same may want to.
// Previous is left out too: a conversation that refers to state held by a provider has no
// canonical form; see Whole.
func (w *Writer) Chat(c *core.Chat) {
	w.b = append(w.b, Version)
	w.tied = len(c.Betas) > 0 || c.Needs != nil
	w.flag(tagContinues, c.Op == core.OpCompletion) // a text that is to be continued is no turn to be answered
	w.flag(tagForgotten, c.Op == core.OpResponses && c.Store == core.No)
	w.seen = append(w.seen[:0], make([]bool, c.Extras())...)
	w.turns(c)
	for i := range c.Tools {
		w.tool(c, &c.Tools[i])
	}
	w.choice(c)
	w.format(c)
	w.thinking(c)
	w.sampling(c)
	w.text(tagNeeds, c.Needs)
	w.value(tagBetas, c.Betas, false)
	w.extras(&c.Tree, c.More, true)
	w.hidden(c)
	if w.tied && c.From != nil {
		w.Word(Tag(tagFrom), c.From.Name)
		w.small(tagFrom, int64(c.Op)+1)
	}
}

// Whole reports whether the form holds everything that the answer depends on. It does not for a
// conversation that continues from state held by the provider.
func Whole(c *core.Chat) bool { return c.Previous == nil }

// turns writes the turns. Depending on the format, results of tools arrive in one turn or in
// several; they are written as one.
func (w *Writer) turns(c *core.Chat) {
	at := -1
	var last core.Role
	for i := range c.Turns {
		t := &c.Turns[i]
		role := t.Role
		if role == core.Developer {
			role = core.System
		}
		if role == core.User && t.From < t.To && results(c, t) {
			role = core.ToolRole
		}
		if at < 0 || role != core.ToolRole || last != core.ToolRole {
			if at >= 0 {
				w.shut(at)
			}
			at = w.open(tagTurn)
			w.small(tagRole, int64(role))
		}
		last = role
		w.text(tagName, t.Name)
		for p := t.From; p < t.To; p++ {
			w.part(c, &c.Parts[p])
		}
		w.extras(&c.Tree, t.More, false)
	}
	if at >= 0 {
		w.shut(at)
	}
}

// results reports whether a turn holds only results of calls.
func results(c *core.Chat, t *core.Turn) bool {
	for p := t.From; p < t.To; p += 1 + c.Parts[p].Inner {
		if c.Parts[p].Kind != core.PartResult {
			return false
		}
	}
	return true
}

func (w *Writer) part(c *core.Chat, p *core.Part) {
	if p.Kind == core.PartText && p.Cites == 0 && p.Raw == nil && !w.keeps(&c.Tree, p.More) {
		w.says(p.Text) // the common case
		return
	}
	at := w.open(tagPart)
	w.b = append(w.b, byte(p.Kind))
	w.small(tagInner, int64(p.Inner))
	w.flag(tagFails, p.Fails)
	w.says(p.Text)
	w.text(tagID, p.ID)
	w.text(tagName, p.Name)
	w.args(p)
	w.text(tagMedia, p.Media)
	w.text(tagData, p.Data)
	w.text(tagURL, p.URL)
	w.text(tagFile, p.File)
	w.text(tagHint, p.Hint)
	w.text(tagSign, p.Sign)
	w.small(tagVendor, int64(p.Vendor))
	w.tied = w.tied || p.Kind == core.PartOther
	w.text(tagType, p.Type)
	w.value(tagRaw, p.Raw, false)
	for n := p.Cites; n != 0; {
		var cite core.Cite
		cite, n = c.Cited(n)
		w.cite(&cite)
	}
	w.extras(&c.Tree, p.More, false)
	w.shut(at)
}

// args writes the arguments of a call, which some formats wrap in a string.
func (w *Writer) args(p *core.Part) {
	if p.Args == nil {
		return
	}
	if !p.Wraps {
		w.value(tagArgs, p.Args, true)
		return
	}
	plain, ok := appendPlain(w.room[:0], p.Args)
	w.room = plain
	if ok && scan.Valid(plain) == nil {
		w.value(tagArgs, plain, true)
	} else {
		w.bytes(tagArgs|odd, p.Args)
	}
}

func (w *Writer) cite(c *core.Cite) {
	at := w.open(tagCite)
	w.small(tagStart, c.Start)
	w.small(tagEnd, c.End)
	w.text(tagURL, c.URL)
	w.text(tagName, c.Title)
	w.text(tagText, c.Quote)
	w.small(tagSource, int64(c.Source))
	w.small(tagFrom, c.From)
	w.small(tagTo, c.To)
	w.small(tagUnit, int64(c.Unit))
	w.value(tagRaw, c.Raw, false)
	w.shut(at)
}

func (w *Writer) tool(c *core.Chat, t *core.Tool) {
	at := w.open(tagTool)
	w.text(tagName, t.Name)
	w.text(tagNote, t.Note)
	w.value(tagSchema, t.Schema, true)
	w.small(tagStrict, int64(t.Strict))
	w.tied = w.tied || t.Type != nil
	w.text(tagType, t.Type)
	w.value(tagRaw, t.Raw, false)
	w.extras(&c.Tree, t.More, false)
	w.shut(at)
}
