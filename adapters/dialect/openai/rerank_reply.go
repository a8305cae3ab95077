package openai

import (
	"asbru/core"
	"asbru/core/scan"
)

// parseRanking is the ParseReply of rerank.
func parseRanking(k *core.Ranking, raw []byte) error {
	k.From = &dialect
	known := false
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		text := quoted(value)
		switch {
		case (string(key) == "results" || string(key) == "data") && value[0] == '[' && !known:
			if known = true; key[0] == 'd' {
				k.Shape |= rerankVoyage
			}
			parseRanks(k, value)
			continue
		case string(key) == "id" && text != nil:
			k.ID = text
			continue
		case string(key) == "model" && text != nil:
			k.Model = text
			continue
		case string(key) == "object" && string(text) == "list":
			k.Shape |= rankingObject
			continue
		case string(key) == "usage" && opens(value):
			tokens(value, &k.Usage)
			count(memberOf(value, "search_units"), &k.Units, nil)
			k.Shape |= rankingUsage
		case string(key) == "meta": // Cohere
			count(memberOf(memberOf(value, "billed_units"), "search_units"), &k.Units, nil)
		}
		k.Keep(&k.More, key, value)
	}
	k.Usage.Searches = core.SearchesOf(k.Units)
	switch {
	case w.Rest() == nil:
		return errNoObject
	case !known:
		return errNoRanks
	}
	return nil
}

func parseRanks(k *core.Ranking, raw []byte) {
	w := scan.Elements(raw)
	for {
		_, value, ok := w.Next()
		if !ok {
			return
		}
		var one core.Rank
		m := scan.Members(value)
		for {
			key, v, ok := m.Next()
			if !ok {
				break
			}
			switch n, isInt := scan.Whole(v); {
			case string(key) == "index" && isInt:
				one.Index = n
			case string(key) == "relevance_score" && isNumber(v):
				one.Score = v
			case string(key) == "score" && isNumber(v) && one.Score == nil:
				one.Score = v
				k.Shape |= rankingScore
			case string(key) == "document" && v[0] != 'n':
				one.Document = v
			default:
				k.Keep(&one.More, key, v)
			}
		}
		k.List = append(k.List, one)
	}
}

// appendRanking writes the ranking in the client's variant of the format: Voyage's data if it sent top_k.
func appendRanking(dst []byte, k *core.Ranking, r *core.Rerank, x *core.Crossing) []byte {
	own := k.From == &dialect
	voyage := own && k.Shape&rerankVoyage != 0
	if r != nil && r.From == &dialect {
		voyage = voyage || r.Shape&rerankVoyage != 0
	}
	dst = append(dst, '{')
	at := len(dst)
	if own && k.Shape&rankingObject != 0 || !own && voyage {
		dst = append(dst, `,"object":"list"`...)
	}
	switch {
	case k.ID != nil:
		dst = appendTextMember(dst, "id", k.ID)
	case !own && !voyage:
		dst = append(appendID(append(dst, `,"id":"`...), x, "rerank-"), '"')
	}
	switch {
	case x != nil && len(x.Model) > 0:
		dst = appendTextMember(dst, "model", x.Model)
	case k.Model != nil:
		dst = appendTextMember(dst, "model", k.Model)
	}
	if voyage {
		dst = append(dst, `,"data":[`...)
	} else {
		dst = append(dst, `,"results":[`...)
	}
	for i := range k.List {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendRank(dst, k, &k.List[i], r)
	}
	dst = append(dst, ']')
	if own {
		dst = appendExtras(dst, &k.Tree, k.More, "")
	} else {
		dst = appendRankUsage(dst, k)
	}
	return appendTail(uncomma(dst, at), x)
}

func appendRank(dst []byte, k *core.Ranking, one *core.Rank, r *core.Rerank) []byte {
	own := k.From == &dialect
	dst = scan.AppendInt(append(dst, `{"index":`...), one.Index)
	if one.Score != nil {
		name := "relevance_score"
		if own && k.Shape&rankingScore != 0 {
			name = "score"
		}
		dst = appendMember(dst, name, one.Score)
	}
	document := one.Document
	if document == nil && !own && r != nil && r.Return == core.Yes && one.Index >= 0 && one.Index < int64(len(r.Documents)) {
		document = r.Documents[one.Index]
	}
	if len(document) > 0 {
		if !own && document[0] == '"' {
			dst = append(append(append(dst, `,"document":{"text":`...), document...), '}')
		} else {
			dst = appendMember(dst, "document", document)
		}
	}
	if own {
		dst = appendExtras(dst, &k.Tree, one.More, "")
	}
	return append(dst, '}')
}

// appendRankUsage appends usage: tokens, or searches.
func appendRankUsage(dst []byte, k *core.Ranking) []byte {
	if !k.Usage.Known && k.Units == 0 {
		return dst
	}
	dst = append(dst, `,"usage":{`...)
	at := len(dst)
	if k.Usage.Known {
		dst = scan.AppendInt(append(dst, `,"prompt_tokens":`...), k.Usage.In)
		dst = scan.AppendInt(append(dst, `,"total_tokens":`...), k.Usage.In+k.Usage.Out)
	}
	if k.Units > 0 {
		dst = scan.AppendInt(append(dst, `,"search_units":`...), k.Units)
	}
	return append(uncomma(dst, at), '}')
}
