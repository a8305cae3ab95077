package entry

import (
	"encoding/binary"

	"asbru/core"
)

// A writer encodes. Numbers are varints; a byte slice is its length plus one and its
// bytes, with zero for nil.
type writer struct{ b []byte }

func (w *writer) uint(v uint64) { w.b = binary.AppendUvarint(w.b, v) }
func (w *writer) int(v int64)   { w.b = binary.AppendVarint(w.b, v) }

func (w *writer) bytes(v []byte) {
	if v == nil {
		w.b = append(w.b, 0)
		return
	}
	w.uint(uint64(len(v)) + 1)
	w.b = append(w.b, v...)
}

func (w *writer) string(v string) {
	w.uint(uint64(len(v)) + 1)
	w.b = append(w.b, v...)
}

func (w *writer) note(n *Note) {
	w.b = append(append(w.b, n.ID[:]...), n.Space[:]...)
	for _, v := range [...]int64{n.Born, n.Fresh, n.Until} {
		w.b = binary.LittleEndian.AppendUint64(w.b, uint64(v))
	}
	w.b = append(w.b, byte(n.Op))
	for _, s := range [...]string{n.Owner, n.Label, n.Asked, n.Model, n.Provider, n.Family, n.Native, n.Text} {
		w.string(s)
	}
}

func (w *writer) completion(r *core.Completion) {
	w.bytes(r.Model)
	w.int(r.Created)
	w.bytes(r.Tier)
	u := &r.Usage
	w.b = append(w.b, flag(u.Known, 0))
	for _, v := range [...]int64{u.In, u.CachedIn, u.Out, u.Reasoning, u.WrittenIn, u.AudioIn, u.AudioOut} {
		w.int(v)
	}
	w.uint(uint64(len(r.Parts)))
	for i := range r.Parts {
		w.part(r, &r.Parts[i])
	}
	w.uint(uint64(len(r.Choices)))
	for i := range r.Choices {
		c := &r.Choices[i]
		w.uint(uint64(c.From))
		w.uint(uint64(c.To))
		w.int(c.Index)
		w.b = append(w.b, byte(c.Finish))
		w.bytes(c.Native)
		w.bytes(c.Stopped)
		w.bytes(c.Logprobs)
	}
}

// rest lists the rare fields of a part in the order in which they are encoded.
func rest(p *core.Part) [9]core.Text {
	return [...]core.Text{p.ID, p.Name, p.Args, p.Media, p.Data, p.URL, p.File, p.Hint, p.Sign}
}

// part encodes p. Most parts consist of a text only: the other fields follow a flag.
func (w *writer) part(r *core.Completion, p *core.Part) {
	fields := rest(p)
	more := p.Cites != 0
	for _, f := range fields {
		more = more || f != nil
	}
	w.b = append(w.b, byte(p.Kind), flag(p.Fails, 0)|flag(p.Wraps, 1)|flag(more, 2), byte(p.Vendor))
	w.uint(uint64(p.Inner))
	w.bytes(p.Text)
	if !more {
		return
	}
	for _, f := range fields {
		w.bytes(f)
	}
	n := 0
	for c := p.Cites; c != 0 && n < maxCites; n++ {
		_, c = r.Cited(c)
	}
	w.uint(uint64(n))
	for c := p.Cites; n > 0; n-- {
		var cite core.Cite
		cite, c = r.Cited(c)
		w.cite(&cite)
	}
}

func (w *writer) cite(c *core.Cite) {
	for _, v := range [...]int64{c.Start, c.End, int64(c.Source), c.From, c.To} {
		w.int(v)
	}
	w.b = append(w.b, byte(c.Unit))
	w.bytes(c.URL)
	w.bytes(c.Title)
	w.bytes(c.Quote)
}

func (w *writer) pace(beats []Beat) {
	beats = beats[:min(len(beats), maxBeats)]
	w.uint(uint64(len(beats)))
	for _, b := range beats {
		w.uint(uint64(b.Gap))
		w.uint(uint64(b.Bytes))
	}
}

func flag(v bool, bit uint) byte {
	if v {
		return 1 << bit
	}
	return 0
}
