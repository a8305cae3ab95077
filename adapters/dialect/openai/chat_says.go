package openai

import (
	"asbru/core"
	"asbru/core/scan"
)

// saysText adds text, with its logprobs if there are any.
func saysText(ev []core.Event, x *core.Crossing, choice int32, text core.Text, probs []byte) ([]core.Event, error) {
	if len(text) == 0 && probs == nil {
		return ev, nil
	}
	ev, err := says(ev, x, choice, core.PartText, text)
	if err != nil || probs == nil {
		return ev, err
	}
	if n := len(ev) - 1; n >= 0 && ev[n].Kind == core.EventDelta {
		ev[n].Probs = probs
	} else if i := openBlock(x, choice); i >= 0 && x.Blocks[i].Kind == core.PartText {
		ev = append(ev, core.Event{Kind: core.EventDelta, Choice: choice, Block: i, Text: core.Text{}, Probs: probs})
	}
	return ev, nil
}

// saysContent adds content: a string, or Mistral's array of thinking and text.
func saysContent(ev []core.Event, x *core.Crossing, choice int32, raw, probs []byte) ([]core.Event, error) {
	if text := quoted(raw); text != nil {
		return saysText(ev, x, choice, text, probs)
	}
	w := scan.Elements(raw)
	for {
		_, value, ok := w.Next()
		if !ok {
			return ev, nil
		}
		var err error
		if ev, err = saysElement(ev, x, choice, value); err != nil {
			return ev, err
		}
	}
}

func saysElement(ev []core.Event, x *core.Crossing, choice int32, raw []byte) ([]core.Event, error) {
	if text := quoted(raw); text != nil {
		return saysText(ev, x, choice, text, nil)
	}
	var text core.Text
	var thinking []byte
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch string(key) {
		case "text":
			text = quoted(value)
		case "thinking":
			thinking = value
		}
	}
	if len(text) > 0 {
		return saysText(ev, x, choice, text, nil)
	}
	if text := quoted(thinking); len(text) > 0 {
		return says(ev, x, choice, core.PartThought, text)
	}
	list := scan.Elements(thinking)
	for {
		_, value, ok := list.Next()
		if !ok {
			return ev, nil
		}
		if text := memberText(value, "text"); len(text) > 0 {
			var err error
			if ev, err = says(ev, x, choice, core.PartThought, text); err != nil {
				return ev, err
			}
		}
	}
}

// saysDetails adds reasoning_details: thinking, if nothing else says it, and signatures.
func saysDetails(ev []core.Event, x *core.Crossing, choice int32, raw []byte) ([]core.Event, error) {
	w := scan.Elements(raw)
	for {
		_, value, ok := w.Next()
		if !ok {
			return ev, nil
		}
		var text, sign, data core.Text
		d := scan.Members(value)
		for {
			key, v, ok := d.Next()
			if !ok {
				break
			}
			switch string(key) {
			case "text", "summary":
				text = quoted(v)
			case "signature":
				sign = quoted(v)
			case "data":
				data = quoted(v)
			}
		}
		var err error
		if len(text) > 0 && x.R.Aux[choice]&choiceThinks == 0 {
			ev, err = says(ev, x, choice, core.PartThought, text)
		}
		if len(sign) > 0 && err == nil {
			ev, err = signThought(ev, x, choice, sign)
		}
		if len(data) > 0 && err == nil {
			ev, err = veil(ev, x, choice, data, core.Elsewhere)
		}
		if err != nil {
			return ev, err
		}
	}
}

// signThought signs the last thought that has no signature, or one without text.
func signThought(ev []core.Event, x *core.Crossing, choice int32, sign core.Text) ([]core.Event, error) {
	at := lastWaiting(x, choice)
	if at < 0 {
		at = openBlock(x, choice)
	}
	if at < 0 || x.Blocks[at].Kind != core.PartThought || len(x.Blocks[at].Sign) > 0 {
		var err error
		if at, err = add(x, choice, core.PartThought, keyNone); err != nil {
			return ev, err
		}
		return tryOpen(signBlock(ev, x, at, core.Elsewhere, sign), x, at), nil
	}
	return signBlock(ev, x, at, core.Elsewhere, sign), nil
}

// signBlock gives block i its signature, out of a field of own.
func signBlock(ev []core.Event, x *core.Crossing, i int32, own core.Vendor, sign core.Text) []core.Event {
	b := &x.Blocks[i]
	vendor, sign := core.ReadSign(sign, own)
	b.Vendor, b.Sign = vendor, append(b.Sign[:0], sign...)
	if b.Opened && !b.Closed {
		ev = append(ev, core.Event{Kind: core.EventSign, Choice: b.Choice, Block: i})
	}
	return ev
}

// veil adds thinking that only its vendor can read.
func veil(ev []core.Event, x *core.Crossing, choice int32, data core.Text, own core.Vendor) ([]core.Event, error) {
	i, err := add(x, choice, core.PartVeiled, keyNone)
	if err != nil {
		return ev, err
	}
	ev = signBlock(ev, x, i, own, data)
	return tryOpen(ev, x, i), nil
}

// saysSign puts a signature that stands at the message at what is said right then: Gemini
// signs a call, or the text.
func saysSign(ev []core.Event, x *core.Crossing, choice int32, sign core.Text) ([]core.Event, error) {
	at := lastWaiting(x, choice)
	if at < 0 {
		at = openBlock(x, choice)
	}
	if at < 0 || len(x.Blocks[at].Sign) > 0 {
		return veil(ev, x, choice, sign, core.Google)
	}
	return signBlock(ev, x, at, core.Google, sign), nil
}

