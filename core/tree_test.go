package core

import (
	"strconv"
	"testing"
)

// Chains keep their order, also when several grow by turns.
func TestChains(t *testing.T) {
	var tree Tree
	for range 2 { // the second time in what the first has left
		tree.Reset()
		var more, cites [3]int32
		for i := range 30 {
			tree.Keep(&more[i%3], Text(strconv.Itoa(i)), nil)
			tree.Cite(&cites[i%3], Cite{From: int64(i)})
		}
		for c := range 3 {
			i := c
			for n := more[c]; n != 0; i += 3 {
				var e Extra
				if e, n = tree.Extra(n); string(e.Key) != strconv.Itoa(i) {
					t.Errorf("chain %d: %s where %d should be", c, e.Key, i)
				}
			}
			at := c
			for n := cites[c]; n != 0; at += 3 {
				var e Cite
				if e, n = tree.Cited(n); e.From != int64(at) {
					t.Errorf("chain %d: %d where %d should be", c, e.From, at)
				}
			}
			if i != 30+c || at != 30+c {
				t.Errorf("chain %d ends at %d and %d", c, i, at)
			}
		}
	}
}

// Many members take moments: a chain is not walked to be made longer.
func TestLongChain(t *testing.T) {
	var tree Tree
	var more, cites int32
	for range 100_000 {
		tree.Keep(&more, nil, nil)
		tree.Cite(&cites, Cite{})
	}
	if n := tree.Held(); n < 100_000*(56+100) {
		t.Errorf("they are said to take %d bytes", n)
	}
}

// Held counts what Reset keeps.
func TestHeld(t *testing.T) {
	c := NewChat()
	if c.Held() != 0 {
		t.Errorf("an empty one has %d bytes", c.Held())
	}
	c.Begin(User)
	c.Add(Part{})
	c.Tools = append(c.Tools, Tool{})
	c.Took(append(c.Room(), "abc"...))
	n := c.Held()
	if c.Reset(); n < 500 || c.Held() != n {
		t.Errorf("%d bytes, then %d", n, c.Held())
	}
	x := NewCrossing()
	b := x.Add(PartText, 0, 0)
	before := x.Held()
	x.Blocks[b].Held = make([]byte, 1000)
	if x.Reset(); x.Held() != before+1000 {
		t.Errorf("%d bytes, then %d", before, x.Held())
	}
}
