package price

import (
	"maps"
	"sort"
	"strings"

	"asbru/core"
)

// A Book knows what a model at a provider costs: from its sheets in order, the built-in one last,
// and the overrides of the document. Except for a memo of applied
// overrides it is immutable, and it may be used concurrently.
type Book struct {
	sheets    []*Sheet
	overrides []*Override
	unknown   *core.Price
}

// New makes a Book of sheets, in order of precedence, and overrides, in the order of the
// document. unknown is the price of models without one; nil: they have
// none.
func New(sheets []*Sheet, overrides []*Override, unknown *core.Price) *Book {
	b := &Book{sheets: sheets, unknown: unknown}
	b.overrides = inOrder(overrides)
	return b
}

// Overridden reports whether some override depends on the caller or the provider
// key, so that a Target does not have a single price.
func (b *Book) Overridden() bool {
	for _, o := range b.overrides {
		if o.Scope.Key != "" || o.Scope.ProviderKey != "" || o.Ops != 0 {
			return true
		}
	}
	return false
}

// kin returns the types of provider whose prices apply to one that has no row for a
// model: it sells the same models at the same price.
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
	exact     []map[string]*core.Price // the first map with a name decides
	patterns  []pattern                // the longest first
	overrides []*Override              // for all callers, in order of precedence
	own       map[string][]*Override   // the same by virtual key; these take precedence
	memo      memo
}

type pattern struct {
	prefix string
	price  *core.Price
}

// Table compiles the prices of a provider, given its name in the document and its type.
func (b *Book) Table(provider, kind string) *Table {
	t := &Table{book: b, own: map[string][]*Override{}}
	var days []map[string]int64
	for _, s := range b.sheets {
		for _, k := range kin(kind) {
			prices, begin := s.prices(k)
			if len(prices) > 0 {
				t.exact, days = append(t.exact, prices), append(days, begin)
			}
			for name, p := range prices {
				if prefix, ok := strings.CutSuffix(name, "*"); ok && len(t.patterns) < maxPatterns {
					t.patterns = append(t.patterns, pattern{prefix, p})
				}
			}
		}
	}
	sort.SliceStable(t.patterns, func(i, j int) bool { return len(t.patterns[i].prefix) > len(t.patterns[j].prefix) })
	t.precede(days)
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

// precede puts before the rows that hold only from a day on what holds until then: the price that the model would have without
// them. days are these days, in Unix seconds, for each of t.exact. Where nothing is known and unknown models are refused, a row holds
// at once.
func (t *Table) precede(days []map[string]int64) {
	for i := len(days) - 1; i >= 0; i-- {
		if len(days[i]) == 0 {
			continue
		}
		rest := &Table{exact: t.exact[i+1:]}
		for _, p := range t.patterns {
			if days[i][p.prefix+"*"] == 0 {
				rest.patterns = append(rest.patterns, p)
			}
		}
		t.exact[i] = maps.Clone(t.exact[i]) // it is the sheet's
		for name, day := range days[i] {
			before := rest.listed([]byte(name))
			if before == nil {
				before = t.book.unknown
			}
			was := t.exact[i][name]
			t.exact[i][name] = until(before, day, was)
			for j := range t.patterns {
				if t.patterns[j].price == was {
					t.patterns[j].price = t.exact[i][name]
				}
			}
		}
	}
}

// until is p until a day, in Unix seconds, and then next; a nil p never holds.
func until(p *core.Price, day int64, next *core.Price) *core.Price {
	if p == nil {
		return next
	}
	q := *p
	if q.Next != nil && q.Until < day {
		q.Next = until(q.Next, day, next)
	} else {
		q.Until, q.Next = day, next
	}
	return &q
}

// A Query describes what a price is wanted for.
type Query struct {
	Model       []byte // the model's name as sent to the provider
	Key         string // the caller's virtual key; empty: any
	ProviderKey string // empty: any
	Op          core.Op
}

// Find returns the price for q, and whether it is known. If it is not, the price is the Book's
// for unknown models, which may be nil. It does not allocate, except the first time
// that an override is applied to a price.
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

// patched applies the first override in list that covers q to p; nil: none covers it.
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

// listed returns the price of the row for a name.
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

// stems looks a name up, and then what is left of it without its ending.
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
