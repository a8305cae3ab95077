package ollama

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// parseGenerate is the codec's ParseRequest for /api/generate, a conversation with one message:
// https://docs.ollama.com/api/generate
func parseGenerate(c *core.Chat, b []byte) *core.Fault {
	c.From, c.Op, c.Usage, c.Stream = &self, core.OpCompletion, true, true
	var m message
	var system core.Text
	w := scan.Members(b)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		var f *core.Fault
		switch {
		case value[0] == 'n':
			null(c, key, value)
		case string(key) == "prompt":
			m.content = value
			m.shape |= turnContent
		case string(key) == "images":
			m.images = value
		case string(key) == "system":
			if system = inside(value); system == nil {
				f = body.Invalid("system", "cannot read system: it must be a string", "")
			} else if len(system) == 0 {
				c.Shape |= chatNoSystem
			}
		case string(key) == "context" && len(value) > 2:
			c.Previous = c.Took(append(c.Room(), "context"...)) // state of an earlier request
			c.Keep(&c.More, key, value)
		case idle(value) && (string(key) == "template" || string(key) == "context" || string(key) == "raw" || string(key) == "suffix"):
			c.Keep(&m.more, key, value) // other formats have nothing like it
		default:
			f = parseMember(c, key, value)
		}
		if f != nil {
			return f
		}
	}
	if len(system) > 0 {
		i := c.Begin(core.System)
		c.Add(core.Part{Text: system})
		c.End(i)
	}
	i := c.Begin(core.User)
	made := 0
	if why := m.parts(&c.Tree, &made); why != "" {
		return body.Invalid("prompt", "cannot read prompt or images: "+why, "")
	}
	c.Turns[i].Shape, c.Turns[i].More = m.shape, m.more
	c.End(i)
	return nil
}

// idle reports whether a value is empty.
func idle(value []byte) bool {
	switch string(value) {
	case `""`, `[]`, `{}`, `false`:
		return true
	}
	return false
}

// appendGenerate is the codec's AppendRequest for /api/generate, which has only a system text and a prompt.
func appendGenerate(dst []byte, c *core.Chat, s *core.Send) ([]byte, *core.Fault) {
	a := asked{c: c, own: c.From == &self, face: s.Face}
	at := len(dst)
	dst, f := a.begin(dst, s)
	if f != nil {
		return dst, f
	}
	for i := range c.Turns {
		t := &c.Turns[i]
		key := `,"prompt":`
		switch {
		case t.Role == core.System || t.Role == core.Developer:
			key = `,"system":`
		case t.Role != core.User || i+1 < len(c.Turns):
			return dst, body.Invalid("messages", "cannot send a conversation to generate: it takes one message of the user", "use the chat endpoint of this server")
		}
		if dst, f = a.said(dst, t, key); f != nil {
			return dst, f
		}
		if a.own {
			dst = appendExtras(dst, &c.Tree, t.More, false)
		}
	}
	if a.own && c.Shape&chatNoSystem != 0 {
		dst = append(dst, `,"system":""`...)
	}
	return body.Edit(a.end(dst), at, s.Face), nil
}
