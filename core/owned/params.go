package owned

import (
	"net/url"
	"strings"
)

// params are the parameters of a query in the order of the client, escaped as the client did: a
// provider is asked in the client's own words, where those of a later page do not differ.
type params []string

// parseParams splits a raw query. It reports whether every parameter can be read.
func parseParams(raw string) (p params, ok bool) {
	if _, err := url.ParseQuery(raw); err != nil {
		return nil, false
	}
	for pair := range strings.SplitSeq(raw, "&") {
		if pair != "" {
			p = append(p, pair)
		}
	}
	return p, true
}

// get returns the value of the first parameter called name, or "".
func (p params) get(name string) string {
	for _, pair := range p {
		if key, value, _ := strings.Cut(pair, "="); unescaped(key) == name {
			return unescaped(value)
		}
	}
	return ""
}

// del takes out every parameter called name.
func (p *params) del(name string) {
	kept := (*p)[:0]
	for _, pair := range *p {
		if key, _, _ := strings.Cut(pair, "="); unescaped(key) != name {
			kept = append(kept, pair)
		}
	}
	*p = kept
}

// set gives the parameter called name a value, at the end of the query.
func (p *params) set(name, value string) {
	p.del(name)
	*p = append(*p, url.QueryEscape(name)+"="+url.QueryEscape(value))
}

// String returns the raw query.
func (p params) String() string { return strings.Join(p, "&") }

// unescaped decodes what parseParams has found to be readable.
func unescaped(s string) string {
	text, err := url.QueryUnescape(s)
	if err != nil {
		return s
	}
	return text
}
