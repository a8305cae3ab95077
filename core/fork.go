package core

// Fork makes x, which was Reset, ask once more what y asks: it shares y's bytes, holds a copy of
// its attempts, and nothing of what came of them. It has a Lane of its own, and nobody watches
// it. x must be Reset before y's bytes are given back.
func (x *Exchange) Fork(y *Exchange) {
	names, lane := x.Peek.Names, x.Lane
	*x = *y
	x.Peek.Names, x.Lane, x.Watch, x.Head, x.Bill = names, lane, nil, nil, nil
	x.Reply, x.Stream, x.Usage, x.Fault = Reply{}, StreamState{}, Usage{}, nil
	x.Recall, x.Charge, x.Answered, x.Guard = NoRecall, ChargeUsed, nil, 0
	if y.more != nil {
		x.more = new([MostAttempts]Attempt)
		*x.more = *y.more
	}
}

// Inherit makes x, which was Reset, what y was, Watch and all, and gives y storage of its own
// in place of what x took: y may be Reset and used again at once.
func (x *Exchange) Inherit(y *Exchange) {
	names := x.Peek.Names
	x.Fork(y)
	x.Watch, x.Bill, x.Reply.Fields = y.Watch, y.Bill, y.Reply.Fields
	x.Peek.Names, y.Peek.Names = y.Peek.Names, names
}

// Adopt makes what came of y's last attempt x's own. The attempts are not touched.
func (x *Exchange) Adopt(y *Exchange) {
	x.Face, x.As, x.Name = y.Face, y.As, y.Name
	x.Stream, x.Usage, x.Fault = y.Stream, y.Usage, y.Fault
	x.Skipped |= y.Skipped
}

// Join puts an attempt that a Fork of x made behind those of x. There must be room.
func (x *Exchange) Join(a Attempt) {
	*x.room() = a
}

// JoinBefore is Join, but the last attempt of x stays the last: its answer counts.
func (x *Exchange) JoinBefore(a Attempt) {
	x.Join(x.Attempts()[x.n-1])
	x.Attempts()[x.n-2] = a
}
