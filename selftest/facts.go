package selftest

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"sort"
	"strings"
)

// doc is a JSON object.
type doc = map[string]any

func text(v any) string {
	s, _ := v.(string)
	return s
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}

func object(v any) doc {
	d, _ := v.(doc)
	return d
}

// at follows members into v; nil when one is missing.
func at(v any, path ...string) any {
	for _, name := range path {
		v = object(v)[name]
	}
	return v
}

func number(v any) string {
	if n, ok := v.(float64); ok {
		return fmt.Sprint(n)
	}
	return ""
}

// encode writes v with sorted members. It panics if v cannot be written.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(fmt.Sprintf("selftest: cannot write %T: %v", v, err))
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}

// canonical writes the JSON in s again, so that equal values have equal texts.
func canonical(s string) string {
	var v any
	if err := json.Unmarshal([]byte(s), &v); err != nil {
		return "no JSON: " + s
	}
	return string(encode(v))
}

// facts are the content of a request or a reply, independent of the format. Items are the conversation in
// order: "user: …", "assistant: …", "think: …", "sign: …", "call 1: NAME ARGS", "result 1: …", "file: TYPE SUM".
// Calls count from 1; a result has the number of the call with its id.
type facts struct {
	items  []string
	values map[string]string // settings, tools by "tool NAME", counters by "usage NAME" …

	ids map[string]int // number of each call
}

func newFacts() *facts { return &facts{values: map[string]string{}, ids: map[string]int{}} }

func (f *facts) item(kind, format string, args ...any) {
	f.items = append(f.items, kind+": "+fmt.Sprintf(format, args...))
}

// set records a value unless it is empty.
func (f *facts) set(name, value string) {
	if value != "" {
		f.values[name] = value
	}
}

// call records a call; repeated ids are wrong.
func (f *facts) call(id, name, args string) {
	n := len(f.ids) + 1
	if _, twice := f.ids[id]; twice || id == "" {
		f.item("call", "%d: id %q twice or missing", n, id)
		id = fmt.Sprint(id, "#", n)
	}
	f.ids[id] = n
	f.item("call", "%d: %s %s", n, name, canonical(args))
}

// result records a result. If results may come in any order, it is sorted among those before it.
func (f *facts) result(id, text string) {
	n := f.ids[id]
	if n == 0 {
		f.item("result", "of nothing: id %q: %s", id, text)
		return
	}
	f.items = append(f.items, fmt.Sprintf("result: %d: %s", n, text))
	from := len(f.items)
	for from > 0 && strings.HasPrefix(f.items[from-1], "result: ") {
		from--
	}
	sort.Strings(f.items[from:])
}

// file records a file by its type and the start of its checksum.
func (f *facts) file(kind, data string) {
	b, err := base64.StdEncoding.DecodeString(data)
	if err != nil {
		f.item("file", "%s is no base64: %v", kind, err)
		return
	}
	sum := sha256.Sum256(b)
	f.item("file", "%s %x", kind, sum[:4])
}

// url records a file in a data URL.
func (f *facts) url(url string) {
	head, data, _ := strings.Cut(strings.TrimPrefix(url, "data:"), ",")
	f.file(strings.TrimSuffix(head, ";base64"), data)
}

// tool records a tool.
func (f *facts) tool(name, description string, schema any) {
	f.set("tool "+name, description+" "+plain(schema))
}

// plain returns a schema as text: with references resolved, types in lower case, and without the keywords that only
// strict servers require.
func plain(schema any) string {
	var walk func(v any, depth int) any
	root := schema
	walk = func(v any, depth int) any {
		d := object(v)
		if d == nil || depth > maxDepth {
			return v
		}
		if ref := text(d["$ref"]); strings.HasPrefix(ref, "#/") {
			return walk(at(root, strings.Split(ref[2:], "/")...), depth+1)
		}
		out := doc{}
		for name, v := range d {
			switch name {
			case "$defs", "additionalProperties", "$schema", "propertyOrdering", "title":
			case "type":
				out[name] = strings.ToLower(text(v))
			case "properties":
				all := doc{}
				for name, p := range object(v) {
					all[name] = walk(p, depth+1)
				}
				out[name] = all
			case "items":
				out[name] = walk(v, depth+1)
			default:
				out[name] = v
			}
		}
		return out
	}
	return string(encode(walk(schema, 0)))
}
