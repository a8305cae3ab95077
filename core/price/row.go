package price

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"asbru/core"
)

// A row is one line of a sheet behind its model's name:
//
//	in=1.25 out=10 cached=0.125 max-in=1000000 >200000 in=2.5 out=15 batch=50% from=2026-01-31
//
// Prices are dollars for a million tokens, call is dollars for a request, search for a search unit. Behind >N stand
// the prices of prompts longer than N tokens; behind the word batch those of the
// provider's batches, which begin where the plain ones do. What is not named costs what text
// of its side costs, in a tier what it costs in the row.
type row struct {
	from  int64 // Unix seconds; 0: since ever
	plain []tier
	batch []tier // nil: half is not given
	half  int64  // millionths that batches cost of the plain price; 0: they have no share
	most  core.Ceiling
}

type tier struct {
	above int64
	sparse
}

var (
	errNoPrice = errors.New("names no price")
	errTwice   = errors.New("is there already")
	errUnknown = errors.New("is not a field of a price")
)

func parseRow(fields []string) (*row, error) {
	r := &row{plain: make([]tier, 1)}
	list := &r.plain
	for _, f := range fields {
		switch {
		case f == "batch":
			if r.batch != nil || r.half > 0 {
				return nil, badField("batch", "", errTwice)
			}
			r.batch = make([]tier, 1)
			list = &r.batch
		case f[0] == '>':
			if err := addTier(list, f[1:]); err != nil {
				return nil, err
			}
		default:
			if err := r.field(&(*list)[len(*list)-1], f); err != nil {
				return nil, err
			}
		}
	}
	return r, r.whole()
}

func addTier(list *[]tier, text string) error {
	n, err := strconv.ParseInt(text, 10, 64)
	last := (*list)[len(*list)-1].above
	switch {
	case err != nil || n <= last || n > MaxTokens:
		return fmt.Errorf(">%s: tiers are numbers of tokens, the shortest first", text)
	case len(*list) > maxTiers:
		return fmt.Errorf(">%s: a price has at most %d tiers", text, maxTiers)
	}
	*list = append(*list, tier{above: n})
	return nil
}

// field reads one key=value into r, or into t when it is a price.
func (r *row) field(t *tier, text string) error {
	key, value, _ := strings.Cut(text, "=")
	var err error
	switch key {
	case "from":
		var day time.Time
		if day, err = time.Parse(time.DateOnly, value); err == nil {
			r.from = day.Unix()
		}
	case "max-in":
		r.most.In, err = tokens(value)
	case "max-out":
		r.most.Out, err = tokens(value)
	case "batch":
		share, isShare := strings.CutSuffix(value, "%")
		m, bad := decimal(share, 4)
		if err = bad; !isShare || m == 0 || m > 1e6 {
			err = errNumber
		}
		r.half = int64(m)
	default:
		err = priceField(t, key, value)
	}
	if err != nil {
		return badField(key, value, err)
	}
	return nil
}

func priceField(t *tier, key, value string) error {
	k, ok := kindNamed(key)
	if !ok {
		return errUnknown
	}
	if t.set[k] {
		return errTwice
	}
	m, err := rate(value)
	if err == nil && m > maxRate {
		err = errTooLarge
	}
	t.put(k, m)
	return err
}

func tokens(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n <= 0 || n > MaxTokens {
		return 0, errNumber
	}
	return n, nil
}

// whole checks that a row says what text costs.
func (r *row) whole() error {
	switch b := &r.plain[0]; {
	case !b.set[in] && !b.set[out] && !b.set[call] && !b.set[search]:
		return errNoPrice
	case r.batch != nil && r.half > 0:
		return badField("batch", "", errTwice)
	}
	return nil
}

// price is r as a Price. It holds from r's day on.
func (r *row) price(name, source string) *core.Price {
	p := &core.Price{Model: name, From: source, Rates: r.plain[0].full(), Tiers: tiers(r.plain)[1:], Most: r.most}
	switch {
	case r.half > 0:
		p.Batch = tiers(r.plain)
		for i := range p.Batch {
			p.Batch[i].Rates = times(p.Batch[i].Rates, r.half)
		}
	case r.batch != nil:
		p.Batch = tiers(r.inBatch())
	}
	if len(p.Tiers) == 0 {
		p.Tiers = nil
	}
	return p
}

// inBatch are the prices of batches, with the plain price of a side in place of one that they do not name: nothing
// is free because it is not mentioned.
func (r *row) inBatch() []tier {
	list := slices.Clone(r.batch)
	for _, k := range [...]kind{in, out, call, search} {
		if !list[0].set[k] && r.plain[0].set[k] {
			list[0].put(k, *at(&r.plain[0].Rates, k))
		}
	}
	return list
}

func tiers(list []tier) []core.Tier {
	out := make([]core.Tier, len(list))
	for i := range list {
		whole := list[i].over(&list[0].sparse)
		out[i] = core.Tier{Above: list[i].above, Rates: whole.full()}
	}
	return out
}

// append writes r as parseRow reads it.
func (r *row) append(dst []byte) []byte {
	dst = appendTiers(dst, r.plain[:1])
	for _, m := range []struct {
		name string
		n    int64
	}{{" max-in=", r.most.In}, {" max-out=", r.most.Out}} {
		if m.n > 0 {
			dst = strconv.AppendInt(append(dst, m.name...), m.n, 10)
		}
	}
	if r.from != 0 {
		dst = time.Unix(r.from, 0).UTC().AppendFormat(append(dst, " from="...), time.DateOnly)
	}
	if r.half > 0 {
		dst = append(core.Money(r.half*1e5).AppendUSD(append(dst, " batch="...)), '%')
	}
	dst = appendTiers(dst, r.plain[1:])
	if r.batch != nil {
		dst = appendTiers(append(dst, " batch"...), r.batch)
	}
	return dst
}

func appendTiers(dst []byte, list []tier) []byte {
	for i := range list {
		t := &list[i]
		if t.above > 0 {
			dst = strconv.AppendInt(append(dst, " >"...), t.above, 10)
		}
		for k := range numKinds {
			if t.set[k] {
				dst = append(append(append(dst, ' '), kinds[k].name...), '=')
				dst = at(&t.Rates, k).AppendUSD(dst)
			}
		}
	}
	return dst
}

// byDay orders the rows of one model: the earliest first.
func byDay(rows []*row) {
	slices.SortStableFunc(rows, func(a, b *row) int { return int(a.from/86400 - b.from/86400) })
}
