package conformance

import (
	"fmt"
	"strings"
	"testing"

	"asbru/core"
)

// toldIn returns the stream of s as a client of another format gets it: written in that format, and
// read by its own reader. A stream that the provider cut off ends after its last event.
func (s *sample) toldIn(to face, blurs bool) (string, core.Usage, error) {
	from := s.face.dialect.Chats[s.face.op]
	x := core.NewCrossing()
	x.From, x.FromOp, x.To, x.ToOp, x.Wants = s.face.dialect, s.face.op, to.dialect, to.op, true
	var out []byte
	var ev []core.Event
	var err error
	for _, fr := range s.frames {
		if len(fr.data) == 0 {
			continue
		}
		if ev, err = from.ParseEvent(ev[:0], x, fr.name, fr.data); err != nil {
			return "", x.Usage, err
		}
		for i := range ev {
			out = to.dialect.Chats[to.op].AppendEvent(out, x, &ev[i])
		}
	}
	if x.Finished && !x.Ended {
		out = to.dialect.Chats[to.op].AppendEvent(out, x, &core.Event{Kind: core.EventEnd})
	}
	frames, err := cut(to.dialect.Chats[to.op].Framing, [][]byte{out})
	if err != nil {
		return "", x.Usage, err
	}
	y := core.NewCrossing()
	y.From, y.FromOp, y.To, y.ToOp = to.dialect, to.op, to.dialect, to.op
	h := newHearing()
	for _, fr := range frames {
		if ev, err = to.dialect.Chats[to.op].ParseEvent(ev[:0], y, fr.name, fr.data); err != nil {
			return "", y.Usage, fmt.Errorf("%.200s: %w", fr.data, err)
		}
		for i := range ev {
			h.take(y, &ev[i])
			if ev[i].Kind == core.EventFinish {
				h.finishes++
			}
		}
	}
	if h.err == nil && h.failed == "" && h.finishes != 1 {
		h.wrong("%d finishes", h.finishes)
	}
	return h.essence(y, blurs), y.Usage, h.err
}

// essence returns the parts of the first choice that every format has: its text, its calls and why it
// ended. It does not distinguish filters and refusals, as some formats do not.
func (h *hearing) essence(x *core.Crossing, blurs bool) string {
	var text, calls strings.Builder
	for _, i := range h.order {
		switch b := &x.Blocks[i]; {
		case b.Choice != 0:
		case b.Kind == core.PartText || b.Kind == core.PartRefusal:
			text.WriteString(plainText(h.text[i].String()))
		case b.Kind == core.PartCall:
			fmt.Fprintf(&calls, "\ncall %s %s", b.Name, canonical(plainText(h.text[i].String())))
		}
	}
	why := h.finish[0]
	if h.failed != "" { // how Responses reports an answer that could not be finished
		why = core.FinishFailed
	}
	if why == core.FinishStopped || why == core.FinishPaused || why == core.FinishFailed || blurs {
		why = core.FinishStop // not every format distinguishes them
	}
	return strings.TrimSpace(text.String()) + calls.String() + fmt.Sprintf("\nfinish %d", why)
}

// TestAcross checks that a stream has the same content in every client format, with one finish and the
// same counts.
func TestAcross(t *testing.T) {
	faces := []face{chatFace, responsesFace, claudeFace, geminiFace, converseFace, cohereFace, ollamaFace, mistralFace}
	for _, s := range samples(t) {
		if s.body != nil {
			continue
		}
		was, err := s.tell()
		if err != nil || was.failed != "" || !strings.Contains(was.said, "finish 0") || strings.Contains(was.said, "finish 1") {
			continue
		}
		blurs := strings.Contains(was.said, "refusal") || strings.Contains(was.said, fmt.Sprintf("finish 0 %d", core.FinishFiltered))
		want := ""
		for _, to := range faces {
			got, usage, err := s.toldIn(to, blurs)
			if err != nil {
				t.Errorf("%s in %s: %v", s.name, to.dialect.Name, err)
				continue
			}
			if to == chatFace {
				want = got
			}
			if got != want {
				t.Errorf("%s in %s %v says\n%s\nand said\n%s", s.name, to.dialect.Name, to.op, got, want)
			}
			if was.usage.Known && (usage.In != was.usage.In || usage.Out != was.usage.Out) {
				t.Errorf("%s in %s %v counts %+v, was %+v", s.name, to.dialect.Name, to.op, usage, was.usage)
			}
		}
	}
}
