package openai

import (
	"errors"

	"asbru/core"
	"asbru/core/scan"
)

var (
	errLate = errors.New("cannot read event: a tool call goes on behind its end")
	errHeld = errors.New("cannot read event: too much of the answer waits for a tool call to end")
	errMany = errors.New("cannot read event: the answer has too many parts")
)

// Values of Block.Key other than the provider's number of a call.
const (
	keyNone = -1
	keyLast = -2 // opened when the choice ends: audio, which arrives together with its transcript
)

// openBlock returns the open block of choice, or -1.
func openBlock(x *core.Crossing, choice int32) int32 {
	if i := x.R.Block; i >= 0 && x.Blocks[i].Choice == choice && x.Blocks[i].Opened && !x.Blocks[i].Closed {
		return i
	}
	for i := int32(len(x.Blocks)) - 1; i >= 0; i-- {
		if b := &x.Blocks[i]; b.Choice == choice && b.Opened && !b.Closed {
			x.R.Block = i
			return i
		}
	}
	return -1
}

// lastWaiting and firstWaiting return the last and first block of choice that is not open yet, or -1.
func lastWaiting(x *core.Crossing, choice int32) int32 {
	for i := int32(len(x.Blocks)) - 1; i >= 0; i-- {
		if b := &x.Blocks[i]; b.Choice == choice && b.Key != keyLast {
			if b.Opened {
				return -1
			}
			return i
		}
	}
	return -1
}

func firstWaiting(x *core.Crossing, choice int32) int32 {
	i := lastWaiting(x, choice)
	for j := i - 1; j >= 0; j-- {
		if b := &x.Blocks[j]; b.Choice == choice && b.Key != keyLast {
			if b.Opened {
				break
			}
			i = j
		}
	}
	return i
}

// complete reports whether b may be closed: a call, when its arguments are complete. No arguments at all
// are not complete, because some providers send the name of a call first.
func complete(b *core.Block) bool {
	return b.Kind != core.PartCall || len(b.Type) > 0 && b.Depth <= 0 && !b.Quoted
}

// follow scans more of a call's arguments, the inside of a string that contains JSON, to find their end.
// It records in Type that they have begun.
func follow(b *core.Block, text core.Text) {
	for i := 0; i < len(text); {
		c := text[i]
		i++
		if c == '\\' && i < len(text) {
			switch c = text[i]; c {
			case '"', '\\', '/':
				i++
			case 'u':
				c = escapedByte(text[i:])
				i += 5
			default:
				c = ' '
				i++
			}
		}
		switch {
		case b.Escape:
			b.Escape = false
		case b.Quoted:
			b.Escape, b.Quoted = c == '\\', c != '"'
		case c == '"':
			b.Quoted = true
		case c == '{' || c == '[':
			if b.Depth++; len(b.Type) == 0 {
				b.Type = append(b.Type, c)
			}
		case c == '}' || c == ']':
			b.Depth--
		}
	}
}

// escapedByte returns the character of an escape uXXXX if it is ASCII, else one without a meaning in JSON.
func escapedByte(b []byte) byte {
	var one [4]byte
	if len(b) < 5 {
		return ' '
	}
	var esc [6]byte
	esc[0] = '\\'
	copy(esc[1:], b[:5])
	if got := scan.AppendUnescaped(one[:0], esc[:]); len(got) == 1 {
		return got[0]
	}
	return ' '
}

// add adds a block to choice and returns its index.
func add(x *core.Crossing, choice int32, kind core.PartKind, key int64) (int32, error) {
	if len(x.Blocks) == maxBlocks {
		return -1, errMany
	}
	return x.Add(kind, choice, key), nil
}

// says adds text to the current block of choice if that is of kind, otherwise to a new one.
func says(ev []core.Event, x *core.Crossing, choice int32, kind core.PartKind, text core.Text) ([]core.Event, error) {
	i := lastWaiting(x, choice)
	if i < 0 {
		i = openBlock(x, choice)
	}
	if i < 0 || x.Blocks[i].Kind != kind {
		var err error
		if i, err = add(x, choice, kind, keyNone); err != nil {
			return ev, err
		}
	}
	return deliver(ev, x, i, text)
}

