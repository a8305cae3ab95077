package entry

import (
	"encoding/binary"

	"asbru/core"
)

// A reader decodes what a writer wrote. It trusts nothing, since the bytes may come from a
// disk: after the first impossible value bad is set, and everything that follows is zero.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) fail() { r.b, r.bad = nil, true }

func (r *reader) take(n int) []byte {
	if n < 0 || n > len(r.b) {
		r.fail()
		return nil
	}
	out := r.b[:n:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) byte() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) uint() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) int() int64 {
	v, n := binary.Varint(r.b)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.b = r.b[n:]
	return v
}

// count reads the number of elements that take at least a byte each.
func (r *reader) count(most int) int {
	v := r.uint()
	if v > uint64(most) || v > uint64(len(r.b)) {
		r.fail()
		return 0
	}
	return int(v)
}

func (r *reader) bytes() []byte {
	n := r.uint()
	if n == 0 {
		return nil
	}
	if n-1 > uint64(len(r.b)) {
		r.fail()
		return nil
	}
	return r.take(int(n - 1))
}

// note reads a Note; unless names is set, its strings are left unchanged.
func (r *reader) note(n *Note, names bool) {
	copy(n.ID[:], r.take(len(n.ID)))
	copy(n.Space[:], r.take(len(n.Space)))
	for _, v := range [...]*int64{&n.Born, &n.Fresh, &n.Until} {
		if b := r.take(8); b != nil {
			*v = int64(binary.LittleEndian.Uint64(b))
		}
	}
	n.Op = core.Op(r.byte())
	for _, s := range [...]*string{&n.Owner, &n.Label, &n.Asked, &n.Model, &n.Provider, &n.Family, &n.Native, &n.Text} {
		if b := r.bytes(); names {
			*s = string(b)
		}
	}
}

func (r *reader) completion(c *core.Completion) {
	c.Model, c.Created, c.Tier = r.bytes(), r.int(), r.bytes()
	u := &c.Usage
	u.Known = r.byte()&1 != 0
	for _, v := range [...]*int64{&u.In, &u.CachedIn, &u.Out, &u.Reasoning, &u.WrittenIn, &u.AudioIn, &u.AudioOut} {
		*v = r.int()
	}
	parts := r.count(maxParts)
	for i := range parts {
		r.part(c, parts-i-1)
	}
	for range r.count(maxParts) {
		i := c.Begin(0)
		s := &c.Choices[i]
		from, to := r.uint(), r.uint()
		if from > to || to > uint64(len(c.Parts)) {
			r.fail()
			return
		}
		s.From, s.To, s.Index = int32(from), int32(to), r.int()
		s.Finish = core.Finish(r.byte())
		s.Native, s.Stopped, s.Logprobs = r.bytes(), r.bytes(), r.bytes()
		if s.Finish > core.FinishFailed {
			r.fail()
		}
	}
}

// part reads a part, which at most left others follow.
func (r *reader) part(c *core.Completion, left int) {
	if r.bad {
		return
	}
	p := core.Part{Kind: core.PartKind(r.byte())}
	flags := r.byte()
	p.Fails, p.Wraps = flags&1 != 0, flags&2 != 0
	p.Vendor = core.Vendor(r.byte())
	inner := r.uint()
	if p.Kind >= core.PartOther || p.Vendor >= core.NumVendors || inner > uint64(left) {
		r.fail()
		return
	}
	p.Inner, p.Text = int32(inner), r.bytes()
	if flags&4 != 0 {
		for _, f := range [...]*core.Text{&p.ID, &p.Name, (*core.Text)(&p.Args), &p.Media, &p.Data, &p.URL, &p.File, &p.Hint, &p.Sign} {
			*f = r.bytes()
		}
		for range r.count(maxCites) {
			c.Cite(&p.Cites, r.cite())
		}
	}
	c.Add(p)
}

func (r *reader) cite() core.Cite {
	c := core.Cite{Start: r.int(), End: r.int(), Source: int32(r.int()), From: r.int(), To: r.int()}
	c.Unit = core.CiteUnit(r.byte())
	c.URL, c.Title, c.Quote = r.bytes(), r.bytes(), r.bytes()
	return c
}

func (r *reader) pace(beats []Beat) []Beat {
	for range r.count(maxBeats) {
		beats = append(beats, Beat{uint32(r.uint()), uint32(r.uint())})
	}
	return beats
}