// saysAudio adds sound, which waits for the end, and what it says, which does not.
func saysAudio(ev []core.Event, x *core.Crossing, choice int32, raw []byte) ([]core.Event, error) {
	at := int32(-1)
	for i := range x.Blocks {
		if b := &x.Blocks[i]; b.Choice == choice && b.Key == keyLast {
			at = int32(i)
		}
	}
	if at < 0 {
		var err error
		if at, err = add(x, choice, core.PartAudio, keyLast); err != nil {
			return ev, err
		}
	}
	b := &x.Blocks[at]
	if id := memberText(raw, "id"); len(id) > 0 {
		b.ID = append(b.ID[:0], id...)
	}
	data := memberText(raw, "data")
	if x.R.Seq += int64(len(data)); x.R.Seq > maxHeld {
		return ev, errHeld
	}
	b.Held = append(b.Held, data...)
	return saysText(ev, x, choice, memberText(raw, "transcript"), nil)
}

// saysImages adds images, which come whole: OpenRouter's, as data URLs.
func saysImages(ev []core.Event, x *core.Crossing, choice int32, raw []byte) ([]core.Event, error) {
	w := scan.Elements(raw)
	for {
		_, value, ok := w.Next()
		if !ok {
			return ev, nil
		}
		var t core.Tree
		media, data, ok := splitData(&t, memberText(memberOf(value, "image_url"), "url"))
		if !ok {
			continue
		}
		i, err := add(x, choice, core.PartImage, keyNone)
		if err != nil {
			return ev, err
		}
		x.Blocks[i].Media = append(x.Blocks[i].Media[:0], media...)
		if ev, err = deliver(ev, x, i, data); err != nil {
			return ev, err
		}
	}
}

// saysCites says where the text has something from, as long as it is open.
func saysCites(ev []core.Event, x *core.Crossing, choice int32, raw []byte) []core.Event {
	i := openBlock(x, choice)
	if i < 0 || x.Blocks[i].Kind != core.PartText {
		return ev
	}
	w := scan.Elements(raw)
	for {
		_, value, ok := w.Next()
		if !ok {
			return ev
		}
		if c, ok := readCite(value); ok {
			kept := c // few answers cite; theirs are allocated
			ev = append(ev, core.Event{Kind: core.EventCite, Choice: choice, Block: i, Cite: &kept})
		}
	}
}

// saysCalls adds to the calls.
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

// saysCall reads one entry of tool_calls: the beginning of a call, more of its arguments,
// or all of it.
func saysCall(ev []core.Event, x *core.Crossing, choice int32, raw []byte) ([]core.Event, error) {
	var id, name core.Text
	var args, extra []byte
	key := int64(keyNone)
	w := scan.Members(raw)
	for {
		k, value, ok := w.Next()
		if !ok {
			break
		}
		switch string(k) {
		case "index":
			if n, ok := scan.Int(value); ok && n >= 0 {
				key = n
			}
		case "id":
			id = quoted(value)
		case "function":
			name, args = functionOf(value)
		case "extra_content":
			extra = value
		}
	}
	i := callOf(x, choice, key, id, name)
	if i < 0 {
		var err error
		if i, err = add(x, choice, core.PartCall, max(key, nextKey(x, choice, key))); err != nil {
			return ev, err
		}
	}
	b := &x.Blocks[i]
	if len(b.ID) == 0 {
		b.ID = append(b.ID, id...)
	}
	if len(b.Name) == 0 {
		b.Name = append(b.Name, name...)
	}
	if !b.Opened && len(b.ID) == 0 && len(b.Name) > 0 {
		b.ID = appendCallID(b.ID, x, int64(i))
	}
	if sign := googleSign(extra); sign != nil {
		ev = signBlock(ev, x, i, core.Google, sign)
	}
	if len(args) == 0 || args[0] == 'n' {
		return tryOpen(ev, x, i), nil
	}
	text := quoted(args)
	if text == nil { // the object itself
		x.R.Buf = scan.AppendEscaped(x.R.Buf[:0], args)
		text = x.R.Buf
	}
	return deliver(ev, x, i, text)
}

// saysFunction adds to a function_call, of which there is one.
func saysFunction(ev []core.Event, x *core.Crossing, choice int32, raw []byte) ([]core.Event, error) {
	name, args := functionOf(raw)
	if len(name) == 0 && len(quoted(args)) == 0 {
		return ev, nil
	}
	i := callOf(x, choice, 0, nil, nil)
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

// callOf is the call that an entry goes on with, or -1 if it begins one. A missing number
// begins one if there is a new id. So does a number that is taken by a call with another id,
// since some servers number every call 0.
func callOf(x *core.Crossing, choice int32, key int64, id, name core.Text) int32 {
	for i := int32(len(x.Blocks)) - 1; i >= 0; i-- {
		b := &x.Blocks[i]
		if b.Kind != core.PartCall || b.Choice != choice || key >= 0 && b.Key != key {
			continue
		}
		if len(id) > 0 && len(b.ID) > 0 && string(id) != string(b.ID) && len(name) > 0 {
			return -1
		}
		if key < 0 && len(id) == 0 && len(name) > 0 && complete(b) {
			return -1
		}
		return i
	}
	return -1
}

// nextKey is the number of a call that has none.
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

// appendCallID appends an id for the n-th block, which the provider gave none.
func appendCallID(dst []byte, x *core.Crossing, n int64) []byte {
	const digits = "0123456789abcdef"
	dst = append(dst, "call_"...)
	for _, b := range x.Request[:8] {
		dst = append(dst, digits[b>>4], digits[b&15])
	}
	return scan.AppendInt(dst, n)
}
