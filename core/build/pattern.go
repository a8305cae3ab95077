package build

import (
	"regexp"
	"strings"
	"sync"

	"asbru/core/price"
)

// likes are the entries of a list of models that match several names: with * for any
// characters, or "regex:" and an RE2 expression, which matches anywhere in a
// name unless it has ^ and $.
type likes []pattern

type pattern struct {
	glob string         // empty: expr
	expr *regexp.Regexp // nil: glob
}

// newPattern compiles one entry; ok is false for a plain name. An invalid expression
// was reported when the document was validated.
func newPattern(entry string) (p pattern, ok bool) {
	if text, is := strings.CutPrefix(entry, "regex:"); is {
		expr, err := regexp.Compile(text)
		return pattern{expr: expr}, err == nil
	}
	return pattern{glob: entry}, strings.Contains(entry, "*")
}

func (p *pattern) matches(name []byte) bool {
	if p.expr != nil {
		return p.expr.Match(name)
	}
	return price.Matches(p.glob, name)
}

func (ps likes) match(name []byte) bool {
	for i := range ps {
		if ps[i].matches(name) {
			return true
		}
	}
	return false
}

// matchAt reports whether a pattern matches a model at a provider: by its name or, if the pattern is an
// expression or contains a /, with provider/ in front. wholes holds buffers of *[]byte for that, because
// the argument of an expression escapes to the heap.
func (ps likes) matchAt(wholes *sync.Pool, provider string, name []byte) bool {
	if len(ps) == 0 || len(name) == 0 {
		return false
	}
	if ps.match(name) {
		return true
	}
	whole := (*[]byte)(nil)
	for i := range ps {
		if ps[i].expr == nil && !strings.Contains(ps[i].glob, "/") {
			continue
		}
		if whole == nil {
			whole = wholes.Get().(*[]byte)
			*whole = append(append(append((*whole)[:0], provider...), '/'), name...)
		}
		if ps[i].matches(*whole) {
			wholes.Put(whole)
			return true
		}
	}
	if whole != nil {
		wholes.Put(whole)
	}
	return false
}

// modelNames is a set of models at one provider, some by name, others by pattern.
type modelNames struct {
	exact map[string]bool
	like  likes
}

// newModelNames compiles a list; nil for an empty one.
func newModelNames(list []string) *modelNames {
	if len(list) == 0 {
		return nil
	}
	m := &modelNames{exact: map[string]bool{}}
	for _, entry := range list {
		if p, ok := newPattern(entry); ok {
			m.like = append(m.like, p)
		} else {
			m.exact[entry] = true
		}
	}
	return m
}

func (m *modelNames) has(name []byte) bool { return m.exact[string(name)] || m.like.match(name) }