// deliver adds text to block i: at once if the block is or can be open, otherwise when those before it are
// complete.
func deliver(ev []core.Event, x *core.Crossing, i int32, text core.Text) ([]core.Event, error) {
	b := &x.Blocks[i]
	if b.Closed {
		if len(trim(text)) == 0 {
			return ev, nil
		}
		return ev, errLate
	}
	ev = tryOpen(ev, x, i)
	if b.Kind == core.PartCall {
		follow(b, text)
	}
	if !b.Opened {
		if x.R.Seq += int64(len(text)); x.R.Seq > maxHeld {
			return ev, errHeld
		}
		b.Held = append(b.Held, text...)
		return ev, nil
	}
	if len(text) > 0 {
		ev = append(ev, core.Event{Kind: core.EventDelta, Choice: b.Choice, Block: i, Text: text})
	}
	return release(ev, x, b.Choice), nil
}

// tryOpen opens block i if no block before it is open or waiting.
func tryOpen(ev []core.Event, x *core.Crossing, i int32) []core.Event {
	b := &x.Blocks[i]
	if b.Opened || b.Key == keyLast || b.Kind == core.PartCall && len(b.Name) == 0 || firstWaiting(x, b.Choice) != i {
		return ev
	}
	if open := openBlock(x, b.Choice); open >= 0 {
		if !complete(&x.Blocks[open]) {
			return ev
		}
		ev = closeBlock(ev, x, open)
	}
	return open(ev, x, i)
}

// open opens block i and delivers what waits in it.
func open(ev []core.Event, x *core.Crossing, i int32) []core.Event {
	b := &x.Blocks[i]
	b.Opened = true
	x.R.Block = i
	ev = append(ev, core.Event{Kind: core.EventOpen, Choice: b.Choice, Block: i})
	if len(b.Sign) > 0 {
		ev = append(ev, core.Event{Kind: core.EventSign, Choice: b.Choice, Block: i})
	}
	if len(b.Held) > 0 {
		ev = append(ev, core.Event{Kind: core.EventDelta, Choice: b.Choice, Block: i, Text: b.Held})
	}
	return ev
}

func closeBlock(ev []core.Event, x *core.Crossing, i int32) []core.Event {
	b := &x.Blocks[i]
	b.Closed = true
	return append(ev, core.Event{Kind: core.EventClose, Choice: b.Choice, Block: i})
}

// release opens waiting blocks, as far as those before them are complete.
func release(ev []core.Event, x *core.Crossing, choice int32) []core.Event {
	for {
		i := firstWaiting(x, choice)
		if i < 0 {
			return ev
		}
		if ev = tryOpen(ev, x, i); !x.Blocks[i].Opened {
			return ev
		}
	}
}

// finishChoice ends choice, after delivering what waits in it. If it has calls, the finish is that for
// calls, since providers finish a forced call with stop.
func finishChoice(ev []core.Event, x *core.Crossing, choice int32, f core.Finish, native core.Text) []core.Event {
	if i := openBlock(x, choice); i >= 0 {
		ev = closeBlock(ev, x, i)
	}
	calls := false
	for i := range x.Blocks {
		b := &x.Blocks[i]
		if b.Choice != choice {
			continue
		}
		if b.Kind == core.PartCall && len(b.Name) == 0 && len(b.Held) == 0 {
			continue // an empty entry
		}
		calls = calls || b.Kind == core.PartCall
		if !b.Opened {
			if b.Kind == core.PartCall && len(b.ID) == 0 {
				b.ID = appendCallID(b.ID, x, int64(i))
			}
			ev = closeBlock(open(ev, x, int32(i)), x, int32(i))
		}
	}
	switch {
	case calls && (f == core.FinishStop || f == core.FinishUnsaid):
		f = core.FinishCalls
	case f == core.FinishUnsaid:
		f = core.FinishStop
	}
	x.R.Aux[choice] |= choiceFinished
	x.Finished = true
	return append(ev, core.Event{Kind: core.EventFinish, Choice: choice, Finish: f, Native: native})
}
