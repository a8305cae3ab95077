package core

// Fork makes x, which was Reset, ask once more what y asks: it shares y's bytes and holds a
// copy of its attempts, and nothing of what came of them. x must be Reset before y is.
func (x *Exchange) Fork(y *Exchange) {
	names := x.Peek.Names // each owns its own
	*x = *y
	x.Peek.Names = names
	x.Head, x.Reply, x.Stream, x.Usage, x.Fault = nil, Reply{}, StreamState{}, Usage{}, nil
}

// Adopt makes what came of y's last attempt x's own; x's own last attempt stays as it is, before
// it. y is a Fork of x with one attempt more.
func (x *Exchange) Adopt(y *Exchange) {
	x.Join(y.attempts[y.n-1])
	x.Face, x.As, x.Name = y.Face, y.As, y.Name
	x.Stream, x.Usage, x.Fault = y.Stream, y.Usage, y.Fault
}

// Join puts an attempt that another Exchange made behind those of x. There must be room.
func (x *Exchange) Join(a Attempt) {
	x.attempts[x.n] = a
	x.n++
}

// JoinBefore is Join, but the last attempt of x stays the last: its answer counts.
func (x *Exchange) JoinBefore(a Attempt) {
	x.Join(x.attempts[x.n-1])
	x.attempts[x.n-2] = a
}
