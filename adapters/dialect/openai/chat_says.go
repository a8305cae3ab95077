package openai

import (
	"asbru/core"
	"asbru/core/scan"
)

// saysText adds text, with its logprobs if it has any.
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

// saysDetails adds reasoning_details: thinking, unless it comes in another member, and signatures.
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

// signThought adds a signature to the last block if that is an unsigned thought, otherwise to a new thought
// without text.
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

// signBlock sets the signature of block i, which came in a field of the vendor own.
func signBlock(ev []core.Event, x *core.Crossing, i int32, own core.Vendor, sign core.Text) []core.Event {
	b := &x.Blocks[i]
	vendor, sign := core.ReadSign(sign, own)
	b.Vendor, b.Sign = vendor, append(b.Sign[:0], sign...)
	if b.Opened && !b.Closed {
		ev = append(ev, core.Event{Kind: core.EventSign, Choice: b.Choice, Block: i})
	}
	return ev
}

// veil adds encrypted thinking, which only its vendor can read.
func veil(ev []core.Event, x *core.Crossing, choice int32, data core.Text, own core.Vendor) ([]core.Event, error) {
	i, err := add(x, choice, core.PartVeiled, keyNone)
	if err != nil {
		return ev, err
	}
	ev = signBlock(ev, x, i, own, data)
	return tryOpen(ev, x, i), nil
}

// saysSign adds a signature of the message to the current block: Gemini signs a call, or the text.
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

// saysAudio adds audio, which is delivered at the end, and its transcript, which is delivered at once.
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

// saysImages adds OpenRouter's images, each in one chunk as a data URL.
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

// saysCites adds citations to the text if that is still open.
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
			kept := c // allocates, but few answers have citations
			ev = append(ev, core.Event{Kind: core.EventCite, Choice: choice, Block: i, Cite: &kept})
		}
	}
}
