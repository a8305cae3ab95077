package cohere

import (
	"errors"

	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// parseRerank is the codec's ParseRequest, of both versions:
// https://docs.cohere.com/reference/rerank
func parseRerank(r *core.Rerank, b []byte) *core.Fault {
	r.From = &self
	w := scan.Members(b)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		good := true
		switch {
		case value[0] == 'n':
			r.Keep(&r.More, key, value)
		case string(key) == "model":
			r.Model, good = scan.Inside(value)
		case string(key) == "query":
			r.Query, good = scan.Inside(value)
		case string(key) == "documents":
			good = documents(r, value)
		case string(key) == "top_n":
			r.TopN = value
			_, good = scan.Int(value)
		case string(key) == "return_documents":
			var v bool
			v, good = scan.Bool(value)
			r.Return = core.Of(v)
		default:
			r.Keep(&r.More, key, value)
		}
		if !good {
			return body.Invalid(string(key), "cannot read "+string(key)+": see https://docs.cohere.com/reference/rerank for what it may be", "")
		}
	}
	if r.Query == nil {
		return body.Invalid("query", "cannot rank documents without a query", "set query to a string")
	}
	return nil
}

func documents(r *core.Rerank, raw []byte) bool {
	w := scan.Elements(raw)
	for {
		_, value, ok := w.Next()
		if !ok {
			return raw[0] == '['
		}
		if value[0] != '"' && value[0] != '{' {
			return false
		}
		r.Documents = append(r.Documents, value)
	}
}

// appendRerank is the codec's AppendRequest. Documents of another format become the
// strings that version 2 wants; it never returns them, see appendRanking.
func appendRerank(dst []byte, r *core.Rerank, s *core.Send) ([]byte, *core.Fault) {
	own, at := r.From == &self, len(dst)
	dst = scan.AppendString(append(dst, `{"model":`...), s.Model)
	dst = scan.AppendQuoted(append(dst, `,"query":`...), r.Query)
	dst = append(dst, `,"documents":[`...)
	mark := len(dst)
	for _, d := range r.Documents {
		dst = next(dst, mark)
		if own || d[0] != '{' {
			dst = append(dst, d...)
		} else if text := member(d, "text"); scan.IsString(text) {
			dst = append(dst, text...)
		} else {
			dst = scan.AppendString(dst, d)
		}
	}
	dst = append(dst, ']')
	if r.TopN != nil {
		dst = append(append(dst, `,"top_n":`...), r.TopN...)
	}
	if own {
		switch r.Return {
		case core.Yes:
			dst = append(dst, `,"return_documents":true`...)
		case core.No:
			dst = append(dst, `,"return_documents":false`...)
		}
		dst = appendExtras(dst, &r.Tree, r.More)
	} else {
		for more := r.More; more != 0; {
			var x core.Extra
			x, more = r.Extra(more)
			r.Dropped = append(r.Dropped, string(x.Key))
		}
	}
	return body.Edit(append(dst, '}'), at, s.Face), nil
}

var errNoRanks = errors.New("the body holds no results")

// parseRanking is the codec's ParseReply.
func parseRanking(k *core.Ranking, b []byte) error {
	k.From = &self
	found := false
	w := scan.Members(b)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch string(key) {
		case "id":
			if k.ID = inside(value); k.ID != nil {
				continue
			}
		case "results":
			if found = value[0] == '['; found {
				ranks(k, value)
				continue
			}
		case "meta":
			tokens(value, &k.Usage)
			count(member(member(value, "billed_units"), "search_units"), &k.Units)
		}
		k.Keep(&k.More, key, value)
	}
	if w.Rest() == nil {
		return errNoObject
	}
	if !found {
		return errNoRanks
	}
	return nil
}

func ranks(k *core.Ranking, raw []byte) {
	list := scan.Elements(raw)
	for {
		_, value, ok := list.Next()
		if !ok {
			return
		}
		k.List = append(k.List, core.Rank{Index: -1})
		rank := &k.List[len(k.List)-1]
		w := scan.Members(value)
		for {
			key, value, ok := w.Next()
			if !ok {
				break
			}
			switch {
			case string(key) == "index" && count(value, &rank.Index):
			case string(key) == "relevance_score":
				rank.Score = value
			case string(key) == "document" && value[0] != 'n':
				rank.Document = value
			default:
				k.Keep(&rank.More, key, value)
			}
		}
	}
}

// appendRanking is the codec's AppendReply. Documents that were wanted and did not come
// back are taken from the request.
func appendRanking(dst []byte, k *core.Ranking, r *core.Rerank, x *core.Crossing) []byte {
	own := k.From == &self
	dst = append(dst, '{')
	if k.ID != nil || !own {
		dst = append(appendID(append(dst, `"id":"`...), k.ID, x), `",`...)
	}
	dst = append(dst, `"results":[`...)
	mark := len(dst)
	for i := range k.List {
		dst = appendRank(next(dst, mark), k, &k.List[i], r, own)
	}
	dst = append(dst, ']')
	if own {
		dst = appendExtras(dst, &k.Tree, k.More)
	} else {
		dst = append(dst, `,"meta":{"api_version":{"version":"2"},"billed_units":{"search_units":`...)
		dst = append(scan.AppendInt(dst, max(k.Units, 1)), `}}`...)
	}
	if x != nil && x.Extra != nil {
		dst = x.Extra(append(dst, ','))
	}
	return append(dst, '}')
}

func appendRank(dst []byte, k *core.Ranking, rank *core.Rank, r *core.Rerank, own bool) []byte {
	dst = append(dst, '{')
	if rank.Index >= 0 {
		dst = scan.AppendInt(append(dst, `"index":`...), rank.Index)
	}
	if rank.Score != nil {
		if dst[len(dst)-1] != '{' {
			dst = append(dst, ',')
		}
		dst = append(append(dst, `"relevance_score":`...), rank.Score...)
	}
	document, bare := rank.Document, !own
	if document == nil && r != nil && r.Return == core.Yes && rank.Index >= 0 && rank.Index < int64(len(r.Documents)) {
		document, bare = r.Documents[rank.Index], true
	}
	if document != nil {
		if dst[len(dst)-1] != '{' {
			dst = append(dst, ',')
		}
		if dst = append(dst, `"document":`...); document[0] == '"' && bare {
			dst = append(append(append(dst, `{"text":`...), document...), '}')
		} else {
			dst = append(dst, document...)
		}
	}
	if own {
		dst = appendExtras(dst, &k.Tree, rank.More)
	}
	return append(dst, '}')
}
