package anthropic

import (
	"asbru/core"
	"asbru/core/scan"
)

// system appends the system prompt from another family's turns: a string if it is one text, otherwise a block
// for each.
func (w *writer) system() {
	c := w.c
	n, only := 0, 0
	ask := c.Format == core.FormatJSON || c.Format == core.FormatSchema && w.quirk(core.QuirkNoSchema)
	for _, t := range c.Turns {
		if t.Role != core.System && t.Role != core.Developer {
			continue
		}
		for i := t.From; i < t.To; i++ {
			if p := &c.Parts[i]; !blank(p.Text) || p.Kind != core.PartText {
				n, only = n+1, int(i)
			}
		}
	}
	if n == 0 && !ask {
		return
	}
	w.b = append(w.b, `,"system":`...)
	if n == 1 && !ask && c.Parts[only].Cache == nil && c.Parts[only].Kind == core.PartText {
		w.b = scan.AppendQuoted(w.b, c.Parts[only].Text)
		return
	}
	w.b = append(w.b, '[')
	w.more, w.inner = false, true
	over := w.over
	w.over = w.atop
	for i := range c.Turns {
		if t := &c.Turns[i]; t.Role == core.System || t.Role == core.Developer {
			w.systemParts(t)
		}
	}
	w.atop, w.over = w.over, over
	if ask {
		w.askJSON()
	}
	w.b = append(w.b, ']')
}

func (w *writer) systemParts(t *core.Turn) {
	for i := int(t.From); i < int(t.To); i++ {
		if k := w.c.Parts[i].Kind; k != core.PartText && k != core.PartRefusal {
			w.fault = w.lacks("messages", "takes text alone in system prompts", "put it into a user message")
		}
	}
	w.parts(t)
}

// askJSON appends a sentence that asks for a JSON object.
func (w *writer) askJSON() {
	w.comma()
	w.b = append(w.b, `{"type":"text","text":"Answer with one JSON object only`...)
	if w.c.Format == core.FormatSchema {
		w.b = append(w.b, `, which this JSON Schema describes:\n`...)
		w.b = scan.AppendEscaped(w.b, w.c.Schema)
	} else {
		w.b = append(w.b, '.')
	}
	w.b = append(w.b, `"}`...)
}
