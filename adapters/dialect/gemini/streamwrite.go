package gemini

import (
	"asbru/core"
	"asbru/core/scan"
)

// The use of Crossing.W: Began: a frame was written. Open: the choice Block has finished, with Finish and Native, and its
// frame is held back for the usage. Done: nothing may follow. Seq: the prompt was blocked. Block.Said: arguments and media,
// which must be complete.

// appendEvent is the codec's AppendEvent.
func appendEvent(dst []byte, x *core.Crossing, e *core.Event) []byte {
	if x.W.Done {
		return dst
	}
	switch e.Kind {
	case core.EventDelta:
		return appendDelta(dst, x, e)
	case core.EventClose:
		return appendBlock(dst, x, e)
	case core.EventCite:
		if x.From == &api || len(e.Cite.URL) == 0 {
			return dst
		}
		dst = append(startCandidate(dst, x), `"citationMetadata":{"citationSources":[`...)
		return endCandidate(append(appendSource(dst, e.Cite), `]}`...), x, e.Choice)
	case core.EventOther:
		if x.From == &api {
			return appendOther(dst, x, e)
		}
	case core.EventFinish:
		if x.W.Block != e.Choice { // otherwise it has continued, and this finish counts
			dst = appendFinish(dst, x, false)
		}
		x.W.Open, x.W.Block, x.W.Finish = true, e.Choice, e.Finish
		x.W.Native = appendFinishWord(x.W.Native[:0], e.Finish, e.Native, x.From == &api)
	case core.EventFault:
		x.W.Done = true
		return appendBroken(dst, x, e.Fault)
	case core.EventEnd:
		dst = appendFinish(dst, x, true)
		x.W.Done = true
		if x.W.Flags&core.ArrayStream != 0 {
			if !x.W.Began {
				dst = append(dst, '[')
			}
			dst = append(dst, ']')
		}
	}
	return dst
}

// start begins a frame.
func start(dst []byte, x *core.Crossing) []byte {
	switch {
	case x.W.Flags&core.ArrayStream == 0:
		dst = append(dst, "data: "...)
	case x.W.Began:
		dst = append(dst, ",\r\n"...)
	default:
		dst = append(dst, '[')
	}
	x.W.Began = true
	return append(dst, '{')
}

// end ends the frame that start began, with the members that every frame has.
func end(dst []byte, x *core.Crossing, usage bool) []byte {
	if usage && x.Usage.Known {
		dst = appendUsage(field(dst, "usageMetadata"), &x.Usage)
	}
	if len(x.Model) > 0 {
		dst = scan.AppendQuoted(field(dst, "modelVersion"), x.Model)
	}
	switch {
	case len(x.ID) > 0:
		dst = scan.AppendQuoted(field(dst, "responseId"), x.ID)
	case x.From != &api:
		dst = append(appendRequestID(append(field(dst, "responseId"), '"'), x), '"')
	}
	if usage && x.Extra != nil {
		dst = x.Extra(sep(dst))
	}
	dst = append(dst, '}')
	if x.W.Flags&core.ArrayStream == 0 {
		dst = append(dst, "\r\n\r\n"...)
	}
	return dst
}

// startCandidate begins a frame with one candidate, endCandidate ends it.
func startCandidate(dst []byte, x *core.Crossing) []byte {
	return append(start(dst, x), `"candidates":[{`...)
}

func endCandidate(dst []byte, x *core.Crossing, choice int32) []byte {
	dst = scan.AppendInt(field(dst, "index"), int64(choice))
	return end(append(dst, `}]`...), x, false)
}

const (
	partsOpen  = `"content":{"parts":[`
	partsClose = `],"role":"model"}`
)

