package canon_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"testing"

	"asbru/adapters"
	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/cohere"
	"asbru/adapters/dialect/gemini"
	"asbru/adapters/dialect/ollama"
	"asbru/adapters/dialect/openai"
	"asbru/bench/corpus"
	"asbru/cache/canon"
	"asbru/core"
)

// idle are the places of a request, in any format, that no answer depends on.
var idle = regexp.MustCompile(`^\.(model|modelId|stream|stream_options\..*|user|safety_identifier|metadata(\..*)?|store|service_tier|prompt_cache_key|prompt_cache_retention|requestMetadata\..*)$` +
	`|\.cache_control(\.|$)|\.cachePoint(\.|$)` +
	`|^\.anthropic_version$|^\.systemInstruction\.role$` +
	`|^\.contents\[\d+\]\.role$|\.toolResult\.status$|^\.toolConfig\..*zz_unknown$`) // one of a few words; providers refuse any other

// Every change of a request changes the form: of the value of an unknown member as well as of one that is
// parsed.
func TestEveryLeafCounts(t *testing.T) {
	type api struct {
		d  *core.Dialect
		op core.Op
	}
	apis := map[string]api{
		"chat": {openai.API, core.OpChat}, "responses": {openai.API, core.OpResponses}, "completions": {openai.API, core.OpCompletion},
		"messages": {anthropic.API, core.OpChat}, "generateContent": {gemini.API, core.OpChat},
		"converse": {adapters.Bedrock, core.OpChat}, "invoke": {adapters.Bedrock, core.OpInvoke},
		"cohere_chat": {cohere.API, core.OpChat}, "ollama_chat": {ollama.API, core.OpChat}, "ollama_generate": {ollama.API, core.OpCompletion},
	}
	silent := map[string]int{}
	n := 0
	for _, c := range corpus.Cases(t, func(c *corpus.Case) bool { return c.Request != nil && c.Request.Body != nil }) {
		a, ok := apis[c.API]
		if !ok {
			continue
		}
		var doc any
		dec := json.NewDecoder(bytes.NewReader(c.Request.Body))
		dec.UseNumber()
		if dec.Decode(&doc) != nil {
			continue
		}
		refused := 0
		of := func() string { // a form, or something that never repeats
			body, err := json.Marshal(doc)
			if err != nil {
				t.Fatal(err)
			}
			chat := core.NewChat()
			if a.d.Chats[a.op] == nil {
				t.Fatal(c.API)
			}
			if f := a.d.Chats[a.op].ParseRequest(chat, body); f != nil || !canon.Whole(chat) {
				refused++
				return fmt.Sprintf("refused %d", refused)
			}
			var w canon.Writer
			w.Chat(chat)
			return string(w.Bytes())
		}
		before := of()
		walk(&doc, "", func(path string) {
			n++
			if !idle.MatchString(path) && of() == before {
				silent[c.API+" "+regexp.MustCompile(`\[\d+\]`).ReplaceAllString(path, "[]")]++
			}
		})
	}
	for _, path := range slices.Sorted(maps.Keys(silent)) {
		t.Errorf("%s: another value does not change the form (%d times)", path, silent[path])
	}
	t.Logf("%d leaves", n)
}

// walk changes the leaves one by one, and adds a member to the objects one by one.
func walk(at *any, path string, changed func(path string)) {
	old := *at
	switch v := old.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			m := v[k]
			walk(&m, path+"."+k, func(p string) {
				was := v[k]
				v[k] = m
				changed(p)
				v[k] = was
			})
		}
		v["zz_unknown"] = json.Number("1")
		changed(path + ".zz_unknown")
		delete(v, "zz_unknown")
	case []any:
		for i := range v {
			walk(&v[i], fmt.Sprintf("%s[%d]", path, i), changed)
		}
	case string:
		*at = v + "x"
		changed(path)
	case json.Number:
		if *at = json.Number(v.String() + "7"); v == "0" {
			*at = json.Number("3")
		}
		changed(path)
	case bool:
		*at = !v
		changed(path)
	}
	*at = old
}
