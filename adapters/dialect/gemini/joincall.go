package gemini

import (
	"bytes"
	"slices"

	"asbru/core"
	"asbru/core/scan"
)

// joinCalls makes one call of the pieces in which a stream told it (see partial.go), where a client sends them back
// as they came: in one content, or each in its own.
func joinCalls(c *core.Chat) {
	j := joiner{Chat: c, at: -1}
	gone := make([]bool, len(c.Parts))
	for _, turn := range c.Turns {
		if turn.Role != core.Assistant {
			j.end()
			continue
		}
		for i := turn.From; i < turn.To; i += 1 + c.Parts[i].Inner {
			gone[i] = j.joins(i)
		}
	}
	j.end()
	leaveOut(c, gone)
}

// A joiner goes through the parts of the turns of a model, in order.
type joiner struct {
	*core.Chat
	at   int32 // the part with the call whose pieces come; -1: none do
	args []byte
	argued
}

// joins reports whether the part at i has become a part of the call before it.
func (j *joiner) joins(i int32) bool {
	p := &j.Parts[i]
	if p.Kind == core.PartText && len(p.Text) == 0 {
		return false // it says nothing, as at the end of some streams
	}
	if p.Kind != core.PartCall {
		j.end()
		return false
	}
	e, _ := j.Extra(p.More)
	_, raw := member(e.Value, kFunctionCall)
	var call functionCall
	call.read(raw)
	if j.at >= 0 && (len(call.name) == 0 || len(call.id) > 0 && bytes.Equal(call.id, j.Parts[j.at].ID)) {
		if first := &j.Parts[j.at]; len(first.Sign) == 0 {
			first.Sign, first.Vendor = p.Sign, p.Vendor // any piece may have it
		}
		j.add(&call)
		return true
	}
	j.end()
	if !call.streamed() {
		return len(call.name) == 0 && call.args == nil // the end of a call that has ended
	}
	j.at = i
	j.add(&call)
	return false
}

func (j *joiner) add(call *functionCall) {
	w := scan.Elements(call.partial)
	for _, arg, ok := w.Next(); ok; _, arg, ok = w.Next() {
		j.args = j.append(j.args, arg)
	}
	if !call.more {
		j.end()
	}
}

// end makes the call whole, if pieces of one have come.
func (j *joiner) end() {
	if j.at < 0 {
		return
	}
	p := &j.Parts[j.at]
	p.Args = j.Took(append(j.Room(), j.argued.end(j.args)...))
	p.More = 0 // the object that it was read from is a piece
	j.at, j.args, j.argued = -1, j.args[:0], argued{}
}

// leaveOut takes parts out of a conversation, and the turns that have no others.
func leaveOut(c *core.Chat, gone []bool) {
	before := make([]int32, len(gone)+1) // how many are left out before each
	for i := range gone {
		before[i+1] = before[i]
		if gone[i] {
			before[i+1]++
		} else {
			c.Parts[int32(i)-before[i]] = c.Parts[i]
		}
	}
	c.Parts = c.Parts[:len(gone)-int(before[len(gone)])]
	c.Turns = slices.DeleteFunc(c.Turns, func(t core.Turn) bool {
		return t.To > t.From && before[t.To]-before[t.From] == t.To-t.From
	})
	for i := range c.Turns {
		t := &c.Turns[i]
		t.From, t.To = t.From-before[t.From], t.To-before[t.To]
	}
}
