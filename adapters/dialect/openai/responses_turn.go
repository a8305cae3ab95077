package openai

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// items reads the elements of input into turns.
func (a *ask) items(raw []byte) *core.Fault {
	turn := -1 // the turn that the next item may join
	w := scan.Elements(raw)
	for {
		_, value, more := w.Next()
		if !more {
			a.settle(turn)
			return nil
		}
		if value[0] != '{' {
			return body.Invalid("input", "cannot read input: each item must be an object", "")
		}
		it := readItem(&a.Tree, value)
		kind := it.kind()
		if kind == isMessage {
			var f *core.Fault
			if turn, f = a.message(&it, turn); f != nil {
				return f
			}
			continue
		}
		role := core.Assistant
		if kind == isResult || kind == isOther && answers(it.raw[itemType]) {
			role = core.ToolRole
		}
		turn = a.join(turn, role)
		from := len(a.Parts)
		switch kind {
		case isCall:
			it.call()
		case isResult:
			it.result()
		case isThought:
			it.thought()
		default:
			it.other()
		}
		a.grew(turn, from)
	}
}

// answers reports whether items of this type come from the client, such as the output of a tool.
func answers(kind []byte) bool {
	const a, b = `_output"`, `_response"`
	n := len(kind)
	return n > len(a) && string(kind[n-len(a):]) == a || n > len(b) && string(kind[n-len(b):]) == b
}

// join returns turn if it has that role, else a new one.
func (a *ask) join(turn int, role core.Role) int {
	if turn >= 0 && a.Turns[turn].Role == role {
		return turn
	}
	a.settle(turn)
	return a.Begin(role)
}

var roles = [...]string{core.User: `"user"`, core.Assistant: `"assistant"`, core.System: `"system"`, core.Developer: `"developer"`}

// message reads a message. One of the assistant joins the turn before it; any other is a turn of its own. It
// returns the turn that the next item may join.
func (a *ask) message(it *item, turn int) (int, *core.Fault) {
	role := -1
	for r, name := range roles {
		if string(it.raw[itemRole]) == name {
			role = r
		}
	}
	if role < 0 {
		return -1, body.Invalid("input", "cannot read input: the role of a message must be user, assistant, system or developer", "")
	}
	content := it.raw[itemContent]
	text, isText := scan.Inside(content)
	list := len(content) > 0 && content[0] == '['
	if isText || list {
		it.keep(itemType, itemRole, itemContent)
	} else {
		it.keep(itemType, itemRole)
	}
	if core.Role(role) == core.Assistant && (isText || elements(content) > 0) {
		turn = a.join(turn, core.Assistant)
		from := len(a.Parts)
		it.said(content)
		a.grew(turn, from)
		return turn, nil
	}
	a.settle(turn)
	turn = a.Begin(core.Role(role))
	t := &a.Turns[turn]
	t.More = it.more
	if it.raw[itemType] != nil {
		t.Shape = turnTyped
	}
	switch {
	case isText:
		t.Shape |= turnString
		a.Add(core.Part{Kind: core.PartText, Text: text})
	case list:
		it.parts(content, false, 0, 0)
	default:
		t.Shape |= turnNoContent
	}
	a.End(turn)
	return -1, nil
}

// grew extends the turn by the parts added from index from on. A signature that came in a thought of its own
// moves to the part after it: Google signs calls and texts, for which there is no field here.
func (a *ask) grew(turn, from int) {
	first := int(a.Turns[turn].From)
	if from > first && from < len(a.Parts) && strays(&a.Parts[from-1]) && signable(&a.Parts[from]) {
		a.Parts[from].Sign, a.Parts[from].Vendor = a.Parts[from-1].Sign, a.Parts[from-1].Vendor
		a.Parts = append(a.Parts[:from-1], a.Parts[from:]...)
	}
	a.End(turn)
}

// settle moves such a signature to the part before it if nothing follows.
func (a *ask) settle(turn int) {
	n := len(a.Parts)
	if turn < 0 || n < 2 || int(a.Turns[turn].From) > n-2 {
		return
	}
	if last, prev := &a.Parts[n-1], &a.Parts[n-2]; strays(last) && signable(prev) && prev.Sign == nil {
		prev.Sign, prev.Vendor = last.Sign, last.Vendor
		a.Parts = a.Parts[:n-1]
		a.End(turn)
	}
}

func strays(p *core.Part) bool   { return p.Kind == core.PartVeiled && p.Vendor == core.Google }
func signable(p *core.Part) bool { return p.Kind == core.PartCall || p.Kind == core.PartText }
