package hotpath

import "asbru/core"

// Habits are what a lane remembers from one exchange to the next, so as not to work it out again. They
// belong to the goroutine of the lane. A nil one remembers nothing.
type habits struct {
	digests *digests
	spelled []spelling
}

// A spelling is how the replies of one dialect spell their usage.
type spelling struct {
	of    *core.Dialect
	forms *core.Forms
}

// sums are the digests of recent credentials.
func (m *habits) sums() *digests {
	if m == nil {
		return nil
	}
	return m.digests
}

// forms are those of a dialect's replies. They are made at its first reply.
func (m *habits) forms(d *core.Dialect) *core.Forms {
	if m == nil {
		return nil
	}
	for i := range m.spelled {
		if m.spelled[i].of == d {
			return m.spelled[i].forms
		}
	}
	m.spelled = append(m.spelled, spelling{d, new(core.Forms)})
	return m.spelled[len(m.spelled)-1].forms
}
