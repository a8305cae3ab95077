package openai

import (
	"testing"

	"asbru/bench/corpus"
	"asbru/core"
)

func TestCompletionRecordings(t *testing.T) {
	for _, stream := range []bool{false, true} {
		for _, c := range chatCases(t, stream) {
			if c.API != "completions" || c.Request == nil || memberOf(c.Request.Body, "prompt") == nil {
				continue
			}
			chat := core.NewChat()
			if f := parseCompletion(chat, c.Request.Body); f != nil {
				if f.Param != "suffix" {
					t.Errorf("%s: %v", c.ID, f)
				}
				continue
			}
			got, f := appendCompletion(nil, chat, &core.Send{Model: []byte(chat.Model), Stream: chat.Stream})
			if f != nil {
				t.Errorf("%s: %v", c.ID, f)
				continue
			}
			if d := corpus.Diff(got, c.Request.Body, "prompt", "model"); d != "" {
				t.Errorf("%s: %s", c.ID, d)
			}
			if c.Response.Status != 200 || stream {
				continue
			}
			r := core.NewCompletion()
			if err := parseReply(r, c.Response.Body); err != nil {
				t.Errorf("%s: %v", c.ID, err)
				continue
			}
			if r.Shape&replyText == 0 {
				continue
			}
			if d := corpus.Diff(appendCompletionReply(nil, r, nil), c.Response.Body); d != "" {
				t.Errorf("%s: %s", c.ID, d)
			}
		}
	}
}

func TestEmbeddingRecordings(t *testing.T) {
	cases := corpus.Cases(t, func(c *corpus.Case) bool {
		return c.API == "embeddings" && c.Request != nil && memberOf(c.Request.Body, "input") != nil
	})
	for _, c := range cases {
		var e core.Embed
		if f := parseEmbed(&e, c.Request.Body); f != nil {
			t.Errorf("%s: %v", c.ID, f)
			continue
		}
		got, f := appendEmbed(nil, &e, &core.Send{Model: []byte(e.Model)})
		if f != nil {
			t.Errorf("%s: %v", c.ID, f)
		} else if d := corpus.Diff(got, c.Request.Body); d != "" {
			t.Errorf("%s: %s", c.ID, d)
		}
		if c.Response.Status != 200 || memberOf(c.Response.Body, "data") == nil {
			continue
		}
		var v core.Vectors
		if err := parseVectors(&v, c.Response.Body); err != nil {
			t.Errorf("%s: %v", c.ID, err)
			continue
		}
		if d := corpus.Diff(appendVectors(nil, &v, nil, nil), c.Response.Body); d != "" {
			t.Errorf("%s: %s", c.ID, d)
		}
		if len(v.List) != len(e.Inputs) || !v.Usage.Known && memberOf(c.Response.Body, "usage") != nil {
			t.Errorf("%s: %d vectors for %d inputs, usage %+v", c.ID, len(v.List), len(e.Inputs), v.Usage)
		}
	}
}

func TestRerankRecordings(t *testing.T) {
	cases := corpus.Cases(t, func(c *corpus.Case) bool { return c.API == "rerank" })
	for _, c := range cases {
		var r core.Rerank
		asked := c.Request != nil && memberOf(c.Request.Body, "query") != nil
		if asked {
			if f := parseRerank(&r, c.Request.Body); f != nil {
				t.Errorf("%s: %v", c.ID, f)
				continue
			}
			got, f := appendRerank(nil, &r, &core.Send{Model: []byte(r.Model)})
			if f != nil {
				t.Errorf("%s: %v", c.ID, f)
			} else if d := corpus.Diff(got, c.Request.Body, "model"); d != "" {
				t.Errorf("%s: %s", c.ID, d)
			}
		}
		if c.Response.Status != 200 {
			continue
		}
		var k core.Ranking
		if err := parseRanking(&k, c.Response.Body); err != nil {
			t.Errorf("%s: %v", c.ID, err)
			continue
		}
		if d := corpus.Diff(appendRanking(nil, &k, nil, nil), c.Response.Body); d != "" {
			t.Errorf("%s: %s", c.ID, d)
		}
	}
}

// Every error of a provider that speaks this format must yield its message.
func TestFaultRecordings(t *testing.T) {
	cases := corpus.Cases(t, func(c *corpus.Case) bool {
		return c.Response.Status >= 400 && (c.API == "chat" || c.API == "responses" || c.API == "embeddings" || c.API == "completions")
	})
	for _, c := range cases {
		var f core.Fault
		if readFault(c.Bytes(), &f); f.Message == "" && len(c.Bytes()) > 0 {
			t.Errorf("%s: no message in %.200s", c.ID, c.Bytes())
		}
	}
	if len(cases) < 20 {
		t.Errorf("only %d errors were found", len(cases))
	}
}
