package openai

import (
	"asbru/core"
	"asbru/core/scan"
)

// citeText attaches annotations to the text they refer to: the first part from index from on.
func citeText(t *core.Tree, from int, raw []byte) {
	for from < len(t.Parts) && t.Parts[from].Kind != core.PartText {
		from++
	}
	if from == len(t.Parts) {
		return
	}
	w := scan.Elements(raw)
	for {
		_, value, ok := w.Next()
		if !ok {
			return
		}
		if c, ok := readCite(value); ok {
			t.Cite(&t.Parts[from].Cites, c)
		}
	}
}

// readCite reads {type: url_citation, url_citation: {start_index, end_index, url, title,
// content}}. ok is false for other annotations.
func readCite(raw []byte) (c core.Cite, ok bool) {
	c = core.Cite{Start: -1, End: -1, Source: -1, From: -1, To: -1, Unit: core.CiteWeb, Raw: raw}
	w := scan.Members(memberOf(raw, "url_citation"))
	for {
		key, value, more := w.Next()
		if !more {
			return c, c.URL != nil
		}
		n, isInt := scan.Whole(value)
		switch string(key) {
		case "url":
			c.URL = quoted(value)
		case "title":
			c.Title = quoted(value)
		case "content":
			c.Quote = quoted(value)
		case "start_index":
			if isInt {
				c.Start = n
			}
		case "end_index":
			if isInt {
				c.End = n
			}
		}
	}
}

// citeSources attaches Perplexity's search_results to the first text, without a position in it, if there
// are no other citations.
func citeSources(r *core.Completion) {
	if len(r.Choices) == 0 {
		return
	}
	var list []byte
	for more := r.More; more != 0; {
		var e core.Extra
		if e, more = r.Extra(more); string(e.Key) == "search_results" {
			list = e.Value
		}
	}
	at := int(r.Choices[0].From)
	for at < int(r.Choices[0].To) && r.Parts[at].Kind != core.PartText {
		at++
	}
	if list == nil || at == int(r.Choices[0].To) || r.Parts[at].Cites != 0 {
		return
	}
	w := scan.Elements(list)
	for {
		_, value, ok := w.Next()
		if !ok {
			return
		}
		c := core.Cite{Start: -1, End: -1, Source: -1, From: -1, To: -1, Unit: core.CiteWeb, Raw: value}
		c.URL, c.Title, c.Quote = memberText(value, "url"), memberText(value, "title"), memberText(value, "snippet")
		if c.URL != nil {
			r.Cite(&r.Parts[at].Cites, c)
		}
	}
}
