package conformance

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// A manner is a way in which some providers stream chat completions: the frames differ, but not the
// result.
type manner struct {
	name string
	do   func(c *chunks)
}

// chunks are the frames of a stream as trees. For a frame that is not one, such as [DONE], it is nil, with
// the frame in text.
type chunks struct {
	list []*node
	text []string
}

func chunksOf(frames []frameOf) *chunks {
	c := new(chunks)
	for _, f := range frames {
		n, err := parseTree(f.data)
		if err != nil || n.open != '{' {
			n = nil
		}
		c.list, c.text = append(c.list, n), append(c.text, string(f.data))
	}
	return c
}

func (c *chunks) frames() (out []frameOf) {
	for i, n := range c.list {
		text := c.text[i]
		if n != nil {
			text = n.String()
		}
		out = append(out, frameOf{nil, []byte(text)})
	}
	return out
}

// put inserts a frame before the i-th.
func (c *chunks) put(i int, text string) {
	n, _ := parseTree([]byte(text))
	c.list = append(c.list[:i:i], append([]*node{n}, c.list[i:]...)...)
	c.text = append(c.text[:i:i], append([]string{text}, c.text[i:]...)...)
}

// each calls do for every choice of every frame.
func (c *chunks) each(do func(chunk, choice *node)) {
	for _, n := range c.list {
		if n == nil || n.get("choices") == nil {
			continue
		}
		for _, m := range n.get("choices").members {
			do(n, m.value)
		}
	}
}

// done returns the index of the terminator, or where it would be.
func (c *chunks) done() int {
	for i, n := range c.list {
		if n == nil || n.get("object") != nil && n.get("object").raw == `"chat.completion.done"` {
			return i
		}
	}
	return len(c.list)
}

// takeUsage removes the usage from every frame and returns the last one.
func (c *chunks) takeUsage() (last *node) {
	for _, n := range c.list {
		if n == nil {
			continue
		}
		u := n.get("usage")
		if u == nil || u.open != '{' {
			u = n.get("x_groq", "usage")
		}
		if u != nil && u.open == '{' {
			last = u
		}
		n.drop("usage")
		n.drop("x_groq")
	}
	return last
}

var manners = []manner{
	{"a first chunk without choices, as Azure's", func(c *chunks) {
		c.put(0, `{"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[{"prompt_index":0}]}`)
	}},
	{"usage in a chunk of its own", func(c *chunks) {
		if u := c.takeUsage(); u != nil {
			c.put(c.done(), `{"id":"i","object":"chat.completion.chunk","choices":[],"usage":`+u.String()+`}`)
		}
	}},
	{"usage on every chunk", func(c *chunks) {
		if u := c.takeUsage(); u != nil {
			for _, n := range c.list {
				if n != nil {
					n.set("usage", u)
				}
			}
		}
	}},
	{"usage with the choices null", func(c *chunks) {
		if u := c.takeUsage(); u != nil {
			c.put(c.done(), `{"choices":null,"usage":`+u.String()+`}`)
		}
	}},
	{"the finish twice, as OpenRouter's", func(c *chunks) {
		for i := len(c.list) - 1; i >= 0; i-- {
			if word, ok := c.list[i].get("choices", "finish_reason").plain(); ok && word != "" {
				c.put(i+1, `{"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":"`+word+`","native_finish_reason":"x"}]}`)
				return
			}
		}
	}},
	{"the role on every chunk, and nothing in what is said", func(c *chunks) {
		c.each(func(_, choice *node) {
			if d := choice.get("delta"); d != nil && d.open == '{' {
				for key, v := range map[string]*node{"role": leaf("assistant"), "content": leaf(""), "refusal": leaf(nil), "reasoning_content": leaf(nil), "tool_calls": leaf([]any{}), "function_call": leaf(nil)} {
					if d.find(key) < 0 {
						d.set(key, v)
					}
				}
			}
		})
	}},
	{"an empty word for no finish", func(c *chunks) {
		c.each(func(_, choice *node) {
			if word, ok := choice.get("finish_reason").plain(); !ok || word == "" {
				choice.set("finish_reason", leaf(""))
			}
		})
	}},
	{"no terminator", func(c *chunks) {
		if at := len(c.list) - 1; at >= 0 && c.list[at] == nil {
			c.list, c.text = c.list[:at], c.text[:at]
		}
	}},
	{"an id and a name on every piece of a call", namedAgain},
	{"an empty id and name on later pieces of a call", func(c *chunks) {
		calls(c, func(call *node) {
			if call.get("id") == nil {
				call.set("id", leaf(""))
				call.set("type", leaf(""))
				call.get("function").set("name", leaf(""))
			}
		})
	}},
	{"calls without a number", func(c *chunks) {
		calls(c, func(call *node) { call.drop("index") })
	}},
	{"calls without a type", func(c *chunks) {
		calls(c, func(call *node) { call.drop("type") })
	}},
	{"calls without an id", func(c *chunks) {
		calls(c, func(call *node) { call.drop("id") })
	}},
	{"pieces of calls by turns", byTurns},
	{"whole calls", wholeCalls},
	{"whole calls without number and id, as Gemini's", func(c *chunks) {
		wholeCalls(c)
		calls(c, func(call *node) { call.drop("index"); call.drop("id") })
	}},
	{"every character in a chunk of its own", func(c *chunks) { parted(c, 1) }},
	{"chunks that say nothing", func(c *chunks) {
		for i := len(c.list) - 1; i >= 0; i-- {
			c.put(i, `{"id":"i","object":"chat.completion.chunk","choices":[{"index":0,"delta":{},"finish_reason":null}]}`)
			c.put(i, `{"id":"i","choices":[]}`)
			c.put(i, `{}`)
		}
	}},
	{"the message so far beside the delta, as Perplexity's", func(c *chunks) {
		said := ""
		c.each(func(_, choice *node) {
			if choice.get("delta") == nil {
				return
			}
			more, _ := choice.get("delta", "content").plain()
			said += more
			choice.set("message", leaf(map[string]any{"role": "assistant", "content": said}))
		})
	}},
}

