package entry

import "asbru/core"

// A Pacer returns the events of a replayed answer in the pieces and with the gaps of
// the original stream. Without a pace everything comes at once.
type Pacer struct {
	ev    []core.Event
	beats []Beat
	at    int // in the text of ev[0]
}

// NewPacer begins with the events made by core.Crossing.Replay. Both slices must stay valid as
// long as the Pacer.
func NewPacer(ev []core.Event, beats []Beat) Pacer { return Pacer{ev: ev, beats: beats} }

// Gap returns the milliseconds between the previous piece and the next one.
func (p *Pacer) Gap() uint32 {
	if len(p.beats) == 0 {
		return 0
	}
	return p.beats[0].Gap
}

// Next appends the events of the next piece to dst. done reports that it was the last one.
func (p *Pacer) Next(dst []core.Event) (ev []core.Event, done bool) {
	if len(p.beats) < 2 {
		p.beats = nil
		return p.rest(dst), true
	}
	b := p.beats[0]
	p.beats = p.beats[1:]
	for left := int(b.Bytes); len(p.ev) > 0; p.ev = p.ev[1:] {
		e := p.ev[0]
		if e.Kind != core.EventDelta || len(e.Text) == 0 {
			dst = append(dst, e)
			continue
		}
		if left <= 0 {
			break
		}
		n := min(left, len(e.Text)-p.at)
		if p.at+n < len(e.Text) {
			dst = append(dst, p.piece(n))
			break
		}
		dst = append(dst, p.piece(n))
		p.at, left = 0, left-n
	}
	return dst, false
}

// piece takes the next n bytes of the first event's text.
func (p *Pacer) piece(n int) core.Event {
	e := p.ev[0]
	if p.at > 0 {
		e.Probs = nil
	}
	e.Text = e.Text[p.at : p.at+n]
	p.at += n
	return e
}

func (p *Pacer) rest(dst []core.Event) []core.Event {
	for i := range p.ev {
		if i == 0 && p.at > 0 {
			if p.at < len(p.ev[0].Text) {
				dst = append(dst, p.piece(len(p.ev[0].Text)-p.at))
			}
			continue
		}
		dst = append(dst, p.ev[i])
	}
	p.ev, p.at = nil, 0
	return dst
}
