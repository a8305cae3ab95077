package owned

import (
	"bytes"
	"slices"
	"strconv"

	"asbru/core/scan"
)

// A Page is a page of a list, as a provider sent it.
type Page struct {
	Items []Item
	Next  []string // parameters of the query for the next page, alternating names and values; nil: this is the last page

	body  []byte
	list  []byte // the array of the items; nil: the page has none
	whole bool   // list is the whole body
	end   bool   // End was called
	sums  bool   // the body states the number of items on all pages
}

// An Item is an element of a page. One without an ID has no owner.
type Item struct {
	ID     string
	Beside []Ref // its results, as it names them

	raw []byte
}

// ReadPage reads a page of things of a's kind. query returns the parameters with which it was requested.
// ok is false if body is not a page. The Page aliases body.
func ReadPage(a Act, body []byte, query func(name string) string) (p Page, ok bool) {
	p.body = bytes.TrimSpace(body)
	if scan.Valid(p.body) != nil {
		return p, false
	}
	switch p.body[0] {
	case '[':
		p.list, p.whole = p.body, true
	case '{':
		w := scan.Members(p.body)
		for k, v, ok := w.Next(); ok; k, v, ok = w.Next() {
			if len(v) > 0 && v[0] == '[' && (p.list == nil || string(k) == "data") {
				p.list = v
			}
		}
	default:
		return p, false
	}
	w := scan.Elements(p.list)
	for _, v, ok := w.Next(); ok; _, v, ok = w.Next() {
		if len(p.Items) == MaxRefs {
			return p, false
		}
		it := Item{raw: v}
		for _, r := range thing(a, v, false) {
			if r.Kind == a.Kind {
				it.ID = r.ID
			}
		}
		if it.ID != "" {
			_, it.Beside = ReadReply(Act{Kind: a.Kind}, v)
		}
		p.Items = append(p.Items, it)
	}
	p.turn(query)
	return p, true
}

// turn finds the parameters of the next page, which each vendor gives in its own way.
func (p *Page) turn(query func(string) string) {
	if p.whole {
		return
	}
	var object, more, last, first, page []byte
	total := int64(-1)
	w := scan.Members(p.body)
	for k, v, ok := w.Next(); ok; k, v, ok = w.Next() {
		switch string(k) {
		case "object":
			object = v
		case "has_more":
			more = v
		case "last_id":
			last = v
		case "first_id":
			first = v
		case "next_page":
			page = v
		case "total":
			if n, ok := scan.Int(v); ok {
				total = n
			}
		case "nextPageToken":
			p.next("pageToken", v)
		case "next_page_token":
			p.next("page_token", v)
		case "nextToken":
			p.next("nextToken", v)
		}
	}
	p.sums = total >= 0
	switch {
	case p.Next != nil:
	case page != nil:
		p.next("page", page)
	case string(more) == "true":
		p.turnCursor(object != nil, first, last, query)
	case total >= 0 && len(p.Items) > 0 && more == nil:
		size, _ := strconv.ParseInt(query("page_size"), 10, 64)
		at, _ := strconv.ParseInt(query("page"), 10, 64)
		if size <= 0 {
			size = int64(len(p.Items))
		}
		if at >= 0 && at < 1<<31 && size < 1<<31 && (at+1)*size < total {
			p.Next = []string{"page", strconv.FormatInt(at+1, 10)}
		}
	}
}

// turnCursor is turn for lists that continue after the last thing: OpenAI's, and Anthropic's, which may also go backwards.
func (p *Page) turnCursor(object bool, first, last []byte, query func(string) string) {
	switch {
	case !object && query("before_id") != "":
		p.next("before_id", first)
	case !object:
		p.next("after_id", last)
	case query("before") != "" && query("after") == "":
		p.next("before", first)
	default:
		if p.next("after", last); p.Next == nil && len(p.Items) > 0 && p.Items[len(p.Items)-1].ID != "" {
			p.Next = []string{"after", p.Items[len(p.Items)-1].ID}
		}
	}
}

// next records the parameter for the next page, if raw is a string.
func (p *Page) next(name string, raw []byte) {
	if text, ok := scan.Unquote(nil, raw); ok && len(text) > 0 {
		p.Next = []string{name, string(text)}
	}
}

// ends are the members, of all vendors, that say that there are more pages.
var ends = [...]string{"nextPageToken", "next_page_token", "nextToken", "next_page", "next"}

// End makes p the last page: Append leaves out that there are more.
func (p *Page) End() { p.Next, p.end = nil, true }

// Plain reports whether a page that keeps all its items may be passed on unchanged, because it says
// nothing about the items of others.
func (p *Page) Plain() bool { return !p.end && !p.sums }

// Append appends the page to dst, with those of its Items for which keep is true.
func (p *Page) Append(dst []byte, keep []bool) []byte {
	if p.whole {
		return p.appendList(dst, keep)
	}
	first, last, n := "", "", int64(0)
	for i := range p.Items {
		if keep[i] {
			if n++; first == "" {
				first = p.Items[i].ID
			}
			last = p.Items[i].ID
		}
	}
	dst = append(dst, '{')
	sep := false
	w := scan.Members(p.body)
	for k, v, ok := w.Next(); ok; k, v, ok = w.Next() {
		if p.end && slices.Contains(ends[:], string(k)) {
			continue
		}
		if sep {
			dst = append(dst, ',')
		}
		sep = true
		dst = append(scan.AppendQuoted(dst, k), ':')
		switch name := string(k); {
		case len(v) > 0 && len(p.list) > 0 && &v[0] == &p.list[0]:
			dst = p.appendList(dst, keep)
		case name == "has_more" && p.end:
			dst = append(dst, "false"...)
		case name == "first_id" && len(p.Items) > 0:
			dst = appendID(dst, first)
		case name == "last_id" && len(p.Items) > 0:
			dst = appendID(dst, last)
		case name == "total" && scan.IsNumber(v):
			dst = scan.AppendInt(dst, n)
		default:
			dst = append(dst, v...)
		}
	}
	return append(dst, '}')
}

func appendID(dst []byte, id string) []byte {
	if id == "" {
		return append(dst, "null"...)
	}
	return scan.AppendString(dst, id)
}

func (p *Page) appendList(dst []byte, keep []bool) []byte {
	dst = append(dst, '[')
	sep := false
	for i := range p.Items {
		if !keep[i] {
			continue
		}
		if sep {
			dst = append(dst, ',')
		}
		sep = true
		dst = append(dst, p.Items[i].raw...)
	}
	return append(dst, ']')
}
