package cohere

import (
	"bytes"

	"asbru/core"
	"asbru/core/scan"
)

// readCite reads a citation {start, end, text, sources, content_index, type} and its first source. sources
// iterates over all of them.
func readCite(raw []byte) (c core.Cite, content int64, sources scan.Walk) {
	c = core.Cite{Start: -1, End: -1, Source: -1, From: -1, To: -1, Raw: raw}
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			return c, content, sources
		}
		switch string(key) {
		case "start":
			count(value, &c.Start)
		case "end":
			count(value, &c.End)
		case "content_index":
			count(value, &content)
		case "sources":
			sources = scan.Elements(value)
			if _, first, ok := sources.Next(); ok {
				readSource(&c, first)
			}
		}
	}
}

// readSource reads a source {type: tool|document, id, tool_output|document}.
func readSource(c *core.Cite, raw []byte) {
	c.URL, c.Title, c.Quote, c.Source = nil, nil, nil, -1
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			return
		}
		switch string(key) {
		case "id":
			if n, ok := bytes.CutPrefix(inside(value), []byte("doc:")); ok { // the name of a document without an id
				if i, isInt := scan.Whole(n); isInt && i >= 0 && i < 1<<31 {
					c.Source = int32(i)
				}
			}
		case "document", "tool_output":
			readSourceBody(c, value)
		}
	}
}

func readSourceBody(c *core.Cite, raw []byte) {
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			return
		}
		text, isText := scan.Inside(value)
		switch {
		case !isText:
		case string(key) == "title":
			c.Title = text
		case string(key) == "url":
			c.URL = text
			c.Unit = core.CiteWeb
		case c.Quote == nil && isBody(key):
			c.Quote = text
		}
	}
}

// appendCite appends a citation of another format. text is that of the cited part, nil if it is not known.
func appendCite(dst []byte, c *core.Cite, text core.Text, content int64) []byte {
	dst = append(dst, '{')
	start, end := c.Start, c.End
	if start < 0 || end < start {
		start, end = 0, characters(text) // the whole text
	}
	if text != nil || c.Start >= 0 {
		dst = scan.AppendInt(append(dst, `"start":`...), start)
		dst = scan.AppendInt(append(dst, `,"end":`...), end)
		dst = append(dst, ',')
	}
	if text != nil {
		dst = append(scan.AppendQuoted(append(dst, `"text":`...), cut(text, start, end)), ',')
	}
	dst = append(dst, `"sources":[{"type":"document","id":"doc:`...)
	dst = scan.AppendInt(dst, int64(max(c.Source, 0)))
	dst = append(dst, `","document":{`...)
	dst = scan.AppendQuoted(append(dst, `"title":`...), c.Title) // clients read these two without checking that they exist
	dst = scan.AppendQuoted(append(dst, `,"text":`...), c.Quote)
	if c.URL != nil {
		dst = scan.AppendQuoted(append(dst, `,"url":`...), c.URL)
	}
	dst = append(dst, `}}],"content_index":`...)
	return append(scan.AppendInt(dst, content), `,"type":"TEXT_CONTENT"}`...)
}

// characters counts the characters of text after decoding its escapes.
func characters(text core.Text) (n int64) {
	for i := 0; i < len(text); n++ {
		i += step(text[i:])
	}
	return n
}

// cut returns the characters of text from start to end.
func cut(text core.Text, start, end int64) core.Text {
	from, n := 0, int64(0)
	i := 0
	for ; i < len(text) && n < end; n++ {
		if n == start {
			from = i
		}
		i += step(text[i:])
	}
	if n < start {
		return text[:0]
	}
	if n == start {
		from = i
	}
	return text[from:i]
}

// step returns the length in bytes of the first character of text: an escape is one character, and so are the
// two escapes of a surrogate pair.
func step(text core.Text) int {
	n := 1
	switch c := text[0]; {
	case c == '\\' && len(text) > 1 && text[1] == 'u':
		n = 6
		if len(text) >= 12 && text[6] == '\\' && text[7] == 'u' && text[2]|0x20 == 'd' && text[3]|0x20 >= '8' && text[8]|0x20 == 'd' && text[9]|0x20 >= 'c' {
			n = 12
		}
	case c == '\\':
		n = 2
	case c >= 0xf0:
		n = 4
	case c >= 0xe0:
		n = 3
	case c >= 0xc0:
		n = 2
	}
	return min(n, len(text))
}
