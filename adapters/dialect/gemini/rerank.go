package gemini

import (
	"errors"
	"strconv"

	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

var errNoRecords = errors.New("the body holds no records")

// reranks is the ranking API of Vertex AI. For a request of another format a record's id is the index of the document;
// otherwise it was chosen by the client.
//
// Source: https://cloud.google.com/generative-ai-app-builder/docs/reference/rest/v1/projects.locations.rankingConfigs/rank
var reranks = &core.RerankCodec{
	ParseRequest:  parseRerank,
	AppendRequest: appendRerank,
	ParseReply:    parseRanking,
	AppendReply:   appendRanking,
}

// maxRecords bounds the documents of one request.
const maxRecords = 200

func parseRerank(r *core.Rerank, raw []byte) *core.Fault {
	r.From = &api
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch string(key) {
		case "model":
			r.Model, _ = scan.Inside(value)
		case "query":
			r.Query, _ = scan.Inside(value)
		case "topN", "top_n":
			r.TopN = number(value)
		case "records":
			list := scan.Elements(value)
			for {
				_, one, ok := list.Next()
				if !ok {
					break
				}
				r.Documents = append(r.Documents, one)
			}
		case "ignoreRecordDetailsInResponse", "ignore_record_details_in_response":
			if v, ok := scan.Bool(value); ok {
				r.Return = core.Of(!v)
			}
		default:
			r.Keep(&r.More, key, value)
		}
	}
	if r.Query == nil {
		return body.Invalid("query", "cannot order records without a query", "set query to a string")
	}
	if len(r.Documents) == 0 {
		return body.Invalid("records", "cannot order nothing: the request has no records", "")
	}
	return nil
}

func appendRerank(dst []byte, r *core.Rerank, s *core.Send) ([]byte, *core.Fault) {
	at := len(dst)
	if n := len(r.Documents); n > maxRecords {
		return dst, body.Invalid("documents", "cannot order "+strconv.Itoa(n)+" documents at Vertex AI: it takes "+strconv.Itoa(maxRecords)+" at most", "send fewer")
	}
	dst = scan.AppendString(append(dst, `{"model":`...), s.Model)
	dst = scan.AppendQuoted(field(dst, "query"), r.Query)
	dst = append(field(dst, "records"), '[')
	for i, d := range r.Documents {
		if r.From == &api {
			dst = append(sep(dst), d...)
		} else {
			dst = appendRecord(sep(dst), i, d)
		}
	}
	dst = append(dst, ']')
	if r.TopN != nil {
		dst = append(field(dst, "topN"), r.TopN...)
	}
	if r.From != &api || r.Return != core.Unsaid {
		dst = append(field(dst, "ignoreRecordDetailsInResponse"), boolean(r.From != &api || r.Return == core.No)...)
	}
	for n := r.More; n != 0; {
		var m core.Extra
		if m, n = r.Extra(n); r.From == &api {
			dst = append(append(scan.AppendQuoted(sep(dst), m.Key), ':'), m.Value...)
		} else {
			r.Dropped = append(r.Dropped, string(m.Key))
		}
	}
	return body.Edit(append(dst, '}'), at, s.Face), nil
}

// appendRecord appends a document: a string, or an object, of which text and title are used; of one without a text, its JSON.
func appendRecord(dst []byte, i int, doc []byte) []byte {
	dst = append(dst, `{"id":"`...)
	dst = append(scan.AppendInt(dst, int64(i)), '"')
	if scan.IsString(doc) {
		return append(append(field(dst, "content"), doc...), '}')
	}
	text := false
	w := scan.Members(doc)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch {
		case string(key) == "title" && scan.IsString(value):
			dst = append(field(dst, "title"), value...)
		case string(key) == "text" && scan.IsString(value) && !text:
			text = true
			dst = append(field(dst, "content"), value...)
		}
	}
	if !text {
		dst = scan.AppendString(field(dst, "content"), doc)
	}
	return append(dst, '}')
}

func parseRanking(k *core.Ranking, raw []byte) error {
	if err := scan.Valid(raw); err != nil {
		return err
	}
	k.From = &api
	found := false
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		if string(key) != "records" {
			k.Keep(&k.More, key, value)
			continue
		}
		found = true
		list := scan.Elements(value)
		for {
			_, one, ok := list.Next()
			if !ok {
				break
			}
			k.List = append(k.List, rankOf(k, one))
		}
	}
	if !found {
		return errNoRecords
	}
	return nil
}

// rankOf reads a record. Its id is the index of its document, see appendRecord; for any other id the index is that of the
// record in the reply.
func rankOf(k *core.Ranking, raw []byte) core.Rank {
	r := core.Rank{Index: int64(len(k.List))}
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			return r
		}
		switch string(key) {
		case "score":
			r.Score = number(value)
			continue
		case "id":
			if text, ok := scan.Inside(value); ok {
				if n, ok := scan.Int(text); ok && n >= 0 {
					r.Index = n
				}
			}
		}
		k.Keep(&r.More, key, value)
	}
}

func appendRanking(dst []byte, k *core.Ranking, r *core.Rerank, x *core.Crossing) []byte {
	dst = append(dst, `{"records":[`...)
	for i := range k.List {
		one := &k.List[i]
		dst = append(sep(dst), '{')
		switch {
		case k.From == &api:
			dst = appendMore(dst, k, one.More)
		case r != nil && 0 <= one.Index && one.Index < int64(len(r.Documents)):
			dst = appendAsked(dst, r, r.Documents[one.Index])
		}
		if one.Score != nil {
			dst = append(field(dst, "score"), one.Score...)
		}
		dst = append(dst, '}')
	}
	dst = append(dst, ']')
	if k.From == &api {
		dst = appendMore(dst, k, k.More)
	}
	if x != nil && x.Extra != nil {
		dst = x.Extra(sep(dst))
	}
	return append(dst, '}')
}

func appendMore(dst []byte, k *core.Ranking, more int32) []byte {
	for more != 0 {
		var m core.Extra
		m, more = k.Extra(more)
		dst = append(append(scan.AppendQuoted(sep(dst), m.Key), ':'), m.Value...)
	}
	return dst
}

// appendAsked appends the members of a client's record that replies repeat.
func appendAsked(dst []byte, r *core.Rerank, record []byte) []byte {
	w := scan.Members(record)
	for {
		key, value, ok := w.Next()
		if !ok {
			return dst
		}
		if string(key) == "id" || r.Return != core.No {
			dst = append(append(scan.AppendQuoted(sep(dst), key), ':'), value...)
		}
	}
}
