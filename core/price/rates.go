package price

import "asbru/core"

// A kind is one sort of token that a row can price apart.
type kind uint8

const (
	in kind = iota
	out
	cached
	written
	kept
	thought
	audioIn
	audioOut
	imageIn
	imageOut
	call
	search
	numKinds
)

// kinds holds by kind the name in rows, and which kind's price holds when a row has none.
var kinds = [numKinds]struct {
	name string
	like kind
}{
	in: {"in", in}, out: {"out", out},
	cached: {"cached", in}, written: {"written", in}, kept: {"kept", written}, thought: {"thought", out},
	audioIn: {"audio-in", in}, audioOut: {"audio-out", out}, imageIn: {"image-in", in}, imageOut: {"image-out", out},
	call: {"call", call}, search: {"search", search},
}

func kindNamed(name string) (kind, bool) {
	for k := range numKinds {
		if kinds[k].name == name {
			return k, true
		}
	}
	return 0, false
}

// at is where r holds the price of k.
func at(r *core.Rates, k kind) *core.Money {
	return [numKinds]*core.Money{
		in: &r.In, out: &r.Out, cached: &r.CachedIn, written: &r.WrittenIn, kept: &r.KeptIn, thought: &r.Reasoning,
		audioIn: &r.AudioIn, audioOut: &r.AudioOut, imageIn: &r.ImageIn, imageOut: &r.ImageOut, call: &r.Call, search: &r.Search,
	}[k]
}

// A sparse holds the rates that a row names.
type sparse struct {
	core.Rates
	set [numKinds]bool
}

func (s *sparse) put(k kind, m core.Money) {
	*at(&s.Rates, k) = m
	s.set[k] = true
}

// full is s with what it does not name as text of its side costs.
func (s *sparse) full() core.Rates {
	r := s.Rates
	for k := range numKinds { // each stands behind the kind it is like
		if !s.set[k] && kinds[k].like != k {
			*at(&r, k) = *at(&r, kinds[k].like)
		}
	}
	return r
}

// over is s with what it does not name from below.
func (s sparse) over(below *sparse) sparse {
	for k := range numKinds {
		if !s.set[k] && below.set[k] {
			s.put(k, *at(&below.Rates, k))
		}
	}
	return s
}

// times is r with each rate multiplied by a share of a million, rounded up. The prices of a call and of a search too.
func times(r core.Rates, millionths int64) core.Rates {
	for k := range numKinds {
		m := at(&r, k)
		*m = m.Times(millionths)
	}
	return r
}
