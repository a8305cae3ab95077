package cohere

import (
	"errors"

	"asbru/core"
	"asbru/core/scan"
)

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
			k.Usage.Searches = core.SearchesOf(k.Units)
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

// appendRanking is the codec's AppendReply. Documents that the client wants and the reply lacks are taken from the
// request.
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
