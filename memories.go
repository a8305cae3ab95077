package main

import (
	"errors"

	"asbru/core"
)

// memories are several core.Memory that operators see and clear as one.
type memories []core.Memory

// Figures implements core.Memory.
func (m memories) Figures() (all []core.Figure) {
	for _, one := range m {
		all = append(all, one.Figures()...)
	}
	return all
}

// Clear implements core.Memory. If one cannot be cleared the others still are.
func (m memories) Clear(f core.Forget) (n int, err error) {
	for _, one := range m {
		cleared, bad := one.Clear(f)
		n, err = n+cleared, errors.Join(err, bad)
	}
	return n, err
}

// Close implements core.Memory.
func (m memories) Close() (err error) {
	for _, one := range m {
		err = errors.Join(err, one.Close())
	}
	return err
}
