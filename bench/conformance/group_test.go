package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"asbru/bench/corpus"
	"asbru/core"
	"asbru/core/scan"
)

// digest returns, as plain text, the parts of a conversation that every format has: the texts with
// their roles, the calls and their results, and the tools.
func digest(c *core.Chat) string {
	var b strings.Builder
	last := core.Role(255)
	b.WriteString(digestTurns(c, &last, true))
	b.WriteString(digestTurns(c, &last, false))
	b.WriteString("\ntools:")
	for i := range c.Tools {
		if c.Tools[i].Type == nil {
			fmt.Fprintf(&b, " %s(%s)", c.Tools[i].Name, properties(c.Tools[i].Schema))
		}
	}
	return strings.TrimSpace(b.String())
}

// digestTurns adds the system's turns, or all others, because some formats have the system's
// separately.
func digestTurns(c *core.Chat, last *core.Role, system bool) string {
	var b strings.Builder
	for i := range c.Turns {
		turn := &c.Turns[i]
		role := turn.Role
		if role == core.Developer {
			role = core.System
		}
		if system != (role == core.System) {
			continue
		}
		for p := turn.From; p < turn.To; p += 1 + c.Parts[p].Inner {
			part := &c.Parts[p]
			who := role
			if part.Kind == core.PartResult {
				who = core.ToolRole
			}
			line := digestPart(c, int(p))
			if line == "" {
				continue
			}
			if who != *last {
				fmt.Fprintf(&b, "\n%s:", [...]string{"user", "assistant", "system", "system", "tool"}[who])
				*last = who
			}
			b.WriteString(" " + line)
		}
	}
	return b.String()
}

func digestPart(c *core.Chat, i int) string {
	p := &c.Parts[i]
	switch p.Kind {
	case core.PartText:
		return strings.TrimSpace(string(scan.AppendUnescaped(nil, p.Text)))
	case core.PartImage:
		if p.Data != nil {
			return fmt.Sprintf("[image of %d]", len(p.Data))
		}
		return fmt.Sprintf("[image %s]", scan.AppendUnescaped(nil, p.URL))
	case core.PartFile:
		return fmt.Sprintf("[file of %d]", len(p.Data))
	case core.PartCall:
		return fmt.Sprintf("[call %s %s]", p.Name, arguments(p))
	case core.PartResult:
		var b strings.Builder
		for j := i + 1; j <= i+int(p.Inner); j += 1 + int(c.Parts[j].Inner) {
			b.WriteString(digestPart(c, j))
		}
		return "[result " + unwrapped(b.String()) + "]"
	}
	return ""
}

// unwrapped removes the object around a result that Gemini requires.
func unwrapped(text string) string {
	var m map[string]any
	if json.Unmarshal([]byte(text), &m) != nil {
		return text
	}
	for _, key := range []string{"output", "result", "content"} {
		if v, ok := m[key]; ok && len(m) == 1 {
			if s, ok := v.(string); ok {
				return unwrapped(s)
			}
			text, _ := json.Marshal(v)
			return string(text)
		}
	}
	out, _ := json.Marshal(m)
	return string(out)
}

// arguments returns those of a call, with sorted members.
func arguments(p *core.Part) string {
	raw := p.Args
	if p.Wraps {
		raw = scan.AppendUnescaped(nil, raw)
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		return "{}"
	}
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return string(raw)
	}
	out, _ := json.Marshal(v)
	return string(out)
}

// properties returns the sorted names in a schema's object.
func properties(schema []byte) string {
	var s struct {
		Properties map[string]json.RawMessage
	}
	json.Unmarshal(schema, &s)
	var names []string
	for k := range s.Properties {
		names = append(names, k)
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

// parse reads a recorded request.
func parse(c *corpus.Case, f face) (*core.Chat, *core.Fault) {
	chat := core.NewChat()
	chat.From, chat.Op = f.dialect, f.op
	fault := f.dialect.Chats[f.op].ParseRequest(chat, c.Request.Body)
	return chat, fault
}

// across writes chat for another face and reads it back.
func across(chat *core.Chat, to face) (*core.Chat, []byte, *core.Fault) {
	send := core.Send{Model: []byte("gemini-2.5-flash"), Stream: chat.Stream}
	if to.dialect.Name != "gemini" {
		send.Model = []byte("anthropic.claude-sonnet-4-5")
	}
	body, fault := to.dialect.Chats[to.op].AppendRequest(nil, chat, &send)
	if fault != nil {
		return nil, nil, fault
	}
	back := core.NewChat()
	back.From, back.Op = to.dialect, to.op
	return back, body, to.dialect.Chats[to.op].ParseRequest(back, body)
}

// TestGroups uses conversations that were recorded at several providers: the translation of a recording
// for each other provider must have the same content, and if the conversation has no text of a model, equal
// that provider's recording.
func TestGroups(t *testing.T) {
	cases := corpus.Cases(t, func(c *corpus.Case) bool {
		_, ok := faceOf(c)
		return ok && c.Group != "" && c.Request != nil && len(c.Request.Body) > 0 && c.Response.Status < 400
	})
	pairs, same := 0, 0
	for _, a := range cases {
		from, _ := faceOf(a)
		for _, b := range cases {
			to, _ := faceOf(b)
			if a.Group != b.Group || from == to || a.Stream != b.Stream || !from.speaks() || !to.speaks() {
				continue
			}
			chat, fault := parse(a, from)
			if fault != nil {
				t.Errorf("%s: %s", a.ID, fault.Message)
				continue
			}
			want := digest(chat)
			back, body, fault := across(chat, to)
			if fault != nil {
				t.Errorf("%s for %s: %s (%s)", a.ID, to.dialect.Name, fault.Message, fault.Param)
				continue
			}
			pairs++
			if got := digest(back); got != want {
				t.Errorf("%s for %s says\n%s\nand said\n%s\nin %.1500s", a.ID, to.dialect.Name, got, want, body)
				continue
			}
			if strings.HasSuffix(a.Group, ":followup") {
				same++
				continue
			}
			there, fault := parse(b, to)
			if fault != nil {
				t.Errorf("%s: %s", b.ID, fault.Message)
			} else if got := digest(there); got != want {
				t.Logf("%s and %s were recorded with other words:\n%s\n%s", a.ID, b.ID, want, got)
			} else {
				same++
			}
		}
	}
	t.Logf("%d translations between recordings of one conversation, %d the same as recorded", pairs, same)
}
