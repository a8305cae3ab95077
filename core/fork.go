package core

// Fork makes x, which was Reset, a second exchange for the same request as y: it shares y's bytes and has a copy of
// y's attempts, but nothing of their outcome. It has a Lane of its own and no Watch.
// x must be Reset before y's bytes are returned.
func (x *Exchange) Fork(y *Exchange) {
	names, lane := x.Peek.Names, x.Lane
	*x = *y
	x.Peek.Names, x.Lane, x.Watch, x.Head, x.Bill = names, lane, nil, nil, nil
	x.Reply, x.Stream, x.Usage, x.Fault = Reply{}, StreamState{}, Usage{}, nil
	x.Recall, x.Charge, x.Answered, x.Guard = NoRecall, ChargeUsed, nil, 0
	if y.more != nil {
		x.more = &long{attempts: y.more.attempts}
	}
}

// Inherit moves everything from y to x, which was Reset, including Watch, and gives y storage of its own
// in place of what x took: y may be Reset and used again at once.
func (x *Exchange) Inherit(y *Exchange) {
	names := x.Peek.Names
	x.Fork(y)
	x.Watch, x.Bill, x.Reply.Fields = y.Watch, y.Bill, y.Reply.Fields
	x.Peek.Names, y.Peek.Names = y.Peek.Names, names
}

// Adopt copies the outcome of y's last attempt to x. The attempts are not changed.
func (x *Exchange) Adopt(y *Exchange) {
	x.Face, x.As, x.Name = y.Face, y.As, y.Name
	x.Stream, x.Usage, x.Fault = y.Stream, y.Usage, y.Fault
	x.Skipped |= y.Skipped
}

// Join appends an attempt that a Fork of x made to those of x. There must be room.
func (x *Exchange) Join(a Attempt) {
	*x.room() = a
}

// JoinBefore is Join, but the last attempt of x stays the last: its answer counts.
func (x *Exchange) JoinBefore(a Attempt) {
	x.Join(x.Attempts()[x.n-1])
	x.Attempts()[x.n-2] = a
}
