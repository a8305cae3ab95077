package bedrock

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// Chat.Shape: bits that say how a request was written, and above them the chain of members that the neutral form
// has and that are also kept, to be written again unchanged.
const (
	shapeSystem  = 1 << iota // system was present, without a part
	shapeConfig              // inferenceConfig was present
	shapeStops               // stopSequences was present
	shapeTools               // toolConfig was present
	shapeFlags   = 8         // number of bits before the chain
	shapeFlagMax = 1<<shapeFlags - 1
)

// keepKnown adds a member to the chain of those that the neutral form has too.
func keepKnown(t *core.Tree, shape *uint32, key core.Text, value []byte) {
	head := int32(*shape >> shapeFlags)
	t.Keep(&head, key, value)
	*shape = *shape&shapeFlagMax | uint32(head)<<shapeFlags
}

// A requestReader reads one request.
type requestReader struct {
	c *core.Chat
	r reader
}

func parseRequest(c *core.Chat, raw []byte) *core.Fault {
	q := requestReader{c: c, r: reader{t: &c.Tree}}
	w := scan.Members(raw)
	for {
		key, ok := w.Key()
		if !ok {
			break
		}
		if string(key) == "messages" && opens(w.Tail(), '[') {
			rest, f := q.messages(w.Tail())
			if f != nil {
				return f
			}
			w.Resume(rest)
			continue
		}
		value, _ := w.Value()
		if len(value) == 0 {
			break
		}
		if f := q.member(key, value); f != nil {
			return f
		}
	}
	if w.Rest() == nil {
		return body.Invalid("", "cannot read the request body: it is not the object that Converse takes", "")
	}
	return nil
}

// member reads a top-level member other than messages.
func (q *requestReader) member(key, value []byte) *core.Fault {
	c := q.c
	switch string(key) {
	case "messages":
		return body.Invalid("messages", "cannot read messages: it must be an array", "")
	case "system":
		q.system(value)
	case "inferenceConfig":
		q.inference(value)
	case "toolConfig":
		c.Shape |= shapeTools
		return q.tools(value)
	case "additionalModelRequestFields":
		keepKnown(&c.Tree, &c.Shape, key, value)
		q.additional(value)
	case "outputConfig":
		keepKnown(&c.Tree, &c.Shape, key, value)
		if f := q.output(value); f != nil {
			return f
		}
	case "requestMetadata":
		keepKnown(&c.Tree, &c.Shape, key, value)
		c.Metadata = value
	case "serviceTier":
		keepKnown(&c.Tree, &c.Shape, key, value)
		c.Tier = member(value, "type")
	default:
		c.Keep(&c.More, key, value)
	}
	return nil
}

// messages reads the conversation and returns the bytes after it.
func (q *requestReader) messages(tail []byte) ([]byte, *core.Fault) {
	list := scan.Elements(tail)
	for {
		if _, ok := list.Key(); !ok {
			return list.Rest(), nil
		}
		if !opens(list.Tail(), '{') {
			return nil, body.Invalid("messages", "cannot read messages: each must be an object with a role and content", "")
		}
		rest, f := q.message(list.Tail())
		if f != nil {
			return nil, f
		}
		list.Resume(rest)
	}
}

func (q *requestReader) message(tail []byte) ([]byte, *core.Fault) {
	c := q.c
	role := roleOf(scan.Members(tail))
	q.r.assistant = string(role) == "assistant"
	i := c.Begin(core.User)
	switch string(role) {
	case "user":
	case "assistant":
		c.Turns[i].Role = core.Assistant
	default:
		return nil, body.Invalid("messages", "cannot read messages: the role of each must be user or assistant", "put instructions into system")
	}
	w := scan.Members(tail)
	for {
		key, ok := w.Key()
		if !ok {
			break
		}
		if string(key) == "content" && opens(w.Tail(), '[') {
			w.Resume(q.r.content(w.Tail()))
			continue
		}
		value, _ := w.Value()
		switch string(key) {
		case "role":
		case "content":
			return nil, body.Invalid("messages", "cannot read messages: content must be an array of blocks", "")
		default:
			c.Keep(&c.Turns[i].More, key, value)
		}
	}
	c.End(i)
	return w.Rest(), nil
}

// roleOf finds the role of a message, which may come after its content.
func roleOf(w scan.Walk) core.Text {
	for {
		key, value, ok := w.Next()
		if !ok {
			return nil
		}
		if string(key) == "role" {
			return inside(value)
		}
	}
}

// system reads the system blocks into one turn.
func (q *requestReader) system(value []byte) {
	if !opens(value, '[') {
		q.c.Keep(&q.c.More, core.Text("system"), value)
		return
	}
	i := q.c.Begin(core.System)
	q.r.assistant = false
	q.r.content(value)
	q.c.End(i)
	if t := q.c.Turns[i]; t.From == t.To {
		q.c.Turns = q.c.Turns[:i]
		q.c.Shape |= shapeSystem
	}
	q.c.Lead(i)
}

func (q *requestReader) inference(value []byte) {
	c := q.c
	c.Shape |= shapeConfig
	w := scan.Members(value)
	for {
		key, v, ok := w.Next()
		if !ok {
			return
		}
		switch string(key) {
		case "maxTokens":
			c.MaxTokens = number(v)
		case "temperature":
			c.Temperature = number(v)
		case "topP":
			c.TopP = number(v)
		case "stopSequences":
			c.Shape |= shapeStops
			list := scan.Elements(v)
			for {
				_, s, more := list.Next()
				if !more {
					break
				}
				if t := inside(s); t != nil {
					c.Stop = append(c.Stop, t)
				}
			}
		default:
			room := append(append(c.Room(), inferencePrefix...), key...)
			c.Keep(&c.More, c.Took(room), v)
		}
	}
}

// Prefixes for the keys of unknown members of inferenceConfig and toolConfig.
const (
	inferencePrefix = "inferenceConfig."
	toolsPrefix     = "toolConfig."
)

// number returns raw if it is a number, otherwise nil.
func number(raw []byte) []byte {
	if len(raw) > 0 && (raw[0] == '-' || '0' <= raw[0] && raw[0] <= '9') {
		return raw
	}
	return nil
}

// member returns the inside of the string that is the member name of an object, nil if there is none.
func member(object []byte, name string) core.Text { return inside(get(object, name)) }

// get returns the value of the member name of an object, nil if there is none.
func get(object []byte, name string) []byte {
	w := scan.Members(object)
	for {
		key, value, ok := w.Next()
		if !ok {
			return nil
		}
		if string(key) == name {
			return value
		}
	}
}
