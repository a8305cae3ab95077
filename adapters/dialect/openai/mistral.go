package openai

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// Mistral is the dialect of Mistral's own clients. It is OpenAI's format except for what their data models
// require: a call is in one chunk; thinking and refusals are in the content; a stream always has usage,
// with the finish; vectors have an id.
//
// Source: https://docs.mistral.ai/api
var Mistral = assembleMistral()

func assembleMistral() *core.Dialect {
	return &core.Dialect{
		Name:              "mistral",
		Peek:              fields.Peek,
		AppendBody:        body.Append,
		AppendFault:       appendFault,
		AppendStreamFault: appendStreamFault,
		ReadUsage:         readUsage,
		ReadEnd:           body.Ending(readAlone, "usage"),
		ReadEvent:         readEvent,
		ReadFault:         body.Heard(readFault),
		Chats: [core.NumOps]*core.ChatCodec{
			core.OpChat: {
				Framing:       core.FramingSSE,
				ParseRequest:  parseMistral,
				AppendRequest: appendChat,
				ParseReply:    parseReply,
				Sound:         soundReply,
				AppendReply:   appendMistralReply,
				ParseEvent:    parseChunk,
				AppendEvent:   appendMistral,
			},
		},
		Ends:   [core.NumOps]string{core.OpChat: "data: [DONE]\n\n"},
		Extras: true,
		Embeds: &core.EmbedCodec{
			ParseRequest:  parseEmbed,
			AppendRequest: appendEmbed,
			ParseReply:    parseVectors,
			AppendReply:   appendMistralVectors,
		},
	}
}

// parseMistral reads a request. Where Mistral has other values than OpenAI for the same, targets get
// OpenAI's.
func parseMistral(c *core.Chat, raw []byte) *core.Fault {
	f := parseChat(c, raw)
	c.Shape &^= chatRandomSeed | chatAnyWord
	c.Usage = false // no separate chunk with usage
	for i := range c.Turns {
		if parts := c.Parts[c.Turns[i].From:c.Turns[i].To]; gatherThinking(&c.Tree, parts) {
			c.Turns[i].Shape &^= saidList
		}
	}
	for i := range c.Parts {
		if p := &c.Parts[i]; (p.Kind == core.PartImage || p.Kind == core.PartFile) && (p.URL != nil || p.Data != nil) {
			p.Shape &^= partRaw // a bare string for an object
			if p.Kind == core.PartFile && p.Data != nil && p.Name == nil {
				p.Name = core.Text("document.pdf") // OpenAI requires a name
			}
		}
	}
	return f
}

// appendMistral is the AppendEvent of Mistral's chats. The last finish is held back for the usage.
func appendMistral(dst []byte, x *core.Crossing, e *core.Event) []byte {
	kind := core.PartOther
	if e.Kind == core.EventOpen || e.Kind == core.EventDelta || e.Kind == core.EventSign || e.Kind == core.EventClose {
		kind = x.Blocks[e.Block].Kind
	}
	call := kind == core.PartCall
	switch {
	case kind == core.PartThought || kind == core.PartVeiled:
		return thinkingChunkOf(dst, x, e)
	case kind == core.PartRefusal && e.Kind == core.EventDelta && len(e.Text) > 0: // there is no other member for refusals
		dst = append(beginDelta(role(dst, x, e.Choice), x, e.Choice), `"content":`...)
		return endDelta(scan.AppendQuoted(dst, e.Text), x, nil)
	case call && e.Kind == core.EventClose:
		return wholeCall(role(dst, x, e.Choice), x, e)
	case call && e.Kind == core.EventDelta:
		if b := &x.Blocks[e.Block]; len(b.Said)+len(e.Text) <= maxHeld {
			b.Said = append(b.Said, e.Text...)
		}
		return dst
	case call:
		return dst
	case e.Kind == core.EventFinish:
		return holdFinish(role(dst, x, e.Choice), x, e)
	case e.Kind == core.EventEnd:
		dst = lastChunk(dst, x)
	}
	return appendChunk(dst, x, e)
}

// wholeCall sends a call that is complete.
func wholeCall(dst []byte, x *core.Crossing, e *core.Event) []byte {
	b := &x.Blocks[e.Block]
	b.Out = callNumber(x, e)
	dst = append(beginCall(dst, x, e), `,"id":"`...)
	dst = append(appendIDOf(dst, x, e.Block), `","type":"function","function":{"name":`...)
	dst = append(scan.AppendQuoted(dst, b.Name), `,"arguments":`...)
	if len(b.Said) == 0 {
		dst = append(dst, `"{}"}`...)
	} else {
		dst = append(scan.AppendQuoted(dst, b.Said), '}')
	}
	if len(b.Sign) > 0 {
		dst = appendGoogleSign(dst, b.Vendor, b.Sign)
	}
	return endDelta(append(dst, "}]"...), x, nil)
}

// lastChunk sends the held back finish, with the usage.
func lastChunk(dst []byte, x *core.Crossing) []byte {
	if !x.W.Open {
		return dst
	}
	dst = heldFinish(dst, x)
	if x.Usage.Known {
		dst = append(dst[:len(dst)-len("}\n\n")], `,"usage":`...)
		dst = append(appendUsage(dst, &x.Usage), "}\n\n"...)
	}
	return dst
}

// appendMistralVectors appends vectors with an id.
func appendMistralVectors(dst []byte, v *core.Vectors, e *core.Embed, x *core.Crossing) []byte {
	if v.From == &dialect && v.ID != nil {
		return appendVectors(dst, v, e, x)
	}
	dst = append(dst, `{"id":"`...)
	if v.ID != nil {
		dst = append(dst, v.ID...)
	} else {
		dst = appendID(dst, x, "embd-")
	}
	dst = append(dst, '"')
	at := len(dst)
	dst = appendVectors(dst, v, e, x)
	dst[at] = ',' // for its brace
	return dst
}
