package cohere

import (
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

// appendRerank is the codec's AppendRequest. Documents of other formats become strings, which version 2 requires. It
// never returns them; see appendRanking.
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
