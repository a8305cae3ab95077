package gemini

import (
	"encoding/json"
	"strings"
	"testing"

	"asbru/bench/corpus"
	"asbru/core"
)

// recorded are the calls of generateContent that were recorded at both of Google's APIs.
func recorded(t testing.TB, api string) []*corpus.Case {
	return corpus.Cases(t, func(c *corpus.Case) bool {
		return (c.Provider == "gemini" || c.Provider == "vertex") && c.API == api
	})
}

func modelOf(c *corpus.Case) []byte {
	return []byte(c.Model[strings.LastIndexByte(c.Model, '/')+1:])
}

// frames are the data of the events in an SSE stream, read as it comes in pieces.
func frames(pieces [][]byte) (out [][]byte) {
	var buf []byte
	for _, p := range pieces {
		buf = append(buf, p...)
	}
	for _, line := range strings.Split(string(buf), "\n") {
		if data, ok := strings.CutPrefix(strings.TrimSuffix(line, "\r"), "data:"); ok {
			out = append(out, []byte(strings.TrimSpace(data)))
		}
	}
	return out
}

// elements are those of a stream that is one JSON array.
func elements(t *testing.T, body []byte) (out [][]byte) {
	var list []json.RawMessage
	if err := json.Unmarshal(body, &list); err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		out = append(out, e)
	}
	return out
}

func TestRecordedRequests(t *testing.T) {
	n := 0
	for _, c := range recorded(t, "generateContent") {
		if c.Request == nil || len(c.Request.Body) == 0 {
			continue
		}
		n++
		form := core.NewChat()
		if f := parseRequest(form, c.Request.Body); f != nil {
			t.Errorf("%s: %v", c.ID, f)
			continue
		}
		out, f := appendRequest(nil, form, &core.Send{Model: modelOf(c)})
		if f != nil {
			t.Errorf("%s: %v", c.ID, f)
			continue
		}
		if d := corpus.Diff(out, c.Request.Body); d != "" {
			t.Errorf("%s: %s", c.ID, d)
		}
		var p core.Peek
		if f := peek(c.Request.Body, core.OpChat, &p); f != nil {
			t.Errorf("%s: %v", c.ID, f)
		}
	}
	t.Logf("%d requests", n)
}

func TestRecordedReplies(t *testing.T) {
	n := 0
	for _, c := range recorded(t, "generateContent") {
		if c.Stream || c.Response.Status != 200 {
			continue
		}
		n++
		form := core.NewCompletion()
		if err := parseReply(form, c.Bytes()); err != nil {
			t.Errorf("%s: %v", c.ID, err)
			continue
		}
		if d := corpus.Diff(appendReply(nil, form, nil), c.Bytes()); d != "" {
			t.Errorf("%s: %s", c.ID, d)
		}
		if len(form.Choices) == 0 || form.Choices[0].Finish == core.FinishUnsaid {
			t.Errorf("%s: %+v", c.ID, form.Choices)
		}
	}
	t.Logf("%d replies", n)
}
