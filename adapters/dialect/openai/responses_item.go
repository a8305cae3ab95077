package openai

import (
	"asbru/core"
	"asbru/core/scan"
)

// The members of items that are known for some kind of item.
const (
	itemType = iota
	itemRole
	itemContent
	itemCall
	itemName
	itemArgs
	itemOutput
	itemCrypt
	itemSummary
	numItems
)

var itemNames = [numItems]string{"type", "role", "content", "call_id", "name", "arguments", "output", "encrypted_content", "summary"}

// An item is one element of input or output being read.
type item struct {
	*core.Tree
	whole []byte
	raw   [numItems][]byte
	more  int32 // the chain of its other members
	reply bool  // it is part of an answer, whose citations and logprobs are read
	probs []byte
}

// readItem reads the members of the item whole.
func readItem(t *core.Tree, whole []byte) (it item) {
	it.Tree, it.whole = t, whole
	w := scan.Members(whole)
walk:
	for {
		key, value, more := w.Next()
		if !more {
			return it
		}
		for i := range itemNames {
			if len(key) == len(itemNames[i]) && string(key) == itemNames[i] {
				it.raw[i] = value
				continue walk
			}
		}
		t.Keep(&it.more, key, value)
	}
}

// An itemKind is what an item becomes in the neutral form.
type itemKind uint8

const (
	isMessage itemKind = iota
	isCall
	isResult
	isThought
	isOther
)

// kind returns what the item becomes. One without a type is a message.
func (it *item) kind() itemKind {
	switch string(it.raw[itemType]) {
	case "", `"message"`:
		if it.raw[itemRole] != nil {
			return isMessage
		}
	case `"function_call"`:
		if it.raw[itemCall] != nil {
			return isCall
		}
	case `"function_call_output"`:
		if it.raw[itemCall] != nil {
			return isResult
		}
	case `"reasoning"`:
		return isThought
	}
	return isOther
}

// keep moves the known members that this kind of item does not have, which are all except those in used, to
// the other members.
func (it *item) keep(used ...int) {
next:
	for i, raw := range it.raw {
		if raw == nil {
			continue
		}
		for _, u := range used {
			if u == i {
				continue next
			}
		}
		it.Keep(&it.more, it.Took(append(it.Room(), itemNames[i]...)), raw)
	}
}

// call reads a function_call.
func (it *item) call() {
	p := core.Part{Kind: core.PartCall, Wraps: true}
	var ok bool
	p.ID, _ = scan.Inside(it.raw[itemCall])
	p.Name, _ = scan.Inside(it.raw[itemName])
	if p.Args, ok = scan.Inside(it.raw[itemArgs]); !ok {
		p.Args, p.Wraps, p.Shape = it.raw[itemArgs], false, partBareArgs
	}
	it.keep(itemType, itemCall, itemName, itemArgs)
	p.More = it.more
	it.Add(p)
}

// result reads a function_call_output.
func (it *item) result() {
	p := core.Part{Kind: core.PartResult}
	p.ID, _ = scan.Inside(it.raw[itemCall])
	raw := it.raw[itemOutput]
	text, ok := scan.Inside(raw)
	list := len(raw) > 0 && raw[0] == '['
	switch {
	case ok:
		p.Shape = partString
		it.keep(itemType, itemCall, itemOutput)
	case list:
		it.keep(itemType, itemCall, itemOutput)
	default: // as text, for formats that have only text
		p.Shape = partRawOut
		if !scan.IsNull(raw) {
			text, ok = it.Took(scan.AppendEscaped(it.Room(), raw)), true
		}
		it.keep(itemType, itemCall)
	}
	p.More = it.more
	n := it.Add(p)
	if ok {
		it.Add(core.Part{Kind: core.PartText, Text: text})
	}
	if list {
		it.parts(raw, false, 0, 0)
	}
	it.Close(n)
}

// thought reads a reasoning item: one part for each of its texts, the last of which has the encrypted
// content, or else one veiled part. The first part keeps the whole item.
func (it *item) thought() {
	var vendor core.Vendor
	sign, _ := scan.Inside(it.raw[itemCrypt])
	if len(sign) > 0 {
		vendor, sign = core.ReadSign(sign, core.OpenAI)
	}
	from := len(it.Parts)
	for _, list := range [...]int{itemSummary, itemContent} {
		w := scan.Elements(it.raw[list])
		for {
			_, value, more := w.Next()
			if !more {
				break
			}
			if text, ok := scan.Inside(member(value, "text")); ok {
				it.Add(core.Part{Kind: core.PartThought, Text: text, Shape: partFollows})
			}
		}
	}
	if len(it.Parts) == from {
		it.Add(core.Part{Kind: core.PartVeiled})
	}
	first, last := &it.Parts[from], &it.Parts[len(it.Parts)-1]
	first.Shape, first.Raw = partBegins, it.whole
	if len(sign) > 0 {
		last.Sign, last.Vendor = sign, vendor
	}
}

// other keeps an item that only this family has.
func (it *item) other() {
	kind, _ := scan.Inside(it.raw[itemType])
	it.Add(core.Part{Kind: core.PartOther, Shape: partAlone, Type: kind, Raw: it.whole})
}

// member returns the value of the first member called key.
func member(raw []byte, key string) []byte {
	w := scan.Members(raw)
	for {
		k, value, more := w.Next()
		if !more {
			return nil
		}
		if string(k) == key {
			return value
		}
	}
}
