package gemini

import (
	"unicode/utf8"

	"asbru/core"
	"asbru/core/scan"
)

// A citing iterates over the citations of a candidate's text: the supports of its groundingMetadata, one for each page,
// then the sources of its citationMetadata.
type citing struct {
	chunks   []byte    // the pages
	supports scan.Walk // the remaining supports
	pages    scan.Walk
	sources  scan.Walk
	support  core.Cite // the support whose pages are iterated over
	part     int
	given    int
}

func citesOf(m *candidate) citing {
	w := citing{supports: scan.Elements(nil), pages: scan.Elements(nil), sources: scan.Elements(nil)}
	g := scan.Members(m.grounding)
	for {
		key, value, ok := g.Next()
		if !ok {
			break
		}
		switch string(key) {
		case "groundingChunks":
			w.chunks = value
		case "groundingSupports":
			w.supports = scan.Elements(value)
		}
	}
	g = scan.Members(m.citations)
	for {
		key, value, ok := g.Next()
		if !ok {
			return w
		}
		if string(key) == "citationSources" || string(key) == "citations" { // Vertex AI has the latter
			w.sources = scan.Elements(value)
			return w
		}
	}
}

// next returns the next citation, with the index of its part. Start and End are still in bytes.
func (w *citing) next() (c core.Cite, part int, ok bool) {
	if w.given++; w.given > maxCites {
		return c, 0, false
	}
	for {
		if _, one, ok := w.pages.Next(); ok {
			c = w.support
			if i, ok := scan.Whole(one); ok {
				page(&c, w.chunks, i)
			}
			return c, w.part, true
		}
		_, support, ok := w.supports.Next()
		if !ok {
			break
		}
		var indices []byte
		w.support, w.part, indices = supportOf(support)
		w.pages = scan.Elements(indices)
	}
	if _, source, ok := w.sources.Next(); ok {
		return sourceOf(source), 0, true
	}
	return c, 0, false
}

func noCite() core.Cite { return core.Cite{Start: -1, End: -1, Source: -1, From: -1, To: -1} }

// sourceOf reads a source of a citationMetadata.
func sourceOf(raw []byte) core.Cite {
	c := noCite()
	c.Raw, c.Unit, c.Start = raw, core.CiteWeb, 0
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			if c.End < 0 {
				c.Start = -1
			}
			return c
		}
		switch string(key) {
		case "startIndex":
			c.Start = index(value)
		case "endIndex":
			c.End = index(value)
		case "uri":
			c.URL, _ = scan.Inside(value)
		case "title":
			c.Title, _ = scan.Inside(value)
		}
	}
}

func supportOf(raw []byte) (c core.Cite, part int, indices []byte) {
	c = noCite()
	c.Raw = raw
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			return c, part, indices
		}
		switch string(key) {
		case "groundingChunkIndices":
			indices = value
		case "segment":
			c.Start = 0 // it may be left out when it is 0
			m := scan.Members(value)
			for {
				key, value, ok := m.Next()
				if !ok {
					break
				}
				switch string(key) {
				case "startIndex":
					c.Start = index(value)
				case "endIndex":
					c.End = index(value)
				case "partIndex":
					part = int(max(index(value), 0))
				}
			}
		}
	}
}

func index(raw []byte) int64 {
	n, ok := scan.Whole(raw)
	if !ok || n < 0 || n > maxCount {
		return -1
	}
	return n
}

// page sets the source of c to the nth of the chunks: a web page, or a passage of a document.
func page(c *core.Cite, chunks []byte, n int64) {
	if n >= maxPages {
		return
	}
	w := scan.Elements(chunks)
	for {
		_, chunk, ok := w.Next()
		if !ok {
			return
		}
		if n--; n >= 0 {
			continue
		}
		m := scan.Members(chunk)
		kind, value, _ := m.Next()
		if string(kind) == "web" {
			c.Unit = core.CiteWeb
		} else {
			c.Unit = core.CiteSearch
		}
		m = scan.Members(value)
		for {
			key, value, ok := m.Next()
			if !ok {
				return
			}
			switch string(key) {
			case "uri":
				c.URL, _ = scan.Inside(value)
			case "title":
				c.Title, _ = scan.Inside(value)
			case "text":
				c.Quote, _ = scan.Inside(value)
			}
		}
	}
}

// chars returns the number of characters in the first n bytes of the decoded text.
func chars(text core.Text, n int64) int64 {
	if n <= 0 {
		return n
	}
	var room [utf8.UTFMax]byte
	count := int64(0)
	for i := 0; i < len(text) && n > 0; count++ {
		size := 1
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text) && text[i+1] == 'u':
			size = min(6, len(text)-i)
			if i+12 <= len(text) && text[i+6] == '\\' && text[i+7] == 'u' && text[i+2]|0x20 == 'd' && text[i+3] >= '8' {
				size = 12
			}
			n -= int64(len(scan.AppendUnescaped(room[:0], text[i:i+size])))
		case c == '\\':
			size = min(2, len(text)-i)
			n--
		case c >= utf8.RuneSelf:
			_, size = utf8.DecodeRune(text[i:])
			n -= int64(size)
		default:
			n--
		}
		i += size
	}
	return count
}

// appendSource appends one citation as an entry of citationSources, where Start and End are in bytes.
func appendSource(dst []byte, c *core.Cite) []byte {
	dst = append(sep(dst), '{')
	if c.Start >= 0 && c.End >= 0 {
		dst = scan.AppendInt(field(dst, "startIndex"), c.Start)
		dst = scan.AppendInt(field(dst, "endIndex"), c.End)
	}
	dst = scan.AppendQuoted(field(dst, "uri"), c.URL)
	if len(c.Title) > 0 {
		dst = scan.AppendQuoted(field(dst, "title"), c.Title)
	}
	return append(dst, '}')
}
