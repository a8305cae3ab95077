package conformance

import (
	"bytes"
	"strings"
	"testing"

	"asbru/core"
)

// A change is something that providers, or proxies in front of them, do to the spelling of an answer
// without changing its content.
type change struct {
	name string
	do   func(s *sample, n *node) // to each document of the answer
	as   spelling
	// loses names what the change removes, which is then not compared.
	loses string
}

var changes = []change{
	{name: "members the other way round", do: everywhere(func(_ *sample, _ string, n *node) {
		if n.open == '{' {
			for i, j := 0, len(n.members)-1; i < j; i, j = i+1, j-1 {
				n.members[i], n.members[j] = n.members[j], n.members[i]
			}
		}
	})},
	{name: "members nobody knows behind", do: everywhere(func(_ *sample, _ string, n *node) {
		if n.open == '{' {
			n.set("x_new", leaf(map[string]any{"a": []any{1, nil, "é\"\\"}, "usage": map[string]any{}}))
			n.set("x_none", leaf(nil))
		}
	})},
	{name: "members nobody knows in front", do: everywhere(func(_ *sample, _ string, n *node) {
		if n.open == '{' {
			n.members = append([]member{{"x_new", leaf([]any{"]", "}", 1.5})}, {"x_none", leaf(nil)}}, n.members...)
		}
	})},
	{name: "null for what is absent", do: absentAsNull},
	{name: "numbers with a point", do: func(_ *sample, n *node) { pointed(n) }},
	{name: "white space", as: spelling{gap: " \t\n"}},
	{name: "ASCII", as: spelling{ascii: true}},
	{name: "escaped slashes", as: spelling{slashes: true}},
	{name: "without usage", loses: "usage", do: everywhere(func(_ *sample, _ string, n *node) {
		for _, key := range []string{"usage", "usageMetadata", "x_groq", "prompt_eval_count", "eval_count", "amazon-bedrock-invocationMetrics"} {
			n.drop(key)
		}
	})},
}

// everywhere applies do to each object and list of the format itself.
func everywhere(do func(s *sample, path string, n *node)) func(*sample, *node) {
	return func(s *sample, n *node) {
		n.each("", func(path string, n *node) { do(s, path, n) })
	}
}

// pointed writes whole numbers as some languages' printers do.
func pointed(n *node) {
	n.each("", func(_ string, n *node) {
		for _, m := range n.members {
			if v := m.value; v.open == 0 && v.raw != "" && (v.raw[0] == '-' || v.raw[0]-'0' <= 9) && !strings.ContainsAny(v.raw, ".eE") {
				v.raw += ".0"
			}
		}
	})
}

// absentAsNull adds, as null, the members that similar objects have elsewhere in the answer, as encoders
// of typed records do.
func absentAsNull(s *sample, n *node) {
	if s.members == nil {
		s.members = s.allMembers()
	}
	n.each("", func(path string, n *node) {
		for _, key := range s.members[path] {
			if n.open == '{' && n.find(key) < 0 {
				n.set(key, leaf(nil))
			}
		}
	})
	n.set("error", leafOr(n.get("error")))
}

// allMembers returns the names of the members that the objects at each path have, anywhere in the answer.
func (s *sample) allMembers() map[string][]string {
	keys := map[string][]string{}
	for _, f := range s.documents() {
		m, err := parseTree(f)
		if err != nil {
			continue
		}
		m.each("", func(path string, n *node) {
			for _, m := range n.members {
				if n.open == '{' && !contains(keys[path], m.key) {
					keys[path] = append(keys[path], m.key)
				}
			}
		})
	}
	return keys
}

func leafOr(n *node) *node {
	if n != nil {
		return n
	}
	return leaf(nil)
}

func contains(list []string, s string) bool {
	for _, have := range list {
		if have == s {
			return true
		}
	}
	return false
}

// documents returns the JSON documents of the answer.
func (s *sample) documents() (out [][]byte) {
	if s.body != nil {
		return [][]byte{s.body}
	}
	for _, f := range s.frames {
		out = append(out, s.inner(f))
	}
	return out
}

// changed returns s changed by c.
func (s *sample) changed(c *change) sample {
	out := sample{name: s.name, face: s.face}
	each := func(doc []byte) []byte {
		n, err := parseTree(doc)
		if err != nil || n.open == 0 {
			return doc // [DONE] and the like
		}
		if c.do != nil {
			c.do(s, n)
		}
		var b strings.Builder
		n.write(&b, c.as)
		return []byte(b.String())
	}
	if s.body != nil {
		out.body = each(s.body)
		return out
	}
	for _, f := range s.frames {
		out.frames = append(out.frames, s.outer(f, each(s.inner(f))))
	}
	return out
}

// tell returns the content of s.
func (s *sample) tell() (told, error) {
	if s.body != nil {
		return s.face.tellWhole(s.body)
	}
	return s.face.tell(s.frames)
}

// same reports how the two differ.
func (a *told) same(b *told, loses string) string {
	switch {
	case a.said != b.said:
		return "says\n" + b.said + "\nand said\n" + a.said
	case a.usage != b.usage && loses != "usage":
		return "counts otherwise"
	case a.passed.Usage != b.passed.Usage && loses != "usage" && !a.metered:
		return "counts otherwise where its bytes pass"
	case a.ended != b.ended:
		return "ends otherwise"
	case a.metered: // by Bedrock itself, in the last chunk of InvokeModel
	case a.passed.Finished != b.passed.Finished || a.passed.Failed != b.passed.Failed:
		return "ends otherwise where its bytes pass"
	case a.failed != b.failed:
		return "fails otherwise: " + b.failed + ", was " + a.failed
	}
	return ""
}