// calls calls do for every piece of every call.
func calls(c *chunks, do func(call *node)) {
	c.each(func(_, choice *node) {
		list := choice.get("delta", "tool_calls")
		if list == nil || list.open != '[' {
			return
		}
		for _, m := range list.members {
			if m.value.get("function") != nil {
				do(m.value)
			}
		}
	})
}

// byTurns interleaves the pieces of parallel calls. It does nothing if a chunk has other content besides a
// piece, which would be moved too.
func byTurns(c *chunks) {
	var at []int
	of := map[string][]*node{}
	var order []string
	for i, n := range c.list {
		list := n.get("choices", "delta", "tool_calls")
		if list == nil || len(list.members) == 0 {
			continue
		}
		number := n.get("choices", "delta", "tool_calls", "index")
		if word, _ := n.get("choices", "finish_reason").plain(); word != "" || number == nil || len(list.members) != 1 || said(n.get("choices", "delta")) != 1 {
			return
		}
		if at = append(at, i); of[number.raw] == nil {
			order = append(order, number.raw)
		}
		of[number.raw] = append(of[number.raw], n)
	}
	for turn := 0; len(at) > 0; turn++ {
		key := order[turn%len(order)]
		if len(of[key]) > 0 {
			c.list[at[0]], of[key], at = of[key][0], of[key][1:], at[1:]
		}
	}
}

// wholeCalls gathers the pieces of each call in the first one.
func wholeCalls(c *chunks) {
	first, args := map[string]*node{}, map[string]string{}
	c.each(func(_, choice *node) {
		list := choice.get("delta", "tool_calls")
		if list == nil || list.open != '[' {
			return
		}
		kept := list.members[:0:0]
		for _, m := range list.members {
			key := ""
			if n := m.value.get("index"); n != nil {
				key = n.raw
			}
			id, _ := m.value.get("id").plain()
			if first[key] == nil || id != "" {
				first[key] = m.value
				kept, args[key] = append(kept, m), ""
			}
			more, ok := m.value.get("function", "arguments").plain()
			if !ok {
				kept, first = list.members, map[string]*node{}
				break
			}
			args[key] += more
			first[key].get("function").set("arguments", leaf(args[key]))
		}
		if list.members = kept; len(kept) == 0 {
			choice.get("delta").drop("tool_calls")
		}
	})
}

func namedAgain(c *chunks) {
	ids, names := map[string]*node{}, map[string]*node{}
	calls(c, func(call *node) {
		at := "0"
		if n := call.get("index"); n != nil {
			at = n.raw
		}
		if text, _ := call.get("id").plain(); text != "" {
			ids[at], names[at] = call.get("id"), call.get("function", "name")
		} else if ids[at] != nil {
			call.set("id", ids[at])
			call.get("function").set("name", names[at])
		}
	})
}

