package cohere

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"asbru/bench/corpus"
	"asbru/core"
)

// recorded returns the recordings of an API of Cohere's.
func recorded(t testing.TB, api string) []*corpus.Case {
	t.Helper()
	return corpus.Cases(t, func(c *corpus.Case) bool { return c.Provider == "cohere" && c.API == api })
}

func isV1(c *corpus.Case) bool {
	return c.Request != nil && strings.HasPrefix(c.Request.Path, "/v1/")
}

var chat = API.Chats[core.OpChat]

// Version 1 of chat is not translated; its bodies pass as they came.
func TestRecordedVersion1(t *testing.T) {
	for _, c := range recorded(t, "cohere_chat") {
		if !isV1(c) || c.Request.Body == nil {
			continue
		}
		var p core.Peek
		if f := API.Peek(c.Request.Body, core.OpPass, &p); f != nil {
			t.Errorf("%s: refused in passing: %v", c.ID, f)
			continue
		}
		if p.Stream != c.Stream {
			t.Errorf("%s: stream %v, want %v", c.ID, p.Stream, c.Stream)
		}
		if got := API.AppendBody(nil, c.Request.Body, core.OpPass, &p, core.Send{}); !bytes.Equal(got, c.Request.Body) {
			t.Errorf("%s: passed as %s", c.ID, got)
		}
		if f := chat.ParseRequest(core.NewChat(), c.Request.Body); f == nil {
			t.Errorf("%s: read as a request of version 2", c.ID)
		}
	}
}

func TestRecordedRequests(t *testing.T) {
	form := core.NewChat()
	for _, c := range recorded(t, "cohere_chat") {
		if c.Request == nil || c.Request.Body == nil || isV1(c) {
			continue
		}
		var p core.Peek
		if f := API.Peek(c.Request.Body, core.OpChat, &p); f != nil {
			t.Errorf("%s: peek: %v", c.ID, f)
			continue
		}
		form.Reset()
		if f := chat.ParseRequest(form, c.Request.Body); f != nil {
			t.Errorf("%s: %v", c.ID, f)
			continue
		}
		got, f := chat.AppendRequest([]byte("-"), form, &core.Send{Model: p.Model, Stream: p.Stream})
		if f != nil {
			t.Errorf("%s: %v", c.ID, f)
			continue
		}
		if d := corpus.Diff(got[1:], c.Request.Body); d != "" {
			t.Errorf("%s: %s", c.ID, d)
		}
		// The same conversation from another format must say the same.
		form.From = nil
		got, f = chat.AppendRequest(nil, form, &core.Send{Model: p.Model, Stream: p.Stream})
		if f != nil {
			t.Errorf("%s: as another's: %v", c.ID, f)
			continue
		}
		again := core.NewChat()
		if f := chat.ParseRequest(again, got); f != nil {
			t.Errorf("%s: as another's: %v: %s", c.ID, f, got)
			continue
		}
		if a, b := gist(form), gist(again); a != b {
			t.Errorf("%s: as another's:\n got %s\nwant %s", c.ID, b, a)
		}
	}
}

// gist is what a conversation says, without how.
func gist(c *core.Chat) string {
	var b strings.Builder
	for _, t := range c.Turns {
		if t.Shape&turnDocuments != 0 {
			continue
		}
		fmt.Fprintf(&b, "[%d", t.Role)
		for _, p := range c.Parts[t.From:t.To] {
			fmt.Fprintf(&b, " %d %s %s %s %s %s%s;", p.Kind, p.Text, p.ID, p.Name, p.Args, p.URL, p.Data)
		}
		b.WriteString("]")
	}
	for _, tool := range c.Tools {
		fmt.Fprintf(&b, "{%s %s %s}", tool.Name, tool.Note, tool.Schema)
	}
	fmt.Fprintf(&b, "%d %d %s %d %s %s %s", c.Choice, c.Format, c.Schema, c.Budget, c.MaxTokens, c.Temperature, c.Stop)
	return b.String()
}

func TestRecordedReplies(t *testing.T) {
	form := core.NewCompletion()
	for _, c := range recorded(t, "cohere_chat") {
		if c.Response.Body == nil || isV1(c) {
			continue
		}
		if c.Response.Status != 200 {
			var f core.Fault
			API.ReadFault(c.Response.Body, &f)
			if f.Message == "" || !strings.Contains(string(c.Response.Body), f.Message) {
				t.Errorf("%s: fault %+v", c.ID, f)
			}
			continue
		}
		form.Reset()
		if err := chat.ParseReply(form, c.Response.Body); err != nil {
			t.Errorf("%s: %v", c.ID, err)
			continue
		}
		if got := chat.AppendReply(nil, form, nil); corpus.Diff(got, c.Response.Body) != "" {
			t.Errorf("%s: %s", c.ID, corpus.Diff(got, c.Response.Body))
		}
		checkReply(t, c, form)
		a := outline(form)
		form.From = nil
		got := chat.AppendReply(nil, form, nil)
		again := core.NewCompletion()
		if err := chat.ParseReply(again, got); err != nil {
			t.Errorf("%s: as another's: %v: %s", c.ID, err, got)
		} else if b := outline(again); a != b {
			t.Errorf("%s: as another's:\n got %s\nwant %s", c.ID, b, a)
		}
	}
}

