package bedrock

import (
	"bytes"
	"errors"

	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

var errRanking = errors.New("cannot read the reply: it has no results")

// reranks is the face for reranking documents, of Bedrock's agent runtime.
//
// Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_Rerank.html
func reranks() *core.RerankCodec {
	return &core.RerankCodec{
		ParseRequest: parseRerank, AppendRequest: appendRerank, ParseReply: parseRanking, AppendReply: appendRanking,
	}
}

func parseRerank(r *core.Rerank, raw []byte) *core.Fault {
	w := scan.Members(raw)
	for {
		key, v, ok := w.Next()
		if !ok {
			break
		}
		switch string(key) {
		case "queries":
			list := scan.Elements(v)
			_, one, _ := list.Next()
			r.Query = member(get(one, "textQuery"), "text")
		case "sources":
			readSources(r, v)
		case "rerankingConfiguration":
			conf := get(v, "bedrockRerankingConfiguration")
			r.TopN = number(get(conf, "numberOfResults"))
			r.Model = member(get(conf, "modelConfiguration"), "modelArn")
			if more := get(get(conf, "modelConfiguration"), "additionalModelRequestFields"); more != nil {
				r.Keep(&r.More, core.Text("additionalModelRequestFields"), more)
			}
		default:
			r.Keep(&r.More, key, v)
		}
	}
	if w.Rest() == nil || r.Query == nil {
		return body.Invalid("queries", "cannot read the request: it has no text in queries", "")
	}
	return nil
}

// readSources reads the documents: texts, or JSON objects.
func readSources(r *core.Rerank, raw []byte) {
	list := scan.Elements(raw)
	for {
		_, one, ok := list.Next()
		if !ok {
			return
		}
		src := get(one, "inlineDocumentSource")
		if t := get(get(src, "textDocument"), "text"); t != nil {
			r.Documents = append(r.Documents, t)
		} else {
			r.Documents = append(r.Documents, get(src, "jsonDocument"))
		}
	}
}

func appendRerank(dst []byte, r *core.Rerank, s *core.Send) ([]byte, *core.Fault) {
	at := len(dst)
	if !bytes.HasPrefix(s.Model, []byte("arn:")) {
		return dst, cannot("model", "Bedrock's rerank knows models by their ARN, and "+string(s.Model)+" is none",
			"set the target's model to arn:aws:bedrock:<region>::foundation-model/<model id>")
	}
	dst = scan.AppendQuoted(append(dst, `{"queries":[{"type":"TEXT","textQuery":{"text":`...), r.Query)
	dst = append(dst, `}}],"sources":[`...)
	for _, d := range r.Documents {
		dst = append(dst, `{"type":"INLINE","inlineDocumentSource":{`...)
		if opens(d, '"') {
			dst = append(append(dst, `"type":"TEXT","textDocument":{"text":`...), d...)
			dst = append(dst, "}}},"...)
			continue
		}
		dst = append(append(dst, `"type":"JSON","jsonDocument":`...), d...)
		dst = append(dst, "}},"...)
	}
	dst = append(trimComma(dst), `],"rerankingConfiguration":{"type":"BEDROCK_RERANKING_MODEL","bedrockRerankingConfiguration":{`...)
	if r.TopN != nil {
		dst = append(append(append(dst, `"numberOfResults":`...), r.TopN...), ',')
	}
	dst = scan.AppendString(append(dst, `"modelConfiguration":{"modelArn":`...), s.Model)
	own := ours(r.From)
	for n := r.More; own && n != 0; {
		var e core.Extra
		if e, n = r.Extra(n); string(e.Key) == "additionalModelRequestFields" {
			dst = append(append(dst, `,"additionalModelRequestFields":`...), e.Value...)
		}
	}
	dst = append(dst, "}}}"...)
	for n := r.More; own && n != 0; {
		var e core.Extra
		if e, n = r.Extra(n); string(e.Key) != "additionalModelRequestFields" {
			dst = append(append(scan.AppendQuoted(append(dst, ','), e.Key), ':'), e.Value...)
		}
	}
	return body.Edit(append(dst, '}'), at, s.Face), nil
}

func parseRanking(k *core.Ranking, raw []byte) error {
	found := false
	w := scan.Members(raw)
	for {
		key, v, ok := w.Next()
		if !ok {
			break
		}
		if string(key) != "results" {
			k.Keep(&k.More, key, v)
			continue
		}
		found = opens(v, '[')
		list := scan.Elements(v)
		for {
			_, one, more := list.Next()
			if !more {
				break
			}
			k.List = append(k.List, rank(k, one))
		}
	}
	if w.Rest() == nil || !found {
		return errRanking
	}
	return nil
}

// rank reads {index, relevanceScore, document: {type, textDocument | jsonDocument}}.
func rank(k *core.Ranking, raw []byte) (r core.Rank) {
	w := scan.Members(raw)
	for {
		key, v, ok := w.Next()
		if !ok {
			return r
		}
		switch string(key) {
		case "index":
			r.Index, _ = scan.Whole(v)
		case "relevanceScore", "relevance_score":
			r.Score = number(v)
		case "document":
			if r.Document = get(get(v, "textDocument"), "text"); r.Document == nil {
				r.Document = get(v, "jsonDocument")
			}
		default:
			k.Keep(&r.More, key, v)
		}
	}
}

func appendRanking(dst []byte, k *core.Ranking, r *core.Rerank, x *core.Crossing) []byte {
	own := ours(k.From)
	dst = append(dst, `{"results":[`...)
	for i := range k.List {
		e := &k.List[i]
		dst = scan.AppendInt(append(dst, `{"index":`...), e.Index)
		if e.Score != nil {
			dst = append(append(dst, `,"relevanceScore":`...), e.Score...)
		}
		doc := e.Document
		if doc == nil && !own && r != nil && r.Return == core.Yes && 0 <= e.Index && e.Index < int64(len(r.Documents)) {
			doc = r.Documents[e.Index]
		}
		switch {
		case opens(doc, '"'):
			dst = append(append(append(dst, `,"document":{"type":"TEXT","textDocument":{"text":`...), doc...), "}}"...)
		case doc != nil:
			dst = append(append(append(dst, `,"document":{"type":"JSON","jsonDocument":`...), doc...), '}')
		}
		if own {
			dst = appendChain(dst, &k.Tree, e.More)
		}
		dst = append(dst, "},"...)
	}
	dst = append(trimComma(dst), ']')
	if own {
		dst = appendChain(dst, &k.Tree, k.More)
	}
	if x != nil && x.Extra != nil {
		dst = x.Extra(append(dst, ','))
	}
	return append(dst, '}')
}
