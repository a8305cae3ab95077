package bedrock

import (
	"asbru/core"
	"asbru/core/scan"
)

// cited reads citationsContent: {content: [{text}], citations: […]}. A part has one text; a block with several
// is also kept whole.
func (r *reader) cited(value []byte) bool {
	p := core.Part{Kind: core.PartText, Shape: shapeCited}
	w := scan.Members(value)
	for {
		key, v, ok := w.Next()
		if !ok {
			break
		}
		switch string(key) {
		case "content":
			list := scan.Elements(v)
			_, one, _ := list.Next()
			_, _, more := list.Next()
			if p.Text = member(one, "text"); p.Text == nil || more {
				p.Text, p.Shape = r.joined(v, ""), p.Shape|shapeRaw
			}
		case "citations":
			list := scan.Elements(v)
			for {
				_, one, more := list.Next()
				if !more {
					break
				}
				r.t.Cite(&p.Cites, readCite(one))
			}
		default:
			p.Shape |= shapeRaw
		}
	}
	if p.Shape&shapeRaw != 0 {
		p.Raw = value
	}
	r.t.Add(p)
	return w.Rest() != nil
}

// places are the kinds of a citation's location, with the name of the index in each.
var places = [...]struct {
	name, index string
	unit        core.CiteUnit
}{
	{"documentChar", "documentIndex", core.CiteChars},
	{"documentPage", "documentIndex", core.CitePages},
	{"documentChunk", "documentIndex", core.CiteBlocks},
	{"searchResultLocation", "searchResultIndex", core.CiteSearch},
}

// readCite reads {title, source, sourceContent: [{text}], location}.
func readCite(raw []byte) core.Cite {
	c := core.Cite{Start: -1, End: -1, Source: -1, From: -1, To: -1, Raw: raw}
	w := scan.Members(raw)
	for {
		key, v, ok := w.Next()
		if !ok {
			return c
		}
		switch string(key) {
		case "title":
			c.Title = inside(v)
		case "sourceContent":
			list := scan.Elements(v)
			_, one, _ := list.Next()
			c.Quote = member(one, "text")
		case "location":
			readPlace(&c, v)
		}
	}
}

func readPlace(c *core.Cite, location []byte) {
	w := scan.Members(location)
	key, v, _ := w.Next()
	if string(key) == "web" {
		c.Unit, c.URL = core.CiteWeb, member(v, "url")
		return
	}
	for i := range places {
		p := &places[i]
		if p.name != string(key) {
			continue
		}
		c.Unit = p.unit
		if n, ok := scan.Whole(get(v, p.index)); ok && 0 <= n && n < 1<<31 {
			c.Source = int32(n)
		}
		if n, ok := scan.Whole(get(v, "start")); ok && n >= 0 {
			c.From = n
		}
		if n, ok := scan.Whole(get(v, "end")); ok && n >= 0 {
			c.To = n
		}
	}
}

// appendCite appends a citation, unchanged if own.
func appendCite(dst []byte, c *core.Cite, own bool) []byte {
	if own && c.Raw != nil {
		return append(dst, c.Raw...)
	}
	dst = append(dst, '{')
	if c.Title != nil {
		dst = append(scan.AppendQuoted(append(dst, `"title":`...), c.Title), ',')
	}
	if c.URL != nil {
		dst = append(scan.AppendQuoted(append(dst, `"source":`...), c.URL), ',')
	}
	if c.Quote != nil {
		dst = append(scan.AppendQuoted(append(dst, `"sourceContent":[{"text":`...), c.Quote), "}],"...)
	}
	dst = appendPlace(dst, c)
	if dst[len(dst)-1] == ',' {
		dst = dst[:len(dst)-1]
	}
	return append(dst, '}')
}

// appendPlace appends the location, if there is one, and a comma.
func appendPlace(dst []byte, c *core.Cite) []byte {
	if c.URL != nil && (c.Unit == core.CiteWeb || c.Unit == core.CiteNowhere) {
		return append(scan.AppendQuoted(append(dst, `"location":{"web":{"url":`...), c.URL), "}},"...)
	}
	for i := range places {
		p := &places[i]
		if p.unit != c.Unit {
			continue
		}
		dst = append(append(append(dst, `"location":{"`...), p.name...), `":{`...)
		for _, m := range [...]struct {
			name string
			n    int64
		}{{p.index, int64(c.Source)}, {"start", c.From}, {"end", c.To}} {
			if m.n >= 0 {
				dst = append(append(append(dst, '"'), m.name...), `":`...)
				dst = append(scan.AppendInt(dst, m.n), ',')
			}
		}
		if dst[len(dst)-1] == ',' {
			dst = dst[:len(dst)-1]
		}
		return append(dst, "}},"...)
	}
	return dst
}