// TestSpellings checks that the content of an answer does not depend on its spelling.
func TestSpellings(t *testing.T) {
	for _, s := range samples(t) {
		was, err := s.tell()
		if err != nil {
			if s.body == nil {
				t.Errorf("%s: %v", s.name, err)
			}
			continue
		}
		if s.body == nil && was.passed.Usage != was.usage && !was.metered {
			t.Errorf("%s: bytes that pass count %+v, its events %+v", s.name, was.passed.Usage, was.usage)
		}
		for i := range changes {
			c := &changes[i]
			other := s.changed(c)
			now, err := other.tell()
			if err != nil {
				t.Errorf("%s, %s: %v", s.name, c.name, err)
			} else if d := was.same(&now, c.loses); d != "" {
				t.Errorf("%s, %s: %s (%+v, was %+v)", s.name, c.name, d, now.usage, was.usage)
			}
			if c.loses == "usage" && now.usage.Known && s.face.op != core.OpInvoke {
				t.Errorf("%s, %s: it counts %+v", s.name, c.name, now.usage)
			}
		}
	}
}

// TestFrames checks the same for the framing of events.
func TestFrames(t *testing.T) {
	for _, s := range samples(t) {
		if s.body != nil {
			continue
		}
		was, err := s.tell()
		if err != nil {
			continue // reported above
		}
		for name, wire := range s.framings() {
			frames, err := cut(s.face.dialect.Chats[s.face.op].Framing, wire)
			if err != nil {
				t.Errorf("%s, %s: %v", s.name, name, err)
				continue
			}
			s.holds(t, name, &was, frames)
		}
		s.holds(t, "single characters", &was, s.single())
	}
}

// holds fails if frames have other content than s.
func (s *sample) holds(t *testing.T, how string, was *told, frames []frameOf) {
	t.Helper()
	now, err := s.face.tell(frames)
	if err != nil {
		t.Errorf("%s, %s: %v", s.name, how, err)
	} else if d := was.same(&now, ""); d != "" {
		t.Errorf("%s, %s: %s", s.name, how, d)
	}
}

// additions are the members by which a frame adds content, in the various dialects.
var additions = [][]string{
	{"delta"}, {"delta", "text"}, {"delta", "thinking"}, {"delta", "partial_json"}, {"delta", "toolUse", "input"}, {"delta", "reasoningContent", "text"},
	{"delta", "message", "content", "text"}, {"delta", "message", "content", "thinking"}, {"delta", "message", "tool_plan"}, {"delta", "message", "tool_calls", "function", "arguments"},
	{"candidates", "content", "parts", "text"}, {"message", "content"},
}

// single returns the stream with each character in a frame of its own, for frames that only add content.
func (s *sample) single() (out []frameOf) {
	for _, f := range s.frames {
		n, err := parseTree(s.inner(f))
		if err != nil || !s.adds(f, n) {
			out = append(out, f)
			continue
		}
		before := len(out)
		for _, path := range additions {
			text, ok := n.get(path...).plain()
			if !ok || text == "" {
				continue
			}
			for _, r := range text {
				n.get(path[:len(path)-1]...).enter().set(path[len(path)-1], leaf(string(r)))
				out = append(out, s.outer(f, []byte(n.String())))
			}
			break
		}
		if len(out) == before {
			out = append(out, f)
		}
	}
	return out
}

// adds reports whether a frame only adds content.
func (s *sample) adds(f frameOf, n *node) bool {
	kind, _ := n.get("type").plain()
	switch s.face.dialect.Name {
	case "gemini":
		parts := n.get("candidates", "content", "parts")
		return parts != nil && len(parts.members) == 1 && len(n.get("candidates").members) == 1 &&
			n.get("candidates", "content", "parts", "thoughtSignature") == nil && len(n.get("candidates").enter().members) <= 2
	case "ollama":
		m := n.get("message")
		return m != nil && m.find("thinking") < 0 && m.find("tool_calls") < 0 && n.get("done") != nil && n.get("done").raw == "false"
	case "bedrock":
		return string(f.name) == "contentBlockDelta" || kind == "content_block_delta"
	}
	return strings.HasSuffix(kind, "delta") && kind != "message_delta"
}

// framings are ways to send s.
func (s *sample) framings() map[string][][]byte {
	out := map[string][][]byte{}
	plain := s.wire("\n")
	single := make([][]byte, 0, len(plain))
	for i := range plain {
		single = append(single, plain[i:i+1:i+1])
	}
	out["byte by byte"] = single
	switch s.face.dialect.Chats[s.face.op].Framing {
	case core.FramingSSE:
		out["CRLF"] = [][]byte{s.wire("\r\n")}
		out["CR"] = [][]byte{s.wire("\r")}
		out["a byte order mark"] = [][]byte{append([]byte("\xef\xbb\xbf"), plain...)}
		out["comments"] = [][]byte{bytes.ReplaceAll(append([]byte(": hello\n\n"), plain...), []byte("\n\n"), []byte("\n\n:\n\n: ping\n\n"))}
		out["comments within"] = [][]byte{bytes.ReplaceAll(append([]byte("\n"), plain...), []byte("\ndata:"), []byte("\n: x\nid: 7\nretry: 10\ndata:"))}
		out["no space"] = [][]byte{bytes.ReplaceAll(append([]byte("\n"), plain...), []byte("\ndata: "), []byte("\ndata:"))}
	case core.FramingLines:
		out["CRLF"] = [][]byte{s.wire("\r\n")}
		out["empty lines"] = [][]byte{bytes.ReplaceAll(plain, []byte("\n"), []byte("\n\n \n"))}
		out["no last end"] = [][]byte{bytes.TrimRight(plain, "\n")}
	}
	return out
}
