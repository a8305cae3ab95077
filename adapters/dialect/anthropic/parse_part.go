package anthropic

import (
	"asbru/core"
	"asbru/core/scan"
)

func (b *blockReader) text(t *core.Tree, p *core.Part, extras *int32) bool {
	for i := range b.n {
		key, value := b.keys[i], b.values[i]
		switch {
		case string(key) == "text" && scan.IsString(value):
			p.Text, _ = scan.Inside(value)
		case string(key) == "citations" && opens(value, '['):
			p.Shape |= partCites
			w := scan.Elements(value)
			for {
				_, one, more := w.Next()
				if !more {
					break
				}
				t.Cite(&p.Cites, citation(one))
			}
		case string(key) == "cache_control" && opens(value, '{'):
			mark(t, p, extras, key, value)
		default:
			t.Keep(extras, key, value)
		}
	}
	return p.Text != nil
}

func (b *blockReader) call(t *core.Tree, p *core.Part, extras *int32) bool {
	p.Kind = core.PartCall
	for i := range b.n {
		key, value := b.keys[i], b.values[i]
		switch {
		case string(key) == "id" && scan.IsString(value):
			p.ID, _ = scan.Inside(value)
		case string(key) == "name" && scan.IsString(value):
			p.Name, _ = scan.Inside(value)
		case string(key) == "input":
			p.Args = value
		case string(key) == "cache_control" && opens(value, '{'):
			mark(t, p, extras, key, value)
		default:
			t.Keep(extras, key, value)
		}
	}
	if p.Args == nil {
		p.Shape |= partBare
	}
	return p.ID != nil && p.Name != nil
}

// result reads the result of a tool into the part at index at and those after it.
func (b *blockReader) result(t *core.Tree, at int, extras *int32) bool {
	p := core.Part{Kind: core.PartResult, Shape: partBare}
	var inner []byte
	for i := range b.n {
		key, value := b.keys[i], b.values[i]
		fails, isBool := scan.Bool(value)
		switch {
		case string(key) == "tool_use_id" && scan.IsString(value):
			p.ID, _ = scan.Inside(value)
		case string(key) == "content" && !scan.IsNull(value):
			inner = value
			p.Shape &^= partBare
		case string(key) == "is_error" && isBool:
			if p.Fails = fails; !fails {
				p.Shape |= partFine
			}
		case string(key) == "cache_control" && opens(value, '{'):
			mark(t, &p, extras, key, value)
		default:
			t.Keep(extras, key, value)
		}
	}
	if scan.IsString(inner) {
		p.Shape |= partString
	} else if inner != nil && inner[0] != '[' {
		return false
	}
	t.Parts[at] = p
	if text, ok := scan.Inside(inner); ok {
		t.Add(core.Part{Text: text})
	} else if inner != nil {
		w := scan.Elements(inner)
		for {
			_, one, more := w.Next()
			if !more {
				break
			}
			if _, ok := block(t, one); !ok {
				return false
			}
		}
	}
	t.Close(at)
	return p.ID != nil
}

// found reads a result of a search, which other formats get as a text: its title, its source, and what it says.
func (b *blockReader) found(t *core.Tree, p *core.Part, extras *int32) bool {
	p.Shape = partSearch
	var title, source core.Text
	var content []byte
	for i := range b.n {
		key, value := b.keys[i], b.values[i]
		switch {
		case string(key) == "title" && scan.IsString(value):
			title, _ = scan.Inside(value)
		case string(key) == "source" && scan.IsString(value):
			source, _ = scan.Inside(value)
		case string(key) == "content" && opens(value, '['):
			content = value
		case string(key) == "cache_control" && opens(value, '{'):
			p.Cache, _ = cacheMark(value)
		default:
			t.Keep(extras, key, value)
		}
	}
	if content == nil {
		return false
	}
	room := append(t.Room(), title...)
	room = append(append(append(room, ` (`...), source...), `):`...)
	w := scan.Elements(content)
	for {
		_, one, more := w.Next()
		if !more {
			break
		}
		if text, ok := scan.Inside(find(one, "text")); ok {
			room = append(append(room, `\n`...), text...)
		}
	}
	p.Text = t.Took(room)
	return true
}

// thought reads visible thinking. One without text and with another vendor's signature was written by this
// package, for the part after it.
func (b *blockReader) thought(t *core.Tree, p *core.Part, extras *int32) bool {
	p.Kind, p.Shape = core.PartThought, partBare
	for i := range b.n {
		key, value := b.keys[i], b.values[i]
		switch {
		case string(key) == "thinking" && scan.IsString(value):
			p.Text, _ = scan.Inside(value)
		case string(key) == "signature" && scan.IsString(value):
			p.Shape &^= partBare
			sign, _ := scan.Inside(value)
			if p.Sign = sign; len(sign) > 0 {
				p.Vendor, p.Sign = core.ReadSign(sign, core.Anthropic)
			}
		default:
			t.Keep(extras, key, value)
		}
	}
	return p.Text != nil
}

func (b *blockReader) veiled(t *core.Tree, p *core.Part, extras *int32) bool {
	p.Kind = core.PartVeiled
	for i := range b.n {
		key, value := b.keys[i], b.values[i]
		if data, ok := scan.Inside(value); ok && string(key) == "data" {
			p.Vendor, p.Sign = core.ReadSign(data, core.Anthropic)
		} else {
			t.Keep(extras, key, value)
		}
	}
	return p.Sign != nil
}
