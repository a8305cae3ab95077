package semantic

import (
	"unsafe"

	"asbru/cache/semantic/guard"
	"asbru/cache/semantic/model"
	"asbru/cache/semantic/near"
)

// A desk is the memory for one look-up.
type desk struct {
	asked, kept *guard.Form
	axes        [model.Dims]float32
	vector      near.Vector
	top         near.Top
}

func newDesk() *desk {
	d := &desk{asked: guard.NewForm(), kept: guard.NewForm()}
	d.top.K = candidates
	return d
}

func (x *Index) desk() *desk { return x.room.Get().(*desk) }

// read computes the form and the vector of a question.
func (d *desk) read(x *Index, text []byte) {
	s := plain(text)
	x.guard.Read(d.asked, s)
	d.embed(x, s)
}

func (d *desk) embed(x *Index, s string) {
	x.model.Embed(s, &d.axes)
	d.vector.Quantize(&d.axes)
}

// plain returns text as a string without copying. It is valid only while text is unchanged: for a call.
func plain(text []byte) string { return unsafe.String(unsafe.SliceData(text), len(text)) }

// ineligible returns why the question on d is not compared with others; empty: it is.
func (x *Index) ineligible(d *desk) string {
	why := d.asked.Ineligible()
	if why == guard.WhyAccount && x.o.Personal {
		return ""
	}
	return why
}

// How says how a question is looked up.
type How struct {
	Mode  Mode
	Least float32 // least cosine that the caller accepts; it can only raise that of the mode
}

// Look finds an answer to text among the entries of the space. It retains neither argument,
// takes no lock, never waits and allocates nothing.
func (x *Index) Look(name *Space, text []byte, how How) Verdict {
	v := Verdict{Threshold: max(x.o.Cosine[how.Mode], how.Least)}
	s := x.shard(name).space(name)
	if s == nil {
		return v
	}
	d := x.desk()
	defer x.room.Put(d)
	now := x.o.Now()
	if how.Mode == Relaxed {
		d.embed(x, plain(text))
		x.nearest(s, d, how, now, &v)
		return v
	}
	x.guard.Read(d.asked, plain(text))
	if v.Skipped = x.ineligible(d); v.Skipped != "" {
		return v
	}
	embedded := how.Least > 0
	if embedded {
		d.embed(x, plain(text))
	}
	if x.canonical(s, d, embedded, now, &v); v.Hit {
		return v
	}
	if !embedded {
		d.embed(x, plain(text))
	}
	x.nearest(s, d, how, now, &v)
	return v
}

// canonical judges the entries that ask for the same with the same words. The cosine is only compared
// if the caller set Least.
func (x *Index) canonical(s *space, d *desk, embedded bool, now int64, v *Verdict) {
	var q *near.Vector
	if embedded {
		q = &d.vector
	}
	s.Keyed(d.asked.Key(), q, now, &d.top)
	for i := range d.top.Rows {
		f := &d.top.Rows[i]
		if q != nil && f.Sim < v.Threshold {
			continue
		}
		x.guard.Read(d.kept, f.Text)
		g := x.guard.Compare(d.asked, d.kept)
		if g.Rule == guard.Pass {
			*v = Verdict{Hit: true, Tier: Canonical, ID: f.ID, Similarity: f.Sim, Threshold: v.Threshold, guard: g}
			return
		}
		v.refused(f, g)
	}
}

// nearest judges the most similar entries.
func (x *Index) nearest(s *space, d *desk, how How, now int64, v *Verdict) {
	pass := x.passes(how)
	d.top.Min = min(pass, v.Threshold) - 1e-6
	s.Nearest(&d.vector, now, &d.top)
	for i := range d.top.Rows {
		f := &d.top.Rows[i]
		if how.Mode == Relaxed {
			*v = Verdict{Hit: true, Tier: Near, ID: f.ID, Similarity: f.Sim, Threshold: v.Threshold, guard: guard.Verdict{Rule: off}}
			return
		}
		x.guard.Read(d.kept, f.Text)
		g := x.guard.Compare(d.asked, d.kept)
		least := v.Threshold
		if g.Rule == guard.Pass {
			least = pass
		}
		if f.Sim >= least && (g.Rule == guard.Pass || how.Mode == Balanced && g.Rule.Soft()) {
			*v = Verdict{Hit: true, Tier: Near, ID: f.ID, Similarity: f.Sim, Threshold: least, guard: g}
			return
		}
		v.refused(f, g)
	}
}

// passes returns the least similarity of a question to which the guard has no objection: balanced
// mode requires no more of those than strict.
func (x *Index) passes(how How) float32 {
	if how.Mode == Balanced {
		return max(x.o.Cosine[Strict], how.Least)
	}
	return max(x.o.Cosine[how.Mode], how.Least)
}

// refused notes the most similar entry to which the guard objected.
func (v *Verdict) refused(f *near.Found, g guard.Verdict) {
	if f.Sim > v.Similarity || v.ID == (ID{}) {
		v.ID, v.Similarity, v.guard = f.ID, f.Sim, g
	}
}

// Judge compares two questions as a look-up of b that finds a would, for tests of quality and
// for explanations. It needs no index, and allocates.
func (x *Index) Judge(a, b string, how How) Verdict {
	d := x.desk()
	defer x.room.Put(d)
	v := Verdict{Threshold: max(x.o.Cosine[how.Mode], how.Least)}
	var va near.Vector
	d.embed(x, a)
	va = d.vector
	d.embed(x, b)
	v.Similarity = near.Cosine(&va, &d.vector)
	near := v.Similarity >= v.Threshold
	if how.Mode == Relaxed {
		v.Hit, v.Tier, v.guard.Rule = near, Near, off
		return v
	}
	x.guard.Read(d.kept, a)
	x.guard.Read(d.asked, b)
	if v.Skipped = x.ineligible(d); v.Skipped == "" {
		d.asked, d.kept = d.kept, d.asked
		v.Skipped = x.ineligible(d)
		d.asked, d.kept = d.kept, d.asked
	}
	if v.Skipped != "" {
		return v
	}
	v.guard = x.guard.Compare(d.asked, d.kept)
	same := d.asked.Key() == d.kept.Key() && how.Least == 0
	pass := v.guard.Rule == guard.Pass
	v.ID[0] = 1
	switch {
	case pass && same:
		v.Hit, v.Tier = true, Canonical
	case pass && v.Similarity >= x.passes(how), near && how.Mode == Balanced && v.guard.Rule.Soft():
		v.Hit, v.Tier = true, Near
	}
	return v
}
