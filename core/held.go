package core

import "unsafe"

// The forms below are reused, and keep the memory of the largest document they have read.
// Held returns how many bytes that is, not counting memory that the form does not own.

// Held is the memory that t holds, in bytes.
func (t *Tree) Held() int {
	return cap(t.Parts)*int(unsafe.Sizeof(Part{})) + cap(t.extras)*int(unsafe.Sizeof(Extra{})) +
		cap(t.cites)*int(unsafe.Sizeof(Cite{})) + cap(t.room)
}

const textSize, wordSize = int(unsafe.Sizeof(Text{})), int(unsafe.Sizeof(""))

// Held is the memory that c holds, in bytes.
func (c *Chat) Held() int {
	return c.Tree.Held() + cap(c.Turns)*int(unsafe.Sizeof(Turn{})) + cap(c.Tools)*int(unsafe.Sizeof(Tool{})) +
		(cap(c.Stop)+cap(c.Allowed)+cap(c.Modes))*textSize + cap(c.Dropped)*wordSize
}

// Held is the memory that a holds, in bytes.
func (a *Completion) Held() int {
	return a.Tree.Held() + cap(a.Choices)*int(unsafe.Sizeof(Choice{}))
}

// Held is the memory that e holds, in bytes.
func (e *Embed) Held() int {
	return e.Tree.Held() + cap(e.Inputs)*int(unsafe.Sizeof(Input{})) + cap(e.Types)*textSize + cap(e.Dropped)*wordSize
}

// Held is the memory that v holds, in bytes.
func (v *Vectors) Held() int { return v.Tree.Held() + cap(v.List)*int(unsafe.Sizeof(Vector{})) }

// Held is the memory that r holds, in bytes.
func (r *Rerank) Held() int {
	return r.Tree.Held() + cap(r.Documents)*textSize + cap(r.Dropped)*wordSize
}

// Held is the memory that k holds, in bytes.
func (k *Ranking) Held() int { return k.Tree.Held() + cap(k.List)*int(unsafe.Sizeof(Rank{})) }

// Held is the memory that c holds, in bytes.
func (c *Crossing) Held() int {
	n := cap(c.ID) + cap(c.Model) + cap(c.Room) + c.R.size() + c.W.size() + cap(c.Blocks)*int(unsafe.Sizeof(Block{}))
	for _, b := range c.Blocks[:cap(c.Blocks)] {
		n += cap(b.ID) + cap(b.Name) + cap(b.Sign) + cap(b.Type) + cap(b.Media) + cap(b.Held) + cap(b.Said) + cap(b.Aux)
	}
	return n
}

func (s *Side) size() int { return cap(s.Native) + cap(s.Stop) + cap(s.Buf) + cap(s.Aux) }
