package price

import (
	"sort"
	"strings"

	"asbru/core"
)

// A Book answers what a model at a provider costs: the sheets in order, the built-in one last,
// and the overrides of the document. It is immutable but for what it remembers of
// overrides, and many goroutines may ask it.
type Book struct {
	sheets    []*Sheet
	overrides []*Override
	unknown   *core.Price
}

// New makes a Book of sheets, in the order they are asked, and overrides, in that of the
// document. unknown is what a model costs that nobody has a price of; nil: it has
// none.
func New(sheets []*Sheet, overrides []*Override, unknown *core.Price) *Book {
	b := &Book{sheets: sheets, unknown: unknown}
	b.overrides = inOrder(overrides)
	return b
}

// Overridden reports whether some override depends on who calls or with which provider
// key, so that a Target's own price is not the last word.
func (b *Book) Overridden() bool {
	for _, o := range b.overrides {
		if o.Scope.Key != "" || o.Scope.ProviderKey != "" || o.Ops != 0 {
			return true
		}
	}
	return false
}

// kin are the types of provider whose prices hold for one that has no row for a
// model itself: it sells the same at the same price.
func kin(kind string) []string {
	switch kind {
	case "azure":
		return []string{"azure", "openai", "anthropic"}
	case "azure-classic":
		return []string{"azure", "openai"}
	case "bedrock-mantle":
		return []string{"bedrock"}
	case "vertex":
		return []string{"vertex", "gemini", "anthropic"}
	}
	return []string{kind}
}

// A Table holds the prices of one provider of the document.
type Table struct {
	book      *Book
	exact     []map[string]*core.Price // the first that has a name decides
	patterns  []pattern                // the longest first
	overrides []*Override              // of everybody's requests here, those to be asked first in front
	own       map[string][]*Override   // the same by virtual key: these are asked before
	memo      memo
}

type pattern struct {
	prefix string
	price  *core.Price
}

// Table compiles the prices of a provider: its name in the document and its type.
func (b *Book) Table(provider, kind string) *Table {
	t := &Table{book: b, own: map[string][]*Override{}}
	for _, s := range b.sheets {
		for _, k := range kin(kind) {
			prices := s.prices(k)
			if len(prices) > 0 {
				t.exact = append(t.exact, prices)
			}
			for name, p := range prices {
				if prefix, ok := strings.CutSuffix(name, "*"); ok && len(t.patterns) < maxPatterns {
					t.patterns = append(t.patterns, pattern{prefix, p})
				}
			}
		}
	}
	sort.SliceStable(t.patterns, func(i, j int) bool { return len(t.patterns[i].prefix) > len(t.patterns[j].prefix) })
	for _, o := range b.overrides {
		switch {
		case o.Scope.Provider != "" && o.Scope.Provider != provider:
		case o.Scope.Key != "":
			t.own[o.Scope.Key] = append(t.own[o.Scope.Key], o)
		default:
			t.overrides = append(t.overrides, o)
		}
	}
	return t
}

// A Query says of what the price is wanted.
type Query struct {
	Model       []byte // what is sent to the provider
	Key         string // the caller's virtual key; empty: whoever it is
	ProviderKey string // empty: whichever it is
	Op          core.Op
}

// Find is what q costs and whether anybody knows. When nobody does it is the Book's
// price of the unknown, which may be nil. It does not allocate, except the first time
// that an override meets a price.
func (t *Table) Find(q Query) (p *core.Price, known bool) {
	var buf [core.MaxModelName]byte
	name := fold(buf[:0], q.Model)
	p = t.listed(name)
	if len(t.own) > 0 {
		if patched := t.patched(t.own[q.Key], &q, name, p); patched != nil {
			return patched, true
		}
	}
	if patched := t.patched(t.overrides, &q, name, p); patched != nil {
		return patched, true
	}
	if p != nil {
		return p, true
	}
	return t.book.unknown, false
}

// patched is what the first of some overrides that covers q makes of p; nil: none does.
func (t *Table) patched(list []*Override, q *Query, name []byte, p *core.Price) *core.Price {
	for _, o := range list {
		if o.covers(q, name) {
			if made := t.memo.of(o, p); made != nil {
				return made
			}
		}
	}
	return nil
}

// listed is the price that a row gives a name.
func (t *Table) listed(name []byte) *core.Price {
	if p := t.stems(name); p != nil {
		return p
	}
	if short, ok := placed(name); ok {
		if p := t.stems(short); p != nil {
			return p
		}
	}
	if short, ok := bare(name); ok {
		if p := t.stems(short); p != nil {
			return p
		}
	}
	for i := range t.patterns {
		if n := len(t.patterns[i].prefix); len(name) >= n && string(name[:n]) == t.patterns[i].prefix {
			return t.patterns[i].price
		}
	}
	return nil
}

// stems looks a name up, then what is left of it when its end is taken off.
func (t *Table) stems(name []byte) *core.Price {
	for {
		for _, m := range t.exact {
			if p := m[string(name)]; p != nil {
				return p
			}
		}
		var shorter bool
		if name, shorter = stem(name); !shorter {
			return nil
		}
	}
}
