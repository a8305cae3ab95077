package openai

import (
	"bytes"
	"errors"

	"asbru/core"
	"asbru/core/scan"
)

var errEvent = errors.New("cannot read event: it is no JSON object")

// What is remembered of each choice of a stream that is read, in Crossing.R.Aux.
const (
	choiceFinished = 1 << iota
	choiceThinks   // its thinking comes as text; what details repeat of it is not read
)

// A streamChunk is one event of a stream, taken apart.
type streamChunk struct {
	id, model, choices, usage, groq, object, fault, created []byte
}

// parseChunk is the ParseEvent of chat completions, and of the legacy ones.
func parseChunk(ev []core.Event, x *core.Crossing, name, data []byte) ([]core.Event, error) {
	data = trim(data)
	if len(data) == 0 || x.Ended {
		return ev, nil
	}
	if data[0] == '[' && string(bytes.TrimSpace(data)) == "[DONE]" {
		return endStream(ev, x), nil
	}
	var c streamChunk
	if !c.read(data) {
		return ev, errEvent
	}
	if c.fault != nil || string(name) == "error" {
		return faultEvent(ev, data), nil
	}
	c.meet(x)
	if c.choices != nil {
		var err error
		from := len(ev)
		if ev, err = readChoices(ev, x, c.choices); err != nil {
			return ev[:from], err
		}
	}
	if c.usage == nil && c.groq != nil {
		c.usage = memberOf(c.groq, "usage")
	}
	ev = usageEvent(ev, x, c.usage)
	if string(c.object) == `"chat.completion.done"` { // Perplexity says no [DONE]
		ev = endStream(ev, x)
	}
	return ev, nil
}

// read takes a chunk apart. ok is false if it is no object, or broken.
func (c *streamChunk) read(data []byte) (ok bool) {
	w := scan.Members(data)
	for {
		key, value, more := w.Next()
		if !more {
			return w.Rest() != nil
		}
		if value[0] == 'n' {
			continue
		}
		switch string(key) {
		case "id":
			c.id = value
		case "model":
			c.model = value
		case "created":
			c.created = value
		case "object":
			c.object = value
		case "choices":
			c.choices = value
		case "usage":
			c.usage = value
		case "x_groq":
			c.groq = value
		case "error":
			c.fault = value
		}
	}
}

// meet notes whose answer it is, from the first chunk that says so.
func (c *streamChunk) meet(x *core.Crossing) {
	if x.Started {
		return
	}
	if id := quoted(c.id); len(id) > 0 {
		x.ID = append(x.ID[:0], id...)
	}
	if model := quoted(c.model); len(model) > 0 {
		x.Model = append(x.Model[:0], model...)
	}
	if n, ok := scan.Int(c.created); ok && n > 0 {
		x.Created = n
	}
}

// start makes sure that the stream has begun.
func start(ev []core.Event, x *core.Crossing) []core.Event {
	if x.Started {
		return ev
	}
	x.Started = true
	return append(ev, core.Event{Kind: core.EventStart})
}

// usageEvent notes what was used so far, if raw says it.
func usageEvent(ev []core.Event, x *core.Crossing, raw []byte) []core.Event {
	if !opens(raw) {
		return ev
	}
	before := x.Usage
	if tokens(raw, &x.Usage); !x.Usage.Known || x.Usage == before {
		return ev
	}
	return append(start(ev, x), core.Event{Kind: core.EventUsage})
}

// faultEvent says that the provider failed in mid-stream.
func faultEvent(ev []core.Event, data []byte) []core.Event {
	f := &core.Fault{Code: core.UpstreamFailed}
	readFault(data, f)
	if f.Message == "" {
		f.Message = "the provider failed in the middle of its answer"
	}
	return append(ev, core.Event{Kind: core.EventFault, Fault: f})
}

// endStream ends the choices that nobody finished, and the answer.
func endStream(ev []core.Event, x *core.Crossing) []core.Event {
	ev = start(ev, x)
	for choice := range x.R.Aux {
		if x.R.Aux[choice]&choiceFinished == 0 {
			ev = finishChoice(ev, x, int32(choice), core.FinishUnsaid, nil)
		}
	}
	x.Ended = true
	return append(ev, core.Event{Kind: core.EventEnd})
}

