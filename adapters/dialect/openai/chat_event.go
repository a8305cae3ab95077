package openai

import (
	"bytes"
	"errors"

	"asbru/core"
	"asbru/core/scan"
)

var errEvent = errors.New("cannot read event: it is no JSON object")

// Bits about each choice of a stream being read, in Crossing.R.Aux.
const (
	choiceFinished = 1 << iota
	choiceThinks   // its thinking comes as text, so that its repetition in details is ignored
)

// A streamChunk is one event of a stream: its raw members.
type streamChunk struct {
	id, model, choices, usage, groq, object, fault, created []byte
}

// parseChunk is the ParseEvent of chat completions, and of the legacy ones.
func parseChunk(ev []core.Event, x *core.Crossing, name, data []byte) ([]core.Event, error) {
	data = trim(data)
	if len(data) == 0 || x.Ended {
		return ev, nil // anything after the end is ignored
	}
	if data[0] == '[' && string(bytes.TrimSpace(data)) == "[DONE]" {
		return endStream(ev, x), nil
	}
	var c streamChunk
	failed := string(name) == "error"
	if !c.read(data) && !failed {
		return ev, errEvent
	}
	if x.R.Done {
		return ev, nil
	}
	if failed || c.fault != nil || c.choices == nil && bareFault(data) {
		return faultEvent(ev, x, data), nil
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
	if string(c.object) == `"chat.completion.done"` { // Perplexity sends no [DONE]
		ev = endStream(ev, x)
	}
	return ev, nil
}

// read reads a chunk. ok is false if it is not an object, or malformed.
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

// meet records id, model and time of the answer, from the first chunk that has them.
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
	if n, ok := scan.Whole(c.created); ok && n > 0 {
		x.Created = n
	}
}

// start begins the stream unless it has begun.
func start(ev []core.Event, x *core.Crossing) []core.Event {
	if x.Started {
		return ev
	}
	x.Started = true
	return append(ev, core.Event{Kind: core.EventStart})
}

// usageEvent adds the usage so far, if raw has any.
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

// faultEvent reports that the provider failed in mid-stream. R.Done records that only the end may follow.
func faultEvent(ev []core.Event, x *core.Crossing, data []byte) []core.Event {
	f := &core.Fault{Code: core.UpstreamFailed}
	readFault(data, f)
	if f.Message == "" {
		f.Message = "the provider failed in the middle of its answer"
	}
	x.R.Done = true
	return append(ev, core.Event{Kind: core.EventFault, Fault: f})
}

// endStream ends the choices without a finish, and the answer.
func endStream(ev []core.Event, x *core.Crossing) []core.Event {
	if !x.R.Done {
		ev = start(ev, x)
	}
	for choice := range x.R.Aux {
		if x.R.Aux[choice]&choiceFinished == 0 && !x.R.Done {
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