// parted splits the content of a chunk into pieces of n characters.
func parted(c *chunks, n int) {
	for i := len(c.list) - 1; i >= 0; i-- {
		chunk := c.list[i]
		choices := chunk.get("choices")
		if choices == nil || len(choices.members) != 1 {
			continue
		}
		for _, path := range [][]string{{"delta", "content"}, {"delta", "reasoning_content"}, {"delta", "reasoning"}, {"delta", "tool_calls", "function", "arguments"}} {
			text, ok := choices.get(path...).plain()
			d := choices.get("delta")
			if !ok || text == "" || d.get("tool_calls") != nil && (path[1] != "tool_calls" || len(d.get("tool_calls").members) != 1) || d.get("reasoning_details") != nil || said(d) != 1 {
				continue
			}
			_, size := utf8.DecodeRuneInString(text)
			for rest := text[size*n:]; len(rest) > 0; {
				_, size := utf8.DecodeLastRuneInString(rest)
				c.put(i+1, alone(choices, path, rest[len(rest)-size:]))
				rest = rest[:len(rest)-size]
			}
			within := choices.get(path[:len(path)-1]...).enter()
			within.set(path[len(path)-1], leaf(text[:size*n]))
			moveEnd(c, i, len([]rune(text))-n)
		}
	}
}

// said returns how many members of a delta have content.
func said(d *node) (n int) {
	for _, m := range d.members {
		if text, ok := m.value.plain(); m.key != "role" && (ok && text != "" || m.value.open != 0 && len(m.value.members) > 0) {
			n++
		}
	}
	return n
}

// alone returns a chunk with only text at path.
func alone(choices *node, path []string, text string) string {
	quoted, _ := json.Marshal(text)
	index := "0"
	if n := choices.get("index"); n != nil {
		index = n.raw
	}
	if path[1] != "tool_calls" {
		return `{"choices":[{"index":` + index + `,"delta":{"` + path[1] + `":` + string(quoted) + `}}]}`
	}
	number := "0"
	if n := choices.get("delta", "tool_calls", "index"); n != nil {
		number = n.raw
	}
	return `{"choices":[{"index":` + index + `,"delta":{"tool_calls":[{"index":` + number + `,"function":{"arguments":` + string(quoted) + `}}]}}]}`
}

// moveEnd moves a finish from chunk i to after the pieces that were split off it.
func moveEnd(c *chunks, i, pieces int) {
	choice := c.list[i].get("choices").members[0].value
	word, ok := choice.get("finish_reason").plain()
	if !ok || word == "" || pieces == 0 {
		return
	}
	c.list[i+pieces].get("choices").members[0].value.set("finish_reason", leaf(word))
	choice.set("finish_reason", leaf(nil))
}

// TestManners checks that a stream of chat completions has the same content in every manner.
func TestManners(t *testing.T) {
	differ := map[string]int{}
	for _, s := range samples(t) {
		if s.body != nil || s.face.dialect != openai.API || s.face.op != core.OpChat {
			continue
		}
		was, err := s.tell()
		if err != nil || was.failed != "" {
			continue
		}
		for _, m := range manners {
			c := chunksOf(s.frames)
			m.do(c)
			if !slices.EqualFunc(c.frames(), chunksOf(s.frames).frames(), func(a, b frameOf) bool { return string(a.data) == string(b.data) }) {
				differ[m.name]++
			}
			now, err := s.face.tell(c.frames())
			if m.name == "no terminator" {
				now.ended, now.passed.Done = was.ended, was.passed.Done
			}
			if err != nil {
				t.Errorf("%s, %s: %v", s.name, m.name, err)
			} else if d := was.same(&now, ""); d != "" {
				t.Errorf("%s, %s: %s (%+v, was %+v)", s.name, m.name, d, now.usage, was.usage)
			}
		}
		unfinished(t, &s, &was)
	}
	for _, m := range manners {
		if differ[m.name] == 0 {
			t.Errorf("%s: no stream is changed by it", m.name)
		}
	}
	t.Logf("streams changed: %v", differ)
}

// unfinished checks that a terminator without a finish ends the answer, with complete calls and texts.
func unfinished(t *testing.T, s *sample, was *told) {
	c := chunksOf(s.frames)
	if c.done() == len(c.list) || !strings.Contains(was.said, "finish 0 1\n") && !strings.Contains(was.said, "finish 0 4\n") {
		return
	}
	c.each(func(_, choice *node) { choice.drop("finish_reason") })
	now, err := s.face.tell(c.frames())
	if err != nil || now.said != was.said || !now.ended {
		t.Errorf("%s, a terminator and no finish: %v, says\n%s\nand said\n%s", s.name, err, now.said, was.said)
	}
}
