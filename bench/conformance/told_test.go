package conformance

import (
	"encoding/json"
	"fmt"
	"strings"

	"asbru/core"
	"asbru/core/scan"
)

// told is the result of an answer for a client.
type told struct {
	said    string // every choice's blocks in order, and how it ended
	usage   core.Usage
	failed  string // the provider's error message
	ended   bool
	metered bool             // the platform adds counts of its own
	passed  core.StreamState // what the reader of relayed bytes finds in the same stream
}

// tell reads the frames of a stream in both ways of the product: into events, and by the few facts that are
// read of relayed bytes.
func (f face) tell(frames []frameOf) (told, error) {
	codec := f.dialect.Chats[f.op]
	x := core.NewCrossing()
	x.From, x.FromOp, x.To, x.ToOp, x.Wants = f.dialect, f.op, f.dialect, f.op, true
	out := told{metered: f.op == core.OpInvoke}
	h := newHearing()
	var ev []core.Event
	var err error
	for _, fr := range frames {
		if len(fr.data) == 0 {
			continue // an empty line
		}
		if !out.passed.Done {
			f.dialect.ReadEvent(fr.data, &out.passed)
		}
		if out.passed.Content {
			out.passed.Content = false
			out.passed.Said++
		}
		if ev, err = codec.ParseEvent(ev[:0], x, fr.name, fr.data); err != nil {
			return out, fmt.Errorf("%.200s: %w", fr.data, err)
		}
		for i := range ev {
			h.take(x, &ev[i])
		}
	}
	out.said, out.failed = h.digest(x), h.failed
	out.usage, out.ended = x.Usage, x.Ended
	return out, h.err
}

// A hearing assembles the events of a stream, and checks their order: one block of a choice open at a time, and
// one finish unless it continues.
type hearing struct {
	text   map[int32]*strings.Builder
	open   map[int32]int32
	finish map[int32]core.Finish
	order  []int32
	failed string
	err    error

	finishes int
}

func newHearing() *hearing {
	return &hearing{text: map[int32]*strings.Builder{}, open: map[int32]int32{}, finish: map[int32]core.Finish{}}
}

func (h *hearing) wrong(format string, args ...any) {
	if h.err == nil {
		h.err = fmt.Errorf(format, args...)
	}
}

func (h *hearing) take(x *core.Crossing, e *core.Event) {
	at, isOpen := h.open[e.Choice]
	_, over := h.finish[e.Choice]
	switch e.Kind {
	case core.EventOpen:
		if isOpen {
			h.wrong("block %d opens while %d is open", e.Block, at)
		}
		delete(h.finish, e.Choice) // it continues
		h.open[e.Choice], h.text[e.Block] = e.Block, new(strings.Builder)
		h.order = append(h.order, e.Block)
	case core.EventDelta:
		if !isOpen || at != e.Block {
			h.wrong("block %d goes on while it is not open", e.Block)
			return
		}
		h.text[e.Block].Write(e.Text)
	case core.EventClose:
		if !isOpen || at != e.Block {
			h.wrong("block %d closes while it is not open", e.Block)
		}
		delete(h.open, e.Choice)
	case core.EventFinish:
		if isOpen || over {
			h.wrong("choice %d finishes with an open block: %v, twice: %v", e.Choice, isOpen, over)
		}
		h.finish[e.Choice] = e.Finish
	case core.EventFault:
		h.failed = e.Fault.Message
		if h.failed == "" {
			h.wrong("a failure says nothing")
		}
	}
}

// digest returns the content, choice by choice. Consecutive blocks of a kind are joined, since formats split them
// differently, except for calls.
func (h *hearing) digest(x *core.Crossing) string {
	var b strings.Builder
	for choice := int32(0); choice < 8; choice++ {
		last := core.PartKind(255)
		for _, i := range h.order {
			block := &x.Blocks[i]
			if block.Choice != choice {
				continue
			}
			last = digestBlock(&b, block.Kind, last, string(block.Name), h.text[i].String(), block.Sign)
		}
		if f, ok := h.finish[choice]; ok {
			fmt.Fprintf(&b, "\nfinish %d %d\n", choice, f)
		}
	}
	return b.String()
}

// digestBlock adds one block and returns what the next one follows.
func digestBlock(b *strings.Builder, kind, last core.PartKind, name, text string, sign []byte) core.PartKind {
	switch kind {
	case core.PartCall:
		fmt.Fprintf(b, "\ncall %s %s", name, canonical(plainText(text)))
	case core.PartOther:
		return last
	case core.PartText, core.PartThought, core.PartRefusal:
		if text = plainText(text); text == "" && len(sign) == 0 {
			return last
		}
		if kind != last {
			fmt.Fprintf(b, "\n%s ", [...]string{core.PartText: "text", core.PartThought: "thought", core.PartRefusal: "refusal"}[kind])
		}
		b.WriteString(text)
	default:
		fmt.Fprintf(b, "\nkind %d of %d", kind, len(plainText(text)))
	}
	if sign := plainText(string(sign)); len(sign) > 0 {
		fmt.Fprintf(b, " signed %d %.20s", len(sign), sign)
	}
	return kind
}

func plainText(text string) string { return string(scan.AppendUnescaped(nil, []byte(text))) }

// canonical returns JSON with sorted members; other text unchanged.
func canonical(text string) string {
	if strings.TrimSpace(text) == "" {
		return "{}"
	}
	var v any
	if json.Unmarshal([]byte(text), &v) != nil {
		return text
	}
	out, _ := json.Marshal(v)
	return string(out)
}

// tellWhole is tell for a complete reply.
func (f face) tellWhole(body []byte) (told, error) {
	r := core.NewCompletion()
	r.From, r.Op = f.dialect, f.op
	var out told
	f.dialect.ReadUsage(body, &out.passed.Usage, nil)
	if err := f.dialect.Chats[f.op].ParseReply(r, body); err != nil {
		return out, err
	}
	if sound := f.dialect.Chats[f.op].Sound; sound != nil && !sound(body) {
		return out, fmt.Errorf("it is read and does not sound so")
	}
	var b strings.Builder
	for i := range r.Choices {
		c := &r.Choices[i]
		last := core.PartKind(255)
		for k := c.From; k < c.To; k += 1 + r.Parts[k].Inner {
			p := &r.Parts[k]
			switch p.Kind {
			case core.PartCall:
				fmt.Fprintf(&b, "\ncall %s %s", p.Name, canonical(arguments(p)))
				last = p.Kind
			default:
				last = digestBlock(&b, p.Kind, last, string(p.Name), string(p.Text)+string(p.Data), p.Sign)
			}
		}
		fmt.Fprintf(&b, "\nfinish %d %d\n", c.Index, c.Finish)
	}
	out.said, out.usage, out.ended = b.String(), r.Usage, true
	return out, nil
}
