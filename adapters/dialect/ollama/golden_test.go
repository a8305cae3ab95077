package ollama

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"asbru/bench/corpus"
	"asbru/core"
)

// recorded returns the recordings of Ollama's native API.
func recorded(t testing.TB, api ...string) []*corpus.Case {
	t.Helper()
	return corpus.Cases(t, func(c *corpus.Case) bool {
		for _, a := range api {
			if c.Provider == "ollama" && c.API == a && strings.HasPrefix(c.Request.Path, "/api/") {
				return true
			}
		}
		return false
	})
}

func opOf(c *corpus.Case) core.Op {
	if c.API == "ollama_generate" {
		return core.OpCompletion
	}
	return core.OpChat
}

func TestRecordedRequests(t *testing.T) {
	form := core.NewChat()
	for _, c := range recorded(t, "ollama_chat", "ollama_generate") {
		op := opOf(c)
		var p core.Peek
		if f := API.Peek(c.Request.Body, op, &p); f != nil {
			t.Errorf("%s: peek: %v", c.ID, f)
			continue
		}
		if p.Stream != c.Stream {
			t.Errorf("%s: stream %v, want %v", c.ID, p.Stream, c.Stream)
		}
		form.Reset()
		if f := API.Chats[op].ParseRequest(form, c.Request.Body); f != nil {
			t.Errorf("%s: %v", c.ID, f)
			continue
		}
		send := &core.Send{Model: p.Model, Stream: p.Stream}
		got, f := API.Chats[op].AppendRequest([]byte("-"), form, send)
		if f != nil {
			t.Errorf("%s: %v", c.ID, f)
			continue
		}
		if d := corpus.Diff(got[1:], c.Request.Body); d != "" {
			t.Errorf("%s: %s", c.ID, d)
		}
		// The same conversation from another format must say the same, at the chat endpoint.
		form.From, form.Previous = nil, nil
		if got, f = API.Chats[core.OpChat].AppendRequest(nil, form, send); f != nil {
			t.Errorf("%s: as another's: %v", c.ID, f)
			continue
		}
		again := core.NewChat()
		if f := API.Chats[core.OpChat].ParseRequest(again, got); f != nil {
			t.Errorf("%s: as another's: %v: %s", c.ID, f, got)
		} else if a, b := gist(form), gist(again); a != b {
			t.Errorf("%s: as another's:\n got %s\nwant %s", c.ID, b, a)
		}
	}
}

// gist is what a conversation says, without how.
func gist(c *core.Chat) string {
	var b strings.Builder
	for _, t := range c.Turns {
		fmt.Fprintf(&b, "[%d", t.Role)
		for _, p := range c.Parts[t.From:t.To] {
			if p.Kind != core.PartText || len(p.Text) > 0 {
				fmt.Fprintf(&b, " %d %s %s %s %s;", p.Kind, p.Text, p.Name, p.Args, p.Data)
			}
		}
		b.WriteString("]")
	}
	for _, tool := range c.Tools {
		fmt.Fprintf(&b, "{%s %s %s}", tool.Name, tool.Note, tool.Schema)
	}
	fmt.Fprintf(&b, "%v %d %s %d %s %s %s %s", c.Stream, c.Format, c.Schema, c.Budget, c.Effort, c.MaxTokens, c.Temperature, c.Stop)
	return b.String()
}

func TestRecordedReplies(t *testing.T) {
	form := core.NewCompletion()
	for _, c := range recorded(t, "ollama_chat", "ollama_generate") {
		if c.Response.Body == nil {
			continue
		}
		if c.Response.Status != 200 {
			var f core.Fault
			if API.ReadFault(c.Response.Body, &f); f.Message == "" {
				t.Errorf("%s: %+v", c.ID, f)
			}
			continue
		}
		form.Reset()
		codec := API.Chats[opOf(c)]
		if err := codec.ParseReply(form, c.Response.Body); err != nil {
			t.Errorf("%s: %v", c.ID, err)
			continue
		}
		if d := corpus.Diff(codec.AppendReply(nil, form, nil), c.Response.Body); d != "" {
			t.Errorf("%s: %s", c.ID, d)
		}
		checkReply(t, c, form)
		a := outline(form)
		form.From = nil
		got := codec.AppendReply(nil, form, nil)
		again := core.NewCompletion()
		if err := API.Chats[core.OpChat].ParseReply(again, got); err != nil {
			t.Errorf("%s: as another's: %v: %s", c.ID, err, got)
		} else if b := outline(again); a != b {
			t.Errorf("%s: as another's:\n got %s\nwant %s", c.ID, b, a)
		}
	}
}

