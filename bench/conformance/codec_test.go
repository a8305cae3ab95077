package conformance

import (
	"encoding/json"
	"strings"

	"asbru/adapters"
	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/cohere"
	"asbru/adapters/dialect/gemini"
	"asbru/adapters/dialect/openai"
	"asbru/bench/corpus"
	"asbru/core"
)

// A face has the functions to read one recorded API.
type face struct {
	dialect *core.Dialect
	op      core.Op
}

// faceOf returns the face of a case. ok is false for APIs that are only relayed.
func faceOf(c *corpus.Case) (f face, ok bool) {
	path := ""
	if c.Request != nil {
		path, _, _ = strings.Cut(c.Request.Path, "?")
	}
	switch c.API {
	case "chat":
		return face{openai.API, core.OpChat}, true
	case "completions":
		if c.Request != nil && strings.Contains(string(c.Request.Body), `"messages"`) {
			return face{openai.API, core.OpChat}, true
		}
		return face{openai.API, core.OpCompletion}, strings.HasSuffix(path, "/completions")
	case "responses":
		post := c.Request == nil || c.Request.Method == "POST" && strings.HasSuffix(path, "/responses")
		return face{openai.API, core.OpResponses}, post
	case "messages":
		return face{anthropic.API, core.OpChat}, true
	case "generateContent":
		return face{gemini.API, core.OpChat}, true
	case "converse":
		return face{adapters.Bedrock, core.OpChat}, true
	case "invoke":
		return face{adapters.Bedrock, core.OpInvoke}, c.Request != nil && strings.Contains(string(c.Request.Body), `"anthropic_version"`)
	case "cohere_chat":
		return face{cohere.API, core.OpChat}, !strings.Contains(path, "/v1/")
	case "count_tokens":
		switch c.Provider {
		case "anthropic":
			return face{anthropic.API, core.OpCount}, true
		case "gemini", "vertex":
			return face{gemini.API, core.OpCount}, true
		case "bedrock":
			return face{adapters.Bedrock, core.OpCount}, true
		}
	case "embeddings":
		return embedFace(c, path)
	case "rerank":
		switch c.Provider {
		case "cohere":
			return face{cohere.API, core.OpRerank}, true
		case "bedrock":
			return face{adapters.Bedrock, core.OpRerank}, true
		}
		return face{openai.API, core.OpRerank}, true
	}
	return face{}, false
}

func embedFace(c *corpus.Case, path string) (face, bool) {
	switch c.Provider {
	case "gemini", "vertex":
		return face{gemini.API, core.OpEmbed}, true
	case "bedrock":
		return face{adapters.Bedrock, core.OpEmbed}, true
	case "cohere":
		return face{cohere.API, core.OpEmbed}, true
	}
	if strings.HasPrefix(path, "/pipeline/") || strings.HasPrefix(path, "/api/") || strings.Contains(path, "/hf-inference/models/") {
		return face{}, false
	}
	return face{openai.API, core.OpEmbed}, true
}

// modelOf returns the model in a request's body.
func modelOf(body []byte) []byte {
	var m struct{ Model string }
	json.Unmarshal(body, &m)
	return []byte(m.Model)
}

// again reads the request and writes it for the same dialect.
func (f face) again(c *corpus.Case) ([]byte, *core.Fault) {
	body := []byte(c.Request.Body)
	send := core.Send{Model: modelOf(body), Stream: c.Stream, Face: &core.Face{Dialect: f.dialect}}
	send.Face.Paths[f.op], _, _ = strings.Cut(c.Request.Path, "?")
	if f.dialect == openai.API {
		send.Face = nil
	}
	if len(send.Model) == 0 {
		send.Model = []byte(c.Model)
	}
	switch f.op {
	case core.OpEmbed:
		var e core.Embed
		e.Reset()
		if fault := f.dialect.Embeds.ParseRequest(&e, body); fault != nil {
			return nil, fault
		}
		return f.dialect.Embeds.AppendRequest(nil, &e, &send)
	case core.OpRerank:
		var r core.Rerank
		if fault := f.dialect.Reranks.ParseRequest(&r, body); fault != nil {
			return nil, fault
		}
		return f.dialect.Reranks.AppendRequest(nil, &r, &send)
	}
	chat := core.NewChat()
	chat.From, chat.Op = f.dialect, f.op
	if f.op == core.OpCount {
		if fault := f.dialect.Counts.ParseRequest(chat, body); fault != nil {
			return nil, fault
		}
		return f.dialect.Counts.AppendRequest(nil, chat, &send)
	}
	if fault := f.dialect.Chats[f.op].ParseRequest(chat, body); fault != nil {
		return nil, fault
	}
	return f.dialect.Chats[f.op].AppendRequest(nil, chat, &send)
}

// answerAgain reads a complete reply and writes it for the same dialect.
func (f face) answerAgain(c *corpus.Case, body []byte) ([]byte, error) {
	switch f.op {
	case core.OpEmbed:
		v, e := new(core.Vectors), new(core.Embed)
		v.From, e.From = f.dialect, f.dialect
		if c.Request != nil && len(c.Request.Body) > 0 && c.Request.Body[0] == '{' {
			f.dialect.Embeds.ParseRequest(e, c.Request.Body)
		}
		if err := f.dialect.Embeds.ParseReply(v, body); err != nil {
			return nil, err
		}
		return f.dialect.Embeds.AppendReply(nil, v, e, nil), nil
	case core.OpRerank:
		k, r := new(core.Ranking), new(core.Rerank)
		k.From, r.From = f.dialect, f.dialect
		if err := f.dialect.Reranks.ParseReply(k, body); err != nil {
			return nil, err
		}
		return f.dialect.Reranks.AppendReply(nil, k, r, nil), nil
	case core.OpCount:
		n, err := f.dialect.Counts.ParseReply(body)
		if err != nil {
			return nil, err
		}
		return f.dialect.Counts.AppendReply(nil, n), nil
	}
	r := core.NewCompletion()
	r.From, r.Op = f.dialect, f.op
	if err := f.dialect.Chats[f.op].ParseReply(r, body); err != nil {
		return nil, err
	}
	return f.dialect.Chats[f.op].AppendReply(nil, r, nil), nil
}

// speaks reports whether the dialect has the face.
func (f face) speaks() bool {
	switch f.op {
	case core.OpEmbed:
		return f.dialect.Embeds != nil
	case core.OpRerank:
		return f.dialect.Reranks != nil
	case core.OpCount:
		return f.dialect.Counts != nil
	}
	return f.dialect.Chats[f.op] != nil
}
