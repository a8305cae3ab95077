package core

// A Behind is a Watcher of an exchange that memory answers, which wants the same question sent
// upstream as well, behind the answer: because the answer is stale, or to compare it with another.
//
// That request is carried without a client, by a fork of the exchange with bytes of its
// own. It passes the stages of Before, Commit, Settle and After like any other, so
// that it is paid for; those of Admit have already let its caller in. It does not appear in the
// access log as anyone's request, and no client's header mentions it.
type Behind interface {
	Watcher

	// Behind returns the Watcher of the request behind x, which becomes Watch of the fork;
	// nil: none is made. It is called once, after a stage of Before returned Answer.
	Behind(x *Exchange) Watcher

	// Dropped reports that the request is not made: too many are under way, the
	// request is too long, or the process ends. It is called on the value whose Behind was called, and
	// no stage of After runs.
	Dropped(x *Exchange)
}
