package openai

import (
	"errors"

	"asbru/core"
	"asbru/core/scan"
)

// A piece is one choice of a chunk: its raw members.
type piece struct {
	delta, message, text, finish, probs, fault, usage, stopped []byte
	index                                                      int64
}

func (p *piece) read(raw []byte) {
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			return
		}
		if value[0] == 'n' {
			continue
		}
		switch string(key) {
		case "index":
			if n, ok := scan.Whole(value); ok && n >= 0 {
				p.index = n
			}
		case "delta":
			p.delta = value
		case "message":
			p.message = value
		case "text":
			p.text = value
		case "finish_reason":
			p.finish = value
		case "logprobs":
			p.probs = value
		case "error":
			p.fault = value
		case "usage":
			p.usage = value
		case "stop_reason":
			p.stopped = value
		}
	}
}

// goesOn reports whether the choice has content.
func (p *piece) goesOn() bool { return filled(p.text) || content(p.delta) }

var errChoices = errors.New("cannot read event: it has more choices than anybody can ask for")

// readChoice reads the n-th choice of a chunk.
func readChoice(ev []core.Event, x *core.Crossing, raw []byte, n int64) ([]core.Event, error) {
	p := piece{index: n}
	if p.read(raw); p.index >= maxChoices {
		return ev, errChoices
	}
	if p.fault != nil { // OpenRouter
		return faultEvent(ev, x, raw), nil
	}
	ev = start(ev, x)
	for len(x.R.Aux) <= int(p.index) {
		x.R.Aux = append(x.R.Aux, 0)
	}
	choice := int32(p.index)
	noted := x.R.Aux[choice]
	if noted&choiceFinished != 0 {
		if !p.goesOn() { // some providers repeat the end
			return usageEvent(ev, x, p.usage), nil
		}
		x.R.Aux[choice] &^= choiceFinished // Together sends a finish after each call
	}
	var err error
	switch {
	case p.text != nil: // legacy completions; Together has a delta as well
		ev, err = saysText(ev, x, choice, quoted(p.text), nil)
	case p.delta != nil:
		ev, err = readDelta(ev, x, choice, &p)
	case p.message != nil && x.R.Aux[choice] == 0: // an answer in one piece
		p.delta = p.message
		ev, err = readDelta(ev, x, choice, &p)
	}
	if err != nil {
		x.R.Aux[choice] = noted
		return ev, err
	}
	if word := quoted(p.finish); len(word) > 0 {
		ev = finishChoice(ev, x, choice, finishOf(word), word)
		if stop := quoted(p.stopped); len(stop) > 0 {
			e := &ev[len(ev)-1]
			e.Stop = stop
			if e.Finish == core.FinishStop {
				e.Finish = core.FinishStopped
			}
		}
	}
	return usageEvent(ev, x, p.usage), nil
}

// A delta is what a chunk adds to a choice: its raw members.
type delta struct {
	content, thinking, reasoning, details, refusal, calls, function, audio, images, cites, extra []byte
}

func (d *delta) read(raw []byte) {
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			return
		}
		if value[0] == 'n' {
			continue
		}
		switch string(key) {
		case "content":
			d.content = value
		case "reasoning_content":
			d.thinking = value
		case "reasoning":
			d.reasoning = value
		case "reasoning_details":
			d.details = value
		case "refusal":
			d.refusal = value
		case "tool_calls":
			d.calls = value
		case "function_call":
			d.function = value
		case "audio":
			d.audio = value
		case "images":
			d.images = value
		case "annotations":
			d.cites = value
		case "extra_content":
			d.extra = value
		}
	}
}

// readDelta reads what a chunk adds to a choice, in the order in which models produce it.
func readDelta(ev []core.Event, x *core.Crossing, choice int32, p *piece) (_ []core.Event, err error) {
	var d delta
	d.read(p.delta)
	if len(quoted(d.thinking)) == 0 {
		d.thinking = d.reasoning
	}
	if text := quoted(d.thinking); len(text) > 0 {
		x.R.Aux[choice] |= choiceThinks
		ev, err = says(ev, x, choice, core.PartThought, text)
	}
	if d.details != nil && err == nil {
		ev, err = saysDetails(ev, x, choice, d.details)
	}
	if d.content != nil && err == nil {
		ev, err = saysContent(ev, x, choice, d.content, probsOf(p.probs))
	}
	if text := quoted(d.refusal); len(text) > 0 && err == nil {
		ev, err = says(ev, x, choice, core.PartRefusal, text)
	}
	if opens(d.audio) && err == nil {
		ev, err = saysAudio(ev, x, choice, d.audio)
	}
	if d.images != nil && err == nil {
		ev, err = saysImages(ev, x, choice, d.images)
	}
	if d.calls != nil && err == nil {
		ev, err = saysCalls(ev, x, choice, d.calls)
	}
	if opens(d.function) && err == nil {
		ev, err = saysFunction(ev, x, choice, d.function)
	}
	if sign := googleSign(d.extra); sign != nil && err == nil {
		ev, err = saysSign(ev, x, choice, sign)
	}
	if d.cites != nil && err == nil {
		ev = saysCites(ev, x, choice, d.cites)
	}
	return ev, err
}

// probsOf returns the list in the logprobs of a choice; nil: none.
func probsOf(raw []byte) []byte {
	if raw == nil {
		return nil
	}
	if list := memberOf(raw, "content"); len(list) > 2 && list[0] == '[' {
		return list
	}
	return nil
}
