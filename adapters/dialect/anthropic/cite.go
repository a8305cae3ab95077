package anthropic

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// citation reads one citation of a text.
//
// Source: https://docs.anthropic.com/en/docs/build-with-claude/citations
func citation(raw []byte) core.Cite {
	c := core.Cite{Start: -1, End: -1, Source: -1, From: -1, To: -1, Raw: raw}
	w := scan.Members(raw)
	for {
		key, value, more := w.Next()
		if !more {
			return c
		}
		switch string(key) {
		case "type":
			c.Unit = citeUnit(value)
		case "cited_text":
			c.Quote, _ = scan.Inside(value)
		case "url", "source":
			c.URL, _ = scan.Inside(value)
		case "title", "document_title":
			c.Title, _ = scan.Inside(value)
		case "document_index", "search_result_index":
			if n, ok := scan.Whole(value); ok && n >= 0 && n < 1<<31 {
				c.Source = int32(n)
			}
		case "start_char_index", "start_page_number", "start_block_index":
			position(value, &c.From)
		case "end_char_index", "end_page_number", "end_block_index":
			position(value, &c.To)
		}
	}
}

func position(raw []byte, n *int64) {
	if v, ok := scan.Whole(raw); ok && v >= 0 {
		*n = v
	}
}

func citeUnit(raw []byte) core.CiteUnit {
	switch string(raw) {
	case `"char_location"`:
		return core.CiteChars
	case `"page_location"`:
		return core.CitePages
	case `"content_block_location"`:
		return core.CiteBlocks
	case `"search_result_location"`:
		return core.CiteSearch
	case `"web_search_result_location"`:
		return core.CiteWeb
	}
	return core.CiteNowhere
}

// citeWords are, by unit, the type of a citation and the names of the ends of its range.
var citeWords = [...]struct{ kind, from, to string }{
	core.CiteChars:  {"char_location", "start_char_index", "end_char_index"},
	core.CitePages:  {"page_location", "start_page_number", "end_page_number"},
	core.CiteBlocks: {"content_block_location", "start_block_index", "end_block_index"},
	core.CiteSearch: {"search_result_location", "start_block_index", "end_block_index"},
}

// appendCite appends c: unchanged if own, otherwise translated. A citation of a web page becomes a result of
// a web search, without the provider's encrypted index.
func appendCite(dst []byte, c *core.Cite, own bool) []byte {
	if own && len(c.Raw) > 0 {
		return body.AppendLine(dst, c.Raw)
	}
	unit := c.Unit
	if int(unit) >= len(citeWords) || unit == core.CiteNowhere {
		dst = append(dst, `{"type":"web_search_result_location","cited_text":`...)
		dst = scan.AppendQuoted(dst, c.Quote)
		dst = append(dst, `,"url":`...)
		dst = scan.AppendQuoted(dst, c.URL)
		dst = append(dst, `,"title":`...)
		dst = appendTextOrNull(dst, c.Title)
		return append(dst, `,"encrypted_index":""}`...)
	}
	words := &citeWords[unit]
	dst = append(append(append(dst, `{"type":"`...), words.kind...), `","cited_text":`...)
	dst = scan.AppendQuoted(dst, c.Quote)
	if unit == core.CiteSearch {
		dst = append(dst, `,"search_result_index":`...)
		dst = scan.AppendInt(dst, max(int64(c.Source), 0))
		dst = append(dst, `,"source":`...)
		dst = scan.AppendQuoted(dst, c.URL)
		dst = append(dst, `,"title":`...)
	} else {
		dst = append(dst, `,"document_index":`...)
		dst = scan.AppendInt(dst, max(int64(c.Source), 0))
		dst = append(dst, `,"document_title":`...)
	}
	dst = appendTextOrNull(dst, c.Title)
	dst = append(append(append(dst, `,"`...), words.from...), `":`...)
	dst = scan.AppendInt(dst, max(c.From, 0))
	dst = append(append(append(dst, `,"`...), words.to...), `":`...)
	dst = scan.AppendInt(dst, max(c.To, 0))
	return append(dst, '}')
}

// appendCites appends the member citations for p.
func appendCites(dst []byte, t *core.Tree, p *core.Part, own bool) []byte {
	dst = append(dst, `,"citations":[`...)
	first := true
	for n := p.Cites; n != 0; {
		var c core.Cite
		if c, n = t.Cited(n); !own && c.Blank() {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		dst, first = appendCite(dst, &c, own), false
	}
	return append(dst, ']')
}

func appendTextOrNull(dst []byte, t core.Text) []byte {
	if t == nil {
		return append(dst, "null"...)
	}
	return scan.AppendQuoted(dst, t)
}
