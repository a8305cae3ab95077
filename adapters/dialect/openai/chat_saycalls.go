package openai

import (
	"asbru/core"
	"asbru/core/scan"
)

// saysCalls reads the tool_calls of a chunk.
func saysCalls(ev []core.Event, x *core.Crossing, choice int32, raw []byte) ([]core.Event, error) {
	w := scan.Elements(raw)
	for {
		_, value, ok := w.Next()
		if !ok {
			return ev, nil
		}
		var err error
		if ev, err = saysCall(ev, x, choice, value); err != nil {
			return ev, err
		}
	}
}

// An entry is one of the tool_calls of a chunk.
type entry struct {
	key         int64 // its number; keyNone: it has none
	id, name    core.Text
	args, extra []byte
}

func (c *entry) read(raw []byte) {
	c.key = keyNone
	w := scan.Members(raw)
	for {
		k, value, ok := w.Next()
		if !ok {
			return
		}
		switch string(k) {
		case "index":
			if n, ok := scan.Whole(value); ok && n >= 0 {
				c.key = n
			}
		case "id":
			c.id = quoted(value)
		case "function":
			c.name, c.args = functionOf(value)
		case "extra_content":
			c.extra = value
		}
	}
}

// saysCall reads one entry of tool_calls: the beginning of a call, more of its arguments,
// or all of it.
func saysCall(ev []core.Event, x *core.Crossing, choice int32, raw []byte) ([]core.Event, error) {
	var c entry
	c.read(raw)
	i := callOf(x, choice, &c)
	if i < 0 {
		var err error
		if i, err = add(x, choice, core.PartCall, nextKey(x, choice, c.key)); err != nil {
			return ev, err
		}
	}
	b := &x.Blocks[i]
	if len(b.ID) == 0 {
		b.ID = append(b.ID, c.id...)
	}
	if len(b.Name) == 0 {
		b.Name = append(b.Name, c.name...)
	}
	if !b.Opened && len(b.ID) == 0 && len(b.Name) > 0 {
		b.ID = appendCallID(b.ID, x, int64(i))
	}
	if sign := googleSign(c.extra); sign != nil {
		ev = signBlock(ev, x, i, core.Google, sign)
	}
	if len(c.args) == 0 || c.args[0] == 'n' {
		return tryOpen(ev, x, i), nil
	}
	text := quoted(c.args)
	if text == nil { // the object itself
		x.R.Buf = scan.AppendEscaped(x.R.Buf[:0], c.args)
		text = x.R.Buf
	}
	return deliver(ev, x, i, text)
}

// saysFunction reads the function_call of a chunk. A choice has at most one.
func saysFunction(ev []core.Event, x *core.Crossing, choice int32, raw []byte) ([]core.Event, error) {
	name, args := functionOf(raw)
	if len(name) == 0 && len(quoted(args)) == 0 {
		return ev, nil
	}
	i := callOf(x, choice, &entry{})
	if i < 0 {
		var err error
		if i, err = add(x, choice, core.PartCall, 0); err != nil {
			return ev, err
		}
	}
	if b := &x.Blocks[i]; len(b.Name) == 0 && len(name) > 0 {
		b.Name = append(b.Name, name...)
		b.ID = append(append(b.ID[:0], "call_"...), name...)
	}
	return deliver(ev, x, i, quoted(args))
}

// functionOf reads {name, arguments}.
func functionOf(raw []byte) (name core.Text, args []byte) {
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			return name, args
		}
		switch string(key) {
		case "name":
			name = quoted(value)
		case "arguments":
			args = value
		}
	}
}

// callOf returns the block of the call that an entry continues, or -1 if it begins one. An entry without a
// number begins one if it has a new id. So does one with the number of a call with another id, because some
// servers number every call 0.
func callOf(x *core.Crossing, choice int32, c *entry) int32 {
	for i := int32(len(x.Blocks)) - 1; i >= 0; i-- {
		b := &x.Blocks[i]
		if b.Kind != core.PartCall || b.Choice != choice || c.key >= 0 && b.Key != c.key {
			continue
		}
		if len(c.id) > 0 && len(b.ID) > 0 && string(c.id) != string(b.ID) && len(c.name) > 0 {
			return -1
		}
		if c.key < 0 && len(c.id) == 0 && len(c.name) > 0 && complete(b) {
			return -1
		}
		return i
	}
	return -1
}

// nextKey returns a number for a call without one.
func nextKey(x *core.Crossing, choice int32, key int64) int64 {
	if key >= 0 {
		return key
	}
	for i := range x.Blocks {
		if b := &x.Blocks[i]; b.Kind == core.PartCall && b.Choice == choice {
			key = max(key, b.Key)
		}
	}
	return key + 1
}

// appendCallID appends an id for the n-th block, for which the provider sent none.
func appendCallID(dst []byte, x *core.Crossing, n int64) []byte {
	const digits = "0123456789abcdef"
	dst = append(dst, "call_"...)
	for _, b := range x.Request[:8] {
		dst = append(dst, digits[b>>4], digits[b&15])
	}
	return scan.AppendInt(dst, n)
}
