package loadgen

import "slices"

// record is the results of a run for one target.
type record struct {
	target  *target
	windows []*window // one a round
	kept    tally     // windows that count, merged
	dropped tally     // windows with too much foreign CPU, merged
}

// window is one round of one target.
type window struct {
	foreign float64 // share of all CPUs that other processes used
	dropped bool
	values  values
}

// close adds a finished window.
func (r *record) close(w *window, t *tally, dropped bool) {
	w.dropped = dropped
	r.windows = append(r.windows, w)
	if dropped {
		r.dropped.merge(t)
	} else {
		r.kept.merge(t)
	}
}

// reasons lists why requests to r failed, in every window.
func (r *record) reasons() []reason {
	all := &tally{}
	all.merge(&r.kept)
	all.merge(&r.dropped)
	return all.reasons()
}

// spreads returns every figure of r over the rounds that count.
func (r *record) spreads() map[string]spread {
	out := make(map[string]spread)
	for _, f := range figures {
		var xs []float64
		for _, w := range r.windows {
			if x, ok := w.values[f.name]; ok && !w.dropped {
				xs = append(xs, x)
			}
		}
		if len(xs) > 0 {
			out[f.name] = spreadOf(xs)
		}
	}
	return out
}

// droppedWindows counts the windows of r that do not.
func (r *record) droppedWindows() int {
	n := len(r.windows)
	return n - len(slices.DeleteFunc(slices.Clone(r.windows), func(w *window) bool { return w.dropped }))
}

// find is the record of a target, nil when it is not in the run.
func find(records []*record, name string) *record {
	for _, r := range records {
		if r.target.name == name {
			return r
		}
	}
	return nil
}

// at is the window of a round, nil when there is none.
func (r *record) at(round int) *window {
	if round >= len(r.windows) {
		return nil
	}
	return r.windows[round]
}

// value is a figure of a window that counts.
func (w *window) value(name string) (float64, bool) {
	if w == nil || w.dropped {
		return 0, false
	}
	x, ok := w.values[name]
	return x, ok
}