// readChoices reads the choices of a chunk.
func readChoices(ev []core.Event, x *core.Crossing, raw []byte) ([]core.Event, error) {
	w := scan.Elements(raw)
	for n := int64(0); ; n++ {
		_, value, ok := w.Next()
		if !ok {
			return ev, nil
		}
		if value[0] != '{' {
			continue
		}
		var err error
		if ev, err = readChoice(ev, x, value, n); err != nil {
			return ev, err
		}
	}
}

// A piece is one choice of a chunk, taken apart.
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
			if n, ok := scan.Int(value); ok && n >= 0 {
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

var errChoices = errors.New("cannot read event: it has more choices than anybody can ask for")

// readChoice reads the n-th choice of a chunk.
func readChoice(ev []core.Event, x *core.Crossing, raw []byte, n int64) ([]core.Event, error) {
	p := piece{index: n}
	if p.read(raw); p.index >= maxChoices {
		return ev, errChoices
	}
	if p.fault != nil { // OpenRouter
		return faultEvent(ev, raw), nil
	}
	ev = start(ev, x)
	for len(x.R.Aux) <= int(p.index) {
		x.R.Aux = append(x.R.Aux, 0)
	}
	choice := int32(p.index)
	if x.R.Aux[choice]&choiceFinished != 0 { // some repeat the end
		return usageEvent(ev, x, p.usage), nil
	}
	var err error
	switch {
	case p.text != nil: // legacy completions; Together has a delta beside it
		ev, err = saysText(ev, x, choice, quoted(p.text), nil)
	case p.delta != nil:
		ev, err = readDelta(ev, x, choice, &p)
	case p.message != nil && x.R.Aux[choice] == 0: // an answer in one piece
		p.delta = p.message
		ev, err = readDelta(ev, x, choice, &p)
	}
	if err != nil {
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

// readDelta reads what a chunk adds to a choice, in the order it comes about.
func readDelta(ev []core.Event, x *core.Crossing, choice int32, p *piece) ([]core.Event, error) {
	var content, thinking, reasoning, details, refusal, calls, function, audio, images, cites, extra []byte
	w := scan.Members(p.delta)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		if value[0] == 'n' {
			continue
		}
		switch string(key) {
		case "content":
			content = value
		case "reasoning_content":
			thinking = value
		case "reasoning":
			reasoning = value
		case "reasoning_details":
			details = value
		case "refusal":
			refusal = value
		case "tool_calls":
			calls = value
		case "function_call":
			function = value
		case "audio":
			audio = value
		case "images":
			images = value
		case "annotations":
			cites = value
		case "extra_content":
			extra = value
		}
	}
	if text := quoted(thinking); len(text) > 0 {
		reasoning = thinking
	}
	var err error
	if text := quoted(reasoning); len(text) > 0 {
		x.R.Aux[choice] |= choiceThinks
		ev, err = says(ev, x, choice, core.PartThought, text)
	}
	if details != nil && err == nil {
		ev, err = saysDetails(ev, x, choice, details)
	}
	if content != nil && err == nil {
		ev, err = saysContent(ev, x, choice, content, probsOf(p.probs))
	}
	if text := quoted(refusal); len(text) > 0 && err == nil {
		ev, err = says(ev, x, choice, core.PartRefusal, text)
	}
	if opens(audio) && err == nil {
		ev, err = saysAudio(ev, x, choice, audio)
	}
	if images != nil && err == nil {
		ev, err = saysImages(ev, x, choice, images)
	}
	if calls != nil && err == nil {
		ev, err = saysCalls(ev, x, choice, calls)
	}
	if opens(function) && err == nil {
		ev, err = saysFunction(ev, x, choice, function)
	}
	if sign := googleSign(extra); sign != nil && err == nil {
		ev, err = saysSign(ev, x, choice, sign)
	}
	if cites != nil && err == nil {
		ev = saysCites(ev, x, choice, cites)
	}
	return ev, err
}

// probsOf is the list of logprobs in what a choice has; nil: none.
func probsOf(raw []byte) []byte {
	if raw == nil {
		return nil
	}
	if list := memberOf(raw, "content"); len(list) > 2 && list[0] == '[' {
		return list
	}
	return nil
}
