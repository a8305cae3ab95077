package anthropic

import (
	"asbru/core"
	"asbru/core/scan"
)

// countMarks counts the cache marks that must be left out: first those of the first messages, because the
// last mark covers everything before it, then those of tools and system.
func (w *writer) countMarks() {
	c := w.c
	top, said := 0, 0
	for i := range c.Tools {
		if c.Tools[i].Cache != nil {
			top++
		}
	}
	for _, t := range c.Turns {
		n := 0
		for i := range c.Parts[t.From:t.To] {
			if c.Parts[int(t.From)+i].Cache != nil {
				n++
			}
		}
		if t.Role == core.System || t.Role == core.Developer {
			top += n
		} else {
			said += n
		}
	}
	w.over = min(max(top+said-maxMarks, 0), said)
	w.atop = max(top-maxMarks, 0)
}

// ownSystem writes the system prompt of a request of this family again.
func (w *writer) ownSystem() {
	c := w.c
	if len(c.Turns) == 0 || c.Turns[0].Shape&turnTop == 0 {
		return
	}
	w.b = append(w.b, `,"system":`...)
	w.ownContent(&c.Turns[0])
	if c.Turns[0].Shape&turnString == 0 {
		w.b = append(w.b, ']')
	}
}

// ownContent appends the content of a turn, without the closing bracket of a list.
func (w *writer) ownContent(t *core.Turn) {
	if t.Shape&turnString != 0 && t.To == t.From+1 {
		w.b = scan.AppendQuoted(w.b, w.c.Parts[t.From].Text)
		return
	}
	w.b = append(w.b, '[')
	w.more, w.inner = false, true
	w.parts(t)
}

// ownMessages writes the messages of a request of this family again.
func (w *writer) ownMessages() {
	c := w.c
	w.b = append(w.b, `,"messages":[`...)
	n := 0
	for i := 0; i < len(c.Turns); i++ {
		t := &c.Turns[i]
		if t.Shape&turnTop != 0 {
			continue
		}
		if n++; n > 1 {
			w.b = append(w.b, ',')
		}
		role := "user"
		switch t.Role {
		case core.Assistant:
			role = "assistant"
		case core.System, core.Developer:
			role = "system"
		}
		w.b = append(append(append(w.b, `{"role":"`...), role...), `","content":`...)
		w.ownContent(t)
		for ; i+1 < len(c.Turns) && c.Turns[i+1].Shape&turnJoined != 0; i++ {
			w.parts(&c.Turns[i+1])
		}
		if t.Shape&turnString == 0 || t.To != t.From+1 {
			w.b = append(w.b, ']')
		}
		w.extras(t.More, "")
		w.b = append(w.b, '}')
	}
	w.b = append(w.b, ']')
}

// messages appends the turns of another family, consecutive ones of one side as one message.
func (w *writer) messages() {
	c := w.c
	w.b = append(w.b, `,"messages":[`...)
	w.inner = false
	for i := 0; i < len(c.Turns); {
		role := c.Turns[i].Role
		if role == core.Assistant {
			w.want = theModel
			w.parts(&c.Turns[i])
			i++
			continue
		}
		// Everything up to the model's next turn is one message of the user, with results first.
		w.want = theUser
		end := i
		for ; end < len(c.Turns) && c.Turns[end].Role != core.Assistant; end++ {
			w.spoken(&c.Turns[end], true)
		}
		for ; i < end; i++ {
			w.spoken(&c.Turns[i], false)
			if c.Turns[i].Name != nil {
				c.Drop("name")
			}
		}
	}
	if w.side == nobody {
		w.want = theUser
		w.open()
		w.b = append(w.b, dot...)
	}
	w.b = append(w.b, `]}]`...)
}

// dot is the text for a message of the user that this format requires but the conversation lacks.
const dot = `{"type":"text","text":"."}`

// open ends the message that is open, if any, and begins one of the side of the next block.
func (w *writer) open() {
	if w.side == nobody && w.want == theModel {
		w.b = append(append(append(w.b, `{"role":"user","content":[`...), dot...), `]},`...)
	} else if w.side != nobody {
		w.b = append(w.b, `]},`...)
	}
	w.side, w.more = w.want, false
	if w.want == theModel {
		w.b = append(w.b, `{"role":"assistant","content":[`...)
	} else {
		w.b = append(w.b, `{"role":"user","content":[`...)
	}
}

// comma goes before every block.
func (w *writer) comma() {
	if !w.inner && w.side != w.want {
		w.open()
	}
	if w.more {
		w.b = append(w.b, ',')
	}
	w.more = true
}

// parts appends the blocks of a turn.
func (w *writer) parts(t *core.Turn) {
	for i := int(t.From); i < int(t.To); i += 1 + int(w.c.Parts[i].Inner) {
		w.part(i)
	}
}

// spoken appends the results of tools in a turn of the user's side, or everything except them.
func (w *writer) spoken(t *core.Turn, results bool) {
	if t.Role != core.User && t.Role != core.ToolRole {
		return
	}
	for i := int(t.From); i < int(t.To); i += 1 + int(w.c.Parts[i].Inner) {
		if (w.c.Parts[i].Kind == core.PartResult) == results {
			w.part(i)
		}
	}
}