// outline is what a reply says, without how.
func outline(r *core.Completion) string {
	var b strings.Builder
	ch := r.Choices[0]
	for _, p := range r.Parts[ch.From:ch.To] {
		fmt.Fprintf(&b, "%d %s %s %s %s;", p.Kind, p.Text, p.ID, p.Name, p.Args)
		for n := p.Cites; n != 0; {
			var c core.Cite
			c, n = r.Cited(n)
			fmt.Fprintf(&b, "(%d-%d %s)", c.Start, c.End, c.Quote)
		}
	}
	fmt.Fprintf(&b, "%s %d %+v", r.ID, ch.Finish, r.Usage)
	return b.String()
}

// checkReply holds the form against what encoding/json reads.
func checkReply(t *testing.T, c *corpus.Case, r *core.Completion) {
	t.Helper()
	var want struct {
		ID      string
		Message struct {
			Content []struct{ Text, Thinking string }
			Plan    string `json:"tool_plan"`
			Calls   []struct {
				ID       string
				Function struct{ Name, Arguments string }
			} `json:"tool_calls"`
		}
		Usage struct {
			Tokens struct {
				In        int64 `json:"input_tokens"`
				Out       int64 `json:"output_tokens"`
				Reasoning int64 `json:"reasoning_tokens"`
			}
			Cached int64 `json:"cached_tokens"`
		}
	}
	if err := json.Unmarshal(c.Response.Body, &want); err != nil {
		t.Fatal(err)
	}
	var w, g []string
	if want.Message.Plan != "" {
		w = append(w, "thought "+want.Message.Plan)
	}
	for _, p := range want.Message.Content {
		if p.Thinking != "" {
			w = append(w, "thought "+p.Thinking)
		} else {
			w = append(w, "text "+p.Text)
		}
	}
	for _, p := range want.Message.Calls {
		w = append(w, "call "+p.ID+" "+p.Function.Name+" "+p.Function.Arguments)
	}
	for _, p := range r.Parts {
		switch p.Kind {
		case core.PartText:
			g = append(g, "text "+plain(p.Text))
		case core.PartThought:
			g = append(g, "thought "+plain(p.Text))
		case core.PartCall:
			g = append(g, "call "+plain(p.ID)+" "+plain(p.Name)+" "+plain(p.Args))
		}
	}
	if a, b := strings.Join(g, "|"), strings.Join(w, "|"); a != b {
		t.Errorf("%s: got %s, want %s", c.ID, a, b)
	}
	u := core.Usage{In: want.Usage.Tokens.In, Out: want.Usage.Tokens.Out, CachedIn: want.Usage.Cached, Reasoning: want.Usage.Tokens.Reasoning, Known: true}
	var scanned core.Usage
	API.ReadUsage(c.Response.Body, &scanned, nil)
	if r.Usage != u || scanned != u || plain(r.ID) != want.ID {
		t.Errorf("%s: usage %+v, scanned %+v, want %+v; id %s", c.ID, r.Usage, scanned, u, r.ID)
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
		if f != nil {
			t.Errorf("%s: %v", c.ID, f)
		} else if d := corpus.Diff(got, c.Request.Body); d != "" {
			t.Errorf("%s: %s", c.ID, d)
		}
		if c.Response.Status != 200 {
			continue
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

func TestRecordedRankings(t *testing.T) {
	for _, c := range recorded(t, "rerank") {
		r := new(core.Rerank)
		if f := API.Reranks.ParseRequest(r, c.Request.Body); f != nil {
			t.Errorf("%s: %v", c.ID, f)
			continue
		}
		got, f := API.Reranks.AppendRequest(nil, r, &core.Send{Model: []byte(plain(r.Model))})
		if f != nil {
			t.Errorf("%s: %v", c.ID, f)
		} else if d := corpus.Diff(got, c.Request.Body, ignored(r)...); d != "" {
			t.Errorf("%s: %s", c.ID, d)
		}
		k := new(core.Ranking)
		if err := API.Reranks.ParseReply(k, c.Response.Body); err != nil {
			t.Errorf("%s: %v", c.ID, err)
			continue
		}
		if d := corpus.Diff(API.Reranks.AppendReply(nil, k, r, nil), c.Response.Body); d != "" {
			t.Errorf("%s: %s", c.ID, d)
		}
		if len(k.List) == 0 || k.Units != 1 {
			t.Errorf("%s: %d ranks, %d units", c.ID, len(k.List), k.Units)
		}
	}
}

// ignored is the model where the client named none: version 1 had a default, a gateway
// always says one.
func ignored(r *core.Rerank) []string {
	if r.Model == nil {
		return []string{"model"}
	}
	return nil
}
