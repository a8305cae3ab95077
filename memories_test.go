package main

import (
	"errors"
	"testing"

	"asbru/core"
)

// A counted is a memory of so many answers.
type counted struct {
	n      int
	err    error
	closed bool
}

func (c *counted) Figures() []core.Figure { return []core.Figure{{Name: "n", N: int64(c.n)}} }
func (c *counted) Clear(f core.Forget) (int, error) {
	n := c.n
	c.n = 0
	return n, c.err
}
func (c *counted) Close() error { c.closed = true; return c.err }

func TestMemoriesAreOne(t *testing.T) {
	bad := errors.New("a disk that is full")
	a, b := &counted{n: 2, err: bad}, &counted{n: 3}
	m := memories{a, b}
	if f := m.Figures(); len(f) != 2 || f[0].N != 2 || f[1].N != 3 {
		t.Errorf("%+v", f)
	}
	if n, err := m.Clear(core.Forget{}); n != 5 || !errors.Is(err, bad) || a.n+b.n != 0 {
		t.Errorf("cleared %d, %v; %d and %d are left", n, err, a.n, b.n)
	}
	if err := m.Close(); !errors.Is(err, bad) || !a.closed || !b.closed {
		t.Errorf("%v, closed %v and %v", err, a.closed, b.closed)
	}
}