// appendDelta appends text as it comes; arguments and media are held until they are complete.
func appendDelta(dst []byte, x *core.Crossing, e *core.Event) []byte {
	b := &x.Blocks[e.Block]
	switch b.Kind {
	case core.PartText, core.PartRefusal, core.PartThought:
	default:
		b.Said = append(b.Said, e.Text...)
		return dst
	}
	if len(e.Text) == 0 && len(e.Probs) == 0 {
		return dst
	}
	dst = append(startCandidate(dst, x), partsOpen...)
	dst = scan.AppendQuoted(append(dst, `{"text":`...), e.Text)
	if b.Kind == core.PartThought {
		dst = append(dst, `,"thought":true`...)
	}
	dst = append(dst, '}')
	dst = append(dst, partsClose...)
	if !scan.IsNull(e.Probs) {
		dst = appendProbs(field(dst, "logprobsResult"), e.Probs)
	}
	b.Depth = 1 // something was written
	return endCandidate(dst, x, e.Choice)
}

// appendBlock appends what is written at the end of a block: a call, media, a signature.
func appendBlock(dst []byte, x *core.Crossing, e *core.Event) []byte {
	b := &x.Blocks[e.Block]
	p := core.Part{Kind: b.Kind, ID: b.ID, Name: b.Name, Media: b.Media, Sign: b.Sign, Vendor: b.Vendor}
	switch b.Kind {
	case core.PartCall:
		p.Args, p.Wraps = b.Said, true
	case core.PartImage, core.PartFile, core.PartAudio, core.PartVideo:
		if p.Data = b.Said; len(p.Data) == 0 {
			return dst
		}
	case core.PartThought, core.PartVeiled:
		if len(p.Sign) == 0 {
			return dst
		}
	default:
		return dst
	}
	dst = append(startCandidate(dst, x), partsOpen...)
	if b.Kind == core.PartThought && b.Vendor == core.Google && b.Depth > 0 {
		// The signature of a visible thought, which is one part in the neutral form, is written as its last piece.
		dst = append(signed(append(dst, `{"text":"","thought":true`...), b.Vendor, b.Sign), '}')
	} else {
		dst = appendBlockPart(dst, &p)
	}
	return endCandidate(append(dst, partsClose...), x, e.Choice)
}

// appendOther appends what only this format has.
func appendOther(dst []byte, x *core.Crossing, e *core.Event) []byte {
	if e.Choice < 0 {
		x.W.Seq = 1
		dst = append(scan.AppendQuoted(start(dst, x), e.Name), ':')
		return end(appendFlat(dst, e.Raw), x, false)
	}
	dst = startCandidate(dst, x)
	if len(e.Name) == 0 {
		dst = append(appendFlat(append(dst, partsOpen...), e.Raw), partsClose...)
	} else {
		dst = appendFlat(append(scan.AppendQuoted(dst, e.Name), ':'), e.Raw)
	}
	return endCandidate(dst, x, e.Choice)
}

// appendFlat appends raw on one line. Line ends in JSON are white space, as strings cannot contain them.
func appendFlat(dst, raw []byte) []byte {
	for _, c := range raw {
		if c != '\n' && c != '\r' {
			dst = append(dst, c)
		}
	}
	return dst
}

// appendFinish appends the frame that is held back, if any; the last one has the usage.
func appendFinish(dst []byte, x *core.Crossing, last bool) []byte {
	switch {
	case x.W.Open && x.W.Seq == 0:
		dst = append(startCandidate(dst, x), partsOpen...)
		dst = append(append(dst, `{"text":""}`...), partsClose...)
		dst = append(append(field(dst, "finishReason"), '"'), x.W.Native...)
		dst = scan.AppendInt(append(dst, `","index":`...), int64(x.W.Block))
		dst = end(append(dst, `}]`...), x, last)
	case last && (x.Usage.Known || x.Extra != nil):
		dst = end(start(dst, x), x, true)
	}
	x.W.Open = false
	return dst
}

// appendBroken appends the fault that ends the stream.
func appendBroken(dst []byte, x *core.Crossing, f *core.Fault) []byte {
	var room [32]byte
	id := appendRequestID(room[:0], x)
	if x.W.Flags&core.ArrayStream == 0 {
		return appendStreamFault(dst, f, id)
	}
	if x.W.Began {
		dst = append(dst, ",\r\n"...)
	} else {
		dst = append(dst, '[')
	}
	return append(appendFault(dst, f, id), ']')
}