// outline is what a reply says, without how.
func outline(r *core.Completion) string {
	var b strings.Builder
	for _, p := range r.Parts {
		var args bytes.Buffer
		json.Compact(&args, p.Args)
		fmt.Fprintf(&b, "%d %s %s %s %s;", p.Kind, p.Text, p.ID, p.Name, &args)
	}
	fmt.Fprintf(&b, "%s %d %d %+v", r.Model, r.Created, r.Choices[0].Finish, r.Usage)
	return b.String()
}

// checkReply holds the form against what encoding/json reads.
func checkReply(t *testing.T, c *corpus.Case, r *core.Completion) {
	t.Helper()
	var want struct {
		Response, Thinking string
		Message            struct {
			Content, Thinking string
			Calls             []struct{ Function struct{ Name string } } `json:"tool_calls"`
		}
		Reason string `json:"done_reason"`
		In     int64  `json:"prompt_eval_count"`
		Out    int64  `json:"eval_count"`
	}
	if err := json.Unmarshal(c.Response.Body, &want); err != nil {
		t.Fatal(err)
	}
	said := map[core.PartKind]string{}
	n := 0
	for _, p := range r.Parts {
		if p.Kind == core.PartCall {
			if n < len(want.Message.Calls) && string(p.Name) != want.Message.Calls[n].Function.Name {
				t.Errorf("%s: call of %s", c.ID, p.Name)
			}
			n++
		}
		said[p.Kind] += plain(p.Text)
	}
	if said[core.PartText] != want.Response+want.Message.Content || said[core.PartThought] != want.Thinking+want.Message.Thinking || n != len(want.Message.Calls) {
		t.Errorf("%s: got %q, want %+v", c.ID, said, want)
	}
	var u core.Usage
	API.ReadUsage(c.Response.Body, &u, nil)
	if r.Usage != u || u.In != want.In || u.Out != want.Out || string(r.Choices[0].Native) != want.Reason {
		t.Errorf("%s: usage %+v, scanned %+v, want %+v", c.ID, r.Usage, u, want)
	}
	if n > 0 && r.Choices[0].Finish != core.FinishCalls {
		t.Errorf("%s: finish %d", c.ID, r.Choices[0].Finish)
	}
}

// plain is what a text says.
func plain(text []byte) string {
	var s string
	if err := json.Unmarshal([]byte(`"`+string(text)+`"`), &s); err != nil {
		return "cannot read " + string(text)
	}
	return s
}

func TestRecordedEmbeddings(t *testing.T) {
	for _, c := range recorded(t, "embeddings") {
		e := new(core.Embed)
		if f := API.Embeds.ParseRequest(e, c.Request.Body); f != nil {
			t.Errorf("%s: %v", c.ID, f)
			continue
		}
		got, f := API.Embeds.AppendRequest(nil, e, &core.Send{Model: []byte(plain(e.Model))})
		if d := corpus.Diff(got, c.Request.Body); f != nil || d != "" {
			t.Errorf("%s: %s %v", c.ID, d, f)
		}
		v := new(core.Vectors)
		if err := API.Embeds.ParseReply(v, c.Response.Body); err != nil {
			t.Errorf("%s: %v", c.ID, err)
			continue
		}
		if d := corpus.Diff(API.Embeds.AppendReply(nil, v, e, nil), c.Response.Body); d != "" {
			t.Errorf("%s: %s", c.ID, d)
		}
		if len(v.List) != len(e.Inputs) || !v.Usage.Known {
			t.Errorf("%s: %d vectors, want %d; usage %+v", c.ID, len(v.List), len(e.Inputs), v.Usage)
		}
	}
}
